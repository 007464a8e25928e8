"""A window of a limit holds what is said of it: counted anew beside it, on a clock of the test."""

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.http import limits
from ccs_qa.http.costs import brings_feedback, cost_of, is_free
from ccs_qa.http.limits import Demand, Limiter, Quota

MOST, LENGTH = 12, 60
# Quarters of seconds, which add up without rounding.
GAPS = st.integers(0, 160).map(lambda quarters: quarters / 4)
STEPS = st.lists(st.tuples(GAPS, st.integers(1, 9)), min_size=1, max_size=60)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        """Begin far from zero, as clocks of machines do."""
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


def take(limiter: Limiter, cost: int, who: str = "address 192.0.2.1") -> Quota:
    """Count a request; the quota of its caller."""
    (quota,) = asyncio.run(limiter.take(Demand(who, cost=cost)))
    return quota


@given(STEPS)
def test_any_window_holds_as_much_as_it_says_and_no_more(steps: list[tuple[float, int]]) -> None:
    """Counted over every request let through: none too many, none refused that would have fit.

    Whoever waits as long as they are told is let through, and a second earlier they are not.
    """
    clock = Clock()
    limiter = Limiter(now=clock, caller=f"{MOST}/minute")
    let: list[tuple[float, int]] = []

    def used(now: float) -> int:
        return sum(cost for when, cost in let if when + LENGTH > now)

    for gap, cost in steps:
        clock.now += gap
        before = used(clock.now)
        quota = take(limiter, cost)
        assert quota.refused == (before + cost > MOST)
        if quota.refused:
            assert used(clock.now + quota.wait) + cost <= MOST
            assert quota.wait == 1 or used(clock.now + quota.wait - 1) + cost > MOST
        else:
            let.append((clock.now, cost))
            oldest = min(when for when, _ in let if when + LENGTH > clock.now)
            assert quota.wait == max(1, math.ceil(oldest + LENGTH - clock.now))
        assert quota.left == MOST - used(clock.now)


def test_a_request_that_costs_more_than_a_window_takes_a_whole_one() -> None:
    """Else it would be refused for ever."""
    clock = Clock()
    limiter = Limiter(now=clock, caller="3/minute")
    first, second = take(limiter, 5), take(limiter, 1)
    assert (first.refused, first.left, second.refused, second.wait) == (False, 0, True, 60)
    clock.now += 60
    assert not take(limiter, 5).refused


def test_many_callers_take_no_more_memory_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was silent longest is forgotten; the others are still counted."""
    monkeypatch.setattr(limits, "_MOST_CALLERS", 3)
    limiter = Limiter(now=Clock(), caller="1/minute")
    assert [take(limiter, 1, who).refused for who in "abcad"] == [False, False, False, True, False]
    assert [take(limiter, 1, who).refused for who in "acd"] == [True, True, True]
    assert not take(limiter, 1, "b").refused


def test_what_comes_from_this_machine_is_spared_but_for_feedback() -> None:
    """Its feedback is counted: two an hour."""
    limiter = Limiter(now=Clock(), spares=True, caller="1/minute", feedback="2/hour")
    page, given = (Demand("near", spared=True, feedback=kind) for kind in (False, True))
    assert [asyncio.run(limiter.take(page)) for _ in range(3)] == [()] * 3
    counted = [asyncio.run(limiter.take(given)) for _ in range(3)]
    assert [[(item.name, item.refused) for item in quotas] for quotas in counted] == [
        [("feedback", False)],
        [("feedback", False)],
        [("feedback", True)],
    ]


@pytest.mark.parametrize(
    ("path", "query", "cost"),
    [
        ("/health/ready", "", 0),
        ("/static/x.css", "", 0),
        ("/statics", "", 1),
        ("/", "", 1),
        ("/fr/", "", 1),
        ("/fr/", "q=", 1),
        ("/fr/", "q=ia", 5),
        ("/en/", "q=ai&h=a&h=b", 5),
        ("/en/stream", "q=ai", 5),
        ("/en/search", "", 1),
        ("/en/search", "q=ai", 5),
        ("/fr/timeline", "topic=ia", 5),
        ("/fr/meetings/2024-11-01", "q=ia", 1),
        ("/fr/download.docx", "q=ia&h=a&h=b", 5),
        ("/fr/download.docx", "q=ia&h=a&h=b&all=1", 15),
        ("/fr/download.txt", "q=ia&all=1&" + "&".join(["h=a"] * 40), 35),
        ("/fr/download.\n", "q=ia", 5),
        ("/api/v1/ask", "", 5),
        ("/api/v1/ask/stream", "", 5),
        ("/api/v1/search", "", 5),
        ("/api/v1/timeline", "topic=ia", 5),
        ("/api/v1/meetings", "", 1),
        ("/api/v1/asks", "", 1),
        ("/v1/chat/completions", "", 5),
        ("/v1/models", "", 1),
        ("/mcp", "", 5),
        ("/mcp/", "", 5),
        ("/metrics", "", 1),
    ],
)
def test_a_request_costs_what_it_makes_the_service_compute(
    path: str, query: str, cost: int
) -> None:
    """An answer five, all else one; a file of a conversation five for each of its questions."""
    assert cost_of(path, query) == cost
    assert is_free(path) == (cost == 0)


@given(st.text(max_size=40), st.text(max_size=80))
def test_an_address_costs_a_page_at_least_and_seven_answers_at_most(path: str, query: str) -> None:
    """Six earlier questions and the one asked are all that an address carries."""
    assert 1 <= cost_of(f"/x{path}", query) <= 35
    assert 5 <= cost_of(f"/fr/download.{path}", f"q=x&all=1&{query}") <= 35


@pytest.mark.parametrize(
    ("method", "path", "brings"),
    [
        ("POST", "/fr/feedback", True),
        ("POST", "/en/feedback", True),
        ("POST", "/api/v1/feedback", True),
        ("GET", "/fr/feedback", False),
        ("POST", "/fr/feedback/words", False),
        ("POST", "/api/v1/ask", False),
    ],
)
def test_what_brings_feedback(method: str, path: str, *, brings: bool) -> None:
    """Words are added once to a piece that was counted."""
    assert brings_feedback(method, path) == brings
