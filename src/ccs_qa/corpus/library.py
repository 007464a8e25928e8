"""The corpus as the other rooms see it: documents, meetings, passages, hints, names."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from ccs_qa.corpus.attribution import attribute, tells_whose_views
from ccs_qa.corpus.editing import read_settled
from ccs_qa.corpus.known import KnownQuestions, Name, Sample
from ccs_qa.corpus.manifest import (
    BESIDE,
    Manifest,
    ManifestEntry,
    read_document,
    read_identities,
    read_manifest,
    read_names,
    read_pairs,
    read_questions,
    read_samples,
)
from ccs_qa.corpus.merge import Side, Unpaired, merge_pages
from ccs_qa.corpus.reader import read_page
from ccs_qa.errors import AlignmentError, CorpusError, NotFoundError
from ccs_qa.records import (
    SEARCHED_KINDS,
    Bilingual,
    Document,
    Language,
    Meeting,
    Passage,
    Rendition,
    other,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the corpus that a maintainer should look at.

    Attributes:
        kind: `digest`, `hints-orphan`, `hints-missing`, `samples-orphan` or `unpaired`.
    """

    kind: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Family:
    """A source and what stands for it in the other language."""

    source: ManifestEntry
    translation: ManifestEntry | None
    drafts: ManifestEntry | None


@dataclass(frozen=True)
class Corpus:
    """Everything that can be cited.

    Attributes:
        meetings: The meetings, newest first.
        digest: Hex sha256 over documents, statuses, known questions and names.
        samples: Questions that the page proposes; no index depends on them.
    """

    documents: Mapping[str, Document]
    meetings: tuple[Meeting, ...]
    disclaimer: Passage | None
    known: KnownQuestions
    unpaired: tuple[Unpaired, ...]
    digest: str
    names: tuple[Name, ...] = ()
    samples: tuple[Sample, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Passage]:
        found = {item.id: item for meeting in self.meetings for item in meeting.passages}
        return found | ({self.disclaimer.id: self.disclaimer} if self.disclaimer else {})

    @cached_property
    def _by_date(self) -> dict[dt.date, Meeting]:
        return {meeting.date: meeting for meeting in self.meetings}

    @cached_property
    def _leads(self) -> dict[str, tuple[Passage, ...]]:
        return dict(_led(self.meetings))

    @cached_property
    def _items(self) -> dict[str, tuple[Passage, ...]]:
        items: dict[str, tuple[Passage, ...]] = {}
        for name, above in self._leads.items():
            for lead in above:
                items[lead.id] = (*items.get(lead.id, ()), self._by_id[name])
        return items

    @cached_property
    def _places(self) -> dict[str, int]:
        return dict(_placed(self.meetings))

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage: meeting by meeting in page order, then the disclaimer."""
        return tuple(self._by_id.values())

    def passage(self, name: str) -> Passage:
        """Find a passage, else raise `NotFoundError`."""
        if name not in self._by_id:
            raise NotFoundError(what="passage", name=name)
        return self._by_id[name]

    def meeting(self, date: dt.date) -> Meeting:
        """Find a meeting by its day, else raise `NotFoundError`."""
        if date not in self._by_date:
            raise NotFoundError(what="meeting", name=date.isoformat())
        return self._by_date[date]

    def lead_ins(self, passage: Passage) -> tuple[Passage, ...]:
        """List what introduces a passage, outermost first; none where nothing does."""
        return self._leads.get(passage.id, ())

    def items(self, passage: Passage) -> tuple[Passage, ...]:
        """List all that a passage introduces, in page order, nested lists included."""
        return self._items.get(passage.id, ())

    def place(self, passage: Passage) -> int:
        """Give a passage's first character in the document of its meeting; 0 outside any."""
        return self._places.get(passage.id, 0)

    @property
    def edition(self) -> dt.date:
        """The day on which the published pages were last taken over."""
        published = [item for item in self.documents.values() if item.status == "official"]
        return max(item.retrieved for item in published or self.documents.values())

    def published(self, passage: Passage, language: Language) -> str:
        """Address the page that published a passage, in a language rather than in the other.

        Returns:
            The address that the manifest gives; empty where it gives none.
        """
        for rendition in (passage.renditions.get(item) for item in (language, other(language))):
            if rendition is not None and rendition.status == "official":
                found = self.documents[rendition.document].source_url
                if found:
                    return found
        return ""

    def verify(self, rendition: Rendition) -> bool:
        """Check a quote against its document: exactly this text between these offsets."""
        document = self.documents.get(rendition.document)
        return (
            document is not None
            and 0 <= rendition.start < rendition.end
            and document.text[rendition.start : rendition.end] == rendition.text
            and document.status == rendition.status
        )


def _led(meetings: tuple[Meeting, ...]) -> Iterator[tuple[str, tuple[Passage, ...]]]:
    """Find what introduces each item: its lead-in is a passage above it in the same meeting."""
    for meeting in meetings:
        placed: dict[Rendition, Passage] = {}
        found: dict[str, tuple[Passage, ...]] = {}
        for passage in meeting.passages:
            above = [placed[item] for item in _spoken(passage.lead_in) if item in placed]
            if above:
                found[passage.id] = (*found.get(above[0].id, ()), above[0])
            placed.update(dict.fromkeys(_spoken(passage.renditions), passage))
        yield from found.items()


