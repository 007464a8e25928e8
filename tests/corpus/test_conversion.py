"""A page says the words of its file, whatever the file is, or is refused."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ccs_qa.corpus.conserve import first_change
from ccs_qa.corpus.convert import convert
from ccs_qa.corpus.sources.html import read_html
from ccs_qa.corpus.sources.lines import Line, Source, Word
from ccs_qa.corpus.sources.markdown import read_markdown
from ccs_qa.corpus.sources.plain import read_text_file
from ccs_qa.corpus.sources.word import read_word
from ccs_qa.errors import PageError
from tests.corpus.written import Pages, as_html, as_markdown, as_text, as_word, expected, pages

FEW = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])


@given(pages())
@FEW
def test_html_and_markdown_say_the_same(page: Pages) -> None:
    """Entities, no-break spaces, emphasis, links and escapes change no record."""
    assert convert(read_html("a.html", as_html(page))) == expected(page)
    assert convert(read_markdown("a.md", as_markdown(page))) == expected(page)


@given(pages(), st.sampled_from("-•*◦‣➢"), st.sampled_from((72, 80, 10_000)))
@FEW
def test_text_says_the_same(page: Pages, mark: str, wide: int) -> None:
    """Whatever the sign of its items, wrapped or not."""
    assert convert(read_text_file("a.txt", as_text(page, mark, wide))) == expected(page)


@given(pages())
@settings(FEW, max_examples=10)
def test_word_says_the_same(page: Pages) -> None:
    """By its styles."""
    assert convert(read_word("a.docx", as_word(page))) == expected(page)


def _bare(lines: Iterable[Line]) -> list[str]:
    """Read the words without the signs around them; a sign that stands alone is none."""
    words = [word for line in lines for part in line.parts for word in part.split()]
    return [bare for word in words if (bare := re.sub(r"\W", "", word))]


@st.composite
def _damaged(draw: st.DrawFn) -> Source:
    """Draw a source whose lines say something else than its words."""
    source = read_html("a.html", as_html(draw(pages())))
    lines = list(source.lines)
    at = draw(st.integers(0, len(lines) - 1))
    words = " ".join(lines[at].parts).split(" ")
    word = draw(st.integers(0, len(words) - 1))
    change = draw(st.sampled_from(("lose", "weld", "add", "move", "line", "lines")))
    if change == "lose":
        del words[word]
    elif change == "weld":
        assume(word)
        words[word - 1 : word + 1] = ["".join(words[word - 1 : word + 1])]
    elif change == "add":
        words.insert(word, "ajouté")
    elif change == "move":
        words[word], words[word - 1] = words[word - 1], words[word]
    if change == "line":
        del lines[at]
    elif change == "lines":
        other = draw(st.integers(0, len(lines) - 1))
        lines[at], lines[other] = lines[other], lines[at]
    else:
        assume(any(words))
        lines[at] = replace(lines[at], parts=(" ".join(words),))
    assume(_bare(lines) != _bare(source.lines))
    return replace(source, lines=tuple(lines))


@given(_damaged())
@settings(FEW, max_examples=150)
def test_a_conversion_that_goes_wrong_is_noticed(source: Source) -> None:
    """A word or a line lost, welded, added or moved is refused."""
    with pytest.raises(PageError):
        convert(source)


def _words(text: str) -> list[Word]:
    return [Word(word, at) for at, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("told", "kind", "words", "place"),
    [
        ("un trois quatre", "words-lost", "deux", 1),
        ("un deux trois", "words-lost", "quatre", 3),
        ("un deux deux et demi trois quatre", "words-added", "deux et demi", 2),
        ("un deuxtrois quatre", "words-changed", "deux trois → deuxtrois", 1),
        ("deux trois quatre un", "words-moved", "un", 0),
    ],
)
def test_what_became_of_a_word_is_told_with_its_place(
    told: str, kind: str, words: str, place: int
) -> None:
    """Lost, added, welded, moved; the place is that of the file."""
    change = first_change(_words("un deux trois quatre"), _words(told))
    assert change is not None
    assert (change.kind, change.words, change.place) == (kind, words, place)


def test_marks_around_words_are_none() -> None:
    """Signs and numbers of items may go, a mark inside a word may not."""
    seen = [Word("1.", 1, mark=True), *_words("Un « mot », juste.")]
    assert first_change(seen, _words("Un mot juste")) is None
    assert first_change(_words("l'an fin.Il va"), _words("l'an fin. Il va")) is not None
