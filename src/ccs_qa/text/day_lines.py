"""Reads the line that opens a meeting: a day or a span of days, as people write it."""

import datetime as dt
import re
import unicodedata
from typing import NamedTuple

from babel.dates import get_day_names

from ccs_qa.records import LANGUAGES
from ccs_qa.text.dates import MONTH, MONTHS, take_dates
from ccs_qa.text.strings import fold, fold_in_place

_WEEKDAYS = {
    fold(name).rstrip("."): at
    for language in LANGUAGES
    for width in ("wide", "abbreviated")
    for at, name in get_day_names(width, locale=language).items()
} | {"tues": 1, "thur": 3, "thurs": 3}
_NAMED = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_MEETING = "(?:reunions?|rencontres?|seances?|assemblees?|meetings?|teleconferences?)"
_NUMBERED = (
    rf"(?:{_MEETING}\s+(?:n[o°º]\.?\s*|#\s*)?\d{{1,3}}\b"
    rf"|\d{{1,3}}(?:e|re|er|st|nd|rd|th)\s+{_MEETING})"
)
# Words that may stand before the day of a meeting and tell nothing else.
_BEFORE = (
    rf"(?:(?:{_NUMBERED}|{_MEETING}|dates?|compte[ -]rendu|proces[ -]verbal|resume|summary|minutes"
    r"|record|notes|held|tenue|virtuelle|virtual|ordinaire|extraordinaire|regular|special"
    r"|of|the|on|du|de|la|le|les|des|en|from)\b[\s:,–—-]*)*"
)
_FIRST = r"premier|first"


def _day(at: str) -> str:
    return (
        rf"(?:(?P<weekday{at}>{_NAMED})\b\.?,?\s+)?(?:the\s+|le\s+)?"
        rf"(?P<day{at}>\d{{1,2}}|{_FIRST})(?:\s?(?:er|e|st|nd|rd|th)\b)?"
    )


_OF = r"\s+(?:of\s+|de\s+)?"
_AND = r"\s*(?:,?\s(?:et|and|au|to|a|&)\s(?:le\s+|the\s+)?|[-–—/])\s*"
_YEAR = r"(?P<year>\d{4})(?!\d)"


def _month(at: str) -> str:
    return rf"(?P<month{at}>{MONTH})"


def _english(at: str) -> str:
    named = rf"(?:(?P<weekday{at}>{_NAMED})\b\.?,?\s+)?"
    return rf"{named}{_month(at)}\s+(?P<day{at}>\d{{1,2}})(?:\s?(?:st|nd|rd|th))?\b"


_ISO = r"(?P<{y}>\d{{4}})(?P<{s}>[-/.])(?P<{m}>\d\d)(?P={s})(?P<{d}>\d\d)(?!\d)"
_WEEKDAY = rf"(?:(?P<weekday>{_NAMED})\b\.?,?\s+)?"
_ISO_1 = _WEEKDAY + _ISO.format(y="year", s="sign", m="month", d="day")
_ISO_2 = _ISO.format(y="year2", s="sign2", m="month2", d="day2")
_DAYS = tuple(
    re.compile(_BEFORE + pattern)
    for pattern in (
        # Spans first: their last day alone would be another meeting.
        rf"{_ISO_1}\s+(?:et|and|au|to|a|&|-|–|—|/)\s+{_ISO_2}",
        rf"{_day('')}{_OF}{_month('')}(?:,?\s+(?P<year1>\d{{4}}))?{_AND}{_day('2')}{_OF}{_month('2')},?\s+{_YEAR}",
        rf"{_day('')}{_AND}{_day('2')}{_OF}{_month('')},?\s+{_YEAR}",
        rf"{_english('')}(?:,?\s+(?P<year1>\d{{4}}))?{_AND}{_english('2')},?\s+{_YEAR}",
        rf"{_english('')}{_AND}(?P<day2>\d{{1,2}})(?:\s?(?:st|nd|rd|th))?\b,?\s+{_YEAR}",
        _ISO_1,
        rf"{_day('')}(?:{_OF}|-){_month('')}(?:,?\s+|-){_YEAR}",
        rf"{_english('')},?\s+{_YEAR}",
    )
)
_PART = re.compile(r"[^\W_\ue000-\uf8ff]+")
_EMPTY = re.compile(rf"{_NAMED}|{_MEETING}|dates?|et|and|to|the|of|on|du|au|de|le|la|les|\d{{1,2}}")
# What may follow the day and tells no more: a mark, a short remark in brackets.
_AFTER = re.compile(r"\s*(?:\([^()\d]{1,40}\))?\s*[.:,;]?\s*")
_TITLED = re.compile(r"\s*[-–—:|]\s+(?=[^\W\d]|[«“\"'])")


class DayLine(NamedTuple):
    """A line that opens a meeting.

    Attributes:
        last: Its last day; the first, where it took one.
        end: End of the date in the line, in characters.
        title: Where the title starts that follows the date; None where nothing follows.
    """

    first: dt.date
    last: dt.date
    end: int
    title: int | None = None


def read_day_line(line: str) -> DayLine | None:
    """Read a line of composed letters that begins with its day; None where it is none.

    A weekday that contradicts its day is a slip, and so is a span that ends before it begins.
    """
    folded = fold_in_place(line)
    for pattern in _DAYS:
        match = pattern.match(folded)
        if match is None:
            continue
        days = _read(match.groupdict())
        rest = folded[match.end() :]
        if days is None:
            return None
        if _AFTER.fullmatch(rest):
            return DayLine(*days, match.end())
        gap = _TITLED.match(rest)
        if gap:
            return DayLine(*days, match.end(), match.end() + gap.end())
    return None


def _read(found: dict[str, str | None]) -> tuple[dt.date, dt.date] | None:
    year2 = found.get("year2") or found["year"]
    year = found.get("year1") or found["year"]
    month2 = found.get("month2") or found["month"]
    day2 = found.get("day2") or found["day"]
    first = _date(year, found["month"], found["day"])
    last = _date(year2, month2, day2)
    if first is None or last is None or last < first:
        return None
    for named, day in ((found.get("weekday"), first), (found.get("weekday2"), last)):
        if named and _WEEKDAYS[named] != day.weekday():
            return None
    return first, last


def _date(year: str | None, month: str | None, day: str | None) -> dt.date | None:
    named, number = (month or "").rstrip("."), day or ""
    try:
        return dt.date(
            int(year or 0),
            int(named) if named.isdigit() else MONTHS[named],
            int(number) if number.isdigit() else 1,
        )
    # The thirty-first of June is a slip, not a day.
    except ValueError:
        return None


def parse_day(line: str) -> dt.date | None:
    """Read a whole line as the one day of a meeting; None where it is not that."""
    found = read_day_line(unicodedata.normalize("NFC", line))
    return found.first if found and found.title is None and found.first == found.last else None


def holds_day(line: str) -> bool:
    """Tell whether a line names a day, or the month of a year, in either language."""
    dates, _ = take_dates(line, "fr")
    return any(date.text or date.day or (date.month and date.year) for date in dates)


def tells_only_when(line: str) -> bool:
    """Tell whether a line is nothing but a day or a month, in whatever form."""
    _, rest = take_dates(line, "fr")
    said = _PART.findall(rest)
    return holds_day(line) and all(map(_EMPTY.fullmatch, said))
