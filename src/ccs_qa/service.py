"""The path of a question: understand, find, resolve, judge, choose, word, and generate if asked."""

import datetime as dt
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from ccs_qa.answer.coverage import searched_by
from ccs_qa.answer.explain import Explanation, explain
from ccs_qa.answer.findings import (
    JUDGED,
    Finder,
    Findings,
    answered_from,
    hits_in_turn,
    time_spent,
    verdict_on,
)
from ccs_qa.answer.judge import Judge
from ccs_qa.answer.outcome import Composer, join_outcomes, judge_outcome
from ccs_qa.answer.recent import RECALL, Given, Recent, lines_of
from ccs_qa.answer.resolve import Resolver, depth
from ccs_qa.answer.select import QUOTABLE
from ccs_qa.answer.timeline import Timeline
from ccs_qa.answer.verify import verify_passage
from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import ModeError
from ccs_qa.generate.ask import AnswerGenerator, generate
from ccs_qa.generate.breaker import Guarded
from ccs_qa.records import (
    SEARCHED_KINDS,
    Answer,
    Answered,
    AnswerStatus,
    Found,
    Hit,
    Passage,
    Query,
    Question,
    SearchResult,
    Step,
    Steps,
    Understood,
)
from ccs_qa.search.legs import HYBRID, Fusion
from ccs_qa.search.rank import Clock, Retriever
from ccs_qa.search.understand.understander import Understander, Understanding

# Is told of every answer before it is given, with the passages found; called in the caller's
# thread, so it must not wait for long. What it raises is raised in place of the answer.
Observer = Callable[[Answer, tuple[Hit, ...]], None]
Stage = Literal["ask", "understand", "find", "resolve", "answer", "generate"]
# Is called before each stage, in the caller's thread; raises where the work is to stop. Only what
# is to be answered, not what is searched for, begins with `ask`.
Guard = Callable[[Stage], None]


