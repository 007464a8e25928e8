"""Text functions, on the cases that French and English bring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.text.strings import (
    clean,
    count_invisible,
    detect_language,
    drop_elisions,
    fold,
    sentences,
    words,
)


def test_invisible_characters_are_removed() -> None:
    """Zero-width, bidirectional and tag characters go; words stay."""
    assert clean("  a\u200bb\u202ec \U000e0041d\n e ") == "abc d e"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Que dit-on\u00a0? « L'été\u202f» 5\u202f%", 0),
        ("a\tb\r\nc", 0),
        ("a\u200bb\u202ec \U000e0041d", 3),
        ("\u2066\u202e\u2069", 3),
        ("".join(chr(0xE0000 + ord(sign)) for sign in "obey me"), 7),
        ("\ufeff\u00ad\u2060", 3),
    ],
)
def test_the_invisible_is_counted(text: str, number: int) -> None:
    """Bidirectional marks, tags and zero widths, not the spaces of French or ends of lines."""
    assert count_invisible(text) == number


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    """What is cleaned has nothing more to remove."""
    assert count_invisible(clean(text)) == 0


def test_case_accents_and_ligatures_fold() -> None:
    """What is typed without accents compares equal."""
    assert fold("Œuvre À L’ÉTÉ") == "oeuvre a l'ete"


def test_elisions_leave_the_word() -> None:
    """Elided articles and possessives go, aujourd'hui stays."""
    assert drop_elisions("l'accès d’aujourd'hui, qu'on the client's") == (
        "accès aujourd'hui, on the client"
    )


def test_compounds_are_two_words() -> None:
    """A hyphen separates words for search."""
    assert words("Rendez-vous à l'ÉCOLE") == ["rendez", "vous", "a", "ecole"]


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Cleaning is idempotent."""
    assert clean(clean(text)) == clean(text)


def test_sentences_end_after_digits_and_guillemets_not_after_abbreviations() -> None:
    """Sentence ends of both languages."""
    text = "M. Roy a dit « oui. » Le taux est de 3.5 en 2024. It ended, e.g. here. Fin"
    assert sentences(text) == [
        "M. Roy a dit « oui. »",
        "Le taux est de 3.5 en 2024.",
        "It ended, e.g. here.",
        "Fin",
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("les formulaires", "fr"),
        ("C'est quoi?", "fr"),
        ("passeports et confiance", "fr"),
        ("données autochtones souveraineté", "fr"),
        ("Que dit-on des passeports ?", "fr"),
        ("ChatGPT or Copilot?", "en"),
        ("AI bias", "en"),
        ("Combien de virtual meetings en 2025?", "fr"),
        ("What about trust?", "en"),
        ("mental health frontline", "en"),
        ("How could AI help call centres?", "en"),
    ],
)
def test_short_questions_keep_their_language(text: str, language: str) -> None:
    """Two or three words are enough."""
    assert detect_language(text) == language
