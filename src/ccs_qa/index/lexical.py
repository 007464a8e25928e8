"""BM25 in each language (bm25s, Lù 2024, arXiv:2407.03618), on folded Snowball stems."""

from collections.abc import Sequence
from functools import cache
from itertools import chain
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer
from bm25s.tokenization import Tokenized

from ccs_qa.records import Language
from ccs_qa.text.strings import STOP_WORDS, words

_SNOWBALL = {"fr": "french", "en": "english"}


@cache
def _stemmer(language: Language) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL[language])


def stems(tokens: Sequence[str], language: Language) -> list[str]:
    """Stem folded words."""
    return [str(stem) for stem in _stemmer(language).stemWords(list(tokens))]


def terms(text: str, language: Language) -> list[str]:
    """List the folded stems of a text without stop words, or with them where all are."""
    tokens = words(text)
    content = [token for token in tokens if token not in STOP_WORDS[language]] or tokens
    return stems(content, language)


class LexicalIndex:
    """BM25 scores of every passage for a question, in one language."""

    def __init__(self, retriever: bm25s.BM25, language: Language, size: int) -> None:
        """Take over a filled retriever; use `build` or `load`."""
        self._retriever = retriever
        self.language = language
        self.size = size

    @classmethod
    def build(cls, texts: Sequence[str], language: Language) -> "LexicalIndex":
        """Index texts."""
        retriever = bm25s.BM25()
        found = [terms(text, language) or [""] for text in texts]
        # In order: a set of words comes otherwise each time, and two builds should be alike.
        known = {term: at for at, term in enumerate(sorted({*chain(*found)}))}
        ids = [[known[term] for term in text] for text in found]
        retriever.index(Tokenized(ids, known), show_progress=False)
        return cls(retriever, language, len(texts))

    @classmethod
    def load(cls, folder: Path, language: Language, size: int) -> "LexicalIndex":
        """Read an index that `save` wrote."""
        return cls(bm25s.BM25.load(str(folder)), language, size)

    def save(self, folder: Path) -> None:
        """Write the index."""
        self._retriever.save(str(folder), show_progress=False)

    def strange(self, question: str) -> float:
        """Tell which share of a question's terms, 0 to 1, is not in the index."""
        asked = terms(question, self.language)
        known = sum(term in self._retriever.vocab_dict for term in asked)
        return 1 - known / len(asked) if asked else 1.0

    def scores(self, question: str) -> npt.NDArray[np.float32]:
        """Score every passage, (passages,) float32, 0 where no term is shared."""
        known = [
            term for term in terms(question, self.language) if term in self._retriever.vocab_dict
        ]
        if not known:
            return np.zeros(self.size, np.float32)
        return np.asarray(self._retriever.get_scores(known), np.float32)
