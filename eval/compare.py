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
from functools import cache
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal, TypeVar, cast

import faiss
import numpy as np
import numpy.typing as npt
from langchain_text_splitters import RecursiveCharacterTextSplitter

from ccs_qa.corpus.known import Hints, KnownQuestions
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoded, Encoder, Role
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.index.artefacts import load_index, write_index
from ccs_qa.index.build import corpus_views, prepare_model, searched, splitter_settings
from ccs_qa.index.storage import current_edition, lock_folder, swap_in
from ccs_qa.opening import make_service
from ccs_qa.records import LANGUAGES, Bilingual, Hit, Language, Passage, Question
from ccs_qa.search.legs import ABLATION, DENSE, HYBRID, LATE, Fusion
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval.gold import GoldRow, answered_by
from eval.metrics import Estimate, interval_text, mean_of, rate_text
from eval.report import Rows, Section, Table
from eval.run import (
    InProcess,
    Outcome,
    Ranker,
    Reply,
    System,
    ask_all,
    citation_scores,
    of_slice,
    refusal_of,
)

_SEED = 7
_RRF = 60
_CHUNK, _OVERLAP = 1000, 200
_MEASURES = ("ndcg@10", "success@1", "recall@5")
# What answerable questions gave, by name of the system.
Runs = dict[str, tuple[Outcome, ...]]


def rank_all(
    systems: Mapping[str, System],
    rows: Sequence[GoldRow],
    corpus: Corpus,
    step: Callable[[], None] = lambda: None,
) -> Runs:
    """Have systems rank every answerable question."""
    found: Runs = {}
    for name, system in systems.items():
        found[name] = ask_all(system, [row for row in rows if row.answerable], corpus)
        step()
    return found


def gain(before: Sequence[Outcome], after: Sequence[Outcome], measure: str) -> Estimate:
    """Tell what a step brings, question by question."""
    pairs = zip(before, after, strict=True)
    return mean_of([new.scores[measure] - old.scores[measure] for old, new in pairs])


def mean_score(outcomes: Sequence[Outcome], measure: str, language: str = "all") -> str:
    """Write the mean of a measure; 0 without questions."""
    values = [item.scores[measure] for item in of_slice(outcomes, language)]
    return f"{sum(values) / max(1, len(values)):.3f}"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the French page, as a default stack cuts it."""

    text: str
    start: int
    passages: tuple[str, ...] = ()


def default_chunks(page: str) -> list[Chunk]:
    """Cut a page as the LangChain tutorials do: 1,000 characters, 200 overlap."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=_CHUNK, chunk_overlap=_OVERLAP, add_start_index=True
    )
    return [
        Chunk(item.page_content, int(item.metadata["start_index"]))
        for item in splitter.create_documents([page])
    ]


class DefaultStack:
    """What the LangChain tutorials build: chunks, pooled vectors and FAISS; it ranks only."""

    def __init__(self, encoder: Encoder, corpus: Corpus) -> None:
        """Index the French page."""
        page = next(item for item in corpus.documents.values() if item.language == "fr")
        self._encoder = encoder
        self._chunks = [
            replace(chunk, passages=tuple(_inside(chunk, corpus)))
            for chunk in default_chunks(page.text)
        ]
        self._index = faiss.IndexFlatIP(encoder.dimension)
        texts = [chunk.text for chunk in self._chunks]
        self._index.add(encoder.encode(texts, "passage").pooled)

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:  # noqa: ARG002 - it knows none
        """Rank the passages that lie in the nearest chunks."""
        _, found = self._index.search(self._encoder.encode([question], "query").pooled, 10)
        near = [self._chunks[int(at)] for at in found[0]]
        names = dict.fromkeys(name for chunk in near for name in chunk.passages)
        return Reply(tuple(names)[:10], texts=tuple(chunk.text for chunk in near))


def _inside(chunk: Chunk, corpus: Corpus) -> Iterator[str]:
    for passage in corpus.passages:
        item = passage.renditions.fr
        if item and item.start < chunk.start + len(chunk.text) and item.end > chunk.start:
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


_HEAD = ["ranking", *_MEASURES, "nDCG@10 fr", "nDCG@10 en"]


