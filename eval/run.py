"""Asks a system every gold question and scores what comes back.

A system is anything that answers `ask(question, history)` with a `Reply`: our service in this
process, ours or another at an address, what others would build.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Protocol

import numpy as np

from ccs_qa.client import Client
from ccs_qa.corpus.library import Corpus
from ccs_qa.generate.facts import read_facts
from ccs_qa.generate.lexicon import lexicon, official_names
from ccs_qa.generate.support import Support
from ccs_qa.present.presenter import Presenter
from ccs_qa.present.schemas import AskResponse, CitationOut
from ccs_qa.records import AnswerMode, AnswerStatus, Bilingual, Language, Passage, Question
from ccs_qa.search.legs import HYBRID, Fusion
from ccs_qa.service import QAService
from ccs_qa.text.dates import Date, holds, take_dates
from ccs_qa.text.numbers import numbers
from ccs_qa.text.strings import words
from eval.gold import GoldRow, relevance
from eval.metrics import (
    RANKING,
    Refusal,
    context_recall,
    mean_of,
    ratio_of,
    score_rankings,
    score_refusal,
    share_of,
)
from eval.report import Plot, Section, Table, tabulate

SLICES = ("all", "fr", "en")
# The least support of a fact: of least error on facts that were read beside quotes, twice
# (`python -m eval facts`).
HELD = 0.78
_DEPTH = 10
# What stands around a quote that is a statement.
_MARKS = "«»“” \u00a0"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system gives for a question; ids are those of passages of the corpus.

    Attributes:
        ranking: Best first.
        status: Whether it answers; a system that only ranks always does.
        cited: The passages that it quotes.
        confidence: 0 to 1, higher where an answer is likelier.
        verified: How many of the quotes equal their document.
        texts: What its reader sees, best first; the French passages ranked when None.
        answer: All that it says, where it speaks our API; None elsewhere.
    """

    ranking: tuple[str, ...]
    status: AnswerStatus = "answered"
    cited: tuple[str, ...] = ()
    confidence: float = 1.0
    verified: int = 0
    texts: tuple[str, ...] | None = None
    milliseconds: float = 0.0
    answer: AskResponse | None = None


class System(Protocol):
    """Anything that can be scored."""

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Answer a question; earlier questions of a conversation stand oldest first."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Our service in this process, ranking only."""

    service: QAService
    fusion: Fusion = HYBRID
    k: int = _DEPTH

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Rank."""
        asked = Question(question, history=tuple(history), k=self.k)
        hits = self.service.search(asked, fusion=self.fusion).hits
        return Reply(tuple(hit.passage.id for hit in hits))


@dataclass(frozen=True, slots=True)
class InProcess:
    """Our service in this process; it answers as it ranks itself, whatever fusion is scored."""

    service: QAService
    fusion: Fusion = HYBRID
    mode: AnswerMode = "extractive"

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Rank, then answer."""
        ranking = Ranker(self.service, self.fusion).ask(question, history).ranking
        start = time.perf_counter()
        answer = self.service.ask(Question(question, history=tuple(history), mode=self.mode))
        spent = (time.perf_counter() - start) * 1000
        corpus = self.service.corpus
        return _reply(ranking, Presenter(corpus).answer(answer), corpus, spent)


