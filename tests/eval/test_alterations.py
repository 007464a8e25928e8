"""Sentences altered as a model might."""

import numpy as np
import pytest

from ccs_qa.records import Language
from eval.alterations import ALTERED, FAITHFUL, MAKERS, Given, make

QUOTES: dict[Language, dict[int, str]] = {
    "fr": {
        1: "Le ministère devrait améliorer les services offerts, notamment aux personnes âgées.",
        2: "Service Canada ne peut pas joindre certains clients par téléphone en région éloignée.",
    },
    "en": {
        1: "The department should improve the services offered, including those for older people.",
        2: "Service Canada cannot always reach some clients by telephone in remote regions.",
    },
}


def given(language: Language, number: int = 1) -> Given:
    """What a sentence of one of two quotes is made from."""
    quotes = QUOTES[language]
    return Given(
        language,
        number,
        quotes[number],
        quotes,
        {at: (text,) for at, text in quotes.items()},
        translated=QUOTES["en" if language == "fr" else "fr"][number],
        elsewhere=("Quelque chose d'autre.",),
    )


def test_every_kind_has_a_maker() -> None:
    """And no maker is without a kind."""
    assert set(MAKERS) == {*FAITHFUL, *ALTERED}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ALTERED)
def test_an_altered_sentence_is_no_sentence_of_the_quotes(kind: str, language: Language) -> None:
    """Or names another quote than its own; the same seed makes the same."""
    made = 0
    for seed in range(40):
        source = given(language, 1 + seed % 2)
        sentence = make(kind, source, np.random.default_rng(seed))
        assert sentence == make(kind, source, np.random.default_rng(seed))
        if sentence is not None:
            made += 1
            own = f"{source.sentence} [{source.number}]"
            assert f"{sentence.text} {sentence.mark}" != own
            if kind != "citation":
                assert sentence.text not in source.quotes.values()
    assert made


@pytest.mark.parametrize(
    ("kind", "language", "expected"),
    [
        ("verbatim", "fr", QUOTES["fr"][1]),
        (
            "shortened",
            "en",
            "The department should improve the services offered.",
        ),
        ("reworded", "en", QUOTES["en"][1].replace("improve", "enhance")),
        ("certainty", "fr", QUOTES["fr"][1].replace("devrait", "doit")),
        ("negation", "fr", QUOTES["fr"][1].replace("devrait", "ne devrait pas")),
        ("opposite", "fr", QUOTES["fr"][1].replace("améliorer", "empirer")),
        ("language", "fr", QUOTES["en"][1]),
    ],
)
def test_what_a_kind_does(kind: str, language: Language, expected: str) -> None:
    """Where there is one way to do it."""
    sentence = make(kind, given(language), np.random.default_rng(1))
    assert sentence is not None
    assert sentence.text == expected
