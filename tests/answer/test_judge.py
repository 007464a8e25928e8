"""The judge on values computed by hand."""

import datetime as dt
import math

import numpy as np
import pytest

from ccs_qa.answer.fitted import Head
from ccs_qa.answer.judge import COLD_FEATURES, FEATURES, Fit, Judge, features, load_judge
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.records import AnswerStatus, Bilingual, Evidence, Hit, Passage, Query, Scope

DAY = dt.date(2024, 11, 1)
ZEROS = (0.0,) * len(FEATURES)
LN3 = math.log(3)


def hit(name: str, score: float, **legs: float) -> Hit:
    """Make a hit whose legs scored so."""
    return Hit(Passage(name, "statement", DAY, None, None, Bilingual(None, None)), score, legs)


def query(question: str, topic: str, scope: Scope | None = None) -> Query:
    """Make a query."""
    return Query(question, question, topic, "en", "en", scope=scope)


def described(asked: Query, hits: list[Hit], evidence: Evidence) -> dict[str, float]:
    """Name the features."""
    return dict(zip(FEATURES, features(asked, hits, evidence), strict=True))


def test_features_by_hand() -> None:
    """Everything that a question and its ranking show.

    The second passage has better cosines, so that half the legs put the first one first, and BM25
    of 4 is halved by the root of a topic of four words. It leads the second by 2 and the fifth,
    the last of three, by 3. Tokens: lowest .1, the three lowest (.1 + .2 + .3) / 3, all 1.5 / 4.
    Of the topic `the` is a stop word; `zorgs`, `rural` and `offices` are supported by .3, .5 and
    .7: the two lowest make .4, all .5. `how` and `paid` are none of it. It asks for a figure.
    """
    legs = {"late": 0.5, "hint": 0.6, "dense": 0.8, "lexical": 4.0}
    hits = [
        hit("a", 5.0, **legs),
        hit("b", 3.0, **{**legs, "late": 0.7, "dense": 0.9}),
        hit("c", 2.0, late=0.1),
    ]
    support = (("the", -1.0), ("zorgs", 0.5), ("paid", 0.1), ("rural", 0.7), ("offices", 0.3))
    evidence = Evidence((0.1, 0.2, 0.3, 0.9), 0.25, 0.75, support, asks=-1.25, needs_more=-0.5)
    asked = query("How many Zorgs paid the rural offices", "Zorgs the rural offices")
    assert described(asked, hits, evidence) == {
        **dict.fromkeys(FEATURES, 0.0),
        "late": 0.5,
        "dense": 0.8,
        "best_late": 0.7,
        "best_dense": 0.9,
        "lexical": 2.0,
        "lead": 3.0,
        "next": 2.0,
        "agreement": 0.5,
        "least_covered": 0.1,
        "poorly_covered": pytest.approx(0.2),
        "mean_covered": pytest.approx(0.375),
        "least_supported": 0.3,
        "poorly_supported": pytest.approx(0.4),
        "mean_supported": pytest.approx(0.5),
        "topic_words": 3.0,
        "strange": 0.25,
        "asks": -1.25,
        "figure": 1.0,
        "needs_more": -0.5,
        "hint": 0.6,
        "best_hint": 0.6,
        "precedent": 0.75,
    }


def test_the_lead_is_over_the_fifth_however_many_there_are() -> None:
    """Of six the fifth, of one itself."""
    hits = [hit(str(at), 9.0 - at) for at in range(6)]
    evidence = Evidence()
    found = described(query("a b c", "a b c"), hits, evidence)
    assert (found["lead"], found["next"]) == (4.0, 1.0)
    alone = described(query("a b c", "a b c"), hits[:1], evidence)
    assert (alone["lead"], alone["next"], alone["agreement"]) == (0.0, 0.0, 0.0)


def test_without_a_topic_every_word_that_says_something_counts() -> None:
    """`what` and `the` do not; a topic of two words at most is few."""
    support = (("what", 0.9), ("the", 0.8), ("trust", 0.2), ("clients", 0.6))
    found = described(query("q", ""), [hit("a", 1.0)], Evidence((), support=support))
    assert found["topic_words"] == 2
    assert found["least_supported"] == 0.2
    assert found["mean_supported"] == pytest.approx(0.4)
    assert found["few_words"] == 1
    assert described(query("q", "a b c"), [hit("a", 1.0)], Evidence())["few_words"] == 0


def test_nothing_known_is_nothing() -> None:
    """No tokens, no support, no legs, a scope."""
    scope = Scope("2024", (DAY,))
    found = described(query("rural offices", "rural offices", scope), [hit("a", 1.0)], Evidence())
    unset = {"scoped": 1.0, "few_words": 1.0, "strange": 1.0, "precedent": 0.5}
    assert found == {**dict.fromkeys(FEATURES, 0.0), **unset}


def test_the_cold_fit_looks_at_nothing_of_hints() -> None:
    """Three features are of hints, at the end; the stored cold weights of these are 0."""
    assert FEATURES[: len(COLD_FEATURES)] == COLD_FEATURES
    assert FEATURES[len(COLD_FEATURES) :] == ("hint", "best_hint", "precedent")
    assert load_judge().cold.weights[-3:] == (0.0, 0.0, 0.0)


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
    vector = np.asarray([2, -1], np.float32)
    return Judge(Fit(ZEROS, 9.0, 0.5, 0.2), Fit(ZEROS, -9.0, 0.5, 0.2), Head(0.5, vector))


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


def test_what_a_question_asks_for_is_read_off_its_vector() -> None:
    """.5 + 2 × 3 - 4 = 2.5; a vector of another width belongs to another model."""
    assert made().asks(np.asarray([3, 4], np.float32)) == pytest.approx(2.5)
    assert made().asks(np.asarray([3, 4, 5], np.float32)) == 0.0


def test_the_stored_judge_fits_the_model_and_orders_its_thresholds(encoder: Encoder) -> None:
    """What is related is less sure than what is answered, warm or cold."""
    judge = load_judge()
    for fit in (judge.warm, judge.cold):
        assert 0 < fit.related < fit.answered < 1
        assert len(fit.weights) == len(FEATURES)
        assert any(fit.weights)
    assert judge.asks.vector.shape == (encoder.dimension,)
