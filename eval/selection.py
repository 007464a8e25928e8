"""Fits how many passages are quoted, and measures it on questions held out.

Every development question is ranked with hints and without, so that a meeting nobody wrote hints
for is quoted as fully as the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ccs_qa.answer.select import FEATURES, Extent, features
from ccs_qa.records import Hit, Intent, Question
from ccs_qa.search.legs import HYBRID, WITHOUT_HINTS
from ccs_qa.service import QAService
from eval.gold import GoldRow, relevance
from eval.judge import describe, raw_weights

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
_FOLDS = 8
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A development question as it was ranked.

    Attributes:
        group: Questions of one group are held out together.
        grades: The grade of each of them; 0 for none.
        pooled: (dimension,) its vector.
    """

    group: str
    extent: Extent
    hinted: bool
    hits: tuple[Hit, ...]
    grades: tuple[int, ...]
    needed: int
    pooled: npt.NDArray[np.float32]


def gather(service: QAService, rows: Sequence[GoldRow]) -> tuple[Ranked, ...]:
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
            group, hinted = row.id[:-3], fusion is HYBRID
            found.append(Ranked(group, told.extent, hinted, hits, given, needed, told.pooled))
    return tuple(found)


def breadth_model() -> Ridge:
    """Make the regression of how many passages a question needs on its vector."""
    return Ridge(alpha=_BREADTH_STRENGTH)


def threshold(
    probability: Numbers, relevant: npt.NDArray[np.bool_], first: npt.NDArray[np.bool_]
) -> float:
    """Choose from which probability on a passage is quoted.

    Args:
        probability: (passages,) of every ranking, cross-validated.
        relevant: (passages,) whether it is.
        first: (passages,) whether it ranks first, and is quoted whatever its probability.

    Returns:
        The least probability with which the stated precision is kept, to three digits.
    """
    for least in np.arange(0.05, 0.95, 0.005):
        quoted = first | (probability >= least)
        if relevant[quoted].mean() >= PRECISION:
            return round(float(least), 3)
    return 0.95


def fit_selection(ranked: Sequence[Ranked]) -> dict[str, Any]:
    """Fit the selection."""
    groups = [item.group for item in ranked]
    pooled = np.stack([item.pooled for item in ranked])
    breadth = np.log([item.needed for item in ranked])
    held_out = np.zeros(len(ranked))
    for learnt, held in GroupKFold(_FOLDS).split(pooled, breadth, groups):
        held_out[held] = breadth_model().fit(pooled[learnt], breadth[learnt]).predict(pooled[held])
    values = np.asarray(
        [
            line
            for item, about in zip(ranked, held_out, strict=True)
            for line in features(item.hits, float(about), item.extent)
        ]
    )
    grades = np.asarray([grade for item in ranked for grade in item.grades])
    first = np.asarray([not at for item in ranked for at in range(len(item.hits))])
    owners = [item.group for item in ranked for _ in item.hits]
    relevant = grades > 0
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=3000))
    probability = np.zeros(len(relevant))
    for learnt, held in GroupKFold(_FOLDS).split(values, relevant, owners):
        model.fit(values[learnt], relevant[learnt])
        probability[held] = model.predict_proba(values[held])[:, 1]
    # Those who ask today ask of meetings with hints; of others more is quoted beside the point.
    hinted = np.asarray([item.hinted for item in ranked for _ in item.hits])
    answers = np.asarray([item.extent == "answer" for item in ranked for _ in item.hits])
    least = np.where(
        answers,
        *(
            threshold(probability[those], relevant[those], first[those])
            for those in (hinted & answers, hinted & ~answers)
        ),
    )
    quoted = hinted & (first | (probability >= least))
    asked = [item for item in ranked if item.hinted]
    model.fit(values, relevant)
    weights, bias = raw_weights(model)
    head = breadth_model().fit(pooled, breadth)
    return {
        "weights": {name: round(float(w), 5) for name, w in zip(FEATURES, weights, strict=True)},
        "bias": round(bias, 5),
        "quoted": float(least[answers][0]),
        "listed": float(least[~answers][0]),
        "further": FURTHER,
        "cross_validated": {
            "precision": round(float(relevant[quoted].mean()), 4),
            "recall": round(
                float((grades[quoted] == 2).sum() / sum(item.needed for item in asked)), 4
            ),
            "quotes": round(float(quoted.sum() / len(asked)), 2),
            "breadth": round(float(np.corrcoef(held_out, breadth)[0, 1]), 3),
        },
        "rankings": len(ranked),
        "breadth": {
            "bias": round(float(head.intercept_), 4),
            "vector": [round(float(value), 3) for value in head.coef_],
        },
    }
