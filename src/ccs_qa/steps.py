"""The steps of an answer: what each yields, and what is read off the records on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ccs_qa.answer import verify_hits
from ccs_qa.corpus import Corpus
from ccs_qa.records import SEARCHED_KINDS, Answer, Coverage, Grasp, Hit, Query
from ccs_qa.retrieval import allowed


@dataclass(frozen=True, slots=True)
class Understood:
    """The question is understood; nothing was searched yet.

    Attributes:
        query: What was understood.
        spent_ms: Milliseconds that it took.
    """

    query: Query
    spent_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Passages are ranked and verified; nothing was judged yet.

    Attributes:
        query: What was understood.
        hits: The passages that are judged, best first.
    """

    query: Query
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is there; no step follows.

    Attributes:
        answer: The answer.
    """

    answer: Answer


Step = Understood | Found | Answered


class Observer(Protocol):
    """Is told of every answer, whichever door it was asked for through."""

    def answered(self, answer: Answer, hits: tuple[Hit, ...]) -> None:
        """Take note of an answer; called in the caller's thread, so it must not wait or raise.

        Args:
            answer: The answer, not yet given.
            hits: The passages that were judged, best first.
        """


@dataclass(frozen=True, slots=True)
class Ranking:
    """A query and what was ranked for it.

    Attributes:
        query: What was understood.
        hits: Verified passages, best first.
        grasp: How well they cover the question.
        dropped: How many were left out because they did not match their document.
        timings_ms: Milliseconds spent in each stage.
    """

    query: Query
    hits: tuple[Hit, ...]
    grasp: Grasp
    dropped: int
    timings_ms: Mapping[str, float]


def listed_meetings(corpus: Corpus, query: Query) -> tuple[Hit, ...]:
    """Take the meetings from the records when they are what is asked for.

    Args:
        corpus: The records.
        query: What was understood.

    Returns:
        The verified objective of each meeting that fits, oldest first; none for other questions.
    """
    if query.intent != "meetings":
        return ()
    test = allowed(query)
    purposes = [meeting.objective[0] for meeting in corpus.meetings if meeting.objective]
    hits = [Hit(item, 0.0, {}) for item in purposes if test is None or test(item)]
    return verify_hits(hits[::-1], corpus.verify)[0]


def coverage_of(corpus: Corpus, query: Query) -> Coverage:
    """Say what a query searches.

    Args:
        corpus: The records.
        query: What was understood.

    Returns:
        The meetings and passages that it may find.
    """
    test = allowed(query)
    passages = [
        passage
        for passage in corpus.passages
        if passage.kind in SEARCHED_KINDS and (test is None or test(passage))
    ]
    dates = sorted({passage.meeting for passage in passages if passage.meeting})
    return Coverage(
        meetings=len(dates),
        start=dates[0] if dates else None,
        end=dates[-1] if dates else None,
        passages=len(passages),
    )
