"""Fits the judge and the selection, shows how well the judge does, weighs key facts.

The judge is fitted twice: on the ranking as it is, and on the same ranking as if nobody had written
hints. Beside the development questions it sees others that people wrote to be answered or not, near
misses, of which it is known that nothing answers them, and absent subjects, each by name, in two
frames and as a person would ask. A head of its own learns from all of them, and from hints, what
is asked for. The selection learns from every development question ranked with hints and without,
so that a meeting nobody wrote hints for is quoted as fully as the others.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ccs_qa.answer import select
from ccs_qa.answer.findings import JUDGED, Findings
from ccs_qa.answer.judge import COLD_FEATURES, FEATURES, features
from ccs_qa.answer.record import RECORD_INTENTS
from ccs_qa.corpus.known import KnownQuestions
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Vectors
from ccs_qa.generate.support import Support
from ccs_qa.records import AnswerStatus, Hit, Intent, Language, Question
from ccs_qa.search.legs import HYBRID, WITHOUT_HINTS, Fusion
from ccs_qa.search.understand.heads import Linear, Word, split_words
from ccs_qa.search.understand.understander import Understanding
from ccs_qa.service import QAService
from ccs_qa.text.strings import words
from eval.gold import GoldRow, relevance
from eval.metrics import Refusal, rate_text
from eval.report import Section, Table, tabulate
from eval.run import (
    HELD,
    NUMBER,
    SLICES,
    Outcome,
    by_language,
    by_slice,
    read,
    read_quote,
    refusal_of,
    weigh_fact,
)
from training.heads import fit_either, store_either

_DATA = Path(__file__).resolve().parents[1] / "training" / "data"
ABSENT, ASKED = _DATA / "absent.jsonl", _DATA / "asked.jsonl"
# The stated cost: one answerable question in eight is shown its passages as `related`, which
# costs its asker one more look; a wrong `answered` costs trust.
ANSWERED_SHARE = 0.87
# Share of answerable questions that may be told `not_found`.
MOST_NOT_FOUND = 0.02
_REGULARISATION = 0.1
_REPEATS = 5
# What one question of each source counts for. The ranking with hints knows near misses, and
# therefore learns from the others.
_WARM = {"development": 1.0, "asked": 0.5, "absent": 0.03}
_COLD = {**_WARM, "absent": 0.1, "near misses": 0.1}
# The same for the head that reads what is asked for.
_HEAD = {"development": 4.0, "asked": 4.0, "absent": 0.2, "near misses": 1.0, "hints": 1.0}
_FOLDS = 8


def find_whole(
    service: QAService, question: Question, fusion: Fusion
) -> tuple[Understanding, Findings]:
    """Find for a question as a whole, without what it may resolve to beside quotes."""
    asked = service.understand(question)
    asked = replace(asked, query=replace(asked.query, parts=()), parts=())
    return asked, service.finder.find(asked, select.QUOTABLE["answer"], fusion)


@dataclass(frozen=True, slots=True)
class Sample:
    """A question of which it is known whether the summaries answer it.

    Attributes:
        group: What it is held out with: of one subject, or of one pair.
        writer: Whose wordings it shares; the group where nobody's.
        words: Those of the question as it stands alone.
        pooled: (dimension,) its vector.
        values: The features of the judge; none where it is not judged.
    """

    source: str
    group: str
    writer: str
    answerable: bool
    question: Question
    words: tuple[Word, ...] = ()
    pooled: Vectors = field(default_factory=lambda: np.zeros(0, np.float32))
    values: tuple[float, ...] = ()


def known_questions(rows: Sequence[GoldRow], known: KnownQuestions) -> Iterator[Sample]:
    """List every question of which it is known whether the summaries answer it."""
    for row in rows:
        # Those of one file were written by one hand, or by few.
        writer, question = row.id.partition("-")[0], Question(row.question, history=row.history)
        yield Sample("development", row.id[:-3], writer, row.answerable, question)
    for told in map(json.loads, ASKED.read_text("utf-8").splitlines()):
        text = told["question"]
        yield Sample("asked", text, told["writer"], told["answerable"], Question(text))
    for told in map(json.loads, ABSENT.read_text("utf-8").splitlines()):
        for text in (*told["fr"], *told["en"]):
            yield Sample("absent", told["subject"], told["subject"], False, Question(text))  # noqa: FBT003 - whether it is answerable
    for source, items in (("near misses", known.near_misses), ("hints", known.hints)):
        for name, item in items.items():
            # Marks without a word are refused before anything is judged.
            for text in filter(words, (*item.fr, *item.en)):
                yield Sample(source, name, name, source == "hints", Question(text))


def read_sample(item: Sample, service: QAService) -> Sample:
    """Read what the head reads of a question."""
    asked = service.understand(item.question)
    return replace(item, words=split_words(asked.asking), pooled=asked.pooled)


def fit_asks(samples: Sequence[Sample]) -> dict[str, Any]:
    """Fit the head that tells questions for what summaries hold from those for a detail."""
    told = [(item, item.answerable) for item in samples]
    return store_either([fit_either(told, [_HEAD[item.source] for item in samples])])


def held_out_asks(samples: Sequence[Sample]) -> list[float]:
    """Tell of each question what a head says that saw none of its writer's."""
    found = [0.0] * len(samples)
    folds = GroupKFold(_FOLDS, shuffle=True, random_state=0)
    for seen, unseen in folds.split(samples, groups=[item.writer for item in samples]):
        head = Linear.parse(fit_asks([samples[at] for at in seen]))
        for at in unseen:
            found[at] = float(head.scores(samples[at].words, samples[at].pooled)[0])
    return found


