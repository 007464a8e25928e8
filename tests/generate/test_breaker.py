"""The breaker by a clock of its own, and a model behind it."""

from collections.abc import Generator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.errors import EndpointError
from ccs_qa.generate.breaker import Breaker, Guarded
from ccs_qa.records import Prompt

PROMPT = Prompt("", (), "")


@dataclass
class Clock:
    """Seconds, moved by hand."""

    now: float = 100.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


@dataclass
class Scripted:
    """A model that does what it is told."""

    fails: bool = False
    asked: int = 0
    model: str = "scripted"
    pieces: tuple[str, ...] = ("", "one ", "two")
    closed: list[bool] = field(default_factory=list)

    def stream(self, _prompt: Prompt) -> Generator[str, None, None]:
        """Write, or fail after a first word."""
        self.asked += 1
        try:
            yield from self.pieces
            if self.fails:
                raise EndpointError(fault="cut")
        finally:
            self.closed.append(True)


def ask(guarded: Guarded) -> str:
    """Ask, and say what came or why not."""
    try:
        return "".join(guarded.stream(PROMPT))
    except EndpointError as error:
        return error.fault


def states(guarded: Guarded) -> str:
    """Read the state; it changes by itself, which a type checker cannot know."""
    return guarded.state


def test_it_opens_after_failures_in_a_row_and_tries_once_after_the_pause() -> None:
    """Three failures open it; a trial that fails keeps it open for as long again."""
    clock, model = Clock(), Scripted(fails=True)
    guarded = Guarded(model, Breaker(3, 10.0, clock))
    assert [ask(guarded) for _ in range(4)] == ["cut", "cut", "cut", "paused"]
    assert (guarded.state, model.asked) == ("open", 3)
    clock.now += 9.9
    assert (ask(guarded), model.asked) == ("paused", 3)
    clock.now += 0.1
    assert states(guarded) == "half-open"
    assert (ask(guarded), ask(guarded), model.asked) == ("cut", "paused", 4)
    clock.now += 10
    model.fails = False
    assert (ask(guarded), guarded.state) == ("one two", "closed")
    model.fails = True
    assert [ask(guarded) for _ in range(3)] == ["cut", "cut", "cut"]
    assert guarded.state == "open"


def test_a_success_between_failures_starts_the_count_anew() -> None:
    """Only failures in a row count."""
    model = Scripted(fails=True)
    guarded = Guarded(model, Breaker(2, 10.0))
    for _ in range(3):
        model.fails = True
        assert ask(guarded) == "cut"
        model.fails = False
        assert ask(guarded) == "one two"
    assert guarded.state == "closed"


def test_one_trial_at_a_time() -> None:
    """While one is under way, others are spared the wait; a trial given up lets another try."""
    clock, model = Clock(), Scripted(fails=True)
    guarded = Guarded(model, Breaker(1, 10.0, clock))
    ask(guarded)
    clock.now += 10
    trial = guarded.stream(PROMPT)
    assert next(trial) == ""
    assert (ask(guarded), guarded.state) == ("paused", "half-open")
    trial.close()  # before a word came
    assert (guarded.state, model.closed) == ("half-open", [True, True])
    model.fails = False
    assert (ask(guarded), guarded.state) == ("one two", "closed")


def test_whoever_has_read_enough_has_seen_it_work() -> None:
    """A word is a sign of life, also when nobody reads on."""
    clock, model = Clock(), Scripted(fails=True)
    guarded = Guarded(model, Breaker(1, 10.0, clock))
    ask(guarded)
    clock.now += 10
    trial = guarded.stream(PROMPT)
    assert [next(trial), next(trial)] == ["", "one "]
    trial.close()
    assert guarded.state == "closed"


@given(st.lists(st.sampled_from(["works", "fails", "leaves", "waits"]), max_size=40))
def test_it_is_open_exactly_after_so_many_failures_in_a_row(events: list[str]) -> None:
    """Whatever happens in whatever order, against a count kept in the plainest way."""
    clock, most, pause = Clock(), 2, 5.0
    breaker = Breaker(most, pause, clock)
    row, opened = 0, -1.0
    for event in events:
        if event == "waits":
            clock.now += 3
            continue
        may = opened < 0 or clock.now - opened >= pause
        assert breaker.enter() is may
        if not may:
            continue
        trial = opened >= 0
        {"works": breaker.succeeded, "fails": breaker.failed, "leaves": breaker.left}[event]()
        if event == "works":
            row, opened = 0, -1.0
        elif event == "fails":
            row += 1
            if trial or row >= most:
                opened = clock.now
        assert (breaker.state == "closed") is (opened < 0)


def test_its_name_is_that_of_the_model() -> None:
    """For health and for the answer."""
    assert Guarded(Scripted(), Breaker(1, 1.0)).model == "scripted"


@pytest.mark.parametrize("kind", [KeyError, RuntimeError])
def test_a_fault_of_ours_is_not_held_against_the_model(kind: type[Exception]) -> None:
    """Whatever else is raised leaves the count as it is."""
    guarded = Guarded(Scripted(), Breaker(1, 10.0))
    pieces = guarded.stream(PROMPT)
    next(pieces)
    with pytest.raises(kind):
        pieces.throw(kind())
    assert guarded.state == "closed"


def test_one_too_many_is_turned_away_at_once_and_not_held_against_the_model() -> None:
    """Whoever ends or leaves makes room."""
    guarded = Guarded(Scripted(), Breaker(1, 10.0), at_once=2)
    first, second = guarded.stream(PROMPT), guarded.stream(PROMPT)
    next(first)
    next(second)
    assert (ask(guarded), guarded.state) == ("busy", "closed")
    first.close()
    assert ask(guarded) == "one two"
    assert list(second) == ["one ", "two"]
    assert [ask(guarded) for _ in range(3)] == ["one two"] * 3
