"""The online step list: understand, rank, verify, judge, compose, have it phrased if asked."""

import copy
import datetime as dt
import time
import uuid
from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from typing import Self

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.compose import Composed, closed, compose, compose_record, compose_timeline
from ccs_qa.answer.conversation import converse
from ccs_qa.answer.expansion import read_name
from ccs_qa.answer.expectations import asks_beyond_records
from ccs_qa.answer.forms import FORMS, Former, of_topic
from ccs_qa.answer.judge import Judge, Verdict, features, load_judge
from ccs_qa.answer.outcome import Outcome, join_outcomes
from ccs_qa.answer.record import RECORD_INTENTS, read_record
from ccs_qa.answer.resolver import OF_ONE, TopicResolver
from ccs_qa.answer.select import Selector, extent_of, load_selector, with_sides
from ccs_qa.answer.timeline import Spoken, Timeline
from ccs_qa.answer.verify import verify_hits
from ccs_qa.corpus.library import Corpus, load_corpus
from ccs_qa.encoder.encoder import open_encoder
from ccs_qa.errors import ModeError
from ccs_qa.generate.ask import Phraser
from ccs_qa.generate.breaker import Guarded
from ccs_qa.generate.opening import open_endpoint
from ccs_qa.index.artefacts import load_index
from ccs_qa.index.build import refuse_stale
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import (
    Answer,
    AnswerMode,
    AnswerStatus,
    Coverage,
    Filters,
    Grasp,
    Hit,
    Language,
    Query,
    SearchResult,
)
from ccs_qa.search.legs import HYBRID, Recipe
from ccs_qa.search.marks import Marker
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.rank import Retriever
from ccs_qa.search.understand.heads import open_heads
from ccs_qa.search.understand.slips import open_speller
from ccs_qa.search.understand.understander import Understander, Understanding, allowed
from ccs_qa.settings import Settings
from ccs_qa.steps import (
    Answered,
    Described,
    Found,
    Observer,
    Phrases,
    Ranking,
    Step,
    Understood,
    coverage_of,
    interleave,
    phrased,
    recorded,
    searched_by,
)

NO_FILTERS = Filters()
_NEAREST = 3
_WITHOUT_NEAREST: frozenset[AnswerStatus] = frozenset({"answered", "conversation"})
_NOTHING_SEARCHED = Coverage(0, None, None, 0)
# A question of record asks for the date or the place of nothing where the odds that it leans on
# one that nobody asked are e to this.
_VAGUE = 0.5
_OF_SOME = OF_ONE | {"when"}
# So many passages the judge looks at, and so many may be quoted.
_JUDGED = 10
_QUOTABLE = 16
# So many passages are looked at where a topic is followed through the meetings.
_WIDE = 200


