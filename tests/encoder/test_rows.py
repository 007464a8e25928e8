"""Vectors in 8 bits, against the products of the vectors themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ccs_qa.encoder.rows import Rows


def test_rows_are_scaled_by_their_largest_component() -> None:
    """[1, -.5] keeps 127 and -64 (63.5 rounds to even) at scale 1/127."""
    rows = Rows.quantise(np.asarray([[1, -0.5], [0, 0]], np.float32))
    assert rows.values.tolist() == [[127, -64], [0, 0]]
    assert rows.scales[0] == pytest.approx(1 / 127)
    assert len(rows) == 2


def test_rows_come_in_order() -> None:
    """Rows 2 and 0, multiplied with [1, 0]."""
    rows = Rows.quantise(np.asarray([[1, 0], [0, 1], [-1, 0]], np.float32))
    product = rows.take(np.asarray([2, 0])).dot(np.asarray([[1, 0]], np.float32))
    assert product.tolist() == [[pytest.approx(-1), pytest.approx(1)]]


@given(
    arrays.arrays(np.float32, (5, 24), elements=st.floats(-1, 1, width=32)),
    arrays.arrays(np.float32, (3, 24), elements=st.floats(-1, 1, width=32)),
)
def test_products_stay_within_the_rounding(
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    question: np.ndarray[tuple[int, int], np.dtype[np.float32]],
) -> None:
    """Of 24 terms both factors are off by at most 1/254, of 1 at most each."""
    product = Rows.quantise(vectors).dot(question)
    assert np.abs(product - question @ vectors.T).max() < 24 * (2 / 254 + 1 / 254**2) + 1e-4


def test_products_are_those_of_integers() -> None:
    """Of 8 bits each, 384 times: exact in 32 bits, and scaled as doubles would be."""
    random = np.random.default_rng(7)
    rows = Rows.quantise(random.standard_normal((1100, 384)).astype(np.float32))
    question = random.standard_normal((9, 384)).astype(np.float32)
    asked = Rows.quantise(question)
    places = random.permutation(1100)
    exact = (asked.values.astype(np.int64) @ rows.values[places].astype(np.int64).T).astype(float)
    exact *= asked.scales[:, None].astype(float) * rows.scales[places].astype(float)
    assert np.abs(rows.take(places).dot(question) - exact).max() < 1e-3 * np.abs(exact).max() / 384
