"""The same questions asked of two systems: ours and others, with a leg and without, warm and cold.

Whatever is compared here is compared question by question, with the same model in one process.
"""

import datetime as dt
import json
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten
from typing import Any, Literal

import faiss
import numpy as np
import numpy.typing as npt
from langchain_text_splitters import RecursiveCharacterTextSplitter

from ccs_qa.corpus.known import Hints, KnownQuestions
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoded, Encoder, Role
from ccs_qa.index.artefacts import load_index, write_index
from ccs_qa.index.build import build_index, corpus_views, searched, splitter_settings
from ccs_qa.index.storage import lock_folder, swap_in
from ccs_qa.opening import make_service, open_service
from ccs_qa.records import LANGUAGES, Bilingual, Hit, Meeting, Passage, Question
from ccs_qa.search.legs import ABLATION, DENSE, HYBRID, LATE, Fusion
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval.gold import GoldRow, answered_by
from eval.metrics import Estimate, bootstrap, interval_text, mean_of, wilson
from eval.report import Card, Rows, Section, Table
from eval.run import InProcess, Outcome, Ranker, Reply, System, ask_all, citation_scores, refusal_of

_SEED = 7
_RRF = 60
_CHUNK, _OVERLAP = 1000, 200
_MEASURES = ("ndcg@10", "success@1", "recall@5")


@dataclass(frozen=True, slots=True)
class Scores:
    """How one system ranked: measures by id of the question, and its mean context recall."""

    name: str
    rows: Mapping[str, Mapping[str, float]]
    context_recall: float = 0.0

    def values(self, measure: str, language: str = "all") -> list[float]:
        """List a measure question by question."""
        return [
            scores[measure]
            for name, scores in self.rows.items()
            if language == "all" or name.endswith(f"-{language}")
        ]

    def mean(self, measure: str, language: str = "all") -> float:
        """Average a measure; 0 without questions."""
        return mean_of(self.values(measure, language)).mean


def scores_of(name: str, outcomes: Sequence[Outcome]) -> Scores:
    """Keep how answerable questions were ranked."""
    known = [item for item in outcomes if item.row.answerable]
    recall = mean_of([item.context_recall for item in known]).mean
    return Scores(name, {item.row.id: item.scores for item in known}, recall)


def score(name: str, system: System, rows: Sequence[GoldRow], corpus: Corpus) -> Scores:
    """Have a system rank every answerable question."""
    return scores_of(name, ask_all(system, [row for row in rows if row.answerable], corpus))


def score_fusion(service: QAService, rows: Sequence[GoldRow], fusion: Fusion) -> Scores:
    """Rank every answerable question with a fusion."""
    return score(fusion.name, Ranker(service, fusion), rows, service.corpus)


def gain(before: Scores, after: Scores, measure: str) -> tuple[float, float]:
    """Bound what a step brings, question by question."""
    pairs = zip(after.values(measure), before.values(measure), strict=True)
    return bootstrap([new - old for new, old in pairs])


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
        fused: dict[str, float] = {}
        for part in self.parts:
            for place, name in enumerate(part.ask(question).ranking, 1):
                fused[name] = fused.get(name, 0.0) + 1 / (_RRF + place)
        return Reply(tuple(sorted(fused, key=lambda name: -fused[name])[:10]))


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


def fusion_rows(scores: Sequence[Scores]) -> Rows:
    """Tabulate rankings, each beside what it adds to the row above."""
    rows = [["ranking", *_MEASURES, "nDCG@10 fr", "nDCG@10 en", "gain on the row above, 95 %"]]
    for at, item in enumerate(scores):
        step = interval_text(*gain(scores[at - 1], item, "ndcg@10")) if at else ""
        rows.append([*_means(item), step])
    return rows


def system_rows(scores: Sequence[Scores]) -> Rows:
    """Tabulate systems with their context recall."""
    head = ["ranking", *_MEASURES, "nDCG@10 fr", "nDCG@10 en", "context recall"]
    return [head, *([*_means(item), f"{item.context_recall:.3f}"] for item in scores)]


def _means(item: Scores) -> list[str]:
    whole = [f"{item.mean(measure):.3f}" for measure in _MEASURES]
    return [item.name, *whole, *(f"{item.mean('ndcg@10', name):.3f}" for name in LANGUAGES)]


def ablation_table(service: QAService, rows: Sequence[GoldRow], step: Callable[[], None]) -> Table:
    """Score the ranking one leg after another."""
    scores = []
    for fusion in ABLATION:
        scores.append(score_fusion(service, rows, fusion))
        step()
    return Table("One leg after another", fusion_rows(scores))


