"""Measures the pairing of French and English lines, on pages that were disturbed on purpose.

What was done to a page is known, so that nobody has to read it: the pairs, and which lines stand
elsewhere. Beside it stands pairing by length alone (Gale and Church, 1993), with its own figures.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np
from scipy.stats import norm

from ccs_qa.corpus.alignment import (
    Costs,
    Distance,
    Embed,
    Matrix,
    Pair,
    Places,
    align,
    best_path,
    crossings,
    meaning_distance,
)
from ccs_qa.corpus.merge import lines_of
from ccs_qa.corpus.reader import Block, Page
from eval.report import Table

_SEED = 19
_DISTURBED = ("statement", "objective_item")
# Of those that may be, so many lines are taken out, joined with the next, or exchanged.
_SHARE = 0.15
# Gale and Church (1993): how often one line is one, two or none, and the variance of lengths.
_ONE, _TWO, _NONE, _VARIANCE = 0.89, 0.089 / 2, 0.0099 / 2, 6.8


@dataclass(frozen=True, slots=True)
class Side:
    """A meeting in one language: its lines, and which of the undisturbed ones each holds."""

    lines: tuple[Block, ...]
    holds: tuple[Places, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A meeting disturbed, and the undisturbed places of lines that exchanged theirs."""

    source: Side
    target: Side
    exchanged: tuple[frozenset[int], ...] = ()


# What was found of what there is: pairs `found`, of those `true`, that are whole and `right`; of
# lines `exchanged`, those `named`, and what was `invented` besides.
Score = Counter[str]


def shares(score: Score) -> tuple[float, float, float]:
    """Tell precision, recall and the harmonic mean of both."""
    right, found, true = score["right"], score["found"], score["true"]
    return right / max(1, found), right / max(1, true), 2 * right / max(1, found + true)


Change = Callable[[Side, np.random.Generator], Side]


def remembered(embed: Embed) -> Embed:
    """Encode no text twice: disturbed pages repeat each other."""
    known: dict[str, np.ndarray] = {}

    def read(texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, embed(new), strict=True) if new else ())
        return np.stack([known[text] for text in texts])

    return read


def plain(lines: Sequence[Block]) -> Side:
    """Take lines as they are."""
    return Side(tuple(lines), tuple((at,) for at in range(len(lines))))


def _runs(side: Side) -> list[list[int]]:
    """List the places of lists: lines that follow each other and may be disturbed."""
    roles = [line.role for line in side.lines]
    runs = groupby(range(len(roles)), key=roles.__getitem__)
    return [list(run) for role, run in runs if role in _DISTURBED]


def _taken(side: Side, order: Sequence[int]) -> Side:
    return Side(tuple(side.lines[at] for at in order), tuple(side.holds[at] for at in order))


def gapped(side: Side, rng: np.random.Generator) -> Side:
    """Take out some lines, of no list all."""
    gone = {at for run in _runs(side) for at in run[1:] if rng.random() < _SHARE}
    return _taken(side, [at for at in range(len(side.lines)) if at not in gone])


def merged(side: Side, rng: np.random.Generator) -> Side:
    """Join some lines with the next."""
    lines, holds = list(side.lines), list(side.holds)
    for run in reversed(_runs(side)):
        at = run[-1] - 1
        while at >= run[0]:
            if rng.random() < _SHARE:
                text = f"{lines[at].text} {lines[at + 1].text}"
                lines[at : at + 2] = [replace(lines[at], text=text)]
                holds[at : at + 2] = [holds[at] + holds[at + 1]]
                at -= 1
            at -= 1
    return Side(tuple(lines), tuple(holds))


def shuffled(side: Side, rng: np.random.Generator) -> Side:
    """Put the lines of each list in any order."""
    order = np.arange(len(side.lines))
    for run in _runs(side):
        order[run] = rng.permutation(run)
    return _taken(side, order.tolist())


def swapped(side: Side, rng: np.random.Generator) -> tuple[Side, tuple[frozenset[int], ...]]:
    """Exchange two lines in each list that has two, near each other or not."""
    order, pairs = list(range(len(side.lines))), []
    for run in _runs(side):
        if len(run) > 1:
            one, two = sorted(rng.choice(run, 2, replace=False).tolist())
            order[one], order[two] = order[two], order[one]
            pairs.append(frozenset({one, two}))
    return _taken(side, order), tuple(pairs)


def _both(
    source: Side, target: Side, rng: np.random.Generator, changes: Sequence[Change] = ()
) -> Case:
    """Disturb now one language, now the other: no pair is of more than two lines for one."""
    for change in changes:
        if rng.random() < 0.5:
            source = change(source, rng)
        else:
            target = change(target, rng)
    return Case(source, target)


VARIANTS: dict[str, Callable[[Side, Side, np.random.Generator], Case]] = {
    "as published": _both,
    "shuffled": partial(_both, changes=[shuffled]),
    "merged": partial(_both, changes=[merged]),
    "gapped": partial(_both, changes=[gapped]),
    "swapped": lambda ours, theirs, rng: Case(ours, *swapped(theirs, rng)),
    # In this order: what is joined stood together.
    "merged and gapped": partial(_both, changes=[merged, gapped]),
}


