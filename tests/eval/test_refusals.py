"""Classes of unanswerable questions and shares of statuses, by hand."""

import pytest

from ccs_qa.corpus import Corpus
from eval.gold import load_gold
from eval.refusals import CLASSES, OTHER, by_class, class_rows, refusal_class, status_rows
from tests.conftest import ROOT
from tests.eval.outcomes import outcome


@pytest.mark.parametrize(
    ("note", "name"),
    [
        ("near miss: amount", "near miss"),
        ("near miss (year not covered): earliest meeting is January 2023", "near miss"),
        ("false premise", "false premise"),
        ("underspecified: no history, no referent", "underspecified"),
        ("nonsense: keyboard noise", "nonsense"),
        ("modality-limited: asks for audio", "modality"),
        ("modality: asks for a chart", "modality"),
        ("safety/injection: prompt extraction", "safety"),
        ("out of corpus: weather", "out of corpus"),
        ("  Near miss: names", "near miss"),
        ("a false premise", OTHER),
        ("", OTHER),
    ],
)
def test_a_note_starts_with_its_class(note: str, name: str) -> None:
    """Whatever follows it; a class named later in the note does not count."""
    assert refusal_class(note) == name


def test_every_development_question_has_a_class(corpus: Corpus) -> None:
    """None is left over, and no class is empty."""
    rows = load_gold([ROOT / "eval" / "gold" / "dev.jsonl"], corpus)
    found = {refusal_class(row.note) for row in rows if not row.answerable}
    assert found == set(CLASSES)


def test_a_class_accepts_every_status_but_an_answer() -> None:
    """Wilson at 95 %, z squared 3.84: 2 of 3 is the mirror of 1 of 3, .06 to .79.

    1 of 1 starts at 1 / (1 + 3.84) = .21. 3 of 4 is (.75 + .48) / 1.96 = .63 more or less
    1.96 x sqrt(.1875 / 4 + 3.84 / 64) / 1.96 = .33.
    """
    outcomes = [
        outcome("a-fr", answerable=False, note="near miss: a", status="answered"),
        outcome("b-fr", answerable=False, note="near miss: b", status="related"),
        outcome("c-en", answerable=False, note="near miss: c", status="not_found"),
        outcome("d-en", answerable=False, note="unheard of", status="not_found"),
        outcome("e-en", status="answered"),
    ]
    assert class_rows(by_class(outcomes)) == [
        [
            "class",
            "questions",
            "answered",
            "related",
            "not_found",
            "conversation",
            "acceptable, 95 %",
        ],
        ["near miss", "3", "1", "1", "1", "0", "2/3 = 0.67 [0.21, 0.94]"],
        ["other", "1", "0", "0", "1", "0", "1/1 = 1.00 [0.21, 1.00]"],
        ["all", "4", "1", "1", "2", "0", "3/4 = 0.75 [0.30, 0.95]"],
    ]


def test_statuses_of_answerable_questions_are_shares() -> None:
    """1 of 2 is .09 to .91, 0 of 2 goes up to 3.84 / 5.84 = .66, 2 of 2 starts at .34."""
    rows = status_rows(
        [
            outcome("a-fr", status="answered"),
            outcome("b-fr", status="related"),
            outcome("c-fr", answerable=False, status="not_found"),
        ]
    )
    half, none = "1/2 = 0.50 [0.09, 0.91]", "0/2 = 0.00 [0.00, 0.66]"
    assert rows == [
        ["language", "answered, 95 %", "related, 95 %", "not_found, 95 %", "conversation, 95 %"],
        ["all", half, half, none, none],
        ["fr", half, half, none, none],
        ["en", "none", "none", "none", "none"],
    ]
