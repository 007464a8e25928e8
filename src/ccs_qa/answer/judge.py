"""Judges whether the passages found answer the question.

A logistic regression over what the ranking shows (scores of every leg, how well the first
passages cover the question's tokens, words that the corpus does not know), over whether the
known questions nearest to it have an answer, and over what it expects that summaries do not
hold. Its weights lie in `judge.json`, written by
`python -m eval calibrate` from the development gold set.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from ccs_qa.answer.expectations import EXPECTATIONS, adrift, expectations, strangers
from ccs_qa.records import AnswerStatus, Grasp, Hit, Query
from ccs_qa.text import words

FEATURES = (
    "late",
    "hint",
    "dense",
    "lexical",
    "lead",
    "agreement",
    "least_covered",
    "poorly_covered",
    "strange",
    "precedent",
    "few_words",
    "scoped",
    *EXPECTATIONS,
    "adrift",
    "strangers",
)
_POOREST = 3
_FEW = 2


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
        known: Folded words of the corpus and its hints.
    """

    weights: tuple[float, ...]
    bias: float
    answered: float
    related: float
    known: frozenset[str]

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

    def decide(self, query: Query, hits: Sequence[Hit], grasp: Grasp) -> Verdict:
        """Judge a ranking.

        Args:
            query: What was understood.
            hits: The passages found, best first.
            grasp: How well they cover the question.

        Returns:
            The verdict; `not_found` when nothing was found.
        """
        if not hits:
            return Verdict("not_found", 0.0)
        probability = self.probability(features(query, hits, grasp, self.known))
        if probability >= self.answered:
            return Verdict("answered", probability)
        return Verdict("related" if probability >= self.related else "not_found", probability)


def features(
    query: Query, hits: Sequence[Hit], grasp: Grasp, known: frozenset[str]
) -> tuple[float, ...]:
    """Describe a question and its ranking in numbers.

    Args:
        query: What was understood.
        hits: The passages found, best first, at least one.
        grasp: How well they cover the question.
        known: Folded words of the corpus and its hints.

    Returns:
        One value for each of `FEATURES`: scores of the first passage by leg (BM25 by root of
        the number of words), lead over the fifth, share of legs that put it first, lowest and
        mean of the three lowest token cosines, share of unknown terms, share of answered ones
        among the nearest known questions, whether there are two words at most, whether it
        names meetings or dates, the expectations, whether it points at nothing, and unknown names.
    """
    legs = {
        name: [hit.reasons.get(name, 0.0) for hit in hits]
        for name in ("late", "hint", "dense", "lexical")
    }
    asked = words(query.topic)
    poorest = grasp.covered[:_POOREST] or (0.0,)
    return (
        legs["late"][0],
        legs["hint"][0],
        legs["dense"][0],
        legs["lexical"][0] / math.sqrt(max(1, len(asked))),
        hits[0].score - hits[min(4, len(hits) - 1)].score,
        sum(scores[0] >= max(scores) for scores in legs.values()) / len(legs),
        poorest[0],
        sum(poorest) / len(poorest),
        grasp.strange,
        grasp.precedent,
        float(len(asked) <= _FEW),
        float(query.scope is not None),
        *(float(flag) for flag in expectations(query.standalone)),
        float(adrift(query.question, query.history)),
        float(min(2, strangers(query.standalone, known))),
    )


def load_judge(known: frozenset[str]) -> Judge:
    """Read the fitted judge that ships with the package.

    Args:
        known: Folded words of the corpus and its hints.

    Returns:
        The judge.
    """
    stored = json.loads((resources.files("ccs_qa.answer") / "judge.json").read_text("utf-8"))
    return Judge(
        # A feature that it was not yet fitted on counts for nothing.
        weights=tuple(stored["weights"].get(name, 0.0) for name in FEATURES),
        bias=stored["bias"],
        answered=stored["answered"],
        related=stored["related"],
        known=known,
    )
