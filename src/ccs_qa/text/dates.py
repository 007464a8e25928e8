"""The names of months and seasons, in the one table of the product, and the dates of a text."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from babel.dates import get_month_names

from ccs_qa.records import LANGUAGES, Language
from ccs_qa.text.strings import fold

# Whole names, folded, by language.
WHOLE_MONTHS: Mapping[Language, Mapping[str, int]] = {
    language: {fold(name): at for at, name in get_month_names("wide", locale=language).items()}
    for language in LANGUAGES
}

# First month, last month and last day. People count seasons by months or by solstices: what either
# way holds is meant, so that the second of June is in spring and in summer.
SEASONS = {
    word: ends
    for words, ends in (
        ("spring printemps", (3, 6, 20)),
        ("summer ete", (6, 9, 22)),
        ("fall autumn automne", (9, 12, 21)),
        ("winter hiver", (12, 3, 20)),
    )
    for word in words.split()
}


def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language, whole in WHOLE_MONTHS.items():
        short = get_month_names("abbreviated", locale=language)
        found |= dict(whole) | {fold(name).rstrip("."): at for at, name in short.items()}
        begins = Counter(name[:3] for name in whole)
        # "Jui" may be June and July.
        found |= {name[:3]: at for name, at in whole.items() if begins[name[:3]] == 1}
    return found


# Whole and shortened names of both languages, folded, without a point.
MONTHS = _months()
MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"

_DAY = r"(?:(?P<day>0?[1-9]|[12]\d|3[01])(?:er|e|st|nd|rd|th)?|(?P<first>premier|first))"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_OF = r"(?:of\s+|de\s+)?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})-(?P<number>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?!\d)",
        rf"(?<!\d){_DAY}\s+{_OF}(?P<month>{MONTH})(?:,?\s+{_OF}{_YEAR})?",
        rf"\b(?P<month>{MONTH})\s+{_DAY}(?!\d)(?:,?\s+{_YEAR})?",
        rf"\b(?P<month>{MONTH}),?\s+{_OF}{_YEAR}",
        # Day and month cannot be told apart: such a date equals only itself.
        r"(?<!\d)(?P<opaque>\d{1,4}([/.])\d{1,2}\2\d{1,4})(?!\d)",
        r"(?<![\w.,$])(?P<year>(?:19|20)\d\d)(?![\w%]|[.,]\d)",
    )
)
# First of the private-use characters, which no text of ours holds, and how many there are.
PLACE = 0xE000
_PLACES = 6400
_PRIVATE = re.compile("[\ue000-\uf8ff]")
# A month by itself; two are other words in English unless a preposition precedes.
_OTHER_WORDS = ("march", "may")
_SURE = [name for name in WHOLE_MONTHS["en"] if name not in _OTHER_WORDS]
_ALONE: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(rf"\b(?P<month>{'|'.join(WHOLE_MONTHS['fr'])})\b"),
    "en": re.compile(
        rf"\b(?P<month>{'|'.join(_SURE)})\b"
        r"|\b(?:in|since|by|until|during|before|after|of|from)\s+"
        rf"(?P<other>{'|'.join(_OTHER_WORDS)})\b"
    ),
}


class Date(NamedTuple):
    """A day, a month or a year.

    Attributes:
        year: The year; None when it is not said, 0 in a date that cannot be read.
        month: 1 to 12, or None.
        day: 1 to 31, or None.
        text: A date that cannot be read, as written; else empty.
    """

    year: int | None
    month: int | None = None
    day: int | None = None
    text: str = ""


def of_day(day: dt.date) -> Date:
    """Make a date of a day."""
    return Date(day.year, day.month, day.day)


def take_dates(text: str, language: Language) -> tuple[tuple[Date, ...], str]:
    """Take the dates out of a text.

    Returns:
        The dates, and the folded text; in place of each stands a private-use character, from
        `PLACE` on, that tells which it was.
    """
    found: list[Date] = []

    def note(match: re.Match[str]) -> str:
        found.append(_read(match.groupdict()))
        return f" {chr(PLACE + (len(found) - 1) % _PLACES)} "

    rest = fold(_PRIVATE.sub(" ", text))
    for pattern in (*_PATTERNS, _ALONE[language]):
        rest = pattern.sub(note, rest)
    return tuple(found), rest


def _read(parts: dict[str, str | None]) -> Date:
    if parts.get("opaque"):
        return Date(0, text=str(parts["opaque"]))
    named = (parts.get("month") or parts.get("other") or "").rstrip(".")
    month = MONTHS.get(named) or _number(parts, "number")
    return Date(_number(parts, "year"), month, 1 if parts.get("first") else _number(parts, "day"))


def _number(parts: dict[str, str | None], name: str) -> int | None:
    found = parts.get(name)
    return int(found) if found else None


def holds(known: frozenset[Date], date: Date) -> bool:
    """Tell whether a date is said by others: one of them has every part that it has."""
    return any(
        other.text == date.text
        and all(
            mine is None or mine == theirs for mine, theirs in zip(date[:3], other[:3], strict=True)
        )
        for other in known
    )
