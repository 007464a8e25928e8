"""Breaks one part of the service, to show that the gate notices.

Nothing in the package knows of this: a weight is set to zero, or an object that the service holds
is replaced for as long as it is measured.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np

from ccs_qa.answer import FEATURES
from ccs_qa.answer.judge import Fit
from ccs_qa.encoder import Vectors
from ccs_qa.search import Recipe, rank
from ccs_qa.search.fusion import Legs, standardise
from ccs_qa.service import QAService

# The weights of a recipe that are set to zero.
LEGS = ("late", "hints", "lexical", "companions")
PARTS = (*LEGS, "scale", "content", "words", "heads")
# What the judge reads of the words of a topic, and whether summaries hold such things at all:
# by these it knows a subject that is absent.
CONTENT = frozenset(
    {"least_supported", "poorly_supported", "mean_supported", "topic_words", "asks"}
)


def recipe_without(recipe: Recipe, part: str | None) -> Recipe:
    """Leave a leg out of a ranking.

    Args:
        recipe: The ranking.
        part: One of `PARTS`, or None.

    Returns:
        The recipe; the same one unless the part is a leg.
    """
    zero: dict[str, Any] = {part: 0.0} if part in LEGS else {}
    return replace(recipe, **zero)


@contextlib.contextmanager
def broken(service: QAService, part: str | None) -> Iterator[None]:
    """Break a part of a service for a while.

    Args:
        service: The service; of it, `scale` breaks that of every service.
        part: One of `PARTS`, or None: `scale` is the hint leg's one scale, `content` what the
            judge reads of content, `words` which meetings hold the words of a topic, `heads`
            what a question asks for and its topic. A leg is no part of the service:
            `recipe_without` leaves it out.

    Yields:
        Nothing, while it is broken.
    """
    with contextlib.ExitStack() as stack:
        for target, name, value in _replaced(service, part):
            stack.enter_context(patch.object(target, name, value))
        yield


def _replaced(service: QAService, part: str | None) -> Iterator[tuple[object, str, object]]:
    if part == "scale":
        yield rank, "hint_leg", lowest_without_hints
    elif part == "content":
        judge = service._judge  # noqa: SLF001 - broken on purpose, as below
        warm, cold = (without_content(fit) for fit in (judge.warm, judge.cold))
        yield service, "_judge", replace(judge, warm=warm, cold=cold)
    elif part == "words":
        yield service._resolver._words, "holding", lambda *_asked: {}  # noqa: SLF001 - broken on purpose
    elif part == "heads":
        yield service._understander, "_heads", None  # noqa: SLF001 - broken on purpose


def without_content(fit: Fit) -> Fit:
    """Have a judge not look at content.

    Args:
        fit: How it judges.

    Returns:
        The same with weight 0 for each of `CONTENT`.
    """
    weights = zip(FEATURES, fit.weights, strict=True)
    return replace(fit, weights=tuple(0.0 if name in CONTENT else w for name, w in weights))


def lowest_without_hints(legs: Legs) -> Vectors:
    """Score hints where passages without any are worse than every other.

    Args:
        legs: The raw scores.

    Returns:
        (candidates,) float32, standardised; 0 where no candidate has hints.
    """
    known = legs.hints[~np.isnan(legs.hints)]
    return standardise(np.nan_to_num(legs.hints, nan=float(known.min()) if known.size else 0.0))
