"""Fits the judge and the selection, shows how far the judge can be trusted, weighs key facts.

The judge is fitted twice: on the ranking as it is, and on the same ranking as if nobody had written
hints. Beside the development questions it sees others that people wrote to be answered or not, near
misses, of which it is known that nothing answers them, and absent subjects, each by name, in two
frames and as a person would ask. A head of its own learns from all of them, and from hints, what
is asked for. The selection learns from every development question ranked with hints and without,
so that a meeting nobody wrote hints for is quoted as fully as the others.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ccs_qa.answer import select
from ccs_qa.answer.findings import JUDGED
from ccs_qa.answer.judge import COLD_FEATURES, FEATURES, Judge, features
from ccs_qa.answer.record import RECORD_INTENTS
from ccs_qa.corpus.known import KnownQuestions
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Vectors
from ccs_qa.generate.support import Support
from ccs_qa.records import LANGUAGES, AnswerStatus, Hit, Intent, Language, Question
from ccs_qa.search.legs import HYBRID, WITHOUT_HINTS, Fusion
from ccs_qa.search.understand.heads import Linear, Word, split_words
from ccs_qa.service import QAService
from ccs_qa.text.strings import words
from eval.gold import GoldRow, relevance
from eval.metrics import rate_text, score_refusal
from eval.report import Rows, Section, Table
from eval.run import HELD, Outcome, by_language, read, read_quote, refusal_rows, weigh_fact
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


@dataclass(frozen=True, slots=True)
class Described:
    """A question as the judge and the selection see it.

    Attributes:
        values: The features of the judge; none when nothing was found.
        pooled: (dimension,) the vector of the question.
    """

    intent: Intent
    extent: select.Extent
    hinted: bool
    values: tuple[float, ...]
    status: AnswerStatus
    hits: tuple[Hit, ...]
    pooled: Vectors


def describe(service: QAService, question: Question, fusion: Fusion = HYBRID) -> Described:
    """Describe a question as a whole, without what it may resolve to beside quotes."""
    asked = service.understand(question)
    query = replace(asked.query, parts=())
    found = service.finder.find(
        replace(asked, query=query, parts=()), select.QUOTABLE["answer"], fusion
    )
    hits, evidence = found.hits[:JUDGED], found.evidence
    return Described(
        query.intent,
        select.extent_of(query),
        evidence.hinted,
        features(query, hits, evidence) if hits else (),
        service.judge.decide(query, hits, evidence).status,
        found.hits,
        asked.pooled,
    )


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
        writer = row.id.partition("-")[0]
        question = Question(row.question, history=row.history)
        yield Sample("development", row.id[:-3], writer, row.answerable, question)
    for line in ASKED.read_text("utf-8").splitlines():
        told = json.loads(line)
        question = Question(told["question"])
        yield Sample("asked", told["question"], told["writer"], told["answerable"], question)
    for line in ABSENT.read_text("utf-8").splitlines():
        told = json.loads(line)
        subject = told["subject"]
        for text in (*told["fr"], *told["en"]):
            yield Sample("absent", subject, subject, answerable=False, question=Question(text))
    for source, items in (("near misses", known.near_misses), ("hints", known.hints)):
        for name, item in items.items():
            # Marks without a word are refused before anything is judged.
            for text in filter(words, (*item.fr, *item.en)):
                yield Sample(source, name, name, source == "hints", Question(text))


def read_questions(samples: Iterable[Sample], service: QAService) -> tuple[Sample, ...]:
    """Read what the head reads of each question."""
    found = []
    for item in samples:
        asked = service.understand(item.question)
        said = split_words(asked.query.standalone)
        found.append(replace(item, words=said, pooled=asked.pooled))
    return tuple(found)


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
    samples: Sequence[Sample], asks: Sequence[float], service: QAService, fusion: Fusion
) -> tuple[Sample, ...]:
    """Describe the questions that are judged and find anything; records answer some without."""
    place, found = FEATURES.index("asks"), []
    for item, told in zip(samples, asks, strict=True):
        seen = describe(service, item.question, fusion)
        if seen.values and seen.intent not in RECORD_INTENTS:
            values = (*seen.values[:place], told, *seen.values[place + 1 :])
            found.append(replace(item, values=values))
    return tuple(found)


def raw_weights(model: Any) -> tuple[npt.NDArray[np.float64], float]:  # noqa: ANN401 - a pipeline has no type
    """Weights and bias for features that are not standardised."""
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    return weights, float(regression.intercept_[0] - weights @ scaler.mean_)


def thresholds(
    probability: npt.NDArray[np.float64], answerable: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Choose where `answered` and `related` begin, to three digits, from (questions,) arrays."""
    known = probability[answerable]
    answered = float(np.quantile(known, 1 - ANSWERED_SHARE))
    related = float(np.quantile(known, MOST_NOT_FOUND))
    return round(answered, 3), round(related, 3)


