"""What becomes of a question, and of several in one: judged, chosen, worded."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.compose import Composed, closed, compose, compose_record, compose_timeline
from ccs_qa.answer.conversation import converse
from ccs_qa.answer.coverage import coverage_of
from ccs_qa.answer.findings import Findings, hits_in_turn, verdict_on
from ccs_qa.answer.judge import Judge, Verdict
from ccs_qa.answer.select import Selection, Selector, extent_of, with_sides
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Answer, AnswerKind, AnswerStatus, Group, Query, Statement
from ccs_qa.search.marks import Marker

_BEST_FIRST: tuple[AnswerStatus, ...] = ("answered", "related", "not_found", "conversation")
_NEAREST = 3
_WITH_NEAREST: frozenset[AnswerStatus] = frozenset({"related", "not_found"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A judged and worded answer."""

    verdict: Verdict
    composed: Composed
    kind: AnswerKind
    absent: tuple[dt.date, ...] = ()


def judge_outcome(found: Findings, judge: Judge) -> Verdict:
    """Say whether what was found answers; what is read off the records is sure."""
    query, formed = found.query, found.formed
    if found.record is not None:
        return Verdict("answered", 1.0)
    if formed is not None and formed.status is not None:
        return Verdict(formed.status, float(formed.status == "answered"))
    verdict = Verdict("not_found", 0.0) if query.intent == "chat" else verdict_on(found, judge)
    if query.line is not None and verdict.status == "not_found":
        # What nothing comes near was not asked of the summaries.
        return Verdict("conversation", 0.0)
    return verdict


class Composer:
    """Chooses what is quoted, and words it."""

    def __init__(self, corpus: Corpus, blocks: Blocks, selector: Selector, marker: Marker) -> None:
        """Bind the parts."""
        self._corpus = corpus
        self._blocks = blocks
        self.selector = selector
        self._marker = marker

    def choose(self, found: Findings, verdict: Verdict) -> Selection | None:
        """Choose the passages to quote; None where something else than quotes is the answer."""
        formed = found.formed
        if verdict.status == "conversation" or found.record or (formed and formed.status):
            return None
        if verdict.status == "answered" and (formed or found.timeline):
            return None
        query = found.query
        chosen = self.selector.choose(found.hits, found.evidence.breadth, extent_of(query))
        return replace(chosen, quotes=with_sides(chosen.quotes, found.hits, _sides(query)))

    def word(
        self, found: Findings, verdict: Verdict, chosen: Selection | None, *, alone: bool
    ) -> Outcome:
        """Word what was chosen; nothing near follows one of several questions."""
        query, words = found.query, catalogue(found.query.language)
        if chosen is not None:
            return self._quoted(found, verdict, chosen, alone=alone)
        if verdict.status == "conversation" and query.line is not None:
            return Outcome(verdict, converse(query.line, self._corpus, words), "quotes")
        if found.record is not None:
            lines = found.hits[: found.recorded]
            composed = compose_record(found.record.lead, lines, words, self._blocks)
            return Outcome(verdict, composed, "record")
        if (formed := found.formed) is not None:
            sure = formed.status is not None
            composed = formed.composed if sure else self._marked(formed.composed, found)
            return Outcome(verdict, composed, formed.kind)
        if found.timeline is None:
            raise ValueError("nothing was chosen, and nothing else answers")
        composed = compose_timeline(found.timeline, words, self._blocks)
        absent = found.timeline.absent
        return Outcome(verdict, self._marked(composed, found), "timeline", absent)

    def answer(
        self,
        query: Query,
        found: Sequence[Findings],
        outcome: Outcome,
        index_id: str,
        timings_ms: dict[str, float],
    ) -> Answer:
        """Give the outcome with what was found and searched."""
        composed, status = outcome.composed, outcome.verdict.status
        return Answer(
            id=uuid.uuid4().hex,
            query=query,
            status=status,
            language=query.language,
            confidence=round(outcome.verdict.confidence, 4),
            text=closed(composed, outcome.absent, outcome.kind, catalogue(query.language)),
            statements=composed.statements,
            citations=composed.citations,
            nearest=hits_in_turn(found)[:_NEAREST] if status in _WITH_NEAREST else (),
            coverage=coverage_of(query, self._corpus),
            disclaimer=self._corpus.disclaimer,
            mode="extractive",
            index_id=index_id,
            timings_ms=timings_ms,
            dropped=sum(part.dropped for part in found) + composed.dropped,
            absent=outcome.absent,
            kind=outcome.kind,
            groups=composed.groups,
            more=composed.more,
        )

    def _quoted(
        self, found: Findings, verdict: Verdict, chosen: Selection, *, alone: bool
    ) -> Outcome:
        query, answered = found.query, verdict.status == "answered"
        sides = _sides(query)
        composed = compose(
            verdict.status if alone or answered else "not_found",
            chosen.quotes,
            coverage_of(query, self._corpus),
            catalogue(query.language),
            self._blocks,
            dated=bool(sides),
        )
        if answered:
            composed = replace(composed, more=chosen.more)
        kind: AnswerKind = "comparison" if sides else "quotes"
        return Outcome(verdict, self._marked(composed, found), kind)

    def _marked(self, composed: Composed, found: Findings) -> Composed:
        """Mark the sentence of each long quote that comes nearest to what was searched."""
        if found.tokens is None:
            return composed
        marks = (self._marker.mark(found.tokens, item.hit.passage) for item in composed.citations)
        marked = zip(composed.citations, marks, strict=True)
        citations = tuple(replace(item, marks=those) for item, those in marked)
        return replace(composed, citations=citations)


def _sides(query: Query) -> tuple[tuple[dt.date, ...], ...]:
    return query.scope.sides if query.scope else ()


def join_outcomes(outcomes: Sequence[Outcome]) -> Outcome:
    """Answer several questions in one, with their best status and least confidence."""
    if len(outcomes) == 1:
        return outcomes[0]
    joined = Composed("", (), ())
    for place, outcome in enumerate(outcomes):
        own = outcome.composed
        if not own.statements:
            own = replace(own, statements=(Statement(own.text, ()),))
        own = own.renumbered(len(joined.citations))
        groups = own.groups
        if place:
            numbers = tuple(item.number for item in own.citations)
            below = (replace(item, level=item.level + 1) for item in groups)
            groups = (Group(own.statements[0].text, 1, numbers, "question"), *below)
        joined = Composed(
            f"{joined.text}\n\n{own.text}" if place else own.text,
            joined.statements + own.statements,
            joined.citations + own.citations,
            joined.dropped + own.dropped,
            joined.groups + groups,
            joined.more + own.more,
        )
    status = min((item.verdict.status for item in outcomes), key=_BEST_FIRST.index)
    sure = min(item.verdict.confidence for item in outcomes if item.verdict.status == status)
    kinds = {item.kind for item in outcomes}
    return Outcome(
        Verdict(status, sure),
        joined,
        kinds.pop() if len(kinds) == 1 else "quotes",
        tuple(sorted({day for item in outcomes for day in item.absent})),
    )
