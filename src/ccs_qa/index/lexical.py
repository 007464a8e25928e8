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
from ccs_qa.text.strings import words

_SNOWBALL = {"fr": "french", "en": "english"}
# Words that carry no topic, in folded form.
_STOP: dict[Language, frozenset[str]] = {
    "fr": frozenset(
        """
        a ai ainsi alors as au aucun aussi aux avec avoir c ca ce cela celle celles celui ces cet
        cette ceux chez ci comme comment d dans de des dont du elle elles en entre es est et ete
        etre eu fait faire faut il ils j je l la le les leur leurs lors lui m ma mais me meme mes
        moi mon n ne ni nos notre nous on ont ou par pas pour pourquoi qu quand que quel quelle
        quelles quels qui quoi s sa sans se ses si son sont sous sur t ta te tes toi ton tu un
        une vos votre vous y
        """.split()
    ),
    "en": frozenset(
        """
        a about all also am an and any are as at be been being but by can could d did do does
        doing for from had has have having he her here him his how i if in into is it its just
        ll m me more my no not of on or our out over own re s she should so some such t than that
        the their them then there these they this those through to too under up us ve very was we
        were what when where which while who whom why will with would you your
        """.split()
    ),
}


@cache
def _stemmer(language: Language) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SNOWBALL[language])


def stop_words(language: Language) -> frozenset[str]:
    """Return the words that carry no topic in a language."""
    return _STOP[language]


# Those of either language.
STOPS = stop_words("fr") | stop_words("en")


def stems(tokens: Sequence[str], language: Language) -> list[str]:
    """Stem folded words."""
    return [str(stem) for stem in _stemmer(language).stemWords(list(tokens))]


def terms(text: str, language: Language) -> list[str]:
    """List the folded stems of a text without stop words, or with them where all are."""
    tokens = words(text)
    content = [token for token in tokens if token not in _STOP[language]] or tokens
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
