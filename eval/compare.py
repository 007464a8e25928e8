"""The same questions asked of two systems: ours and others, with a leg and without, warm and cold.

Whatever is compared here is compared question by question, with the same model in one process.
"""

import datetime as dt
import json
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal, TypeVar, cast, get_args

import faiss
import numpy as np
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from ccs_qa.answer.explain import Explanation
from ccs_qa.corpus.known import Hints, KnownQuestions
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.index.artefacts import load_index, write_index
from ccs_qa.index.build import corpus_views, prepare_model, searched, splitter_settings
from ccs_qa.index.encoded import EncodedViews
from ccs_qa.index.storage import current_edition, lock_folder, swap_in
from ccs_qa.opening import make_service
from ccs_qa.records import LANGUAGES, Bilingual, Language, Passage, Question
from ccs_qa.search.legs import ABLATION, DENSE, HYBRID, LATE, Fusion
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval.gold import GoldRow, answered_by
from eval.judge import refusal_class
from eval.metrics import Estimate, mean_of, rate_text
from eval.report import Section, Table, tabulate
from eval.run import (
    Columns,
    InProcess,
    Outcome,
    Ranker,
    Reply,
    System,
    ask_all,
    by_slice,
    citation_scores,
)

_SEED = 7
_RRF = 60
_CHUNK, _OVERLAP = 1000, 200
_MEASURES = ("ndcg@10", "success@1", "recall@5")
# What answerable questions gave, by name of the system.
Runs = dict[str, tuple[Outcome, ...]]


def rank_all(
    systems: Iterable[tuple[str, System]], rows: Sequence[GoldRow], corpus: Corpus
) -> Runs:
    """Have systems rank every answerable question."""
    known = [row for row in rows if row.answerable]
    return {name: ask_all(system, known, corpus) for name, system in systems}


def gain(before: Sequence[Outcome], after: Sequence[Outcome], measure: str) -> Estimate:
    """Tell what a step brings, question by question."""
    pairs = zip(before, after, strict=True)
    return mean_of([new.scores[measure] - old.scores[measure] for old, new in pairs])


def mean_score(measure: str, language: str, outcomes: Sequence[Outcome]) -> str:
    """Write the mean of a measure; 0 without questions."""
    values = [item.scores[measure] for item in by_slice(outcomes)[language]]
    return f"{sum(values) / max(1, len(values)):.3f}"


