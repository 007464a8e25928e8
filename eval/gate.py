"""The quality gate: figures that may not get worse."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter


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
