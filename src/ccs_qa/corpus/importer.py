"""Brings a new or changed page into the corpus folder, whole or not at all."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ccs_qa.corpus.compare import compare
from ccs_qa.corpus.convert import page_text
from ccs_qa.corpus.drafts import drop_covered
from ccs_qa.corpus.editing import changing
from ccs_qa.corpus.library import Corpus, load_corpus
from ccs_qa.corpus.manifest import (
    MANIFEST_FILE,
    Manifest,
    ManifestEntry,
    read_document,
    read_identities,
    read_manifest,
    sha256_bytes,
    write_identities,
    write_manifest,
)
from ccs_qa.corpus.reader import Page, read_page
from ccs_qa.errors import AlignmentError, CorpusError
from ccs_qa.records import Document, Language, RenditionStatus
from ccs_qa.text.strings import detect_language


@dataclass(frozen=True, slots=True)
class PageSource:
    """What a maintainer says about a page to import; it replaces one of the same id.

    Attributes:
        source_url: Address of the page as published; None for the one known so far, if any.
    """

    document_id: str
    language: Language
    status: RenditionStatus
    publisher: str
    source_url: str | None
    retrieved: dt.date
    translation_of: str | None


def known_source(
    folder: Path,
    language: Language,
    status: RenditionStatus | None,
    address: str = "",
    replaces: str = "",
) -> PageSource:
    """Tell of a page what the corpus tells of the one that it replaces.

    Args:
        status: None for that of the page that it replaces.
        address: Where it is published; empty for the address that is known.
        replaces: Name of the document; empty for the one that people have made in the language,
            or, where there is none, for a first translation.

    Raises:
        CorpusError: The manifest cannot be read, or does not tell which document is meant.
    """
    known = [entry for entry in read_manifest(folder).documents if not entry.made_from]
    own = [entry for entry in known if entry.language == language]
    sources = [entry for entry in known if entry.translation_of is None]
    named = [entry for entry in own if replaces in {"", entry.id}]
    if len(named) > 1 or (not named and (own or replaces or len(sources) != 1)):
        raise CorpusError(problem="which-document", file=folder.name)
    before = named[0] if named else None
    return PageSource(
        document_id=before.id if before else f"{sources[0].id}.{language}",
        language=language,
        status=status or (before.status if before else "unofficial_translation"),
        publisher=(before or sources[0]).publisher,
        source_url=address or None,
        retrieved=dt.datetime.now().date(),
        translation_of=before.translation_of if before else sources[0].id,
    )


def import_page(folder: Path, file: Path, source: PageSource) -> Document:
    """Import a page; on any `CcsQaError` the folder stays as it was."""
    text = page_text(file)
    page = read_page(source.document_id, text)
    said = " ".join(block.text for block in page.blocks)
    if detect_language(said) != source.language:
        raise CorpusError(problem="language", file=file.name)
    with changing(folder) as copy:
        entry = _put(copy, page, text, source)
        # What a person has translated needs no draft; until then both are there, the person's
        # first.
        drop_covered(copy)
        load_corpus(copy)
        return read_document(copy, entry)


def _put(folder: Path, page: Page, text: str, source: PageSource) -> ManifestEntry:
    """Put a page into a folder that may be changed."""
    old = read_manifest(folder) if (folder / MANIFEST_FILE).is_file() else Manifest(documents=())
    before = next((item for item in old.documents if item.id == source.document_id), None)
    entry = ManifestEntry(
        id=source.document_id,
        language=source.language,
        status=source.status,
        title=page.title.text,
        publisher=source.publisher,
        source_url=source.source_url or (before.source_url if before else None),
        retrieved=source.retrieved,
        file=before.file if before else f"{source.document_id}.txt",
        sha256=sha256_bytes(text.encode()),
        translation_of=source.translation_of,
    )
    # A corpus that cannot be read is put right by an import: then nothing is known to be kept.
    former = None
    with suppress(CorpusError):
        former = load_corpus(folder)
    (folder / entry.file).write_bytes(text.encode())
    write_manifest(folder, old.put(entry))
    corpus = load_corpus(folder)
    known = {meeting.date for meeting in corpus.meetings}
    for meeting in page.meetings if source.translation_of else ():
        # What is translated stands in its source: a date is wrong.
        if meeting.date not in known:
            raise AlignmentError(document=entry.id, meeting=meeting.date.isoformat())
    if former is not None:
        _keep_names(folder, former, corpus)
    return entry


def _keep_names(folder: Path, former: Corpus, corpus: Corpus) -> None:
    """Let each passage that was corrected keep its name, and with it hints, themes and address."""
    found = {
        change.after.id: change.before.id
        for change in compare(former, corpus)
        if change.before and change.after and change.before.id != change.after.id
    }
    if found:
        write_identities(folder, read_identities(folder) | found)


def refresh_manifest(folder: Path) -> Manifest:
    """Note the digests of the pages as they are now, after a maintainer reviewed them."""
    with changing(folder) as copy:
        renewed = tuple(
            entry.model_copy(update={"sha256": read_document(copy, entry).sha256})
            for entry in read_manifest(copy).documents
        )
        write_manifest(copy, Manifest(documents=renewed))
    return Manifest(documents=renewed)
