"""Questions that ask the last one again, in another language."""

import pytest

from ccs_qa.records import Language
from ccs_qa.search.understand.parts import asks_again


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("In English please", "en"),
        ("and in English?", "en"),
        ("Same in English, thanks!", "en"),
        ("En anglais svp", "en"),
        ("Et en anglais ?", "en"),
        ("En français, s'il vous plaît.", "fr"),
        ("La même en français", "fr"),
        ("Et la même en français, merci !", "fr"),
        ("now in French", "fr"),
        ("IN FRENCH", "fr"),
    ],
)
def test_the_last_answer_is_asked_for_in_a_language(question: str, language: Language) -> None:
    """With or without a kind word, whatever the language it is asked in."""
    assert asks_again(question) == language


@pytest.mark.parametrize(
    "question",
    [
        "What was said in English?",
        "In English schools, what was said?",
        "Et en français pour les jeunes ?",
        "Les services en français",
        "In Spanish please",
        "please",
        "",
    ],
)
def test_anything_else_is_a_question(question: str) -> None:
    """Services in a language are a topic."""
    assert asks_again(question) is None
