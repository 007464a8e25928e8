"""One scale for passages with many hints, with few and with none.

A hint leg that only some passages have would bury the others. So each passage gets one: what its
text lets expect of its hints, shrunk towards what they say the more of them there are. Weights
and reaches were chosen on the development questions, each meeting in turn without its hints
(`python -m eval cold`).
"""

from collections.abc import Callable
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
# Hints shared by passages of a cosine: the mean over hinted passages, straight above a threshold.
_SHARED_SLOPE, _SHARED_START = 4.0, 0.2
# So many passages speak for their section.
_BEST_OF_SECTION = 3


@dataclass(frozen=True, slots=True)
class Signals:
    """What is measured of the candidates for one wording, (candidates,) float32 each unless said.

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
        sections: (candidates,) int64, a number for each section, which one heading stands above.
        shared: Tells of a candidate the logarithm of one more than the hints that it shares with
            each: (candidates,) float32.
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
    sections: npt.NDArray[np.int64]
    shared: Callable[[int], Vectors]


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


def late_leg(signals: Signals, _fused: Vectors) -> Vectors:
    """Read the token vectors of the texts."""
    return standardise(signals.late)


def dense_leg(signals: Signals, _fused: Vectors) -> Vectors:
    """Read one vector of each text."""
    return standardise(signals.dense)


def hint_leg(signals: Signals, _fused: Vectors) -> Vectors:
    """Say what hints say of each passage, or would."""
    expected = np.float32(_FORETOLD) * (
        standardise(signals.late) + standardise(signals.back) + standardise(signals.dense)
    )
    hinted = signals.counts > 0
    if not hinted.any():
        return expected
    # Not below 1: more hints than usual earn nothing further.
    fewer = np.log(np.maximum(1.0, signals.usual / np.maximum(signals.counts, 1)))
    said = np.where(hinted, standardise(signals.hints) + _FEWER * fewer, 0.0)
    # Only what has hints can foretell those of others.
    kin = np.exp(signals.likeness / _REACH) * hinted
    expected = expected + _KIN * (kin @ said) / np.maximum(kin.sum(axis=1), 1e-12)
    # Grows with the hints and never jumps, so that no step parts few from none.
    trust = signals.counts / (signals.counts + _AS_MANY)
    leg: Vectors = (trust * said + (1 - trust) * expected).astype(np.float32)
    return leg


def lexical_leg(signals: Signals, _fused: Vectors) -> Vectors:
    """Blend BM25 over texts and hints with that over texts."""
    trust = signals.counts / (signals.counts + _AS_MANY)
    # What has no hints has fewer words to match; it must not shift the scale of the others.
    asked = standardise(signals.asked, signals.counts > 0)
    leg: Vectors = (trust * asked + (1 - trust) * standardise(signals.lexical)).astype(np.float32)
    return leg


def section_leg(signals: Signals, fused: Vectors) -> Vectors:
    """Average the best of each passage's section so far."""
    order = np.lexsort((fused, signals.sections))
    starts = runs(signals.sections[order])
    sizes = np.diff(starts, append=len(order))
    ends = np.repeat(starts + sizes, sizes)
    best = fused[order[ends - np.arange(len(order)) <= _BEST_OF_SECTION]]
    taken = np.minimum(sizes, _BEST_OF_SECTION)
    means = np.add.reduceat(best, np.cumsum(taken) - taken) / taken
    found = np.empty_like(fused)
    found[order] = np.repeat(means, sizes)
    return found


def shared_leg(signals: Signals, fused: Vectors) -> Vectors:
    """Lift what answers the same questions as the first so far, which stays first."""
    first = int(np.argmax(fused))
    alike = np.maximum(0.0, _SHARED_SLOPE * (signals.likeness[first] - _SHARED_START))
    hinted = (signals.counts > 0) & (signals.counts[first] > 0)
    leg: Vectors = np.where(hinted, signals.shared(first), alike).astype(np.float32)
    leg[first] = leg.max()
    return leg


def runs(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Tell where each run of equal values starts; none is negative."""
    return np.flatnonzero(np.diff(values, prepend=-1))
