"""How people write days, months, seasons, years and spans, in both languages.

Works on folded text (lower case, no accents).
"""

import datetime as dt
import re
from collections.abc import Callable

from ccs_qa.search.meetings.spans import NUMBERS, month_end, months, number

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
# First month and last day. People count seasons by months or by solstices: what either way
# holds is meant, so that the second of June is in spring and in summer.
_SPRING, _SUMMER, _FALL, _WINTER = (3, 6, 20), (6, 9, 22), (9, 12, 21), (12, 3, 20)
_SEASONS = {
    "spring": _SPRING,
    "printemps": _SPRING,
    "summer": _SUMMER,
    "ete": _SUMMER,
    "fall": _FALL,
    "autumn": _FALL,
    "automne": _FALL,
    "winter": _WINTER,
    "hiver": _WINTER,
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


class Scan:
    """Reads what the grammar matches, bound to a question and a day.

    Each reader gives first day, last day and whether the period returns every year; None where
    the words name no period after all.
    """

    def __init__(self, text: str, today: dt.date) -> None:
        """Bind the question and the day.

        Args:
            text: The folded question.
            today: The day that `last year` counts from.
        """
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
        return int(text) if text.isdecimal() else self.ago(text)

    def day(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        """Read `June 2, 2025` and `le 2 juin`."""
        month = _MONTHS[match["month"].rstrip(".")]
        day = int(re.sub(r"\D", "", match["day"]))
        year = self.year(match["year"])
        try:
            found = dt.date(year or 2024, month, day)
        except ValueError:
            return None
        return found, found, year is None

    def iso(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        """Read `2025-06-02`."""
        try:
            found = dt.date.fromisoformat(match.group())
        except ValueError:
            return None
        return found, found, False

    def month(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        """Read `June 2025` and, where it cannot mean anything else, `in June`."""
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
        """Read `spring 2025` and `l'hiver 2024-2025`."""
        first, last, day = _SEASONS[match["season"]]

        def held_in(year: int) -> tuple[dt.date, dt.date]:
            return dt.date(year, first, 1), dt.date(year + (first > last), last, day)

        if match["span"]:
            return *held_in(int(match["span"][:4])), False
        year = self.year(match["year"] or match["lead"])
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
            return *held_in(2024), True
        return *held_in(year - (first > last)), False

    def part(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        """Read `the first half of 2024` and `T2 2024`."""
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
        """Read `fiscal year 2024-25`, April to March, and spans such as `2023-2025`."""
        first = int(match["first"]) + (2000 if len(match["first"]) == 2 else 0)
        second = int(match["second"]) % 100 + 2000 if match["second"] else first + 1
        if second == first + 1:
            return *months(first, 4, 3), False
        if second > first and len(match["second"]) == 4:
            return dt.date(first, 1, 1), dt.date(second, 12, 31), False
        return None

    def stretch(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        """Read `early 2024`, `la fin de 2024`, `mid-2024` as four months of the year."""
        year = self.year(match["year"])
        if year is None:
            return None
        if re.match(r"mi", match.group()):
            return *months(year, 5, 8), False
        early = re.match(r"early|start|beginning|debut", match.group())
        return *(months(year, 1, 4) if early else months(year, 9, 12)), False

    def numeric(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
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

    def fiscal_now(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool]:
        """Read `this fiscal year` and `le dernier exercice`."""
        year = self.today.year - (self.today.month < 4)
        back = re.search(r"last|derni|previous|precedent", match.group()) is not None
        return *months(year - back, 4, 3), False

    def plain_year(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool] | None:
        """Read `2024`, unless it counts dollars."""
        year = int(match["year"])
        before, after = self.text[: match.start()], self.text[match.end() :]
        if re.search(r"[$#]\s?$", before) or re.match(r"\s?(?:\$|%|dollars?\b)", after):
            return None
        led = re.search(rf"(?:\b(?:{_WHEN}|year|annee|fin) |\bd')(?:the )?$", before)
        if not 2010 <= year <= 2039 and not led:
            return None
        return dt.date(year, 1, 1), dt.date(year, 12, 31), False

    def relative_year(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool]:
        """Read `last year` and `il y a deux ans`."""
        year = self.ago(match.group())
        return dt.date(year, 1, 1), dt.date(year, 12, 31), False

    def rolling(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool]:
        """Read `the past six months`, up to today."""
        named = match.groupdict()
        count = number(named.get("n") or named.get("m") or "") or 1
        text = match.group()
        if re.search(r"week|semaine", text):
            return self.today - dt.timedelta(weeks=count), self.today, False
        back = count * (12 if re.search(r"year|annee|\ban", text) else 1)
        index = self.today.year * 12 + self.today.month - 1 - back
        year, month = divmod(index, 12)
        day = min(self.today.day, month_end(year, month + 1).day)
        return dt.date(year, month + 1, day), self.today, False

    def single(self, match: re.Match[str]) -> tuple[dt.date, dt.date, bool]:
        """Read `last month`, `this week`, `hier`."""
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


Reader = Callable[[Scan, re.Match[str]], tuple[dt.date, dt.date, bool] | None]
_YEAR_TAIL = rf"(?:{_OF}(?P<year>{_YEAR}|{_AGO})\b)?"
# In order: what is read first is not read again by those after it.
GRAMMAR: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(rf"\b{_YEAR}-\d\d-\d\d\b"), Scan.iso),
    (
        re.compile(rf"\b(?:({_YEAR})[/.](\d\d?)[/.](\d\d?)|(\d\d?)[-/.](\d\d?)[-/.]({_YEAR}))\b"),
        Scan.numeric,
    ),
    (
        re.compile(rf"\b(?P<day>{_DAY})(?: of)? (?P<month>{_MONTH})(?:,? (?P<year>{_YEAR})\b)?"),
        Scan.day,
    ),
    (
        re.compile(rf"\b(?P<month>{_MONTH}) (?P<day>{_DAY})(?:,? (?P<year>{_YEAR})\b)?"),
        Scan.day,
    ),
    (
        re.compile(
            rf"\b(?:(?:fiscal years?|fy|exercice(?: financier)?|annee financiere|af) )"
            rf"(?P<first>{_YEAR})(?:[-–/ ]+(?P<second>(?:20)?\d\d))?\b"
        ),
        Scan.fiscal,
    ),
    (
        re.compile(
            r"\b(?:(?:fiscal years?|exercice(?: financier)?|annee financiere) |(?:fy|af) ?)"
            r"'?(?P<first>\d\d)[-–/](?P<second>\d\d)\b"
        ),
        Scan.fiscal,
    ),
    (
        re.compile(
            r"\b(?:early(?: in)?|late(?: in)?|mid|mi|(?:start|beginning|end) of"
            rf"|(?:debut|milieu|fin)(?: de)?)[- ](?P<year>{_YEAR}|{_AGO})\b"
        ),
        Scan.stretch,
    ),
    (
        re.compile(
            r"\b(?:(?:last|this|current|previous) fiscal(?: year)?"
            r"|(?:dernier|present) exercice(?: financier)?"
            r"|exercice(?: financier)? (?:en cours|precedent)"
            r"|derniere annee financiere)\b"
        ),
        Scan.fiscal_now,
    ),
    (
        re.compile(
            rf"\b(?:(?P<lead>{_YEAR}) )?(?P<season>{_SEASON})"
            rf"(?:{_OF}(?:(?P<span>{_YEAR}[-–/](?:20)?\d\d)"
            rf"|(?P<year>{_YEAR}|{_AGO}))\b)?(?![a-z])"
        ),
        Scan.season,
    ),
    (
        re.compile(
            rf"\b{_ORDINAL} (?:half|semestre|moitie|quarter|trimestre)"
            rf"(?:,? (?:of |de |d'|du |en |in )?(?:the |l')?"
            rf"(?:calendar year |annee civile |annee )?(?P<year>{_YEAR}|{_AGO}))\b"
        ),
        Scan.part,
    ),
    (
        re.compile(rf"\b[qt](?P<short>[1-4]){_OF}(?P<year>{_YEAR}|{_AGO})\b"),
        Scan.part,
    ),
    (re.compile(rf"\b(?P<first>{_YEAR})[-–/](?P<second>(?:20)?\d\d)\b(?!-)"), Scan.fiscal),
    (re.compile(rf"\b(?P<month>{_MONTH}){_YEAR_TAIL}"), Scan.month),
    (
        re.compile(
            rf"\b(?:(?:past|last|previous) (?P<n>{_NUMBER}) (?:years|months|weeks)"
            rf"|(?P<m>{_NUMBER}) (?:derniere?s|passee?s) (?:annees|ans|mois|semaines))\b"
        ),
        Scan.rolling,
    ),
    (
        re.compile(r"\b(?:over|in|during|within) the (?:past|last) (?:year|month|week)\b"),
        Scan.rolling,
    ),
    (
        re.compile(
            r"\b(?:(?:last|this) (?:month|week)|(?:le )?mois dernier|(?:la )?semaine derniere"
            r"|ce mois-ci|yesterday|hier|today|aujourd'hui)\b"
        ),
        Scan.single,
    ),
    (re.compile(rf"\b{_AGO}(?![a-z])"), Scan.relative_year),
    (re.compile(rf"(?<![\d-])(?P<year>{_YEAR})(?![\d-]|[.,]\d)"), Scan.plain_year),
)