def judged(
    samples: Sequence[tuple[Sample, float]], service: QAService, fusion: Fusion
) -> Iterator[Sample]:
    """Describe the questions that are judged and find anything; records answer some without."""
    place = FEATURES.index("asks")
    for item, told in samples:
        asked, found = find_whole(service, item.question, fusion)
        if found.hits and asked.query.intent not in RECORD_INTENTS:
            values = features(found.query, found.hits[:JUDGED], found.evidence)
            yield replace(item, values=(*values[:place], told, *values[place + 1 :]))


def raw_weights(model: Any, names: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401 - a pipeline has no type
    """Give weights and bias for features that are not standardised."""
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    named = zip(names, weights, strict=True)
    return {"weights": {name: round(float(w), 5) for name, w in named}, "bias": round(bias, 5)}


def fit_judge(
    samples: Sequence[Sample], names: Sequence[str], shares: Mapping[str, float]
) -> dict[str, Any]:
    """Fit one of the two regressions; `shares` is what a question of each source counts for."""
    columns = [FEATURES.index(name) for name in names]
    values = np.asarray([item.values for item in samples], np.float64)[:, columns]
    answerable = np.asarray([item.answerable for item in samples], np.bool_)
    sources = np.asarray([item.source for item in samples])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_REGULARISATION, max_iter=3000))
    weighted = {"logisticregression__sample_weight": np.asarray([shares[x] for x in sources])}
    mean = np.zeros(len(samples))
    for seed in range(_REPEATS):
        held_out = cross_val_predict(
            model,
            values,
            answerable,
            groups=[item.group for item in samples],
            cv=StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed),
            params=weighted,
            method="predict_proba",
        )
        mean += held_out[:, 1] / _REPEATS
    measured = sources == "development"
    known = mean[measured & answerable]
    answered = round(float(np.quantile(known, 1 - ANSWERED_SHARE)), 3)
    false = {source: mean[~answerable & (sources == source)] >= answered for source in shares}
    return {
        **raw_weights(model.fit(values, answerable, **weighted), names),
        "answered": answered,
        "related": round(float(np.quantile(known, MOST_NOT_FOUND)), 3),
        "cross_validated_auc": round(float(roc_auc_score(answerable[measured], mean[measured])), 4),
        "cross_validated_false_answers": {
            source: round(float(passed.mean()), 4)
            for source, passed in false.items()
            if len(passed)
        },
        "questions": len(samples),
    }


def calibrate(service: QAService, rows: Sequence[GoldRow]) -> dict[str, Any]:
    """Fit the judge: `judge.json`."""
    known = known_questions(rows, service.corpus.known)
    samples = [read_sample(item, service) for item in known]
    pairs = list(zip(samples, held_out_asks(samples), strict=True))

    def fit(shares: dict[str, float], names: Sequence[str], fusion: Fusion) -> dict[str, Any]:
        chosen = [pair for pair in pairs if pair[0].source in shares]
        return fit_judge(list(judged(chosen, service, fusion)), names, shares)

    return {
        "warm": fit(_WARM, FEATURES, HYBRID),
        "cold": fit(_COLD, COLD_FEATURES, WITHOUT_HINTS),
        "asks": fit_asks(samples),
    }


# How many passages are quoted.

