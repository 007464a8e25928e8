"""One scale for passages with many hints, with few and with none.

A hint leg that only some passages have would bury the others. So each passage gets one: what its
text lets expect of its hints, shrunk towards what they say the more of them there are. Weights
and reaches were chosen on the development questions, each meeting in turn without its hints
(`python -m eval cold`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccs_qa.encoder.encoder import Vectors

Marks = npt.NDArray[np.bool_]

# What late interaction, its reverse and the nearest text each say of a passage's hints.
_FORETOLD = 0.3
# What the hints of similar passages say of it, and how fast their say fades with the cosine.
_KIN = 0.6
_REACH = 0.05
# So many hints weigh as much as the expectation.
_AS_MANY = 8
# The best of few hints lies lower than the best of many would: deviations per unit of the
# logarithm of their ratio, measured by leaving hints out.
_FEWER = 0.54
# Companions by their cosine: the mean over hinted passages, straight above a threshold.
_SHARED_SLOPE, _SHARED_START = 4.0, 0.2


@dataclass(frozen=True, slots=True)
class Legs:
    """Raw scores of candidates, (candidates,) float32 each unless said.

    Attributes:
        late: Late interaction with their texts.
        back: The same, read from the text.
        dense: Cosine of their nearest text.
        lexical: BM25 over their texts; NaN without a rendition in the question's language.
        hints: Late interaction with their best hint; NaN without hints.
        asked: BM25 over texts and hints; NaN likewise.
        counts: (candidates,) int64, hints of each.
        usual: Hints that a hinted passage of the index has on average.
        likeness: (candidates, candidates) cosines between their texts, -1 on the diagonal.
    """

    late: Vectors
    back: Vectors
    dense: Vectors
    lexical: Vectors
    hints: Vectors
    asked: Vectors
    counts: npt.NDArray[np.int64]
    usual: float
    likeness: Vectors


def standardise(scores: Vectors, among: Marks | None = None) -> Vectors:
    """Bring a leg to mean 0 and deviation 1.

    Args:
        scores: (n,) float32; NaN where there is none.
        among: (n,) bool, whose mean and deviation count; all when None.

    Returns:
        (n,) float32; 0 where there is no score or the scores do not differ.
    """
    missing = np.isnan(scores)
    counted = scores[~missing if among is None else among & ~missing]
    if not counted.size:
        return np.zeros(len(scores), np.float32)
    number = np.float32(len(counted))
    mean = counted.sum() / number
    counted = counted - mean
    deviation = np.sqrt(counted @ counted / number)
    if deviation < 1e-9:
        return np.zeros(len(scores), np.float32)
    return np.where(missing, np.float32(0), ((scores - mean) / deviation).astype(np.float32))


def hint_leg(legs: Legs) -> Vectors:
    """Say what hints say of each passage, or would: (candidates,) float32, in deviations."""
    expected = np.float32(_FORETOLD) * (
        standardise(legs.late) + standardise(legs.back) + standardise(legs.dense)
    )
    hinted = legs.counts > 0
    if not hinted.any():
        return expected
    # Not below 1: more hints than usual earn nothing further.
    fewer = np.log(np.maximum(1.0, legs.usual / np.maximum(legs.counts, 1)))
    said = np.where(hinted, standardise(legs.hints) + _FEWER * fewer, 0.0)
    # Only what has hints can foretell those of others.
    kin = np.exp(legs.likeness / _REACH) * hinted
    expected = expected + _KIN * (kin @ said) / np.maximum(kin.sum(axis=1), 1e-12)
    # Grows with the hints and never jumps, so that no step parts few from none.
    trust = legs.counts / (legs.counts + _AS_MANY)
    leg: Vectors = (trust * said + (1 - trust) * expected).astype(np.float32)
    return leg


def lexical_leg(legs: Legs) -> Vectors:
    """Blend BM25 over texts and hints with that over texts: (candidates,) float32, standardised."""
    trust = legs.counts / (legs.counts + _AS_MANY)
    # What has no hints has fewer words to match; it must not shift the scale of the others.
    asked = standardise(legs.asked, legs.counts > 0)
    leg: Vectors = (trust * asked + (1 - trust) * standardise(legs.lexical)).astype(np.float32)
    return leg


def shared_leg(shared: Vectors, likeness: Vectors, counts: npt.NDArray[np.int64]) -> Vectors:
    """Say which passages answer the same questions as the first.

    Args:
        shared: (candidates,) float32, logarithm of one more than the hints shared with it.
        likeness: (candidates,) cosines with it.
        counts: (candidates,) hints of each; where there are none, the cosine tells.

    Returns:
        (candidates,) float32, 0 and up.
    """
    alike = np.maximum(0.0, _SHARED_SLOPE * (likeness - _SHARED_START))
    leg: Vectors = np.where(counts > 0, shared, alike).astype(np.float32)
    return leg
