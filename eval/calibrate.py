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

from ccs_qa.answer import FEATURES
from ccs_qa.service import QAService
from eval.gold import GoldRow

# The stated cost: one answerable question in ten is shown its passages as `related`, which
# costs its asker one more look; a wrong `answered` costs trust.
ANSWERED_SHARE = 0.90
# Share of answerable questions that may be told `not_found`.
MOST_NOT_FOUND = 0.02
_REGULARISATION = 0.1
_REPEATS = 5


def describe(
    service: QAService, rows: Sequence[GoldRow]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Compute the judge's features of every question that finds anything.

    Args:
        service: The service.
        rows: The questions.

    Returns:
        (questions, features) float64, and (questions,) bool whether each has an answer.
    """
    found = [service.features(row.question, history=row.history) for row in rows]
    kept = [(values, row.answerable) for values, row in zip(found, rows, strict=True) if values]
    return (
        np.asarray([values for values, _ in kept], np.float64),
        np.asarray([answerable for _, answerable in kept], np.bool_),
    )


def thresholds(
    probability: npt.NDArray[np.float64], answerable: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Choose where `answered` and `related` begin.

    Args:
        probability: (questions,) cross-validated probabilities.
        answerable: (questions,) bool.

    Returns:
        The least probability of each, to three digits: the stated shares of answerable questions
        lie above them.
    """
    known = probability[answerable]
    answered = float(np.quantile(known, 1 - ANSWERED_SHARE))
    related = float(np.quantile(known, MOST_NOT_FOUND))
    return round(answered, 3), round(related, 3)


def calibrate(service: QAService, rows: Sequence[GoldRow]) -> dict[str, Any]:
    """Fit the judge.

    Args:
        service: The service.
        rows: Development questions.

    Returns:
        What `judge.json` holds: weights of the raw features, bias, thresholds, and the
        cross-validated area under the curve, mean over repeated splits.
    """
    values, answerable = describe(service, rows)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_REGULARISATION, max_iter=2000))
    runs = [
        cross_val_predict(
            model,
            values,
            answerable,
            cv=StratifiedKFold(8, shuffle=True, random_state=seed),
            method="predict_proba",
        )[:, 1]
        for seed in range(_REPEATS)
    ]
    area = float(np.mean([roc_auc_score(answerable, run) for run in runs]))
    mean = np.mean(runs, axis=0)
    answered, related = thresholds(mean, answerable)
    model.fit(values, answerable)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    return {
        "weights": {name: round(float(w), 5) for name, w in zip(FEATURES, weights, strict=True)},
        "bias": round(bias, 5),
        "answered": answered,
        "related": related,
        "cross_validated_auc": round(area, 4),
        "questions": len(values),
        "cross_validated_answered": round(float((mean[answerable] >= answered).mean()), 4),
        "cross_validated_false_answers": round(float((mean[~answerable] >= answered).mean()), 4),
    }