# The stated cost: of the passages quoted one in five may be beside the point, for its reader
# sees so at once, while nobody sees what was left out.
PRECISION = 0.80
# Passages that are as likely as this to be needed are counted, not quoted.
FURTHER = 0.25
# What asks for passages; the others are read off the records, or follow a topic through meetings.
_QUOTED: frozenset[Intent] = frozenset({"topic", "compare", "list", "quotes", "draft"})
# So many of the passages found teach.
_LEARNT = 60
_STRENGTH = 0.1
_BREADTH_STRENGTH = 3.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A development question as it was ranked; `grades` are those of its hits, 0 for none.

    `needed` is how many passages answer it directly, `pooled`, (dimension,), its vector.
    """

    group: str
    hinted: bool
    extent: select.Extent
    pooled: Vectors
    hits: tuple[Hit, ...]
    grades: tuple[int, ...]
    needed: int


def gather_ranked(service: QAService, rows: Sequence[GoldRow]) -> Iterator[Ranked]:
    """Rank every question that is answered in quotes, with hints and without."""
    known = [row for row in rows if row.answerable]
    for row, fusion in product(known, (HYBRID, WITHOUT_HINTS)):
        grades = relevance(row, service.corpus)
        needed = sum(grade == 2 for grade in grades.values())
        question = Question(row.question, history=row.history)
        asked, found = find_whole(service, question, fusion)
        verdict = service.judge.decide(found.query, found.hits[:JUDGED], found.evidence)
        if asked.query.intent in _QUOTED and verdict.status == "answered" and needed:
            hits = found.hits[:_LEARNT]
            given = tuple(grades.get(hit.passage.id, 0) for hit in hits)
            extent, hinted = select.extent_of(asked.query), fusion is HYBRID
            yield Ranked(row.id[:-3], hinted, extent, asked.pooled, hits, given, needed)


def least_quoted(
    probability: npt.NDArray[np.float64],
    relevant: npt.NDArray[np.bool_],
    first: npt.NDArray[np.bool_],
) -> float:
    """Choose the least probability with which the stated precision is kept, to three digits.

    Args:
        probability: (passages,) of every ranking, cross-validated.
        relevant: (passages,) whether it is.
        first: (passages,) whether it ranks first, and is quoted whatever its probability.
    """
    for least in np.arange(0.05, 0.95, 0.005):
        if relevant[first | (probability >= least)].mean() >= PRECISION:
            return round(float(least), 3)
    return 0.95


def fit_selection(ranked: Sequence[Ranked]) -> dict[str, Any]:
    """Fit the selection: `select.json`."""
    groups = [item.group for item in ranked]
    pooled = np.stack([item.pooled for item in ranked])
    breadth = np.log([item.needed for item in ranked])
    ridge, folds = Ridge(alpha=_BREADTH_STRENGTH), GroupKFold(_FOLDS)
    held_out = cross_val_predict(ridge, pooled, breadth, groups=groups, cv=folds)
    values = [
        line
        for item, about in zip(ranked, held_out, strict=True)
        for line in select.features(item.hits, float(about), item.extent)
    ]
    # What follows has a row for each passage of each ranking.
    places = [(item, at) for item in ranked for at in range(len(item.hits))]
    owners = [item.group for item, _ in places]
    grades, first, hinted, answers = np.asarray(
        [(x.grades[at], not at, x.hinted, x.extent == "answer") for x, at in places]
    ).T
    first, hinted, answers = (column.astype(bool) for column in (first, hinted, answers))
    relevant = grades > 0
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=3000))
    probability = cross_val_predict(
        model, values, relevant, groups=owners, cv=folds, method="predict_proba"
    )[:, 1]
    # Those who ask today ask of meetings with hints; of others more is quoted beside the point.
    least = {
        name: least_quoted(probability[those], relevant[those], first[those])
        for name, those in (("quoted", hinted & answers), ("listed", hinted & ~answers))
    }
    cut = np.where(answers, least["quoted"], least["listed"])
    quoted = hinted & (first | (probability >= cut))
    asked = [item for item in ranked if item.hinted]
    needed = sum(item.needed for item in asked)
    ridge.fit(pooled, breadth)
    return {
        **raw_weights(model.fit(values, relevant), select.FEATURES),
        **least,
        "further": FURTHER,
        "cross_validated": {
            "precision": round(float(relevant[quoted].mean()), 4),
            "recall": round(float((grades[quoted] == 2).sum() / needed), 4),
            "quotes": round(float(quoted.sum() / len(asked)), 2),
            "breadth": round(float(np.corrcoef(held_out, breadth)[0, 1]), 3),
        },
        "rankings": len(ranked),
        "breadth": {
            "bias": round(float(ridge.intercept_), 4),
            "vector": [round(float(value), 3) for value in ridge.coef_],
        },
    }


# Refusals told apart by why a question has no answer. The classes follow UAEval4RAG (Peng et al.,
# 2024, arXiv:2412.12300), whose six are underspecified, false presupposition, nonsensical,
# modality-limited, safety and out of database. Ours splits the last: a *near miss* asks for a
# detail that summaries on its subject do not hold; *out of corpus* is on another subject.

CLASSES = (
    "near miss",
    "false premise",
    "underspecified",
    "nonsense",
    "modality",
    "safety",
    "out of corpus",
)
OTHER = "other"
STATUSES: tuple[AnswerStatus, ...] = ("answered", "related", "not_found", "conversation")


def refusal_class(note: str) -> str:
    """Read the class of an unanswerable question from its note."""
    start = note.strip().lower()
    return next((name for name in CLASSES if start.startswith(name)), OTHER)


def _status_text(status: AnswerStatus, items: Sequence[Outcome]) -> str:
    return rate_text(sum(item.reply.status == status for item in items), len(items))


def status_table(outcomes: Sequence[Outcome]) -> Table:
    """Tabulate how questions end: answerable ones per language, others per class."""
    groups = {f"answerable, {name}": items for name, items in by_language(outcomes).items()}
    refused = [item for item in outcomes if not item.row.answerable]
    for name in (*CLASSES, OTHER):
        own = [item for item in refused if refusal_class(item.row.note) == name]
        groups |= {name: own} if own else {}
    groups["unanswerable, all"] = refused
    columns = {f"{status}, 95 %": partial(_status_text, status) for status in STATUSES}
    return tabulate("Status of questions", "questions", groups.items(), {**NUMBER, **columns})


_JUDGED: Mapping[str, Callable[[Refusal], str]] = {
    "AUC": lambda found: f"{found.auc:.3f}",
    "false answers, 95 %": lambda found: rate_text(*found.false_answers),
    "false refusals, 95 %": lambda found: rate_text(*found.false_refusals),
}


def refusal_section(outcomes: Sequence[Outcome]) -> Section:
    """Show how well the judge does."""
    judged = ((name, refusal_of(items)) for name, items in by_slice(outcomes).items())
    return Section(
        "Refusal",
        "How well the judge tells questions that the summaries answer from others: false answers "
        "cost trust, false refusals one more look, and on the development questions, to which "
        "the judge was fitted, both flatter it. Classes follow UAEval4RAG (Peng et al., 2024, "
        "arXiv:2412.12300); whatever is not an answer is acceptable there, where the paper asks a "
        "model.",
        (
            tabulate("Judge per language", "language", judged, _JUDGED),
            status_table(outcomes),
        ),
    )


# How much of a key fact a quote must mean, from facts that were read beside quotes, twice.

ASSESSED = Path(__file__).resolve().parent / "facts_assessed.jsonl"


class Assessed(BaseModel):
    """A fact beside quotes, as two readings judged it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fact: str
    lang: Language
    quotes: tuple[str, ...]
    said: str
    one: bool
    two: bool


