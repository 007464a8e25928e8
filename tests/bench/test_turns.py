"""Parts that take turns, and what is written of them."""

from collections.abc import Sequence

import pytest

from bench.http import Server
from bench.turns import Promise, Turn, in_parallel, tables, take_turns

OURS, THEIRS = ("ours", 8), ("theirs", 8)


def rate(turn: Turn) -> float:
    """Answers a second."""
    return turn.rate


TURNS = {
    OURS: [Turn(40, [1, 2, 3]), Turn(60, [1, 2, 3])],
    THEIRS: [Turn(10, [4, 8, 12]), Turn(10, [4, 8, 12])],
}


def test_parts_take_turns_and_the_first_round_is_not_counted() -> None:
    """Two parts, two rounds and one before: six turns, of which four are kept."""
    order: list[str] = []

    def part(name: str) -> Turn:
        order.append(name)
        return Turn(len(order), [])

    def ours(_: Sequence[str]) -> Turn:
        return part("ours")

    def theirs(_: Sequence[str]) -> Turn:
        return part("theirs")

    turns = take_turns({OURS: ours, THEIRS: theirs}, ["a"], 2)
    assert order == ["ours", "theirs"] * 3
    assert [[turn.rate for turn in each] for each in turns.values()] == [[3, 5], [4, 6]]


def test_questions_are_shared_among_workers() -> None:
    """Each is asked once, and each worker has every third."""
    asked: list[tuple[int, str]] = []
    turn = in_parallel(lambda at, text: asked.append((at, text)), list("abcdefg"), 3)
    assert sorted(asked) == [(0, "a"), (0, "d"), (0, "g"), (1, "b"), (1, "e"), (2, "c"), (2, "f")]
    assert len(turn.spent) == 7
    assert turn.rate > 0


def test_a_refusal_of_one_worker_is_raised() -> None:
    """A rate is not counted from the answers that are left."""

    def act(_at: int, text: str) -> None:
        if text == "no":
            raise RuntimeError("refused")

    with pytest.raises(RuntimeError, match="refused"):
        in_parallel(act, ["Qui?", "no"], 2)


@pytest.mark.parametrize(("least", "kept"), [(5.0, True), (5.1, False)])
def test_a_promise_is_kept_on_average(least: float, kept: bool) -> None:
    """40 / 10 and 60 / 10 are 5 on average."""
    promise = Promise("rate", OURS, THEIRS, rate, least)
    assert promise.ratio(TURNS).mean == 5
    assert promise.kept(TURNS) == kept
    assert not Promise("rate", OURS, THEIRS, rate, most=4.9).kept(TURNS)


def test_the_tables_hold_every_part_ratio_and_service() -> None:
    """Medians of rates, percentiles of all answers: of 1, 2, 3, 1, 2, 3 p50 is 2 and p95 is 3."""
    promises = [Promise("rate", OURS, THEIRS, rate, least=4)]
    lines = tables(TURNS, promises, {"ours": Server(1, 2.04, 439.6)}).splitlines()
    assert "| ours | 8 | 50 | 2.0 | 3.0 |" in lines
    assert "| theirs | 8 | 10 | 8.0 | 12.0 |" in lines
    assert any(line.startswith("| rate | 5.00 [") and "at least 4" in line for line in lines)
    assert "| ours | 2.0 | 440 |" in lines
