"""Two services asked in turn, with services that only note what they are asked."""

import pytest

from bench.paired import Times, ask_in_turn, sum_up


def test_the_first_to_be_asked_alternates() -> None:
    """Neither always finds the machine as the other left it; both answer everything."""
    asked: list[str] = []

    def service(name: str, spent: float) -> float:
        asked.append(name)
        return spent

    own, other = ask_in_turn(
        lambda it: service(f"a {it}", 2.0), lambda it: service(f"b {it}", 4.0), ["x", "y", "z"]
    )
    assert asked == ["a x", "b x", "b y", "a y", "a z", "b z"]
    assert (own, other) == (Times(2.0, 2.0), Times(4.0, 4.0))


def test_times_are_summed_up_by_their_median_and_95th_percentile() -> None:
    """Of 0 to 100."""
    times = sum_up(range(101))
    assert times.p50 == pytest.approx(50)
    assert times.p95 == pytest.approx(95)
