"""Judges whether the passages found answer the question.

A logistic regression over what the ranking shows (scores of the legs, how well the first passages
cover the question's tokens and the words of its topic, words that the corpus does not know), over
what the question asks for, and over whether the known questions nearest to it have an answer. It
is fitted twice: on first passages with hints, and on first passages without any, where nothing of
hints is looked at. The weights lie in `judge.json`, written by `python -m eval calibrate` from the
development gold set, near misses and absent subjects.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from ccs_qa.answer.expectations import EXPECTATIONS, expectations
from ccs_qa.answer.fitted import Head, logistic
from ccs_qa.index.lexical import stop_words
from ccs_qa.records import AnswerStatus, Evidence, Hit, Query
from ccs_qa.text.strings import words

COLD_FEATURES = (
    "late",
    "dense",
    "best_late",
    "best_dense",
    "lexical",
    "lead",
    "next",
    "agreement",
    "least_covered",
    "poorly_covered",
    "mean_covered",
    "least_supported",
    "poorly_supported",
    "mean_supported",
    "topic_words",
    "strange",
    "few_words",
    "scoped",
    "asks",
    *EXPECTATIONS,
    "needs_more",
)
FEATURES = (*COLD_FEATURES, "hint", "best_hint", "precedent")
_POOREST = 3
_FEW = 2
_ALL_STOPS = stop_words("fr") | stop_words("en")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge says; the confidence is a calibrated probability, 0 to 1."""

    status: AnswerStatus
    confidence: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression, one weight for each of `FEATURES`, and its thresholds."""

    weights: tuple[float, ...]
    bias: float
    answered: float
    related: float

    def probability(self, values: Sequence[float]) -> float:
        """Estimate how likely the passages answer, 0 to 1, from values as in `FEATURES`."""
        return logistic(self.bias, self.weights, values)

    def decide(self, values: Sequence[float]) -> Verdict:
        """Judge a ranking by its features, in the order of `FEATURES`."""
        probability = self.probability(values)
        if probability >= self.answered:
            return Verdict("answered", probability)
        return Verdict("related" if probability >= self.related else "not_found", probability)


@dataclass(frozen=True, slots=True)
class Judge:
    """Two fits, and what both read.

    Attributes:
        asks: Log odds that a question asks for what summaries hold, rather than for a detail.
    """

    warm: Fit
    cold: Fit
    asks: Head

    def fit(self, evidence: Evidence) -> Fit:
        """Choose the fit for a ranking."""
        return self.warm if evidence.hinted else self.cold

    def decide(self, query: Query, hits: Sequence[Hit], evidence: Evidence) -> Verdict:
        """Judge a ranking; `not_found` when nothing was found."""
        if not hits:
            return Verdict("not_found", 0.0)
        return self.fit(evidence).decide(features(query, hits, evidence))


def features(query: Query, hits: Sequence[Hit], evidence: Evidence) -> tuple[float, ...]:
    """Describe a question and its ranking in numbers.

    Returns:
        One value for each of `FEATURES`: scores of the first passage and the best score of all by
        leg (BM25 by root of the number of words), lead over the fifth and the second, share of
        legs that put it first; lowest, mean of the three lowest and mean of the token cosines;
        the same of the words of the topic, and how many there are; share of unknown terms,
        whether there are two words at most, whether it names meetings or dates, what it asks for,
        the expectations, whether it leans on nothing; what hints say.
    """
    legs = {
        name: [hit.reasons[name] for hit in hits if name in hit.reasons]
        for name in ("late", "hint", "dense", "lexical")
    }
    first = hits[0].reasons
    topic = words(query.topic)
    told = [(word, value) for word, value in evidence.support if word not in _ALL_STOPS]
    # Where no word of the topic was searched for, all words stand in for it.
    support = sorted(value for word, value in told if word in topic) or sorted(
        value for _, value in told
    )
    covered = evidence.covered or (0.0,)
    values: Mapping[str, float] = {
        "late": first.get("late", 0.0),
        "dense": first.get("dense", 0.0),
        "best_late": max(legs["late"], default=0.0),
        "best_dense": max(legs["dense"], default=0.0),
        # BM25 sums over words: as it is, a long question would look sure.
        "lexical": first.get("lexical", 0.0) / math.sqrt(max(1, len(topic))),
        "lead": hits[0].score - hits[min(4, len(hits) - 1)].score,
        "next": hits[0].score - hits[min(1, len(hits) - 1)].score,
        "agreement": _mean(
            [first.get(name, -1.0) >= max(leg) for name, leg in legs.items() if leg]
        ),
        "least_covered": covered[0],
        "poorly_covered": _mean(covered[:_POOREST]),
        "mean_covered": _mean(covered),
        "least_supported": support[0] if support else 0.0,
        "poorly_supported": _mean(support[:_FEW]),
        "mean_supported": _mean(support),
        "topic_words": float(len(support)),
        "strange": evidence.strange,
        "few_words": float(len(topic) <= _FEW),
        "scoped": float(query.scope is not None),
        "asks": evidence.asks,
        **dict(zip(EXPECTATIONS, map(float, expectations(query.standalone)), strict=True)),
        "needs_more": evidence.needs_more,
        "hint": first.get("hint", 0.0),
        "best_hint": max(legs["hint"], default=0.0),
        "precedent": evidence.precedent,
    }
    return tuple(values[name] for name in FEATURES)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def load_judge() -> Judge:
    """Read the fitted judge that ships with the package."""
    stored = json.loads((resources.files("ccs_qa.answer") / "judge.json").read_text("utf-8"))
    warm, cold = (
        Fit(
            # A feature that it was not yet fitted on counts for nothing.
            weights=tuple(part["weights"].get(name, 0.0) for name in FEATURES),
            bias=part["bias"],
            answered=part["answered"],
            related=part["related"],
        )
        for part in (stored["warm"], stored["cold"])
    )
    return Judge(warm, cold, Head.parse(stored["asks"]))