def default_chunks(page: str) -> list[Document]:
    """Cut a page as the LangChain tutorials do: 1,000 characters, 200 overlap."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=_CHUNK, chunk_overlap=_OVERLAP, add_start_index=True
    )
    return splitter.create_documents([page])


class DefaultStack:
    """What the LangChain tutorials build: chunks, pooled vectors and FAISS; it ranks only."""

    def __init__(self, encoder: Encoder, corpus: Corpus) -> None:
        """Index the French page."""
        page = next(item for item in corpus.documents.values() if item.language == "fr")
        self._encoder, self._passages = encoder, corpus.passages
        self._chunks = default_chunks(page.text)
        self._index = faiss.IndexFlatIP(encoder.dimension)
        texts = [chunk.page_content for chunk in self._chunks]
        self._index.add(encoder.encode(texts, "passage").pooled)

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:  # noqa: ARG002 - it knows none
        """Rank the passages that lie in the nearest chunks."""
        _, found = self._index.search(self._encoder.encode([question], "query").pooled, 10)
        near = [self._chunks[int(at)] for at in found[0]]
        names = dict.fromkeys(name for chunk in near for name in self._inside(chunk))
        return Reply(tuple(names)[:10], texts=tuple(chunk.page_content for chunk in near))

    def _inside(self, chunk: Document) -> Iterator[str]:
        start = int(chunk.metadata["start_index"])
        for passage in self._passages:
            item = passage.renditions.fr
            if item and item.start < start + len(chunk.page_content) and item.end > start:
                yield passage.id


@dataclass(frozen=True, slots=True)
class ReciprocalRank:
    """Fuses systems by reciprocal rank (Cormack et al., 2009); it ranks only."""

    parts: tuple[System, ...]

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:  # noqa: ARG002 - it knows none
        """Add up reciprocal ranks."""
        fused: dict[str, float] = defaultdict(float)
        for part in self.parts:
            for place, name in enumerate(part.ask(question).ranking, 1):
                fused[name] += 1 / (_RRF + place)
        return Reply(tuple(sorted(fused, key=lambda name: -fused[name])[:10]))


def ablation(service: QAService) -> dict[str, System]:
    """List our ranking one leg after another."""
    return {fusion.name: Ranker(service, fusion) for fusion in ABLATION}


def systems(service: QAService) -> dict[str, System]:
    """List what others would build with the same model, and ours."""
    plain = ABLATION[:2]
    return {
        **{fusion.name: Ranker(service, fusion) for fusion in plain},
        "LangChain default (1,000/200, FAISS)": DefaultStack(
            service.retriever.encoder, service.corpus
        ),
        "BM25 + dense, reciprocal rank": ReciprocalRank(
            tuple(Ranker(service, fusion, 100) for fusion in plain)
        ),
        "ours": Ranker(service),
    }


_SHOWN: Columns = {
    **{measure: partial(mean_score, measure, "all") for measure in _MEASURES},
    **{f"nDCG@10 {language}": partial(mean_score, "ndcg@10", language) for language in LANGUAGES},
    "context recall": lambda x: f"{mean_of([item.context_recall for item in x]).mean:.3f}",
}


def runs_table(title: str, runs: Runs) -> Table:
    """Tabulate rankings, each with its context recall and what it adds to the row above."""
    table = tabulate(title, "ranking", runs.items(), _SHOWN)
    gains = (gain(above, item, "ndcg@10").bounds() for above, item in pairwise(runs.values()))
    steps = ("gain on the row above, 95 %", "", *gains)
    return replace(table, rows=[[*x, step] for x, step in zip(table.rows, steps, strict=True)])


def systems_section(legs: Runs, others: Runs) -> Section:
    """Show our ranking beside its parts and beside other systems."""
    return Section(
        "Ablation and other systems",
        "What each step of the ranking brings and what others would build with the same "
        "model: a gain whose bracket holds 0 may be chance.",
        (runs_table("One leg after another", legs), runs_table("Systems", others)),
    )


# Why a passage that does not answer came before one that does, and why a status is wrong.

_LONGEST, _SIGNS = 320, 3


def wanted_passage(outcome: Outcome) -> str:
    """Choose which relevant passage should have come first: the best graded, then the earliest."""
    ranking, relevant = outcome.reply.ranking, outcome.relevant
    places = {name: place for place, name in enumerate(ranking)}
    return min(relevant, key=lambda name: (-relevant[name], places.get(name, len(ranking)), name))


def _explained(service: QAService, outcome: Outcome, most: int) -> Explanation:
    row = outcome.row
    return service.explain(Question(row.question, history=row.history, k=most))[0]


def failure_cells(service: QAService, outcome: Outcome, candidates: int) -> list[str]:
    """Explain one failure: id, question, type, place of the wanted passage, both passages, why."""
    row, ranking, wanted = outcome.row, outcome.reply.ranking, wanted_passage(outcome)
    first = ranking[0] if ranking else wanted
    for most in (candidates, len(service.corpus.passages)):
        found = _explained(service, outcome, most)
        placed = {item.hit.passage.id: item.added for item in found.placed}
        if {first, wanted} <= placed.keys():
            moved = (f"{leg} {x - placed[wanted][leg]:+.2f}" for leg, x in placed[first].items())
            late = "" if most == candidates else f"not among the {candidates} candidates; "
            why = f"{late}{'; '.join(moved)}"
            break
    else:
        limit = f" (“{found.query.scope.text}”)" if found.query.scope else ""
        why = f"outside what the question was taken to be limited to{limit}"
    return [
        row.id,
        " › ".join((*row.history, row.question)),
        row.type,
        str(ranking.index(wanted) + 1) if wanted in ranking else "after ten",
        _quote(service.corpus.passage(ranking[0]), row.lang) if ranking else "nothing",
        _quote(service.corpus.passage(wanted), row.lang),
        why,
    ]


def _quote(passage: Passage, language: Language) -> str:
    text = shorten(passage.renditions.best(language).text, _LONGEST, placeholder=" …")
    return f"{passage.meeting}: {text}"


def status_cells(service: QAService, outcome: Outcome) -> list[str]:
    """Explain one wrong status: id, question, class or type, status, confidence, why."""
    row, found = outcome.row, _explained(service, outcome, 1)
    signs = (f"{x.name} {x.value:.2f}, turns at {x.turns_at:.2f}" for x in found.signs[:_SIGNS])
    return [
        row.id,
        " › ".join((*row.history, row.question)),
        row.type if row.answerable else refusal_class(row.note),
        outcome.reply.status,
        f"{outcome.reply.confidence:.2f}",
        "; ".join(signs) if found.judged else "the judge was not asked",
    ]


def failures_section(service: QAService, outcomes: Sequence[Outcome], candidates: int) -> Section:
    """Show every failure and every wrong status with what explains it, false answers first."""
    failed = [failure_cells(service, item, candidates) for item in outcomes if item.failed]
    wrong = sorted((x for x in outcomes if x.wrong), key=lambda item: item.row.answerable)
    head = ["id", "question", "type", "wanted at", "came first", "should have come first", "why"]
    other = ["id", "question", "class or type", "status", "confidence", "nearest to turning it"]
    return Section(
        "Failures",
        f"Every answerable question whose first passage does not answer it ({len(failed)}), then "
        f"every wrong status ({len(wrong)}): beside a leg stands how far it moved the score "
        "towards the wrong passage, beside a sign the value at which the verdict would turn, as "
        "`ccs-qa explain` tells them.",
        (
            Table("Wrong first passage", [head, *failed]),
            Table("Wrong status", [other, *(status_cells(service, item) for item in wrong)]),
        ),
    )


# An adapter on meetings that it was not tuned on.

_SUBSETS: tuple[Fusion, ...] = (
    Fusion("dense", (DENSE,)),
    Fusion("late interaction", (LATE,)),
    HYBRID,
)


def unseen_rows(rows: Sequence[GoldRow], meetings: frozenset[dt.date]) -> list[GoldRow]:
    """Keep the questions that only some meetings answer."""
    return [
        row for row in rows if row.answerable and all(x.meeting in meetings for x in row.relevant)
    ]


def measure_unseen(
    corpus: Corpus, settings: Settings, rows: Sequence[GoldRow], adapters: Sequence[Path]
) -> Table:
    """Score fusions untouched, then as tuned by each adapter on what it has not seen."""

    def opened(model: str) -> QAService:
        prepare_model(settings.model_copy(update={"model": model}), lambda *_: None)
        return serve(corpus, open_encoder(model, settings.cache, settings.threads), settings)

    found: Runs = {}
    base = opened("embedded-base")
    for adapter in adapters:
        record = json.loads(adapter.with_suffix(".json").read_text("utf-8"))
        asked = unseen_rows(rows, frozenset(map(dt.date.fromisoformat, record["without"])))
        tuned = opened(f"embedded:{adapter}")
        systems: dict[str, System] = {
            f"{fusion.name}, {label}": Ranker(service, fusion)
            for fusion in _SUBSETS
            for label, service in (("untouched", base), ("tuned", tuned))
        }
        for name, outcomes in rank_all(systems.items(), asked, corpus).items():
            found[name] = found.get(name, ()) + outcomes
    return runs_table("Meetings the adapter has not seen", found)


# A meeting on the day it is added: nobody has written hints for it, or translated it, yet.

# Whether the cold meeting answers a question, only others do, or nothing does.
Group = Literal["cold", "old", "unanswerable"]
World = tuple[dt.date, QAService]
_T = TypeVar("_T")
# Hints a passage and language on the way from none to all.
STEPS: tuple[int | None, ...] = (0, 1, 2, 4, 8, 16, None)
MOST_OLD = 60
_LACKS = {"without hints": True, "without hints and translation": False}


def with_hints(
    known: KnownQuestions, passages: frozenset[str], count: int | None = 0
) -> KnownQuestions:
    """Take away what was written for some passages, but for so many hints a language; None for all.

    Whatever the number, their themes and near misses go.
    """

    def others(items: Mapping[str, Hints]) -> dict[str, Hints]:
        return {name: item for name, item in items.items() if name not in passages}

    drawn = {
        name: Hints(*(_draw(name, item.get(language), count) for language in LANGUAGES))
        for name, item in known.hints.items()
        if name in passages and count != 0
    }
    themes = (
        replace(theme, passages=tuple(name for name in theme.passages if name not in passages))
        for theme in known.themes
    )
    return KnownQuestions(
        hints={**others(known.hints), **drawn},
        themes=tuple(theme for theme in themes if theme.passages),
        near_misses=others(known.near_misses),
    )


def _draw(passage: str, questions: tuple[str, ...], count: int | None) -> tuple[str, ...]:
    rng = np.random.default_rng([_SEED, zlib.crc32(passage.encode())])
    return tuple(questions[at] for at in rng.permutation(len(questions))[:count])


def without_translation(value: _T) -> _T:
    """Leave of a meeting, or of a part of it, what the French page says."""
    found: Any = value
    if isinstance(value, Bilingual):
        found = replace(value, en=None) if value.fr is not None else value
    elif isinstance(value, tuple):
        found = tuple(without_translation(item) for item in value)
    elif is_dataclass(value):
        parts = {item.name: getattr(value, item.name) for item in fields(value)}
        found = replace(found, **{name: without_translation(x) for name, x in parts.items()})
    return cast("_T", found)


def chill(corpus: Corpus, day: dt.date, *, translated: bool, hints: int | None = 0) -> Corpus:
    """Make a corpus in which nobody has worked on one meeting yet."""
    passages = frozenset(passage.id for passage in corpus.meeting(day).passages)
    return replace(
        corpus,
        known=with_hints(corpus.known, passages, hints),
        meetings=tuple(
            item if translated or item.date != day else without_translation(item)
            for item in corpus.meetings
        ),
    )


def serve(corpus: Corpus, encoder: Encoder, settings: Settings) -> QAService:
    """Build the index of a corpus, as a maintainer would, and open the service on it."""
    splitter, passages = splitter_settings(encoder), searched(corpus)
    with tempfile.TemporaryDirectory() as folder:
        with lock_folder(Path(folder)) as scratch:
            manifest = write_index(
                scratch,
                passages=passages,
                views=corpus_views(corpus, passages, encoder, splitter),
                encoder=encoder,
                corpus=corpus.digest,
                splitter=splitter,
                progress=lambda _step, _done, _total: None,
                memory=EncodedViews(settings.cache, encoder.identity),
            )
            swap_in(Path(folder), scratch, manifest)
        index = load_index(current_edition(Path(folder)))
    return make_service(corpus, encoder, index, settings)


@dataclass(frozen=True, slots=True)
class Case:
    """A question asked on the whole index and where one meeting is cold."""

    meeting: dt.date
    group: Group
    whole: Outcome
    cold: Outcome


def plan(rows: Sequence[GoldRow], days: Sequence[dt.date]) -> dict[dt.date, dict[str, Group]]:
    """Choose what is asked where each meeting is cold: the group of each question, by id.

    All that the meeting answers, at most `MOST_OLD` that only others answer, and its share of the
    unanswerable ones, each of which is asked once.
    """
    dealt: dict[str, dt.date] = {}
    for language in LANGUAGES:
        names = [row.id for row in rows if not row.answerable and row.lang == language]
        dealt |= {name: days[at % len(days)] for at, name in enumerate(names)}
    found: dict[dt.date, dict[str, Group]] = {}
    for at, day in enumerate(days):
        own = [row.id for row in answered_by(rows, day)]
        others = [row.id for row in rows if row.answerable and row.id not in own]
        drawn = np.random.default_rng([_SEED, at]).permutation(len(others))[:MOST_OLD]
        found[day] = {
            **dict.fromkeys(own, "cold"),
            **{others[place]: "old" for place in sorted(drawn)},
            **{name: "unanswerable" for name, where in dealt.items() if where == day},
        }
    return found


def _asked_cold(whole: Sequence[Outcome], among: Iterable[World]) -> Iterator[Case]:
    before = {item.row.id: item for item in whole}
    rows = [item.row for item in whole]
    planned: Mapping[dt.date, Mapping[str, Group]] = {}
    for day, service in among:
        planned = planned or plan(rows, [meeting.date for meeting in service.corpus.meetings])
        asked = [row for row in rows if row.id in planned[day]]
        for item in ask_all(InProcess(service), asked, service.corpus):
            yield Case(day, planned[day][item.row.id], before[item.row.id], item)


def estimate(values: Iterable[tuple[str, float]]) -> Estimate:
    """Average over questions; one asked where several meetings are cold counts once."""
    by_question: dict[str, list[float]] = defaultdict(list)
    for name, value in values:
        by_question[name].append(value)
    return mean_of([sum(found) / len(found) for found in by_question.values()])


_SLICES: dict[str, Callable[[GoldRow], bool]] = {
    "all": lambda _: True,
    "fr": lambda row: row.lang == "fr",
    "en": lambda row: row.lang == "en",
    "of one meeting": lambda row: len({item.meeting for item in row.relevant}) == 1,
}


def in_slices(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Sort questions by cold meeting, by language, and by meetings that answer."""
    found = {str(day): [x for x in cases if x.meeting == day] for day in {x.meeting for x in cases}}
    return dict(sorted(found.items(), reverse=True)) | {
        name: [item for item in cases if keeps(item.whole.row)] for name, keeps in _SLICES.items()
    }


