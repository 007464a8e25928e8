"""Intervals for the numbers that reports show."""

import math
from collections.abc import Sequence

import numpy as np

_Z95 = 1.959963984540054


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Bound a rate (Wilson, 1927, doi:10.1080/01621459.1927.10502953).

    Args:
        successes: How often it happened.
        trials: How often it could have.

    Returns:
        The 95 % score interval; (0, 1) without trials.
    """
    if trials == 0:
        return 0.0, 1.0
    rate, square = successes / trials, _Z95**2
    centre = (rate + square / (2 * trials)) / (1 + square / trials)
    half = (
        _Z95
        * math.sqrt(rate * (1 - rate) / trials + square / (4 * trials**2))
        / (1 + square / trials)
    )
    # Rounding must leave neither 0 and 1 nor the rate outside.
    return max(0.0, min(rate, centre - half)), min(1.0, max(rate, centre + half))


def bootstrap(values: Sequence[float], *, draws: int = 2000, seed: int = 7) -> tuple[float, float]:
    """Bound a mean by the percentile bootstrap (Efron, 1979).

    For a comparison give the differences question by question: the bootstrap is then paired.

    Args:
        values: One value a question.
        draws: Number of resamples.
        seed: Seed of the resampling.

    Returns:
        The 95 % interval of the mean; (0, 0) without values.
    """
    if not values:
        return 0.0, 0.0
    data = np.asarray(values, np.float64)
    picks = np.random.default_rng(seed).integers(0, len(data), (draws, len(data)))
    low, high = np.percentile(data[picks].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def interval_text(low: float, high: float, form: str = ".2f") -> str:
    """Write an interval.

    Args:
        low: Its lower bound.
        high: Its upper bound.
        form: How a bound is formatted.

    Returns:
        Both bounds in brackets.
    """
    return f"[{low:{form}}, {high:{form}}]"
