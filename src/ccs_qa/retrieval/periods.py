"""Finds the periods that a question names: days, months, seasons, years, spans.

Works on folded text (lower case, no accents), French and English at once, since people mix
them. A period may repeat every year: `in June` is every June.
"""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ccs_qa.retrieval.spans import NUMBERS, Period, month_end, months, number

_NUMBER = r"(?:\d{1,2}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r")"
_MONTH_NAMES = (
    "january janvier jan janv",
    "february fevrier feb fevr fev",
    "march mars mar",
    "april avril apr avr",
    "may mai",
    "june juin jun",
    "july juillet jul juil",
    "august aout aug",
    "september septembre sept sep",
    "october octobre oct",
    "november novembre nov",
    "december decembre dec",
)
_MONTHS = {word: at for at, words in enumerate(_MONTH_NAMES, 1) for word in words.split()}
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
# Month names that are also everyday words, or abbreviations: alone they name no month
# unless a preposition of time stands before them.
_DOUBTFUL = frozenset(
    (
        "may march mars august mar jan janv feb fevr fev apr avr jun jul juil aug sept sep oct "
        "nov dec"
    ).split()
)
_SEASONS = {
    "spring": (3, 5),
    "printemps": (3, 5),
    "summer": (6, 8),
    "ete": (6, 8),
    "fall": (9, 11),
    "autumn": (9, 11),
    "automne": (9, 11),
    "winter": (12, 2),
    "hiver": (12, 2),
}
_SEASON = r"(?:" + "|".join(_SEASONS) + r")"
_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:er|st|nd|rd|th)?(?!\d)"
_OF = r"(?:,? (?:of |de |d'|du |en |in )?)"
_ORDINAL = (
    r"(?P<which>first|second|third|fourth|last|1st|2nd|3rd|4th|premiere?|deuxieme|seconde?"
    r"|troisieme|quatrieme|derniere?|1er|1re|2e|3e|4e)"
)
_AGO = (
    r"(?:last year|l'an(?:nee)? (?:derniere?|passee?)|this year|cette annee"
    rf"|(?:the )?year before last|{_NUMBER} years? ago|il y a {_NUMBER} ans?)"
)
_WHEN = (
    r"(?:in|during|since|before|after|until|till|by|of|from|between|en|depuis|avant|apres"
    r"|jusqu'en|jusqu'a|entre|au mois de|mois de|month of|de|d'|du|last|this)"
)


