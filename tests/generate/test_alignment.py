"""Following sentences through quotes."""

import pytest

from ccs_qa.generate.alignment import align

LAKE = (
    "Families prefer the lake. According to swimmers, the water of the pool is too cold for"
    " children; families therefore prefer the one in the next town."
)
TOWN = (
    "The town should use posters, such as large ones, to build trust. If it rains, the pool closes."
    " Not all swimmers can be counted. People who work there could open it and clean it."
)
QUOTES = (LAKE, TOWN)


@pytest.mark.parametrize(
    "sentence",
    [
        "Families prefer the lake.",
        "The water of the pool is too cold for children.",
        "Families prefer the one in the next town.",
        "Families, therefore, also prefer the lake.",
        "The town should use posters to build trust.",
        "The town should use posters.",
        "If it rains, the pool closes.",
        "The summary says that the town should use posters.",
        "According to the summary, families prefer the lake.",
        "Families prefer the lake, according to the members.",
        "Families prefer the lake and the water of the pool is too cold for children.",
        "Not all swimmers can be counted.",
        "This family prefers that lake.",
    ],
)
def test_clauses_of_quotes_are_followed(sentence: str) -> None:
    """Shortened, joined, introduced, or with other grammatical words."""
    found = align(sentence, QUOTES, "en")
    assert found is not None
    assert not found.unsaid


@pytest.mark.parametrize(
    "sentence",
    [
        "The lake prefers families.",
        "Families prefer the pool.",
        "The water is too cold.",
        "The pool of water is too cold for children.",
        "The water of the pool is too cold for swimmers.",
        "Swimmers prefer the one in the next town.",
        "The town must use posters.",
        "The town uses posters.",
        "The town should use large posters.",
        "Families and children prefer the lake.",
        "People who work there could open it or clean it.",
        "Families prefer the lake too cold for children.",
        "The town says that it should use posters.",
        "The summary says families prefer the lake quietly.",
        "Families prefer.",
        "The committee noted.",
        "The pool closes if.",
        "All swimmers can be counted.",
        "People who work there could open it and.",
        "",
    ],
)
def test_other_words_other_orders_and_halves_are_not(sentence: str) -> None:
    """Nothing is skipped inside a clause."""
    assert align(sentence, QUOTES, "en") is None


def test_a_condition_that_is_left_out_is_named() -> None:
    """Though it stands in another clause."""
    quote = "If staff agree to it, the swimming pool in town closes."
    found = align("The swimming pool in town closes.", [quote], "en")
    assert found is not None
    assert found.unsaid == {"if"}


@pytest.mark.parametrize(
    "sentence",
    ["Le bureau permet une grande souplesse.", "Le bureau permettra une grande souplesse."],
)
def test_what_could_be_does_not_become_what_is(sentence: str) -> None:
    """The conditional of French verbs is kept."""
    quotes = ["Le bureau permettrait une grande souplesse."]
    assert align(quotes[0], quotes, "fr") is not None
    assert align(sentence, quotes, "fr") is None


def test_it_is_told_which_quotes_a_sentence_draws_from() -> None:
    """By position."""
    both = align("Families prefer the lake, and the town should use posters.", QUOTES, "en")
    second = align("The town should use posters.", QUOTES, "en")
    assert both is not None
    assert second is not None
    assert both.sources == frozenset({0, 1})
    assert second.sources == frozenset({1})


def test_names_in_full_and_short_are_one() -> None:
    """Also where the quote gives both."""
    quotes = ["L'intelligence artificielle (IA) aide les clients chaque jour."]
    assert align("L'IA aide les clients chaque jour.", quotes, "fr") is not None
    assert align("L'intelligence artificielle aide les clients chaque jour.", quotes, "fr")
