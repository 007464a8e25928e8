"""Measures how much of a sentence is meant by its quotes, with the model that found them."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np

from ccs_qa.encoder.encoder import Encoder, Vectors, unit_rows

Support = Callable[[str, Sequence[str]], float]
# Above 99 of 100 pairs of a sentence and a passage of the same meeting that does not say it, and
# below every sentence beside its own passage: `python -m eval support`, from the corpus alone.
FLOOR = 0.79
_KEPT = 512


class EncoderSupport:
    """The mean over the tokens of a sentence of the best cosine with a token of its quotes.

    This is the late interaction of the ranking (Khattab & Zaharia, 2020, arXiv:2004.12832) from
    the sentence's side. It may be called from several threads.
    """

    def __init__(self, encoder: Encoder) -> None:
        """Take the model."""
        self._encoder = encoder
        self._seen: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def __call__(self, sentence: str, quotes: Sequence[str]) -> float:
        """Measure a sentence, -1 to 1; -1 without quotes."""
        if not quotes:
            return -1.0
        mine = self._known(sentence)
        theirs = np.concatenate([self._known(quote) for quote in quotes])
        return float((mine @ theirs.T).max(axis=1).mean())

    def _encode(self, text: str) -> Vectors:
        return unit_rows(self._encoder.encode([text], "passage").tokens[0])

    def _known(self, text: str) -> Vectors:
        with self._lock:
            if text in self._seen:
                self._seen.move_to_end(text)
                return self._seen[text]
        vectors = self._encode(text)
        with self._lock:
            self._seen[text] = vectors
            while len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
        return vectors


def embedding_support(encoder: Encoder) -> Support:
    """Measure support with a model."""
    return EncoderSupport(encoder)
