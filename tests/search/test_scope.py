"""The meetings that a question limits itself to."""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.records import Filters, Question
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.meetings.periods import Period, find_periods
from ccs_qa.search.meetings.scope import ScopeFinder
from ccs_qa.search.understand.heads import Heads
from ccs_qa.search.understand.understander import Understander
from ccs_qa.service import QAService

TODAY = dt.date(2026, 11, 24)
with (Path(__file__).parent / "phrasings.tsv").open(encoding="utf-8") as table:
    PHRASINGS = [tuple(row.values()) for row in csv.DictReader(table, delimiter="\t")]


@pytest.fixture(scope="module")
def understander(corpus: Corpus, encoder: Encoder, heads: Heads) -> Understander:
    """Understands questions about the real meetings."""
    return Understander(corpus.meetings, 500, encoder, heads)


def test_the_table_is_large_in_both_languages() -> None:
    """At least 80 phrasings a language, written by hand from the list of meetings alone."""
    counts = Counter(language for language, _, _ in PHRASINGS)
    assert min(counts["fr"], counts["en"]) >= 80


@pytest.mark.parametrize(("language", "question", "meetings"), PHRASINGS)
def test_phrasings(finder: ScopeFinder, language: str, question: str, meetings: str) -> None:
    """Each phrasing names the meetings beside it, `none` or `all`."""
    assert language in {"fr", "en"}
    scope = finder.find(question, TODAY)
    if scope is None:
        found = "all"
    else:
        found = ",".join(day.isoformat() for day in scope.meetings) or "none"
    assert found == meetings


def test_a_winter_wraps_around_the_year() -> None:
    """A yearly winter holds December and February, not March."""
    winter = Period(0, 0, dt.date(2024, 12, 1), dt.date(2025, 2, 28), yearly=True)
    days = [dt.date(1999, 12, 5), dt.date(2031, 2, 1), dt.date(2025, 3, 1)]
    assert [winter.holds(day) for day in days] == [True, True, False]


def test_a_day_that_does_not_exist_is_no_period() -> None:
    """February 30 is not read as a day; the month is what is left of it."""
    assert [item.first for item in find_periods("february 30, 2024", TODAY)] != [
        dt.date(2024, 2, 30 - 1)
    ]


def test_a_leap_day_is_not_moved_to_another_year() -> None:
    """February 29 joined to a day of 2023 stays a yearly day."""
    periods = find_periods("february 29 and march 3, 2023", TODAY)
    assert [(item.yearly, item.first.month, item.first.day) for item in periods] == [
        (True, 2, 29),
        (False, 3, 3),
    ]


def test_the_words_that_limit_are_echoed(finder: ScopeFinder) -> None:
    """The scope shows its words as typed, accents and all."""
    scope = finder.find("Qu'a-t-on dit des bureaux à l'été 2024 ?", TODAY)
    assert scope is not None
    assert scope.text == "été 2024"


def test_sides_of_a_comparison_are_kept_apart(finder: ScopeFinder) -> None:
    """Each thing compared keeps its own meetings, in order of mention."""
    scope = finder.find("Compare 2024 and 2023 on trust", TODAY)
    assert scope is not None
    assert [{day.year for day in side} for side in scope.sides] == [{2024}, {2023}]


def test_limits_of_the_caller_replace_those_of_the_question(
    understander: Understander,
) -> None:
    """The way to undo what was understood."""
    day = dt.date(2023, 1, 19)
    query = understander.understand(
        Question("What was said in 2025?", filters=Filters(meetings=(day,)))
    ).query
    assert query.scope is not None
    assert query.scope.meetings == (day,)


@pytest.mark.parametrize(
    ("question", "history", "year"),
    [
        ("And in 2025?", ("What was said of AI in 2023?",), 2025),
        ("Et pour les employés ?", ("What was said of AI in 2023?",), 2023),
        ("And the following year?", ("What was said of AI in 2023?",), 2024),
        ("Et l'année d'avant ?", ("Qu'a-t-on dit de l'IA en 2024 ?",), 2023),
        ("a year later?", ("What was said of AI in 2024?",), 2025),
    ],
)
def test_a_follow_up_keeps_or_changes_the_limits(
    service: QAService, question: str, history: tuple[str, ...], year: int
) -> None:
    """Its own words come first; without any, those of the question before hold."""
    query = service.understand(Question(question, history=history)).query
    assert query.scope is not None
    assert {day.year for day in query.scope.meetings} == {year}


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("outcome of the 2021 meeting on artificial intelligence", set()),
        ("the passport meeting in 2021", set()),
        ("que disait la réunion sur les passeports de 2019 ?", set()),
        ("the 2024 meeting on artificial intelligence", {2024}),
        ("the passport meeting, as against 2021", {2023}),
    ],
)
def test_a_meeting_of_a_year_without_meetings_is_none(
    finder: ScopeFinder, question: str, years: set[int]
) -> None:
    """A year that qualifies a meeting limits it; one that merely stands nearby does not."""
    scope = finder.find(question, dt.date(2026, 11, 24))
    assert scope is not None
    assert {day.year for day in scope.meetings} == years


@pytest.mark.parametrize(
    ("question", "ends"),
    [
        (
            "how many weeks between the day in Gatineau and the disability benefit call",
            ["2025-03-25", "2025-06-02"],
        ),
        (
            "Time between the one on clients' experience and the one about working across sectors?",
            ["2024-11-01", "2025-01-31"],
        ),
        (
            "Combien de mois séparent la séance sur les passeports de celle sur l'IA ?",
            ["2023-01-19", "2024-06-27"],
        ),
    ],
)
def test_a_time_lies_between_two_meetings_that_are_described(
    corpus: Corpus, question: str, ends: list[str]
) -> None:
    """Either end may be told by any words of its title, its place or its part."""
    finder = ScopeFinder(corpus.meetings, Names.read(corpus.meetings, corpus.names))
    scope = finder.find(question, TODAY, intent="duration")
    assert scope is not None
    assert [day.isoformat() for day in scope.meetings] == ends


def test_all_but_some_are_limits_that_exclude(finder: ScopeFinder) -> None:
    """The meetings outside 2023, which no denial turns around again."""
    scope = finder.find("Toutes les réunions sauf celles de 2023", TODAY)
    assert scope is not None
    assert scope.excludes
    assert {day.year for day in scope.meetings} == {2024, 2025}
    plain = finder.find("Toutes les réunions de 2023", TODAY)
    assert plain is not None
    assert not plain.excludes
