"""The day of a meeting is read in every usual form, and told from what only mentions one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.text.day_lines import holds_day, parse_day, read_day_line, tells_only_when

MAY = dt.date(2026, 5, 14)


@pytest.mark.parametrize(
    "line",
    [
        "14 mai 2026",
        "Le 14 mai 2026",
        "le jeudi 14 mai 2026",
        "Jeudi 14 mai 2026 :",
        "JEUDI LE 14 MAI 2026",
        "Réunion du 14 mai 2026",
        "3e réunion – 14 mai 2026",
        "Réunion no 3, le 14 mai 2026",
        "Compte rendu de la réunion du 14 mai 2026",
        "Date : 14 mai 2026",
        "14 mai 2026 (virtuelle)",
        "14-mai-2026",
        "2026-05-14",
        "2026/05/14",
        "May 14, 2026",
        "May 14 2026.",
        "Thursday, May 14th, 2026",
        "Thurs. May 14, 2026",
        "14 May 2026",
        "the 14th of May, 2026",
        "Minutes of the meeting held on May 14, 2026",
        "May 14, 2026 (virtual)",
    ],
)
def test_a_day_is_read_in_every_usual_form(line: str) -> None:
    """ISO, weekdays, articles, ordinals, what minutes begin with."""
    assert parse_day(line) == MAY


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("3 fevrier 2026", (2026, 2, 3)),
        ("3 fe\u0301vrier 2026", (2026, 2, 3)),
        ("3 févr. 2026", (2026, 2, 3)),
        ("1er août 2026", (2026, 8, 1)),
        ("premier aout 2026", (2026, 8, 1)),
        ("15 décembre 2025", (2025, 12, 15)),
        ("Sept. 3, 2026", (2026, 9, 3)),
        ("Dec 3rd, 2026", (2026, 12, 3)),
        ("mar. 3 mars 2026", (2026, 3, 3)),
    ],
)
def test_months_may_be_short_bare_or_decomposed(line: str, day: tuple[int, int, int]) -> None:
    """With accents or without."""
    assert parse_day(line) == dt.date(*day)


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("14 et 15 mai 2026", (2026, 5, 14), (2026, 5, 15)),
        ("Les 14 et 15 mai 2026", (2026, 5, 14), (2026, 5, 15)),
        ("du 14 au 16 mai 2026", (2026, 5, 14), (2026, 5, 16)),
        ("14-15 mai 2026", (2026, 5, 14), (2026, 5, 15)),
        ("30 avril et 1er mai 2026", (2026, 4, 30), (2026, 5, 1)),
        ("31 décembre 2025 au 1er janvier 2026", (2025, 12, 31), (2026, 1, 1)),
        ("jeudi 14 et vendredi 15 mai 2026", (2026, 5, 14), (2026, 5, 15)),
        ("May 14 and 15, 2026", (2026, 5, 14), (2026, 5, 15)),
        ("May 14–15, 2026", (2026, 5, 14), (2026, 5, 15)),
        ("April 30 to May 1, 2026", (2026, 4, 30), (2026, 5, 1)),
        ("2026-05-14 to 2026-05-15", (2026, 5, 14), (2026, 5, 15)),
    ],
)
def test_a_span_has_a_first_and_a_last_day(
    line: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    """A span is no single day."""
    found = read_day_line(line)
    assert found is not None
    assert (found.first, found.last) == (dt.date(*first), dt.date(*last))
    assert parse_day(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "31 février 2026",
        "vendredi 14 mai 2026",
        "15 au 14 mai 2026",
        "14/05/2026",
        "05/14/2026",
        "mai 2026",
        "14 mai",
        "lundi et mardi 14 et 15 mai 2026",
    ],
)
def test_a_date_that_is_not_sure_is_told_to_be_one(line: str) -> None:
    """A slip, a weekday that contradicts it, numbers in an unknown order, a part of a date."""
    assert parse_day(line) is None
    assert tells_only_when(line)


@pytest.mark.parametrize(
    "line", ["Suivi de la réunion du 14 mai 2026", "Rencontre à Percé, May 14, 2026"]
)
def test_a_line_may_mention_a_day(line: str) -> None:
    """It opens no meeting, and holds a day."""
    assert read_day_line(line) is None
    assert holds_day(line)
    assert not tells_only_when(line)


def test_a_title_may_follow_the_day() -> None:
    """Behind a dash, a colon or a bar, where it begins with a letter."""
    for line in ("14 mai 2026 – Phares", "May 14, 2026: Lamps", "2026-05-14 | « Phares »"):
        found = read_day_line(line)
        assert found is not None
        assert found.title is not None
        assert line[found.title :].strip("« »") in {"Phares", "Lamps"}
    assert read_day_line("14 mai 2026 – 9 h à 11 h") is None


@pytest.mark.parametrize("line", ["Accueil", "2026", "Plan 2025-2026", "De 9 h à 11 h", "Lundi"])
def test_other_lines_hold_no_day(line: str) -> None:
    """A year is none, nor is a weekday."""
    assert not holds_day(line)
    assert not tells_only_when(line)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    """Whatever the characters; a place that is told lies in the text."""
    found = read_day_line(text)
    if found is not None and found.title is not None:
        assert 0 < found.end < found.title < len(text)
