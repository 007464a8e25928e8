"""Explains why a passage that does not answer came before one that does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ccs_qa.records import Hit, Passage
from ccs_qa.search import HYBRID
from ccs_qa.service import QAService
from eval.gold import GoldRow
from eval.run import Outcome

# What a deviation of each leg adds to the fused score, of companions what each unit adds. Pooled
# vectors pick candidates only.
WEIGHTS = {
    "late": 1.0,
    "hint": HYBRID.hints,
    "lexical": HYBRID.lexical,
    "companions": HYBRID.companions,
}
_AS_IT_STANDS = "companions"
_SLIGHT = 0.005


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg's view of two passages.

    Attributes:
        name: The leg.
        first: Its score of the passage that came first.
        wanted: Its score of the passage that should have.
        pull: What the difference adds to the fused score for the one that came first, in
            deviations over the candidates times the weight of the leg.
    """

    name: str
    first: float
    wanted: float
    pull: float


@dataclass(frozen=True, slots=True)
class Failure:
    """An answerable question whose first passage does not answer it.

    Attributes:
        row: The question.
        first: What came first; None when nothing was found.
        wanted: What should have: of the most relevant passages the one that came earliest.
        rank: Its place among the first ten, from 1; None when it is not there.
        legs: Their scores of both; empty where one of the two was not searched.
        rest: What else was added for the one that came first: the kind of passage, and what texts
            foretell of hints.
        why: One sentence.
    """

    row: GoldRow
    first: Passage | None
    wanted: Passage
    rank: int | None
    legs: tuple[Leg, ...]
    rest: float
    why: str

    @property
    def kind_counted(self) -> bool:
        """Whether more than the legs told the two apart."""
        return abs(self.rest) > _SLIGHT


def failed(outcome: Outcome) -> bool:
    """Tell whether a question's first passage fails it.

    Args:
        outcome: Its outcome.

    Returns:
        True for an answerable question whose first passage is not relevant, or is not there.
    """
    found = bool(outcome.ranking) and outcome.ranking[0] in outcome.relevant
    return outcome.row.answerable and not found


def wanted_passage(outcome: Outcome) -> tuple[str, int | None]:
    """Choose which relevant passage should have come first.

    Args:
        outcome: The outcome of an answerable question.

    Returns:
        Of the passages with the best grade the one that came earliest, by name where none
        came, and its place from 1, None outside the first ten.
    """
    places = {name: place for place, name in enumerate(outcome.ranking, 1)}
    best = min(
        outcome.relevant,
        key=lambda name: (
            -outcome.relevant[name],
            places.get(name, len(places) + 1),
            name,
        ),
    )
    return best, places.get(best)


def compare_legs(hits: Sequence[Hit], first: str, wanted: str) -> tuple[tuple[Leg, ...], float]:
    """Set the leg scores of two passages side by side.

    Args:
        hits: The passages that the legs were standardised over, both among them.
        first: The one that came first.
        wanted: The one that should have.

    Returns:
        The legs, and what is left of the difference in score when their pulls are taken off.
    """
    by_name = {hit.passage.id: hit for hit in hits}
    one, other = by_name[first], by_name[wanted]
    legs = []
    for name, weight in WEIGHTS.items():
        spread = float(np.std([hit.reasons.get(name, 0.0) for hit in hits]))
        deviation = 1.0 if name == _AS_IT_STANDS else spread
        scores = one.reasons.get(name, 0.0), other.reasons.get(name, 0.0)
        pull = weight * (scores[0] - scores[1]) / deviation if deviation > 1e-9 else 0.0
        legs.append(Leg(name, *scores, pull))
    rest = one.score - other.score - sum(leg.pull for leg in legs)
    return tuple(legs), rest


def _listed(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _named(legs: Sequence[Leg]) -> str:
    ordered = sorted(legs, key=lambda leg: -abs(leg.pull))
    return _listed([f"{leg.name} ({leg.pull:+.2f})" for leg in ordered])


def say_why(legs: Sequence[Leg], rest: float) -> str:
    """Name the legs that preferred the wrong passage.

    Args:
        legs: The legs.
        rest: What else was added for the wrong passage.

    Returns:
        One sentence; pulls stand in brackets, the strongest first.
    """
    wrong = [leg for leg in legs if leg.first > leg.wanted]
    right = [leg for leg in legs if leg.first < leg.wanted]
    parts = []
    if wrong:
        parts.append(f"{_named(wrong)} preferred the wrong passage")
    if right:
        parts.append(f"{_named(right)} preferred the wanted one")
    if abs(rest) > _SLIGHT:
        side = "wrong" if rest > 0 else "wanted"
        what = "the rest (kind of passage, what texts foretell)"
        parts.append(f"{what} spoke for the {side} one ({rest:+.2f})")
    sentence = "; ".join(parts) or "no leg told the two apart"
    return f"{sentence[0].upper()}{sentence[1:]}."


def explain(
    service: QAService, passages: Mapping[str, Passage], outcome: Outcome, candidates: int
) -> Failure:
    """Explain one failure.

    Args:
        service: The service.
        passages: Every passage, by id.
        outcome: The outcome of a question that failed.
        candidates: How many passages the first stage hands to the rerank.

    Returns:
        The failure.
    """
    row = outcome.row
    wanted, rank = wanted_passage(outcome)
    if not outcome.ranking:
        why = "Nothing was found in the meetings that the question was taken to be limited to."
        return Failure(row, None, passages[wanted], rank, (), 0.0, why)
    first = outcome.ranking[0]
    deep = service.search(row.question, history=row.history, k=len(passages))
    if wanted not in {hit.passage.id for hit in deep.hits}:
        why = _outside(deep.query.scope.text if deep.query.scope else "")
        return Failure(row, passages[first], passages[wanted], rank, (), 0.0, why)
    near = service.search(row.question, history=row.history, k=candidates)
    reranked = wanted in {hit.passage.id for hit in near.hits}
    # A timeline ranks every passage, so that its legs are standardised over all of them.
    pool = near if reranked and near.query.intent != "evolution" else deep
    legs, rest = compare_legs(pool.hits, first, wanted)
    why = say_why(legs, rest)
    if not reranked:
        why = f"The wanted passage was not among the {candidates} candidates. {why}"
    return Failure(row, passages[first], passages[wanted], rank, legs, rest, why)


def _outside(words: str) -> str:
    because = f" (“{words}”)" if words else ""
    return f"The wanted passage lies outside what the question was taken to be limited to{because}."


def find_failures(
    service: QAService, outcomes: Sequence[Outcome], candidates: int
) -> tuple[Failure, ...]:
    """Explain every failure.

    Args:
        service: The service.
        outcomes: The outcomes.
        candidates: How many passages the first stage hands to the rerank.

    Returns:
        One entry an answerable question whose first passage is not relevant.
    """
    passages = {passage.id: passage for passage in service.corpus.passages}
    return tuple(explain(service, passages, item, candidates) for item in outcomes if failed(item))
