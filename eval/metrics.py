"""Scores of rankings, contexts and refusals, and how sure a figure is.

Rankings are scored by ir-measures, whose names tell its formulas apart; intervals are scipy's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG
from scipy import stats
from sklearn.metrics import roc_auc_score

RANKING = {
    "ndcg@10": nDCG @ 10,
    "recall@5": R @ 5,
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "rr@10": RR @ 10,
}
_NAMES = {str(measure): name for name, measure in RANKING.items()}
_DRAWS, _SEED = 2000, 7


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Bound a rate at 95 % (Wilson, 1927, doi:10.1080/01621459.1927.10502953)."""
    if trials == 0:
        return 0.0, 1.0
    found = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    rate = successes / trials  # rounding must not leave it outside
    return min(rate, float(found.low)), max(rate, float(found.high))


def bootstrap(
    *samples: Sequence[float], statistic: Callable[..., Any] = np.mean
) -> tuple[float, float]:
    """Bound a statistic at 95 % by percentiles (Efron, 1979); samples are drawn together."""
    found = stats.bootstrap(
        samples,
        statistic,
        paired=True,
        vectorized=True,
        n_resamples=_DRAWS,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean or a share and its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def bounds(self, form: str = ".2f") -> str:
        """Write the interval alone."""
        return f"[{self.low:{form}}, {self.high:{form}}]"

    def text(self, form: str = ".3f", bounds: str = "") -> str:
        """Write it; the bounds are formatted like the mean unless told otherwise."""
        return f"{self.mean:{form}} {self.bounds(bounds or form)}"


def mean_of(values: Sequence[float]) -> Estimate:
    """Average values, one a question; zeros without any."""
    if len(set(values)) < 2:  # nothing to draw from, or always the same
        value = float(values[0]) if values else 0.0
        return Estimate(value, value, value)
    return Estimate(sum(values) / len(values), *bootstrap(values))


def ratio_of(parts: Sequence[tuple[int, int]]) -> Estimate:
    """Divide two sums, of parts that are one question's each; whole questions are drawn anew."""
    above, below = ([part[side] for part in parts] for side in (0, 1))
    ratio = sum(above) / max(1, sum(below))
    if len(set(parts)) < 2:
        return Estimate(ratio, ratio, ratio)
    drawn = bootstrap(
        above, below, statistic=lambda x, y, axis: x.sum(axis) / np.maximum(y.sum(axis), 1)
    )
    return Estimate(ratio, *drawn)


def share_of(held: int, cases: int) -> Estimate:
    """Tell how often something holds; 0 without a case."""
    return Estimate(held / cases if cases else 0.0, *wilson(held, cases))


def rate_text(held: int, cases: int, form: str = ".2f") -> str:
    """Write a count, its share and the interval of the share."""
    return f"{held}/{cases} = {share_of(held, cases).text(form)}" if cases else "none"


class Refusal(NamedTuple):
    """How well a judge tells answerable questions from others: how many are wrong, of how many."""

    auc: float
    false_answers: tuple[int, int]
    false_refusals: tuple[int, int]


def score_rankings(
    relevant: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Score rankings question by question; one without a ranking scores 0."""
    qrels = [Qrel(q, p, grade) for q, graded in relevant.items() for p, grade in graded.items()]
    run = [
        ScoredDoc(question, passage, float(-place))
        for question in relevant
        for place, passage in enumerate(rankings.get(question, ()))
    ]
    scores = {question: dict.fromkeys(RANKING, 0.0) for question in relevant}
    for metric in ir_measures.iter_calc(list(RANKING.values()), qrels, run):
        scores[metric.query_id][_NAMES[str(metric.measure)]] = float(metric.value)
    return scores


def context_recall(needed: Sequence[str], texts: Sequence[str], budget: int = 2000) -> float:
    """Share of needed snippets that a reader of the first characters sees; 1 without any."""
    seen = "\n".join(texts)[:budget]
    return sum(snippet in seen for snippet in needed) / len(needed) if needed else 1.0


def score_refusal(
    answerable: Sequence[bool], confidence: Sequence[float], answered: Sequence[bool]
) -> Refusal:
    """Score a judge; the area under the curve is .5 where one class is absent."""
    known = [given for has, given in zip(answerable, answered, strict=True) if has]
    others = [given for has, given in zip(answerable, answered, strict=True) if not has]
    auc = float(roc_auc_score(answerable, confidence)) if known and others else 0.5
    return Refusal(auc, (sum(others), len(others)), (len(known) - sum(known), len(known)))
