"""The quality gate: bounds of both kinds, on figures made by hand."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from eval.gate import Bound, check_gate, compare_baseline, load_gate

SUMMARY = {
    "retrieval": {"fr": {"ndcg@10": 0.5}},
    "refusal": {"all": {"false_answer_rate": 0.5}},
}
ROW = {"figure": "retrieval/fr/ndcg@10", "measured": 0.75, "tolerance": 0.25, "better": "higher"}


@pytest.mark.parametrize(
    ("measured", "tolerance", "passed", "limit"),
    [
        (0.75, 0.25, True, "(>= 0.500)"),
        (0.75, 0.125, False, "(>= 0.625)"),
        (0.25, 0.0, True, "(>= 0.250)"),
    ],
)
def test_a_figure_that_should_be_high_has_a_floor(
    measured: float, tolerance: float, passed: bool, limit: str
) -> None:
    """The figure is .5, the floor what was measured less the tolerance, itself allowed."""
    bound = Bound(
        figure="retrieval/fr/ndcg@10", measured=measured, tolerance=tolerance, better="higher"
    )
    (verdict,) = check_gate(SUMMARY, [bound])
    assert verdict.passed is passed
    assert "retrieval/fr/ndcg@10 = 0.500" in verdict.text
    assert limit in verdict.text


@pytest.mark.parametrize(
    ("measured", "tolerance", "passed", "limit"),
    [
        (0.25, 0.25, True, "(<= 0.500)"),
        (0.25, 0.125, False, "(<= 0.375)"),
        (0.75, 0.0, True, "(<= 0.750)"),
    ],
)
def test_a_figure_that_should_be_low_has_a_ceiling(
    measured: float, tolerance: float, passed: bool, limit: str
) -> None:
    """The figure is .5, the ceiling what was measured and the tolerance, itself allowed."""
    name = "refusal/all/false_answer_rate"
    bound = Bound(figure=name, measured=measured, tolerance=tolerance, better="lower")
    (verdict,) = check_gate(SUMMARY, [bound])
    assert verdict.passed is passed
    assert f"{name} = 0.500" in verdict.text
    assert limit in verdict.text


def test_a_gate_is_read_in_order(tmp_path: Path) -> None:
    """One bound a row of the file."""
    file = tmp_path / "gate.json"
    file.write_text(json.dumps([ROW, {**ROW, "better": "lower"}]), "utf-8")
    bounds = load_gate(file)
    assert [bound.better for bound in bounds] == ["higher", "lower"]
    assert (bounds[0].figure, bounds[0].measured, bounds[0].tolerance) == (
        "retrieval/fr/ndcg@10",
        0.75,
        0.25,
    )


@pytest.mark.parametrize("row", [{**ROW, "floor": 0.5}, {**ROW, "better": "more"}, {}])
def test_a_gate_that_says_something_else_is_refused(row: dict[str, object], tmp_path: Path) -> None:
    """An unknown key, an unknown direction, a row without its figure."""
    file = tmp_path / "gate.json"
    file.write_text(json.dumps([row]), "utf-8")
    with pytest.raises(ValidationError):
        load_gate(file)


BEFORE = {**{f"q{at}-fr": 0.5 for at in range(8)}, **{f"q{at}-en": 0.5 for at in range(8)}}


def test_the_ranking_accepted_last_passes_against_itself() -> None:
    """No change: the interval is [0, 0], for all and for each language."""
    verdicts = compare_baseline("hybrid", BEFORE, BEFORE)
    assert [(item.passed, item.text) for item in verdicts] == [
        (True, f"ok   hybrid ndcg@10/{name} +0.000 [+0.000, +0.000]")
        for name in ("all", "fr", "en")
    ]


def test_a_small_loss_on_every_question_of_a_language_fails() -> None:
    """Each French question loses .01: certain for French, and so for all."""
    now = {row: score - 0.01 * row.endswith("-fr") for row, score in BEFORE.items()}
    verdicts = compare_baseline("hybrid", now, BEFORE)
    assert [item.passed for item in verdicts] == [False, False, True]
    assert verdicts[1].text == "FAIL hybrid ndcg@10/fr -0.010 [-0.010, -0.010]"


def test_losses_and_gains_that_may_be_chance_pass() -> None:
    """One French question loses .5 and another gains .4."""
    now = {**BEFORE, "q0-fr": 0.0, "q1-fr": 0.9}
    assert all(item.passed for item in compare_baseline("hybrid", now, BEFORE))


def test_other_questions_are_not_compared() -> None:
    """A question more: one verdict, which says what to do."""
    (verdict,) = compare_baseline("hybrid", {**BEFORE, "new-en": 1.0}, BEFORE)
    assert not verdict.passed
    assert "--accept" in verdict.text
