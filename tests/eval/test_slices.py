"""Groups of questions, their means and their tables, by hand."""

import dataclasses
import datetime as dt

from eval.gold import Relevant
from eval.run import Outcome
from eval.slices import Estimate, by_language, by_meeting, by_type, estimate, group_rows
from tests.eval.outcomes import outcome

JANUARY, APRIL = dt.date(2023, 1, 19), dt.date(2023, 4, 3)


def answered_by(found: Outcome, *days: dt.date) -> Outcome:
    """Give an outcome's question one relevant line a day named."""
    lines = tuple(
        Relevant(meeting=day, snippet=f"Ligne {at}", grade=1) for at, day in enumerate(days)
    )
    return dataclasses.replace(found, row=found.row.model_copy(update={"relevant": lines}))


def test_an_estimate_by_hand() -> None:
    """Scores 1 and .5: a quarter of the resamples hold one of them twice, so both are reached."""
    assert estimate([1.0, 0.5]) == Estimate(0.75, 0.5, 1.0)
    assert estimate([1.0, 0.5]).text == "0.750 [0.50, 1.00]"
    assert estimate([]) == Estimate(0.0, 0.0, 0.0)


def test_languages_leave_unanswerable_questions_out() -> None:
    """Two French questions average .75; a language without questions is shown with none."""
    groups = by_language(
        [outcome("a-fr", score=1.0), outcome("b-fr", score=0.5), outcome("c-en", answerable=False)]
    )
    assert [(group.name, group.questions) for group in groups] == [("all", 2), ("fr", 2), ("en", 0)]
    assert groups[1].estimates["S@1"] == Estimate(0.75, 0.5, 1.0)


def test_types_stand_in_alphabetical_order() -> None:
    """A type of unanswerable questions only is not among them."""
    groups = by_type(
        [
            outcome("a-fr", kind="typo", score=1.0),
            outcome("b-fr", kind="list"),
            outcome("c-fr", kind="typo", score=1.0),
            outcome("d-fr", answerable=False),
        ]
    )
    assert [(group.name, group.questions) for group in groups] == [("list", 1), ("typo", 2)]


def test_a_question_counts_once_in_each_of_its_meetings() -> None:
    """Two lines of January and one of April: once in each; April averages (1 + 0) / 2."""
    groups = by_meeting(
        [
            answered_by(outcome("a-fr", score=1.0), APRIL, JANUARY, JANUARY),
            answered_by(outcome("b-en", score=0.0), APRIL),
        ]
    )
    assert [(group.name, group.questions) for group in groups] == [
        ("2023-01-19", 1),
        ("2023-04-03", 2),
    ]
    assert [group.estimates["nDCG@10"].mean for group in groups] == [1.0, 0.5]


def test_groups_are_tabulated_with_every_measure() -> None:
    """The same score for every measure, as the outcomes made by hand have."""
    rows = group_rows("type", by_type([outcome("a-fr", kind="list", score=0.25)]))
    assert rows == [
        ["type", "questions", "nDCG@10, 95 %", "S@1, 95 %", "R@5, 95 %"],
        ["list", "1", *["0.250 [0.25, 0.25]"] * 3],
    ]
