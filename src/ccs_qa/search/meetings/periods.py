"""Finds the periods that a question names: days, months, seasons, years, spans.

Works on folded text (lower case, no accents), French and English at once, since people mix
them. A period may repeat every year: `in June` is every June.
"""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ccs_qa.search.meetings.lexicon import pattern
from ccs_qa.text.dates import MONTHS, WHOLE_MONTHS
from ccs_qa.text.numbers import small_number

# Months whose names are everyday words as well.
_EVERYDAY = frozenset({"march", "mars", "may", "august"})
_WHOLE = {**WHOLE_MONTHS["fr"], **WHOLE_MONTHS["en"]}
# First month, last month and last day. People count seasons by months or by solstices: what either
# way holds is meant, so that the second of June is in spring and in summer.
_SEASONS = {
    word: ends
    for words, ends in (
        ("spring printemps", (3, 6, 20)),
        ("summer ete", (6, 9, 22)),
        ("fall autumn automne", (9, 12, 21)),
        ("winter hiver", (12, 3, 20)),
    )
    for word in words.split()
}
# The year in which days stand that return every year; it has all of them.
_ANY_YEAR = 2024

Span = tuple[dt.date, dt.date, bool]
Read = Callable[[re.Match[str], dt.date], Span | None]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, and where the question names it.

    Attributes:
        begin: First character in the folded question.
        end: End in the folded question, exclusive.
        first: First day.
        last: Last day.
        yearly: Whether it returns every year; the years of the days then do not count.
        newest: Whether only its newest occurrence with a meeting is meant.
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


def _months(year: int, first: int, last: int) -> tuple[dt.date, dt.date]:
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


def _year(text: str | None, today: dt.date) -> int | None:
    if not text:
        return None
    return int(text) if text.isdecimal() else today.year - _ago(text)


def _calendar(match: re.Match[str], today: dt.date) -> Span:
    """Read `last year`, `this month`, `il y a deux ans`, `last fiscal year`, `yesterday`."""
    text = match.group()
    back = _ago(text)
    if _FISCAL.search(text):
        return *_months(today.year - (today.month < 4) - back, 4, 3), False
    if re.search(r"\b(?:year|an)", text):
        return *_months(today.year - back, 1, 12), False
    if re.search(r"\bmo", text):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        return *_months(year, month + 1, month + 1), False
    if re.search(r"\b(?:week|semaine)", text):
        monday = today - dt.timedelta(days=today.weekday() + 7 * back)
        return monday, monday + dt.timedelta(days=6), False
    return today - dt.timedelta(days=back), today - dt.timedelta(days=back), False


def _rolling(match: re.Match[str], today: dt.date) -> Span:
    """Read `the past six months`, up to today."""
    text = match.group()
    count = _ago(text)
    if re.search(r"\b(?:week|semaine)", text):
        return today - dt.timedelta(weeks=count), today, False
    back = count * (1 if re.search(r"\bmo", text) else 12)
    year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    _, last = _months(year, month + 1, month + 1)
    return min(last, last.replace(day=min(today.day, last.day))), today, False


def _day(match: re.Match[str], today: dt.date) -> Span | None:
    """Read `June 2, 2025` and `le 2 juin`."""
    year = _year(match["year"], today)
    month = MONTHS[match["month"].rstrip(".")]
    try:
        found = dt.date(year or _ANY_YEAR, month, small_number(match["day"]))
    except ValueError:
        return None
    return found, found, year is None


def _numeric(match: re.Match[str], _today: dt.date) -> Span | None:
    """Read days in digits: the year first, or the day before the month where it can be."""
    parts = [int(part) for part in match.groups() if part]
    year, *rest = parts if parts[0] > 31 else parts[::-1]
    for month, day in (rest, rest[::-1]):
        try:
            found = dt.date(year, month, day)
        except ValueError:
            continue
        return found, found, False
    return None


