"""Measures how much of a text is meant by others, with the model that found them."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from ccs_qa.encoder.encoder import Encoder, Vectors, unit_rows

Support = Callable[[str, Sequence[str]], float]
_KEPT = 512


def embedding_support(encoder: Encoder) -> Support:
    """Measure by the mean over a text's tokens of the best cosine with a token of the others.

    This is the late interaction of the ranking (Khattab & Zaharia, 2020, arXiv:2004.12832) from
    the side of the text.

    Returns:
        A measure of a text and others, -1 to 1; -1 without others.
    """

    @lru_cache(maxsize=_KEPT)
    def rows(text: str) -> Vectors:
        return unit_rows(encoder.encode([text], "passage").tokens[0])

    def measure(text: str, others: Sequence[str]) -> float:
        if not others:
            return -1.0
        theirs = np.concatenate([rows(other) for other in others])
        return float((rows(text) @ theirs.T).max(axis=1).mean())

    return measure
