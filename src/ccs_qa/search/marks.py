"""The sentence of a long passage that comes nearest to a question.

Nothing is encoded for it: the index holds the token vectors of every passage, and the tokenizer
tells which of them stand in which sentence.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ccs_qa.encoder.encoder import Encoder, Vectors
from ccs_qa.index.search import SearchIndex
from ccs_qa.records import Language, Mark, Passage, Rendition
from ccs_qa.text.strings import sentences

Spans = tuple[tuple[int, int], ...]
# By how much, in mean cosine, a sentence comes nearer than the next to be marked. Of development
# questions whose key facts point at one sentence of the bullet, the mark is on that one for .65;
# from here on for .71, and three in four are marked. To encode each sentence gives .64.
_CLEAR = 0.02


class Marker:
    """Marks sentences; it may be used from several threads."""

    def __init__(self, encoder: Encoder, index: SearchIndex) -> None:
        """Bind the parts."""
        self._encoder = encoder
        self._index = index
        self._at = {name: at for at, name in enumerate(index.passages)}
        # By text: where its sentences stand, and to which of them each token belongs.
        self._read: dict[str, tuple[Spans, npt.NDArray[np.int64]]] = {}

    def mark(self, tokens: Vectors, passage: Passage) -> tuple[Mark, ...]:
        """Mark a passage.

        Args:
            tokens: (tokens, dimension) float32 of what was searched, as the encoder gives them.

        Returns:
            In each rendition of two sentences or more the one clearly nearest to the question, the
            same in both where they have as many; none where two come as near, or for a passage
            that is not in the index.
        """
        scored: dict[Language, tuple[Spans, Vectors]] = {}
        for rendition in passage.renditions.spoken:
            found = self._scores(tokens, passage, rendition)
            if found is not None:
                scored[rendition.language] = found
        if len({len(spans) for spans, _ in scored.values()}) == 1:
            total = np.mean([scores for _, scores in scored.values()], axis=0)
            scored = {name: (spans, total) for name, (spans, _) in scored.items()}
        return _best(scored)

    def _scores(
        self, tokens: Vectors, passage: Passage, rendition: Rendition
    ) -> tuple[Spans, Vectors] | None:
        """Score each sentence by late interaction; None where there is nothing to choose."""
        at = self._at.get(passage.id)
        if at is None:
            return None
        if rendition.text not in self._read:
            self._read[rendition.text] = self._sentences(rendition.text)
        spans, owners = self._read[rendition.text]
        if len(spans) < 2:
            return None
        cosines = self._index.plain(self._index.centre(tokens), at, rendition.language)
        # A text that was cut to fit the encoder's window has other tokens.
        if cosines.shape[1] != len(owners):
            return None
        best = [cosines[:, owners == place].max(axis=1, initial=-1) for place in range(len(spans))]
        return spans, np.asarray([cosine.mean() for cosine in best], np.float32)

    def _sentences(self, text: str) -> tuple[Spans, npt.NDArray[np.int64]]:
        spans: list[tuple[int, int]] = []
        for sentence in sentences(text):
            start = text.index(sentence, spans[-1][1] if spans else 0)
            spans.append((start, start + len(sentence)))
        ends = self._encoder.spans(text, "passage")[:, 1] if len(spans) > 1 else np.zeros(0)
        return tuple(spans), np.searchsorted([start for start, _ in spans], ends, side="left") - 1


def _best(scored: Mapping[Language, tuple[Spans, Vectors]]) -> tuple[Mark, ...]:
    found = []
    for language, (spans, scores) in scored.items():
        second, first = np.sort(scores)[-2:]
        if first - second >= _CLEAR:
            found.append(Mark(language, *spans[int(np.argmax(scores))]))
    return tuple(found)
