"""Texts with their vectors, cut to the words that name the topic, on arrays of a hand's size."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.encoder.encoder import Encoded, Encoder, Role
from ccs_qa.search.understand.heads import split_words
from ccs_qa.search.understand.wording import Text, Texts, _pieces, encode_texts

# "Quels phares rouges", whose second word is two tokens.
PLACES = ((0, 5), (6, 9), (9, 12), (13, 19))
ROWS = ((1, 0), (0, 3), (0, 1), (4, 0))


def small(spans: tuple[tuple[int, int], ...] = PLACES, tokens: int = len(ROWS)) -> Text:
    """Make a text of three words and four tokens, or fewer, in two dimensions."""
    text = "Quels phares rouges"
    return Text(
        text,
        split_words(text),
        np.asarray([0.6, 0.8], np.float32),
        np.asarray(ROWS[:tokens], np.float32),
        np.asarray(spans, np.int64).reshape(-1, 2),
    )


def test_a_whole_text_keeps_all() -> None:
    """Each token belongs to its word."""
    found = small().whole
    assert found.text == "Quels phares rouges"
    assert found.pooled.tolist() == pytest.approx([0.6, 0.8])
    assert found.tokens.tolist() == [list(item) for item in ROWS]
    assert found.owners.tolist() == [0, 1, 1, 2]
    assert found.words == ("quels", "phares", "rouges")


def test_only_some_words_keep_the_vectors_that_they_have_in_the_whole() -> None:
    """Of `phares rouges` the mean is (4/3, 4/3): half way between the axes."""
    found = small().only([(6, 19)])
    assert found.text == "phares rouges"
    assert found.tokens.tolist() == [[0, 3], [0, 1], [4, 0]]
    assert found.owners.tolist() == [1, 1, 2]
    assert found.words == ("quels", "phares", "rouges")
    assert found.pooled.tolist() == pytest.approx([0.5**0.5, 0.5**0.5])


def test_pieces_are_joined_by_one_space() -> None:
    """Blanks at their ends are not doubled; the mean of (1, 0) and (4, 0) points along the first.

    A token that a piece cuts is kept.
    """
    found = small().only([(0, 6), (13, 19)])
    assert found.text == "Quels rouges"
    assert found.tokens.tolist() == [[1, 0], [4, 0]]
    assert found.pooled.tolist() == pytest.approx([1, 0])
    assert small().only([(8, 10)]).tokens.tolist() == [[0, 3], [0, 1]]


def test_where_every_token_stays_the_vector_is_that_of_the_whole() -> None:
    """What is left out held no token."""
    found = small(((1, 5), *PLACES[1:])).only([(1, 19)])
    assert found.text == "uels phares rouges"
    assert found.pooled.tolist() == pytest.approx([0.6, 0.8])


@pytest.mark.parametrize("ranges", [[], [(5, 6)], [(19, 19)]])
def test_where_nothing_stands_the_whole_is_searched(ranges: list[tuple[int, int]]) -> None:
    """A place without any token is none."""
    found = small().only(ranges)
    assert found.text == "Quels phares rouges"
    assert len(found.tokens) == 4


def test_a_tokenizer_that_does_not_tell_places_gives_the_whole_without_owners() -> None:
    """No words are told apart."""
    found = small(()).only([(6, 12)])
    assert (found.text, len(found.tokens), found.owners.tolist()) == ("Quels phares rouges", 4, [])
    assert small(()).word_vectors.tolist() == [[0, 0]] * 3


def test_the_vector_of_a_word_is_the_mean_of_its_tokens() -> None:
    """(0, 3) and (0, 1) make (0, 2); beyond the window there is nothing."""
    assert small().word_vectors.tolist() == [[1, 0], [0, 2], [4, 0]]
    assert small(PLACES[:2], tokens=2).word_vectors.tolist() == [[1, 0], [0, 3], [0, 0]]


def test_a_short_text_is_one_piece() -> None:
    """A thousand characters are short, also without any."""
    assert _pieces("") == [(0, "")]
    assert _pieces("a" * 1000) == [(0, "a" * 1000)]


def test_sentences_are_read_together_while_they_fit() -> None:
    """Three of 401 fit two by two; one of 2500 is cut at 1000."""
    sentence = "a" * 400 + "."
    text = f"{sentence} {sentence}  {sentence}"
    assert _pieces(text) == [(0, f"{sentence} {sentence}"), (805, sentence)]
    assert [(at, len(piece)) for at, piece in _pieces("b" * 2500)] == [
        (0, 1000),
        (1000, 1000),
        (2000, 500),
    ]


def test_what_follows_a_long_sentence_joins_its_last_piece() -> None:
    """1201 are cut into 1000 and 201, which the next sentence joins."""
    text = "a" * 1200 + ". " + "b" * 300 + "."
    assert [(at, len(piece)) for at, piece in _pieces(text)] == [(0, 1000), (1000, 503)]


@given(st.text(st.sampled_from("ab. ?!\n") | st.characters(), min_size=900, max_size=2600))
def test_pieces_hold_every_word_once(text: str) -> None:
    """Each stands at its place, none is longer than the window, none overlaps another."""
    edge = 0
    for at, piece in _pieces(text):
        assert text[at : at + len(piece)] == piece
        assert len(piece) <= 1000
        assert not text[edge:at].strip()
        edge = at + len(piece)
    assert not text[edge:].strip()


def test_a_long_text_is_one_text(encoder: Encoder) -> None:
    """Its tokens stand where they are in the whole, in order, to its very end."""
    sentence = "Les membres parlent de la confiance des clients envers les services."
    text = " ".join([sentence] * 20)
    long, short = encode_texts([text, sentence], encoder)
    assert (long.text, long.tokens.shape[0]) == (text, len(long.spans))
    assert np.linalg.norm(long.pooled) == pytest.approx(1, abs=1e-5)
    assert (np.diff(long.spans[:, 0]) >= 0).all()
    assert int(long.spans[-1, 1]) == len(text) - 1  # the final mark is left out
    assert float(long.pooled @ short.pooled) > 0.8
    (alone,) = encode_texts([sentence], encoder)
    assert alone.pooled.tolist() == pytest.approx(short.pooled.tolist(), abs=1e-6)


def test_a_conversation_encodes_a_wording_once_however_it_is_typed(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Capitals, hyphens and a final mark change no vector; each text keeps its own words."""
    asked = ("How do wait-times fall?", "how do wait times fall", "HOW do wait-times fall ?")
    expected = [encode_texts([text], encoder)[0] for text in asked]
    encoded: list[str] = []
    encode = encoder.encode

    def count(texts: Sequence[str], role: Role) -> Encoded:
        encoded.extend(texts)
        return encode(texts, role)

    monkeypatch.setattr(encoder, "encode", count)
    reader = Texts(encoder)
    found = [*reader(asked[:1]), *reader(asked)[1:]]
    assert encoded == ["how do wait times fall"]
    for one, other in zip(found, expected, strict=True):
        assert (one.text, one.words) == (other.text, other.words)
        for name in ("pooled", "tokens", "spans"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