def fit_judge(
    samples: Sequence[Sample], names: Sequence[str], shares: dict[str, float]
) -> dict[str, Any]:
    """Fit one of the two regressions; `shares` is what a question of each source counts for."""
    columns = [FEATURES.index(name) for name in names]
    values = np.asarray([item.values for item in samples], np.float64)[:, columns]
    answerable = np.asarray([item.answerable for item in samples], np.bool_)
    weights = np.asarray([shares[item.source] for item in samples])
    groups = [item.group for item in samples]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_REGULARISATION, max_iter=3000))
    weighted = {"logisticregression__sample_weight": weights}
    mean = np.zeros(len(samples))
    for seed in range(_REPEATS):
        folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=seed)
        held_out = cross_val_predict(
            model,
            values,
            answerable,
            groups=groups,
            cv=folds,
            params=weighted,
            method="predict_proba",
        )
        mean += held_out[:, 1] / _REPEATS
    model.fit(values, answerable, **weighted)
    raw, bias = raw_weights(model)
    measured = np.asarray([item.source == "development" for item in samples])
    answered, related = thresholds(mean[measured], answerable[measured])
    false = {
        source: round(float((mean[chosen] >= answered).mean()), 4)
        for source in shares
        if (chosen := ~answerable & (np.asarray([item.source for item in samples]) == source)).any()
    }
    return {
        "weights": {name: round(float(w), 5) for name, w in zip(names, raw, strict=True)},
        "bias": round(bias, 5),
        "answered": answered,
        "related": related,
        "cross_validated_auc": round(float(roc_auc_score(answerable[measured], mean[measured])), 4),
        "cross_validated_false_answers": false,
        "questions": len(samples),
    }


def calibrate(service: QAService, rows: Sequence[GoldRow]) -> dict[str, Any]:
    """Fit the judge: `judge.json`."""
    samples = read_questions(known_questions(rows, service.corpus.known), service)
    pairs = list(zip(samples, held_out_asks(samples), strict=True))

    def fit(shares: dict[str, float], names: Sequence[str], fusion: Fusion) -> dict[str, Any]:
        chosen, asks = zip(*(pair for pair in pairs if pair[0].source in shares), strict=True)
        return fit_judge(judged(chosen, asks, service, fusion), names, shares)

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

    `needed` is how many passages answer it directly.
    """

    group: str
    told: Described
    hinted: bool
    hits: tuple[Hit, ...]
    grades: tuple[int, ...]
    needed: int


def gather_ranked(service: QAService, rows: Sequence[GoldRow]) -> tuple[Ranked, ...]:
    """Rank every question that is answered in quotes, with hints and without."""
    found = []
    for row in (row for row in rows if row.answerable):
        grades = relevance(row, service.corpus)
        needed = sum(grade == 2 for grade in grades.values())
        for fusion in (HYBRID, WITHOUT_HINTS):
            told = describe(service, Question(row.question, history=row.history), fusion)
            if told.intent not in _QUOTED or told.status != "answered" or not needed:
                continue
            hits = told.hits[:_LEARNT]
            given = tuple(grades.get(hit.passage.id, 0) for hit in hits)
            found.append(Ranked(row.id[:-3], told, fusion is HYBRID, hits, given, needed))
    return tuple(found)


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
    pooled = np.stack([item.told.pooled for item in ranked])
    breadth = np.log([item.needed for item in ranked])
    ridge = Ridge(alpha=_BREADTH_STRENGTH)
    held_out = cross_val_predict(ridge, pooled, breadth, groups=groups, cv=GroupKFold(_FOLDS))
    values = [
        line
        for item, about in zip(ranked, held_out, strict=True)
        for line in select.features(item.hits, float(about), item.told.extent)
    ]
    # What follows has a row for each passage of each ranking.
    places = [(item, at) for item in ranked for at in range(len(item.hits))]
    grades = np.asarray([item.grades[at] for item, at in places])
    first = np.asarray([not at for _, at in places])
    owners = [item.group for item, _ in places]
    relevant = grades > 0
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=3000))
    probability = cross_val_predict(
        model, values, relevant, groups=owners, cv=GroupKFold(_FOLDS), method="predict_proba"
    )[:, 1]
    # Those who ask today ask of meetings with hints; of others more is quoted beside the point.
    hinted = np.asarray([item.hinted for item, _ in places])
    answers = np.asarray([item.told.extent == "answer" for item, _ in places])
    least = {
        name: least_quoted(probability[those], relevant[those], first[those])
        for name, those in (("quoted", hinted & answers), ("listed", hinted & ~answers))
    }
    cut = np.where(answers, least["quoted"], least["listed"])
    quoted = hinted & (first | (probability >= cut))
    asked = [item for item in ranked if item.hinted]
    needed = sum(item.needed for item in asked)
    weights, bias = raw_weights(model.fit(values, relevant))
    ridge.fit(pooled, breadth)
    return {
        "weights": {
            name: round(float(w), 5) for name, w in zip(select.FEATURES, weights, strict=True)
        },
        "bias": round(bias, 5),
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


# How far the confidence can be trusted.

BINS = 10


def reliability(outcomes: Sequence[Outcome], bins: int = BINS) -> list[list[Outcome]]:
    """Group questions by ascending confidence into bins whose counts differ by one at most."""
    ordered = sorted(outcomes, key=lambda item: item.reply.confidence)
    count = min(bins, len(ordered))
    edges = [at * len(ordered) // count for at in range(count + 1)] if count else []
    return [ordered[low:high] for low, high in pairwise(edges)]


def reliability_rows(outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate what share is answerable where the judge is as confident."""
    rows = [["mean confidence", "answerable, 95 %"]]
    for group in reliability(outcomes):
        mean = sum(item.reply.confidence for item in group) / len(group)
        share = rate_text(sum(item.row.answerable for item in group), len(group))
        rows.append([f"{mean:.3f}", share])
    return rows


