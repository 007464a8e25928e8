"""What the whole path answers, on the real corpus."""

import copy
import datetime as dt
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import cast

import pytest

from ccs_qa.answer.judge import Judge as FittedJudge
from ccs_qa.answer.judge import Verdict
from ccs_qa.answer.select import FEATURES, load_selector
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.records import Answered, AnswerStatus, Found, Question, Understood
from ccs_qa.search.understand.wording import Text, encode_texts
from ccs_qa.service import QAService


@pytest.mark.parametrize(
    ("question", "year"),
    [
        ("How many meetings were held in 2023?", 2023),
        ("Combien de réunions ont eu lieu en 2025 ?", 2025),
        ("List all the meetings", None),
        ("Quelles sont les réunions ?", None),
    ],
)
def test_lists_of_meetings_are_complete(
    service: QAService, corpus: Corpus, question: str, year: int | None
) -> None:
    """Every meeting of the records that fits is quoted, oldest first, and no other."""
    expected = sorted(item.date for item in corpus.meetings if year in (None, item.date.year))
    answer = service.ask(Question(question))
    assert answer.status == "answered"
    assert [item.hit.passage.meeting for item in answer.citations] == expected
    assert str(len(expected)) in answer.statements[0].text


@pytest.mark.parametrize(
    ("question", "kind", "day"),
    [
        ("What was the aim of the passport meeting?", "objective", dt.date(2023, 1, 19)),
        ("Quel était le but de la rencontre d'octobre 2023 ?", "objective", dt.date(2023, 10, 3)),
        ("Where was the March 2025 meeting held?", "format", dt.date(2025, 3, 25)),
        (
            "La dernière réunion était-elle en personne ou virtuelle ?",
            "format",
            dt.date(2025, 6, 2),
        ),
    ],
)
def test_facts_of_a_meeting_come_first(
    service: QAService, question: str, kind: str, day: dt.date
) -> None:
    """What a meeting was for and where it was held is its own passage."""
    first = service.search(Question(question, k=1)).hits[0].passage
    assert (first.kind, first.meeting) == (kind, day)


@pytest.mark.parametrize(
    "question", ["What was said about passports in 2022?", "Et les passeports, en décembre 2024 ?"]
)
def test_a_period_without_meetings_finds_nothing(service: QAService, question: str) -> None:
    """No meeting falls in it: nothing is near, and the period is shown."""
    answer = service.ask(Question(question))
    assert (answer.status, answer.nearest, answer.coverage.meetings) == ("not_found", (), 0)
    assert answer.query.scope is not None


def test_the_questions_of_the_first_day(service: QAService) -> None:
    """Right meetings and exact quotes; what the summaries do not say is not answered."""
    calls = service.ask(Question("How could AI help call centres?"))
    trust = service.ask(Question("Que dit-on des passeports et de la confiance ?"))
    assert calls.status == trust.status == "answered"
    assert calls.citations[0].hit.passage.meeting == dt.date(2024, 11, 1)
    assert {item.hit.passage.meeting for item in trust.citations} == {dt.date(2023, 1, 19)}
    for item in (*calls.citations, *trust.citations):
        both = item.hit.passage.renditions
        assert both.fr is not None
        assert both.en is not None
        assert service.corpus.verify(both.fr)
        assert service.corpus.verify(both.en)
    assert service.ask(Question("What is the committee's annual budget?")).status != "answered"


@pytest.mark.parametrize("k", [1, 10, 30])
def test_what_is_shown_does_not_follow_from_what_is_searched_for(
    service: QAService, k: int
) -> None:
    """Where all are needed sixteen are quoted, where nothing is answered three are shown."""

    class Judge:
        """Says what it is told to."""

        def __init__(self, status: AnswerStatus) -> None:
            """Take it."""
            self.status = status

        def asks(self, _vector: object) -> float:
            return 0.0

        def decide(self, *_read: object) -> Verdict:
            return Verdict(self.status, 0.5)

    question = Question("How could AI help call centres?", k=k)
    composer = copy.copy(service.composer)
    everything = replace(load_selector(), weights=(0.0,) * len(FEATURES), bias=9.0)
    vars(composer).update(selector=everything)
    made = replace(service, judge=cast("FittedJudge", Judge("answered")), composer=composer)
    quoted = made.ask(question)
    chosen = {item.hit.passage.id for item in quoted.citations}
    ranked = [item.passage.id for item in service.search(replace(question, k=max(k, 16))).hits[:16]]
    # A list is quoted with the lines that introduce it.
    assert chosen >= {*ranked}
    for status in ("related", "not_found"):
        answer = replace(made, judge=cast("FittedJudge", Judge(status))).ask(question)
        assert (answer.status, answer.citations) == (status, ())
        assert [hit.passage.id for hit in answer.nearest] == ranked[:3]


def test_a_comparison_quotes_both_sides(service: QAService) -> None:
    """Asked what was said in one year and in another, the answer quotes both years."""
    answer = service.ask(Question("Compare what was said about AI in 2023 and in 2024"))
    assert answer.status == "answered"
    years = {item.hit.passage.meeting.year for item in answer.citations if item.hit.passage.meeting}
    assert years == {2023, 2024}


def test_whoever_stops_after_understanding_is_spared_the_ranking(
    service: QAService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first step is there before anything is ranked, and closing ends the work."""
    ranked: list[str] = []
    monkeypatch.setattr(service.retriever, "rank", lambda *_, **__: ranked.append("rank"))
    steps = service.steps(Question("How could AI help call centres?"))
    first = next(steps)
    assert isinstance(first, Understood)
    assert first.query.language == "en"
    assert isinstance(steps, Generator)
    steps.close()
    assert list(steps) == []
    assert ranked == []


def test_an_answer_is_the_last_of_three_steps(service: QAService) -> None:
    """Understood, found, answered; all three speak of one query."""
    question = "Que dit-on des passeports et de la confiance ?"
    understood, found, answered = service.steps(Question(question, k=4))
    assert isinstance(understood, Understood)
    assert isinstance(found, Found)
    assert isinstance(answered, Answered)
    assert understood.query == found.query == answered.answer.query
    assert found.hits == service.search(Question(question, k=4)).hits
    assert answered.answer.text == service.ask(Question(question, k=4)).text
    assert answered.answer.timings_ms.keys() == service.ask(Question(question)).timings_ms.keys()


def test_a_conversation_is_encoded_once(
    service: QAService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A follow-up is of the meeting before, which is found without encoding its question again."""
    encoded: list[str] = []

    def count(texts: Sequence[str], encoder: Encoder) -> tuple[Text, ...]:
        encoded.extend(texts)
        return encode_texts(texts, encoder)

    monkeypatch.setattr("ccs_qa.search.understand.wording.encode_texts", count)
    before = ("What was said about passports?",)
    asked = service.understand(Question("Where was it held?", history=before))
    assert asked.query.scope is not None
    assert {*before} <= {*encoded}
    assert len(encoded) == len({*encoded})
