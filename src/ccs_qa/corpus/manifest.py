"""The manifest of documents and the file of hints, as they lie in the corpus folder."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ccs_qa.errors import CorpusError
from ccs_qa.records import Document, Hints, Language, RenditionStatus

MANIFEST_FILE = "manifest.json"
HINTS_FILE = "hints.jsonl"


class ManifestEntry(BaseModel):
    """One document of the corpus.

    Attributes:
        id: Stable name.
        language: Its language.
        status: Whether it is the published text or a translation.
        title: Its title.
        publisher: Who published or made it.
        source_url: Where it was taken from; null when not known.
        retrieved: The day it was taken or made.
        file: Its file in the folder.
        sha256: Hex digest of the file when it was last reviewed.
        translation_of: Name of the document it translates; null for a source.
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


class Manifest(BaseModel):
    """Every document of the corpus.

    Attributes:
        documents: The documents; a source stands before its translations.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: tuple[ManifestEntry, ...]


class HintRow(BaseModel):
    """The hints of one passage.

    Attributes:
        passage_id: The passage.
        fr: Questions in French.
        en: Questions in English.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    passage_id: str
    fr: tuple[str, ...]
    en: tuple[str, ...]


def sha256_bytes(data: bytes) -> str:
    """Digest bytes.

    Args:
        data: The bytes.

    Returns:
        Hex sha256.
    """
    return hashlib.sha256(data).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a corpus folder.

    Args:
        folder: The folder.

    Returns:
        The manifest.

    Raises:
        CorpusError: It is missing or not of the known form.
    """
    try:
        return Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    except OSError:
        raise CorpusError(problem="unreadable", file=MANIFEST_FILE) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CorpusError(problem="form", file=f"{MANIFEST_FILE} ({place})") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a corpus folder in one step.

    Args:
        folder: The folder.
        manifest: The manifest.
    """
    replace_file(
        folder / MANIFEST_FILE, (manifest.model_dump_json(indent=2) + "\n").encode("utf-8")
    )


def replace_file(path: Path, data: bytes) -> None:
    """Write a file beside its place and put it there in one step.

    Args:
        path: The file.
        data: Its new bytes.
    """
    scratch = path.with_name(f".{path.name}.new")
    scratch.write_bytes(data)
    scratch.replace(path)


def read_document(folder: Path, entry: ManifestEntry) -> Document:
    """Read one document byte for byte.

    Args:
        folder: The corpus folder.
        entry: Its manifest entry.

    Returns:
        The document, with the digest of the bytes read.

    Raises:
        CorpusError: The file is missing or not UTF-8.
    """
    try:
        data = (folder / entry.file).read_bytes()
        text = data.decode("utf-8")
    except OSError:
        raise CorpusError(problem="unreadable", file=entry.file) from None
    except UnicodeDecodeError:
        raise CorpusError(problem="encoding", file=entry.file) from None
    values = entry.model_dump(exclude={"translation_of", "sha256"})
    return Document(**values, sha256=sha256_bytes(data), text=text)


def read_hints(folder: Path) -> Mapping[str, Hints]:
    """Read the hints of a corpus folder.

    Args:
        folder: The folder; it may have no hints.

    Returns:
        Hints by passage id.

    Raises:
        CorpusError: A row is not of the known form, or a passage stands twice.
    """
    path = folder / HINTS_FILE
    if not path.is_file():
        return {}
    adapter = TypeAdapter(HintRow)
    found: dict[str, Hints] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = adapter.validate_json(line)
        except ValidationError:
            raise CorpusError(problem="form", file=f"{HINTS_FILE}:{number}") from None
        if row.passage_id in found:
            raise CorpusError(problem="duplicate-hints", file=f"{HINTS_FILE}:{number}")
        found[row.passage_id] = Hints(row.fr, row.en)
    return found
