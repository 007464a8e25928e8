"""Sets the lines of a file as a page: each line as the record that its kind and place make it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NoReturn

from ccs_qa.corpus.reader import FORMAT, OBJECTIVE, YEAR, Role, is_marked
from ccs_qa.corpus.sources.lines import HOLLOW, MARK, Line, Source
from ccs_qa.text.day_lines import DayLine, holds_day, parse_day, read_day_line, tells_only_when
from ccs_qa.text.strings import fold

_NESTED = "  "
_LABEL = re.compile(r"(?:format|lieu|location|place|objectifs?|objectives?)\s*:?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…;:]['’\"”»)\]]*$")
# A heading that is styled as a paragraph is no longer than this, in words.
_SHORT = 12
# Who was there, when and why: a line of these is no title.
_OTHERS = re.compile(
    r"(?:participant|present|absent|attend|membre|member|regret|chair|president|presidence|secretar"
    r"|time|heure|duree|agenda|ordre du jour|documents?|date)[^:]{0,40}:"
)


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line of a page, and where it comes from.

    Attributes:
        role: What the reader has to take it for; None where its words and place tell.
    """

    text: str
    place: int
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a file in one piece, and the day that it opens a meeting of."""

    line: Line
    text: str
    day: DayLine | None

    @property
    def is_heading(self) -> bool:
        return self.line.kind == "heading" or self.line.bold


def set_lines(source: Source) -> tuple[SetLine, ...]:
    """Set the lines of a file; one whose place in a meeting cannot be told raises `PageError`."""
    entries = _labelled([entry for line in source.lines for entry in _entries(line)])
    return tuple(_Setter(source, entries).set())


def _entries(line: Line) -> Iterator[_Entry]:
    """Cut a line at forced breaks where its parts are lines of their own."""
    groups: list[list[str]] = []
    for part in line.parts:
        alone = (
            groups
            and line.kind != "item"
            and (is_marked(part) or MARK.match(part) or _closed(groups[-1][0]))
        )
        if not groups or alone:
            groups.append([part])
        else:
            groups[-1].append(part)
    for group in groups:
        text = " ".join(group)
        mark = MARK.match(text) if line.kind == "paragraph" else None
        if mark:
            depth = 2 if text[0] in HOLLOW else 1
            yield _Entry(Line("item", (text,), line.place, depth), text[mark.end() :], None)
        else:
            yield _Entry(line, text, _day(line, text))


def _closed(text: str) -> bool:
    """Tell whether a line is whole by what it is: a year, a date or a form of meeting."""
    return bool(YEAR.fullmatch(text) or FORMAT.match(text)) or parse_day(text) is not None


def _day(line: Line, text: str) -> DayLine | None:
    found = None if line.kind == "item" else read_day_line(text)
    # A sentence may begin with a day.
    ends = found is None or found.title is None or line.kind == "heading" or line.bold
    return found if ends or not _SENTENCE_END.search(text) else None


def _labelled(entries: list[_Entry]) -> list[_Entry]:
    """Put what stands under the heading of a record on its line."""
    found: list[_Entry] = []
    for entry in entries:
        above = found[-1] if found else None
        if above is not None and above.line.kind != "item" and _LABEL.fullmatch(above.text):
            label = above.text.rstrip(" :")
            colon = (
                " :" if " :" in above.text or fold(label).startswith(("objectif", "lieu")) else ":"
            )
            if entry.line.kind == "item":
                found[-1] = replace(above, text=f"{label}{colon}")
            else:
                line = Line("paragraph", (), above.line.place)
                found[-1] = _Entry(line, f"{label}{colon} {entry.text}", None)
                continue
        found.append(entry)
    return found


class _Setter:
    """Takes the lines in turn, meeting by meeting."""

    def __init__(self, source: Source, entries: list[_Entry]) -> None:
        self.source = source
        self.entries = entries
        # Level of the headings that open meetings; None before the first.
        self.level: int | None = None
        self.aims = any(OBJECTIVE.match(e.text) for e in entries if e.line.kind != "item")

    def refuse(self, entry: _Entry, reason: str) -> NoReturn:
        raise self.source.refusal(reason, entry.text, entry.line.place)

    def set(self) -> Iterator[SetLine]:
        starts = [at for at, entry in enumerate(self.entries) if entry.day]
        yield from self.opening(self.entries[: starts[0] if starts else None], bool(starts))
        for start, end in pairwise((*starts, len(self.entries))):
            yield from self.meeting(self.entries[start], self.entries[start + 1 : end])

    def opening(self, entries: Sequence[_Entry], meetings: bool) -> Iterator[SetLine]:
        if not entries and meetings:
            self.refuse(self.entries[0], "title-day")
        for at, entry in enumerate(entries):
            if holds_day(entry.text):
                self.refuse(entry, "title-day" if at == 0 else "day")
            # A heading right above a date is the title of its meeting, no word on the page.
            headed = entry.line.bold or (entry.line.kind == "heading" and entry.line.depth > 0)
            if at and headed and not YEAR.fullmatch(entry.text):
                self.refuse(entry, "before-meetings")
            yield SetLine(
                entry.text if entry.line.kind != "item" else f"- {entry.text}", entry.line.place
            )

    def meeting(self, opened: _Entry, entries: Sequence[_Entry]) -> Iterator[SetLine]:
        day = opened.day
        if day is None:
            raise AssertionError(opened)
        self.check_day(opened, day)
        cut = len(opened.text) if day.title is None else day.end
        yield SetLine(opened.text[:cut], opened.line.place, "date")
        if day.title is not None:
            yield SetLine(opened.text[day.title :], opened.line.place, "title")
        for entry in entries:
            self.check_heading(entry)
        titled = day.title is not None
        own = [entry for entry in entries if not YEAR.fullmatch(entry.text)]
        headed = any(entry.is_heading for entry in own)
        aims = [e.line.kind != "item" and bool(OBJECTIVE.match(e.text)) for e in entries]
        aim = aims.index(True) if True in aims else None
        spoken = listing = False
        for at, entry in enumerate(entries):
            passed = aim is not None and at > aim
            text, place = entry.text, entry.line.place
            if entry.line.kind == "item":
                spoken = spoken or passed or aim is None
                yield SetLine(_NESTED * (entry.line.depth - 1 + listing) + f"- {text}", place)
                continue
            listing = False
            if YEAR.fullmatch(text):
                yield SetLine(text, place, "year")
                continue
            # The reader refuses a second objective.
            if OBJECTIVE.match(text) or (FORMAT.match(text) and not spoken and not passed):
                yield SetLine(text, place)
                continue
            # Where a meeting has no headings, a sentence at its start is a statement.
            stated = not self.aims and not headed and bool(_SENTENCE_END.search(text))
            if not (titled or spoken or stated or passed):
                self.check_title(entry, own[own.index(entry) + 1 :])
                titled = True
                yield SetLine(text, place, "title")
                continue
            if self.heads(entry, entries[at + 1 : at + 2]):
                yield SetLine(text, place, "heading")
                continue
            spoken = True
            listing = text.endswith(":")
            yield SetLine(f"- {text}", place, "statement")

    def check_day(self, entry: _Entry, day: DayLine) -> None:
        # A record is of one day: filed under the first, the others would seem to have had none.
        if day.first != day.last:
            self.refuse(entry, "span")
        if entry.line.kind != "heading" or not entry.line.depth:
            return
        if self.level is not None and self.level != entry.line.depth:
            self.refuse(entry, "level")
        self.level = entry.line.depth

    def check_title(self, entry: _Entry, rest: Sequence[_Entry]) -> None:
        if _OTHERS.match(fold(entry.text)):
            self.refuse(entry, "label")
        if self.aims:
            return
        # Without an objective, the heading of a first section looks like a title.
        alike = [e for e in rest if e.is_heading and e.line.depth <= entry.line.depth]
        follows = bool(rest) and rest[0].is_heading
        if entry.is_heading and alike and not follows:
            self.refuse(entry, "untitled")
        if not entry.is_heading and _SENTENCE_END.search(entry.text):
            self.refuse(entry, "untitled")

    @staticmethod
    def heads(entry: _Entry, following: Sequence[_Entry]) -> bool:
        listed = any(item.line.kind == "item" for item in following)
        short = _is_short(entry.text) and (entry.line.bold or listed)
        return entry.line.kind == "heading" or short

    def check_heading(self, entry: _Entry) -> None:
        """Refuse a line that may open another meeting: all below it would be told of this one."""
        text, line = entry.text, entry.line
        if FORMAT.match(text) or OBJECTIVE.match(text) or not holds_day(text):
            return
        heads = line.kind != "item" and (entry.is_heading or _is_short(text))
        deeper = self.level is not None and line.depth > self.level
        embedded = deeper and read_day_line(text) is None
        if tells_only_when(text) or (heads and not embedded):
            self.refuse(entry, "day")


def _is_short(text: str) -> bool:
    return len(text.split()) <= _SHORT and not _SENTENCE_END.search(text)
