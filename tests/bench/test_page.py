"""The arithmetic of weights and times of the page."""

import pytest

from bench.page import MOST_BYTES, Times, Weight, middle, overweight, weigh, without_fonts


def test_bytes_are_added_up_by_kind() -> None:
    """Two scripts of 10 and 20 bytes are 30; what has no column is counted as other."""
    received = [("Document", 1), ("Script", 10), ("Font", 400), ("Script", 20), ("Image", 5)]
    weight = weigh(received)
    assert weight == Weight(HTML=1, JS=30, fonts=400, other=5)
    assert without_fonts(weight) == 36


def test_a_visit_that_receives_nothing_weighs_nothing() -> None:
    """No kind is missing from the sums."""
    assert weigh([]) == Weight()


def test_the_medians_are_of_each_time_by_itself() -> None:
    """Of 1, 9, 4 the middle is 4; of 30, 10, 20 it is 20, on another visit."""
    visits = [Times(1.0, 30.0), Times(9.0, 10.0), Times(4.0, 20.0)]
    assert middle(visits) == Times(4.0, 20.0)


def test_a_page_that_is_asked_nothing_has_no_time_to_a_quote() -> None:
    """Of 2 and 4 the median is 3; no quote is not a quote after 0 ms."""
    assert middle([Times(2.0), Times(4.0)]) == Times(3.0, None)


@pytest.mark.parametrize(("above", "found"), [(0, []), (1, ["/fr/"])])
def test_the_limit_is_on_everything_but_fonts(above: int, found: list[str]) -> None:
    """Exactly 60,000 bytes pass, one more does not, and fonts never count."""
    assert MOST_BYTES == 60_000
    french = Weight(HTML=10_000, CSS=20_000, JS=25_000, fonts=900_000, other=5_000 + above)
    assert overweight({"/en/": Weight(HTML=1), "/fr/": french}) == found
