"""The online step list: understand, rank, verify, judge, compose, have it phrased if asked."""

import copy
import datetime as dt
import time
import uuid
from collections.abc import Generator
from typing import Self

from ccs_qa.answer import (
    Judge,
    Timeline,
    Verdict,
    compose,
    compose_meetings,
    compose_timeline,
    features,
    load_judge,
    trace,
    verify_hits,
)
from ccs_qa.build import refuse_stale
from ccs_qa.corpus import Corpus, load_corpus
from ccs_qa.encoder import open_encoder
from ccs_qa.errors import ModeError
from ccs_qa.index import load_index
from ccs_qa.llm import Guarded, open_endpoint
from ccs_qa.messages import catalogue
from ccs_qa.phrase.phraser import Phraser
from ccs_qa.phrase.support import embedding_support
from ccs_qa.records import (
    Answer,
    AnswerMode,
    Filters,
    Grasp,
    Hit,
    Language,
    Query,
    SearchResult,
)
from ccs_qa.search import HYBRID, Recipe, Retriever, Understander, allowed, open_speller
from ccs_qa.settings import Settings
from ccs_qa.steps import (
    Answered,
    Found,
    Observer,
    Phrases,
    Ranking,
    Step,
    Understood,
    coverage_of,
    judged_query,
    known_words,
    listed_meetings,
    phrased,
)

NO_FILTERS = Filters()
_NEAREST = 3


