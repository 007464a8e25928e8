"""Words an answer around verified quotes; it adds no claim of its own."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ccs_qa.answer.blocks import Blocks, Groups
from ccs_qa.answer.timeline import Timeline
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import (
    AnswerKind,
    AnswerStatus,
    Citation,
    Coverage,
    Group,
    GroupKind,
    Hit,
    Statement,
)

# What is left out, as each form says it.
_MORE: Mapping[AnswerKind, str] = {"digest": "digest.more", "themes": "themes.more"}
# The number of a quote, at the end of its line.
_MARK = re.compile(r"\[(\d+)\](?=$|\n)")


class Part(NamedTuple):
    """Quotes that stand under one line; an empty line says nothing."""

    heading: str
    hits: Sequence[Hit]
    level: int = 1
    kind: GroupKind = "meeting"


@dataclass(frozen=True, slots=True)
class Composed:
    """A worded answer; its citations are numbered from 1 in reading order."""

    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    dropped: int = 0
    groups: tuple[Group, ...] = ()
    more: int = 0

    def renumbered(self, shift: int) -> "Composed":
        """Count the quotes on from another answer."""
        if not shift:
            return self
        return replace(
            self,
            text=_MARK.sub(lambda match: f"[{int(match[1]) + shift}]", self.text),
            statements=tuple(
                replace(item, citations=_shifted(item.citations, shift)) for item in self.statements
            ),
            citations=tuple(replace(item, number=item.number + shift) for item in self.citations),
            groups=tuple(
                replace(item, citations=_shifted(item.citations, shift)) for item in self.groups
            ),
        )


def _shifted(numbers: Sequence[int], shift: int) -> tuple[int, ...]:
    return tuple(number + shift for number in numbers)


def compose(
    status: AnswerStatus,
    quotes: Sequence[Hit],
    coverage: Coverage,
    words: Catalogue,
    blocks: Blocks,
    *,
    dated: bool = False,
) -> Composed:
    """Word an answer.

    Args:
        dated: Whether meetings stand in order of date rather than the most relevant first.
    """
    if status != "answered" or not quotes:
        key = "answer.related" if status == "related" and quotes else "answer.not_found"
        text = f"{words.text(key)} {searched(coverage, words)}".strip()
        return Composed(text, (), ())
    quotes, dropped = blocks.whole(quotes)
    groups = blocks.ordered(quotes)
    if dated:
        groups = by_date(groups)
    lead = lead_over(groups, words, dated=dated)
    return replace(_quote(lead, groups, words, blocks), dropped=dropped)


def lead_over(groups: Groups, words: Catalogue, *, dated: bool) -> str:
    """Say which meetings the quotes below are of, and in which order these stand."""
    days = [day for day, _ in groups if day is not None]
    key = "answer.lead.by_date" if dated else "answer.lead"
    return words.count(key, len(days), meetings=words.of_dates(days))


def compose_record(lead: str, hits: Sequence[Hit], words: Catalogue, blocks: Blocks) -> Composed:
    """Word what the records answer."""
    groups = by_date(blocks.ordered(hits))
    if len(groups) > 1:
        lead = f"{lead} {words.text('answer.by_date')}"
    return _quote(lead, groups, words, blocks)


def compose_timeline(timeline: Timeline, words: Catalogue, blocks: Blocks) -> Composed:
    """Word how a topic went from meeting to meeting; the timeline has an entry at least."""
    return _quote(followed(timeline, words), blocks.ordered(timeline.entries), words, blocks)


def followed(timeline: Timeline, words: Catalogue) -> str:
    """Say in how many meetings a topic comes up, and in which order they stand."""
    key = "answer.timeline" if timeline.held else "answer.timeline.near"
    return words.count(key, len(timeline.entries), total=timeline.total)


def silent(absent: Sequence[dt.date], words: Catalogue) -> str:
    """Name the meetings that do not speak of a topic; empty without meetings."""
    if not absent:
        return ""
    return words.count("answer.silent", len(absent), meetings=words.of_dates(absent))


def by_date(groups: Groups) -> Groups:
    """Put meetings in order of date, oldest first; what is of no meeting stands before."""
    return sorted(groups, key=lambda group: group[0] or dt.date.min)


def meeting_parts(groups: Groups, words: Catalogue) -> list[Part]:
    """Put each meeting's quotes under its date; a single meeting needs no line."""
    headed = sum(date is not None for date, _ in groups) > 1
    return [
        Part(words.text("answer.meeting", date=words.date(date)) if headed and date else "", group)
        for date, group in groups
    ]


def _quote(lead: str, groups: Groups, words: Catalogue, blocks: Blocks) -> Composed:
    return quote_parts(lead, meeting_parts(groups, words), words, blocks)


def quote_parts(lead: str, parts: Sequence[Part], words: Catalogue, blocks: Blocks) -> Composed:
    """Quote passages in parts."""
    lines, statements, citations = [lead], list[Statement](), list[Citation]()
    grouped: list[Group] = []
    for heading, group, level, kind in parts:
        first = len(citations) + 1
        if heading:
            lines.append(heading)
        shown = blocks.around([hit.passage for hit in group])
        for hit, (above, below) in zip(group, shown, strict=True):
            citation = Citation(len(citations) + 1, hit)
            said = [words.quote(item.renditions) for item in (*above, hit.passage, *below)]
            statement = Statement("\n".join(said), (citation.number,))
            lines.append(f"{statement.text} [{citation.number}]")
            citations.append(citation)
            statements.append(statement)
        if heading:
            numbers = tuple(range(first, len(citations) + 1))
            grouped.append(Group(heading, level, numbers, kind))
    everything = tuple(citation.number for citation in citations)
    return Composed(
        "\n".join(lines),
        (Statement(lead, everything), *statements),
        tuple(citations),
        groups=tuple(grouped),
    )


def searched(coverage: Coverage, words: Catalogue) -> str:
    """Say what was searched; empty when nothing could be searched."""
    if coverage.start is None or coverage.end is None:
        return words.text("answer.coverage.none")
    return words.count(
        "answer.coverage",
        coverage.meetings,
        start=words.month(coverage.start),
        end=words.month(coverage.end),
    )


def say_more(more: int, kind: AnswerKind, words: Catalogue) -> str:
    """Say how many further passages there are; empty where there are none."""
    return words.count(_MORE.get(kind, "answer.more"), more) if more else ""


def closed(
    composed: Composed, absent: Sequence[dt.date], kind: AnswerKind, words: Catalogue
) -> str:
    """Say below an answer which meetings are silent, and what is left out."""
    lines = (composed.text, silent(absent, words), say_more(composed.more, kind, words))
    return "\n".join(line for line in lines if line)
