"""Finds the periods that a question names: days, months, seasons, years, spans.

Works on folded text (lower case, no accents), French and English at once, since people mix
them. A period may repeat every year: `in June` is every June.
"""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from ccs_qa.search.meetings.lexicon import pattern
from ccs_qa.text.dates import MONTHS, SEASONS, WHOLE_MONTHS
from ccs_qa.text.numbers import small_number

# Months whose names are everyday words as well.
_EVERYDAY = frozenset({"march", "mars", "may", "august"})
_WHOLE = {**WHOLE_MONTHS["fr"], **WHOLE_MONTHS["en"]}
# The year in which days stand that return every year: a leap year that nobody asks for.
_ANY_YEAR = 4

Span = tuple[dt.date, dt.date]
Read = Callable[[re.Match[str], dt.date], Span | None]


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last of some days, and where the folded question names them.

    A yearly one returns every year: the years of its days do not count; of that, `newest` means
    the newest occurrence with a meeting.
    """

    begin: int
    end: int
    first: dt.date
    last: dt.date
    yearly: bool = False
    newest: bool = False

    def holds(self, day: dt.date) -> bool:
        """Tell whether a day falls in the period, in any year for a yearly one."""
        if not self.yearly:
            return self.first <= day <= self.last
        here, low, high = ((item.month, item.day) for item in (day, self.first, self.last))
        return low <= here <= high if low <= high else here >= low or here <= high


def _months(year: int, first: int, last: int) -> Span:
    """Span whole months; a last month before the first falls in the next year."""
    after = year * 12 + last + 12 * (last < first)
    return dt.date(year, first, 1), dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)


def _ago(text: str) -> int:
    """Tell how many units back `this year`, `the year before last`, `il y a deux ans` are."""
    if re.match(r"this|current|present|ce|today|aujourd'hui", text) or "en cours" in text:
        return 0
    if "before last" in text:
        return 2
    return max((small_number(word) for word in re.findall(r"\w+", text)), default=0) or 1


def _year(text: str | None, today: dt.date) -> int:
    if not text:
        return _ANY_YEAR
    return int(text) if text.isdecimal() else today.year - _ago(text)


def _calendar(match: re.Match[str], today: dt.date) -> Span:
    """Read `last year`, `this month`, `il y a deux ans`, `last fiscal year`, `yesterday`."""
    text = match.group()
    back = _ago(text)
    if _FISCAL.search(text):
        return _months(today.year - (today.month < 4) - back, 4, 3)
    if _YEAR.search(text):
        return _months(today.year - back, 1, 12)
    if _MONTH.search(text):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        return _months(year, month + 1, month + 1)
    if _WEEK.search(text):
        monday = today - dt.timedelta(days=today.weekday() + 7 * back)
        return monday, monday + dt.timedelta(days=6)
    return today - dt.timedelta(days=back), today - dt.timedelta(days=back)


def _rolling(match: re.Match[str], today: dt.date) -> Span:
    """Read `the past six months`, up to today."""
    text = match.group()
    days = 7 if _WEEK.search(text) else 30.44 if _MONTH.search(text) else 365.25
    return today - dt.timedelta(days=int(days * _ago(text))), today


def _day(match: re.Match[str], today: dt.date) -> Span:
    """Read `June 2, 2025` and `le 2 juin`."""
    month, day = MONTHS[match["month"].rstrip(".")], small_number(match["day"])
    return (found := dt.date(_year(match["year"], today), month, day)), found


def _numeric(match: re.Match[str], _today: dt.date) -> Span:
    """Read days in digits: the year first, or the day before the month where it can be."""
    parts = [int(part) for part in match.groups() if part]
    year, month, day = parts if parts[0] > 31 else parts[::-1]
    return (found := dt.date(year, *((day, month) if month > 12 else (month, day)))), found


def _led(match: re.Match[str], *, but: str = "") -> bool:
    """Tell whether a word of time stands before words, or a meeting after them."""
    when = _WHEN.search(match.string, 0, match.start())
    if when is not None:
        return when.group() != but
    # "How may meetings be held" names no month.
    named = match.group() != "may" or match.string.endswith("the ", 0, match.start())
    return named and _MEETING.match(match.string, match.end()) is not None


def _month(match: re.Match[str], today: dt.date) -> Span | None:
    """Read `June 2025` and, where it cannot mean anything else, `in June`."""
    name = match["month"].rstrip(".")
    # "De janvier à mars" names no planet.
    follows = _AFTER_MONTH.search(match.string, 0, match.start())
    doubtful = name not in _WHOLE or (name in _EVERYDAY and not _led(match, but="this "))
    if doubtful and not (match["year"] or follows):
        return None
    return _months(_year(match["year"], today), MONTHS[name], MONTHS[name])


def _season(match: re.Match[str], today: dt.date) -> Span | None:
    """Read `spring 2025` and `l'hiver 2024-2025`."""
    first, last, day = SEASONS[match["season"]]
    turns = first > last
    start = (
        int(match["span"][:4]) if match["span"] else _year(match["year"] or match["lead"], today)
    )
    if start == _ANY_YEAR and not _led(match):
        return None
    start -= turns and not match["span"] and start != _ANY_YEAR
    return dt.date(start, first, 1), dt.date(start + turns, last, day)


def _part(match: re.Match[str], today: dt.date) -> Span | None:
    """Read `the first half of 2024`, `T2 2024`, and `early 2024` as its first four months."""
    size = 6 if match["half"] else 3 if match["quarter"] or match["short"] else 4
    named = match["which"] or match["short"] or (match["early"] and "1") or (match["mid"] and "2")
    at = small_number(named) if named else 12 // size
    if not 1 <= at <= 12 // size:
        return None
    return _months(_year(match["year"], today), (at - 1) * size + 1, at * size)


def _fiscal(match: re.Match[str], _today: dt.date) -> Span | None:
    """Read `fiscal year 2024-25`, April to March, and spans such as `2023-2025`."""
    first = int(match["first"][-2:]) + 2000
    second = int(match["second"][-2:]) + 2000 if match["second"] else first + 1
    if second == first + 1:
        return _months(first, 4, 3)
    whole = second > first and len(match["second"]) == 4
    return (dt.date(first, 1, 1), dt.date(second, 12, 31)) if whole else None


def _plain_year(match: re.Match[str], _today: dt.date) -> Span | None:
    """Read `2024`; a number that may count something else needs a preposition."""
    year = int(match.group())
    return _months(year, 1, 12) if 2010 <= year <= 2039 or _led(match) else None


_YEAR, _MONTH, _WEEK = (re.compile(rf"\b(?:{unit})") for unit in ("year|an", "mo", "week|sem"))
_FISCAL = pattern(r"\b{fiscal}\b")
_LAST, _PAST = pattern(r"\b{past} $"), pattern(r" {past}\b")
_WHEN = pattern(r"(?<!\w)(?:{when} ?|year |annee )(?:the |le |l')?$")
_AFTER_MONTH = pattern(r"\b{month}(?: {through} | ?[-–] ?| (?:and|et) )$")
_MEETING = pattern(r"(?:'?s)? (?:{noun}\b|{one}(?=\W*$))")
# In order: what is read first is not read again by those after it.
_GRAMMAR: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (pattern(template), read)
    for read, template in (
        (
            _numeric,
            r"\b(?:({digits})[-/.](\d\d?)[-/.](\d\d?)|(\d\d?)[-/.](\d\d?)[-/.]({digits}))\b",
        ),
        (_day, r"\b{day:day}(?: of)? {month:month}(?:,? {digits:year}\b)?"),
        (_day, r"\b{month:month} {day:day}(?:,? {digits:year}\b)?"),
        (_fiscal, r"\b{fiscal} ?'?(?P<first>{digits}|\d\d(?=[-–/]))(?:[-–/ ]+{to:second})?\b"),
        (
            _season,
            (
                r"\b(?:{digits:lead} )?{season:season}"
                r"(?:{within}(?:(?P<span>{digits}[-–/]{to})|{year:year})\b)?(?![a-z])"
            ),
        ),
        (
            _part,
            (
                r"\b(?:(?:{nth:which}|{past}) (?:{half:half}|{quarter:quarter})"
                r"|[qt](?P<short>[1-4])|{early:early}|{mid:mid}|{late}){within}{year:year}\b"
            ),
        ),
        (_fiscal, r"\b{digits:first}[-–/]{to:second}\b(?!-)"),
        (_month, r"\b{month:month}(?:{within}{year:year}\b)?"),
        (
            _rolling,
            (
                r"\b(?:{past} {n} {unit}|{n} {past} {unit}"
                r"|(?:over|in|during|within) the {past} {unit})\b"
            ),
        ),
        (_calendar, r"\b{back}(?!\w|-la)"),
        (_plain_year, r"(?<![\d$#-])(?<![$#] ){digits}(?![\d-]|[.,]\d|\s?[$%]| dollars?\b)"),
    )
)
# What stands between two periods that share a year.
_JOINED = re.compile(
    r",? ?(?:(?:and|or|et|ou|to|a|vs\.?|versus|contre|with|avec|jusqu'en) )?"
    r"(?:(?:in|en|le|the|de|celle de) |(?:celle )?d')?"
)

# What makes two periods that return every year the ends of one.
_THROUGH = pattern(r" {through} (?:the |end of |fin )?| ?[-–] ?")
_BOTH_ENDS = pattern(r" (?:and|et|{through}) (?:the |end of |fin )?")
_SAMPLED = tuple(dt.date(_ANY_YEAR, month, 15) for month in range(1, 13))
_OPENED = re.compile(r"\b(?:between|entre) (?:the |end of |fin )?$")


def find_periods(text: str, today: dt.date) -> list[Period]:
    """Find the periods that a folded question names, in order, none overlapping another."""
    found: list[Period] = []
    for rule, read in _GRAMMAR:
        for match in rule.finditer(text):
            begin, end = match.span()
            if any(begin < item.end and item.begin < end for item in found):
                continue
            # February 30 is no day.
            with suppress(ValueError):
                if span := read(match, today):
                    yearly = span[0].year == _ANY_YEAR
                    # "Last June" and "juin dernier" mean the newest June that has a meeting.
                    past = yearly and (_LAST.search(text, 0, begin) or _PAST.match(text, end))
                    found.append(Period(begin, end, *span, yearly, bool(past)))
    found.sort(key=lambda item: item.begin)
    return _spanned(text, list(_share_years(text, found)))


def _spanned(text: str, periods: list[Period]) -> list[Period]:
    """`January to June`, `entre mai et août`: one period, of every year."""
    kept: list[Period] = []
    for period in periods:
        before = kept[-1] if kept else period
        joint = _BOTH_ENDS if _OPENED.search(text, 0, before.begin) else _THROUGH
        yearly = before.yearly and period.yearly and not (before.newest or period.newest)
        if yearly and joint.fullmatch(text, before.end, period.begin):
            # From November to March a year turns; this one is a leap year as well.
            turned = period.last.replace(year=2 * _ANY_YEAR)
            last = period.last if before.first <= period.last else turned
            kept[-1] = replace(before, end=period.end, last=last)
        else:
            kept.append(period)
    # "(April 1 to March 31)" limits nothing.
    return [item for item in kept if not (item.yearly and all(map(item.holds, _SAMPLED)))]


def _share_years(text: str, periods: list[Period]) -> Iterator[Period]:
    """`April and October 2023`: a yearly period takes the year of the one it is joined to."""
    for period, following in itertools.zip_longest(periods, periods[1:]):
        leap_day = (period.first.month, period.first.day) == (2, 29)
        if (
            following is not None
            and period.yearly
            and not (period.newest or following.yearly or leap_day)
            and max(item.last - item.first for item in (period, following)).days <= 31
            and _JOINED.fullmatch(text, period.end, following.begin)
        ):
            year = following.first.year
            first, last = period.first.replace(year=year), period.last
            # The end of February is not that of every year.
            last = _months(year, last.month, last.month)[1] if last != period.first else first
            yield replace(period, first=first, last=last, yearly=False)
        else:
            yield period
