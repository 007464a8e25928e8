"""Asking gold questions and putting the figures of a run together."""

import json

import pytest

from ccs_qa.service import QAService
from eval.gold import load_gold
from eval.run import ask_all, citation_scores, fact_scores, summarise
from tests.conftest import ROOT
from tests.eval.outcomes import AGREED, form, outcome


def test_quotes_by_hand() -> None:
    """Six quotes in four questions.

    Precision counts those of answerable questions: a and b are relevant, x is not, d is:
    3/4. Recall counts passages of grade 2 of the questions that have quotes: a and d of a,
    c, d: 2/3. Verified counts all: 3 + 1 + 1 of 6.
    """
    scores = citation_scores(
        [
            outcome("a", relevant={"a": 2, "b": 1, "c": 2}, cited=("a", "b", "x"), verified=3),
            outcome("b", relevant={"d": 2}, cited=("d",), verified=1),
            outcome("c", relevant={"e": 2}, status="related"),
            outcome("d", answerable=False, cited=("y", "z"), verified=1),
        ]
    )
    assert scores == {"precision": 0.75, "recall": 0.6667, "verified": 0.8333}


def test_key_facts_by_hand() -> None:
    """Of four facts in French two are held, in English one of one; a question without counts not.

    Two factual questions hold 3 of 4, a list none of its one: 3 / 5 in all.
    """
    scores = fact_scores(
        [
            outcome("a-fr", facts=(True, True, False)),
            outcome("b-fr", kind="list", facts=(False,)),
            outcome("c-en", facts=(True,)),
            outcome("d-en", kind="vague", status="related"),
        ]
    )
    assert scores == {"all": 0.6, "fr": 0.5, "en": 1.0, "types": {"factual": 0.75, "list": 0.0}}


def test_without_quotes_none_is_unverified() -> None:
    """Nothing quoted: nothing found, nothing false."""
    assert citation_scores([outcome("a", relevant={"a": 2})]) == {
        "precision": 0.0,
        "recall": 0.0,
        "verified": 1.0,
    }


def test_the_figures_have_the_agreed_form() -> None:
    """Exactly the keys of the contract, and JSON can hold them."""
    figures = summarise([outcome("a-fr"), outcome("b-en", answerable=False)])
    assert form(figures) == AGREED
    assert json.loads(json.dumps(figures)) == figures


def test_no_question_at_all_has_the_same_form() -> None:
    """Every figure is there."""
    assert form(summarise([])) == AGREED


def test_the_figures_by_hand() -> None:
    """Three French questions and two English, one unanswerable in each language.

    Ranking: (1 + .5) / 2 in French, 0 in English, 1.5 / 3 in all. Context: .5 and .25, then
    1. Refusal: .6 lies below .9 and above .5, so 1 pair of 2 is in order in French; with
    .7 and .1 in English 5 of 6 are. Of the times 10, 10, 20, 20, 90 the middle is 20.
    """
    figures = summarise(
        [
            outcome("a-fr", score=1.0, context_recall=0.5, confidence=0.9, milliseconds=90),
            outcome("b-fr", score=0.5, context_recall=0.25, status="related", milliseconds=20),
            outcome("c-fr", answerable=False, context_recall=1.0, confidence=0.6, milliseconds=20),
            outcome("d-en", context_recall=1.0, confidence=0.7, milliseconds=10),
            outcome("e-en", answerable=False, status="not_found", confidence=0.1, milliseconds=10),
        ]
    )
    retrieval = figures["retrieval"]
    assert [set(retrieval[name].values()) for name in ("fr", "en", "all")] == [{0.75}, {0.0}, {0.5}]
    assert figures["context_recall@2000"] == {"all": 0.5833, "fr": 0.375, "en": 1.0}
    assert figures["refusal"] == {
        "all": {"auc": 0.8333, "false_answer_rate": 0.5, "false_refusal_rate": 0.3333},
        "fr": {"auc": 0.5, "false_answer_rate": 1.0, "false_refusal_rate": 0.5},
        "en": {"auc": 1.0, "false_answer_rate": 0.0, "false_refusal_rate": 0.0},
    }
    assert figures["latency_ms"] == {"p50": 20, "p95": 90}
    counts = figures["n"]
    assert (counts["all"], counts["fr"], counts["en"]) == (5, 3, 2)
    assert (counts["answerable"], counts["unanswerable"]) == (3, 2)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_real_questions_are_asked_and_scored(service: QAService, language: str) -> None:
    """Two answerable questions and one that is not, in order, each reported once.

    Recall and success are counted again from the ranking; every quote equals its document.
    """
    own = [
        row
        for row in load_gold([ROOT / "eval" / "gold" / "dev.jsonl"], service.corpus)
        if row.lang == language
    ]
    rows = [
        *[row for row in own if row.answerable][:2],
        next(row for row in own if not row.answerable),
    ]
    done: list[None] = []
    outcomes = ask_all(service, rows, lambda: done.append(None))
    assert [item.row for item in outcomes] == rows
    assert len(done) == 3
    for item in outcomes[:2]:
        assert len(item.facts) == (len(item.row.key_facts) if item.cited else 0)
        assert item.scores["success@1"] == float(item.ranking[0] in item.relevant)
        assert item.scores["recall@5"] == pytest.approx(
            len(item.relevant.keys() & set(item.ranking[:5])) / len(item.relevant)
        )
    assert (outcomes[2].relevant, outcomes[2].scores, outcomes[2].facts) == ({}, {}, ())
    for item in outcomes:
        assert len(item.ranking) == len(set(item.ranking)) == 10
        assert 0 <= item.confidence <= 1
        assert item.milliseconds > 0
        assert item.verified == len(item.cited)
        assert bool(item.cited) == (item.status == "answered")