@dataclass(eq=False)
class QAService:
    """Answers questions from one corpus with one index; `opening` puts its parts together.

    It holds no state of a conversation and may be used from several threads.

    Attributes:
        max_history: How many earlier questions are heeded.
        generator: Words answers with a language model; None where none is set up.
        endpoint: That model.
        edition: The edition that it answers from; empty where it was put together otherwise.
        recent: Answers that are given again; None where each question is answered anew.
        guards: Whether questions are answered now, and whoever asked still waits.
    """

    corpus: Corpus
    retriever: Retriever
    understander: Understander
    finder: Finder
    resolver: Resolver
    judge: Judge
    composer: Composer
    max_history: int
    generator: AnswerGenerator | None = None
    endpoint: Guarded | None = None
    observers: tuple[Observer, ...] = ()
    edition: str = ""
    recent: Recent | None = None
    guards: tuple[Guard, ...] = ()

    @property
    def index_id(self) -> str:
        """The index that is searched."""
        return self.retriever.index.manifest.index_id

    @property
    def model(self) -> str:
        """The encoder's identity."""
        return self.retriever.encoder.identity

    @property
    def longest(self) -> int:
        """Most characters a question may have."""
        return self.understander.longest

    @property
    def generative(self) -> bool:
        """Whether an answer may be asked for in the words of a language model."""
        return self.generator is not None

    def search(self, question: Question, fusion: Fusion = HYBRID) -> SearchResult:
        """Find the passages nearest to a question, every rendition verified.

        Raises:
            InputError: The question or a filter cannot be used.
        """
        clock = Clock()
        asked = self.understand(question)
        clock.lap("understand")
        found = self.find(asked, question.k, fusion)
        hits = hits_in_turn(found)[: question.k]
        return SearchResult(asked.query, hits, self.index_id, clock.laps | time_spent(found))

    def saying(self, query: Query) -> tuple[str, tuple[Passage, ...]]:
        """Find the passages that hold the words of a query, whatever comes nearer in meaning.

        Returns:
            The words looked for, and every passage searched that holds all of them itself, its
            renditions verified, oldest meeting first.
        """
        words, found = self.resolver.topics.saying(query, searched_by(query, self.corpus))
        checked = (verify_passage(item, self.corpus.verify)[0] for item in found)
        return words, tuple(item for item in checked if item and item.kind in SEARCHED_KINDS)

    def ask(self, question: Question) -> Answer:
        """Answer a question in verified quotes.

        Raises:
            InputError: The question, a filter or the mode cannot be used.
            PausedError: Nobody is answered now.
            AuditError: The record that an answer needs cannot be kept.
        """
        return next(step.answer for step in self.steps(question) if isinstance(step, Answered))

    def steps(self, question: Question) -> Steps:
        """Answer a question step by step; whoever stops iterating stops the work.

        Yields:
            What was understood, what was found, the answer; each as soon as it is there. Before
            an answer that a model words, `Generating` again and again.

        Raises:
            InputError: The question, a filter or the mode cannot be used.
        """
        self._enter("ask")
        if question.mode == "generative" and self.generator is None:
            raise ModeError
        known = self._recalled(question)
        given = (yield from self._again(*known)) if known else (yield from self._work(question))
        found, answer = given
        # Before the step: whoever takes the answer may never ask for another.
        for observe in self.observers:
            observe(answer, found.hits)
        yield Answered(answer)

    def _enter(self, stage: Stage) -> None:
        for guard in self.guards:
            guard(stage)

    def _recalled(self, question: Question) -> Given | None:
        """Find what was given to the same question, as long as its quotes match their documents."""
        clock = Clock()
        known = self.recent.find(question) if self.recent else None
        if known is None or not all(map(self.corpus.verify, lines_of(known[1]))):
            return None
        clock.lap(RECALL)
        return known[0], replace(known[1], id=uuid.uuid4().hex, timings_ms=clock.laps)

    def _again(self, found: Found, answer: Answer) -> Generator[Step, None, Given]:
        yield Understood(answer.query)
        yield found
        self._enter("answer")
        return found, answer

    def _work(self, question: Question) -> Generator[Step, None, Given]:
        clock = Clock()
        asked = self.understand(question)
        clock.lap("understand")
        yield Understood(asked.query)
        said = asked.query.intent == "chat"
        most = max(question.k, QUOTABLE["answer"])
        found = (Findings(asked.query),) if said else self.find(asked, most)
        step = Found(asked.query, hits_in_turn(found)[: question.k])
        yield step
        spent = clock.laps | time_spent(found)
        clock.restart()
        self._enter("answer")
        outcomes = []
        for part in found:
            verdict = judge_outcome(part, self.judge)
            chosen = self.composer.choose(part, verdict)
            outcomes.append(self.composer.word(part, verdict, chosen, alone=len(found) == 1))
        outcome = join_outcomes(outcomes)
        clock.lap("answer")
        answer = self.composer.answer(
            asked.query, found, outcome, self.index_id, spent | clock.laps
        )
        if question.mode == "generative" and self.generator is not None:
            self._enter("generate")
            answer = yield from generate(answer, self.generator)
        elif self.recent is not None:
            # What a model words is worded anew each time.
            self.recent.keep(question, (step, answer))
        return step, answer

    def timeline(self, question: Question) -> tuple[Query, AnswerStatus, Timeline]:
        """Follow a topic through the meetings, as an answer would.

        Returns:
            What was understood, whether the summaries speak of it, and the timeline; an empty one
            unless they do.

        Raises:
            InputError: The topic or a filter cannot be used.
        """
        asked = self.understand(question)
        query = replace(asked.query, intent="evolution", parts=())
        (found,) = self.find(replace(asked, query=query, parts=()), question.k)
        status = verdict_on(found, self.judge).status
        traced = found.timeline if status == "answered" else None
        return query, status, traced or Timeline(total=len(searched_by(query, self.corpus)))

    def explain(self, question: Question) -> tuple[Explanation, ...]:
        """Explain the answer to a question, or to each of several in one, with `k` passages.

        Raises:
            InputError: The question or a filter cannot be used.
        """
        found = self.find(self.understand(question), max(question.k, QUOTABLE["answer"]))
        judge, selector = self.judge, self.composer.selector
        return tuple(
            explain(part, judge_outcome(part, judge), judge, selector, question.k) for part in found
        )

    def understand(self, question: Question) -> Understanding:
        """Understand a question and the latest of those before it."""
        self._enter("understand")
        reader = self.understander.of_one_conversation()

        @cache  # Of several questions in one, each may lean on the same one before.
        def located(text: str, history: tuple[str, ...]) -> frozenset[dt.date]:
            asked = reader.understand(Question(text, history=history), located)
            if asked.query.scope is not None:
                return frozenset(asked.query.scope.meetings)
            return answered_from(self.find(asked, JUDGED))

        first = max(0, len(question.history) - self.max_history)
        heeded = replace(question, history=question.history[first:])
        return reader.understand(heeded, located)

    def find(self, asked: Understanding, k: int, fusion: Fusion = HYBRID) -> tuple[Findings, ...]:
        """Find at least `k` passages for each question, and what else they resolve to."""
        if not fusion.understood:
            return (self.finder.find(asked, k, fusion),)
        return tuple(self._found(part, k, fusion) for part in asked.parts or (asked,))

    def _found(self, part: Understanding, k: int, fusion: Fusion) -> Findings:
        self._enter("find")
        found = self.finder.find(part, depth(part.query, k), fusion)
        self._enter("resolve")
        return self.resolver.resolve(found)