def _placed(meetings: tuple[Meeting, ...]) -> Iterator[tuple[str, int]]:
    for meeting in meetings:
        lines = [(item.id, line) for item in meeting.passages for line in item.renditions.spoken]
        sources = Counter(line.document for _, line in lines)
        source = max(sources, key=sources.__getitem__, default="")
        yield from ((name, line.start) for name, line in lines if line.document == source)


def _attributed(meetings: tuple[Meeting, ...], members_view: bool) -> Iterator[Meeting]:
    """Tell of each statement who says it."""
    above = dict(_led(meetings))

    def told(passage: Passage) -> Passage:
        leads = [lead.renditions for lead in above.get(passage.id, ())]
        return replace(passage, attribution=attribute(passage, leads, members_view=members_view))

    for meeting in meetings:
        sections = (
            replace(section, passages=tuple(map(told, section.passages)))
            for section in meeting.sections
        )
        yield replace(meeting, sections=tuple(sections))


def _spoken(value: Bilingual | None) -> tuple[Rendition, ...]:
    return value.spoken if value is not None else ()


def load_corpus(folder: Path) -> Corpus:
    """Read a corpus folder, as its files are now, whatever digest the manifest remembers.

    Raises:
        CorpusError: The manifest, a page, the hints or the names cannot be read, or a meeting
            stands in two sources.
    """
    return read_settled(folder, _load)


def _load(folder: Path) -> Corpus:
    manifest, kept = read_manifest(folder), read_identities(folder)
    stored = {lines: row.links for lines, row in read_pairs(folder).items()}
    documents = {entry.id: read_document(folder, entry) for entry in manifest.documents}
    meetings: list[Meeting] = []
    rows: list[Unpaired] = []
    disclaimer: Passage | None = None
    for family in families(manifest):
        found, own_disclaimer, unpaired = merge_pages(
            _side(family.source, documents),
            _side(family.translation, documents) if family.translation else None,
            _side(family.drafts, documents) if family.drafts else None,
            kept,
            paired=stored,
        )
        meetings += _attributed(found, tells_whose_views(own_disclaimer))
        rows += unpaired
        disclaimer = disclaimer or own_disclaimer
    for day, times in Counter(meeting.date for meeting in meetings).items():
        if times > 1:
            raise CorpusError(problem="duplicate-meeting", file=day.isoformat())
    meetings.sort(key=lambda meeting: meeting.date, reverse=True)
    return Corpus(
        documents=documents,
        meetings=tuple(meetings),
        disclaimer=disclaimer,
        known=read_questions(folder),
        unpaired=tuple(rows),
        digest=_digest(folder, documents),
        names=read_names(folder),
        samples=read_samples(folder),
    )


def families(manifest: Manifest) -> Iterator[Family]:
    """Group documents by what they translate; one translation each, else `AlignmentError`."""
    by_source: dict[str, list[ManifestEntry]] = {}
    for entry in manifest.documents:
        by_source.setdefault(entry.translation_of or entry.id, []).append(entry)
    for name, entries in by_source.items():
        own = [entry for entry in entries if entry.id == name]
        others = [entry for entry in entries if entry.id != name]
        translations = [entry for entry in others if not entry.made_from]
        drafts = [entry for entry in others if entry.made_from]
        if not own or len(translations) > 1 or len(drafts) > 1:
            raise AlignmentError(document=name, problem="family")
        yield Family(own[0], next(iter(translations), None), next(iter(drafts), None))


def _side(entry: ManifestEntry, documents: Mapping[str, Document]) -> Side:
    document = documents[entry.id]
    return Side(document, read_page(entry.id, document.text), entry.made_from)


def digest_corpus(folder: Path) -> str:
    """Digest a corpus folder as `load_corpus` does, without reading the pages for meetings."""

    def read(settled: Path) -> str:
        entries = read_manifest(settled).documents
        return _digest(settled, {entry.id: read_document(settled, entry) for entry in entries})

    return read_settled(folder, read)


def _digest(folder: Path, documents: Mapping[str, Document]) -> str:
    digest = hashlib.sha256()
    for document in documents.values():
        line = f"{document.id} {document.language} {document.status} {document.sha256}\n"
        digest.update(line.encode())
    for path in (folder / name for name in BESIDE):
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def check_corpus(folder: Path) -> tuple[Finding, ...]:
    """List what a maintainer should look at; raises `CorpusError` if it cannot be read."""
    corpus = load_corpus(folder)
    findings = [
        Finding("digest", entry.file, corpus.documents[entry.id].sha256)
        for entry in read_manifest(folder).documents
        if corpus.documents[entry.id].sha256 != entry.sha256
    ]
    known = {passage.id for passage in corpus.passages}
    named = [*corpus.known.hints, *(name for item in corpus.known.themes for name in item.passages)]
    findings += [
        Finding("hints-orphan", name, "") for name in dict.fromkeys(named) if name not in known
    ]
    findings += [
        Finding("samples-orphan", name, item.en)
        for item in corpus.samples
        for name in item.passages
        if name not in known
    ]
    findings += [
        Finding("hints-missing", passage.id, "")
        for passage in corpus.passages
        if passage.kind in SEARCHED_KINDS and passage.id not in corpus.known.hints
    ]
    findings += [
        Finding("unpaired", row.meeting, text) for row in corpus.unpaired for text in row.lines
    ]
    return tuple(findings)
