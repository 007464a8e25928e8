"""Merges the page of a source with the page of its translation into bilingual meetings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccs_qa.corpus.alignment import Pair, Similarity, align
from ccs_qa.corpus.identity import passage_id
from ccs_qa.corpus.reader import Block, Page, PageMeeting, lead_ins
from ccs_qa.errors import AlignmentError
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
    """A document and its page.

    Attributes:
        document: The document.
        page: What the reader found in it.
    """

    document: Document
    page: Page


@dataclass(frozen=True, slots=True)
class AlignmentRow:
    """How one meeting was paired.

    Attributes:
        meeting: Its date, ISO.
        pairs: Lines that have a counterpart.
        unpaired: Texts that have none.
        weakest: Lowest confidence among the pairs, 0 to 1.
    """

    meeting: str
    pairs: int
    unpaired: tuple[str, ...]
    weakest: float


def rendition(document: Document, block: Block) -> Rendition:
    """Cite a line of a document.

    Args:
        document: The document.
        block: The line.

    Returns:
        The rendition with its offsets.
    """
    return Rendition(
        document.language, block.text, document.id, block.start, block.end, document.status
    )


def lines_of(meeting: PageMeeting) -> tuple[Block, ...]:
    """List the lines of a meeting in a fixed order of roles.

    Args:
        meeting: The meeting.

    Returns:
        Date, title, format, objective and its items, then each heading and its bullets.
    """
    head = [meeting.heading, meeting.title, meeting.format, *meeting.objective]
    body = [block for part in meeting.sections for block in (part.heading, *part.statements)]
    return tuple(block for block in (*head, *body) if block is not None)


class _Merger:
    """Turns paired lines of one meeting into passages."""

    def __init__(
        self, source: Side, target: Side | None, pairs: Mapping[int, Block], taken: set[str]
    ) -> None:
        self.source = source
        self.target = target
        self.pairs = pairs
        self.taken = taken

    def both(self, block: Block) -> Bilingual:
        found = {self.source.document.language: rendition(self.source.document, block)}
        other = self.pairs.get(block.start)
        if self.target is not None and other is not None:
            found[self.target.document.language] = rendition(self.target.document, other)
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
        name = passage_id(kind, date, block.text, self.taken)
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


def merge_pages(
    source: Side, target: Side | None, similarity: Similarity | None = None
) -> tuple[tuple[Meeting, ...], Passage | None, tuple[AlignmentRow, ...]]:
    """Merge a source and its translation.

    Args:
        source: The source.
        target: Its translation, when there is one.
        similarity: Likeness in meaning, for pages whose structures differ.

    Returns:
        The meetings in page order, the disclaimer, and how each meeting was paired.

    Raises:
        AlignmentError: The translation has a meeting that the source has not.
    """
    taken: set[str] = set()
    theirs = {meeting.date: meeting for meeting in target.page.meetings} if target else {}
    strangers = theirs.keys() - {meeting.date for meeting in source.page.meetings}
    if target is not None and strangers:
        raise AlignmentError(document=target.document.id, meeting=min(strangers).isoformat())
    meetings, rows = [], []
    for meeting in source.page.meetings:
        ours = lines_of(meeting)
        counterpart = theirs.get(meeting.date)
        others = lines_of(counterpart) if counterpart else ()
        paired = align(ours, others, similarity)
        rows.append(_row(meeting, ours, others, paired))
        pairs = {
            ours[pair.source].start: others[pair.target]
            for pair in paired
            if pair.source is not None and pair.target is not None
        }
        meetings.append(_Merger(source, target, pairs, taken).meeting(meeting))
    return tuple(meetings), _disclaimer(source, target, taken), tuple(rows)


def _disclaimer(source: Side, target: Side | None, taken: set[str]) -> Passage | None:
    ours = source.page.disclaimer
    if ours is None:
        return None
    theirs = target.page.disclaimer if target else None
    pairs = {ours.start: theirs} if theirs else {}
    return _Merger(source, target, pairs, taken).passage(None, ours)


def _row(
    meeting: PageMeeting, ours: Sequence[Block], others: Sequence[Block], paired: Sequence[Pair]
) -> AlignmentRow:
    whole = [pair for pair in paired if pair.source is not None and pair.target is not None]
    unpaired = [
        ours[pair.source].text for pair in paired if pair.target is None and pair.source is not None
    ]
    unpaired += [
        others[pair.target].text
        for pair in paired
        if pair.source is None and pair.target is not None
    ]
    return AlignmentRow(
        meeting=meeting.date.isoformat(),
        pairs=len(whole),
        unpaired=tuple(unpaired),
        weakest=min((pair.confidence for pair in whole), default=0.0),
    )