_SIDES = ("whole", "cold")
VALUES: Mapping[str, Callable[[Outcome], float]] = {
    "answered": lambda item: float(item.answered),
    "not_found": lambda item: float(item.reply.status == "not_found"),
    "ndcg@10": lambda item: item.scores.get("ndcg@10", 0.0),
}


def figures_of(cases: Sequence[Case]) -> dict[str, Any]:
    """Score questions, whole and cold; a loss is the difference question by question."""
    names = [item.whole.row.id for item in cases]
    found: dict[str, Any] = {"questions": len(set(names))}
    for figure, value in VALUES.items():
        whole, cold = ([value(getattr(item, side)) for item in cases] for side in _SIDES)
        lost = [before - after for before, after in zip(whole, cold, strict=True)]
        sides = {"whole": whole, "cold": cold, "loss": lost}
        found[figure] = {x: estimate(zip(names, sides[x], strict=True)) for x in sides}
    quotes = {side: citation_scores([getattr(item, side) for item in cases]) for side in _SIDES}
    return {**found, "citations": quotes}


def cold_figures(cases: Sequence[Case]) -> dict[str, Any]:
    """Score by group and slice what was asked where meetings are cold."""
    groups = {group: [item for item in cases if item.group == group] for group in get_args(Group)}
    return {
        group: {name: figures_of(items) for name, items in in_slices(kept).items()}
        for group, kept in groups.items()
    }


