"""Merges the page of a source with the page of its translation into bilingual meetings."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ccs_qa.corpus.alignment import Link, align
from ccs_qa.corpus.identity import normalise, passage_id
from ccs_qa.corpus.manifest import PAIRS_FILE
from ccs_qa.corpus.reader import Block, Page, PageMeeting, lead_ins
from ccs_qa.errors import CorpusError
from ccs_qa.records import Bilingual, Document, Meeting, Passage, PassageKind, Rendition, Section

_KIND: dict[str, PassageKind] = {
    "title": "title",
    "format": "format",
    "objective": "objective",
    "objective_item": "objective",
    "statement": "statement",
    "disclaimer": "disclaimer",
}


@dataclass(frozen=True, slots=True)
class Side:
    """A document and its page; of drafts, also the digests of the source lines behind them."""

    document: Document
    page: Page
    made_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unpaired:
    """The lines of a meeting, ISO date, that have no counterpart."""

    meeting: str
    lines: tuple[str, ...]


def rendition(document: Document, first: Block, last: Block | None = None) -> Rendition:
    """Cite a line of a document, or those from one to another as they stand."""
    end = (last or first).end
    text = document.text[first.start : end] if last else first.text
    return Rendition(document.language, text, document.id, first.start, end, document.status)


def lines_of(meeting: PageMeeting) -> tuple[Block, ...]:
    """List a meeting's lines: date, title, format, objective with its items, headed bullets."""
    head = [meeting.heading, meeting.title, meeting.format, *meeting.objective]
    body = [block for part in meeting.sections for block in (part.heading, *part.statements)]
    return tuple(block for block in (*head, *body) if block is not None)


@dataclass(frozen=True, slots=True)
class _Named:
    """Names given so far, and those that corrected words keep."""

    kept: Mapping[str, str]
    taken: set[str]


class _Merger:
    """Turns paired lines of one meeting into passages."""

    def __init__(self, source: Side, pairs: Mapping[int, Rendition], named: _Named) -> None:
        self.source = source
        self.pairs = pairs
        self.named = named

    def both(self, block: Block) -> Bilingual:
        found = {self.source.document.language: rendition(self.source.document, block)}
        other = self.pairs.get(block.start)
        if other is not None:
            found[other.language] = other
        return Bilingual(fr=found.get("fr"), en=found.get("en"))

    def passage(
        self,
        meeting: PageMeeting | None,
        block: Block,
        section: Bilingual | None = None,
        lead_in: Bilingual | None = None,
    ) -> Passage:
        kind = _KIND[block.role]
        date = meeting.date if meeting else None
        # Named by the source: a translation that is mended renames nothing.
        name = passage_id(kind, date, block.text, self.named.taken, self.named.kept)
        return Passage(name, kind, date, section, lead_in, self.both(block))

    def listed(
        self, meeting: PageMeeting, blocks: Sequence[Block], section: Bilingual | None
    ) -> tuple[Passage, ...]:
        made = []
        for block, above in zip(blocks, lead_ins(tuple(blocks)), strict=True):
            lead = self.both(blocks[above]) if above is not None else None
            made.append(self.passage(meeting, block, section, lead))
        return tuple(made)

    def meeting(self, meeting: PageMeeting) -> Meeting:
        return Meeting(
            date=meeting.date,
            heading=self.both(meeting.heading),
            title=self.passage(meeting, meeting.title) if meeting.title else None,
            format=self.passage(meeting, meeting.format) if meeting.format else None,
            objective=self.listed(meeting, meeting.objective, None),
            sections=tuple(
                Section(
                    heading=(head := self.both(part.heading) if part.heading else None),
                    passages=self.listed(meeting, part.statements, head),
                )
                for part in meeting.sections
            ),
        )


