"""Judging, wording and verifying, on values computed by hand."""

import datetime as dt
import math

import pytest

from ccs_qa.answer import FEATURES, Judge, compose, features, load_judge, verify_hits
from ccs_qa.answer.compose import choose_quotes, group_by_meeting
from ccs_qa.messages import catalogue
from ccs_qa.records import AnswerStatus, Bilingual, Coverage, Hit, Passage, Query, Rendition

COVERAGE = Coverage(8, dt.date(2023, 1, 19), dt.date(2025, 6, 2), 110)


def hit(name: str, day: dt.date, score: float, text: str = "Texte.") -> Hit:
    """Make a hit."""
    fr = Rendition("fr", text, "f", 0, len(text), "official")
    en = Rendition("en", f"EN {text}", "e", 0, len(text), "unofficial_translation")
    passage = Passage(name, "statement", day, None, None, Bilingual(fr, en))
    return Hit(passage, score, {"late": 0.5, "hint": 0.6, "dense": 0.9, "lexical": 4.0})


def query(question: str) -> Query:
    """Make a query."""
    return Query(question, question, "en", "en")


NEW, OLD = dt.date(2024, 11, 1), dt.date(2023, 1, 19)


def test_an_answer_names_the_meetings_and_attributes_to_the_summaries() -> None:
    """Lead, then quotes grouped by meeting with their numbers."""
    hits = [hit("a", NEW, 5.0, "Un."), hit("b", OLD, 4.5, "Deux."), hit("c", NEW, 4.0, "Trois.")]
    composed = compose("answered", hits, COVERAGE, catalogue("fr"))
    assert composed.text.split("\n") == [
        "Les résumés des réunions du 1er novembre 2024 et du 19 janvier 2023 indiquent\u00a0:",
        "Réunion du 1er novembre 2024",
        "«\u00a0Un.\u00a0» [1]",
        "«\u00a0Trois.\u00a0» [2]",
        "Réunion du 19 janvier 2023",
        "«\u00a0Deux.\u00a0» [3]",
    ]
    assert [item.hit.passage.id for item in composed.citations] == ["a", "c", "b"]
    assert composed.statements[0].citations == (1, 2, 3)


def test_one_meeting_is_named_in_the_singular() -> None:
    """English wording of a single quote."""
    composed = compose("answered", [hit("a", NEW, 5.0)], COVERAGE, catalogue("en"))
    assert composed.text == (
        "The summary of the meeting of November 1, 2024 says:\n“EN Texte.” [1]"
    )


@pytest.mark.parametrize("status", ["related", "not_found"])
def test_what_is_not_answered_says_what_was_searched(status: AnswerStatus) -> None:
    """No quote, no statement, and the coverage."""
    composed = compose(status, [hit("a", NEW, 5.0)], COVERAGE, catalogue("en"))
    assert composed.citations == ()
    assert composed.statements == ()
    assert composed.text.endswith(
        "8 meeting summaries were searched, from January 2023 to June 2025."
    )


def test_quotes_come_near_the_first() -> None:
    """Beyond the margin a passage is not quoted."""
    hits = [hit("a", NEW, 5.0), hit("b", NEW, 3.5), hit("c", NEW, 3.4)]
    assert [item.passage.id for item in choose_quotes(hits)] == ["a", "b"]


def test_groups_follow_their_best_passage() -> None:
    """The meeting of the best passage comes first."""
    hits = [hit("a", OLD, 5.0), hit("b", NEW, 4.0), hit("c", OLD, 3.0)]
    assert [day for day, _ in group_by_meeting(hits)] == [OLD, NEW]


def test_a_rendition_that_does_not_match_is_dropped_and_counted() -> None:
    """The other language stays; a passage without any goes."""
    hits = [hit("a", NEW, 5.0), hit("b", NEW, 4.0)]
    kept, dropped = verify_hits(hits, lambda item: item.language == "en")
    assert dropped == 2
    assert [item.passage.renditions.fr for item in kept] == [None, None]
    assert verify_hits(hits, lambda _item: False) == ((), 4)
    assert verify_hits(hits, lambda _item: True) == (tuple(hits), 0)


def test_features_by_hand() -> None:
    """Best legs, BM25 over the root of the word count, lead, agreement, flags."""
    hits = [hit("a", NEW, 5.0), hit("b", NEW, 3.0)]
    values = features(query("How many in 1999 paid"), hits, frozenset({2023}))
    assert dict(zip(FEATURES, values, strict=True)) == {
        "late": 0.5,
        "hint": 0.6,
        "dense": 0.9,
        "lexical": 4.0 / math.sqrt(5),
        "lead": 2.0,
        "agreement": 1.0,
        "asks_figure": 1.0,
        "asks_person": 0.0,
        "strange_year": 1.0,
    }


def test_the_judge_has_three_outcomes() -> None:
    """Probability .5 against thresholds on either side of it."""
    hits = [hit("a", NEW, 5.0)]
    zeros = (0.0,) * len(FEATURES)
    for answered, related, status in (
        (0.5, 0.2, "answered"),
        (0.6, 0.2, "related"),
        (0.7, 0.6, "not_found"),
    ):
        verdict = Judge(zeros, 0.0, answered, related).decide(query("a"), hits, frozenset())
        assert (verdict.status, verdict.confidence) == (status, 0.5)
    assert load_judge().decide(query("a"), [], frozenset()).status == "not_found"


def test_the_stored_judge_orders_its_thresholds() -> None:
    """What is related is less sure than what is answered."""
    judge = load_judge()
    assert 0 < judge.related < judge.answered < 1
