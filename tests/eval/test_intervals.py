"""Intervals against published and hand-calculated values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.intervals import bootstrap, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_gives_the_published_intervals(
    successes: int, trials: int, expected: tuple[float, float]
) -> None:
    """Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3."""
    assert wilson(successes, trials) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("successes", "expected"),
    [(0, (0.0, 0.2775)), (5, (0.2366, 0.7634)), (10, (0.7225, 1.0))],
)
def test_wilson_by_hand(successes: int, expected: tuple[float, float]) -> None:
    """Of ten trials, with z squared 3.8415.

    None: up to 3.8415 / 13.8415 = .2775; all: from 1 - .2775. Half: .5 more or less
    1.96 x sqrt(.025 + 3.8415 / 400) / 1.38415 = .2634.
    """
    assert wilson(successes, 10) == pytest.approx(expected, abs=5e-5)


def test_no_trial_bounds_nothing() -> None:
    """The interval is all there is."""
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_rate_within_0_and_1(case: tuple[int, int]) -> None:
    """However few or many trials."""
    low, high = wilson(*case)
    assert 0 <= low <= case[0] / case[1] <= high <= 1


def test_the_bootstrap_of_a_constant_is_the_constant() -> None:
    """Every resample has the same mean; without values there is nothing to bound."""
    assert bootstrap([0.25] * 8) == (0.25, 0.25)
    assert bootstrap([]) == (0.0, 0.0)


def test_the_bootstrap_of_two_values_reaches_both() -> None:
    """A quarter of the resamples of 0 and 1 are 0, 0 and a quarter 1, 1: more than 2.5 %."""
    assert bootstrap([0.0, 1.0]) == (0.0, 1.0)


def test_the_bootstrap_comes_near_the_normal_interval() -> None:
    """Half of 400 are 1: .5 more or less 1.96 x .5 / 20 = .049."""
    assert bootstrap([0.0, 1.0] * 200) == pytest.approx((0.451, 0.549), abs=0.01)


def test_a_seed_gives_the_same_interval_again() -> None:
    """Another seed gives another."""
    values = [at / 37 for at in range(37)]
    assert bootstrap(values, seed=1) == bootstrap(values, seed=1)
    assert bootstrap(values, seed=1) != bootstrap(values, seed=2)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_bootstrap_holds_the_mean(values: list[float]) -> None:
    """Whatever the values; it stays between the least and the greatest."""
    low, high = bootstrap(values, draws=500)
    mean, rounding = sum(values) / len(values), 1e-9
    assert min(values) - rounding <= low <= mean + rounding
    assert mean - rounding <= high <= max(values) + rounding
