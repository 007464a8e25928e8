"""Chooses how much of a sentence its quotes must mean, from the corpus alone.

Gold questions take no part, so that the choice says nothing about them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

from ccs_qa.corpus import Corpus
from ccs_qa.known import Hints
from ccs_qa.phrase.support import Support
from ccs_qa.records import LANGUAGES, SEARCHED_KINDS, Language, Passage, other
from ccs_qa.text import sentences
from eval.intervals import interval_text, wilson

# The stated cost: one unsupported sentence in a hundred passes this check by itself.
MOST_UNSUPPORTED = 0.01
# Hints of a passage and language that are measured; more say the same.
_HINTS = 4
# Fewer words mean little by themselves.
_LEAST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Pairs:
    """Supports of pairs of one kind.

    Attributes:
        name: The kind.
        held: Whether the passage says the sentence.
        values: The support of each pair.
    """

    name: str
    held: bool
    values: tuple[float, ...]

    def passing(self, floor: float) -> int:
        """Count the pairs at or above a floor.

        Args:
            floor: The floor.

        Returns:
            How many there are.
        """
        return sum(value >= floor for value in self.values)


def measure_pairs(corpus: Corpus, support: Support) -> tuple[Pairs, ...]:
    """Measure sentences of passages beside passages that say them and that do not.

    Args:
        corpus: The corpus.
        support: The measure.

    Returns:
        Sentences beside their own passage; beside its counterpart; hints, which are questions,
        beside the passage that answers them; sentences beside the other passages of the meeting
        in the same language, and in the other.
    """
    passages = [item for item in corpus.passages if item.kind in SEARCHED_KINDS]
    own: list[float] = []
    across: list[float] = []
    hinted: list[float] = []
    beside: list[float] = []
    beyond: list[float] = []
    for passage, language, sentence in _sentences(passages):
        own.append(support(sentence, [_text(passage, language)]))
        if _text(passage, other(language)):
            across.append(support(sentence, [_text(passage, other(language))]))
        for stranger in passages:
            if stranger.meeting == passage.meeting and stranger.id != passage.id:
                beside.append(support(sentence, [_text(stranger, language)]))
                beyond.append(support(sentence, [_text(stranger, other(language))]))
    for passage in passages:
        hints = corpus.known.hints.get(passage.id, Hints((), ()))
        asked = {"fr": hints.fr[:_HINTS], "en": hints.en[:_HINTS]}
        for language in LANGUAGES:
            hinted += [support(hint, [_text(passage, language)]) for hint in asked[language]]
    return (
        Pairs("own passage", held=True, values=tuple(own)),
        Pairs("its counterpart", held=True, values=tuple(across)),
        Pairs("hint, a question", held=True, values=tuple(hinted)),
        Pairs("other passage", held=False, values=tuple(beside)),
        Pairs("other passage, other language", held=False, values=tuple(beyond)),
    )


def _text(passage: Passage, language: Language) -> str:
    rendition = passage.renditions.get(language)
    return rendition.text if rendition else ""


def _sentences(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Language, str]]:
    for passage in passages:
        for language in LANGUAGES:
            for sentence in sentences(_text(passage, language)):
                if len(sentence.split()) >= _LEAST_WORDS:
                    yield passage, language, sentence


def choose_floor(pairs: Sequence[Pairs]) -> float:
    """Choose the floor at the stated cost.

    Args:
        pairs: What `measure_pairs` gives.

    Returns:
        The least support, to two digits, that all but the stated share of sentences beside
        another passage, in either language, stay below.
    """
    unheld = np.asarray([value for item in pairs if not item.held for value in item.values])
    return float(np.ceil(np.quantile(unheld, 1 - MOST_UNSUPPORTED) * 100) / 100)


def support_rows(pairs: Sequence[Pairs], floor: float) -> list[list[str]]:
    """Lay out how pairs of each kind stand to a floor.

    Args:
        pairs: What `measure_pairs` gives.
        floor: The floor.

    Returns:
        Rows, the first of titles; the area under the curve is that of the first kind that holds
        against each kind that does not.
    """
    own = pairs[0].values
    rows = [["a sentence beside", "pairs", "median", "lowest", "highest", "pass", "95 %", "area"]]
    for item in pairs:
        passing = item.passing(floor)
        bounds = wilson(passing, len(item.values))
        area = "" if item.held else f"{_area(own, item.values):.4f}"
        low, mid, high = np.quantile(item.values, (0, 0.5, 1))
        share = passing / len(item.values)
        rows.append(
            [
                item.name,
                str(len(item.values)),
                *(f"{value:.3f}" for value in (mid, low, high, share)),
                interval_text(*bounds, ".3f"),
                area,
            ]
        )
    return rows


def _area(held: Sequence[float], unheld: Sequence[float]) -> float:
    labels = [1] * len(held) + [0] * len(unheld)
    return float(roc_auc_score(labels, [*held, *unheld]))
