"""What tells most of a meeting, by numbers that can be checked by hand."""

import numpy as np

from ccs_qa.answer.digest import telling


def test_what_is_near_to_most_and_asked_for_most_tells_most() -> None:
    """The first is near to both others and three questions lead to it: 2 of 2 and 3 of 6."""
    likeness = np.asarray([[-1, 0.5, 0.2], [0.5, -1, 0.1], [0.2, 0.1, -1]], np.float32)

    assert telling(likeness, np.asarray([3, 6, 0])) == [1.0 + 0.5, 0.5 + 1.0, 0.5 + 0.0]


def test_without_known_questions_only_nearness_counts() -> None:
    """A meeting that nobody wrote hints for: nothing is divided by nothing."""
    likeness = np.asarray([[-1, 0.5], [0.5, -1]], np.float32)

    assert telling(likeness, np.zeros(2, np.int64)) == [1.0, 1.0]
    assert telling(np.full((1, 1), -1, np.float32), np.zeros(1, np.int64)) == [0.0]
