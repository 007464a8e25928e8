"""Asking gold questions of a system and putting the figures of a run together."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ccs_qa.client import Client
from ccs_qa.corpus.library import Corpus
from ccs_qa.generate.support import Support, embedding_support
from ccs_qa.records import LANGUAGES, Language
from ccs_qa.service import QAService
from eval.gold import DEVELOPMENT, WHOLE, GoldRow, Relevant, load_gold
from eval.judge import refusal_section
from eval.metrics import RANKING
from eval.report import tabulate
from eval.run import (
    HELD,
    RANKED,
    InProcess,
    OverHttp,
    Told,
    ask_all,
    by_language,
    by_meeting,
    by_type,
    citation_scores,
    fact_scores,
    held_facts,
    quoted_of_needed,
    read,
    read_quote,
    read_reply,
    run_sections,
    summarise,
    weigh_fact,
)
from tests.conftest import ROOT
from tests.eval.outcomes import AGREED, form, outcome

JANUARY, APRIL_3 = dt.date(2023, 1, 19), dt.date(2023, 4, 3)


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


def test_quotes_per_type_by_hand() -> None:
    """Of an unanswered question nothing is quoted; of three that fit, two were asked for.

    Quoted a, b, x: two of three are relevant. Needed two of a, b, c and the one d: two of three.
    """
    asked = outcome("a-fr", kind="quotes", relevant={"a": 2, "b": 2, "c": 2}, cited=("a", "b", "x"))
    asked = replace(asked, row=asked.row.model_copy(update={"wanted": 2}))
    silent = outcome("b-en", kind="several", relevant={"d": 2, "e": 1}, status="related")
    rows = next(
        table.rows
        for section in run_sections([asked, silent])
        for table in section.tables
        if table.title == "Quotes"
    )

    assert quoted_of_needed(asked) == (2, 2)
    assert [row[0] for row in rows[1:]] == ["all", "fr", "en", "quotes", "several"]
    assert [cell.split(" [")[0] for cell in rows[1]] == ["all", "2", "0.67", "0.67"]
    assert rows[4][1:] == ["1", "0.67 [0.67, 0.67]", "1.00 [1.00, 1.00]"]
    assert rows[5][1:] == ["1", "0.00 [0.00, 0.00]", "0.00 [0.00, 0.00]"]


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
    support = embedding_support(service.retriever.encoder)
    system = InProcess(service)
    outcomes = ask_all(system, rows, service.corpus, support)
    assert [item.row for item in outcomes] == rows
    for item in outcomes[:2]:
        assert len(item.facts) == (len(item.row.key_facts) if item.reply.cited else 0)
        assert item.scores["success@1"] == float(item.reply.ranking[0] in item.relevant)
        assert item.scores["recall@5"] == pytest.approx(
            len(item.relevant.keys() & set(item.reply.ranking[:5])) / len(item.relevant)
        )
    assert (outcomes[2].relevant, outcomes[2].scores, outcomes[2].facts) == ({}, {}, ())
    for item in outcomes:
        assert len(item.reply.ranking) == len(set(item.reply.ranking)) == 10
        assert 0 <= item.reply.confidence <= 1
        assert item.reply.milliseconds > 0
        assert item.reply.verified == len(item.reply.cited)
        assert bool(item.reply.cited) == (item.reply.status == "answered")


def test_ranking_is_averaged_per_language_type_and_meeting() -> None:
    """Scores 1 and .5 average .75, and what has no answer is not counted.

    A quarter of the resamples of two values hold the lower twice, a quarter the higher: the
    interval reaches both. A question counts once in each meeting that answers it.
    """
    days = [Relevant(meeting=day, snippet="x", grade=1) for day in (APRIL_3, JANUARY, JANUARY)]
    one = outcome("a-fr", score=1.0, kind="typo")
    both = one.row.model_copy(update={"relevant": tuple(days)})
    outcomes = [
        replace(one, row=both),
        outcome("b-fr", score=0.5, kind="list"),
        outcome("c-en", answerable=False),
    ]
    share = "0.750 [0.50, 1.00]"
    assert tabulate("", "language", by_language(outcomes).items(), RANKED).rows == [
        ["language", "number", *(f"{name}, 95 %" for name in RANKING)],
        ["all", "2", *[share] * 5],
        ["fr", "2", *[share] * 5],
        ["en", "0", *["0.000 [0.00, 0.00]"] * 5],
    ]
    assert {name: len(items) for name, items in by_type(outcomes).items()} == {"list": 1, "typo": 1}
    meetings = {name: len(items) for name, items in by_meeting(outcomes).items()}
    assert meetings == {"2023-01-19": 1, "2023-04-03": 1}


def test_refusals_show_count_rate_and_interval() -> None:
    """Wilson at 95 %, z squared 3.84.

    1 of 2 is .5 more or less 1.96 x sqrt(.125 + 3.84 / 16) / 2.92 = .41; 0 of n goes up to
    3.84 / (n + 3.84), .79 and .66, and 1 of 1 starts at 1 - .79. 1 of 3 is
    (1/3 + .64) / 2.28 = .43 more or less 1.96 x sqrt(2/27 + 3.84 / 36) / 2.28 = .37.
    """
    outcomes = [
        outcome("a-fr", answerable=False, status="answered", confidence=0.9),
        outcome("b-fr", status="related", confidence=0.4),
        outcome("c-en", answerable=False, status="not_found", confidence=0.1),
        outcome("d-en", status="answered", confidence=0.8),
        outcome("e-en", status="answered", confidence=0.7),
    ]
    assert refusal_section(outcomes).tables[0].rows[1:] == [
        ["all", "0.500", "1/2 = 0.50 [0.09, 0.91]", "1/3 = 0.33 [0.06, 0.79]"],
        ["fr", "0.000", "1/1 = 1.00 [0.21, 1.00]", "1/1 = 1.00 [0.21, 1.00]"],
        ["en", "1.000", "0/1 = 0.00 [0.00, 0.79]", "0/2 = 0.00 [0.00, 0.66]"],
    ]


@pytest.mark.parametrize("question", ["Qui parle de passeports ?", "How many meetings in 2023?"])
def test_over_http_the_service_replies_the_same(
    service: QAService, origin: str, question: str
) -> None:
    """All but the time it takes: statuses, ids, quotes that stand, sentences."""
    with Client(origin, timeout=300) as client:
        remote = OverHttp(client, service.corpus).ask(question)
    own = InProcess(service).ask(question)
    assert remote.verified == len(remote.cited) > 0
    assert remote.answer is not None
    assert own.answer is not None
    assert remote.answer.statements == own.answer.statements
    assert replace(remote, milliseconds=0.0, answer=None) == replace(
        own, milliseconds=0.0, answer=None
    )


def test_a_quote_that_is_not_in_its_document_is_not_verified(
    service: QAService, origin: str
) -> None:
    """Checked here, whatever the other side says; without the page none stands."""
    bare = replace(service.corpus, documents={})
    with Client(origin, timeout=300) as client:
        reply = OverHttp(client, bare).ask("Qui parle de passeports ?")
    assert reply.cited
    assert reply.verified == 0


APRIL = read(("en", "April 3, 2023"), ("en", "Talk to 12 banks."), ("fr", "Parler à 12 banques."))
JUNE = read(("en", "June 2, 2025"), ("en", "AI helps Transport Canada, in Québec."))


def fixed(value: float) -> Support:
    """Measure every support as the same."""
    return lambda _fact, _texts: value


def meaning(fact: str, texts: Sequence[str]) -> float:
    """Mean a fact where its last word stands in the quote."""
    return float(any(fact.rsplit(maxsplit=1)[-1] in text for text in texts))


def holds_fact(fact: str, language: Language, told: Sequence[Told], support: Support) -> bool:
    """Tell whether quotes hold a fact."""
    return weigh_fact(fact, language, told, support) >= HELD


@pytest.mark.parametrize(
    ("fact", "language", "held"),
    [
        ("3 avril 2023", "fr", True),
        ("avril", "fr", True),
        ("April 4, 2023", "en", False),
        ("2024", "en", False),
        ("12", "en", True),
        ("douze", "fr", True),
        ("13", "en", False),
        ("2", "en", False),
        ("the Québec", "en", True),
        ("à Québec", "fr", True),
        ("the IBM", "en", False),
        ("l'IA", "fr", True),
    ],
)
def test_numbers_dates_and_names_must_stand_in_a_quote(
    fact: str, language: Language, *, held: bool
) -> None:
    """Nothing else is said, so that no support, however low, takes it away."""
    assert holds_fact(fact, language, [APRIL, JUNE], fixed(-1.0)) is held


@pytest.mark.parametrize(("value", "held"), [(HELD, True), (HELD - 0.01, False)])
def test_what_else_a_fact_says_must_be_meant(value: float, *, held: bool) -> None:
    """At the floor it is, below it is not."""
    assert holds_fact("talk to banks", "en", [APRIL], fixed(value)) is held
    assert holds_fact("talk to 12 banks", "en", [APRIL], fixed(value)) is held
    assert not holds_fact("talk to 13 banks", "en", [APRIL], fixed(value))


def test_a_date_names_the_quote_that_must_mean_the_rest() -> None:
    """Banks stand in that of April alone."""
    told = [APRIL, JUNE]
    assert holds_fact("talk to banks", "en", told, meaning)
    assert holds_fact("April 2023: talk to banks", "en", told, meaning)
    assert not holds_fact("June 2025: talk to banks", "en", told, meaning)


def test_without_quotes_nothing_is_held() -> None:
    """Neither a date nor what else is said."""
    assert not holds_fact("2023", "en", [], meaning)
    assert not holds_fact("talk to banks", "en", [], meaning)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_quote_is_read_in_both_languages_with_its_meeting(
    corpus: Corpus, language: Language
) -> None:
    """Each fact of the meeting and of the item of its list, in the language of the question."""
    passage = next(item for item in corpus.passages if item.lead_in and item.section)
    meeting = next(item for item in corpus.meetings if item.date == passage.meeting)
    told = read_quote(passage, corpus)
    assert meeting.title is not None
    parts = (
        passage.renditions,
        passage.lead_in,
        passage.section,
        meeting.heading,
        meeting.title.renditions,
    )
    assert {part.best(language).text for part in parts if part} <= set(told.texts)


def test_every_answerable_development_question_has_key_facts(corpus: Corpus) -> None:
    """Without them, nothing would tell what its answer lacks."""
    rows = load_gold([*DEVELOPMENT, *WHOLE], corpus)
    assert [item.id for item in rows if item.answerable and not item.key_facts] == []


def test_an_answer_is_read_with_what_it_says_of_the_records(service: QAService) -> None:
    """Its count stands in no quote; the sentences of a model would not be read."""
    row = GoldRow.model_validate(
        {
            "id": "a-en",
            "lang": "en",
            "question": "How many meetings were held in 2023?",
            "type": "count",
            "answerable": True,
            "relevant": [{"meeting": "2023-01-19", "snippet": "x", "grade": 2}],
            "key_facts": ["3", "three meetings in 2023", "17", "October 3, 2023"],
        }
    )
    reply = InProcess(service).ask(row.question)
    support = embedding_support(service.retriever.encoder)
    assert held_facts(row, reply, service.corpus, support) == (True, True, False, True)
    assert len(read_reply(reply, service.corpus)) == len(reply.cited) + 1
    # Of a system that gives nothing but ids, its quotes are read.
    assert len(read_reply(replace(reply, answer=None), service.corpus)) == len(reply.cited)
    other = row.model_copy(update={"answerable": False})
    assert held_facts(other, reply, service.corpus, support) == ()
