"""Several questions in one, joined by hand."""

import datetime as dt

import pytest

from ccs_qa.answer.compose import Composed
from ccs_qa.answer.judge import Verdict
from ccs_qa.answer.outcome import Outcome, join_outcomes
from ccs_qa.records import AnswerKind, AnswerStatus, Bilingual, Citation, Hit, Passage, Statement

OLD, NEW = dt.date(2023, 1, 19), dt.date(2025, 6, 2)


def outcome(
    *names: str,
    status: AnswerStatus = "answered",
    confidence: float = 0.9,
    kind: AnswerKind = "quotes",
    absent: tuple[dt.date, ...] = (),
) -> Outcome:
    """Make an outcome that quotes what is named."""
    citations = tuple(
        Citation(
            number, Hit(Passage(name, "statement", NEW, None, None, Bilingual(None, None)), 1, {})
        )
        for number, name in enumerate(names, 1)
    )
    quotes = tuple(Statement(f"“{item.hit.passage.id}”", (item.number,)) for item in citations)
    lines = ["Lead:", *(f"{item.text} [{item.citations[0]}]" for item in quotes)]
    statements = (Statement("Lead:", tuple(item.number for item in citations)), *quotes)
    composed = Composed("\n".join(lines), statements, citations)
    return Outcome(Verdict(status, confidence), composed, kind, absent)


def test_quotes_are_numbered_through() -> None:
    """One answer after another; a passage that both quote stands twice."""
    joined = join_outcomes([outcome("a", "b"), outcome("c"), outcome("a")])
    assert joined.composed.text == ("Lead:\n“a” [1]\n“b” [2]\n\nLead:\n“c” [3]\n\nLead:\n“a” [4]")
    assert [item.number for item in joined.composed.citations] == [1, 2, 3, 4]
    assert [item.hit.passage.id for item in joined.composed.citations] == ["a", "b", "c", "a"]
    assert [item.citations for item in joined.composed.statements] == [
        (1, 2),
        (1,),
        (2,),
        (3,),
        (3,),
        (4,),
        (4,),
    ]


@pytest.mark.parametrize(
    ("verdicts", "status", "confidence"),
    [
        ([("answered", 0.9), ("answered", 0.7)], "answered", 0.7),
        ([("not_found", 0.1), ("answered", 0.8)], "answered", 0.8),
        ([("related", 0.4), ("not_found", 0.1)], "related", 0.4),
        ([("not_found", 0.2), ("not_found", 0.1)], "not_found", 0.1),
    ],
)
def test_the_best_status_counts_with_its_least_confidence(
    verdicts: list[tuple[AnswerStatus, float]], status: AnswerStatus, confidence: float
) -> None:
    """What is answered is answered, whatever else is not."""
    joined = join_outcomes([outcome(status=one, confidence=sure) for one, sure in verdicts])
    assert (joined.verdict.status, joined.verdict.confidence) == (status, confidence)


def test_what_is_not_answered_says_so_between_the_others() -> None:
    """Its words stay, and take no number."""
    refused = Outcome(Verdict("not_found", 0.1), Composed("Nothing.", (), ()), "quotes")
    joined = join_outcomes([outcome("a"), refused, outcome("b")])
    assert joined.composed.text == "Lead:\n“a” [1]\n\nNothing.\n\nLead:\n“b” [2]"


def test_one_form_is_kept_and_two_are_quotes() -> None:
    """Records beside records stay records."""
    record, quotes = outcome(kind="record"), outcome()
    assert join_outcomes([record, record]).kind == "record"
    assert join_outcomes([record, quotes]).kind == "quotes"
    assert join_outcomes([record, outcome(kind="timeline")]).kind == "quotes"


def test_silent_meetings_are_named_once_oldest_first() -> None:
    """Of all the timelines."""
    joined = join_outcomes([outcome(absent=(NEW,)), outcome(absent=(OLD, NEW)), outcome()])
    assert joined.absent == (OLD, NEW)
