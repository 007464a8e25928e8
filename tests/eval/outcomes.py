"""Outcomes made by hand, and the agreed form of the figures of a run."""

from collections.abc import Mapping

from ccs_qa.records import AnswerStatus
from eval.gold import GoldRow, QuestionType
from eval.run import Outcome, Reply

_MEASURES = dict.fromkeys(("ndcg@10", "recall@5", "success@1", "success@5", "rr@10"))
_REFUSAL = dict.fromkeys(("auc", "false_answer_rate", "false_refusal_rate"))
_SLICES = ("all", "fr", "en")
AGREED: dict[str, object] = {
    "retrieval": dict.fromkeys(_SLICES, _MEASURES),
    "context_recall@2000": ...,
    "refusal": dict.fromkeys(_SLICES, _REFUSAL),
    "citations": dict.fromkeys(("precision", "recall", "verified")),
    "key_facts": ...,
    "latency_ms": dict.fromkeys(("p50", "p95")),
    "n": ...,
}


def form(figures: Mapping[str, object]) -> dict[str, object]:
    """Reduce figures to their keys; the contract leaves those of three parts open."""
    return {
        name: ... if AGREED.get(name) is ... else _keys(value) for name, value in figures.items()
    }


def _keys(value: object) -> object:
    if isinstance(value, dict):
        return {name: _keys(inner) for name, inner in value.items()}
    return None


def outcome(
    name: str,
    *,
    answerable: bool = True,
    kind: QuestionType = "factual",
    question: str = "Quoi?",
    note: str = "",
    relevant: Mapping[str, int] | None = None,
    ranking: tuple[str, ...] = (),
    score: float = 0.0,
    context_recall: float = 0.0,
    status: AnswerStatus = "answered",
    confidence: float = 0.5,
    cited: tuple[str, ...] = (),
    verified: int = 0,
    milliseconds: float = 1.0,
    facts: tuple[bool, ...] = (),
) -> Outcome:
    """Make an outcome; the name ends in the language and every ranking measure is `score`."""
    row = GoldRow(
        id=name,
        lang="fr" if name.endswith("fr") else "en",
        question=question,
        type=kind if answerable else "unanswerable",
        answerable=answerable,
        relevant=(),
        note=note,
    )
    reply = Reply(
        ranking,
        status=status,
        confidence=confidence,
        cited=cited,
        verified=verified,
        milliseconds=milliseconds,
    )
    scores = dict.fromkeys(_MEASURES, score) if answerable else {}
    return Outcome(row, reply, relevant or {}, scores, context_recall, facts)