def systems_table(
    found: Mapping[str, System], rows: Sequence[GoldRow], corpus: Corpus, step: Callable[[], None]
) -> Table:
    """Score systems side by side."""
    scores = []
    for name, system in found.items():
        scores.append(score(name, system, rows, corpus))
        step()
    return Table("Systems", system_rows(scores))


def systems_section(*tables: Table) -> Section:
    """Show systems side by side."""
    return Section(
        "systems",
        "Ablation and other systems",
        "What each step of the ranking brings and what others would build with the same model: "
        "a gain whose bracket holds 0 may be chance.",
        tables,
    )


# Why a passage that does not answer came before one that does.

# What a deviation of each leg adds to the fused score, of shared_hints what each unit adds. Pooled
# vectors pick candidates only.
_WEIGHTS = {
    "late": 1.0,
    "hint": HYBRID.weight("hints"),
    "lexical": HYBRID.weight("lexical"),
    "shared_hints": HYBRID.weight("shared_hints"),
}
_AS_IT_STANDS = "shared_hints"
_LONGEST = 320


def wanted_passage(outcome: Outcome) -> str:
    """Choose which relevant passage should have come first: the best graded, then the earliest."""
    ranking, relevant = outcome.reply.ranking, outcome.relevant
    places = {name: place for place, name in enumerate(ranking)}
    return min(relevant, key=lambda name: (-relevant[name], places.get(name, len(ranking)), name))


def leg_rows(hits: Sequence[Hit], first: str, wanted: str) -> Rows:
    """Set the leg scores of two passages side by side, and how far each moved the fused score."""
    by_name = {hit.passage.id: hit for hit in hits}
    one, other = by_name[first], by_name[wanted]
    rows = [["leg", "came first", "wanted", "pull"]]
    rest = one.score - other.score
    for name, weight in _WEIGHTS.items():
        spread = float(np.std([hit.reasons.get(name, 0.0) for hit in hits]))
        deviation = 1.0 if name == _AS_IT_STANDS else spread
        scores = one.reasons.get(name, 0.0), other.reasons.get(name, 0.0)
        pull = weight * (scores[0] - scores[1]) / deviation if deviation > 1e-9 else 0.0
        rest -= pull
        rows.append([name, *(f"{value:.3f}" for value in scores), f"{pull:+.2f}"])
    return [*rows, ["the rest", "", "", f"{rest:+.2f}"]]


def failure_card(
    service: QAService, passages: Mapping[str, Passage], outcome: Outcome, candidates: int
) -> Card:
    """Explain one failure."""
    row, ranking, wanted = outcome.row, outcome.reply.ranking, wanted_passage(outcome)
    rank = f"came at rank {ranking.index(wanted) + 1}" if wanted in ranking else "came after ten"
    legs, why = list[list[str]](), ""
    deep = service.search(Question(row.question, history=row.history, k=len(passages)))
    near = service.search(Question(row.question, history=row.history, k=candidates))
    if wanted not in {hit.passage.id for hit in deep.hits}:
        limit = f" (“{deep.query.scope.text}”)" if deep.query.scope else ""
        why = (
            f"The wanted passage lies outside what the question was taken to be limited to{limit}."
        )
    elif ranking:
        reranked = wanted in {hit.passage.id for hit in near.hits}
        # A timeline ranks every passage, so that its legs are standardised over all of them.
        pool = near if reranked and near.query.intent != "evolution" else deep
        legs = leg_rows(pool.hits, ranking[0], wanted)
        if not reranked:
            why = f"The wanted passage was not among the {candidates} candidates."
    return Card(
        question=row.question,
        language=row.lang,
        meta=f"{row.type} · {row.lang} · {row.id} · the wanted passage {rank}",
        why=why,
        quotes={
            "Came first": _quote(passages[ranking[0]]) if ranking else {},
            "Should have come first": _quote(passages[wanted]),
        },
        table=Table(f"Legs, {row.id}", legs),
        history=row.history,
    )


def _quote(passage: Passage) -> dict[str, str]:
    spoken = {said.language: said.text for said in passage.renditions.spoken}
    return {"": f"Meeting of {passage.meeting}"} | {
        language: shorten(text, _LONGEST, placeholder=" …") for language, text in spoken.items()
    }


