"""What pages, files and other channels are given to show."""

import pytest

from ccs_qa.present.contexts import confidence_key


@pytest.mark.parametrize(
    ("confidence", "key"),
    [
        (1.0, "confidence.high"),
        (0.9, "confidence.high"),
        (0.8999, "confidence.medium"),
        (0.75, "confidence.medium"),
        (0.7499, "confidence.low"),
        (0.0, "confidence.low"),
    ],
)
def test_nine_in_ten_are_a_strong_match_and_three_in_four_a_fair_one(
    confidence: float, key: str
) -> None:
    """Of answers with such a confidence that many are right."""
    assert confidence_key(confidence) == key
