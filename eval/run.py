"""Asks every gold question and scores what comes back."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccs_qa.phrase.support import embedding_support
from ccs_qa.records import AnswerStatus
from ccs_qa.search import HYBRID, Recipe
from ccs_qa.service import QAService
from eval.facts import held_facts
from eval.gold import GoldRow, relevance
from eval.metrics import RANKING, Refusal, context_recall, score_rankings, score_refusal

SLICES = ("all", "fr", "en")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question gave.

    Attributes:
        row: The question.
        relevant: Grade by passage.
        ranking: Passages, best first.
        scores: Ranking measures; empty for an unanswerable question.
        context_recall: Share of needed snippets in the first 2,000 characters.
        status: The status of the answer.
        confidence: The judge's probability.
        cited: Passages quoted.
        verified: Quotes that equal their slice of their document.
        milliseconds: Time the answer took.
        reasons: Leg scores of the first passage.
        facts: Whether the quotes hold each key fact; empty where nothing is quoted or answers.
    """

    row: GoldRow
    relevant: Mapping[str, int]
    ranking: tuple[str, ...]
    scores: Mapping[str, float]
    context_recall: float
    status: AnswerStatus
    confidence: float
    cited: tuple[str, ...]
    verified: int
    milliseconds: float
    reasons: Mapping[str, float]
    facts: tuple[bool, ...] = ()


def ask_all(
    service: QAService,
    rows: Sequence[GoldRow],
    progress: Callable[[], None],
    recipe: Recipe = HYBRID,
) -> tuple[Outcome, ...]:
    """Ask every question.

    Args:
        service: The service.
        rows: The questions.
        progress: Called after each.
        recipe: How to rank; answers are always given with all legs.

    Returns:
        One outcome a question, in order.
    """
    outcomes = []
    support = embedding_support(service.retriever.encoder)
    for row in rows:
        found = service.search(row.question, history=row.history, k=10, recipe=recipe)
        start = time.perf_counter()
        answer = service.ask(row.question, history=row.history)
        milliseconds = (time.perf_counter() - start) * 1000
        relevant = relevance(row, service.corpus)
        ranking = tuple(hit.passage.id for hit in found.hits)
        texts = [hit.passage.renditions.best("fr").text for hit in found.hits]
        needed = [item.snippet for item in row.relevant if item.grade == 2]
        quotes = [citation.hit.passage for citation in answer.citations]
        outcomes.append(
            Outcome(
                row=row,
                relevant=relevant,
                ranking=ranking,
                scores=score_rankings({row.id: relevant}, {row.id: ranking})[row.id]
                if relevant
                else {},
                context_recall=context_recall(needed, texts),
                status=answer.status,
                confidence=answer.confidence,
                cited=tuple(passage.id for passage in quotes),
                verified=sum(
                    service.corpus.verify(passage.renditions.best(answer.language))
                    for passage in quotes
                ),
                milliseconds=milliseconds,
                reasons=found.hits[0].reasons if found.hits else {},
                facts=held_facts(row, answer, service.corpus, support),
            )
        )
        progress()
    return tuple(outcomes)


def _mean(values: Sequence[float]) -> float:
    return round(statistics.fmean(values), 4) if values else 0.0


def of_slice(outcomes: Sequence[Outcome], name: str) -> list[Outcome]:
    """Keep the questions of one language.

    Args:
        outcomes: The outcomes.
        name: `all`, `fr` or `en`.

    Returns:
        Those of the slice.
    """
    return [item for item in outcomes if name in ("all", item.row.lang)]


def ranking_scores(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Average the ranking measures over answerable questions.

    Args:
        outcomes: The outcomes.

    Returns:
        Each of `RANKING`.
    """
    known = [item.scores for item in outcomes if item.row.answerable]
    return {name: _mean([scores[name] for scores in known]) for name in RANKING}


def refusal_of(outcomes: Sequence[Outcome]) -> Refusal:
    """Score the judge.

    Args:
        outcomes: The outcomes.

    Returns:
        Its figures.
    """
    return score_refusal(
        [item.row.answerable for item in outcomes],
        [item.confidence for item in outcomes],
        [item.status == "answered" for item in outcomes],
    )


def citation_scores(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Score the quotes of answered, answerable questions.

    Args:
        outcomes: The outcomes.

    Returns:
        `precision`: share of quotes that are relevant; `recall`: share of directly
        relevant passages that are quoted, over answered questions; `verified`: share of
        all quotes that equal their document, unanswerable questions included.
    """
    answered = [item for item in outcomes if item.row.answerable and item.cited]
    quotes = [(name in item.relevant) for item in answered for name in item.cited]
    needed = [
        name in item.cited
        for item in answered
        for name, grade in item.relevant.items()
        if grade == 2
    ]
    given = sum(len(item.cited) for item in outcomes)
    verified = sum(item.verified for item in outcomes)
    return {
        "precision": _mean([float(value) for value in quotes]),
        "recall": _mean([float(value) for value in needed]),
        "verified": round(verified / given, 4) if given else 1.0,
    }


def fact_scores(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Score what the quotes of answered, answerable questions hold.

    Args:
        outcomes: The outcomes.

    Returns:
        The share of key facts that are held: of each of `SLICES`, and of each type of question
        under `types`.
    """

    def share(items: Sequence[Outcome]) -> float:
        return _mean([float(held) for item in items for held in item.facts])

    kinds = sorted({item.row.type for item in outcomes if item.facts})
    return {
        **{name: share(of_slice(outcomes, name)) for name in SLICES},
        "types": {kind: share([x for x in outcomes if x.row.type == kind]) for kind in kinds},
    }


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Put the figures of a run into the agreed form.

    Args:
        outcomes: The outcomes.

    Returns:
        `retrieval`, `context_recall@2000`, `refusal`, `citations`, `key_facts`, `latency_ms` and
        `n`.
    """
    slices = {name: of_slice(outcomes, name) for name in SLICES}
    times = sorted(item.milliseconds for item in outcomes)
    refusals = {name: refusal_of(items) for name, items in slices.items()}
    return {
        "retrieval": {name: ranking_scores(items) for name, items in slices.items()},
        "context_recall@2000": {
            name: _mean([item.context_recall for item in items if item.row.answerable])
            for name, items in slices.items()
        },
        "refusal": {
            name: {
                "auc": round(found.auc, 4),
                "false_answer_rate": round(found.false_answer_rate, 4),
                "false_refusal_rate": round(found.false_refusal_rate, 4),
            }
            for name, found in refusals.items()
        },
        "citations": citation_scores(outcomes),
        "key_facts": fact_scores(outcomes),
        "latency_ms": {
            "p50": round(times[len(times) // 2], 2) if times else 0.0,
            "p95": round(times[min(len(times) - 1, int(len(times) * 0.95))], 2) if times else 0.0,
        },
        "n": {
            **{name: len(items) for name, items in slices.items()},
            "answerable": refusals["all"].answerable,
            "unanswerable": refusals["all"].unanswerable,
        },
    }