def truth(case: Case) -> set[Pair]:
    """List the pairs that there are: all the lines that hold the same."""

    def holding(side: Side, held: Places) -> Places:
        return tuple(at for at, holds in enumerate(side.holds) if set(holds) & set(held))

    found = set()
    for held in case.source.holds:
        theirs = holding(case.target, held)
        if theirs:
            found.add((holding(case.source, case.target.holds[theirs[0]]), theirs))
    return found


def by_length(source: Sequence[Block], target: Sequence[Block]) -> set[Pair]:
    """Pair by length alone, as Gale and Church did, but that a heading is no line of a list."""
    lengths = [np.asarray([len(line.text) for line in side], float) for side in (source, target)]
    ratio = max(lengths[1].sum(), 1) / max(lengths[0].sum(), 1)
    same = np.asarray([[a.role == b.role for b in target] for a in source])
    same = same.reshape(len(source), len(target))

    def cost(ours: Matrix, theirs: Matrix, often: float) -> Matrix:
        middle = (ours[:, None] + theirs / ratio) / 2
        apart = (theirs - ours[:, None] * ratio) / np.sqrt(np.maximum(middle, 1) * _VARIANCE)
        found: Matrix = -norm.logsf(np.abs(apart)) - np.log(2 * often)
        return found

    ours, theirs = lengths
    both = ours[:-1] + ours[1:], theirs[:-1] + theirs[1:]
    costs = Costs(
        np.where(same, cost(ours, theirs, _ONE), np.inf),
        np.where(same[:-1] & same[1:], cost(both[0], theirs, _TWO), np.inf),
        np.where(same[:, :-1] & same[:, 1:], cost(ours, both[1], _TWO), np.inf),
        float(-np.log(_NONE)),
    )
    return set(best_path(costs))


def score_case(case: Case, distance: Distance | None) -> Score:
    """Pair a disturbed meeting and compare; by length alone where there is no distance."""
    source, target = case.source.lines, case.target.lines
    links = align(source, target, distance) if distance else ()
    pairs = (
        {(link.source, link.target) for link in links} if distance else by_length(source, target)
    )
    listed = {at for at, line in enumerate(source) if line.role in _DISTURBED}
    found, true = ({pair for pair in side if pair[0][0] in listed} for side in (pairs, truth(case)))
    named = [
        frozenset(
            at for link in crossing.links for line in link.source for at in case.source.holds[line]
        )
        for crossing in crossings(links)
    ]
    return Score(
        found=len(found),
        true=len(true),
        right=len(found & true),
        exchanged=len(case.exchanged),
        named=sum(pair in named for pair in case.exchanged),
        invented=sum(not any(lines & pair for pair in case.exchanged) for lines in named),
    )


def score_pages(ours: Page, theirs: Page, embed: Embed, repeats: int) -> dict[str, list[Score]]:
    """Disturb our own pages in every way.

    Returns:
        By variant, the score by meaning and that by length.
    """
    sides = [[line.text for line in page.blocks] for page in (ours, theirs)]
    distance = meaning_distance(embed, *sides)
    meetings = [
        (plain(lines_of(one)), plain(lines_of(two)))
        for one, two in zip(ours.meetings, theirs.meetings, strict=True)
    ]
    return {
        name: _score([change(*pair, rng) for pair in meetings * repeats], distance)
        for name, change in VARIANTS.items()
        for rng in [np.random.default_rng(_SEED)]
    }


def _score(cases: Sequence[Case], distance: Distance) -> list[Score]:
    return [
        sum((score_case(case, measure) for case in cases), Score()) for measure in (distance, None)
    ]


def read_bitext(folder: Path) -> Iterator[tuple[Side, Side]]:
    """Read the texts of a BEIR-like bitext, each French and English, a line a sentence."""
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    for _, texts in groupby(rows, key=lambda row: row["doc"]):
        sides: dict[str, list[Block]] = {"fr": [], "en": []}
        for row in texts:
            sides[row["lang"]].append(Block("statement", 1, 0, len(row["text"]), row["text"]))
        yield plain(sides["fr"]), plain(sides["en"])


def score_bitext(texts: Sequence[tuple[Side, Side]], embed: Embed) -> dict[str, list[Score]]:
    """Disturb texts that are not ours: lines taken out of one language, joined in one."""
    whole = [[line.text for pair in texts for line in pair[at].lines] for at in (0, 1)]
    distance, rng = meaning_distance(embed, *whole), np.random.default_rng(_SEED)
    return {
        name: _score([VARIANTS[name](*pair, rng) for pair in texts], distance)
        for name in ("as published", "merged and gapped")
    }


def scores_table(title: str, scores: dict[str, list[Score]]) -> Table:
    """Tabulate how well lines are paired."""
    rows = [["variant", "by", "pairs", "precision", "recall", "F1", "swaps named", "invented"]]
    for name, found in scores.items():
        for way, score in zip(("meaning", "length"), found, strict=True):
            named = f"{score['named']}/{score['exchanged']}" if score["exchanged"] else ""
            # Whatever is told of lines in any order is so.
            invented = "" if name == "shuffled" else str(score["invented"])
            told = [named, invented] if way == "meaning" else ["", ""]
            figures = (f"{share:.3f}" for share in shares(score))
            rows.append([name, way, str(score["true"]), *figures, *told])
    return Table(title, rows)
