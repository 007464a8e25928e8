"""Token vectors in 8 bits, against the products of the vectors themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ccs_qa.encoder.tokens import TokenRows, dot


def test_rows_are_scaled_by_their_largest_component() -> None:
    """[1, -.5] keeps 127 and -64 (63.5 rounds to even) at scale 1/127."""
    rows = TokenRows.quantise(np.asarray([[1, -0.5], [0, 0]], np.float32))
    assert rows.values.tolist() == [[127, -64], [0, 0]]
    assert rows.scales[0] == pytest.approx(1 / 127)
    assert len(rows) == 2


def test_rows_come_in_order() -> None:
    """Rows 2 and 0, multiplied with [1, 0]."""
    rows = TokenRows.quantise(np.asarray([[1, 0], [0, 1], [-1, 0]], np.float32))
    product = rows.dot(np.asarray([[1, 0]], np.float32), np.asarray([2, 0]))
    assert product.tolist() == [[pytest.approx(-1), pytest.approx(1)]]


@given(
    arrays.arrays(np.float32, (5, 24), elements=st.floats(-1, 1, width=32)),
    arrays.arrays(np.float32, (3, 24), elements=st.floats(-1, 1, width=32)),
)
def test_products_stay_within_the_rounding(
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    question: np.ndarray[tuple[int, int], np.dtype[np.float32]],
) -> None:
    """Of 24 terms each is off by at most 1/254 of its row's largest, itself at most 1."""
    product = TokenRows.quantise(vectors).dot(question, np.arange(5))
    assert np.abs(product - question @ vectors.T).max() < 24 / 254 + 1e-4


def test_many_rows_are_multiplied_as_few() -> None:
    """More than a block of rows: every second is [1], every other [-1]."""
    rows = TokenRows.quantise(np.asarray([[1], [-1]] * 1500, np.float32))
    product = rows.dot(np.asarray([[1], [2]], np.float32), np.arange(3000))
    assert product == pytest.approx(np.asarray([[1, -1] * 1500, [2, -2] * 1500]))


def test_products_are_those_of_doubles() -> None:
    """Unit vectors in float32 are off by less than a millionth, over several blocks."""
    random = np.random.default_rng(7)
    vectors = random.standard_normal((1100, 384))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    question = vectors[:9].astype(np.float32)
    rows = TokenRows.quantise(vectors.astype(np.float32))
    kept = rows.values.astype(np.float64) * rows.scales[:, None].astype(np.float64)
    places = random.permutation(1100)
    exact = question.astype(np.float64) @ kept[places].T
    assert np.abs(rows.dot(question, places) - exact).max() < 1e-6
    several = dot(question, vectors.astype(np.float32))
    assert np.abs(several - question @ vectors.T).max() < 1e-6
