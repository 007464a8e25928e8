"""Command: ask the service of this checkout and that of another the same questions in turn.

Both run at the same time and take turns question by question, so that what slows the machine slows
them alike: read the ratio, not the milliseconds.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from bench import GOLD
from bench.http import Client, running_server

_WARM = 40
# Asks a question and tells the milliseconds until it is answered.
Ask = Callable[[str], float]


class Times(NamedTuple):
    """What the answers of one service took."""

    p50: float
    p95: float


def sum_up(spent: Sequence[float]) -> Times:
    """Sum up the milliseconds of single answers."""
    return Times(*map(float, np.percentile(spent, (50, 95))))


def ask_in_turn(one: Ask, other: Ask, questions: Sequence[str]) -> tuple[Times, Times]:
    """Ask two services every question; which of them is asked first alternates."""
    spent: tuple[list[float], list[float]] = ([], [])
    for at, question in enumerate(questions):
        for which in (at % 2, 1 - at % 2):
            spent[which].append((one, other)[which](question))
    return sum_up(spent[0]), sum_up(spent[1])


def main(
    against: Annotated[Path, typer.Option(help="The other checkout, its index built.")],
    rounds: Annotated[int, typer.Option(min=1, help="How often every question is asked.")] = 1,
    most: Annotated[float, typer.Option(help="The ratio of medians that is promised.")] = 1.1,
) -> None:
    """Print p50 and p95 of `/ask` in both and their ratios; fail above the one promised."""
    questions = [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]
    with (
        running_server() as port,
        running_server(against.resolve()) as other_port,
        closing(Client(port)) as here,
        closing(Client(other_port)) as there,
    ):

        def in_turn(asked: Sequence[str]) -> tuple[Times, Times]:
            return ask_in_turn(lambda it: here.ask(it)[0], lambda it: there.ask(it)[0], asked)

        in_turn(questions[:_WARM])  # what is done once is not what is measured
        own, other = in_turn(questions * rounds)
    table = Table("POST /api/v1/ask", "p50 ms", "p95 ms")
    for name, times in (("this checkout", own), (str(against), other)):
        table.add_row(name, f"{times.p50:.1f}", f"{times.p95:.1f}")
    table.add_row("ratio", f"{own.p50 / other.p50:.2f}", f"{own.p95 / other.p95:.2f}")
    Console(highlight=False).print(table)
    if own.p50 > most * other.p50:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
