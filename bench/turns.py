"""Parts that take turns within one run, their ratios and the tables of them."""

import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bench.http import Server
from eval.metrics import Estimate, mean_of

# What is measured, and how many ask it at once.
Part = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a part did in one turn: answers a second, and the milliseconds of each."""

    rate: float
    spent: Sequence[float]

    def after(self, percent: int) -> float:
        """Milliseconds after which so many of 100 answers were there."""
        return float(np.percentile(self.spent, percent))


Ask = Callable[[Sequence[str]], Turn]
Turns = Mapping[Part, Sequence[Turn]]


class Promise(NamedTuple):
    """A ratio of two parts, turn by turn, and the least or the most that it may be."""

    name: str
    above: Part
    below: Part
    measure: Callable[[Turn], float]
    least: float = 0.0
    most: float = float("inf")

    def ratio(self, turns: Turns) -> Estimate:
        """Average the ratio over the turns."""
        pairs = zip(turns[self.above], turns[self.below], strict=True)
        return mean_of([self.measure(one) / self.measure(other) for one, other in pairs])

    def kept(self, turns: Turns) -> bool:
        """Tell whether it is kept, on average."""
        return self.least <= self.ratio(turns).mean <= self.most


def in_parallel(act: Callable[[int, str], object], questions: Sequence[str], workers: int) -> Turn:
    """Share questions among workers, each of which is told its number."""

    def work(number: int) -> list[float]:
        spent = []
        for question in questions[number::workers]:
            start = time.perf_counter()
            act(number, question)
            spent.append((time.perf_counter() - start) * 1000)
        return spent

    start = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        spent = list(itertools.chain(*pool.map(work, range(workers))))
    return Turn(len(spent) / (time.perf_counter() - start), spent)


def take_turns(parts: Mapping[Part, Ask], questions: Sequence[str], rounds: int) -> Turns:
    """Have every part answer in every round, after one that is not counted."""
    turns: dict[Part, list[Turn]] = {name: [] for name in parts}
    for count in range(rounds + 1):
        for name, ask in parts.items():
            turn = ask(questions)
            if count:  # what is done once is not what is measured
                turns[name].append(turn)
    return turns


def tables(turns: Turns, promises: Iterable[Promise], servers: Mapping[str, Server]) -> str:
    """Write the figures as tables of Markdown."""
    lines = ["| part | at once | answers a second | p50 ms | p95 ms |", "|---|---|---|---|---|"]
    for (name, at_once), each in turns.items():
        rate = np.median([turn.rate for turn in each])
        whole = Turn(0, [value for turn in each for value in turn.spent])
        times = f"{whole.after(50):.1f} | {whole.after(95):.1f}"
        lines.append(f"| {name} | {at_once} | {rate:.0f} | {times} |")
    lines += ["", "| ratio | mean of the turns, 95 % | promised |", "|---|---|---|"]
    for promise in promises:
        bound = f"at least {promise.least}" if promise.least else f"at most {promise.most}"
        lines.append(f"| {promise.name} | {promise.ratio(turns).text('.2f')} | {bound} |")
    lines += ["", "| service | seconds to ready | MB at rest |", "|---|---|---|"]
    lines += [f"| {name} | {x.seconds:.1f} | {x.megabytes:.0f} |" for name, x in servers.items()]
    return "\n".join(lines)
