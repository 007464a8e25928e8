"""The manifest of documents, and the files of questions and of names, as they lie in the folder."""

import datetime as dt
import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ccs_qa.corpus.alignment import Link
from ccs_qa.corpus.known import Hints, KnownQuestions, Name, Sample, Theme
from ccs_qa.corpus.reader import Page, read_page
from ccs_qa.errors import CorpusError
from ccs_qa.records import Document, Language, RenditionStatus
from ccs_qa.text.strings import fold

MANIFEST_FILE = "manifest.json"
HINTS_FILE = "hints.jsonl"
THEMES_FILE = "themes.jsonl"
NEAR_MISSES_FILE = "near_misses.jsonl"
NAMES_FILE = "names.toml"
SAMPLES_FILE = "samples.jsonl"
IDENTITIES_FILE = "identities.json"
PAIRS_FILE = "pairs.json"
# What an index depends on besides the pages.
BESIDE = (HINTS_FILE, THEMES_FILE, NEAR_MISSES_FILE, NAMES_FILE, IDENTITIES_FILE, PAIRS_FILE)
_Row = TypeVar("_Row")
# The characters of RFC 3986 but for the apostrophe: nothing ends a link or opens markup.
WEB_ADDRESS = r"^https?://[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]+$"


class ManifestEntry(BaseModel):
    """One document of the corpus.

    Attributes:
        source_url: Address of the page as published; null or absent when not known.
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
    source_url: Annotated[str, Field(pattern=WEB_ADDRESS)] | None = None
    retrieved: dt.date
    file: str
    sha256: str
    translation_of: str | None = None
    made_from: Annotated[tuple[str, ...], Field(exclude_if=lambda lines: not lines)] = ()


class Manifest(BaseModel):
    """Every document of the corpus; a source stands before its translations."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: tuple[ManifestEntry, ...]

    def put(self, entry: ManifestEntry) -> "Manifest":
        """Put an entry in the place of that of the same id, else behind all."""
        if all(item.id != entry.id for item in self.documents):
            return Manifest(documents=(*self.documents, entry))
        placed = (entry if item.id == entry.id else item for item in self.documents)
        return Manifest(documents=tuple(placed))


_Places = Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1, max_length=2)]


class PairsRow(BaseModel):
    """How the lines of one meeting are paired where their order alone does not tell.

    Attributes:
        lines: Digest of the lines of both pages; with other lines the row stands for nothing.
        pairs: Places of lines in the meeting, from 0, and of their counterparts.
        reviewed: Whether a person has seen to it: then nothing but a person changes it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    meeting: dt.date
    lines: str
    pairs: tuple[tuple[_Places, _Places], ...]
    reviewed: bool = False

    @property
    def links(self) -> tuple[Link, ...]:
        """The pairs as links, of which nobody says how sure they are."""
        return tuple(Link(ours, theirs) for ours, theirs in self.pairs)


class _Questions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    fr: tuple[str, ...]
    en: tuple[str, ...]


class _HintRow(_Questions):
    passage_id: str


class _NearMissRow(_Questions):
    about: str


class _NameFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    names: tuple[Name, ...] = ()


def sha256_bytes(data: bytes) -> str:
    """Digest bytes, as hex sha256."""
    return hashlib.sha256(data).hexdigest()


def read_text(path: Path) -> str:
    """Read a file of UTF-8 as it is; `CorpusError` where that cannot be."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError:
        raise CorpusError(problem="unreadable", file=path.name) from None
    except UnicodeDecodeError:
        raise CorpusError(problem="encoding", file=path.name) from None


def _read_json(path: Path, form: type[_Row]) -> _Row:
    with _formed(path.name):
        return TypeAdapter(form).validate_json(read_text(path))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a corpus folder."""
    return _read_json(folder / MANIFEST_FILE, Manifest)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a copy that is being changed (`editing.changing`)."""
    (folder / MANIFEST_FILE).write_text(f"{manifest.model_dump_json(indent=2)}\n", "utf-8")


def read_document(folder: Path, entry: ManifestEntry) -> Document:
    """Read one document byte for byte."""
    text = read_text(folder / entry.file)
    values = entry.model_dump(exclude={"translation_of", "sha256", "made_from"})
    return Document(**values, sha256=sha256_bytes(text.encode()), text=text)


def read_entry(folder: Path, entry: ManifestEntry) -> Page:
    """Read the page of a document."""
    return read_page(entry.id, read_document(folder, entry).text)