def _led(match: re.Match[str], *, but: str = "") -> bool:
    """Tell whether a word of time stands before words, or a meeting after them."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    when = _WHEN.search(before)
    if when is not None:
        return when.group() != but
    # "How may meetings be held" names no month.
    named = match.group() != "may" or before.endswith("the ")
    return named and _MEETING.match(after) is not None


def _month(match: re.Match[str], today: dt.date) -> Span | None:
    """Read `June 2025` and, where it cannot mean anything else, `in June`."""
    name = match["month"].rstrip(".")
    year = _year(match["year"], today)
    if year is None and (
        name not in _WHOLE or (name in _EVERYDAY and not _led(match, but="this "))
    ):
        return None
    return *_months(year or _ANY_YEAR, MONTHS[name], MONTHS[name]), year is None


def _season(match: re.Match[str], today: dt.date) -> Span | None:
    """Read `spring 2025` and `l'hiver 2024-2025`."""
    first, last, day = _SEASONS[match["season"]]
    turns = first > last
    year = _year(match["year"] or match["lead"], today)
    if match["span"]:
        year = int(match["span"][:4]) + turns
    if year is None and not _led(match):
        return None
    start = _ANY_YEAR if year is None else year - turns
    return dt.date(start, first, 1), dt.date(start + turns, last, day), year is None


def _part(match: re.Match[str], today: dt.date) -> Span | None:
    """Read `the first half of 2024` and `T2 2024`."""
    year = _year(match["year"], today)
    size = 6 if match["half"] else 3
    at = 12 // size if match["last"] else small_number(match["which"] or match["short"])
    if year is None or not 1 <= at <= 12 // size:
        return None
    return *_months(year, (at - 1) * size + 1, at * size), False


def _stretch(match: re.Match[str], today: dt.date) -> Span | None:
    """Read `early 2024`, `la fin de 2024`, `mid-2024` as four months of the year."""
    year = _year(match["year"], today)
    if year is None:
        return None
    first = 5 if match["mid"] else 1 if match["early"] else 9
    return *_months(year, first, first + 3), False


def _fiscal(match: re.Match[str], _today: dt.date) -> Span | None:
    """Read `fiscal year 2024-25`, April to March, and spans such as `2023-2025`."""
    first = int(match["first"][-2:]) + 2000
    second = int(match["second"][-2:]) + 2000 if match["second"] else first + 1
    if second == first + 1:
        return *_months(first, 4, 3), False
    if second > first and len(match["second"]) == 4:
        return dt.date(first, 1, 1), dt.date(second, 12, 31), False
    return None


def _plain_year(match: re.Match[str], _today: dt.date) -> Span | None:
    """Read `2024`; a number that may count something else needs a preposition."""
    year = int(match.group())
    return (*_months(year, 1, 12), False) if 2010 <= year <= 2039 or _led(match) else None


_FISCAL = pattern(r"\b{fiscal}\b")
_WHEN = pattern(r"(?<!\w)(?:{when} ?|year |annee )(?:the |le |l')?$")
_MEETING = pattern(r"(?:'?s)? {noun}\b")
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
        (_stretch, r"\b(?:{early:early}|{mid:mid}|{late})(?: in| de)?[- ](?:l')?{year:year}\b"),
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
                r"\b(?:(?:{nth:which}|{past:last}) (?:{half:half}|{quarter})|[qt](?P<short>[1-4]))"
                r"{within}(?:(?:calendar year|annee civile|annee) )?{year:year}\b"
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
# What stands between a period and one inside it, and between two that share a year.
_TOUCHING = re.compile(r",? ?(?:(?:in|en|a|au|aux|during) )?(?:the |l')?")
_JOINED = re.compile(
    r",? ?(?:(?:and|or|et|ou|to|a|vs\.?|versus|contre|with|avec|jusqu'en) )?"
    r"(?:(?:in|en|le|the|de|celle de) |(?:celle )?d')?"
)


def find_periods(text: str, today: dt.date) -> list[Period]:
    """Find the periods that a folded question names.

    Args:
        text: The folded question.
        today: The day that `last year` counts from.

    Returns:
        The periods, in order of place, none overlapping another.
    """
    found: list[Period] = []
    for rule, read in _GRAMMAR:
        for match in rule.finditer(text):
            if any(match.start() < item.end and item.begin < match.end() for item in found):
                continue
            span = read(match, today)
            if span is not None:
                newest = span[2] and _is_past(text, match)
                found.append(Period(match.start(), match.end(), *span, newest))
    found.sort(key=lambda item: item.begin)
    return _narrowest(text, list(_share_years(text, found)))


def _is_past(text: str, match: re.Match[str]) -> bool:
    """`last June` and `juin dernier` mean the newest June that has a meeting."""
    return bool(
        re.search(r"\b(?:last|past) $", text[: match.start()])
        or re.match(r" (?:dernier|passe)\b", text[match.end() :])
    )


def _narrowest(text: str, periods: list[Period]) -> list[Period]:
    """`Two years ago, in 2024, in the fall of 2024`: of those that touch, the inmost counts."""
    kept: list[Period] = []
    for period in periods:
        begin = period.begin
        if (
            kept
            and not (kept[-1].yearly or period.yearly)
            and kept[-1].first <= period.first <= period.last <= kept[-1].last
            and _TOUCHING.fullmatch(text, kept[-1].end, begin)
        ):
            begin = kept.pop().begin
        kept.append(replace(period, begin=begin))
    return kept


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