def cold_tables(lack: str, figures: Mapping[str, Any]) -> Iterator[Table]:
    """Tabulate how questions are ranked and answered, whole and cold."""
    titles = ("its questions", "questions of other meetings", "what nothing answers")
    for title, (group, slices) in zip(titles, figures.items(), strict=True):
        # Where nothing answers, only what is answered says anything, and each is asked once.
        refused = group == "unanswerable"
        shown, quoted = (["answered"], []) if refused else ([*VALUES], ["precision", "recall"])
        rows = [["questions of", "number", *(f"{name}, whole → cold" for name in shown)]]
        rows[0] += [*(f"{name} lost" for name in shown), *(f"quotes, {name}" for name in quoted)]
        for name, found in slices.items():
            number, sides = found["questions"], [[found[x][y] for y in _SIDES] for x in shown]
            texts = (
                (rate_text(round(x.mean * number), number) if refused else x.text(".2f") for x in y)
                for y in sides
            )
            cells = [name, str(number), *map(" → ".join, texts)]
            cells += [found[figure]["loss"].text("+.3f") for figure in shown]
            quotes = (
                (f"{x[figure]:.2f}" for x in found["citations"].values()) for figure in quoted
            )
            rows.append([*cells, *map(" → ".join, quotes)])
        yield Table(f"A meeting {lack}: {title}", rows)


