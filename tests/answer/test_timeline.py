"""A topic from meeting to meeting, in the real summaries."""

import datetime as dt
from dataclasses import replace
from typing import cast

import pytest

from ccs_qa.answer.judge import Judge as FittedJudge
from ccs_qa.answer.judge import Verdict
from ccs_qa.corpus.library import Corpus
from ccs_qa.records import AnswerStatus, Filters, Language, Question
from ccs_qa.service import QAService

OLD, NEW = dt.date(2023, 1, 19), dt.date(2025, 6, 2)


def test_a_meeting_is_quoted_or_silent_or_neither(service: QAService, corpus: Corpus) -> None:
    """Asked how a topic evolved, the answer quotes each once, in order, and counts all of them."""
    answer = service.ask(
        Question("How has the advice on artificial intelligence evolved over time?")
    )
    quoted = [item.hit.passage.meeting for item in answer.citations]
    assert (answer.status, answer.kind) == ("answered", "timeline")
    assert dt.date(2024, 6, 27) in quoted
    assert quoted == sorted({day for day in quoted if day})
    assert not {*quoted} & {*answer.absent}
    assert {*quoted, *answer.absent} <= {meeting.date for meeting in corpus.meetings}
    assert f"{len(quoted)} of {len(corpus.meetings)} meetings" in answer.statements[0].text


def test_a_topic_of_one_meeting_leaves_the_others_silent(service: QAService) -> None:
    """Passports were the subject of January 2023."""
    query, status, timeline = service.timeline(Question("passport applications and offices"))
    assert (query.intent, status) == ("evolution", "answered")
    assert OLD in {item.passage.meeting for item in timeline.entries}
    assert NEW in timeline.absent
    assert timeline.total == len(service.corpus.meetings)


@pytest.mark.parametrize(
    ("topic", "language"),
    [("hockey playoffs and stadium tickets", "en"), ("la pêche au homard", "fr")],
)
def test_of_what_nobody_speaks_there_is_no_timeline(
    service: QAService, topic: str, language: Language
) -> None:
    """No meeting is quoted and none called silent; how many were searched is said."""
    query, status, timeline = service.timeline(Question(topic, language=language))
    assert query.language == language
    assert status != "answered"
    assert (timeline.entries, timeline.absent) == ((), ())
    assert timeline.total == len(service.corpus.meetings)


@pytest.mark.parametrize("says", ["answered", "related", "not_found"])
def test_a_topic_whose_words_a_summary_holds_comes_up_whoever_judges(
    service: QAService, says: AnswerStatus
) -> None:
    """Of another the judge alone decides; so an answer on either, with the confidence of each."""

    class Judge:
        """Says one thing of everything."""

        def asks(self, _vector: object) -> float:
            return 0.0

        def decide(self, *_read: object) -> Verdict:
            return Verdict(says, 0.5)

    judged = replace(service, judge=cast("FittedJudge", Judge()))
    _, status, timeline = judged.timeline(Question("passports"))
    assert status == "answered"
    assert OLD in {item.passage.meeting for item in timeline.entries}
    _, status, timeline = judged.timeline(Question("hockey playoffs and stadium tickets"))
    assert status == says
    assert bool(timeline.entries) is (says == "answered")
    held = judged.ask(Question("How has the advice on passports evolved?"))
    assert (held.status, held.kind, held.confidence) == ("answered", "timeline", 1.0)
    other = judged.ask(
        Question("How has the advice on hockey playoffs and stadium tickets evolved?")
    )
    assert (other.status, other.confidence) == (says, 0.5)


def test_a_timeline_keeps_to_the_meetings_asked_for(service: QAService) -> None:
    """Of three meetings none other is quoted, silent or counted."""
    _, _, timeline = service.timeline(Question("trust", filters=Filters(end=dt.date(2023, 12, 31))))
    assert timeline.total == 3
    named = {item.passage.meeting for item in timeline.entries} | {*timeline.absent}
    assert named
    assert all(day is not None and day.year == 2023 for day in named)


def test_an_answer_and_the_timeline_of_its_topic_agree(service: QAService) -> None:
    """One resolver for questions and for the page."""
    answer = service.ask(Question("How has the advice on passports evolved?"))
    _, _, timeline = service.timeline(Question("passports"))
    assert answer.kind == "timeline"
    asked = {item.hit.passage.meeting for item in answer.citations}
    assert asked == {item.passage.meeting for item in timeline.entries}


def test_each_meeting_has_the_words_comes_near_or_is_silent(
    service: QAService, corpus: Corpus
) -> None:
    """One of the three for every meeting; what only comes near does not have the words."""
    _, _, timeline = service.timeline(Question("remote areas"))
    hits = (*timeline.entries, *timeline.near)
    told = [hit.passage.meeting for hit in hits if hit.passage.meeting is not None]
    assert sorted([*told, *timeline.absent]) == sorted(item.date for item in corpus.meetings)
    assert timeline.held
    for hit in timeline.entries:
        assert "remote" in hit.passage.renditions.best("en").text
    for hit in timeline.near:
        assert "remote areas" not in hit.passage.renditions.best("en").text
    _, _, other = service.timeline(Question("getting answers at the counter"))
    assert other.entries
    assert not other.held
