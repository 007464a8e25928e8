"""Fits the judge and chooses its thresholds at a stated cost.

Twice: on the ranking as it is, and on the same ranking as if nobody had written hints. Beside the
development questions it sees near misses, of which it is known that nothing answers them, and
absent subjects, each by name, in two frames and as a person would ask.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ccs_qa.answer import COLD_FEATURES, FEATURES
from ccs_qa.answer.record import RECORD_INTENTS
from ccs_qa.search import HYBRID, WITHOUT_HINTS, Recipe
from ccs_qa.search.understand.wording import encode_texts
from ccs_qa.service import QAService
from ccs_qa.text import words
from eval.gold import GoldRow

ABSENT = Path(__file__).resolve().parents[1] / "training" / "data" / "absent.jsonl"
# The stated cost: one answerable question in eight is shown its passages as `related`, which
# costs its asker one more look; a wrong `answered` costs trust.
ANSWERED_SHARE = 0.87
# Share of answerable questions that may be told `not_found`.
MOST_NOT_FOUND = 0.02
_REGULARISATION = 0.1
_REPEATS = 5
# Of the near misses so many a subject and language are asked. They are known to the ranking with
# hints, which therefore learns from the absent subjects and the development questions alone.
_NEAR_MISSES = 4
# What one question of each source counts for: those written to be measured with count fully.
_WARM = {"development": 1.0, "absent": 0.03}
_COLD = {"development": 1.0, "absent": 0.1, "near misses": 0.3}


@dataclass(frozen=True, slots=True)
class Sample:
    """A question as the judge sees it.

    Attributes:
        source: Where it comes from.
        group: Questions of one group are held out together.
        answerable: Whether it has an answer.
        values: The features.
    """

    source: str
    group: str
    answerable: bool
    values: tuple[float, ...]


def gather(
    service: QAService, rows: Sequence[GoldRow], recipe: Recipe, sources: Sequence[str]
) -> tuple[Sample, ...]:
    """Describe every question that is judged and finds anything.

    Args:
        service: The service.
        rows: Development questions.
        recipe: How to rank.
        sources: What else is asked.

    Returns:
        The samples; questions of record are answered from the records and not judged.
    """
    asked: list[tuple[str, str, bool, str, tuple[str, ...]]] = [
        ("development", row.id[:-3], row.answerable, row.question, row.history) for row in rows
    ]
    for line in ABSENT.read_text("utf-8").splitlines():
        row = json.loads(line)
        asked += [("absent", row["subject"], False, text, ()) for text in (*row["fr"], *row["en"])]
    for name, missed in service.corpus.known.near_misses.items():
        texts = (*missed.fr[:_NEAR_MISSES], *missed.en[:_NEAR_MISSES])
        # Marks without a word are refused before anything is judged.
        asked += [("near misses", name, False, text, ()) for text in texts if words(text)]
    found = []
    for source, group, answerable, text, history in asked:
        if source in sources:
            told = service.features(text, history=history, recipe=recipe)
            if told.values and told.intent not in RECORD_INTENTS:
                found.append(Sample(source, group, answerable, told.values))
    return tuple(found)


def fit_asks(service: QAService) -> dict[str, Any]:
    """Fit the head that tells questions for what summaries hold from those for a detail.

    Args:
        service: The service.

    Returns:
        The bias and the weights of the question's vector.
    """
    known = service.corpus.known
    encoder = service.retriever.encoder
    hints = [text for item in known.hints.values() for text in (*item.fr, *item.en)]
    vectors = np.stack(
        [encode_texts([text], encoder)[0].pooled for text in (*hints, *known.unanswered)]
    )
    answered = np.arange(len(vectors)) < len(hints)
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.01, max_iter=300, class_weight="balanced")
    )
    model.fit(vectors, answered)
    weights, bias = raw_weights(model)
    return {"bias": round(bias, 4), "vector": [round(float(value), 3) for value in weights]}


def raw_weights(model: Any) -> tuple[npt.NDArray[np.float64], float]:  # noqa: ANN401 - a pipeline has no type
    """Weights and bias for features that are not standardised."""
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    return weights, float(regression.intercept_[0] - weights @ scaler.mean_)


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


def fit_judge(
    samples: Sequence[Sample], names: Sequence[str], shares: dict[str, float]
) -> dict[str, Any]:
    """Fit one of the two regressions.

    Args:
        samples: The questions.
        names: The features it looks at.
        shares: What a question of each source counts for.

    Returns:
        Weights, bias, thresholds, and what they give on questions held out.
    """
    columns = [FEATURES.index(name) for name in names]
    values = np.asarray([item.values for item in samples], np.float64)[:, columns]
    answerable = np.asarray([item.answerable for item in samples], np.bool_)
    weights = np.asarray([shares[item.source] for item in samples])
    groups = [item.group for item in samples]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=_REGULARISATION, max_iter=3000))
    mean = np.zeros(len(samples))
    for seed in range(_REPEATS):
        folds = StratifiedGroupKFold(8, shuffle=True, random_state=seed)
        for learnt, held in folds.split(values, answerable, groups):
            model.fit(
                values[learnt],
                answerable[learnt],
                logisticregression__sample_weight=weights[learnt],
            )
            mean[held] += model.predict_proba(values[held])[:, 1] / _REPEATS
    model.fit(values, answerable, logisticregression__sample_weight=weights)
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
    """Fit the judge.

    Args:
        service: The service, with its head for what questions ask already fitted.
        rows: Development questions.

    Returns:
        What `judge.json` holds beside that head.
    """
    warm = gather(service, rows, HYBRID, tuple(_WARM))
    cold = gather(service, rows, WITHOUT_HINTS, tuple(_COLD))
    return {
        "warm": fit_judge(warm, FEATURES, _WARM),
        "cold": fit_judge(cold, COLD_FEATURES, _COLD),
    }