def read_questions(folder: Path) -> KnownQuestions:
    """Read the questions that were written for a corpus folder, which may lack any of the files.

    Raises:
        CorpusError: A row is not of the known form, or one thing has two.
    """
    hints = _read_rows(folder / HINTS_FILE, _HintRow, lambda row: row.passage_id)
    themes = _read_rows(folder / THEMES_FILE, Theme, lambda row: row.theme)
    missed = _read_rows(folder / NEAR_MISSES_FILE, _NearMissRow, lambda row: row.about)
    return KnownQuestions(
        hints={row.passage_id: Hints(row.fr, row.en) for row in hints},
        themes=themes,
        near_misses={row.about: Hints(row.fr, row.en) for row in missed},
    )


def write_hints(folder: Path, passage: str, hints: Hints) -> None:
    """Write the hints of a passage of a copy that is being changed; other lines stay as they are.

    Without any question the passage has no line.
    """
    path = folder / HINTS_FILE
    lines = read_text(path).splitlines() if path.is_file() else []
    row = json.dumps({"passage_id": passage, **asdict(hints)}, ensure_ascii=False)
    own = [row] if hints.fr or hints.en else []
    at = [n for n, line in enumerate(lines) if _hinted(line) == passage] or [len(lines)]
    lines[at[0] : at[0] + 1] = own
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _hinted(line: str) -> str:
    return _HintRow.model_validate_json(line).passage_id if line.strip() else ""


def read_identities(folder: Path) -> dict[str, str]:
    """Read which passages keep the name of the words that they had before a correction.

    Returns:
        By the name that their words would give them now.

    Raises:
        CorpusError: The file cannot be read or is not of the known form.
    """
    path = folder / IDENTITIES_FILE
    return _read_json(path, dict[str, str]) if path.exists() else {}


def write_identities(folder: Path, identities: Mapping[str, str]) -> None:
    """Write what `read_identities` reads."""
    text = json.dumps(dict(sorted(identities.items())), indent=2)
    (folder / IDENTITIES_FILE).write_text(f"{text}\n", "utf-8")


def read_pairs(folder: Path) -> dict[str, PairsRow]:
    """Read how meetings are paired whose lines do not tell, by the digest of those lines."""
    path = folder / PAIRS_FILE
    rows = _read_json(path, tuple[PairsRow, ...]) if path.exists() else ()
    return {row.lines: row for row in rows}


def write_pairs(folder: Path, rows: Sequence[PairsRow]) -> None:
    """Write what `read_pairs` reads: a meeting a line."""
    lines = ",\n".join(row.model_dump_json(exclude_defaults=True) for row in rows)
    (folder / PAIRS_FILE).write_text(f"[\n{lines}\n]\n", "utf-8")


def read_samples(folder: Path) -> tuple[Sample, ...]:
    """Read the questions that the page proposes."""
    return _read_rows(folder / SAMPLES_FILE, Sample, lambda row: row.fr)


def read_names(folder: Path) -> tuple[Name, ...]:
    """Read the names of things that were written for a corpus folder.

    Raises:
        CorpusError: The file cannot be read or is not of the known form, two things have a
            wording of one language in common, or an acronym of one thing stands twice.
    """
    path = folder / NAMES_FILE
    if not path.exists():
        return ()
    with _formed(NAMES_FILE):
        names = _NameFile.model_validate(tomllib.loads(read_text(path))).names
    _check_names(names)
    return names


def _check_names(names: tuple[Name, ...]) -> None:
    seen: set[tuple[str, int | None, str]] = set()
    for at, name in enumerate(names):
        if not name.fr and not name.en:
            raise CorpusError(problem="form", file=f"{NAMES_FILE} (names.{at})")
        said = [(kind, text) for kind, wordings in asdict(name).items() for text in wordings]
        for kind, text in said:
            # One acronym may stand for two things.
            key = (kind, at if kind.startswith("short") else None, fold(text))
            if key in seen:
                raise CorpusError(problem="duplicate-name", file=NAMES_FILE, name=text)
            seen.add(key)


@contextmanager
def _formed(file: str) -> Iterator[None]:
    """Say where a file is not of its form."""
    try:
        yield
    except tomllib.TOMLDecodeError:
        raise CorpusError(problem="form", file=file) from None
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise CorpusError(problem="form", file=f"{file} ({place})") from None


def _read_rows(path: Path, form: type[_Row], name_of: Callable[[_Row], str]) -> tuple[_Row, ...]:
    if not path.is_file():
        return ()
    read = TypeAdapter(form).validate_json
    found: dict[str, _Row] = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = read(line)
        except ValidationError:
            raise CorpusError(problem="form", file=f"{path.name}:{number}") from None
        if name_of(row) in found:
            raise CorpusError(problem="duplicate-hints", file=f"{path.name}:{number}")
        found[name_of(row)] = row
    return tuple(found.values())