def cost_rows(outcomes: Sequence[Outcome], threshold: float) -> Rows:
    """Tabulate the errors if what reaches a threshold were answered: the one in use and others."""
    rows = [["threshold", "false answers, 95 %", "false refusals, 95 %"]]
    for cut in sorted({threshold, *(at / 10 for at in range(1, 10))}):
        found = score_refusal(
            [item.row.answerable for item in outcomes],
            [item.reply.confidence for item in outcomes],
            [item.reply.confidence >= cut for item in outcomes],
        )
        rows.append(
            [
                f"{cut:.2f} (in use)" if cut == threshold else f"{cut:.2f}",
                rate_text(found.false_answers, found.unanswerable),
                rate_text(found.false_refusals, found.answerable),
            ]
        )
    return rows


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


def status_rows(outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate how questions end: answerable ones per language, others per class."""
    groups = {f"answerable, {name}": items for name, items in by_language(outcomes).items()}
    refused = [item for item in outcomes if not item.row.answerable]
    for name in (*CLASSES, OTHER):
        own = [item for item in refused if refusal_class(item.row.note) == name]
        groups |= {name: own} if own else {}
    rows = [["questions", "number", *(f"{status}, 95 %" for status in STATUSES)]]
    for name, items in {**groups, "unanswerable, all": refused}.items():
        counts = Counter(item.reply.status for item in items)
        shares = (rate_text(counts[status], len(items)) for status in STATUSES)
        rows.append([name, str(len(items)), *shares])
    return rows


def refusal_section(outcomes: Sequence[Outcome], threshold: float) -> Section:
    """Show how well the judge does."""
    return Section(
        "Refusal",
        "How well the judge tells questions that the summaries answer from others: false answers "
        "cost trust, false refusals one more look, and on the development questions, to which "
        "the judge was fitted, both flatter it. Classes follow UAEval4RAG (Peng et al., 2024, "
        "arXiv:2412.12300); whatever is not an answer is acceptable there, where the paper asks a "
        "model.",
        (
            Table("Judge per language", refusal_rows(outcomes)),
            Table("Status of questions", status_rows(outcomes)),
            Table("Reliability of the confidence", reliability_rows(outcomes)),
            Table("Thresholds", cost_rows(outcomes, threshold)),
        ),
    )


# Why a status is wrong.

_LARGEST = 3
_ROUNDING = 1e-3


def largest(weights: Sequence[float], values: Sequence[float], means: Sequence[float]) -> str:
    """Name the features that set a question apart from the mean one, and what each added."""
    named = zip(FEATURES, weights, values, means, strict=True)
    found = [(name, weight * (value - mean), value) for name, weight, value, mean in named]
    found.sort(key=lambda item: -abs(item[1]))
    return "; ".join(f"{name} {added:+.2f} (at {x:.2f})" for name, added, x in found[:_LARGEST])


def wrong_rows(service: QAService, judge: Judge, outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate wrong statuses with what moved the judge, false answers first."""
    described = [
        describe(service, Question(item.row.question, history=item.row.history))
        for item in outcomes
    ]
    known = [told.values for told in described if told.values]
    means = np.mean(known, axis=0).tolist() if known else []
    rows = [["question", "class or type", "status", "confidence", "largest contributions"]]
    pairs = [pair for pair in zip(outcomes, described, strict=True) if pair[0].wrong]
    for item, told in sorted(pairs, key=lambda pair: pair[0].row.answerable):
        row, confidence = item.row, item.reply.confidence
        fit = judge.warm if told.hinted else judge.cold
        judged = told.values and abs(fit.probability(told.values) - confidence) < _ROUNDING
        moved = "read from the records: the judge was not asked"
        rows.append(
            [
                " › ".join((*row.history, row.question)),
                row.type if row.answerable else refusal_class(row.note),
                item.reply.status,
                f"{confidence:.2f}",
                largest(fit.weights, told.values, means) if judged else moved,
            ]
        )
    return rows


# How much of a key fact a quote must mean, from facts that were read beside quotes, twice.

ASSESSED = Path(__file__).resolve().parent / "facts_assessed.jsonl"


@dataclass(frozen=True, slots=True)
class Assessed:
    """A fact beside quotes, as two readings judged it."""

    fact: str
    lang: Language
    quotes: tuple[str, ...]
    said: str
    one: bool
    two: bool


def load_assessed(file: Path = ASSESSED) -> tuple[Assessed, ...]:
    """Read the facts that were assessed."""
    rows = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return tuple(Assessed(**{**row, "quotes": tuple(row["quotes"])}) for row in rows)


@dataclass(frozen=True, slots=True)
class Weighed:
    """An assessed fact and what the rule makes of it; support is None where all is exact."""

    lang: Language
    held: bool
    exact: bool
    support: float | None

    def wrong(self, floor: float) -> bool:
        """Tell whether a floor misjudges it."""
        passes = self.exact and (self.support is None or self.support >= floor)
        return passes != self.held


def weigh(assessed: Sequence[Assessed], corpus: Corpus, support: Support) -> tuple[Weighed, ...]:
    """Measure what both readings judged alike."""
    found = []
    for item in (item for item in assessed if item.one == item.two):
        told = [read_quote(corpus.passage(name), corpus) for name in item.quotes]
        told += [read((item.lang, item.said))] if item.said else []
        exact, value = weigh_fact(item.fact, item.lang, told, support)
        found.append(Weighed(item.lang, item.one, exact, value))
    return tuple(found)


def kappa(assessed: Sequence[Assessed]) -> float:
    """Measure agreement beyond chance (Cohen, 1960, doi:10.1177/001316446002000104)."""
    return float(cohen_kappa_score([x.one for x in assessed], [x.two for x in assessed]))


def choose_held(weighed: Sequence[Weighed]) -> float:
    """Choose the floor of least error, the middle one of many."""
    floors = [at / 100 for at in range(101)]
    errors = [sum(item.wrong(floor) for item in weighed) for floor in floors]
    best = [floor for floor, error in zip(floors, errors, strict=True) if error == min(errors)]
    return best[len(best) // 2]


def assessed_rows(weighed: Sequence[Weighed]) -> Rows:
    """Tabulate how often the rule and the readings differ."""
    rows = [["facts", "number", "wrongly held", "wrongly not", "error, 95 %"]]
    for name in ("all", *LANGUAGES):
        items = [item for item in weighed if name in ("all", item.lang)]
        wrong = [item for item in items if item.wrong(HELD)]
        missed = sum(item.held for item in wrong)
        share = rate_text(len(wrong), len(items), ".3f")
        rows.append([name, str(len(items)), str(len(wrong) - missed), str(missed), share])
    return rows
