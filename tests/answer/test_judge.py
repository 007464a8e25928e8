"""The judge on values computed by hand."""

import datetime as dt
import math

import numpy as np
import pytest

from ccs_qa.answer.judge import COLD_FEATURES, FEATURES, Fit, Judge, features, load_judge
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.records import AnswerStatus, Bilingual, Evidence, Hit, Passage, Query
from ccs_qa.search.understand.heads import Linear

DAY = dt.date(2024, 11, 1)
ZEROS = (0.0,) * len(FEATURES)
LN3 = math.log(3)


def hit(name: str, score: float, **legs: float) -> Hit:
    """Make a hit whose legs scored so."""
    return Hit(Passage(name, "statement", DAY, None, None, Bilingual(None, None)), score, legs)


def query(question: str, topic: str) -> Query:
    """Make a query."""
    return Query(question, question, topic, "en", "en")


def described(asked: Query, hits: list[Hit], evidence: Evidence) -> dict[str, float]:
    """Name the features."""
    return dict(zip(FEATURES, features(asked, hits, evidence), strict=True))


def test_features_by_hand() -> None:
    """Everything that a question and its ranking show.

    The second passage has better cosines, so that half the legs put the first one first. Of the
    topic `the` is a stop word; `zorgs`, `rural` and `offices` are supported by .3, .5 and .7.
    `how` and `paid` are none of it. It asks for a figure.
    """
    legs = {"late": 0.5, "hint": 0.6, "dense": 0.8, "lexical": 4.0}
    hits = [
        hit("a", 5.0, **legs),
        hit("b", 3.0, **{**legs, "late": 0.7, "dense": 0.9}),
        hit("c", 2.0, late=0.1),
    ]
    support = (("the", -1.0), ("zorgs", 0.5), ("paid", 0.1), ("rural", 0.7), ("offices", 0.3))
    evidence = Evidence(0.375, 0.25, 0.75, support, asks=-1.25, needs_more=-0.5)
    asked = query("How many Zorgs paid the rural offices", "Zorgs the rural offices")
    assert described(asked, hits, evidence) == {
        **dict.fromkeys(FEATURES, 0.0),
        "late": 0.5,
        "best_dense": 0.9,
        "agreement": 0.5,
        "covered": 0.375,
        "least_supported": 0.3,
        "mean_supported": pytest.approx(0.5),
        "topic_words": 3.0,
        "strange": 0.25,
        "asks": -1.25,
        "needs_more": -0.5,
        "figure": 1.0,
        "precedent": 0.75,
    }


def test_without_a_topic_every_word_that_says_something_counts() -> None:
    """`what` and `the` do not."""
    support = (("what", 0.9), ("the", 0.8), ("trust", 0.2), ("clients", 0.6))
    found = described(query("q", ""), [hit("a", 1.0)], Evidence(support=support))
    assert found["topic_words"] == 2
    assert found["least_supported"] == 0.2
    assert found["mean_supported"] == pytest.approx(0.4)


def test_nothing_known_is_nothing() -> None:
    """No tokens, no support, no legs."""
    found = described(query("rural offices", "rural offices"), [hit("a", 1.0)], Evidence())
    assert found == {**dict.fromkeys(FEATURES, 0.0), "strange": 1.0, "precedent": 0.5}


def test_the_cold_fit_looks_at_nothing_of_hints() -> None:
    """One feature is of hints, at the end; its stored cold weight is 0."""
    assert (*COLD_FEATURES, "precedent") == FEATURES
    assert load_judge().cold.weights[-1] == 0.0


@pytest.mark.parametrize(
    ("bias", "value", "probability"),
    [(0.0, 0.0, 0.5), (LN3, 0.0, 0.75), (0.0, 1.0, 0.9), (-LN3, 0.5, 0.5)],
)
def test_a_probability_by_hand(bias: float, value: float, probability: float) -> None:
    """The first feature weighs twice ln 3: a ninefold odds where it is 1."""
    fit = Fit((2 * LN3, *ZEROS[1:]), bias, 0.5, 0.2)
    assert fit.probability((value, *ZEROS[1:])) == pytest.approx(probability)


def test_a_sure_probability_does_not_overflow() -> None:
    """Beyond e to the 30 nothing changes."""
    for score, probability in ((1e6, 1.0), (-1e6, 0.0)):
        found = Fit(ZEROS, score, 0.5, 0.2).probability(ZEROS)
        assert found == pytest.approx(probability, abs=1e-12)
        assert 0 < found < 1


@pytest.mark.parametrize(
    ("answered", "related", "status"),
    [(0.5, 0.2, "answered"), (0.6, 0.5, "related"), (0.6, 0.2, "related"), (0.7, 0.6, "not_found")],
)
def test_a_fit_has_three_outcomes(answered: float, related: float, status: AnswerStatus) -> None:
    """Probability .5 against thresholds on either side of it, and on it."""
    verdict = Fit(ZEROS, 0.0, answered, related).decide(ZEROS)
    assert (verdict.status, verdict.confidence) == (status, 0.5)


def made() -> Judge:
    """Make a judge that answers where the first passage has hints, and not where it has none."""
    head = Linear.parse({"bias": [0.5], "vector": [[2, -1]], "phrases": {"how many": [0, -3]}})
    return Judge(Fit(ZEROS, 9.0, 0.5, 0.2), Fit(ZEROS, -9.0, 0.5, 0.2), head)


def test_a_first_passage_with_hints_is_judged_warm() -> None:
    """And one without any cold; nothing found is not found."""
    asked, hits = query("a", "a"), [hit("a", 1.0)]
    assert made().decide(asked, hits, Evidence(hinted=True)).status == "answered"
    assert made().decide(asked, hits, Evidence(hinted=False)).status == "not_found"
    assert (
        made().decide(asked, [], Evidence()).status,
        made().decide(asked, [], Evidence()).confidence,
    ) == (
        "not_found",
        0.0,
    )


def test_what_a_question_asks_for_is_read_off_its_vector_and_its_words() -> None:
    """.5 + 2 × 3 - 4 = 2.5.

    "How many desks were sold" has 16 runs of one to three words, its ends counted: less 3 / √16.
    A vector of another width belongs to another model.
    """
    pooled = np.asarray([3, 4], np.float32)
    assert made().asks("Some desks", pooled) == pytest.approx(2.5)
    assert made().asks("How many desks were sold", pooled) == pytest.approx(1.75)
    assert made().asks("How many", np.asarray([3, 4, 5], np.float32)) == 0.0


def test_the_stored_judge_fits_the_model_and_orders_its_thresholds(encoder: Encoder) -> None:
    """What is related is less sure than what is answered, warm or cold."""
    judge = load_judge()
    for fit in (judge.warm, judge.cold):
        assert 0 < fit.related < fit.answered < 1
        assert len(fit.weights) == len(FEATURES)
        assert any(fit.weights)
    assert judge.asks_head.vector.shape == (1, encoder.dimension)