def _points(rows: Sequence[GoldRow], among: Iterable[World]) -> dict[str, Estimate]:
    ranked: list[tuple[GoldRow, float]] = []
    for day, service in among:
        found = ask_all(Ranker(service), answered_by(rows, day), service.corpus)
        ranked += [(item.row, item.scores["ndcg@10"]) for item in found]
    return {
        name: estimate((row.id, value) for row, value in ranked if keeps(row))
        for name, keeps in _SLICES.items()
    }


def measure_cold(
    service: QAService,
    rows: Sequence[GoldRow],
    settings: Settings,
    progress: Callable[[str], None],
    *,
    curve: bool,
) -> tuple[tuple[Table, ...], dict[str, Any]]:
    """Ask about each meeting as if it had just been added; give tables and the same for a file."""
    corpus, encoder = service.corpus, service.retriever.encoder

    def worlds(label: str, *, translated: bool = True, hints: int | None = 0) -> Iterator[World]:
        for meeting in corpus.meetings:
            progress(f"{label}: {meeting.date}")
            cold = chill(corpus, meeting.date, translated=translated, hints=hints)
            yield meeting.date, serve(cold, encoder, settings)

    progress("the whole index")
    whole = ask_all(InProcess(service), rows, corpus)
    figures: dict[str, Any] = {
        lack: cold_figures(tuple(_asked_cold(whole, worlds(lack, translated=translated))))
        for lack, translated in _LACKS.items()
    }
    tables = [table for lack in _LACKS for table in cold_tables(lack, figures[lack])]
    if curve:
        figures["curve"] = {
            "all" if hints is None else str(hints): _points(
                rows, worlds(f"hints: {hints}", hints=hints)
            )
            for hints in STEPS
        }
        warm = ((meeting.date, service) for meeting in corpus.meetings)
        figures["curve"]["all, themes and near misses"] = _points(rows, warm)
        head = ["hints a passage and language", *_SLICES]
        body = [[name, *(x.text() for x in y.values())] for name, y in figures["curve"].items()]
        tables.append(Table("nDCG@10 of a meeting with ever more hints", [head, *body]))
    return tuple(tables), figures
