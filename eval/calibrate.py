"""Fits the judge on the development gold set and chooses its thresholds at a stated cost."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ccs_qa.answer import FEATURES, features
from ccs_qa.service import QAService
from eval.gold import GoldRow

# A wrong "answered" costs a reader's trust; a wrong "related" costs one more look.
FALSE_ANSWER_COST = 2.0


def describe(service: QAService, rows: Sequence[GoldRow]) -> npt.NDArray[np.float64]:
    """Compute the judge's features of every question.

    Args:
        service: The service.
        rows: The questions.

    Returns:
        (questions, features) float64.
    """
    years = frozenset(meeting.date.year for meeting in service.corpus.meetings)
    found = [service.search(row.question, history=row.history, k=10) for row in rows]
    return np.asarray([features(item.query, item.hits, years) for item in found], np.float64)


def thresholds(
    probability: npt.NDArray[np.float64], answerable: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Choose where `answered` and `related` begin.

    Args:
        probability: (questions,) cross-validated probabilities.
        answerable: (questions,) bool.

    Returns:
        The least probability of each, to two digits; below half of the first, what is
        nearest is too far off to be called related.
    """
    grid = np.linspace(0.05, 0.95, 91)
    costs = [
        FALSE_ANSWER_COST * np.sum((probability >= cut) & ~answerable)
        + np.sum((probability < cut) & answerable)
        for cut in grid
    ]
    lowest = np.flatnonzero(np.asarray(costs) == min(costs))
    answered = float(grid[lowest[len(lowest) // 2]])
    return round(answered, 2), round(answered / 2, 2)


def calibrate(service: QAService, rows: Sequence[GoldRow]) -> dict[str, Any]:
    """Fit the judge.

    Args:
        service: The service.
        rows: Development questions.

    Returns:
        What `judge.json` holds: weights of the raw features, bias, thresholds, and the
        cross-validated area under the curve.
    """
    values = describe(service, rows)
    answerable = np.asarray([row.answerable for row in rows], np.bool_)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5))
    folds = StratifiedKFold(5, shuffle=True, random_state=7)
    probability = cross_val_predict(model, values, answerable, cv=folds, method="predict_proba")
    answered, related = thresholds(probability[:, 1], answerable)
    model.fit(values, answerable)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    return {
        "weights": {name: round(float(w), 5) for name, w in zip(FEATURES, weights, strict=True)},
        "bias": round(bias, 5),
        "answered": answered,
        "related": related,
        "cross_validated_auc": round(float(roc_auc_score(answerable, probability[:, 1])), 4),
        "questions": len(rows),
        "false_answer_cost": FALSE_ANSWER_COST,
    }
