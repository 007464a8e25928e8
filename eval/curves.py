"""Draws what the judge's confidence is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from eval.intervals import wilson
from eval.metrics import score_refusal
from eval.run import Outcome

BINS = 10
_CUTS = np.linspace(0, 1, 101)


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence.

    Attributes:
        confidence: Their mean confidence.
        answerable: How many of them are answerable.
        questions: How many there are.
    """

    confidence: float
    answerable: int
    questions: int

    @property
    def rate(self) -> float:
        """Share that is answerable."""
        return self.answerable / self.questions

    @property
    def interval(self) -> tuple[float, float]:
        """95 % score interval of the share."""
        return wilson(self.answerable, self.questions)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a threshold would cost.

    Attributes:
        threshold: Least confidence of an answer.
        false_answer_rate: Share of unanswerable questions that it answers.
        false_refusal_rate: Share of answerable questions that it does not.
    """

    threshold: float
    false_answer_rate: float
    false_refusal_rate: float


def reliability(outcomes: Sequence[Outcome], bins: int = BINS) -> tuple[Bin, ...]:
    """Group questions by confidence into bins of equal count.

    Args:
        outcomes: The outcomes.
        bins: How many bins at most.

    Returns:
        The bins in ascending confidence; counts differ by one at most, and no bin is
        empty.
    """
    ordered = sorted(outcomes, key=lambda item: item.confidence)
    count = min(bins, len(ordered))
    edges = [at * len(ordered) // count for at in range(count + 1)] if count else []
    groups = [ordered[low:high] for low, high in pairwise(edges)]
    return tuple(
        Bin(
            confidence=sum(item.confidence for item in group) / len(group),
            answerable=sum(item.row.answerable for item in group),
            questions=len(group),
        )
        for group in groups
    )


def cost_at(outcomes: Sequence[Outcome], threshold: float) -> Cut:
    """Count the errors of a threshold.

    Args:
        outcomes: The outcomes.
        threshold: Least confidence of an answer.

    Returns:
        Both rates; 0 where there is no such question.
    """
    found = score_refusal(
        [item.row.answerable for item in outcomes],
        [item.confidence for item in outcomes],
        [item.confidence >= threshold for item in outcomes],
    )
    return Cut(threshold, found.false_answer_rate, found.false_refusal_rate)


def _draw_reliability(axes: Axes, bins: Sequence[Bin]) -> None:
    rates = [item.rate for item in bins]
    reach = [
        [item.rate - item.interval[0] for item in bins],
        [item.interval[1] - item.rate for item in bins],
    ]
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="confidence = share")
    axes.errorbar(
        [item.confidence for item in bins],
        rates,
        yerr=reach,
        marker="o",
        capsize=3,
        label="bins of equal count, Wilson 95 %",
    )
    axes.set(
        title="Reliability",
        xlabel="mean confidence",
        ylabel="share of answerable questions",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    # Inside it would hide marks: curves run through every corner.
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15))


def _draw_costs(axes: Axes, cuts: Sequence[Cut], chosen: Cut) -> None:
    thresholds = [cut.threshold for cut in cuts]
    axes.plot(
        thresholds,
        [cut.false_answer_rate for cut in cuts],
        label=f"false answers, {chosen.false_answer_rate:.2f} at {chosen.threshold:.2f}",
    )
    axes.plot(
        thresholds,
        [cut.false_refusal_rate for cut in cuts],
        linestyle="-.",
        label=f"false refusals, {chosen.false_refusal_rate:.2f} at {chosen.threshold:.2f}",
    )
    axes.axvline(chosen.threshold, color="0.6", linestyle=":", label="threshold in use")
    axes.set(
        title="False answers against false refusals",
        xlabel="threshold",
        ylabel="rate",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    # Inside it would hide marks: curves run through every corner.
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15))


def draw_judge(outcomes: Sequence[Outcome], threshold: float) -> Figure:
    """Draw reliability, and the errors over all thresholds.

    Args:
        outcomes: The outcomes.
        threshold: Least confidence of an answer in use, marked in the second panel.

    Returns:
        A figure with two panels.
    """
    figure = Figure(figsize=(11, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_reliability(left, reliability(outcomes))
    cuts = [cost_at(outcomes, float(cut)) for cut in _CUTS]
    _draw_costs(right, cuts, cost_at(outcomes, threshold))
    return figure


def draw_trade(outcomes: Sequence[Outcome], threshold: float) -> Figure:
    """Draw the share of answerable questions answered against false answers (a ROC curve).

    Args:
        outcomes: The outcomes.
        threshold: Least confidence of an answer in use, marked on the curve.

    Returns:
        A figure with one panel.
    """
    figure = Figure(figsize=(6, 5.2), layout="constrained")
    axes = figure.subplots()
    # The confidences themselves are the only thresholds at which the curve turns.
    turns = sorted({0.0, *(item.confidence for item in outcomes), np.inf})
    cuts = [cost_at(outcomes, float(cut)) for cut in turns]
    chosen = cost_at(outcomes, threshold)
    answered = 1 - chosen.false_refusal_rate
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="chance")
    axes.plot(
        [cut.false_answer_rate for cut in cuts],
        [1 - cut.false_refusal_rate for cut in cuts],
        label="every threshold",
    )
    axes.plot(
        [chosen.false_answer_rate],
        [answered],
        "o",
        color="C3",
        label=f"in use ({threshold:.2f}): {answered:.2f} for {chosen.false_answer_rate:.2f}",
    )
    axes.set(
        title="Answers against false answers",
        xlabel="share of unanswerable questions answered",
        ylabel="share of answerable questions answered",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    axes.legend(loc="lower right")
    return figure


def plot_judge(outcomes: Sequence[Outcome], threshold: float, path: Path) -> None:
    """Draw reliability, and the errors over all thresholds, into a PNG.

    Args:
        outcomes: The outcomes.
        threshold: Least confidence of an answer in use, marked in the second panel.
        path: The file; its folder is made where needed.
    """
    figure = draw_judge(outcomes, threshold)
    # Given a canvas of its own, the figure never asks for a display.
    FigureCanvasAgg(figure)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=150)
