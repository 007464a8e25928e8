"""Pairs the lines of two renditions of one meeting.

Equal structures pair by position. Others are aligned by the order-keeping dynamic
programme of Gale and Church (1993), here on role, length and shared numbers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccs_qa.corpus.reader import Block

_NUMBER = re.compile(r"\d+")
_SKIP = -0.35


@dataclass(frozen=True, slots=True)
class Pair:
    """The positions of a line and its counterpart, and how sure that is, 0 to 1."""

    source: int
    target: int
    confidence: float


def pair_score(source: Block, target: Block) -> float:
    """Score how well two lines fit without reading them, 0 to 1; 0 when their roles differ."""
    # A heading never translates a bullet, however alike they look.
    if source.role != target.role:
        return 0.0
    short, long = sorted((len(source.text), len(target.text)))
    length = short / long
    ours, theirs = (set(_NUMBER.findall(block.text)) for block in (source, target))
    numbers = len(ours & theirs) / len(ours | theirs) if ours | theirs else 1.0
    return 0.6 * length + 0.4 * numbers


def align(source: Sequence[Block], target: Sequence[Block]) -> tuple[Pair, ...]:
    """Pair the lines of a meeting with those of its translation, in order; some stay alone."""
    # Translations keep the structure of their page; then position is surer than any score.
    if [block.role for block in source] == [block.role for block in target]:
        return tuple(Pair(at, at, 1.0) for at in range(len(source)))
    scores = np.asarray([[pair_score(a, b) for b in target] for a in source], np.float32)
    return _best_path(scores.reshape(len(source), len(target)))


def _best_path(scores: npt.NDArray[np.float32]) -> tuple[Pair, ...]:
    rows, columns = scores.shape
    total = np.zeros((rows + 1, columns + 1))
    total[:, 0] = np.arange(rows + 1) * _SKIP
    total[0, :] = np.arange(columns + 1) * _SKIP
    # Far below two lines left alone: lines of different roles never pair.
    gain = np.where(scores > 0, scores, -10.0)
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            total[row, column] = max(
                total[row - 1, column - 1] + gain[row - 1, column - 1],
                total[row - 1, column] + _SKIP,
                total[row, column - 1] + _SKIP,
            )
    pairs: list[Pair] = []
    row, column = rows, columns
    while row or column:
        here = total[row, column]
        if row and column and here == total[row - 1, column - 1] + gain[row - 1, column - 1]:
            row, column = row - 1, column - 1
            pairs.append(Pair(row, column, float(scores[row, column])))
        elif row and (not column or here == total[row - 1, column] + _SKIP):
            row -= 1
        else:
            column -= 1
    return tuple(reversed(pairs))
