"""The quality gate: bounds of both kinds, on figures made by hand."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from eval.gate import Bound, check_gate, load_gate

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
