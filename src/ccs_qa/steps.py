"""The steps of an answer: what each yields, and what is read off the records on the way."""

import datetime as dt
import itertools
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ccs_qa.answer.forms import Formed
from ccs_qa.answer.matter import Record
from ccs_qa.answer.select import Extent
from ccs_qa.answer.timeline import Timeline
from ccs_qa.answer.verify import verify_hits
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Vectors
from ccs_qa.records import (
    SEARCHED_KINDS,
    Answer,
    AnswerStatus,
    Citation,
    Coverage,
    Generation,
    Grasp,
    Hit,
    Intent,
    Query,
    Statement,
)


@dataclass(frozen=True, slots=True)
class Understood:
    """The question is understood, in so many milliseconds; nothing was searched yet."""

    query: Query
    spent_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Passages are ranked and verified; nothing was judged yet."""

    query: Query
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A model is phrasing the answer; it comes again and again, so that it can be stopped."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is there; no step follows."""

    answer: Answer


Step = Understood | Found | Phrasing | Answered
Steps = Generator[Step, None, None]


class Phrased(Protocol):
    """What became of phrasing an answer; the text and the statements count when it is used."""

    @property
    def text(self) -> str:
        """The sentences that passed every check, each followed by its numbers."""

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The same, one by one."""

    @property
    def generation(self) -> Generation:
        """What became of the attempt."""


class Phrases(Protocol):
    """Has an answer phrased, as `ccs_qa.generate` does."""

    def phrase(self, query: Query, citations: Sequence[Citation]) -> Generator[None, None, Phrased]:
        """Phrase an answer around its quotes; it yields now and then, so that it can be stopped.

        Returns:
            What passed the checks, and what became of the rest. A model that fails is told of
            there; it is never raised.
        """


class Observer(Protocol):
    """Is told of every answer, whichever door it was asked for through."""

    def answered(self, answer: Answer, hits: tuple[Hit, ...]) -> None:
        """Take note of an answer; called in the caller's thread, so it must not wait or raise.

        Args:
            answer: The answer, not yet given.
        """


@dataclass(frozen=True, slots=True)
class Ranking:
    """A query and what was ranked for it.

    Attributes:
        timings_ms: Milliseconds spent in each stage.
        record: What the records answer; None for a question on what was said.
        formed: The answer in the form that was asked for, where that is any but quotes.
        tokens: (tokens, dimension) vectors of what was searched; None where nothing was read.
    """

    query: Query
    hits: tuple[Hit, ...]
    grasp: Grasp
    dropped: int
    timings_ms: Mapping[str, float]
    record: Record | None = None
    recorded: int = 0
    traced: Timeline | None = None
    held: bool = False
    formed: Formed | None = None
    parts: tuple["Ranking", ...] = ()
    tokens: Vectors | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A question as the judge and the selection see it.

    Attributes:
        values: The features of the judge; none when nothing was found.
        pooled: (dimension,) the vector of the question.
    """

    intent: Intent
    extent: Extent
    hinted: bool
    values: tuple[float, ...]
    status: AnswerStatus
    hits: tuple[Hit, ...]
    pooled: Vectors


def recorded(found: Ranking, record: Record, corpus: Corpus) -> Ranking:
    """Put what the records answer before what was ranked."""
    ranked = {hit.passage.id: hit for hit in found.hits}
    lines = [ranked.get(item.id, Hit(item, 0.0, {})) for item in record.passages]
    first, dropped = verify_hits(lines, corpus.verify)
    named = {hit.passage.id for hit in first}
    rest = tuple(hit for hit in found.hits if hit.passage.id not in named)
    return replace(
        found,
        hits=(*first, *rest),
        dropped=found.dropped + dropped,
        record=record,
        recorded=len(first),
    )


def interleave(rankings: Sequence[Ranking]) -> tuple[Hit, ...]:
    """Take the best of each ranking in turn."""
    found: dict[str, Hit] = {}
    for row in itertools.zip_longest(*(item.hits for item in rankings)):
        for hit in row:
            if hit is not None:
                found.setdefault(hit.passage.id, hit)
    return tuple(found.values())


def searched_by(query: Query, corpus: Corpus) -> tuple[dt.date, ...]:
    """Name the meetings that a query searches.

    Returns:
        Their dates, oldest first: of several questions, those of any; all, where the meetings
        beyond the limits are asked for.
    """
    every = sorted(meeting.date for meeting in corpus.meetings)
    if query.parts:
        found = {day for part in query.parts for day in searched_by(part, corpus)}
        return tuple(day for day in every if day in found)
    if query.scope is None or (query.negated and not query.topic):
        return tuple(every)
    return query.scope.meetings


def coverage_of(corpus: Corpus, query: Query) -> Coverage:
    """Say what a query searches."""
    days = {*searched_by(query, corpus)}
    passages = [
        passage
        for passage in corpus.passages
        if passage.kind in SEARCHED_KINDS and passage.meeting in days
    ]
    dates = sorted({passage.meeting for passage in passages if passage.meeting})
    return Coverage(
        meetings=len(dates),
        start=dates[0] if dates else None,
        end=dates[-1] if dates else None,
        passages=len(passages),
    )


def can_be_phrased(answer: Answer) -> bool:
    """Tell whether there is something to phrase.

    Returns:
        Whether it quotes what was said on one topic; lists, timelines, comparisons and facts of
        a meeting are shown in the form that they have.
    """
    query = answer.query
    sides = query.scope.sides if query.scope else ()
    return answer.status == "answered" and query.intent == "topic" and not sides


def phrased(answer: Answer, phraser: Phrases) -> Generator[Phrasing, None, Answer]:
    """Have an answer phrased where that can be done; its quotes stay as they are.

    It yields a step now and then: whoever stops there stops the model.
    """
    if not can_be_phrased(answer):
        return replace(answer, generation=Generation("unneeded"))
    start = time.perf_counter()
    work = phraser.phrase(answer.query, answer.citations)
    try:
        while True:
            try:
                next(work)
            except StopIteration as end:
                made: Phrased = end.value
                break
            yield Phrasing()
    finally:
        work.close()
    timings = {**answer.timings_ms, "phrase": round((time.perf_counter() - start) * 1000, 3)}
    told = replace(answer, generation=made.generation, timings_ms=timings)
    if made.generation.outcome != "used":
        return told
    return replace(told, text=made.text, statements=made.statements, mode="generative")
