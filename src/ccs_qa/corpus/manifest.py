"""The manifest of documents, and the files of questions and of names, as they lie in the folder."""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ccs_qa.corpus.known import Hints, KnownQuestions, Name, Sample, Theme
from ccs_qa.errors import CorpusError
from ccs_qa.records import Document, Language, RenditionStatus
from ccs_qa.text.strings import fold

MANIFEST_FILE = "manifest.json"
HINTS_FILE = "hints.jsonl"
THEMES_FILE = "themes.jsonl"
NEAR_MISSES_FILE = "near_misses.jsonl"
NAMES_FILE = "names.toml"
SAMPLES_FILE = "samples.jsonl"


class ManifestEntry(BaseModel):
    """One document of the corpus.

    Attributes:
        source_url: Where it was taken from; null when not known.
        sha256: Hex digest of the file when it was last reviewed.
        translation_of: Name of the document it translates; null for a source.
        made_from: For drafts of a machine, the digest of the source line behind each line of the
            file, in order; empty for a line that is there for the form only.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    language: Language
    status: RenditionStatus
    title: str
    publisher: str
    source_url: str | None
    retrieved: dt.date
    file: str
    sha256: str
    translation_of: str | None = None
    made_from: Annotated[tuple[str, ...], Field(exclude_if=lambda lines: not lines)] = ()


class Manifest(BaseModel):
    """Every document of the corpus; a source stands before its translations."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: tuple[ManifestEntry, ...]


class HintRow(BaseModel):
    """The hints of one passage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    passage_id: str
    fr: tuple[str, ...]
    en: tuple[str, ...]


class ThemeRow(BaseModel):
    """Broad questions that several passages answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: str
    passages: tuple[str, ...]
    fr: tuple[str, ...]
    en: tuple[str, ...]


class NearMissRow(BaseModel):
    """Questions around one subject that no passage answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    fr: tuple[str, ...]
    en: tuple[str, ...]


class SampleRow(BaseModel):
    """A question that the page proposes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: str
    en: str
    passages: tuple[str, ...]


_Word = Annotated[str, Field(pattern=r"^\S(?:.*\S)?$", max_length=200)]


class NameRow(BaseModel):
    """The names of one thing, those of the pages first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fr: tuple[_Word, ...] = Field((), max_length=20)
    en: tuple[_Word, ...] = Field((), max_length=20)
    short_fr: tuple[_Word, ...] = Field((), max_length=20)
    short_en: tuple[_Word, ...] = Field((), max_length=20)

    @model_validator(mode="after")
    def _names_something(self) -> "NameRow":
        if not self.fr and not self.en:
            raise ValueError("a name without any wording")
        return self


class NameFile(BaseModel):
    """The names of every thing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: tuple[NameRow, ...] = ()


_Row = TypeVar("_Row", SampleRow, HintRow, ThemeRow, NearMissRow)


def sha256_bytes(data: bytes) -> str:
    """Digest bytes, as hex sha256."""
    return hashlib.sha256(data).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a corpus folder."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    except OSError:
        raise CorpusError(problem="unreadable", file=MANIFEST_FILE) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CorpusError(problem="form", file=f"{MANIFEST_FILE} ({place})") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a corpus folder in one step."""
    replace_file(
        folder / MANIFEST_FILE, (manifest.model_dump_json(indent=2) + "\n").encode("utf-8")
    )


def replace_file(path: Path, data: bytes) -> None:
    """Write a file beside its place and put it there in one step."""
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_bytes(data)
    scratch.replace(path)


def read_document(folder: Path, entry: ManifestEntry) -> Document:
    """Read one document byte for byte."""
    try:
        data = (folder / entry.file).read_bytes()
        text = data.decode("utf-8")
    except OSError:
        raise CorpusError(problem="unreadable", file=entry.file) from None
    except UnicodeDecodeError:
        raise CorpusError(problem="encoding", file=entry.file) from None
    values = entry.model_dump(exclude={"translation_of", "sha256", "made_from"})
    return Document(**values, sha256=sha256_bytes(data), text=text)


def read_questions(folder: Path) -> KnownQuestions:
    """Read the questions that were written for a corpus folder.

    Args:
        folder: The folder; it may lack any of the files.

    Raises:
        CorpusError: A row is not of the known form, or a passage, a theme or the subject of
            near misses stands twice.
    """
    hints = _read_rows(folder / HINTS_FILE, HintRow, lambda row: row.passage_id)
    themes = _read_rows(folder / THEMES_FILE, ThemeRow, lambda row: row.theme)
    missed = _read_rows(folder / NEAR_MISSES_FILE, NearMissRow, lambda row: row.about)
    return KnownQuestions(
        hints={name: Hints(row.fr, row.en) for name, row in hints.items()},
        themes=tuple(Theme(name, row.passages, row.fr, row.en) for name, row in themes.items()),
        near_misses={name: Hints(row.fr, row.en) for name, row in missed.items()},
    )


def read_samples(folder: Path) -> tuple[Sample, ...]:
    """Read the questions that the page proposes."""
    rows = _read_rows(folder / SAMPLES_FILE, SampleRow, lambda row: row.fr)
    return tuple(Sample(row.fr, row.en, row.passages) for row in rows.values())


def read_names(folder: Path) -> tuple[Name, ...]:
    """Read the names of things that were written for a corpus folder.

    Raises:
        CorpusError: The file cannot be read or is not of the known form, two things have a
            wording of one language in common, or an acronym of one thing stands twice. One
            acronym may stand for two things.
    """
    path = folder / NAMES_FILE
    if not path.exists():
        return ()
    try:
        rows = NameFile.model_validate(tomllib.loads(path.read_bytes().decode("utf-8"))).names
    except OSError:
        raise CorpusError(problem="unreadable", file=NAMES_FILE) from None
    except UnicodeDecodeError:
        raise CorpusError(problem="encoding", file=NAMES_FILE) from None
    except tomllib.TOMLDecodeError:
        raise CorpusError(problem="form", file=NAMES_FILE) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CorpusError(problem="form", file=f"{NAMES_FILE} ({place})") from None
    seen: set[tuple[str, int, str]] = set()
    for at, row in enumerate(rows):
        for kind, wordings in row:
            for wording in wordings:
                key = (kind, at if kind.startswith("short") else -1, fold(wording))
                if key in seen:
                    raise CorpusError(problem="duplicate-name", file=NAMES_FILE, name=wording)
                seen.add(key)
    return tuple(Name(row.fr, row.en, row.short_fr, row.short_en) for row in rows)


def _read_rows(path: Path, form: type[_Row], name: Callable[[_Row], str]) -> dict[str, _Row]:
    if not path.is_file():
        return {}
    found: dict[str, _Row] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = form.model_validate_json(line)
        except ValidationError:
            raise CorpusError(problem="form", file=f"{path.name}:{number}") from None
        if name(row) in found:
            raise CorpusError(problem="duplicate-hints", file=f"{path.name}:{number}")
        found[name(row)] = row
    return found
