"""Phrasing, with models of this process."""

from collections.abc import Callable, Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.errors import EndpointError
from ccs_qa.generate.ask import MOST_SENTENCES, AnswerGenerator, GeneratedAnswer
from ccs_qa.records import LANGUAGES, Citation, EndpointFault, Language, Prompt
from tests.generate.quoting import query, quote

QUOTES = (
    quote(1, en="Service Canada helps clients. Staff meet them.", fr="Service Canada aide."),
    quote(2, en="Clients do not trust the telephone; they write.", fr="Les clients écrivent."),
)
TRUE = "Service Canada helps clients. [1]"
ALSO = "Clients do not trust the telephone. [2]"
FALSE = "Service Canada helps nobody at all. [1]"


class Says:
    """A model that writes what it is told to, and notes how far it was let."""

    model = "says"

    def __init__(self, *pieces: str, fault: EndpointFault | None = None) -> None:
        """Take the pieces, and the fault to fail with after them."""
        self._pieces = pieces
        self._fault = fault
        self.given = 0
        self.closed = False
        self.prompts: list[Prompt] = []

    def stream(self, prompt: Prompt) -> Generator[str, None, None]:
        """Write them."""
        self.prompts.append(prompt)
        try:
            for piece in self._pieces:
                self.given += 1
                yield piece
            if self._fault is not None:
                raise EndpointError(fault=self._fault)
        finally:
            self.closed = True


def phrase(
    model: Says, language: Language = "en", quotes: tuple[Citation, ...] = QUOTES
) -> GeneratedAnswer:
    """Phrase to the end."""
    work = AnswerGenerator(model).phrase(query(language), quotes)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: GeneratedAnswer = end.value
            return found


def test_what_passes_is_the_text_in_order() -> None:
    """Each sentence with its numbers, one a line; the rest is counted with its reason."""
    found = phrase(Says(f"{ALSO} {FALSE} ", TRUE))
    assert found.text == f"{ALSO}\n{TRUE}"
    assert [(item.text, item.citations) for item in found.statements] == [
        ("Clients do not trust the telephone.", (2,)),
        ("Service Canada helps clients.", (1,)),
    ]
    generation = found.generation
    assert (generation.outcome, generation.model, generation.kept) == ("used", "says", 2)
    assert generation.dropped == ("unsupported",)
    assert found.left_out == (("Service Canada helps nobody at all.", "unsupported"),)


@pytest.mark.parametrize(
    ("reply", "kept"), [("", 0), (FALSE, 0), (f"{TRUE} {FALSE} {FALSE[:-4]}[2]", 1)]
)
def test_too_little_that_is_true_is_not_used(reply: str, kept: int) -> None:
    """No sentence, or fewer than half; the person then reads the quotes."""
    found = phrase(Says(reply))
    assert (found.generation.outcome, found.generation.kept) == ("unsupported", kept)
    assert (found.text, found.statements) == ("", ())


def test_half_is_enough() -> None:
    """One of two."""
    assert phrase(Says(f"{FALSE} {TRUE}")).generation.outcome == "used"


def test_a_sentence_said_twice_is_shown_once() -> None:
    """As small models do."""
    found = phrase(Says(f"{TRUE} {ALSO} {TRUE}"))
    assert found.text == f"{TRUE}\n{ALSO}"
    assert found.generation.dropped == ("form",)


def test_an_item_of_a_list_becomes_a_sentence() -> None:
    """It ends in a full stop, not in the semicolon of the page."""
    found = phrase(Says("Clients do not trust the telephone; [2]"))
    assert found.text == ALSO


@pytest.mark.parametrize("fault", ["down", "slow", "cut", "paused"])
def test_a_model_that_fails_costs_nothing_but_its_words(fault: EndpointFault) -> None:
    """Even after true sentences: what it would have said next is not known."""
    found = phrase(Says(TRUE, fault=fault))
    assert (found.generation.outcome, found.generation.fault) == ("unavailable", fault)
    assert (found.text, found.generation.kept) == ("", 0)


def test_enough_is_not_waited_for() -> None:
    """The stream is closed once more sentences than are shown have begun."""
    model = Says(*[f"{TRUE} "] * 50)
    found = phrase(model)
    assert model.closed
    assert model.given == MOST_SENTENCES + 1
    assert found.generation.kept == 1


def test_a_citation_that_comes_in_pieces_is_waited_for() -> None:
    """The last sentence keeps its number, though a bracket came first."""
    found = phrase(
        Says(f"{TRUE} {ALSO} Staff meet them. [1] {FALSE} No. [1] They write. ", "[", "2]")
    )
    assert found.generation.kept == 4


def test_whoever_stops_stops_the_model() -> None:
    """After one piece."""
    model = Says(*[TRUE] * 50)
    work = AnswerGenerator(model).phrase(query("en"), QUOTES)
    next(work)
    work.close()
    assert model.closed
    assert model.given == 1


_WORDS = st.sampled_from(
    ["Service Canada", "helps", "clients", "Les", "écrivent", ".", ". ", "[1]", "[2]", "[9]", "not"]
)
_ANY: Callable[..., st.SearchStrategy[str]] = lambda: st.one_of(  # noqa: E731 - reads as data
    st.text(max_size=120), st.lists(_WORDS, max_size=30).map(" ".join)
)


# the language detector loads once
@given(st.lists(_ANY(), max_size=5), st.sampled_from(LANGUAGES))
def test_whatever_a_model_writes_nothing_is_invented(pieces: list[str], language: Language) -> None:
    """What is kept stands in what it wrote, or nothing is; nothing raises."""
    found = phrase(Says(*pieces), language)
    written = "".join("".join(pieces).split())
    for statement in found.statements:
        start = "".join(statement.text.rstrip(".;").split())
        assert start in written
        assert set(statement.citations) <= {1, 2}
    counted = found.generation.kept + len(found.generation.dropped)
    assert counted <= MOST_SENTENCES
    assert bool(found.text) == (found.generation.outcome == "used")