def line_digest(text: str) -> str:
    """Name a line by its words, in 16 hex digits, so that what was made from it is known."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:16]


def digest_lines(ours: Sequence[Block], theirs: Sequence[Block]) -> str:
    """Name the lines of a meeting in both languages by their words, in 16 hex digits."""
    names = [[line_digest(block.text) for block in side] for side in (ours, theirs)]
    return hashlib.sha256(repr(names).encode()).hexdigest()[:16]


def merge_pages(
    source: Side,
    target: Side | None,
    drafts: Side | None = None,
    kept: Mapping[str, str] = MappingProxyType({}),
    paired: Mapping[str, Sequence[Link]] = MappingProxyType({}),
) -> tuple[tuple[Meeting, ...], Passage | None, tuple[Unpaired, ...]]:
    """Merge a source and its translation.

    Args:
        kept: Names that passages keep from before a correction (`passage_id`).
        paired: How meetings are paired, by `digest_lines`; the others are by their structure.

    Returns:
        The meetings in page order, the disclaimer, and what has no counterpart in each meeting.

    Raises:
        CorpusError: A line was added to the drafts or taken out of them.
    """
    named = _Named(kept, set())
    theirs = {meeting.date: meeting for meeting in target.page.meetings} if target else {}
    drafted = _drafted(drafts) if drafts else {}
    meetings, rows = [], []
    for meeting in source.page.meetings:
        ours = lines_of(meeting)
        counterpart = theirs.get(meeting.date)
        if target is None or counterpart is None:
            made = drafted.get(meeting.date, {})
            # By its words: a draft of a line that was changed since stands for nothing.
            names = {block.start: line_digest(block.text) for block in ours}
            pairs = {start: made[name] for start, name in names.items() if name in made}
            alone = [block.text for block in ours if block.start not in pairs]
        else:
            others = lines_of(counterpart)
            links = paired.get(digest_lines(ours, others)) or align(ours, others)
            if any(
                max(link.source) >= len(ours) or max(link.target) >= len(others) for link in links
            ):
                raise CorpusError(problem="form", file=PAIRS_FILE)
            pairs = _linked(links, ours, others, target.document)
            alone = _alone(links, ours, others)
        rows.append(Unpaired(meeting.date.isoformat(), tuple(alone)))
        meetings.append(_Merger(source, pairs, named).meeting(meeting))
    # Most likely a date that was put right in one of both pages: until it is in the other as well,
    # the meeting has one language, and the check says so.
    rows += [
        Unpaired(date.isoformat(), tuple(block.text for block in lines_of(theirs[date])))
        for date in sorted(theirs.keys() - {meeting.date for meeting in source.page.meetings})
    ]
    return tuple(meetings), _disclaimer(source, target, named), tuple(rows)


def _drafted(side: Side) -> dict[dt.date, dict[str, Rendition]]:
    """List the drafts of each meeting by the digest of the line they were made from."""
    blocks = side.page.blocks
    # A line more or less would shift every draft behind it to another line.
    if len(blocks) != len(side.made_from):
        raise CorpusError(problem="drafts", file=side.document.file)
    names = {block.start: name for block, name in zip(blocks, side.made_from, strict=True)}
    return {
        meeting.date: {
            names[block.start]: rendition(side.document, block)
            for block in lines_of(meeting)
            if names.get(block.start)
        }
        for meeting in side.page.meetings
    }


def _disclaimer(source: Side, target: Side | None, named: _Named) -> Passage | None:
    ours = source.page.disclaimer
    if ours is None:
        return None
    theirs = target.page.disclaimer if target else None
    pairs = {ours.start: rendition(target.document, theirs)} if target and theirs else {}
    return _Merger(source, pairs, named).passage(None, ours)


def _linked(
    links: Sequence[Link], ours: Sequence[Block], others: Sequence[Block], document: Document
) -> dict[int, Rendition]:
    """List the counterpart of each line by its start: of one of two that were merged, the whole."""
    found = {}
    for link in links:
        first, *rest = (others[at] for at in link.target)
        whole = rendition(document, first, rest[-1] if rest else None)
        found.update({ours[at].start: whole for at in link.source})
    return found


def _alone(links: Sequence[Link], ours: Sequence[Block], others: Sequence[Block]) -> list[str]:
    left = {at for link in links for at in link.source}
    right = {at for link in links for at in link.target}
    alone = [block.text for at, block in enumerate(ours) if at not in left]
    return alone + [block.text for at, block in enumerate(others) if at not in right]