class QAService:
    """Answers questions from one corpus with one index.

    It holds no state of a conversation and may be used from several threads.

    Attributes:
        endpoint: The language model that may phrase answers; None where none is set up.
    """

    def __init__(
        self,
        corpus: Corpus,
        retriever: Retriever,
        judge: Judge,
        selector: Selector,
        settings: Settings,
    ) -> None:
        """Bind the parts; use `open_service`."""
        self.corpus = corpus
        self.retriever = retriever
        self.index_id = retriever.index.manifest.index_id
        self.model = retriever.encoder.identity
        self._judge = judge
        self._selector = selector
        self._settings = settings
        self.endpoint: Guarded | None = None
        self._phraser: Phrases | None = None
        self._names = Names.read(corpus.meetings, corpus.names, corpus.disclaimer)
        self._understander = Understander(
            corpus.meetings,
            settings.max_question,
            retriever.encoder,
            open_heads(retriever.encoder.identity),
            names=self._names,
            locate=self._located,
            speller=open_speller(corpus),
        )
        self._resolver = TopicResolver(corpus, self._names)
        self._blocks = Blocks(corpus)
        self._marker = Marker(retriever.encoder, retriever.index)
        self._former = Former(corpus, retriever.index, self._blocks, selector)
        self._observers: tuple[Observer, ...] = ()

    @property
    def generative(self) -> bool:
        """Whether an answer may be asked for in the words of a language model."""
        return self._phraser is not None

    def phrased_by(self, phraser: Phrases, endpoint: Guarded) -> Self:
        """Make another service over the same parts that can have answers phrased."""
        other = copy.copy(self)
        other._phraser = phraser  # noqa: SLF001 - a copy of our own
        other.endpoint = endpoint
        return other

    def observed_by(self, *observers: Observer) -> Self:
        """Make a service over the same parts that tells of every answer; this one stays as it is.

        Every door is given the service that comes out of here, so that none can forget to.
        """
        told = copy.copy(self)
        told._observers = observers  # noqa: SLF001 - a copy of our own
        return told

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        language: Language | None = None,
        history: tuple[str, ...] = (),
        filters: Filters = NO_FILTERS,
        recipe: Recipe = HYBRID,
    ) -> SearchResult:
        """Find the passages nearest to a question, every rendition verified.

        Args:
            k: How many passages at most, 1 to 100.
            language: Language wanted for the texts; that of the question when None.

        Raises:
            InputError: The question or a filter cannot be used.
        """
        understanding, spent = self._understand(question, language, history, filters)
        found = self._rank(understanding, k, spent, recipe)
        return SearchResult(found.query, found.hits[:k], self.index_id, dict(found.timings_ms))

    def ask(
        self,
        question: str,
        *,
        language: Language | None = None,
        history: tuple[str, ...] = (),
        filters: Filters = NO_FILTERS,
        k: int = 10,
        mode: AnswerMode = "extractive",
    ) -> Answer:
        """Answer a question in verified quotes.

        Args:
            language: Language of the answer; that of the question when None.
            k: How many of the passages found are told of beside the answer, 1 to 100.

        Raises:
            InputError: The question, a filter or the mode cannot be used.
        """
        steps = self.steps(
            question, language=language, history=history, filters=filters, k=k, mode=mode
        )
        return next(step.answer for step in steps if isinstance(step, Answered))

    def steps(
        self,
        question: str,
        *,
        language: Language | None = None,
        history: tuple[str, ...] = (),
        filters: Filters = NO_FILTERS,
        k: int = 10,
        mode: AnswerMode = "extractive",
    ) -> Generator[Step, None, None]:
        """Answer a question step by step; whoever stops iterating stops the work.

        Args:
            language: Language of the answer; that of the question when None.
            k: How many of the passages found are told of beside the answer, 1 to 100.

        Yields:
            What was understood, what was found, the answer; each as soon as it is there. Before
            an answer that a model phrases, `Phrasing` again and again.

        Raises:
            InputError: The question, a filter or the mode cannot be used.
        """
        if mode == "generative" and self._phraser is None:
            raise ModeError
        understanding, spent = self._understand(question, language, history, filters)
        yield Understood(understanding.query, spent)
        if understanding.query.intent == "chat":
            found = Ranking(understanding.query, (), Grasp(), 0, {"understand": spent})
        else:
            found = self._rank(understanding, max(k, _QUOTABLE), spent)
        yield Found(found.query, found.hits[:k])
        answer = self._answer(found)
        if mode == "generative" and self._phraser is not None:
            answer = yield from phrased(answer, self._phraser)
        # Before the step: whoever takes the answer may never ask for another.
        for observer in self._observers:
            observer.answered(answer, found.hits[:k])
        yield Answered(answer)

    def _answer(self, found: Ranking) -> Answer:
        start = time.perf_counter()
        alone = len(found.parts) < 2
        outcomes = [self._outcome(part, alone=alone) for part in found.parts or (found,)]
        outcome = outcomes[0] if len(outcomes) == 1 else join_outcomes(outcomes)
        spent = round((time.perf_counter() - start) * 1000, 3)
        return Answer(
            id=uuid.uuid4().hex,
            query=found.query,
            status=outcome.verdict.status,
            language=found.query.language,
            confidence=round(outcome.verdict.confidence, 4),
            text=closed(
                outcome.composed, outcome.absent, outcome.kind, catalogue(found.query.language)
            ),
            statements=outcome.composed.statements,
            citations=outcome.composed.citations,
            nearest=() if outcome.verdict.status in _WITHOUT_NEAREST else found.hits[:_NEAREST],
            coverage=coverage_of(self.corpus, found.query)
            if found.query.intent != "chat"
            else _NOTHING_SEARCHED,
            disclaimer=self.corpus.disclaimer,
            mode="extractive",
            index_id=self.index_id,
            timings_ms={**found.timings_ms, "answer": spent},
            dropped=found.dropped + outcome.composed.dropped,
            absent=outcome.absent,
            kind=outcome.kind,
            groups=outcome.composed.groups,
            more=outcome.composed.more,
        )

    def _outcome(self, found: Ranking, *, alone: bool) -> Outcome:
        """Judge and word one question; nothing near follows one of several."""
        query, wording = found.query, catalogue(found.query.language)
        if found.record is not None:
            composed = compose_record(
                found.record.lead, found.hits[: found.recorded], wording, self._blocks
            )
            return Outcome(Verdict("answered", 1.0), composed, "record")
        formed = found.formed
        if formed is not None and formed.status is not None:
            sure = Verdict(formed.status, float(formed.status == "answered"))
            return Outcome(sure, formed.composed, formed.kind)
        verdict = Verdict("not_found", 0.0) if query.intent == "chat" else self._verdict(found)
        if query.line is not None and verdict.status == "not_found":
            # What nothing comes near was not asked of the summaries.
            reply = converse(query.line, self.corpus, wording)
            return Outcome(Verdict("conversation", 0.0), reply, "quotes")
        if verdict.status == "answered" and formed is not None:
            return Outcome(verdict, self._marked(formed.composed, found), formed.kind)
        if verdict.status == "answered" and found.traced is not None:
            composed = self._marked(compose_timeline(found.traced, wording, self._blocks), found)
            return Outcome(verdict, composed, "timeline", found.traced.absent)
        sides = query.scope.sides if query.scope else ()
        coverage = coverage_of(self.corpus, query)
        selection = self._selector.choose(found.hits, found.grasp.breadth, extent_of(query))
        quotes = with_sides(selection.quotes, found.hits, sides)
        worded = verdict.status if alone or verdict.status == "answered" else "not_found"
        composed = compose(worded, quotes, coverage, wording, self._blocks, dated=bool(sides))
        if verdict.status == "answered":
            composed = replace(composed, more=selection.more)
        composed = self._marked(composed, found)
        return Outcome(verdict, composed, "comparison" if sides else "quotes")

    def _marked(self, composed: Composed, found: Ranking) -> Composed:
        """Mark the sentence of each long quote that comes nearest to what was searched."""
        if found.tokens is None:
            return composed
        marks = (self._marker.mark(found.tokens, item.hit.passage) for item in composed.citations)
        marked = zip(composed.citations, marks, strict=True)
        citations = tuple(replace(item, marks=those) for item, those in marked)
        return replace(composed, citations=citations)

    def timeline(
        self,
        topic: str,
        *,
        language: Language | None = None,
        filters: Filters = NO_FILTERS,
    ) -> tuple[Query, AnswerStatus, Timeline]:
        """Follow a topic through the meetings, as an answer would.

        Args:
            language: Language wanted for the texts; that of the topic when None.

        Returns:
            What was understood, whether the summaries speak of it, and the timeline; an empty one
            unless they do.

        Raises:
            InputError: The topic or a filter cannot be used.
        """
        understanding, spent = self._understand(topic, language, (), filters)
        query = replace(understanding.query, intent="evolution", parts=())
        found = self._rank(replace(understanding, query=query, parts=()), 10, spent)
        status = self._verdict(found).status
        traced = found.traced if status == "answered" else None
        return query, status, traced or Timeline(total=len(self.searched(query)))

    def searched(self, query: Query) -> tuple[dt.date, ...]:
        """Name the meetings that a query searches, oldest first."""
        return searched_by(query, self.corpus)

    def features(
        self, question: str, *, history: tuple[str, ...] = (), recipe: Recipe = HYBRID
    ) -> Described:
        """Describe a question as the judge sees it, for calibration."""
        understanding, _ = self._understand(question, None, history, NO_FILTERS)
        query = replace(understanding.query, parts=())
        asked = replace(understanding, query=query, parts=())
        extent = extent_of(query)
        found = self._judged(asked, _QUOTABLE if extent == "answer" else _WIDE, recipe)
        hits = found.hits[:_JUDGED]
        values = features(found.query, hits, found.grasp) if hits else ()
        status = self._judge.decide(found.query, hits, found.grasp).status
        return Described(
            query.intent, extent, found.grasp.hinted, values, status, found.hits, asked.pooled
        )

    def _understand(
        self,
        question: str,
        language: Language | None,
        history: tuple[str, ...],
        filters: Filters,
    ) -> tuple[Understanding, float]:
        start = time.perf_counter()
        understanding = self._understander.understand(
            question,
            language=language,
            history=history[-self._settings.max_history :] if self._settings.max_history else (),
            filters=filters,
        )
        return understanding, round((time.perf_counter() - start) * 1000, 3)

    def _rank(
        self, asked: Understanding, k: int, spent_ms: float, recipe: Recipe = HYBRID
    ) -> Ranking:
        """Rank one question, or each of several and then the best of each in turn."""
        if not (asked.parts and recipe.understood):
            found = self._rank_one(asked, k, recipe)
            return replace(found, timings_ms={"understand": spent_ms, **found.timings_ms})
        parts = tuple(self._rank_one(part, k, recipe) for part in asked.parts)
        timings = Counter[str]()
        for part in parts:
            timings.update(part.timings_ms)
        return Ranking(
            asked.query,
            interleave(parts),
            parts[0].grasp,
            sum(part.dropped for part in parts),
            {"understand": spent_ms, **timings},
            parts=parts,
        )

    def _verdict(self, found: Ranking) -> Verdict:
        """Judge a ranking; a topic whose words a summary holds comes up, whoever judges."""
        if found.held:
            return Verdict("answered", 1.0)
        return self._judge.decide(found.query, found.hits[:_JUDGED], found.grasp)

    def _located(self, question: str, history: tuple[str, ...]) -> frozenset[dt.date]:
        """Tell which meetings a question of the conversation was answered from."""
        asked, spent = self._understand(question, None, history, NO_FILTERS)
        if asked.query.scope is not None:
            return frozenset(asked.query.scope.meetings)
        found = self._rank(asked, 10, spent)
        if found.record is not None:
            return frozenset(found.record.meetings)
        days = [hit.passage.meeting for hit in found.hits[:1]]
        return frozenset(day for day in days if day is not None)

    def _rank_one(self, asked: Understanding, k: int, recipe: Recipe) -> Ranking:
        query = asked.query
        # Of a meeting that is named, the record says where it was; its topic is no matter then.
        singled = query.scope is not None and query.intent in OF_ONE
        followed = recipe.understood and (
            (query.intent == "evolution" and extent_of(query) != "sides")
            or of_topic(query)
            or (query.topic and query.intent in RECORD_INTENTS and not singled)
        )
        if followed or extent_of(query) != "answer":
            k = max(k, _WIDE)
        found = self._judged(asked, k, recipe)
        if not recipe.understood:
            return found
        topic = (
            self._resolver.resolve(query, found.hits, self.searched(query)) if followed else None
        )
        if query.intent in RECORD_INTENTS or query.intent == "stands_for":
            return self._with_record(found, topic)
        if query.intent in FORMS:
            formed = self._former.form(query, found.hits, topic, found.grasp)
            return replace(found, formed=formed, held=topic is not None and topic.held)
        if topic is None:
            return found
        return replace(found, traced=topic.timeline, held=topic.held)

    def _judged(self, asked: Understanding, k: int, recipe: Recipe) -> Ranking:
        """Rank and verify, and note what the judge reads."""
        query = asked.query
        ranked = self.retriever.rank(
            query,
            k=k,
            wordings=asked.wordings,
            pooled=asked.pooled,
            recipe=recipe,
            allowed=allowed(query) if recipe.understood else None,
        )
        hits = [
            Hit(passage, round(score, 6), reasons)
            for passage, score, reasons in zip(
                ranked.passages, ranked.scores, ranked.legs, strict=True
            )
        ]
        verified, dropped = verify_hits(hits, self.corpus.verify)
        grasp = replace(
            ranked.grasp,
            asks=self._judge.asks(asked.pooled),
            adrift=asked.adrift,
            breadth=self._selector.breadth(asked.pooled),
        )
        tokens = asked.wordings[0].tokens if asked.wordings else None
        return Ranking(query, verified, grasp, dropped, ranked.timings_ms, tokens=tokens)

    def _with_record(self, found: Ranking, topic: Spoken | None) -> Ranking:
        """Put what the records answer before what was ranked."""
        query = found.query
        vague = query.scope is None and topic is None and found.grasp.adrift > _VAGUE
        if asks_beyond_records(query.standalone) or (vague and query.intent in _OF_SOME):
            return found
        if topic is not None and not topic.held:
            verdict = self._verdict(found)
            if verdict.status != "answered":
                return found
        words = catalogue(query.language)
        if query.intent == "stands_for":
            record = read_name(
                self._names.stands_for(query.question, query.asked_in),
                self.corpus,
                self.searched(query),
                words,
            )
        else:
            record = read_record(
                query,
                self.corpus.meetings,
                topic.speakers if topic else None,
                words,
                about=topic.about if topic else frozenset(),
                today=dt.date.today(),  # noqa: DTZ011 - the asker's own day is meant
            )
        if record is None:
            return found
        return recorded(found, record, self.corpus)


def open_service(settings: Settings) -> QAService:
    """Load everything that answering needs.

    Raises:
        CcsQaError: The corpus, the model or the index cannot be used; an index built from
            another corpus or model is refused with both sides named.
    """
    corpus = load_corpus(settings.corpus)
    index = load_index(settings.index)
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    refuse_stale(index.manifest, corpus, encoder)
    passages = {passage.id: passage for passage in corpus.passages}
    retriever = Retriever(encoder, index, passages, settings.candidates)
    service = QAService(corpus, retriever, load_judge(), load_selector(), settings)
    endpoint = open_endpoint(settings)
    if endpoint is None:
        return service
    return service.phrased_by(Phraser(endpoint), endpoint)