def failures_section(
    service: QAService, outcomes: Sequence[Outcome], candidates: int, wrong: Table
) -> Section:
    """Show every failure and every wrong status with what explains it."""
    passages = {passage.id: passage for passage in service.corpus.passages}
    cards = [failure_card(service, passages, x, candidates) for x in outcomes if x.failed]
    return Section(
        "failures",
        "Failures",
        f"Every answerable question whose first passage does not answer it ({len(cards)}), then "
        f"every wrong status ({len(wrong.rows) - 1}): a pull is how far a leg moved the fused "
        "score towards the wrong passage (dense has none, it only picks candidates; the rest is "
        "the kind of passage and what texts foretell), and a contribution how far a feature moved "
        "the judge towards answering, beside the mean question.",
        (*cards, wrong),
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


@contextmanager
def service_with(settings: Settings, model: str) -> Iterator[QAService]:
    """Open the service with another model and an index of its own."""
    with tempfile.TemporaryDirectory() as folder:
        changed = settings.model_copy(update={"model": model, "index": Path(folder)})
        build_index(changed, lambda _step, _done, _total: None)
        yield open_service(changed)


def score_unseen(
    settings: Settings, rows: Sequence[GoldRow], adapters: Sequence[Path]
) -> list[tuple[Scores, Scores]]:
    """Score each fusion without adapters, and with each on meetings that it was not tuned on."""
    folds = []
    for adapter in adapters:
        record = json.loads(adapter.with_suffix(".json").read_text("utf-8"))
        days = frozenset(dt.date.fromisoformat(day) for day in record["without"])
        folds.append((adapter, unseen_rows(rows, days)))
    before: dict[str, dict[str, Mapping[str, float]]] = {item.name: {} for item in _SUBSETS}
    after: dict[str, dict[str, Mapping[str, float]]] = {item.name: {} for item in _SUBSETS}

    def rank(service: QAService, asked: Sequence[GoldRow], into: dict[str, Any]) -> None:
        for fusion in _SUBSETS:
            into[fusion.name] |= score_fusion(service, asked, fusion).rows

    with service_with(settings, "embedded-base") as base:
        for _, asked in folds:
            rank(base, asked, before)
    for adapter, asked in folds:
        with service_with(settings, f"embedded:{adapter}") as tuned:
            rank(tuned, asked, after)
    return [(Scores(name, before[name]), Scores(name, after[name])) for name in before]


def unseen_section(found: Sequence[tuple[Scores, Scores]]) -> Section:
    """Show what adapters bring."""
    rows = [["ranking", "questions", "measure", "untouched", "tuned", "gain, 95 %"]]
    for before, after in found:
        for measure in _MEASURES[:2]:
            means = [f"{scores.mean(measure):.3f}" for scores in (before, after)]
            step = interval_text(*gain(before, after, measure), "+.3f")
            rows.append([before.name, str(len(before.rows)), measure, *means, step])
    return Section("unseen", "Adapters", "", (Table("Meetings the adapter has not seen", rows),))


# A meeting on the day it is added: nobody has written hints for it, or translated it, yet.

Group = Literal["cold", "old", "unanswerable"]
World = tuple[dt.date, QAService]
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
        self._kept: dict[tuple[str, Role], Encoded] = {}

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
        for text in texts:
            if (text, role) not in self._kept:
                self._kept[text, role] = self._encoder.encode([text], role)
        kept = [self._kept[text, role] for text in texts]
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


def without_translation(meeting: Meeting) -> Meeting:
    """Leave of a meeting what the French page says."""
    return replace(
        meeting,
        heading=_french(meeting.heading),
        title=meeting.title and _untranslated(meeting.title),
        format=meeting.format and _untranslated(meeting.format),
        objective=tuple(_untranslated(passage) for passage in meeting.objective),
        sections=tuple(
            replace(
                section,
                heading=section.heading and _french(section.heading),
                passages=tuple(_untranslated(passage) for passage in section.passages),
            )
            for section in meeting.sections
        ),
    )


def _french(value: Bilingual) -> Bilingual:
    return replace(value, en=None) if value.fr is not None else value


def _untranslated(passage: Passage) -> Passage:
    return replace(
        passage,
        section=passage.section and _french(passage.section),
        lead_in=passage.lead_in and _french(passage.lead_in),
        renditions=_french(passage.renditions),
    )


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
        index = load_index(Path(folder))
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
    "success@1": lambda item: item.scores["success@1"],
    "recall@5": lambda item: item.scores["recall@5"],
    "answered": lambda item: float(item.answered),
    "not_found": lambda item: float(item.reply.status == "not_found"),
}


def figures_of(cases: Sequence[Case]) -> dict[str, Any]:
    """Score answerable questions, whole and cold; a loss is the difference question by question."""
    values: dict[str, Callable[[Case, Callable[[Outcome], float]], float]] = {
        "whole": lambda item, of: of(item.whole),
        "cold": lambda item, of: of(item.cold),
        "loss": lambda item, of: of(item.whole) - of(item.cold),
    }
    return {
        "questions": len({item.whole.row.id for item in cases}),
        "asked": len(cases),
        **{
            side: {
                name: estimate((item.whole.row.id, value(item, of)) for item in cases)
                for name, of in _VALUES.items()
            }
            for side, value in values.items()
        },
        "citations_whole": citation_scores([item.whole for item in cases]),
        "citations_cold": citation_scores([item.cold for item in cases]),
    }


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