class Weighed(NamedTuple):
    """An assessed fact and how much the quotes mean it, as in `weigh_fact`."""

    lang: Language
    held: bool
    value: float

    def wrong(self, floor: float) -> bool:
        """Tell whether a floor misjudges it."""
        return (self.value >= floor) != self.held


def load_assessed() -> tuple[Assessed, ...]:
    """Read the facts that were assessed."""
    return tuple(map(Assessed.model_validate_json, ASSESSED.read_text("utf-8").splitlines()))


def weigh(assessed: Sequence[Assessed], corpus: Corpus, support: Support) -> tuple[Weighed, ...]:
    """Measure what both readings judged alike."""
    found = []
    for item in (item for item in assessed if item.one == item.two):
        told = [read_quote(corpus.passage(name), corpus) for name in item.quotes]
        told += [read((item.lang, item.said))] if item.said else []
        value = weigh_fact(item.fact, item.lang, told, support)
        found.append(Weighed(item.lang, item.one, value))
    return tuple(found)


def kappa(assessed: Sequence[Assessed]) -> float:
    """Measure agreement beyond chance (Cohen, 1960, doi:10.1177/001316446002000104)."""
    return float(cohen_kappa_score([x.one for x in assessed], [x.two for x in assessed]))


def choose_held(weighed: Sequence[Weighed]) -> float:
    """Choose the floor of least error, the middle one of many."""
    errors = [sum(item.wrong(at / 100) for item in weighed) for at in range(101)]
    best = [at for at, error in enumerate(errors) if error == min(errors)]
    return best[len(best) // 2] / 100


def assessed_table(weighed: Sequence[Weighed]) -> Table:
    """Tabulate how often the rule and the readings differ."""
    groups = {name: [item for item in weighed if name in ("all", item.lang)] for name in SLICES}
    columns: dict[str, Callable[[Sequence[Weighed]], str]] = {
        "number": lambda items: str(len(items)),
        "wrongly held": lambda items: str(sum(x.wrong(HELD) and not x.held for x in items)),
        "wrongly not": lambda items: str(sum(x.wrong(HELD) and x.held for x in items)),
        "error, 95 %": lambda x: rate_text(sum(fact.wrong(HELD) for fact in x), len(x), ".3f"),
    }
    return tabulate("Key facts, held or not", "facts", groups.items(), columns)
