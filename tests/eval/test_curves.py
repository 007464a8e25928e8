"""Curves of the judge: their points by hand, and the picture."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread
from typer.testing import CliRunner

from ccs_qa.answer import load_judge
from ccs_qa.service import QAService
from eval import checks, opened
from eval.curves import BINS, Bin, Cut, cost_at, plot_judge, reliability
from eval.run import Outcome
from eval.tables import cost_rows
from tests.conftest import ROOT
from tests.eval.outcomes import outcome

CASES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


def made(cases: Sequence[tuple[float, bool]]) -> list[Outcome]:
    """Make outcomes of confidence and answerable."""
    return [
        outcome(f"{at}-fr", answerable=answerable, confidence=confidence)
        for at, (confidence, answerable) in enumerate(cases)
    ]


def test_bins_by_hand() -> None:
    """Five questions in two bins: .125 and .375, then .5, .75 and 1."""
    found = reliability(
        made([(1.0, True), (0.125, False), (0.5, False), (0.375, True), (0.75, True)]), bins=2
    )
    assert found == (Bin(0.25, 1, 2), Bin(0.75, 2, 3))
    assert [item.rate for item in found] == [0.5, 2 / 3]
    assert found[0].interval == pytest.approx((0.0945, 0.9055), abs=5e-5)


@settings(deadline=None)
@given(CASES)
def test_bins_hold_every_question_once(cases: list[tuple[float, bool]]) -> None:
    """At most ten, counts that differ by one at most, confidence ascending."""
    bins = reliability(made(cases))
    assert len(bins) == min(BINS, len(cases))
    assert sum(item.questions for item in bins) == len(cases)
    assert sum(item.answerable for item in bins) == sum(answerable for _, answerable in cases)
    counts = [item.questions for item in bins]
    assert not counts or 1 <= min(counts) <= max(counts) <= min(counts) + 1
    rounding = 1e-9
    means = [item.confidence for item in bins]
    assert all(low <= high + rounding for low, high in pairwise(means))


@pytest.mark.parametrize(
    ("threshold", "false_answers", "false_refusals"),
    [(0.0, 1.0, 0.0), (0.25, 0.5, 0.0), (0.5, 0.5, 1 / 3), (0.75, 0.0, 2 / 3), (1.0, 0.0, 1.0)],
)
def test_a_threshold_by_hand(threshold: float, false_answers: float, false_refusals: float) -> None:
    """Answerable at .25, .5 and .75, others at .125 and .5; the threshold itself answers."""
    cases = made([(0.25, True), (0.5, True), (0.75, True), (0.125, False), (0.5, False)])
    assert cost_at(cases, threshold) == Cut(threshold, false_answers, false_refusals)


@settings(deadline=None)
@given(CASES, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_trades_answers_for_refusals(
    cases: list[tuple[float, bool]], one: float, other: float
) -> None:
    """Never more false answers, never fewer false refusals."""
    low, high = (cost_at(made(cases), cut) for cut in sorted((one, other)))
    assert low.false_answer_rate >= high.false_answer_rate
    assert low.false_refusal_rate <= high.false_refusal_rate


def test_the_threshold_in_use_stands_among_the_others() -> None:
    """Once, in order, also when it is one of the tenths."""
    cases = made([(0.75, True), (0.25, False)])
    rows = cost_rows(cases, 0.73)
    assert [row[0] for row in rows[7:10]] == ["0.70", "0.73 (in use)", "0.80"]
    assert rows[8] == ["0.73 (in use)", "0.00", "0.00"]
    assert [row[0] for row in cost_rows(cases, 0.3)].count("0.30 (in use)") == 1
    assert len(cost_rows(cases, 0.3)) == 10


@pytest.mark.parametrize(
    "cases",
    [
        [(at / 30, at % 3 > 0) for at in range(30)],
        [(0.5, True)] * 12,
        [(0.0, False), (1.0, True)],
        [],
    ],
    ids=["thirty", "all alike", "two", "none"],
)
def test_the_picture_is_a_png_with_two_panels(
    cases: list[tuple[float, bool]], tmp_path: Path
) -> None:
    """11 by 4.8 inches at 150 dots, ink on both halves, in a folder made for it."""
    path = tmp_path / "deep" / "judge.png"
    plot_judge(made(cases), 0.5, path)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    picture = imread(path)
    assert picture.shape[:2] == (720, 1650)
    assert picture[:, :825, :3].min() < 0.5
    assert picture[:, 825:, :3].min() < 0.5


def test_the_command_shows_the_points_and_writes_the_picture(
    service: QAService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four questions give four bins of one; the judge's threshold is marked."""
    monkeypatch.setattr(opened, "open_service", lambda _settings: service)
    lines = (ROOT / "eval" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    answerable = [line for line in lines if json.loads(line)["answerable"]]
    others = [line for line in lines if not json.loads(line)["answerable"]]
    file, picture = tmp_path / "few.jsonl", tmp_path / "judge.png"
    file.write_text("\n".join([*answerable[:2], *others[:2]]), "utf-8")
    result = CliRunner().invoke(
        checks.app, ["curve", "--gold", str(file), "--out", str(picture)], env={"COLUMNS": "160"}
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.count("/1 = ") == 4
    assert f"{load_judge().warm.answered:.2f} (in use)" in result.stdout
    assert picture.stat().st_size > 0
