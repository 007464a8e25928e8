"""Merges the page of a source with the page of its translation into bilingual meetings."""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from ccs_qa.corpus.alignment import Link, align, alone
from ccs_qa.corpus.identity import normalise, passage_id
from ccs_qa.corpus.manifest import PAIRS_FILE
from ccs_qa.corpus.reader import Block, Page, PageMeeting, lead_ins
from ccs_qa.errors import CorpusError
from ccs_qa.records import Bilingual, Document, Meeting, Passage, PassageKind, Rendition, Section


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


# Gives a passage its name: of a kind, a meeting and a text.
_Name = Callable[[PassageKind, dt.date | None, str], str]


class _Merger:
    """Turns paired lines of one meeting into passages."""

    def __init__(self, source: Side, pairs: Mapping[int, Rendition], name: _Name) -> None:
        self.source = source
        self.pairs = pairs
        self.name = name

    def both(self, block: Block) -> Bilingual:
        found = {self.source.document.language: rendition(self.source.document, block)}
        other = self.pairs.get(block.start)
        if other is not None:
            found[other.language] = other
        return Bilingual(fr=found.get("fr"), en=found.get("en"))

    def passage(
        self,
        date: dt.date | None,
        block: Block,
        section: Bilingual | None = None,
        lead_in: Bilingual | None = None,
    ) -> Passage:
        kind = cast("PassageKind", block.role.removesuffix("_item"))
        # Named by the source: a translation that is mended renames nothing.
        name = self.name(kind, date, block.text)
        return Passage(name, kind, date, section, lead_in, self.both(block))

    def listed(
        self, date: dt.date, blocks: tuple[Block, ...], section: Bilingual | None = None
    ) -> tuple[Passage, ...]:
        return tuple(
            self.passage(date, block, section, None if at is None else self.both(blocks[at]))
            for block, at in zip(blocks, lead_ins(blocks), strict=True)
        )

    def meeting(self, meeting: PageMeeting) -> Meeting:
        day = meeting.date
        return Meeting(
            date=day,
            heading=self.both(meeting.heading),
            title=self.passage(day, meeting.title) if meeting.title else None,
            format=self.passage(day, meeting.format) if meeting.format else None,
            objective=self.listed(day, meeting.objective),
            sections=tuple(
                Section(
                    heading=(head := self.both(part.heading) if part.heading else None),
                    passages=self.listed(day, part.statements, head),
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
    drafts: Side | None,
    kept: Mapping[str, str],
    paired: Mapping[str, Sequence[Link]],
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
    name = partial(passage_id, taken=set(), kept=kept)
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
            left = [block.text for block in ours if block.start not in pairs]
        else:
            others = lines_of(counterpart)
            links = paired.get(digest_lines(ours, others)) or align(ours, others)
            if any(
                max(link.source) >= len(ours) or max(link.target) >= len(others) for link in links
            ):
                raise CorpusError(problem="form", file=PAIRS_FILE)
            pairs = _linked(links, ours, others, target.document)
            mine, theirs_alone = alone(links, len(ours), len(others))
            left = [ours[at].text for at in mine] + [others[at].text for at in theirs_alone]
        rows.append(Unpaired(meeting.date.isoformat(), tuple(left)))
        meetings.append(_Merger(source, pairs, name).meeting(meeting))
    # Most likely a date that was put right in one of both pages: until it is in the other as well,
    # the meeting has one language, and the check says so.
    rows += [
        Unpaired(date.isoformat(), tuple(block.text for block in lines_of(theirs[date])))
        for date in sorted(theirs.keys() - {meeting.date for meeting in source.page.meetings})
    ]
    return tuple(meetings), _disclaimer(source, target, name), tuple(rows)


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


def _disclaimer(source: Side, target: Side | None, name: _Name) -> Passage | None:
    ours = source.page.disclaimer
    if ours is None:
        return None
    theirs = target.page.disclaimer if target else None
    pairs = {ours.start: rendition(target.document, theirs)} if target and theirs else {}
    return _Merger(source, pairs, name).passage(None, ours)


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
