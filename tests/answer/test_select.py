"""How many passages are quoted, on values computed by hand."""

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest

from ccs_qa.answer.fitted import Head
from ccs_qa.answer.select import FEATURES, Extent, Selector, extent_of, features, load_selector
from ccs_qa.records import Bilingual, Hit, Intent, Passage, PassageKind, Query, Rendition, Scope

DAY = dt.date(2024, 11, 1)


def hit(score: float, kind: PassageKind = "statement", **legs: float) -> Hit:
    """Make a hit."""
    text = Rendition("fr", "Texte.", "f", 0, 6, "official")
    return Hit(Passage("a", kind, DAY, None, None, Bilingual(text, None)), score, legs)


def selector(**weights: float) -> Selector:
    """Make a selection that looks at some features."""
    vector = np.asarray([0.5, 0.25], np.float32)
    given = tuple(weights.get(name, 0.0) for name in FEATURES)
    return Selector(given, weights.get("bias", 0.0), 0.5, 0.4, 0.25, Head(1.0, vector))


def test_quotes_are_the_first_and_what_is_likely_needed() -> None:
    """Odds 2 + gap: -1 is still likely, -2 as likely as not, -3 possible, -4 is not counted."""
    hits = [hit(score) for score in (5.0, 4.0, 3.0, 2.0, 1.0)]
    chosen = selector(gap=1.0, bias=2.0).choose(hits, 0.0, "answer")
    assert chosen.quotes == tuple(hits[:3])
    assert chosen.more == 1
    unlikely = selector(bias=-9.0).choose(hits, 0.0, "answer")
    assert (unlikely.quotes, unlikely.more) == ((hits[0],), 0)
    assert selector().choose([], 0.0, "answer").quotes == ()


@pytest.mark.parametrize(
    ("extent", "most"), [("answer", 16), ("everything", 60), ("sides", 60), ("some", 60)]
)
def test_so_many_are_quoted_at_most(extent: Extent, most: int) -> None:
    """Though all of a hundred are needed; what lies beyond is not counted as more."""
    hits = [hit(1.0)] * 100
    chosen = selector(bias=9.0).choose(hits, 0.0, extent)
    assert (len(chosen.quotes), chosen.more) == (most, 0)


def test_the_more_a_question_asks_for_the_more_is_quoted() -> None:
    """Breadth log 3 carries what log 1 does not."""
    hits, broad = [hit(5.0), hit(4.0)], selector(gap=1.0, breadth=1.0, bias=0.0)
    assert len(broad.choose(hits, 0.0, "answer").quotes) == 1
    assert len(broad.choose(hits, math.log(3), "answer").quotes) == 2


def test_where_everything_is_asked_less_likely_passages_are_listed_too() -> None:
    """Odds 2 + gap, from .4 on: -2.3 is listed, -2.5 is not; an answer takes neither."""
    hits = [hit(score) for score in (5.0, 2.7, 2.5)]
    made = selector(gap=1.0, bias=2.0)
    assert made.choose(hits, 0.0, "everything").quotes == tuple(hits[:2])
    assert made.choose(hits, 0.0, "answer").quotes == (hits[0],)


@pytest.mark.parametrize(
    ("intent", "extent"),
    [("topic", "answer"), ("list", "everything"), ("compare", "sides"), ("quotes", "some")],
)
def test_how_much_is_asked_for_follows_from_the_intent(intent: Intent, extent: Extent) -> None:
    """A topic that is set against another meeting has sides, whatever else is asked."""
    query = Query("Q", "Q", "", "fr", "fr", intent=intent)
    assert extent_of(query) == extent
    scope = Scope("", (DAY,), sides=((DAY,), ()))
    assert extent_of(replace(query, scope=scope)) == "sides"


def test_breadth_is_read_from_the_vector_of_the_question() -> None:
    """1 + 0.5 · 2 + 0.25 · 4; a vector of another model says nothing."""
    assert selector().breadth(np.asarray([2.0, 4.0], np.float32)) == pytest.approx(3.0)
    assert selector().breadth(np.zeros(3, np.float32)) == 0.0


def test_features_are_distances_from_the_first() -> None:
    """A leg that one of them lacks makes no distance."""
    hits = [
        hit(5.0, late=0.5, dense=0.75, hint=0.5, lexical=4.0),
        hit(3.0, "objective", late=0.25, dense=0.5, lexical=2.0, shared_hints=1.5),
    ]
    values = features(hits, 2.0, "sides")[1]
    assert dict(zip(FEATURES, values, strict=True)) == {
        "gap": -2.0,
        "score": 3.0,
        "rank": math.log(2),
        "lead": 2.0,
        "late": 0.25,
        "dense": 0.5,
        "late_gap": -0.25,
        "dense_gap": -0.25,
        "hint_gap": 0.0,
        "lexical_share": 0.5,
        "shared_hints": 1.5,
        "objective": 1.0,
        "breadth": 2.0,
        "breadth_gap": -4.0,
        "everything": 0.0,
        "everything_gap": 0.0,
        "sides": 1.0,
        "sides_gap": -2.0,
        "some": 0.0,
        "some_gap": 0.0,
    }


def test_what_ships_quotes_at_the_stated_precision() -> None:
    """Four in five on questions held out; whoever fits anew sees what it costs."""
    shipped = load_selector()
    assert 0.4 < shipped.quoted < 0.65
    assert 0.3 < shipped.listed < shipped.quoted
    assert shipped.further < shipped.listed
    assert len(shipped.breadth.vector) == 384
