"""Support, on vectors made by hand and on the real model."""

from collections.abc import Sequence

import numpy as np
import pytest

from ccs_qa.encoder.encoder import Encoded, Encoder, Role
from ccs_qa.generate.support import embedding_support


class OneHot:
    """Encodes each letter as a direction of its own; counts how often it is asked."""

    def __init__(self) -> None:
        """Start counting."""
        self.asked = 0

    def encode(self, texts: Sequence[str], role: Role) -> Encoded:
        """Encode `abc` as three rows of length two."""
        assert role == "passage"
        self.asked += len(texts)
        rows = tuple(
            2 * np.eye(26, dtype=np.float32)[[ord(x) - 97 for x in text]] for text in texts
        )
        return Encoded(np.zeros((len(texts), 26), np.float32), rows)


@pytest.mark.parametrize(
    ("sentence", "quotes", "expected"),
    [("abc", ["cab"], 1.0), ("abcd", ["ab", "c"], 0.75), ("ab", ["cd"], 0.0), ("a", [], -1.0)],
)
def test_support_is_the_share_that_some_quote_means(
    sentence: str, quotes: list[str], expected: float
) -> None:
    """A token whose direction is in a quote counts one, another nothing."""
    encoder = OneHot()
    assert embedding_support(encoder)(sentence, quotes) == pytest.approx(expected)  # type: ignore[arg-type] # all that it uses


def test_a_text_is_encoded_once() -> None:
    """Two sentences beside one quote are three texts."""
    encoder = OneHot()
    support = embedding_support(encoder)  # type: ignore[arg-type] # all that it uses
    assert support("ab", ["abc"]) == support("bc", ["abc"]) == pytest.approx(1.0)
    assert encoder.asked == 3


def test_the_real_model_tells_what_is_meant(encoder: Encoder) -> None:
    """A translation is supported more than something else in the same language."""
    support = embedding_support(encoder)
    sentence = "Les clients font moins confiance au gouvernement."
    said = support(sentence, ["Clients have less trust in the government."])
    other = support(sentence, ["Le système téléphonique fonctionne en ligne."])
    assert -1 <= other < said <= 1
