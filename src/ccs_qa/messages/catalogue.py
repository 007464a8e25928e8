"""Every word that people read, in both languages, by key.

The words lie in `messages.toml`; dates, lists and plurals follow the CLDR through Babel.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from ccs_qa.records import Bilingual, Language

Unit = Literal["year", "month", "week", "day"]
_LOCALES: dict[Language, str] = {"fr": "fr_CA", "en": "en_CA"}


class Catalogue:
    """The words of one language."""

    def __init__(self, language: Language, messages: Mapping[str, str]) -> None:
        """Take over the words."""
        self.language: Language = language
        self._messages = messages
        self._locale = Locale.parse(_LOCALES[language])

    @property
    def keys(self) -> frozenset[str]:
        """Every key there is."""
        return frozenset(self._messages)

    def raw(self, key: str) -> str:
        """Find a text with its placeholders."""
        return self._messages[key]

    def has(self, key: str) -> bool:
        """Tell whether there is a text."""
        return key in self._messages

    def text(self, key: str, **values: object) -> str:
        """Fill a text; values that have no placeholder in it are ignored."""
        return self.raw(key).format_map(
            {name: self._written(value) for name, value in values.items()}
        )

    def _written(self, value: object) -> object:
        # Thousands stand apart: with a no-break space in French, a comma in English.
        return format_decimal(value, locale=self._locale) if type(value) is int else value

    def count(self, key: str, number: int, **values: object) -> str:
        """Fill the text, `<key>.one` or `<key>.other`, whose form fits a number."""
        form = "one" if self._locale.plural_form(number) == "one" else "other"
        return self.text(f"{key}.{form}", n=number, **values)

    def date(self, day: dt.date) -> str:
        """Write a date in full, as `1er novembre 2024` or `November 1, 2024`."""
        written = format_date(day, "long", locale=self._locale)
        if self.language == "fr" and day.day == 1:
            return f"1er{written[1:]}"
        return written

    def moment(self, time: dt.datetime) -> str:
        """Write a day and a time, as `3 mai 2026 à 14 h 05` or `May 3, 2026, 14:05`."""
        return self.text(
            "desk.moment", date=self.date(time), hour=f"{time.hour}", minute=f"{time:%M}"
        )

    def notice(self, kind: str, meeting: dt.date | None, number: int) -> str:
        """Say what a change does to passages of a meeting, or of none."""
        place = self.date(meeting) if meeting else self.text("desk.outside")
        return self.count(f"desk.notice.{kind}", number, meeting=place)

    def month(self, day: dt.date) -> str:
        """Write the month and year of a date, as `novembre 2024` or `November 2024`."""
        return format_date(day, "MMMM yyyy", locale=self._locale)

    def month_name(self, month: int) -> str:
        """Write the name of a month, numbered from 1."""
        return format_date(dt.date(2024, month, 1), "LLLL", locale=self._locale)

    def span(self, number: int, unit: Unit) -> str:
        """Write a length of time, as `5 mois` or `5 months`, with plain spaces."""
        written = format_unit(number, f"duration-{unit}", locale=self._locale)
        return written.replace("\u00a0", " ")

    def decimal(self, value: float) -> str:
        """Write a number with two decimals, as `0,54` or `0.54`."""
        return format_decimal(value, "0.00", locale=self._locale)

    def quote(self, said: str | Bilingual) -> str:
        """Put what is said between quotation marks, in this language where it is."""
        text = said if isinstance(said, str) else said.best(self.language).text
        return self.text("answer.quote", text=text)

    def of_dates(self, days: Iterable[dt.date]) -> str:
        """Name meetings by their dates, as they stand after `meeting of`."""
        return self.join([self.text("answer.of_date", date=self.date(day)) for day in days])

    def join(self, items: Sequence[str]) -> str:
        """Join items into a running list, as `a, b et c` or `a, b and c`."""
        return format_list(list(items), locale=self._locale)


@cache
def catalogue(language: Language) -> Catalogue:
    """Read the words of a language."""
    messages: dict[str, str] = {}
    for key, texts in _read().items():
        text = texts[language]
        if isinstance(text, str):
            messages[key] = text
        else:
            messages |= {f"{key}.{form}": text[form] for form in text}
    return Catalogue(language, messages)


@cache
def _read() -> Mapping[str, Mapping[Language, str | Mapping[str, str]]]:
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text("utf-8"))
