"""Why a question is answered as it is: what the judge looks at, what each leg adds."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ccs_qa.answer.findings import JUDGED, Findings
from ccs_qa.answer.judge import FEATURES, Judge, Verdict
from ccs_qa.answer.judge import features as signs_of
from ccs_qa.answer.select import QUOTABLE, Selector, extent_of
from ccs_qa.records import Hit, Query


@dataclass(frozen=True, slots=True)
class Sign:
    """One of the numbers that the judge looks at.

    Attributes:
        adds: What it adds to the log odds that the question is answered.
        turns_at: The value at which, all others as they are, the question would just be answered,
            or just no longer.
    """

    name: str
    value: float
    adds: float
    turns_at: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage in its place.

    Attributes:
        added: What each leg adds to its score.
        needed: Probability, 0 to 1, that the question needs it; None where it is too far down to
            be quoted.
    """

    hit: Hit
    added: Mapping[str, float]
    needed: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one question is answered as it is.

    Attributes:
        signs: Those that weigh anything, the nearest to turning the verdict first; none where
            nothing was found.
        answered: Probability from which a question like this counts as answered, 0 to 1.
        quoted: Probability from which a passage is quoted, 0 to 1.
        judged: Whether the verdict comes from the signs; else the records, a form of answer or
            the very words of the topic decide.
    """

    query: Query
    verdict: Verdict
    judged: bool
    signs: tuple[Sign, ...]
    answered: float
    placed: tuple[Placed, ...]
    quoted: float


def explain(
    found: Findings, verdict: Verdict, judge: Judge, selector: Selector, most: int
) -> Explanation:
    """Explain the verdict on what was found, with at most so many passages."""
    query, fit = found.query, judge.fit(found.evidence)
    ranked, added = (found.ranked.hits, found.ranked.added) if found.ranked else ((), {})
    signs: list[Sign] = []
    if ranked:
        values = signs_of(query, ranked[:JUDGED], found.evidence)
        probability = fit.probability(values)
        missing = _log_odds(fit.answered) - _log_odds(probability)
        signs = [
            Sign(name, value, weight * value, value + missing / weight)
            for name, value, weight in zip(FEATURES, values, fit.weights, strict=True)
            if weight
        ]
    extent = extent_of(query)
    needed = selector.probabilities(ranked[: QUOTABLE[extent]], found.evidence.breadth, extent)
    return Explanation(
        query,
        verdict,
        judged=bool(signs) and math.isclose(verdict.confidence, probability),
        signs=tuple(sorted(signs, key=_distance)),
        answered=fit.answered,
        placed=tuple(
            Placed(
                hit,
                {name: float(values[at]) for name, values in added.items()},
                needed[at] if at < len(needed) else None,
            )
            for at, hit in enumerate(ranked[:most])
        ),
        quoted=selector.quoted if extent == "answer" else selector.listed,
    )


def _log_odds(probability: float) -> float:
    # As far as the judge itself goes.
    bounded = min(max(probability, 1e-13), 1 - 1e-13)
    return math.log(bounded / (1 - bounded))


def _distance(sign: Sign) -> float:
    """Say how far a sign is from turning the verdict, as a share of itself."""
    return abs(sign.turns_at - sign.value) / max(abs(sign.value), 0.1)
