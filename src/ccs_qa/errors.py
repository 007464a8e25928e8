"""Every exception of the product, and nothing else.

CcsQaError
├── InputError                what a person or a tool sent cannot be used
│   ├── QuestionError         the question is empty, too long or not text
│   ├── FilterError           a filter names no meeting or an impossible period
│   ├── FeedbackError         what is said of an answer cannot be kept as it is
│   ├── SavedAnswerError      a file holds no answer that can be checked
│   ├── PageAddressError      an address gives no page that may be imported
│   ├── ArgumentsError        the arguments of a tool do not fit its schema
│   ├── KeyNameError          a key cannot have that name
│   └── KeyDayError           a key would open nothing from the start
├── NotFoundError             a well-formed address points at nothing
├── CorpusError               the pages, the manifest or the hints cannot be trusted
│   ├── PageError             a line of a page fits no record
│   └── AlignmentError        two renditions of a page do not have the same structure
├── ModelError                the embedded model is missing, damaged or of another kind
├── SearchIndexError          the index cannot be used
│   ├── IndexMissingError     there is none yet
│   ├── EditionMissingError   there is no edition of that name
│   ├── IndexStaleError       it was built from another corpus, model or layout
│   └── IndexDamagedError     a file of it is missing or fails its checksum
├── AssetsMissingError        the style sheet and the client were not built
├── EndpointError             a language model gave no text that can be used
├── LocalModelError           the small language model does not start on this machine
│   ├── ExtraMissingError     its packages are not installed
│   └── LocalModelDamagedError  they are damaged, or their files cannot be put together
├── FileAccessError           a file or a folder cannot be used by this user on this machine
├── MemoryLimitError          this machine gives the program too little memory
├── PortTakenError            a program of ours cannot listen where it should
├── StoreError                what is kept cannot be read or written
│   ├── AuditError            an answer may not be given, since its record cannot be kept
│   └── BackupError           a copy of what is kept cannot be made, read or put back
├── PausedError               whoever runs the service has paused asking
└── SettingsError             a setting is unknown or out of range
    └── OpenHostError         others could call, and nobody said that they may

Each error carries `code`, stable across releases, and `details`, the values that its
bilingual wording in `messages/` is filled with. Nothing here speaks to people: the
edges (command line, HTTP, page) look the wording up by code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ccs_qa.records import EndpointFault


@dataclass(frozen=True, slots=True)
class Said:
    """A detail with words of its own: their key in the catalogue, and the values that fill it."""

    key: str
    values: Mapping[str, object]


class CcsQaError(Exception):
    """Base of every error raised on purpose; `code` keys its wording and its problem type."""

    code: ClassVar[str] = "internal"

    def __init__(self, **details: object) -> None:
        """Keep the details; the wording is found by code when someone has to read it."""
        self.details = details
        super().__init__(
            self.code + "".join(f" {name}={value!r}" for name, value in details.items())
        )


class InputError(CcsQaError):
    """What a person or a tool sent cannot be used."""


class QuestionError(InputError):
    """The question is empty, too long or not text."""

    code = "question"


class ModeError(InputError):
    """The way of wording asked for is not set up."""

    code = "mode"


class FilterError(InputError):
    """A filter names no known meeting or an impossible period."""

    code = "filter"


class FeedbackError(InputError):
    """What is said of an answer cannot be kept as it is; details: name, longest."""

    code = "feedback"


class SavedAnswerError(InputError):
    """A file holds no answer that can be checked; details: problem, file."""

    code = "saved-answer"


class PageAddressError(InputError):
    """An address gives no page that may be imported; details: problem, address and its values."""

    code = "page-address"


class ArgumentsError(InputError):
    """The arguments of a tool do not fit its schema; details: fields, a `Said` for each."""

    code = "arguments"


class KeyNameError(InputError):
    """A key of the API cannot have that name; details: name."""

    code = "key-name"


class KeyDayError(InputError):
    """The last day of a key is past; details: day, today."""

    code = "key-day"


class NotFoundError(CcsQaError):
    """A well-formed address points at nothing."""

    code = "not-found"


class CorpusError(CcsQaError):
    """The pages, their manifest or the hints cannot be trusted."""

    code = "corpus"


class PageError(CorpusError):
    """A line of a page fits no record; details: document, line or paragraph, text, reason."""

    code = "page"


class AlignmentError(CorpusError):
    """Two renditions of a page do not have the same structure."""

    code = "alignment"


class ModelError(CcsQaError):
    """The embedded model is missing, damaged or not of the kind the setting says."""

    code = "model"


class SearchIndexError(CcsQaError):
    """The index cannot be used."""

    code = "index"


class IndexMissingError(SearchIndexError):
    """There is no index yet."""

    code = "index-missing"


class EditionMissingError(SearchIndexError):
    """No edition has that name; details: name."""

    code = "edition-missing"


class IndexStaleError(SearchIndexError):
    """The index was built from another corpus, model or layout; details name both sides."""

    code = "index-stale"


class IndexDamagedError(SearchIndexError):
    """A file of the index is missing or fails its checksum."""

    code = "index-damaged"


class AssetsMissingError(CcsQaError):
    """The style sheet and the client were not built; details: folder, name."""

    code = "assets-missing"


class EndpointError(CcsQaError):
    """A language model gave no text that can be used; nobody's answer depends on it."""

    code = "endpoint"

    def __init__(self, *, fault: EndpointFault) -> None:
        """Keep the fault."""
        self.fault: EndpointFault = fault
        super().__init__(fault=fault)


class LocalModelError(CcsQaError):
    """The small language model does not start on this machine; details: file."""

    code = "local-model"


class ExtraMissingError(LocalModelError):
    """Packages of an optional extra are not installed; details: name, extra."""

    code = "extra-missing"


class LocalModelDamagedError(LocalModelError):
    """The packages of the model are damaged, or it cannot be put together; details: folder."""

    code = "local-model-damaged"


class PortTakenError(CcsQaError):
    """Nothing of ours can listen there; details: problem, host, port."""

    code = "port-taken"


class FileAccessError(CcsQaError):
    """This user cannot use a file or a folder; details: file, problem, name of the setting."""

    code = "file"


class MemoryLimitError(CcsQaError):
    """This machine gives the program too little memory; details: given and needed, in MB."""

    code = "memory"


class StoreError(CcsQaError):
    """What is kept cannot be read or written; details: where, which is for the log only."""

    code = "store"


class AuditError(StoreError):
    """An answer may not be given, since its record cannot be kept; details: problem, where."""

    code = "audit"


class BackupError(StoreError):
    """A copy of what is kept cannot be made, read or put back; details: problem, where."""

    code = "backup"


class PausedError(CcsQaError):
    """Whoever runs the service has paused asking; details: why, in each language."""

    code = "paused"


class SettingsError(CcsQaError):
    """A setting is unknown or out of range."""

    code = "settings"


class OpenHostError(SettingsError):
    """Other machines could call, and nobody said that they may; details: host."""

    code = "open-host"
