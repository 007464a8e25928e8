"""Pairs the lines of two renditions of one meeting.

A dynamic programme that keeps the order (Gale and Church, 1993) pairs lines one to one, two to one
and one to two, and leaves lines alone. What it costs to pair is how far apart in meaning they are,
set against lines taken elsewhere (Vecalign: Thompson and Koehn, 2019, doi:10.18653/v1/D19-1136).
A second look finds what the order hides: lines that stand elsewhere in the translation.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from ccs_qa.corpus.reader import Block, Role

Matrix = npt.NDArray[np.float64]
# Texts to vectors (texts, dimension) of unit length, alike for texts alike in meaning.
Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
# Distances (ours, theirs): 0 for the same, about 1 for two texts taken at random.
Distance = Callable[[Sequence[str], Sequence[str]], Matrix]
Places = tuple[int, ...]
Pair = tuple[Places, Places]

_STEPS = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2))
# Of what two lines may be one in the other language.
_LISTED: tuple[Role, ...] = ("objective_item", "statement")
_NEVER = 1e3
_NUMBER = re.compile(r"\d+")
# What a line costs that is paired with none: two that are paired cost twice as much at most. Of
# lines that nobody read, two of one role are paired whatever they cost.
_ALONE, _ALONE_UNREAD = 0.3, 0.85
# What pairs out of order save at least, and how far apart the lines of such a pair are at most.
_SAVED, _NEAR = 0.15, 0.5
# Two lines for one cost by how many lines they take the place of.
_TWO = 1.5
# Lines of a page that stand for any line of it.
_SAMPLE = 32
UNSURE = 0.5
# Fitted on sentences of news beside their translation and, without it, beside the next best: how
# much nearer than any other a pair is, and how near.
_BIAS, _LEAD, _NEARNESS = -11.3, 11.7, 16.1


@dataclass(frozen=True, slots=True)
class Link:
    """The places of lines and of their counterparts, one or two each, and how sure that is.

    Attributes:
        confidence: 0 to 1; None where nobody read the lines.
    """

    source: Places
    target: Places
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """What pairs cost, infinite where they may not be.

    Attributes:
        one: (ours, theirs) one line with one.
        ours: (ours - 1, theirs) a line and the next with one.
        theirs: (ours, theirs - 1) a line with one and the next.
        alone: A line with none.
    """

    one: Matrix
    ours: Matrix
    theirs: Matrix
    alone: float

    def of(self, pair: Pair) -> float:
        """Tell what a pair costs."""
        ours, theirs = pair
        table = self.ours if len(ours) == 2 else self.theirs if len(theirs) == 2 else self.one
        return float(table[ours[0], theirs[0]])


@dataclass(frozen=True, slots=True)
class Crossing:
    """Lines that stand in another order: two that exchanged places, or one that moved."""

    kind: Literal["swapped", "moved"]
    links: tuple[Link, ...]


def remembering(embed: Embed) -> Embed:
    """Read each text once."""
    known: dict[str, npt.NDArray[np.float32]] = {}

    def vectors(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, embed(new), strict=True))
        return np.stack([known[text] for text in texts])

    return vectors


def meaning_distance(embed: Embed, ours: Sequence[str], theirs: Sequence[str]) -> Distance:
    """Measure by meaning.

    Args:
        ours: Lines of the whole page, and `theirs`, those of its translation: a pair is near when
            it is nearer than either of it is to these.
    """
    vectors = remembering(embed)

    def sample(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        places = np.linspace(0, len(texts) - 1, min(_SAMPLE, len(texts))).astype(int)
        return vectors([texts[at] for at in places])

    def measure(mine: Sequence[str], others: Sequence[str]) -> Matrix:
        if not mine or not others:
            return np.zeros((len(mine), len(others)))
        left, right = vectors(mine), vectors(others)
        any_of_theirs, any_of_ours = sample(theirs), sample(ours)
        usual = (1 - left @ any_of_theirs.T).mean(axis=1, keepdims=True)
        usual = usual + (1 - any_of_ours @ right.T).mean(axis=0, keepdims=True)
        found: Matrix = 2 * (1 - left @ right.T) / np.maximum(usual, 1e-6)
        return found

    return measure


def align(
    source: Sequence[Block], target: Sequence[Block], distance: Distance | None = None
) -> tuple[Link, ...]:
    """Pair the lines of a meeting with those of its translation; some stay alone.

    Args:
        distance: None to pair by structure alone, without reading them.
    """
    if distance is None:
        return _by_structure(source, target)
    costs = _read(source, target, distance, together=False)
    found = best_path(_certain(source, target, costs))
    # Most translations keep the lines of their page: what two of them say together is read if not.
    if sum(len(a) + len(b) for a, b in found) < len(source) + len(target) or any(
        costs.of(pair) > _NEAR for pair in found
    ):
        costs = _read(source, target, distance, together=True)
        found = best_path(_certain(source, target, costs))
    pairs = _reordered(found, _certain(source, target, costs))
    return tuple(Link(*pair, _confidence(pair, costs)) for pair in sorted(pairs))


def _by_structure(source: Sequence[Block], target: Sequence[Block]) -> tuple[Link, ...]:
    # Translations keep the structure of their page; then position is surer than any score.
    if [block.role for block in source] == [block.role for block in target]:
        return tuple(Link((at,), (at,)) for at in range(len(source)))
    # A heading never translates a bullet, however alike they look.
    apart = np.asarray(
        [[1 - _alike(a, b) if a.role == b.role else np.inf for b in target] for a in source]
    ).reshape(len(source), len(target))
    return tuple(Link(a, b) for a, b in best_path(_singly(apart, _ALONE_UNREAD)))


def _alike(source: Block, target: Block) -> float:
    """Score how well two lines fit without reading them, 0 to 1."""
    short, long = sorted((len(source.text), len(target.text)))
    ours, theirs = (set(_NUMBER.findall(block.text)) for block in (source, target))
    numbers = len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0
    return 0.6 * short / long + 0.4 * numbers


def _singly(one: Matrix, alone: float) -> Costs:
    rows, columns = one.shape
    ours = np.full((max(rows - 1, 0), columns), np.inf)
    return Costs(one, ours, np.full((rows, max(columns - 1, 0)), np.inf), alone)


def _read(
    source: Sequence[Block], target: Sequence[Block], distance: Distance, *, together: bool
) -> Costs:
    """Measure how far apart lines are, and where asked those of two lines taken together."""
    ours, theirs = ([block.text for block in side] for side in (source, target))
    roles, others = (np.asarray([block.role for block in side], str) for side in (source, target))
    same = roles[:, None] == others
    apart = np.where(same, distance(ours, theirs), np.inf)
    costs = _singly(apart, _ALONE)
    if not together:
        return costs
    listed = same & np.isin(roles, _LISTED)[:, None]
    two_ours, two_theirs = distance(_joined(ours), theirs), distance(ours, _joined(theirs))
    # Both have their part in it only if they are nearer together than either of them alone.
    next_ours = listed[:-1] & listed[1:] & (two_ours < np.minimum(apart[:-1], apart[1:]))
    next_theirs = (
        listed[:, :-1] & listed[:, 1:] & (two_theirs < np.minimum(apart[:, :-1], apart[:, 1:]))
    )
    return replace(
        costs,
        ours=np.where(next_ours, _TWO * two_ours, np.inf),
        theirs=np.where(next_theirs, _TWO * two_theirs, np.inf),
    )


def _certain(source: Sequence[Block], target: Sequence[Block], costs: Costs) -> Costs:
    """Let a title be the title, however freely it was translated."""
    roles, others = (
        [block.role if block.role not in _LISTED else "" for block in side]
        for side in (source, target)
    )
    once = [role for role in set(roles) if role and roles.count(role) == others.count(role) == 1]
    one = costs.one.copy()
    for role in once:
        at = roles.index(role), others.index(role)
        one[at] = min(one[at], _NEAR)
    return replace(costs, one=one)


def _joined(texts: Sequence[str]) -> list[str]:
    return [f"{one} {two}" for one, two in pairwise(texts)]


def best_path(costs: Costs) -> tuple[Pair, ...]:
    """Find the pairs that cost least together, in order in both languages."""
    rows, columns = costs.one.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0
    steps: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows + 1):
        for column in range(columns + 1):
            for step in _STEPS:
                before = row - step[0], column - step[1]
                if min(before) < 0:
                    continue
                cost = costs.alone if 0 in step else costs.of(_lines(before, step))
                if total[before] + cost < total[row, column]:
                    total[row, column] = total[before] + cost
                    steps[row, column] = step
    found: list[Pair] = []
    at = rows, columns
    while at in steps:
        step = steps[at]
        at = at[0] - step[0], at[1] - step[1]
        if 0 not in step:
            found.append(_lines(at, step))
    return tuple(reversed(found))


def _lines(start: tuple[int, int], step: tuple[int, int]) -> Pair:
    ours, theirs = (tuple(range(at, at + n)) for at, n in zip(start, step, strict=True))
    return ours, theirs


def _reordered(pairs: Sequence[Pair], costs: Costs) -> list[Pair]:
    """Pair lines out of order where that is clearly better than what order allows.

    Where the pairs that cost least in any order differ, lines hang together: each such knot is
    taken whole, or left as it is.
    """
    rows, columns = costs.one.shape
    kept = {pair for pair in pairs if max(map(len, pair)) == 1}
    paired = np.zeros(costs.one.shape, bool)
    for (row,), (column,) in kept:
        paired[row, column] = True
    # Nobody is paired far from where they stand for being a little nearer than to anyone else.
    free = np.where(paired | (costs.one <= _NEAR), costs.one, _NEVER)
    whole = np.full((rows + columns, rows + columns), _NEVER)
    whole[:rows, :columns] = free
    whole[:rows, columns:][np.diag_indices(rows)] = costs.alone
    whole[rows:, :columns][np.diag_indices(columns)] = costs.alone
    whole[rows:, columns:] = 0
    found = [
        ((int(row),), (int(column),))
        for row, column in zip(*linear_sum_assignment(whole), strict=True)
        if row < rows and column < columns
    ]
    knots = _knots((*pairs, *found), rows, columns)
    chosen: list[Pair] = []
    for knot in range(knots.max(initial=-1) + 1):
        ordered, any_order = (
            [pair for pair in side if knots[pair[0][0]] == knot] for side in (pairs, found)
        )
        lines = int((knots == knot).sum())
        saved = _cost(ordered, costs, lines) - _cost(any_order, costs, lines)
        chosen += any_order if saved > _SAVED else ordered
    return chosen


def _knots(pairs: Sequence[Pair], rows: int, columns: int) -> npt.NDArray[np.int32]:
    """Number the lines, ours and then theirs, so that those have one number that pairs join."""
    joined = np.zeros((rows + columns, rows + columns), bool)
    for ours, theirs in pairs:
        for line in (*ours[1:], *(rows + at for at in theirs)):
            joined[ours[0], line] = True
    numbers: npt.NDArray[np.int32] = connected_components(joined, directed=False)[1]
    return numbers


def _cost(pairs: Sequence[Pair], costs: Costs, lines: int) -> float:
    paired = sum(len(side) for pair in pairs for side in pair)
    return sum(map(costs.of, pairs)) + costs.alone * (lines - paired)


def _confidence(pair: Pair, costs: Costs) -> float:
    """Tell how sure a pair is: how near its lines are, and how much nearer than any others."""
    (ours, theirs), size = pair, max(map(len, pair))
    apart = costs.of(pair) / (_TWO if size == 2 else 1)
    rivals = np.concatenate(
        [
            np.delete(costs.one[list(ours)], theirs, 1),
            np.delete(costs.one[:, list(theirs)], ours, 0).T,
        ],
        axis=None,
    )
    lead = min(float(rivals.min(initial=1.0)), 1.0) - apart
    return float(expit(_BIAS + _LEAD * lead + _NEARNESS * (1 - apart)))


def alone(links: Sequence[Link], ours: int, theirs: int) -> tuple[list[int], list[int]]:
    """List the places, of so many lines on each side, that no link takes."""
    left = {at for link in links for at in link.source}
    right = {at for link in links for at in link.target}
    return sorted({*range(ours)} - left), sorted({*range(theirs)} - right)


def crossings(links: Sequence[Link]) -> Iterator[Crossing]:
    """Name the lines that stand in another order in the translation, as few as explain it."""
    ordered = sorted(links, key=lambda link: link.source)
    ranks = np.argsort(np.argsort([link.target[0] for link in ordered])).tolist()
    swapped = {at for at, rank in enumerate(ranks) if at != rank and ranks[rank] == at}
    for at in sorted(swapped):
        if at < ranks[at]:
            yield Crossing("swapped", (ordered[at], ordered[ranks[at]]))
    rest = [at for at in range(len(ordered)) if at not in swapped]
    kept = _longest_rise([ranks[at] for at in rest])
    for place, at in enumerate(rest):
        if place not in kept:
            yield Crossing("moved", (ordered[at],))


def _longest_rise(values: Sequence[int]) -> set[int]:
    """Give the places of the longest rising part of a sequence."""
    # The longest that ends at each place; the first is that of none.
    best: list[tuple[int, ...]] = [()]
    for at, value in enumerate(values):
        before = [chain for chain in best if not chain or values[chain[-1]] < value]
        best.append((*max(before, key=len), at))
    longest = max(best, key=len)
    return set(longest)
