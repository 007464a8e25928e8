"""Merges the page of a source with the page of its translation into bilingual meetings."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ccs_qa.corpus.alignment import Pair, align
from ccs_qa.corpus.identity import normalise, passage_id
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
class AlignmentRow:
    """How one meeting was paired.

    Attributes:
        meeting: Its date, ISO.
        weakest: Lowest confidence among the pairs, 0 to 1.
    """

    meeting: str
    pairs: int
    unpaired: tuple[str, ...]
    weakest: float


def rendition(document: Document, block: Block) -> Rendition:
    """Cite a line of a document."""
    return Rendition(
        document.language, block.text, document.id, block.start, block.end, document.status
    )


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


def merge_pages(
    source: Side,
    target: Side | None,
    drafts: Side | None = None,
    kept: Mapping[str, str] = MappingProxyType({}),
) -> tuple[tuple[Meeting, ...], Passage | None, tuple[AlignmentRow, ...]]:
    """Merge a source and its translation.

    Args:
        kept: Names that passages keep from before a correction (`passage_id`).

    Returns:
        The meetings in page order, the disclaimer, and how each meeting was paired.

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
            missing = tuple(block.text for block in ours if block.start not in pairs)
            weakest = 1.0 if pairs else 0.0
            rows.append(AlignmentRow(meeting.date.isoformat(), len(pairs), missing, weakest))
        else:
            others = lines_of(counterpart)
            paired = align(ours, others)
            rows.append(_row(meeting, ours, others, paired))
            pairs = {
                ours[pair.source].start: rendition(target.document, others[pair.target])
                for pair in paired
            }
        meetings.append(_Merger(source, pairs, named).meeting(meeting))
    # Most likely a date that was put right in one of both pages: until it is in the other as well,
    # the meeting has one language, and the check says so.
    for date in sorted(theirs.keys() - {meeting.date for meeting in source.page.meetings}):
        alone = tuple(block.text for block in lines_of(theirs[date]))
        rows.append(AlignmentRow(date.isoformat(), 0, alone, 0.0))
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


def _row(
    meeting: PageMeeting, ours: Sequence[Block], others: Sequence[Block], pairs: Sequence[Pair]
) -> AlignmentRow:
    left, right = {pair.source for pair in pairs}, {pair.target for pair in pairs}
    alone = [block.text for at, block in enumerate(ours) if at not in left]
    alone += [block.text for at, block in enumerate(others) if at not in right]
    weakest = min((pair.confidence for pair in pairs), default=0.0)
    return AlignmentRow(meeting.date.isoformat(), len(pairs), tuple(alone), weakest)
