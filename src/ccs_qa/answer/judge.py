"""Judges whether the passages found answer the question.

A logistic regression over what the ranking shows (scores of the legs, how well the first passages
cover the question's tokens and the words of its topic, words that the corpus does not know), over
what the question asks for, and over whether the known questions nearest to it have an answer. It
is fitted twice: on first passages with hints, and on first passages without any, where nothing of
hints is looked at. What a question asks for is read by a head of its own. The weights lie in
`judge.json`, written by `python -m eval calibrate` from the development gold set, questions written
to be answered or not, hints, near misses and absent subjects.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from ccs_qa.answer.expectations import EXPECTATIONS, expectations
from ccs_qa.answer.fitted import logistic
from ccs_qa.encoder.encoder import Vectors
from ccs_qa.records import AnswerStatus, Evidence, Hit, Query
from ccs_qa.search.understand.heads import Linear, split_words
from ccs_qa.text.strings import STOPS, words

COLD_FEATURES = (
    "late",
    "best_dense",
    "agreement",
    "covered",
    "least_supported",
    "mean_supported",
    "topic_words",
    "strange",
    "asks",
    "needs_more",
    *EXPECTATIONS,
)
FEATURES = (*COLD_FEATURES, "precedent")


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
    """Two fits, and the head that both read: whether a question asks for what summaries hold."""

    warm: Fit
    cold: Fit
    asks_head: Linear

    def asks(self, question: str, pooled: Vectors) -> float:
        """Read off its words and its vector whether a question asks for what summaries hold.

        Args:
            pooled: (dimension,) float32, its vector.

        Returns:
            Log odds, low where a detail is asked for; 0 for the vector of a model that the head
            was not fitted on.
        """
        # Another model was set: better no opinion than one on unrelated numbers.
        if len(pooled) != self.asks_head.vector.shape[1]:
            return 0.0
        return float(self.asks_head.scores(split_words(question), pooled)[0])

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
        One value for each of `FEATURES`: late interaction of the first passage, the best cosine of
        all, share of legs that put the first one first; how well the first passages cover the
        question's tokens, and the words of its topic at least and on average; how many these are,
        share of unknown terms, what it asks for, whether it leans on nothing, the expectations;
        what known questions say.
    """
    legs = {
        name: [hit.reasons[name] for hit in hits if name in hit.reasons]
        for name in ("late", "hint", "dense", "lexical")
    }
    first = hits[0].reasons
    topic = words(query.topic)
    told = [(word, value) for word, value in evidence.support if word not in STOPS]
    # Where no word of the topic was searched for, all words stand in for it.
    support = [value for word, value in told if word in topic] or [value for _, value in told]
    values: Mapping[str, float] = {
        "late": first.get("late", 0.0),
        "best_dense": max(legs["dense"], default=0.0),
        "agreement": _mean(
            [first.get(name, -1.0) >= max(leg) for name, leg in legs.items() if leg]
        ),
        "covered": evidence.covered,
        "least_supported": min(support, default=0.0),
        "mean_supported": _mean(support),
        "topic_words": float(len(support)),
        "strange": evidence.strange,
        "asks": evidence.asks,
        "needs_more": evidence.needs_more,
        **dict(zip(EXPECTATIONS, map(float, expectations(query.standalone)), strict=True)),
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
    return Judge(warm, cold, Linear.parse(stored["asks"]))
