"""Chooses which of the passages found are quoted: as many as the question needs.

A logistic regression over the ranking says of each passage how likely the question needs it: how
near it comes to the first by every leg and by all together, how many passages a question of this
kind asks for, read from the question's vector, and whether it asks for everything, for several
sides or for some quotes. The weights lie in `select.json`, written by `python -m eval select` from
the development gold set, ranked with hints and without.
"""

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from ccs_qa.answer.fitted import Head, logistic
from ccs_qa.records import Hit, Intent, Query

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
    "shared_hints",
    "objective",
    "breadth",
    "breadth_gap",
    "everything",
    "everything_gap",
    "sides",
    "sides_gap",
    "some",
    "some_gap",
)
# How much is asked for: what answers, all of it, what each side says, or some of it.
Extent = Literal["answer", "everything", "sides", "some"]
_EXTENTS: tuple[Extent, ...] = ("everything", "sides", "some")
_EXTENT_OF: Mapping[Intent, Extent] = {
    "summary": "everything",
    "list": "everything",
    "draft": "everything",
    "themes": "everything",
    "compare": "sides",
    "quotes": "some",
}
# So many of the passages found may be quoted.
QUOTABLE: Mapping[Extent, int] = {"answer": 16, "everything": 60, "sides": 60, "some": 60}
# A side of a comparison is quoted when its best statement comes this near to the first.
NEAR_ENOUGH = 3.5
# Legs whose distance from the first counts; a passage that lacks one is level with it.
_LEGS = ("late", "dense", "hint")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is quoted of a ranking."""

    quotes: tuple[Hit, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Selector:
    """A fitted selection.

    Attributes:
        breadth: Natural logarithm of how many passages a question needs.
    """

    weights: tuple[float, ...]
    bias: float
    quoted: float
    listed: float
    further: float
    breadth: Head

    def probabilities(
        self, hits: Sequence[Hit], breadth: float, extent: Extent
    ) -> tuple[float, ...]:
        """Estimate for each passage how likely, 0 to 1, the question needs it."""
        return tuple(
            logistic(self.bias, self.weights, values) for values in features(hits, breadth, extent)
        )

    def choose(self, hits: Sequence[Hit], breadth: float, extent: Extent) -> Selection:
        """Choose the passages to quote: the first, if any, and what is likely to be needed."""
        quotable = hits[: QUOTABLE[extent]]
        likely = self.probabilities(quotable, breadth, extent)
        least = self.quoted if extent == "answer" else self.listed
        quotes = tuple(
            hit
            for at, (hit, value) in enumerate(zip(quotable, likely, strict=True))
            if not at or value >= least
        )
        return Selection(quotes, max(0, sum(v >= self.further for v in likely) - len(quotes)))


def extent_of(query: Query) -> Extent:
    """Say how much a question asks for."""
    if query.scope is not None and query.scope.sides:
        return "sides"
    return _EXTENT_OF.get(query.intent, "answer")


def features(hits: Sequence[Hit], breadth: float, extent: Extent) -> tuple[tuple[float, ...], ...]:
    """Describe each passage of a ranking in numbers.

    Returns:
        For each, one value for each of `FEATURES`: distance of the fused score from the first,
        the score, logarithm of the rank, lead of the first over the fifth; cosines of the legs
        and their distances from the first, share of its BM25, questions shared with it; whether
        it is an objective; the breadth, alone and times the distance; each
        other extent, alone (0 or 1) and times the distance.
    """
    if not hits:
        return ()
    first = hits[0]
    lead = first.score - hits[min(4, len(hits) - 1)].score
    asked_for = tuple(float(extent == kind) for kind in _EXTENTS)
    # At least 1: of a first passage without a shared word the share would have no bound.
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
                legs.get("shared_hints", 0.0),
                float(hit.passage.kind == "objective"),
                breadth,
                breadth * gap,
                *(value for asked in asked_for for value in (asked, asked * gap)),
            )
        )
    return tuple(found)


def with_sides(
    quotes: Sequence[Hit], hits: Sequence[Hit], sides: Sequence[Sequence[dt.date]]
) -> tuple[Hit, ...]:
    """Give every side of a comparison a voice.

    Returns:
        The quotes, and for each side without one its best statement that comes near enough to
        the first to speak of the same thing.
    """
    chosen = list(quotes)
    for side in sides:
        if any(hit.passage.meeting in side for hit in chosen):
            continue
        spoken = [hit for hit in hits if hit.passage.meeting in side]
        # Titles and objectives name a subject; only a statement says something on it.
        best = next((hit for hit in spoken if hit.passage.kind == "statement"), None)
        if best is not None and best.score >= hits[0].score - NEAR_ENOUGH:
            chosen.append(best)
    return tuple(chosen)


def load_selector() -> Selector:
    """Read the fitted selection that ships with the package."""
    stored = json.loads((resources.files("ccs_qa.answer") / "select.json").read_text("utf-8"))
    return Selector(
        tuple(stored["weights"][name] for name in FEATURES),
        stored["bias"],
        stored["quoted"],
        stored["listed"],
        stored["further"],
        Head.parse(stored["breadth"]),
    )