class _Scan:
    """The grammar, bound to a question and a day."""

    def __init__(self, text: str, today: dt.date) -> None:
        self.text = text
        self.today = today

    def ago(self, text: str) -> int:
        """Read `last year`, `il y a deux ans` and the like as a year."""
        if "this" in text or "cette" in text:
            return self.today.year
        if "before last" in text:
            return self.today.year - 2
        found = re.search(rf"(?:il y a )?({_NUMBER}) (?:years?|ans?)", text)
        return self.today.year - (number(found.group(1)) if found else 1)

    def year(self, text: str | None) -> int | None:
        """Read a year in digits or relative to today."""
        if not text:
            return None
        return int(text) if text.isdigit() else self.ago(text)

    def day(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        month = _MONTHS[match["month"].rstrip(".")]
        day = int(re.sub(r"\D", "", match["day"]))
        year = self.year(match["year"])
        try:
            found = dt.date(year or 2024, month, day)
        except ValueError:
            return None
        return found, found, year is None

    def iso(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        try:
            found = dt.date.fromisoformat(match.group())
        except ValueError:
            return None
        return found, found, False

    def month(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        name = match["month"].rstrip(".")
        year = self.year(match["year"])
        if year is None and name in _DOUBTFUL:
            before = self.text[: match.start()]
            after = self.text[match.end() :]
            led = re.search(rf"(?:\b(?!this ){_WHEN} |\b(?:d|jusqu)')(?:the |le )?$", before)
            named = re.match(r"'?s? (?:meetings?|sessions?)\b", after) and name != "may"
            if not led and not named:
                return None
            if len(name) <= 5 and name not in {"may", "march", "mars"}:
                return None
        return *months(year or 2024, _MONTHS[name], _MONTHS[name]), year is None

    def season(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        first, last = _SEASONS[match["season"]]
        if match["span"]:
            return *months(int(match["span"][:4]), first, last), False
        year = self.year(match["year"])
        if year is None:
            before = self.text[: match.start()]
            after = self.text[match.end() :]
            led = re.search(
                r"(?:\b(?:in|during|since|before|after|last|this|d'|au|en|cet|ce) ?(?:the |of )?"
                r"|\b(?:a|de|pendant|durant|depuis|avant|apres) l'|^l')$",
                before,
            )
            named = re.match(r" (?:meetings?|sessions?)\b", after)
            loose = re.match(r" (?:jobs?|through|behind|short|into)\b", after)
            if loose or not (led or named):
                return None
            return *months(2024, first, last), True
        return *months(year - (first > last), first, last), False

    def part(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        year = self.year(match["year"])
        if year is None:
            return None
        size = 6 if re.search(r"half|semestre|moitie", match.group()) else 3
        which = match["which"] if "which" in match.groupdict() else match["short"]
        last = which.startswith(("last", "derni"))
        at = 12 // size if last else number(which)
        if not 1 <= at <= 12 // size:
            return None
        return *months(year, (at - 1) * size + 1, at * size), False

    def fiscal(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        first = int(match["first"])
        second = int(match["second"]) if match["second"] else (first + 1) % 100
        if second % 100 != (first + 1) % 100:
            return None
        return *months(first, 4, 3), False

    def fiscal_now(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool]:
        year = self.today.year - (self.today.month < 4)
        back = re.search(r"last|derni|previous|precedent", match.group()) is not None
        return *months(year - back, 4, 3), False

    def plain_year(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        year = int(match["year"])
        before, after = self.text[: match.start()], self.text[match.end() :]
        if re.search(r"[$#]\s?$", before) or re.match(r"\s?(?:\$|%|dollars?\b)", after):
            return None
        led = re.search(rf"(?:\b(?:{_WHEN}|year|annee|fin) |\bd')(?:the )?$", before)
        if not 2010 <= year <= 2039 and not led:
            return None
        return dt.date(year, 1, 1), dt.date(year, 12, 31), False

    def relative_year(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool]:
        year = self.ago(match.group())
        return dt.date(year, 1, 1), dt.date(year, 12, 31), False

    def rolling(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool]:
        count = number(match["n"] or match["m"] or "") or 1
        text = match.group()
        if re.search(r"week|semaine", text):
            return self.today - dt.timedelta(weeks=count), self.today, False
        back = count * (12 if re.search(r"year|annee|\ban", text) else 1)
        index = self.today.year * 12 + self.today.month - 1 - back
        year, month = divmod(index, 12)
        day = min(self.today.day, month_end(year, month + 1).day)
        return dt.date(year, month + 1, day), self.today, False

    def single(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool]:
        text = match.group()
        if "month" in text or "mois" in text:
            index = (
                self.today.year * 12
                + self.today.month
                - 1
                - ("this" not in text and "ce " not in text)
            )
            year, month = divmod(index, 12)
            return dt.date(year, month + 1, 1), month_end(year, month + 1), False
        if "week" in text or "semaine" in text:
            monday = self.today - dt.timedelta(days=self.today.weekday() + 7)
            return monday, monday + dt.timedelta(days=6), False
        day = self.today - dt.timedelta(days=text.startswith(("yesterday", "hier")))
        return day, day, False


_Reader = Callable[[_Scan, re.Match[str]], tuple[dt.date, dt.date, bool] | None]
_YEAR_TAIL = rf"(?:{_OF}(?P<year>{_YEAR}|{_AGO})\b)?"
# In order: what is read first is not read again by those after it.
_GRAMMAR: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (re.compile(rf"\b{_YEAR}-\d\d-\d\d\b"), _Scan.iso),
    (
        re.compile(rf"\b(?P<day>{_DAY})(?: of)? (?P<month>{_MONTH})(?:,? (?P<year>{_YEAR})\b)?"),
        _Scan.day,
    ),
    (
        re.compile(rf"\b(?P<month>{_MONTH}) (?P<day>{_DAY})(?:,? (?P<year>{_YEAR})\b)?"),
        _Scan.day,
    ),
    (
        re.compile(
            rf"\b(?:(?:fiscal years?|fy|exercice(?: financier)?|annee financiere|af) )"
            rf"(?P<first>{_YEAR})(?:[-–/ ]+(?P<second>(?:20)?\d\d))?\b"
        ),
        _Scan.fiscal,
    ),
    (
        re.compile(
            r"\b(?:(?:last|this|current|previous) fiscal(?: year)?"
            r"|(?:dernier|present) exercice(?: financier)?"
            r"|exercice(?: financier)? (?:en cours|precedent)"
            r"|derniere annee financiere)\b"
        ),
        _Scan.fiscal_now,
    ),
    (
        re.compile(
            rf"\b(?P<season>{_SEASON})(?:{_OF}(?:(?P<span>{_YEAR}[-–/](?:20)?\d\d)"
            rf"|(?P<year>{_YEAR}|{_AGO}))\b)?(?![a-z])"
        ),
        _Scan.season,
    ),
    (
        re.compile(
            rf"\b{_ORDINAL} (?:half|semestre|moitie|quarter|trimestre)"
            rf"(?:,? (?:of |de |d'|du |en |in )?(?:the |l')?"
            rf"(?:calendar year |annee civile |annee )?(?P<year>{_YEAR}|{_AGO}))\b"
        ),
        _Scan.part,
    ),
    (
        re.compile(rf"\b[qt](?P<short>[1-4]){_OF}(?P<year>{_YEAR}|{_AGO})\b"),
        _Scan.part,
    ),
    (re.compile(rf"\b(?P<first>{_YEAR})[-–/](?P<second>(?:20)?\d\d)\b(?!-)"), _Scan.fiscal),
    (re.compile(rf"\b(?P<month>{_MONTH}){_YEAR_TAIL}"), _Scan.month),
    (
        re.compile(
            rf"\b(?:(?:past|last|previous) (?P<n>{_NUMBER}) (?:years|months|weeks)"
            rf"|(?P<m>{_NUMBER}) (?:derniere?s|passee?s) (?:annees|ans|mois|semaines))\b"
        ),
        _Scan.rolling,
    ),
    (
        re.compile(
            r"\b(?:(?:last|this) (?:month|week)|(?:le )?mois dernier|(?:la )?semaine derniere"
            r"|ce mois-ci|yesterday|hier|today|aujourd'hui)\b"
        ),
        _Scan.single,
    ),
    (re.compile(rf"\b{_AGO}(?![a-z])"), _Scan.relative_year),
    (re.compile(rf"(?<![\d-])(?P<year>{_YEAR})(?![\d-]|[.,]\d)"), _Scan.plain_year),
)


def find_periods(text: str, today: dt.date) -> list[Period]:
    """Find the periods that a folded question names.

    Args:
        text: The folded question.
        today: The day that `last year` counts from.

    Returns:
        The periods, in order of place, none overlapping another.
    """
    scan = _Scan(text, today)
    found: list[Period] = []
    for pattern, read in _GRAMMAR:
        for match in pattern.finditer(text):
            if any(match.start() < item.end and item.begin < match.end() for item in found):
                continue
            span = read(scan, match)
            if span is not None:
                first, last, yearly = span
                found.append(Period(match.start(), match.end(), first, last, yearly))
    marked = [_mark_newest(text, item) for item in sorted(found, key=lambda item: item.begin)]
    return _narrowest(text, list(_share_years(text, marked)))


def _narrowest(text: str, periods: list[Period]) -> list[Period]:
    """`Two years ago, in the fall of 2024`: of two that touch, the one inside counts."""
    kept = list(periods)
    for left, right in itertools.pairwise(periods):
        touching = re.fullmatch(
            r",? ?(?:in |en |a |au |aux |during )?(?:the |l')?", text[left.end : right.begin]
        )
        if not touching or left.yearly or right.yearly:
            continue
        if left.first <= right.first and right.last <= left.last:
            kept = [replace(item, begin=left.begin) if item is right else item for item in kept]
            kept.remove(left)
    return kept


def _mark_newest(text: str, period: Period) -> Period:
    """`last June` and `juin dernier` mean the newest June that has a meeting."""
    before, after = text[: period.begin], text[period.end :]
    if not period.yearly or not (
        re.search(r"\b(?:last|past) $", before) or re.match(r" (?:dernier|passe)\b", after)
    ):
        return period
    return replace(period, newest=True)


def _share_years(text: str, periods: list[Period]) -> Iterator[Period]:
    """`April and October 2023`: a yearly period takes the year of the one it is joined to."""
    for at, period in enumerate(periods):
        following = periods[at + 1] if at + 1 < len(periods) else None
        if period.yearly and not period.newest and following and not following.yearly:
            between = text[period.end : following.begin]
            same_kind = (period.last - period.first).days <= 31 and (
                following.last - following.first
            ).days <= 31
            leap_day = (
                (period.last.month, period.last.day)
                == (2, 29)
                == (
                    period.first.month,
                    period.first.day,
                )
            )
            # February 29 has no place in most years: it stays as it was said.
            if (
                same_kind
                and not leap_day
                and re.fullmatch(
                    r",? ?(?:and|or|et|ou|to|a|vs\.?|versus|contre|with|avec|jusqu'en)? ?"
                    r"(?:in |en |le |the |de |d'|celle de |celle d')?",
                    between,
                )
            ):
                year = following.first.year
                first = period.first.replace(year=year)
                last = (
                    month_end(year, period.last.month)
                    if period.first.day == 1 and (period.last - period.first).days > 20
                    else period.last.replace(year=year)
                )
                yield replace(period, first=first, last=last, yearly=False)
                continue
        yield period
