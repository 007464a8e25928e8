"""Reads the text of a page: every non-blank line becomes one block, or the reader stops."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from ccs_qa.errors import PageError
from ccs_qa.text.day_lines import parse_day, read_day_line, tells_only_when

Role = Literal[
    "page_title",
    "disclaimer",
    "year",
    "date",
    "format",
    "title",
    "objective",
    "objective_item",
    "heading",
    "statement",
]

_LINE = re.compile(r"[^\r\n]+")
YEAR = re.compile(r"(?:19|20)\d\d")
_BULLET = re.compile(r"[-–—•·▪*]\s+(?=\S)")
FORMAT = re.compile(r"(?:Format|Lieu|Location|Place)\s*:", re.IGNORECASE)
_SENTENCE_ENDS = (".", "!", "?", "…")
OBJECTIVE = re.compile(r"(?:Objectifs?|Objectives?)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One line of a page and what it is.

    Attributes:
        number: Line number, from 1.
        start: First character of the text in the page, without bullet or margin.
        end: End of the text in the page, exclusive.
        margin: White space before its bullet, in characters: nested lists stand further in.
    """

    role: Role
    number: int
    start: int
    end: int
    text: str
    margin: int = 0


@dataclass(frozen=True, slots=True)
class PageSection:
    """A headed part of a meeting on one page."""

    heading: Block | None
    statements: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class PageMeeting:
    """A meeting as one page gives it."""

    date: dt.date
    heading: Block
    title: Block | None
    format: Block | None
    objective: tuple[Block, ...]
    sections: tuple[PageSection, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page, read; its blocks are every non-blank line, in order."""

    blocks: tuple[Block, ...]
    title: Block
    disclaimer: Block | None
    meetings: tuple[PageMeeting, ...]


def is_marked(text: str) -> bool:
    """Tell whether a line without bullet would be taken for a year, date, format or objective."""
    forms = (_BULLET, YEAR, FORMAT, OBJECTIVE)
    dated = read_day_line(text) is not None or tells_only_when(text)
    return dated or any(form.match(text) for form in forms)


@dataclass(frozen=True, slots=True)
class _Body:
    """The text of a line: without margin, byte order mark and bullet.

    Attributes:
        day: The day that the line is; None for any other line.
    """

    number: int
    start: int
    text: str
    margin: int
    bulleted: bool
    day: dt.date | None

    @property
    def is_year(self) -> bool:
        return not self.bulleted and YEAR.fullmatch(self.text) is not None


def _bodies(text: str) -> Iterator[_Body]:
    number, position = 1, 0
    for match in _LINE.finditer(text):
        gap = text[position : match.start()]
        # A line feed after a carriage return ends the same line.
        number += gap.count("\n") + gap.count("\r") - gap.count("\r\n")
        position = match.end()
        line = match.group()
        # A byte order mark is no white space to Python, and may have some around it.
        body = line.strip().strip("\ufeff").strip()
        if not body:
            continue
        margin = line.index(body)
        start = match.start() + margin
        bullet = _BULLET.match(body)
        if bullet:
            body, start = body[bullet.end() :], start + bullet.end()
        day = None if bullet else parse_day(body)
        yield _Body(number, start, body, margin, bullet is not None, day)


class _Reader:
    """Gives each line its role from what stood before it, and from what its meeting has."""

    def __init__(self, document: str, text: str) -> None:
        self.document = document
        self.bodies = tuple(_bodies(text))
        # Where other meetings of a page state an objective, one without has lost it.
        self.aims = any(not b.bulleted and OBJECTIVE.match(b.text) for b in self.bodies)
        self.year: int | None = None
        self.dates: set[dt.date] = set()
        # Roles met since the last date line; empty before the first meeting.
        self.seen: set[Role] = set()
        self.last: Block | None = None
        # Lines of the meeting that are still to come.
        self.ahead: tuple[_Body, ...] = ()

    def refuse(self, number: int, text: str, reason: str) -> NoReturn:
        raise PageError(document=self.document, line=number, text=text, reason=reason)

    def blocks(self) -> Iterator[Block]:
        ends = [at for at, body in enumerate(self.bodies) if body.is_year or body.day]
        for at, body in enumerate(self.bodies):
            self.ahead = self.bodies[at + 1 : next((end for end in ends if end > at), None)]
            role = self.role(body)
            end = body.start + len(body.text)
            block = Block(role, body.number, body.start, end, body.text, body.margin)
            self.seen.add(role)
            self.last = block
            yield block

    def role(self, body: _Body) -> Role:
        number, text = body.number, body.text
        if body.bulleted:
            return self.bullet(number, text)
        if self.last is None:
            return "page_title"
        if body.is_year:
            self.finish()
            self.seen = set()
            self.year = int(text)
            return "year"
        if body.day is not None:
            return self.date(number, text, body.day)
        # Under the meeting before, everything that follows would be told of another day.
        if read_day_line(text) is not None or tells_only_when(text):
            self.refuse(number, text, "day")
        if not self.dates:
            if self.last.role != "page_title":
                self.refuse(number, text, "before-meetings")
            return "disclaimer"
        return self.unbulleted(number, text)

    def date(self, number: int, text: str, date: dt.date) -> Role:
        self.finish()
        # A slip in a date would file the meeting under a day that never was.
        if self.year is not None and date.year != self.year:
            self.refuse(number, text, "year")
        if date in self.dates:
            self.refuse(number, text, "duplicate-date")
        self.dates.add(date)
        self.seen = set()
        return "date"

    def unbulleted(self, number: int, text: str) -> Role:
        if "date" not in self.seen:
            self.refuse(number, text, "outside-meeting")
        # Once a meeting has begun to speak, the same words are a heading.
        if FORMAT.match(text) and not self.seen & {"format", "heading", "statement"}:
            return "format"
        if OBJECTIVE.match(text):
            if self.seen & {"objective", "heading", "statement"}:
                self.refuse(number, text, "second-objective")
            return "objective"
        if "objective" in self.seen or ("title" in self.seen and not self.aims):
            if self.last is not None and self.last.role == "heading":
                self.refuse(number, text, "heading-without-statements")
            return "heading"
        if "title" in self.seen:
            self.refuse(number, text, "second-title")
        return "title"

    def bullet(self, number: int, text: str) -> Role:
        # Without one, a title is told from the heading of a section by what follows it: another
        # line without bullet, or nothing but bullets.
        sectioned = "heading" in self.seen or all(line.bulleted for line in self.ahead)
        if "objective" not in self.seen and (self.aims or not sectioned):
            self.refuse(number, text, "bullet-before-objective")
        last = self.last
        if last is not None and (
            # The list of an objective ends at the first line that is no bullet.
            last.role == "objective_item"
            or (last.role == "objective" and last.text.rstrip().endswith(":"))
        ):
            return "objective_item"
        return "statement"

    def finish(self) -> None:
        """Check that the meeting which ends here said something."""
        last = self.last
        # A meeting of headings alone was not read right: its bullets may have lost their marks.
        if last is not None and "date" in self.seen and last.role != "statement":
            self.refuse(last.number, last.text, "meeting-without-statements")


def read_page(document: str, text: str) -> Page:
    """Read a page; every non-blank line is in exactly one of its blocks.

    Raises:
        PageError: A line fits no record, a meeting says nothing, a date stands twice or
            under the wrong year, or there is no meeting at all.
    """
    reader = _Reader(document, text)
    blocks = tuple(reader.blocks())
    reader.finish()
    if not reader.dates:
        last = reader.last
        reader.refuse(last.number if last else 1, last.text if last else "", "no-meeting")
    starts = [at for at, block in enumerate(blocks) if block.role == "date"]
    bounds = [*starts[1:], len(blocks)]
    return Page(
        blocks=blocks,
        title=blocks[0],
        disclaimer=next((block for block in blocks if block.role == "disclaimer"), None),
        meetings=tuple(
            _meeting(blocks[start:end]) for start, end in zip(starts, bounds, strict=True)
        ),
    )


def _meeting(blocks: tuple[Block, ...]) -> PageMeeting:
    def first(role: Role) -> Block | None:
        return next((block for block in blocks if block.role == role), None)

    date = parse_day(blocks[0].text)
    if date is None:
        raise AssertionError(blocks[0])
    sections: list[tuple[Block | None, list[Block]]] = []
    for block in blocks:
        if block.role == "heading":
            sections.append((block, []))
        elif block.role == "statement":
            if not sections:
                sections.append((None, []))
            sections[-1][1].append(block)
    return PageMeeting(
        date=date,
        heading=blocks[0],
        title=first("title"),
        format=first("format"),
        objective=tuple(b for b in blocks if b.role in ("objective", "objective_item")),
        sections=tuple(PageSection(head, tuple(body)) for head, body in sections),
    )


def lead_ins(blocks: tuple[Block, ...]) -> tuple[int | None, ...]:
    """Find the sentence that introduces each bullet of a list inside a section.

    A bullet that ends with a colon introduces the bullets after it: those that stand further in,
    where there are such; else up to and including the first that ends like a sentence.

    Returns:
        For each block, the position of its lead-in, or None. A lead-in may have one itself.
    """
    # The objective is no bullet: whatever its items' margin is, they stand further in.
    margins = [-1 if block.role == "objective" else block.margin for block in blocks]
    found: list[int | None] = []
    # The lead-ins whose lists go on, the innermost last.
    going_on: list[int] = []
    for at, block in enumerate(blocks):
        while going_on and _ends(going_on[-1], at, margins):
            going_on.pop()
        found.append(going_on[-1] if going_on else None)
        text = block.text.rstrip()
        if text.endswith(":"):
            going_on.append(at)
        elif text.endswith(_SENTENCE_ENDS):
            while going_on and margins[going_on[-1]] == margins[at]:
                going_on.pop()
    return tuple(found)


def _ends(lead_in: int, at: int, margins: list[int]) -> bool:
    """Tell whether a list is over by the margins: the line stands further out than its items."""
    nested = margins[lead_in + 1] > margins[lead_in]
    return margins[at] <= margins[lead_in] if nested else margins[at] < margins[lead_in]
