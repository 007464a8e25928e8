"""The quality gate: figures that may not get worse.

Two kinds of check. A bound holds a figure to what it was, less half the width of its interval:
coarse, but it tells what is wrong. The baseline keeps the score of every question, so that a
ranking is compared with the one accepted last, question by question: a paired comparison sees
losses a fraction of that size. Two rankings are kept so: the one in use, and the one without
hints, where a new summary starts and where late interaction with the text has to carry it.

What bounds hold beside the development questions is measured in `eval.guards`; `eval.broken`
breaks one part after another, to show that each has a bound that notices.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from eval.ablation import RecipeScores
from eval.intervals import bootstrap, interval_text
from eval.run import SLICES

MEASURE = "ndcg@10"


class Bound(BaseModel):
    """One figure and its bound.

    Attributes:
        figure: Path in the summary, e.g. `retrieval/fr/ndcg@10`.
        measured: What it was when the bound was set.
        tolerance: How much worse it may be: half the width of its 95 % interval.
        better: Whether higher or lower is better.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    figure: str
    measured: float
    tolerance: float
    better: Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a figure holds.

    Attributes:
        passed: Whether it does.
        text: A line that names the figure, its bound and its value.
    """

    passed: bool
    text: str


def load_gate(file: Path) -> tuple[Bound, ...]:
    """Read the bounds.

    Args:
        file: The JSON file.

    Returns:
        The bounds.
    """
    return TypeAdapter(tuple[Bound, ...]).validate_python(json.loads(file.read_text("utf-8")))


def check_gate(summary: Mapping[str, Any], bounds: Sequence[Bound]) -> tuple[Verdict, ...]:
    """Compare figures with their bounds.

    Args:
        summary: The figures of a run.
        bounds: The bounds.

    Returns:
        One verdict a bound.
    """
    verdicts = []
    for bound in bounds:
        value: Any = summary
        for part in bound.figure.split("/"):
            value = value[part]
        higher = bound.better == "higher"
        limit = bound.measured - bound.tolerance if higher else bound.measured + bound.tolerance
        passed = value >= limit if higher else value <= limit
        sign, word = (">=" if higher else "<="), ("ok  " if passed else "FAIL")
        verdicts.append(
            Verdict(passed, f"{word} {bound.figure} = {value:.3f} ({sign} {limit:.3f})")
        )
    return tuple(verdicts)


def ranking_baseline(scores: RecipeScores) -> dict[str, float]:
    """Note what each question scores.

    Args:
        scores: How a recipe did.

    Returns:
        nDCG@10 by answerable question, to four digits.
    """
    return {row: round(measures[MEASURE], 4) for row, measures in scores.rows.items()}


def compare_baseline(
    ranking: str, now: Mapping[str, float], before: Mapping[str, float]
) -> tuple[Verdict, ...]:
    """Compare a ranking with the one accepted last, question by question.

    Args:
        ranking: What the lines call it.
        now: Score by question.
        before: The same, as accepted.

    Returns:
        One verdict for all questions and one a language: it fails when the paired 95 %
        bootstrap interval of the change lies below zero, and when the questions are not the
        same.
    """
    if now.keys() != before.keys():
        text = (
            f"FAIL {ranking}: the questions are others: look at the figures, then run with --accept"
        )
        return (Verdict(passed=False, text=text),)
    verdicts = []
    for name in SLICES:
        changes = [
            round(now[row] - before[row], 4)
            for row in now
            if name == "all" or row.endswith(f"-{name}")
        ]
        low, high = bootstrap(changes)
        passed, mean = high >= 0, sum(changes) / max(1, len(changes))
        word = "ok  " if passed else "FAIL"
        interval = interval_text(low, high, "+.3f")
        verdicts.append(
            Verdict(passed, f"{word} {ranking} {MEASURE}/{name} {mean:+.3f} {interval}")
        )
    return tuple(verdicts)
