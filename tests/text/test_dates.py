"""Dates of both languages."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language
from ccs_qa.text.dates import Date, holds, of_day, take_dates


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("2 juin 2025", "fr", [Date(2025, 6, 2)]),
        ("le 1er novembre 2024", "fr", [Date(2024, 11, 1)]),
        ("le premier juin", "fr", [Date(None, 6, 1)]),
        ("June 2, 2025", "en", [Date(2025, 6, 2)]),
        ("on the 2nd of June", "en", [Date(None, 6, 2)]),
        ("2025-06-02", "en", [Date(2025, 6, 2)]),
        ("mars 2025", "fr", [Date(2025, 3)]),
        ("en mai", "fr", [Date(None, 5)]),
        ("in May", "en", [Date(None, 5)]),
        ("clients may call", "en", []),
        ("en 2023", "fr", [Date(2023)]),
        ("02/06/2025", "fr", [Date(0, text="02/06/2025")]),
        ("2\u202f025 clients", "fr", []),
        ("12 marchers", "en", []),
    ],
)
def test_dates_are_read(text: str, language: Language, expected: list[Date]) -> None:
    """As exact as they are said."""
    assert list(take_dates(text, language)[0]) == expected


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(LANGUAGES))
def test_a_day_as_our_catalogue_writes_it_is_read_back(day: dt.date, language: Language) -> None:
    """Written by Babel, read here."""
    assert take_dates(f"x {catalogue(language).date(day)}.", language)[0] == (of_day(day),)


def test_a_date_is_held_by_a_more_exact_one_only() -> None:
    """The month of a day is held, the day of a month is not, nor another day."""
    known = frozenset({Date(2025, 6, 2)})
    assert holds(known, Date(2025, 6))
    assert holds(known, Date(None, 6, 2))
    assert not holds(known, Date(2025, 6, 3))
    assert not holds(frozenset({Date(2025, 6)}), Date(2025, 6, 2))
    assert not holds(known, Date(0, text="02/06/2025"))