class QAService:
    """Answers questions from one corpus with one index.

    It holds no state of a conversation and may be used from several threads.

    Attributes:
        corpus: What is cited.
        index_id: The index that is searched.
        model: Identity of the model.
        endpoint: The language model that may phrase answers; None where none is set up.
    """

    def __init__(
        self,
        corpus: Corpus,
        retriever: Retriever,
        judge: Judge,
        settings: Settings,
    ) -> None:
        """Bind the parts; use `open_service`.

        Args:
            corpus: What is cited.
            retriever: Ranks passages.
            judge: Judges rankings.
            settings: Limits.
        """
        self.corpus = corpus
        self.retriever = retriever
        self.index_id = retriever.index.manifest.index_id
        self.model = retriever.encoder.identity
        self._judge = judge
        self._settings = settings
        self.endpoint: Guarded | None = None
        self._phraser: Phrases | None = None
        self._understander = Understander(
            corpus.meetings, settings.max_question, speller=open_speller(corpus)
        )
        self._observers: tuple[Observer, ...] = ()

    @property
    def generative(self) -> bool:
        """Whether an answer may be asked for in the words of a language model."""
        return self._phraser is not None

    def phrased_by(self, phraser: Phrases, endpoint: Guarded) -> Self:
        """Make a service over the same parts that can have answers phrased.

        Args:
            phraser: Has them phrased.
            endpoint: The language model behind it.

        Returns:
            The service; this one stays as it is.
        """
        other = copy.copy(self)
        other._phraser = phraser  # noqa: SLF001 - a copy of our own
        other.endpoint = endpoint
        return other

    def observed_by(self, *observers: Observer) -> Self:
        """Make a service over the same parts that tells of every answer.

        Every door is given the service that comes out of here, so that none can forget to.

        Args:
            *observers: Who is told.

        Returns:
            The service; this one stays as it is.
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
        """Find the passages nearest to a question.

        Args:
            question: The words typed.
            k: How many passages at most, 1 to 100.
            language: Language wanted for the texts; that of the question when None.
            history: Earlier questions, oldest first.
            filters: Limits on the meetings.
            recipe: How to rank.

        Returns:
            The passages, best first, every rendition verified.

        Raises:
            InputError: The question or a filter cannot be used.
        """
        understood = self._understand(question, language, history, filters)
        found = self._rank(understood, k, recipe)
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
            question: The words typed.
            language: Language of the answer; that of the question when None.
            history: Earlier questions, oldest first.
            filters: Limits on the meetings.
            k: How many passages are considered, 1 to 100.
            mode: How the answer is worded.

        Returns:
            The answer.

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
            question: The words typed.
            language: Language of the answer; that of the question when None.
            history: Earlier questions, oldest first.
            filters: Limits on the meetings.
            k: How many passages are considered, 1 to 100.
            mode: How the answer is worded.

        Yields:
            What was understood, what was found, the answer; each as soon as it is there. Before
            an answer that a model phrases, `Phrasing` again and again.

        Raises:
            InputError: The question, a filter or the mode cannot be used.
        """
        if mode == "generative" and self._phraser is None:
            raise ModeError
        understood = self._understand(question, language, history, filters)
        yield understood
        found = self._rank(understood, k)
        yield Found(found.query, found.hits[:k])
        answer = self._answer(found, k)
        if mode == "generative" and self._phraser is not None:
            answer = yield from phrased(answer, self._phraser)
        # Before the step: whoever takes the answer may never ask for another.
        for observer in self._observers:
            observer.answered(answer, found.hits[:k])
        yield Answered(answer)

    def _answer(self, found: Ranking, k: int) -> Answer:
        start = time.perf_counter()
        wording = catalogue(found.query.language)
        coverage = coverage_of(self.corpus, found.query)
        hits = found.hits[:k]
        listed = listed_meetings(self.corpus, found.query)
        timeline = Timeline((), ())
        verdict = (
            Verdict("answered", 1.0) if listed else self._judge.decide(*self._judged(found, k))
        )
        if listed:
            composed = compose_meetings(listed, wording)
        elif verdict.status == "answered" and found.query.intent == "timeline":
            timeline = trace(found.hits, self.searched(found.query))
            composed = compose_timeline(timeline, wording)
        else:
            sides = found.query.scope.sides if found.query.scope else ()
            composed = compose(
                verdict.status, found.hits if sides else hits, coverage, wording, sides=sides
            )
        answered = verdict.status == "answered"
        spent = round((time.perf_counter() - start) * 1000, 3)
        return Answer(
            id=uuid.uuid4().hex,
            query=found.query,
            status=verdict.status,
            language=found.query.language,
            confidence=round(verdict.confidence, 4),
            text=composed.text,
            statements=composed.statements,
            citations=composed.citations,
            nearest=() if answered else found.hits[:_NEAREST],
            coverage=coverage,
            disclaimer=self.corpus.disclaimer,
            mode="extractive",
            index_id=self.index_id,
            timings_ms={**found.timings_ms, "answer": spent},
            dropped=found.dropped,
            absent=timeline.absent,
        )

    def timeline(
        self,
        topic: str,
        *,
        language: Language | None = None,
        filters: Filters = NO_FILTERS,
    ) -> tuple[Query, Timeline]:
        """Follow a topic through the meetings, whether or not the judge would answer.

        Args:
            topic: The topic, or a question about it.
            language: Language wanted for the texts; that of the topic when None.
            filters: Limits on the meetings.

        Returns:
            What was understood, and the timeline.

        Raises:
            InputError: The topic or a filter cannot be used.
        """
        found = self._rank(
            self._understand(topic, language, (), filters),
            len(self.retriever.index.passages),
        )
        return found.query, trace(found.hits, self.searched(found.query))

    def searched(self, query: Query) -> tuple[dt.date, ...]:
        """Name the meetings that a query searches.

        Args:
            query: The query.

        Returns:
            Their dates, oldest first.
        """
        if query.scope is not None:
            return query.scope.meetings
        return tuple(sorted(meeting.date for meeting in self.corpus.meetings))

    def features(self, question: str, *, history: tuple[str, ...] = ()) -> tuple[float, ...]:
        """Describe a question as the judge sees it, for calibration.

        Args:
            question: The words typed.
            history: Earlier questions, oldest first.

        Returns:
            The features; none when nothing was found.

        Raises:
            InputError: The question cannot be used.
        """
        found = self._rank(self._understand(question, None, history, NO_FILTERS), 10)
        query, hits, grasp = self._judged(found, 10)
        return features(query, hits, grasp, self._judge.known) if hits else ()

    def _judged(self, found: Ranking, k: int) -> tuple[Query, tuple[Hit, ...], Grasp]:
        judged = judged_query(found.query)
        if judged != found.query:
            found = self._rank(Understood(judged), k)
        return found.query, found.hits[:k], found.grasp

    def _understand(
        self,
        question: str,
        language: Language | None,
        history: tuple[str, ...],
        filters: Filters,
    ) -> Understood:
        start = time.perf_counter()
        query = self._understander.understand(
            question,
            language=language,
            history=history[-self._settings.max_history :] if self._settings.max_history else (),
            filters=filters,
        )
        return Understood(query, round((time.perf_counter() - start) * 1000, 3))

    def _rank(self, understood: Understood, k: int, recipe: Recipe = HYBRID) -> Ranking:
        query = understood.query
        if query.intent == "timeline" or (query.scope is not None and query.scope.sides):
            k = len(self.retriever.index.passages)
        ranked = self.retriever.rank(
            query, k=k, recipe=recipe, allowed=allowed(query) if recipe.understood else None
        )
        hits = [
            Hit(passage, round(score, 6), reasons)
            for passage, score, reasons in zip(
                ranked.passages, ranked.scores, ranked.legs, strict=True
            )
        ]
        verified, dropped = verify_hits(hits, self.corpus.verify)
        spent = {"understand": understood.spent_ms, **ranked.timings_ms}
        return Ranking(query, verified, ranked.grasp, dropped, spent)


def open_service(settings: Settings) -> QAService:
    """Load everything that answering needs.

    Args:
        settings: Where things are.

    Returns:
        A ready service.

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
    service = QAService(corpus, retriever, load_judge(known_words(corpus)), settings)
    endpoint = open_endpoint(settings)
    if endpoint is None:
        return service
    return service.phrased_by(Phraser(endpoint, embedding_support(encoder)), endpoint)
