"""A search as its address names it: the question, the limits, the language of the texts."""

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ccs_qa.errors import FilterError
from ccs_qa.records import LANGUAGES, Filters, Language


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address names it, word for word.

    Attributes:
        meetings: Days of the only meetings to search, ISO; empty for what the question names.
        year: The only year to search; empty likewise.
        text: Language of the texts shown; empty for that of the page.
    """

    question: str = ""
    meetings: tuple[str, ...] = ()
    year: str = ""
    text: str = ""

    @property
    def parameters(self) -> str:
        """The query string that asks the same again."""
        pairs = [("q", self.question)] * bool(self.question)
        pairs += [("meeting", day) for day in self.meetings]
        pairs += [("year", self.year)] * bool(self.year)
        return urlencode(pairs + [("text", self.text)] * bool(self.text))

    def address(self, language: Language) -> str:
        """Say where the same search is asked."""
        return f"/{language}/search?{self.parameters}".removesuffix("?")

    def without(self, day: str) -> "Asked":
        """Give up one meeting."""
        return replace(self, meetings=tuple(item for item in self.meetings if item != day))

    def filters(self) -> Filters:
        """Read the limits; none when the address names none.

        Raises:
            FilterError: A day or a year is none.
        """
        start, end = None, None
        if self.year:
            # Four plain digits: what `int` takes beside them is not a year on this page.
            if not (len(self.year) == 4 and self.year.isascii() and self.year.isdecimal()):
                raise FilterError(problem="form", value=self.year)
            start, end = (_day(f"{self.year}-{day}", self.year) for day in ("01-01", "12-31"))
        return Filters(start, end, tuple(_day(day, day) for day in self.meetings))

    def shown(self, language: Language) -> Language:
        """Tell the language of the texts: the one asked for, else that of the page.

        Raises:
            FilterError: It is neither French nor English.
        """
        if not self.text:
            return language
        for known in LANGUAGES:
            if known == self.text:
                return known
        raise FilterError(problem="form", value=self.text)


def _day(iso: str, typed: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(iso)
    except ValueError:
        raise FilterError(problem="form", value=typed) from None
    # Other ways of writing a day would leave its box in the form unticked.
    if day.isoformat() != iso:
        raise FilterError(problem="form", value=typed)
    return day