@dataclass(frozen=True, slots=True)
class OverHttp:
    """A service that speaks our API, at an address."""

    client: Client
    corpus: Corpus

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Rank, then answer."""
        hits = self.client.search(question, history=history, k=_DEPTH).hits
        start = time.perf_counter()
        answer = self.client.ask(question, history=history)
        spent = (time.perf_counter() - start) * 1000
        return _reply((hit.passage_id for hit in hits), answer, self.corpus, spent)


def _reply(
    ranking: Iterable[str], answer: AskResponse, corpus: Corpus, milliseconds: float
) -> Reply:
    # Where a model words, what its sentences name is what is cited.
    quotes = named_quotes(answer) if answer.mode == "generative" else answer.citations
    pages = {name: page.text for name, page in corpus.documents.items()}
    return Reply(
        ranking=tuple(ranking),
        status=answer.status,
        cited=tuple(item.passage_id for item in quotes),
        confidence=answer.confidence,
        verified=sum(pages.get(x.document, "")[x.start : x.end] == x.text for x in quotes),
        milliseconds=milliseconds,
        answer=answer,
    )


def named_quotes(answer: AskResponse) -> list[CitationOut]:
    """List the quotes that the sentences of an answer name, in their order."""
    quotes = {item.number: item for item in answer.citations}
    named = dict.fromkeys(number for said in answer.statements for number in said.citations)
    return [quotes[number] for number in named]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question gave.

    Attributes:
        scores: Ranking measures; none of an unanswerable question.
        context_recall: Share of the needed lines in the first 2,000 characters.
        facts: Whether each key fact is held; none where nothing is quoted.
    """

    row: GoldRow
    reply: Reply
    relevant: Mapping[str, int]
    scores: Mapping[str, float]
    context_recall: float
    facts: tuple[bool, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether it was answered."""
        return self.reply.status == "answered"

    @property
    def first(self) -> str | None:
        """First passage; None where nothing was found."""
        return next(iter(self.reply.ranking), None)

    @property
    def failed(self) -> bool:
        """Whether it is answerable and the first passage does not answer it."""
        return self.row.answerable and self.first not in self.relevant

    @property
    def wrong(self) -> bool:
        """Whether an answerable question was not answered, or another was."""
        return self.row.answerable != self.answered


def ask_all(
    system: System,
    rows: Iterable[GoldRow],
    corpus: Corpus,
    support: Support | None = None,
) -> tuple[Outcome, ...]:
    """Ask every question; without a measure of support no key fact is looked for."""
    outcomes = []
    for row in rows:
        reply = system.ask(row.question, row.history)
        relevant = relevance(row, corpus)
        scores = score_rankings({row.id: relevant}, {row.id: reply.ranking}) if relevant else {}
        needed = [item.snippet for item in row.relevant if item.grade == 2]
        texts = reply.texts
        if texts is None:
            ranked = (corpus.passage(name) for name in reply.ranking)
            texts = tuple(passage.renditions.best("fr").text for passage in ranked)
        seen = context_recall(needed, texts)
        facts = held_facts(row, reply, corpus, support) if support else ()
        outcomes.append(Outcome(row, reply, relevant, scores.get(row.id, {}), seen, facts))
    return tuple(outcomes)


# Which key facts the quotes of an answer hold. A fact is written in the language of its question. A
# quote is read in both languages, with what stands beside it: its lead-in and section, the day and
# the title of its meeting. Numbers, dates and names must stand there, or in what the service says
# of the records; whatever else a fact says must be meant by one of the quotes.


@dataclass(frozen=True, slots=True)
class Told:
    """A quote with what stands beside it, or a sentence of the service."""

    texts: tuple[str, ...]
    dates: frozenset[Date]
    exact: frozenset[str]


@cache
def read(*texts: tuple[Language, str]) -> Told:
    """Read texts that stand together."""
    facts = [read_facts(text, language) for language, text in texts]
    plain = [words(text) for _, text in texts]
    joined = [f" {' '.join(item)} " for item in plain]
    official = {
        key
        for name, key in official_names().items()
        if any(f" {' '.join(words(name))} " in text for text in joined)
    }
    return Told(
        tuple(text for _, text in texts),
        frozenset[Date]().union(*(item.dates for item in facts)),
        frozenset(official).union(
            (word for item in plain for word in item if not word.isdigit()),
            *(item.numbers | item.names for item in facts),
        ),
    )


def read_quote(passage: Passage, corpus: Corpus) -> Told:
    """Read a quote in both languages, with what stands beside it."""
    beside: list[Bilingual | None] = [passage.renditions, passage.lead_in, passage.section]
    for item in corpus.meetings:
        if item.date == passage.meeting:
            beside += [item.heading, item.title.renditions if item.title else None]
    return read(*((said.language, said.text) for part in beside if part for said in part.spoken))


def read_reply(reply: Reply, corpus: Corpus) -> tuple[Told, ...]:
    """Read the quotes that an answer names, and what else it says; a model's words prove nothing.

    Of another system all that it cites is read.
    """
    answer = reply.answer
    named = {item.passage_id for item in named_quotes(answer)} if answer else {*reply.cited}
    quotes = [read_quote(corpus.passage(name), corpus) for name in reply.cited if name in named]
    if answer is None or answer.mode == "generative":
        return tuple(quotes)
    known = {text for item in quotes for text in item.texts}
    said = (statement.text.strip(_MARKS) for statement in answer.statements)
    return (*quotes, *(read((answer.language, text)) for text in said if text not in known))


def held_facts(row: GoldRow, reply: Reply, corpus: Corpus, support: Support) -> tuple[bool, ...]:
    """Tell which key facts of a question an answer holds; none where nothing is quoted."""
    if not (row.answerable and row.key_facts and reply.cited):
        return ()
    told = read_reply(reply, corpus)
    return tuple(weigh_fact(fact, row.lang, told, support) >= HELD for fact in row.key_facts)


def weigh_fact(fact: str, language: Language, told: Sequence[Told], support: Support) -> float:
    """Tell how much one of the quotes means a fact: up to 1, or 2 where they say it exactly.

    It is -1 where anything exact in it does not stand in the quotes.
    """
    facts = read_facts(fact, language)
    dates = frozenset[Date]().union(*(item.dates for item in told))
    exact = frozenset[str]().union(*(item.exact for item in told))
    if not facts.numbers | facts.names <= exact or not all(holds(dates, x) for x in facts.dates):
        return -1.0
    _, rest = take_dates(fact, language)
    known = lexicon(language).grammar | facts.names
    more = (word for word in words(rest) if word.isalpha() and word not in known)
    if all(numbers(word, language) for word in more):
        return 2.0
    near = [item for item in told if any(holds(item.dates, x) for x in facts.dates)] or told
    return max((support(fact, item.texts) for item in near), default=-1.0)


def _mean(values: Sequence[float]) -> float:
    return round(statistics.fmean(values), 4) if values else 0.0


def refusal_of(outcomes: Sequence[Outcome]) -> Refusal:
    """Score the judge."""
    return score_refusal(
        [item.row.answerable for item in outcomes],
        [item.reply.confidence for item in outcomes],
        [item.answered for item in outcomes],
    )


def right_of_quoted(outcome: Outcome) -> tuple[int, int]:
    """Count what is relevant of what is quoted."""
    cited = outcome.reply.cited
    return sum(name in outcome.relevant for name in cited), len(cited)


def quoted_of_needed(outcome: Outcome) -> tuple[int, int]:
    """Count what is quoted of what is needed: of so many as were asked for, where a number was."""
    needed = [name for name, grade in outcome.relevant.items() if grade == 2]
    most = outcome.row.wanted or len(needed)
    quoted = sum(name in outcome.reply.cited for name in needed)
    return min(most, quoted), min(most, len(needed))


def citation_scores(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Score the quotes of answered, answerable questions."""
    answered = [item for item in outcomes if item.row.answerable and item.reply.cited]
    needed = [
        float(name in item.reply.cited)
        for item in answered
        for name, grade in item.relevant.items()
        if grade == 2
    ]
    right, quoted = np.sum([right_of_quoted(item) for item in answered] or [(0, 1)], axis=0)
    given = sum(len(item.reply.cited) for item in outcomes)
    verified = sum(item.reply.verified for item in outcomes)
    return {
        "precision": round(float(right / quoted), 4),
        "recall": _mean(needed),
        "verified": round(verified / given, 4) if given else 1.0,
    }


def fact_scores(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Share of key facts held by the quotes of answered questions, by language and by type."""

    def share(items: Sequence[Outcome]) -> float:
        return _mean([float(held) for item in items for held in item.facts])

    types = by_type([item for item in outcomes if item.facts])
    return {
        **{name: share(items) for name, items in by_language(outcomes).items()},
        "types": {kind: share(items) for kind, items in types.items()},
    }


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Put the figures of a run into the agreed form."""
    slices, known = by_slice(outcomes), by_language(outcomes)
    times = sorted(item.reply.milliseconds for item in outcomes) or [0.0]
    refusals = {name: refusal_of(items) for name, items in slices.items()}
    return {
        "retrieval": {
            name: {measure: _mean([item.scores[measure] for item in items]) for measure in RANKING}
            for name, items in known.items()
        },
        "context_recall@2000": {
            name: _mean([item.context_recall for item in items]) for name, items in known.items()
        },
        "refusal": {
            name: {
                "auc": round(found.auc, 4),
                "false_answer_rate": round(share_of(*found.false_answers).mean, 4),
                "false_refusal_rate": round(share_of(*found.false_refusals).mean, 4),
            }
            for name, found in refusals.items()
        },
        "citations": citation_scores(outcomes),
        "key_facts": fact_scores(outcomes),
        "latency_ms": {
            name: round(times[min(len(times) - 1, int(len(times) * share))], 2)
            for name, share in (("p50", 0.5), ("p95", 0.95))
        },
        "n": {
            **{name: len(items) for name, items in slices.items()},
            "answerable": refusals["all"].false_refusals[1],
            "unanswerable": refusals["all"].false_answers[1],
        },
    }


Groups = dict[str, list[Outcome]]


def by_slice(outcomes: Sequence[Outcome]) -> Groups:
    """Group questions by language, and all; a group may be empty."""
    return {name: [x for x in outcomes if name in ("all", x.row.lang)] for name in SLICES}


def by_language(outcomes: Sequence[Outcome]) -> Groups:
    """Group answerable questions by language, and all."""
    return by_slice([item for item in outcomes if item.row.answerable])


def by_type(outcomes: Sequence[Outcome]) -> Groups:
    """Group answerable questions by type."""
    return _grouped(outcomes, lambda item: {item.row.type})


def by_meeting(outcomes: Sequence[Outcome]) -> Groups:
    """Group answerable questions by meeting, once in each that answers them."""
    return _grouped(outcomes, lambda item: {str(line.meeting) for line in item.row.relevant})


def _grouped(outcomes: Sequence[Outcome], names: Callable[[Outcome], set[str]]) -> Groups:
    found: Groups = {}
    for item in outcomes:
        for name in names(item) if item.row.answerable else ():
            found.setdefault(name, []).append(item)
    return dict(sorted(found.items()))


# The columns of tables whose rows are groups of questions.


def mean_text(measure: str, items: Sequence[Outcome]) -> str:
    """Average a ranking measure."""
    return mean_of([item.scores[measure] for item in items]).text(".3f", ".2f")


Columns = Mapping[str, Callable[[Sequence[Outcome]], str]]
NUMBER: Columns = {"number": lambda items: str(len(items))}
RANKED: Columns = {**NUMBER, **{f"{name}, 95 %": partial(mean_text, name) for name in RANKING}}
QUOTED: Columns = {
    **NUMBER,
    "precision, 95 %": lambda items: ratio_of([*map(right_of_quoted, items)]).text(".2f"),
    "recall, 95 %": lambda items: ratio_of([*map(quoted_of_needed, items)]).text(".2f"),
}


def other_table(outcomes: Sequence[Outcome]) -> Table:
    """Tabulate what is not a ranking: context, citations, key facts, time."""
    found = summarise(outcomes)
    facts = found["key_facts"]
    rows = [["figure", "value"]]
    for name, values in (("context recall", found["context_recall@2000"]), ("key facts", facts)):
        cell = " / ".join(f"{values[language]:.3f}" for language in SLICES)
        rows.append([f"{name}, {' / '.join(SLICES)}", cell])
    kinds = (f"{name} {value:.3f}" for name, value in facts["types"].items())
    rows.append(["key facts, types", ", ".join(kinds)])
    rows += [[f"citations, {name}", f"{x:.3f}"] for name, x in found["citations"].items()]
    rows += [[f"time, {name}", f"{spent:.1f} ms"] for name, spent in found["latency_ms"].items()]
    return Table("Context, citations and time", rows)


def summary_section(outcomes: Sequence[Outcome]) -> Section:
    """Show how a run did as a whole."""
    return Section(
        "Summary",
        "How well the ranking, the quotes and the clock did: of every share 1 is perfect, and "
        "brackets drawn like these hold the true mean 19 times of 20. Context recall is the share "
        "of the needed lines in the first 2,000 characters, key facts the share of what right "
        "answers must hold that the quotes hold. Of citations, precision is the share that "
        "answers, recall the share of the directly answering passages that is quoted, verified the "
        "share that equals its document. Half of the answers take less than p50, 19 of 20 less "
        "than p95.",
        (
            tabulate("Ranking per language", "language", by_language(outcomes).items(), RANKED),
            other_table(outcomes),
        ),
    )


def ranking_section(outcomes: Sequence[Outcome], measure: str = "ndcg@10") -> Section:
    """Show where the ranking is weak."""
    tables, plots = [], []
    for label, found in (("type", by_type(outcomes)), ("meeting", by_meeting(outcomes))):
        tables.append(tabulate(f"Ranking per {label}", label, found.items(), RANKED))
        means = {
            f"{name} ({len(items)})": mean_of([item.scores[measure] for item in items])
            for name, items in found.items()
        }
        plots.append(Plot(f"{measure} per {label}, 95 %", means))
    return Section(
        "Ranking per type and per meeting",
        "Where the ranking is weak: groups whose bracket lies wholly below that of another are "
        "harder; a question that several meetings answer counts once in each of them.",
        tuple(tables),
        tuple(plots),
    )


def run_sections(outcomes: Sequence[Outcome]) -> tuple[Section, ...]:
    """Lay out a run."""
    # A type may be named as a language is: questions that ask for all of something.
    kinds = [*by_language(outcomes).items(), *by_type(outcomes).items()]
    return (
        summary_section(outcomes),
        ranking_section(outcomes),
        Section(
            "Quotes per language and per type",
            "Of the lines quoted, how many are needed or help; of the lines needed, how many are "
            "quoted. A question without an answer quotes none of them; of one that asks for three "
            "quotes, three are needed.",
            (tabulate("Quotes", "questions of", kinds, QUOTED),),
        ),
    )
