"""A topic from meeting to meeting."""

import datetime as dt

from ccs_qa.answer import compose_timeline, trace
from ccs_qa.answer.timeline import NEAR_ENOUGH
from ccs_qa.corpus import Corpus
from ccs_qa.messages import catalogue
from ccs_qa.records import Bilingual, Hit, Passage, PassageKind, Rendition
from ccs_qa.service import QAService

OLD, MID, NEW = dt.date(2023, 1, 19), dt.date(2024, 6, 27), dt.date(2025, 6, 2)


def hit(name: str, day: dt.date, score: float, kind: PassageKind = "statement") -> Hit:
    """Make a hit."""
    text = Rendition("en", name, "e", 0, len(name), "unofficial_translation")
    return Hit(Passage(name, kind, day, None, None, Bilingual(None, text)), score, {})


def test_the_best_statement_of_each_near_meeting_is_kept_in_order_of_date() -> None:
    """A second one, an objective and a meeting beyond the margin are left out."""
    hits = [
        hit("a", NEW, 9.0, "objective"),
        hit("b", NEW, 8.0),
        hit("c", OLD, 8.0 - NEAR_ENOUGH),
        hit("d", NEW, 4.6),
        hit("e", MID, 8.0 - NEAR_ENOUGH - 0.1),
    ]
    timeline = trace(hits, [NEW, MID, OLD])
    assert [item.passage.id for item in timeline.entries] == ["c", "b"]
    assert timeline.absent == (MID,)


def test_silent_meetings_are_named() -> None:
    """The lead counts, each meeting has its quote, the last line names the silent one."""
    composed = compose_timeline(trace([hit("b", NEW, 8.0)], [NEW, OLD]), catalogue("en"))
    assert composed.text.split("\n") == [
        "The topic comes up in 1 of 2 meetings:",
        "“b” [1]",
        "The summary of the meeting of January 19, 2023 does not speak of it.",
    ]


def test_every_meeting_is_either_quoted_or_silent(service: QAService, corpus: Corpus) -> None:
    """Asked how a topic evolved, the answer accounts for all meetings, once each."""
    answer = service.ask("How has the advice on artificial intelligence evolved over time?")
    quoted = [item.hit.passage.meeting for item in answer.citations]
    assert answer.status == "answered"
    assert dt.date(2024, 6, 27) in quoted
    assert quoted == sorted(day for day in quoted if day)
    assert {*quoted, *answer.absent} == {meeting.date for meeting in corpus.meetings}
    assert len(quoted) + len(answer.absent) == len(corpus.meetings)


def test_a_topic_of_one_meeting_leaves_the_others_silent(service: QAService) -> None:
    """Passports were the subject of January 2023."""
    _, timeline = service.timeline("passport applications and offices")
    assert OLD in {item.passage.meeting for item in timeline.entries}
    assert NEW in timeline.absent
