"""Passages with many hints, with few and with none stand on one scale."""

from dataclasses import replace

import numpy as np
import pytest

from ccs_qa.search.fusion import (
    Signals,
    hint_leg,
    lexical_leg,
    section_leg,
    shared_leg,
    standardise,
)
from tests.search.signals import signals

NAN = float("nan")
NONE = np.zeros(4, np.float32)


def told(hints: list[float], counts: list[int], **others: list[float]) -> Signals:
    """Four candidates whose texts say -1, -1, 1, 1 unless told."""
    usual = np.asarray([-1, -1, 1, 1], np.float32)
    raw = dict.fromkeys(("late", "back", "dense", "lexical", "asked"), usual)
    raw |= {name: np.asarray(values, np.float32) for name, values in others.items()}
    return signals(
        len(usual),
        **raw,
        hints=np.asarray(hints, np.float32),
        counts=np.asarray(counts, np.int64),
        usual=4.0,
        shared=lambda _first: usual,
    )


def test_a_standardised_leg_has_mean_0_and_deviation_1() -> None:
    """1, 2, 3 become -1.2247, 0, 1.2247; what has no score becomes 0."""
    found = standardise(np.asarray([1, 2, 3, NAN], np.float32))
    assert found == pytest.approx([-1.2247, 0, 1.2247, 0], abs=1e-4)
    among = np.asarray([True, True, False, False])
    assert standardise(np.asarray([1, 3, 5, NAN], np.float32), among) == pytest.approx(
        [-1, 1, 3, 0]
    )
    assert not standardise(np.ones(3, np.float32)).any()


def test_without_any_hint_the_text_foretells_the_leg() -> None:
    """Three legs of ±1, each at .3, make ±.9."""
    found = hint_leg(told([NAN] * 4, [0] * 4), NONE)
    assert found == pytest.approx([-0.9, -0.9, 0.9, 0.9])


def test_hints_weigh_as_much_as_there_are() -> None:
    """Eight hints weigh half: their ±1, and half of what the text says with .6 of their kin."""
    found = hint_leg(told([1, 0, 1, 0], [8] * 4), NONE)
    # All are equally kin, so the kin of a passage says the mean of all, 0 (the diagonal counts
    # for as little as the others here).
    assert found == pytest.approx([0.5 - 0.45, -0.5 - 0.45, 0.5 + 0.45, -0.5 + 0.45])


def test_the_best_of_few_hints_is_held_against_what_few_can_reach() -> None:
    """One hint where four are usual gains .54 ln 4 before it is weighed by 1/9."""
    few = hint_leg(told([1, 0, 1, 0], [1, 4, 4, 4]), NONE)
    gained = 0.54 * np.log(4)
    expected = (1 + gained) / 9 + 8 / 9 * (-0.9 + 0.6 * gained / 4)
    assert few[0] == pytest.approx(expected, abs=1e-5)


def test_a_passage_without_hints_is_not_the_last_for_it() -> None:
    """Its text is the best, so it leads although no hint says so."""
    mixed = told([0.2, 0.1, 0.1, NAN], [4, 4, 4, 0], late=[-1, 0, 0, 1])
    assert int(np.argmax(standardise(mixed.late) + hint_leg(mixed, NONE))) == 3


def test_bm25_over_texts_stands_in_where_there_are_no_hints() -> None:
    """A passage without hints keeps its own score, standardised among all."""
    mixed = told([1, 1, 1, NAN], [4, 4, 4, 0], asked=[3, 1, 2, 0], lexical=[0, 0, 0, 4])
    found = lexical_leg(mixed, NONE)
    assert found[3] == pytest.approx(np.sqrt(3))
    silent = replace(mixed, lexical=np.asarray([1, 2, 3, NAN], np.float32))
    assert lexical_leg(silent, NONE)[3] == 0


def test_shared_hints_of_a_passage_without_hints_are_guessed_by_likeness() -> None:
    """4 per unit of cosine above .2; where hints are shared, their logarithm."""
    mixed = told([1, 1, NAN, NAN], [5, 5, 0, 0])
    near = np.asarray([[-1.0, 0.9, 0.45, 0.1], *np.zeros((3, 4))], np.float32)
    shared = np.asarray([0.0, 0.7, 0.0, 0.0], np.float32)
    mixed = replace(mixed, likeness=near, shared=lambda _first: shared)
    found = shared_leg(mixed, np.asarray([9, 3, 2, 1], np.float32))
    assert found == pytest.approx([1.0, 0.7, 1.0, 0.0])
    # Of a first without hints, likeness alone tells.
    alone = replace(mixed, counts=np.asarray([0, 5, 0, 0]))
    assert shared_leg(alone, np.asarray([9, 3, 2, 1], np.float32)) == pytest.approx(
        [2.8, 2.8, 1.0, 0.0]
    )


def test_a_section_is_as_good_as_its_best_three() -> None:
    """4, 3 and 2 of one section make 3; 1 of it counts no further, nor does 10 of another."""
    of_five = replace(told([NAN] * 4, [0] * 4), sections=np.asarray([0, 0, 1, 0, 0]))
    found = section_leg(of_five, np.asarray([1, 4, 10, 2, 3], np.float32))
    assert found.tolist() == [3, 3, 10, 3, 3]
