"""Sentences and citations of a reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.generate.reading import read_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un. [1] Deux [2]. Non. [1][2]", [("Un.", (1,)), ("Deux.", (2,)), ("Non.", (1, 2))]),
        ("Un. [2, 1] Deux.[3]", [("Un.", (1, 2)), ("Deux.", (3,))]),
        ("M. Roy a 3,5. [1] Mme X. rit.", [("M. Roy a 3,5.", (1,)), ("Mme X. rit.", ())]),
        ("3.5% of the U.S., e.g. here. [1]", [("3.5% of the U.S., e.g. here.", (1,))]),
        ("Le 1er juin. [1]", [("Le 1er juin.", (1,))]),
        ("- A is b; [1]\n2. C is d. [2]", [("A is b;", (1,)), ("C is d.", (2,))]),
        ("«\u00a0Oui.\u00a0» [1] Non. [2]", [("«\u00a0Oui.\u00a0»", (1,)), ("Non.", (2,))]),
        ("A range. [1-3] A name. [a]", [("A range.", (0,)), ("A name.", (0,))]),
        ("Both [1]. [2] Next. [3]", [("Both.", (1, 2)), ("Next.", (3,))]),
        ("Both ends. [1]. Next. [2]", [("Both ends.", (1,)), ("Next.", (2,))]),
        ("No mark. Marked. [1]", [("No mark.", ()), ("Marked.", (1,))]),
        ("Ils sont 12. Ensuite, rien. [1]", [("Ils sont 12.", ()), ("Ensuite, rien.", (1,))]),
    ],
)  # fmt: skip
def test_sentences_are_read(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    """Citations stand before or behind the full stop; all of these were ended."""
    found = read_sentences(text)
    assert [(item.text, item.citations) for item in found] == expected
    assert all(item.whole for item in found)


@pytest.mark.parametrize(
    "text", ["The department should", "The department should [1]", "And then… [1]", "Who? [1]"]
)
def test_what_is_not_ended_is_not_whole(text: str) -> None:
    """Cut off, trailing off, or asking."""
    assert [item.whole for item in read_sentences(text)] == [False]


@given(st.text(st.sampled_from("ab .!?…;:[]12,-\n«»\"'\u00a0É"), max_size=200))
def test_no_word_is_invented(text: str) -> None:
    """Whatever a model writes, its letters come back in order, and nothing raises."""
    letters = [mark for mark in text if mark in "abÉ"]
    read = [mark for item in read_sentences(text) for mark in item.text if mark in "abÉ"]
    at = iter(letters)
    assert all(mark in at for mark in read)
