"""Stretches of days, and the small numbers that questions spell out."""

import datetime as dt
from dataclasses import dataclass

NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "",
            "one un une first premier premiere 1er 1re 1st",
            "two deux second seconde deuxieme 2e 2nd both",
            "three trois third troisieme 3e 3rd",
            "four quatre fourth quatrieme 4e 4th",
            "five cinq fifth cinquieme 5e 5th",
            "six sixth sixieme",
            "seven sept seventh septieme",
            "eight huit eighth huitieme",
            "nine neuf",
            "ten dix",
            "eleven onze",
            "twelve douze",
        )
    )
    for word in words.split()
}

# No question counts further, and Python reads no number of thousands of digits.
_MOST_DIGITS = 4


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
        """Tell whether a day falls in the period.

        Args:
            day: The day.

        Returns:
            Whether it does, in any year for a yearly period.
        """
        if not self.yearly:
            return self.first <= day <= self.last
        here, low, high = (
            (day.month, day.day),
            (self.first.month, self.first.day),
            (self.last.month, self.last.day),
        )
        return low <= here <= high if low <= high else here >= low or here <= high


def number(word: str) -> int:
    """Read a small number in digits, of any script, or in words.

    Args:
        word: Folded.

    Returns:
        The number; 0 for anything else.
    """
    if word.isdecimal() and len(word) <= _MOST_DIGITS:
        return int(word)
    return NUMBERS.get(word, 0)


def month_end(year: int, month: int) -> dt.date:
    """Find the last day of a month.

    Args:
        year: The year.
        month: 1 to 12.

    Returns:
        The day.
    """
    return (dt.date(year + month // 12, month % 12 + 1, 1)) - dt.timedelta(days=1)


def months(year: int, first: int, last: int) -> tuple[dt.date, dt.date]:
    """Span whole months.

    Args:
        year: The year of the first.
        first: The first month.
        last: The last month; before the first, it falls in the next year.

    Returns:
        First and last day.
    """
    return dt.date(year, first, 1), month_end(year + (last < first), last)