def _cells(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    whole = [mean_score(outcomes, measure) for measure in _MEASURES]
    return [name, *whole, *(mean_score(outcomes, "ndcg@10", language) for language in LANGUAGES)]


def fusion_table(runs: Runs) -> Table:
    """Tabulate rankings, each beside what it adds to the row above."""
    gains = [gain(above, item, "ndcg@10") for above, item in pairwise(runs.values())]
    steps = ["", *(interval_text(item.low, item.high) for item in gains)]
    body = [[*_cells(*run), step] for run, step in zip(runs.items(), steps, strict=True)]
    return Table("One leg after another", [[*_HEAD, "gain on the row above, 95 %"], *body])


def systems_table(runs: Runs) -> Table:
    """Tabulate systems with their context recall."""
    recalls = (mean_of([item.context_recall for item in x]).mean for x in runs.values())
    body = [[*_cells(*run), f"{x:.3f}"] for run, x in zip(runs.items(), recalls, strict=True)]
    return Table("Systems", [[*_HEAD, "context recall"], *body])


# Why a passage that does not answer came before one that does.

# What a deviation of each leg adds to the fused score. Pooled vectors pick candidates only.
_WEIGHTS = {
    "late": HYBRID.weight("late"),
    "hint": HYBRID.weight("hints"),
    "lexical": HYBRID.weight("lexical"),
}
_LONGEST = 320


def wanted_passage(outcome: Outcome) -> str:
    """Choose which relevant passage should have come first: the best graded, then the earliest."""
    ranking, relevant = outcome.reply.ranking, outcome.relevant
    places = {name: place for place, name in enumerate(ranking)}
    return min(relevant, key=lambda name: (-relevant[name], places.get(name, len(ranking)), name))


def pulls(hits: Sequence[Hit], first: str, wanted: str) -> dict[str, float]:
    """Tell how far each leg moved the fused score of the first passage above that of another."""
    by_name = {hit.passage.id: hit for hit in hits}
    one, other = by_name[first], by_name[wanted]

    def apart(leg: str) -> float:
        return one.reasons.get(leg, 0.0) - other.reasons.get(leg, 0.0)

    found: dict[str, float] = {}
    for leg, weight in _WEIGHTS.items():
        spread = float(np.std([hit.reasons.get(leg, 0.0) for hit in hits]))
        found[leg] = weight * apart(leg) / spread if spread > 1e-9 else 0.0
    # Added as it stands, not in deviations.
    found["shared_hints"] = HYBRID.weight("shared_hints") * apart("shared_hints")
    return {**found, "the rest": one.score - other.score - sum(found.values())}


def failure_cells(service: QAService, outcome: Outcome, candidates: int) -> list[str]:
    """Explain one failure: id, question, type, place of the wanted passage, both passages, why."""
    row, ranking, wanted = outcome.row, outcome.reply.ranking, wanted_passage(outcome)
    question = Question(row.question, history=row.history, k=len(service.corpus.passages))
    deep = service.search(question)
    near = service.search(replace(question, k=candidates))
    why = ""
    if wanted not in {hit.passage.id for hit in deep.hits}:
        limit = f" (“{deep.query.scope.text}”)" if deep.query.scope else ""
        why = f"outside what the question was taken to be limited to{limit}"
    elif ranking:
        reranked = wanted in {hit.passage.id for hit in near.hits}
        # A timeline ranks every passage, so that its legs are standardised over all of them.
        pool = near if reranked and near.query.intent != "evolution" else deep
        moved = pulls(pool.hits, ranking[0], wanted)
        late = "" if reranked else f"not among the {candidates} candidates; "
        why = late + "; ".join(f"{name} {value:+.2f}" for name, value in moved.items())
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


def failures_section(
    service: QAService, outcomes: Sequence[Outcome], candidates: int, wrong: Rows
) -> Section:
    """Show every failure and every wrong status with what explains it."""
    failed = [failure_cells(service, item, candidates) for item in outcomes if item.failed]
    head = ["id", "question", "type", "wanted at", "came first", "should have come first", "why"]
    return Section(
        "Failures",
        f"Every answerable question whose first passage does not answer it ({len(failed)}), then "
        f"every wrong status ({len(wrong) - 1}): beside a leg stands how far it moved the fused "
        "score towards the wrong passage (dense moves none, it only picks candidates; the rest is "
        "the kind of passage and what texts foretell), and a contribution is how far a feature "
        "moved the judge towards answering, beside the mean question.",
        (Table("Wrong first passage", [head, *failed]), Table("Wrong status", wrong)),
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
    """Score fusions without adapters, and with each on the meetings that it was not tuned on."""

    def opened(model: str) -> QAService:
        prepare_model(settings.model_copy(update={"model": model}), lambda *_: None)
        return serve(corpus, open_encoder(model, settings.cache, settings.threads), settings)

    plain, tuned = defaultdict[str, list[Outcome]](list), defaultdict[str, list[Outcome]](list)
    base = opened("embedded-base")
    for adapter in adapters:
        record = json.loads(adapter.with_suffix(".json").read_text("utf-8"))
        asked = unseen_rows(rows, frozenset(map(dt.date.fromisoformat, record["without"])))
        for service, found in ((base, plain), (opened(f"embedded:{adapter}"), tuned)):
            fusions = {fusion.name: Ranker(service, fusion) for fusion in _SUBSETS}
            for name, outcomes in rank_all(fusions, asked, corpus).items():
                found[name] += outcomes
    body = []
    for name, before in plain.items():
        for measure in _MEASURES[:2]:
            sides = [mean_score(before, measure), mean_score(tuned[name], measure)]
            brought = gain(before, tuned[name], measure)
            step = interval_text(brought.low, brought.high, "+.3f")
            body.append([name, str(len(before)), measure, *sides, step])
    head = ["ranking", "questions", "measure", "untouched", "tuned", "gain, 95 %"]
    return Table("Meetings the adapter has not seen", [head, *body])


# A meeting on the day it is added: nobody has written hints for it, or translated it, yet.

Group = Literal["cold", "old", "unanswerable"]
World = tuple[dt.date, QAService]
_T = TypeVar("_T")
# Hints a passage and language on the way from none to all.
STEPS: tuple[int | None, ...] = (0, 1, 2, 4, 8, 16, None)
MOST_OLD = 60
ALONE = "its alone"
_LACKS = {"without hints": True, "without hints and translation": False}


class Remembering(Encoder):
    """An encoder that encodes each text once in each role; texts are encoded one by one."""

    def __init__(self, encoder: Encoder) -> None:
        """Stand before an encoder."""
        self.identity = encoder.identity
        self.dimension = encoder.dimension
        self.window = encoder.window
        self._encoder = encoder
        self._one = cache(lambda text, role: encoder.encode([text], role))

    def count_tokens(self, text: str) -> int:
        """Count the content tokens of a text."""
        return self._encoder.count_tokens(text)

    def spans(self, text: str, role: Role) -> npt.NDArray[np.int64]:
        """Tell where the content tokens of a text stand."""
        return self._encoder.spans(text, role)

    def encode(self, texts: Sequence[str], role: Role) -> Encoded:
        """Encode texts."""
        if not texts:
            return self._encoder.encode(texts, role)
        kept = [self._one(text, role) for text in texts]
        return Encoded(
            np.stack([item.pooled[0] for item in kept]),
            tuple(item.tokens[0] for item in kept),
            tuple(places for item in kept for places in item.spans),
        )


def without_questions(known: KnownQuestions, passages: frozenset[str]) -> KnownQuestions:
    """Take away what was written for some passages."""
    themes = (
        replace(theme, passages=tuple(name for name in theme.passages if name not in passages))
        for theme in known.themes
    )
    return KnownQuestions(
        hints={name: item for name, item in known.hints.items() if name not in passages},
        themes=tuple(theme for theme in themes if theme.passages),
        near_misses={
            name: item for name, item in known.near_misses.items() if name not in passages
        },
    )


def with_hints(
    known: KnownQuestions, whole: KnownQuestions, passages: frozenset[str], count: int | None
) -> KnownQuestions:
    """Give passages so many of their hints back in each language, all when None."""
    drawn = {
        name: Hints(*(_draw(name, item.get(language), count) for language in LANGUAGES))
        for name, item in whole.hints.items()
        if name in passages and count != 0
    }
    return replace(known, hints={**known.hints, **drawn})


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
    known = without_questions(corpus.known, passages)
    return replace(
        corpus,
        known=with_hints(known, corpus.known, passages, hints),
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
            )
            swap_in(Path(folder), scratch, manifest)
        index = load_index(current_edition(Path(folder)))
    return make_service(corpus, encoder, index, settings)


@dataclass(frozen=True, slots=True)
class Case:
    """A question asked on the whole index and where one meeting is cold.

    `group` says whether that meeting answers it, only others do, or nothing does.
    """

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
        groups = planned[day]
        asked = [row for row in rows if row.id in groups]
        for item in ask_all(InProcess(service), asked, service.corpus):
            yield Case(day, groups[item.row.id], before[item.row.id], item)


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
    ALONE: lambda row: len({item.meeting for item in row.relevant}) == 1,
}


def in_slices(cases: Sequence[Case], group: Group) -> dict[str, list[Case]]:
    """Sort the questions of a group by cold meeting, by language, and by meetings that answer."""
    kept = [item for item in cases if item.group == group]
    days = dict.fromkeys(item.meeting for item in cases)
    return {str(day): [item for item in kept if item.meeting == day] for day in days} | {
        name: [item for item in kept if keeps(item.whole.row)]
        for name, keeps in _SLICES.items()
        if name != ALONE or group == "cold"
    }


_VALUES: Mapping[str, Callable[[Outcome], float]] = {
    "ndcg@10": lambda item: item.scores["ndcg@10"],
    "answered": lambda item: float(item.answered),
    "not_found": lambda item: float(item.reply.status == "not_found"),
}
_SIDES = ("whole", "cold")


def figures_of(cases: Sequence[Case]) -> dict[str, Any]:
    """Score answerable questions, whole and cold; a loss is the difference question by question."""
    names = [item.whole.row.id for item in cases]
    found: dict[str, Any] = {"questions": len(set(names)), "asked": len(cases)}
    for figure, value in _VALUES.items():
        whole, cold = [value(x.whole) for x in cases], [value(x.cold) for x in cases]
        lost = [before - after for before, after in zip(whole, cold, strict=True)]
        found[figure] = {
            side: estimate(zip(names, values, strict=True))
            for side, values in (("whole", whole), ("cold", cold), ("loss", lost))
        }
    quotes = citation_scores([x.whole for x in cases]), citation_scores([x.cold for x in cases])
    return {**found, "citations": dict(zip(_SIDES, quotes, strict=True))}


def false_answers(cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """Count by slice what is answered and should not be."""
    return {
        name: {
            "unanswerable": len(items),
            "whole": refusal_of([item.whole for item in items]).false_answers,
            "cold": refusal_of([item.cold for item in items]).false_answers,
        }
        for name, items in in_slices(cases, "unanswerable").items()
    }


def cold_figures(cases: Sequence[Case]) -> dict[str, Any]:
    """Score by group and slice what was asked where meetings are cold."""
    groups: tuple[Group, ...] = ("cold", "old")
    return {
        **{
            group: {name: figures_of(items) for name, items in in_slices(cases, group).items()}
            for group in groups
        },
        "false_answers": false_answers(cases),
    }


def cold_tables(lack: str, figures: Mapping[str, Any]) -> tuple[Table, ...]:
    """Tabulate how questions are ranked and answered, whole and cold."""
    title = f"A meeting {lack}"
    rows = [["cold meeting", "unanswerable", *(f"false answers {side}, 95 %" for side in _SIDES)]]
    for name, found in figures["false_answers"].items():
        number = found["unanswerable"]
        rows.append([name, str(number), *(rate_text(found[side], number) for side in _SIDES)])
    return (
        Table(f"{title}: its questions", _group_rows(figures["cold"])),
        Table(f"{title}: questions of other meetings", _group_rows(figures["old"])),
        Table(f"{title}: what nothing answers", rows),
    )


def _group_rows(slices: Mapping[str, Any]) -> Rows:
    values = [f"{figure} {side}" for figure in _VALUES for side in _SIDES]
    quotes = ("precision", "recall")
    rows = [["questions of", "number", *values, "ndcg@10 lost", *(f"quotes, {x}" for x in quotes)]]
    for name, found in slices.items():
        cells = [found[figure][side].text(".2f") for figure in _VALUES for side in _SIDES]
        cells.append(found["ndcg@10"]["loss"].text("+.3f"))
        quoted = found["citations"].values()
        cells += [" → ".join(f"{side[x]:.2f}" for side in quoted) for x in quotes]
        rows.append([name, str(found["questions"]), *cells])
    return rows


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
    corpus, encoder = service.corpus, Remembering(service.retriever.encoder)

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
        drawn = {
            "all" if hints is None else str(hints): _points(
                rows, worlds(f"hints: {hints}", hints=hints)
            )
            for hints in STEPS
        }
        warm = ((meeting.date, service) for meeting in corpus.meetings)
        drawn["all, themes and near misses"] = _points(rows, warm)
        figures["curve"] = drawn
        head = ["hints a passage and language", *_SLICES]
        body = [[name, *(x.text() for x in points.values())] for name, points in drawn.items()]
        tables.append(Table("nDCG@10 of a meeting with ever more hints", [head, *body]))
    return tuple(tables), figures
