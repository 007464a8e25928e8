"""Judges whether the passages found answer the question.

A logistic regression over the scores of every leg and two plain observations about the
question. Its weights lie in `judge.json`, written by `python -m eval calibrate` from the
development gold set.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from ccs_qa.records import AnswerStatus, Hit, Query
from ccs_qa.text import fold, words

FEATURES = (
    "late",
    "hint",
    "dense",
    "lexical",
    "lead",
    "agreement",
    "asks_figure",
    "asks_person",
    "strange_year",
)
_FIGURE = re.compile(
    r"\b(?:combien|how (?:many|much|long|often)|percent\w*|pourcentage|salaire|salary|wage"
    r"|cout|coute|cost|budget|montant|amount|vote|votes|vote[sr]?|average|moyen(?:ne)?)\b"
)
_PERSON = re.compile(
    r"\b(?:who (?:is|was|chair\w*|led|leads|said|won)|whose name|qui (?:est|etait|preside\w*|a dit)"
    r"|name of|names of|nom d\w*|email\w*|courriel\w*|adresse\w*|address\w*|phone number"
    r"|numero de telephone)\b"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says.

    Attributes:
        status: Whether the passages answer.
        confidence: Calibrated probability that they do, 0 to 1.
    """

    status: AnswerStatus
    confidence: float


@dataclass(frozen=True, slots=True)
class Judge:
    """A fitted judge.

    Attributes:
        weights: Weight of each of `FEATURES`.
        bias: Constant term.
        answered: Least probability for `answered`.
        related: Least probability for `related`.
    """

    weights: tuple[float, ...]
    bias: float
    answered: float
    related: float

    def probability(self, values: Sequence[float]) -> float:
        """Estimate how likely the passages answer.

        Args:
            values: The features, in the order of `FEATURES`.

        Returns:
            0 to 1.
        """
        score = self.bias + sum(
            weight * value for weight, value in zip(self.weights, values, strict=True)
        )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    def decide(self, query: Query, hits: Sequence[Hit], years: frozenset[int]) -> Verdict:
        """Judge a ranking.

        Args:
            query: What was understood.
            hits: The passages found, best first.
            years: Years in which meetings were held.

        Returns:
            The verdict; `not_found` when nothing was found.
        """
        if not hits:
            return Verdict("not_found", 0.0)
        probability = self.probability(features(query, hits, years))
        if probability >= self.answered:
            return Verdict("answered", probability)
        return Verdict("related" if probability >= self.related else "not_found", probability)


def features(query: Query, hits: Sequence[Hit], years: frozenset[int]) -> tuple[float, ...]:
    """Describe a ranking in numbers.

    Args:
        query: What was understood.
        hits: The passages found, best first, at least one.
        years: Years in which meetings were held.

    Returns:
        One value for each of `FEATURES`: best score of each leg (BM25 per question word),
        lead of the first passage over the fifth, share of legs that put the first passage
        first, and whether the question asks for a figure or a person that the first three
        passages do not show, or for a year without meetings.
    """
    legs = {
        name: [hit.reasons.get(name, 0.0) for hit in hits]
        for name in ("late", "hint", "dense", "lexical")
    }
    folded = fold(query.standalone)
    shown = " ".join(
        rendition.text
        for hit in hits[:3]
        for rendition in (hit.passage.renditions.fr, hit.passage.renditions.en)
        if rendition is not None
    )
    asked_years = {int(year) for year in _YEAR.findall(folded)}
    return (
        max(legs["late"]),
        max(legs["hint"]),
        max(legs["dense"]),
        max(legs["lexical"]) / math.sqrt(max(1, len(words(query.standalone)))),
        hits[0].score - hits[min(4, len(hits) - 1)].score,
        sum(scores[0] >= max(scores) for scores in legs.values()) / len(legs),
        float(bool(_FIGURE.search(folded)) and not _DIGIT.search(shown)),
        float(bool(_PERSON.search(folded))),
        float(bool(asked_years) and not asked_years & years),
    )


def load_judge() -> Judge:
    """Read the fitted judge that ships with the package.

    Returns:
        The judge.
    """
    stored = json.loads((resources.files("ccs_qa.answer") / "judge.json").read_text("utf-8"))
    return Judge(
        weights=tuple(stored["weights"][name] for name in FEATURES),
        bias=stored["bias"],
        answered=stored["answered"],
        related=stored["related"],
    )
