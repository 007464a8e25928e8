"""The choice of the floor, by arithmetic and on the corpus."""

from collections.abc import Sequence

import pytest

from ccs_qa.corpus import Corpus
from eval.support import Pairs, choose_floor, measure_pairs, support_rows


def test_the_floor_keeps_all_but_one_in_a_hundred_out() -> None:
    """Of .00, .01, … 1.00 the 99th percentile is .99; what is held does not count."""
    unheld = Pairs("other", held=False, values=tuple(at / 100 for at in range(101)))
    held = Pairs("own", held=True, values=(0.2, 0.4))
    assert choose_floor([held, unheld]) == pytest.approx(0.99)
    assert unheld.passing(0.99) == 2


def test_rows_show_how_many_pass() -> None:
    """Half of the own pairs; area one where they lie above all others."""
    rows = support_rows(
        [
            Pairs("own", held=True, values=(0.7, 0.9)),
            Pairs("other", held=False, values=(0.1, 0.2)),
        ],
        0.8,
    )
    assert rows[1][:6] == ["own", "2", "0.800", "0.700", "0.900", "0.500"]
    assert rows[2][-1] == "1.0000"


def test_pairs_are_of_one_meeting(corpus: Corpus) -> None:
    """A measure that knows identity finds own passages, and nobody else's."""

    def held(sentence: str, quotes: Sequence[str]) -> float:
        return float(any(sentence in quote for quote in quotes))

    own, across, hints, beside, beyond = measure_pairs(corpus, held)
    assert set(own.values) == {1.0}
    assert set(across.values) == {0.0}
    assert len(own.values) == len(across.values)
    assert len(beside.values) == len(beyond.values)
    assert sum(beside.values) < 0.01 * len(beside.values)
    assert len(hints.values) == 880
