"""Chooses which of the passages found are quoted: as many as the question needs.

A logistic regression over the ranking says of each passage how likely the question needs it: how
near it comes to the first by every leg and by all together, and how many passages a question of
this kind asks for, read from the question's vector. The weights lie in `select.json`, written by
`python -m eval select` from the development gold set, ranked with hints and without.
"""

import datetime as dt
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from ccs_qa.answer.fitted import Head, logistic
from ccs_qa.records import Hit

FEATURES = (
    "gap",
    "score",
    "rank",
    "lead",
    "late",
    "dense",
    "late_gap",
    "dense_gap",
    "hint_gap",
    "lexical_share",
    "companions",
    "objective",
    "breadth",
    "breadth_gap",
)
# A side of a comparison is quoted when its best statement comes this near to the first.
NEAR_ENOUGH = 3.5
# Legs whose distance from the first counts; a passage that lacks one is level with it.
_LEGS = ("late", "dense", "hint")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is quoted of a ranking.

    Attributes:
        quotes: The passages to quote, best first.
        more: How many further ones may be needed as well.
    """

    quotes: tuple[Hit, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Selector:
    """A fitted selection.

    Attributes:
        weights: Weight of each of `FEATURES`.
        bias: Constant term.
        quoted: Least probability of a passage that is quoted.
        further: Least probability of one that is counted as possibly needed.
        breadth: Natural logarithm of the number of passages that a question needs.
    """

    weights: tuple[float, ...]
    bias: float
    quoted: float
    further: float
    breadth: Head

    def probabilities(self, hits: Sequence[Hit], breadth: float) -> tuple[float, ...]:
        """Estimate for each passage how likely the question needs it.

        Args:
            hits: The passages found, best first.
            breadth: What the head says of the question.

        Returns:
            0 to 1 each.
        """
        return tuple(
            logistic(self.bias, self.weights, values) for values in features(hits, breadth)
        )

    def choose(self, hits: Sequence[Hit], breadth: float) -> Selection:
        """Choose the passages to quote.

        Args:
            hits: The passages found, best first.
            breadth: What the head says of the question.

        Returns:
            The first, if any, and those that are likely enough to be needed.
        """
        likely = self.probabilities(hits, breadth)
        quotes = tuple(
            hit
            for at, (hit, value) in enumerate(zip(hits, likely, strict=True))
            if not at or value >= self.quoted
        )
        return Selection(quotes, max(0, sum(v >= self.further for v in likely) - len(quotes)))


def features(hits: Sequence[Hit], breadth: float) -> tuple[tuple[float, ...], ...]:
    """Describe each passage of a ranking in numbers.

    Args:
        hits: The passages found, best first.
        breadth: What the head says of the question.

    Returns:
        For each, one value for each of `FEATURES`: distance of the fused score from the first,
        the score, logarithm of the rank, lead of the first over the fifth; cosines of the legs
        and their distances from the first, share of its BM25, questions shared with it; whether
        it is an objective; the breadth, alone and times the distance.
    """
    if not hits:
        return ()
    first = hits[0]
    lead = first.score - hits[min(4, len(hits) - 1)].score
    lexical = max(1.0, first.reasons.get("lexical", 1.0))
    found = []
    for at, hit in enumerate(hits):
        gap = hit.score - first.score
        legs = hit.reasons
        distances = (
            legs[name] - first.reasons[name] if name in legs and name in first.reasons else 0.0
            for name in _LEGS
        )
        found.append(
            (
                gap,
                hit.score,
                math.log1p(at),
                lead,
                legs.get("late", 0.0),
                legs.get("dense", 0.0),
                *distances,
                legs.get("lexical", 0.0) / lexical,
                legs.get("companions", 0.0),
                float(hit.passage.kind == "objective"),
                breadth,
                breadth * gap,
            )
        )
    return tuple(found)


def with_sides(
    quotes: Sequence[Hit], hits: Sequence[Hit], sides: Sequence[Sequence[dt.date]]
) -> tuple[Hit, ...]:
    """Give every side of a comparison a voice.

    Args:
        quotes: What is quoted, best first.
        hits: Verified passages, best first.
        sides: The meetings of each thing compared.

    Returns:
        The quotes, and for each side without one its best statement that comes near enough to
        the first to speak of the same thing.
    """
    chosen = list(quotes)
    for side in sides:
        if any(hit.passage.meeting in side for hit in chosen):
            continue
        spoken = [hit for hit in hits if hit.passage.meeting in side]
        best = next((hit for hit in spoken if hit.passage.kind == "statement"), None)
        if best is not None and best.score >= hits[0].score - NEAR_ENOUGH:
            chosen.append(best)
    return tuple(chosen)


def load_selector() -> Selector:
    """Read the fitted selection that ships with the package.

    Returns:
        The selection.
    """
    stored = json.loads((resources.files("ccs_qa.answer") / "select.json").read_text("utf-8"))
    return Selector(
        tuple(stored["weights"][name] for name in FEATURES),
        stored["bias"],
        stored["quoted"],
        stored["further"],
        Head.parse(stored["breadth"]),
    )
