"""Explains why the judge gave a question the wrong status."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ccs_qa.answer import FEATURES, Fit, Judge
from ccs_qa.service import QAService
from ccs_qa.steps import Described
from eval.run import Outcome

SHOWN = 3
_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a feature added to the judge's score.

    Attributes:
        name: The feature.
        value: Its value.
        added: Its weight times how far the value lies from the mean of all questions.
    """

    name: str
    value: float
    added: float


@dataclass(frozen=True, slots=True)
class WrongVerdict:
    """A question whose status is wrong.

    Attributes:
        outcome: Its outcome.
        contributions: The largest, by size; empty when the judge was not asked.
    """

    outcome: Outcome
    contributions: tuple[Contribution, ...]


def wrong(outcome: Outcome) -> bool:
    """Tell whether a status is wrong.

    Args:
        outcome: The outcome.

    Returns:
        True when an answerable question was not answered, or another was.
    """
    return outcome.row.answerable != (outcome.status == "answered")


def largest(
    weights: Sequence[float], values: Sequence[float], means: Sequence[float]
) -> tuple[Contribution, ...]:
    """Choose the features that set a question apart from the others.

    Without the means, scores that hardly differ between questions would always come first.

    Args:
        weights: Weight of each of `FEATURES`.
        values: Its value for the question.
        means: Its mean over all questions.

    Returns:
        The three largest contributions, by size.
    """
    found = [
        Contribution(name, value, weight * (value - mean))
        for name, weight, value, mean in zip(FEATURES, weights, values, means, strict=True)
    ]
    return tuple(sorted(found, key=lambda item: -abs(item.added))[:SHOWN])


def find_wrong(
    service: QAService, judge: Judge, outcomes: Sequence[Outcome]
) -> tuple[WrongVerdict, ...]:
    """Explain every wrong status.

    Args:
        service: The service.
        judge: Its judge.
        outcomes: The outcomes.

    Returns:
        One entry a question whose status is wrong, unanswerable ones that were answered first.
    """
    described = [service.features(item.row.question, history=item.row.history) for item in outcomes]
    known = [item.values for item in described if item.values]
    means = np.mean(known, axis=0).tolist() if known else []
    found = []
    for item, seen in zip(outcomes, described, strict=True):
        fit = judge.warm if seen.hinted else judge.cold
        if wrong(item):
            told = largest(fit.weights, seen.values, means) if _judged(fit, seen, item) else ()
            found.append(WrongVerdict(item, told))
    return tuple(sorted(found, key=lambda item: item.outcome.row.answerable))


def _judged(fit: Fit, seen: Described, outcome: Outcome) -> bool:
    """Some answers are read from the records, without the judge."""
    if not seen.values:
        return False
    return abs(fit.probability(seen.values) - outcome.confidence) < _ROUNDING
