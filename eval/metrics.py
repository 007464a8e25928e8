"""Scores of rankings, refusals and citations.

Rankings are scored by ir-measures, whose names tell its formulas apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG
from sklearn.metrics import roc_auc_score

RANKING = {
    "ndcg@10": nDCG @ 10,
    "recall@5": R @ 5,
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "rr@10": RR @ 10,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """How well a judge tells answerable questions from others.

    Attributes:
        auc: Area under the ROC curve of the confidence; 0.5 when one class is absent.
        false_answers: Unanswerable questions that were answered.
        unanswerable: Unanswerable questions.
        false_refusals: Answerable questions that were not answered.
        answerable: Answerable questions.
    """

    auc: float
    false_answers: int
    unanswerable: int
    false_refusals: int
    answerable: int

    @property
    def false_answer_rate(self) -> float:
        """Share of unanswerable questions that were answered."""
        return self.false_answers / self.unanswerable if self.unanswerable else 0.0

    @property
    def false_refusal_rate(self) -> float:
        """Share of answerable questions that were not answered."""
        return self.false_refusals / self.answerable if self.answerable else 0.0


def score_rankings(
    relevant: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Score rankings question by question.

    Args:
        relevant: Grade by passage, by question.
        rankings: Passages best first, by question.

    Returns:
        Each of `RANKING`, by question.
    """
    qrels = [Qrel(q, p, grade) for q, graded in relevant.items() for p, grade in graded.items()]
    run = [
        ScoredDoc(question, passage, float(-place))
        for question in relevant
        for place, passage in enumerate(rankings.get(question, ()))
    ]
    scores = {question: dict.fromkeys(RANKING, 0.0) for question in relevant}
    names = {str(measure): name for name, measure in RANKING.items()}
    for metric in ir_measures.iter_calc(list(RANKING.values()), qrels, run):
        scores[metric.query_id][names[str(metric.measure)]] = float(metric.value)
    return scores


def context_recall(needed: Sequence[str], texts: Sequence[str], budget: int = 2000) -> float:
    """Share of needed snippets that a reader of the first characters sees.

    Args:
        needed: Snippets.
        texts: Ranked texts, best first.
        budget: Characters read.

    Returns:
        0 to 1; 1 when nothing is needed.
    """
    seen = "\n".join(texts)[:budget]
    return sum(snippet in seen for snippet in needed) / len(needed) if needed else 1.0


def score_refusal(
    answerable: Sequence[bool], confidence: Sequence[float], answered: Sequence[bool]
) -> Refusal:
    """Score a judge.

    Args:
        answerable: Whether each question has an answer.
        confidence: The judge's probability.
        answered: Whether it was answered.

    Returns:
        The figures.
    """
    both = any(answerable) and not all(answerable)
    cases = list(zip(answerable, answered, strict=True))
    return Refusal(
        auc=float(roc_auc_score(answerable, confidence)) if both else 0.5,
        false_answers=sum(given and not has for has, given in cases),
        unanswerable=sum(not has for has, _ in cases),
        false_refusals=sum(has and not given for has, given in cases),
        answerable=sum(has for has, _ in cases),
    )