def cold_tables(lack: str, cases: Sequence[Case]) -> tuple[Table, ...]:
    """Tabulate how questions are ranked and answered, whole and cold."""
    return (
        *(
            table
            for group, name in (("cold", "its questions"), ("old", "questions of other meetings"))
            for table in _group_tables(f"A meeting {lack}", name, in_slices(cases, group))  # type: ignore[arg-type] # both are groups
        ),
        Table(f"A meeting {lack}: what nothing answers", _false_answer_rows(cases)),
    )


def _group_tables(title: str, name: str, slices: Mapping[str, list[Case]]) -> Iterator[Table]:
    def both(names: Sequence[str]) -> list[str]:
        return [f"{each} {side}" for each in names for side in ("whole", "cold")]

    statuses, quotes = ("answered", "not_found"), ("precision", "recall")
    ranked = [["questions of", "number", *both(_MEASURES), "nDCG@10 lost"]]
    replied = [["questions of", "number", *both(statuses), *(f"quotes, {x}" for x in quotes)]]
    for part, items in slices.items():
        found = figures_of(items)
        sides, number = (found["whole"], found["cold"]), str(found["questions"])
        cells = [side[measure].text(".2f") for measure in _MEASURES for side in sides]
        ranked.append([part, number, *cells, found["loss"]["ndcg@10"].text("+.3f")])
        cells = [side[status].text(".2f") for status in statuses for side in sides]
        quoted = found["citations_whole"], found["citations_cold"]
        cells += [" → ".join(f"{side[x]:.2f}" for side in quoted) for x in quotes]
        replied.append([part, number, *cells])
    yield Table(f"{title}: ranking of {name}", ranked)
    yield Table(f"{title}: answers to {name}", replied)


def _false_answer_rows(cases: Sequence[Case]) -> Rows:
    rows = [["cold meeting", "unanswerable", "false answers whole", "false answers cold"]]
    for name, found in false_answers(cases).items():
        number = found["unanswerable"]
        cells = [
            f"{found[side]} {interval_text(*wilson(found[side], number))}"
            for side in ("whole", "cold")
        ]
        rows.append([name, str(number), *cells])
    return rows


def _points(ranked: Sequence[tuple[GoldRow, float]]) -> dict[str, Estimate]:
    return {
        name: estimate((row.id, value) for row, value in ranked if keeps(row))
        for name, keeps in _SLICES.items()
    }


def _ranked_cold(
    rows: Sequence[GoldRow], among: Iterable[World]
) -> Iterator[tuple[GoldRow, float]]:
    for day, service in among:
        asked = answered_by(rows, day)
        scores = score_fusion(service, asked, HYBRID).rows
        yield from ((row, scores[row.id]["ndcg@10"]) for row in asked)


def measure_cold(
    service: QAService,
    rows: Sequence[GoldRow],
    settings: Settings,
    progress: Callable[[str], None],
    *,
    curve: bool,
) -> tuple[Section, dict[str, Any]]:
    """Ask about each meeting as if it had just been added; give tables and the same for a file."""
    corpus, encoder = service.corpus, Remembering(service.retriever.encoder)

    def worlds(label: str, *, translated: bool = True, hints: int | None = 0) -> Iterator[World]:
        for meeting in corpus.meetings:
            progress(f"{label}: {meeting.date}")
            cold = chill(corpus, meeting.date, translated=translated, hints=hints)
            yield meeting.date, serve(cold, encoder, settings)

    progress("the whole index")
    whole = ask_all(InProcess(service), rows, corpus)
    tables: list[Table] = []
    figures: dict[str, Any] = {}
    for lack, translated in _LACKS.items():
        cases = tuple(_asked_cold(whole, worlds(lack, translated=translated)))
        tables += cold_tables(lack, cases)
        groups: tuple[Group, ...] = ("cold", "old")
        figures[lack] = {
            group: {name: figures_of(items) for name, items in in_slices(cases, group).items()}
            for group in groups
        } | {"false_answers": false_answers(cases)}
    if curve:
        drawn = {
            "all" if hints is None else str(hints): _points(
                tuple(_ranked_cold(rows, worlds(f"hints: {hints}", hints=hints)))
            )
            for hints in STEPS
        }
        warm = ((meeting.date, service) for meeting in corpus.meetings)
        drawn["all, themes and near misses"] = _points(tuple(_ranked_cold(rows, warm)))
        head = ["hints a passage and language", "all", "fr", "en", ALONE]
        body = [[name, *(x.text() for x in points.values())] for name, points in drawn.items()]
        tables.append(Table("nDCG@10 of a meeting with ever more hints", [head, *body]))
        figures["curve"] = drawn
    return Section("cold", "A meeting on the day it is added", "", tuple(tables)), figures
