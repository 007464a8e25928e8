"""Several questions in one, and what a long text asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.records import Language
from ccs_qa.search.understand.parts import asked_in, split_questions

STORY = " ".join(["My sister lost her papers in 2019 and went to the office."] * 5)
RECIT = " ".join(["Ma soeur a perdu ses papiers en 2019 et elle est allée au bureau."] * 4)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "What was said about trust? When did they meet in Gatineau?",
            ("What was said about trust?", "When did they meet in Gatineau?"),
        ),
        (
            "Que dit-on de la confiance ? Où se sont-ils réunis ?",
            ("Que dit-on de la confiance ?", "Où se sont-ils réunis ?"),
        ),
        (
            "What was said about trust and when did they meet?",
            ("What was said about trust", "when did they meet?"),
        ),
        (
            "Quand ont-ils parlé des passeports, et qu'ont-ils conseillé aux bureaux ?",
            ("Quand ont-ils parlé des passeports", "qu'ont-ils conseillé aux bureaux ?"),
        ),
        (
            "Please tell me which meetings were virtual and also how many were held",
            ("Please tell me which meetings were virtual", "how many were held"),
        ),
        (
            "Combien de réunions en 2023 ainsi que dans quelle ville ?",
            ("Combien de réunions en 2023", "dans quelle ville ?"),
        ),
        (
            "What was said about fraud and about plain language?",
            ("What was said about fraud", "What was said about plain language?"),
        ),
        (
            "Que dit-on sur la fraude, et aussi sur les aînés ?",
            ("Que dit-on sur la fraude", "Que dit-on sur les aînés ?"),
        ),
        (
            "Que dit-on de la fraude, d'une part, et comment aider les aînés, d'autre part ?",
            ("Que dit-on de la fraude", "comment aider les aînés"),
        ),
        (
            "I have a file. Who may help me? What does it cost? Where do I go?",
            ("Who may help me?", "What does it cost?", "Where do I go?"),
        ),
    ],
)
def test_questions_are_taken_apart(text: str, parts: tuple[str, ...]) -> None:
    """By their marks, or where a word that asks follows one that joins."""
    assert split_questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "What was said about trust?",
        "Que dit-on de la confiance ?",
        "What was said about trust and artificial intelligence?",
        "Que dit-on des jeunes et des aînés ?",
        # Too short to ask for anything.
        "Trust? Passports in rural areas?",
        "Quoi et comment faire ?",
        "When and where did they meet?",
        # More than can be told apart.
        "What is this all? Who are you then? Where do I go? When is it open?",
        # What stands before asks nothing.
        "The members spoke of trust for a long time and what did they say?",
        "",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    """So does what cannot be told apart."""
    assert split_questions(text) == (text,)


def test_a_story_is_not_taken_apart() -> None:
    """More than eighty words, whatever they ask."""
    text = f"{STORY} {STORY} What was said about trust? When did they meet in Gatineau?"
    assert split_questions(text) == (text,)


@given(st.text(st.sampled_from("a ?.,é'ﬁ") | st.characters(), max_size=60))
def test_parts_stand_in_the_text(text: str) -> None:
    """Whatever is typed; two may open with the same words."""
    for part in split_questions(text):
        assert all(piece in text for piece in part.split())


def test_of_a_long_text_the_last_question_is_asked() -> None:
    """In either language, wherever it stands."""
    asked: tuple[tuple[str, str, Language], ...] = (
        (STORY, "What was said about lost papers and rural offices?", "en"),
        (RECIT, "Qu'a-t-on dit des papiers perdus et des bureaux ruraux ?", "fr"),
    )
    for story, question, language in asked:
        text = f"Could you help? {story} {question} Thank you."
        begin, end = asked_in(text, language)
        assert text[begin:end] == question


@pytest.mark.parametrize("text", ["What was said about trust? And when?", STORY, RECIT, ""])
def test_a_short_text_and_one_without_a_question_are_asked_whole(text: str) -> None:
    """Forty words are short."""
    assert asked_in(text, "en") == (0, len(text))


def test_of_a_question_asked_twice_the_last_is_meant() -> None:
    """Its place is that of its last words."""
    question = "Who helps seniors with lost papers abroad?"
    text = f"{question} {STORY} {question}"
    assert asked_in(text, "en") == (len(text) - len(question), len(text))


def test_a_question_that_says_little_is_read_with_what_stands_before_it() -> None:
    """As many sentences as it takes for four words that say something."""
    text = f"{STORY} Fraud worries rural seniors. Is it so? Thank you."
    begin, end = asked_in(text, "en")
    assert text[begin:end] == "Fraud worries rural seniors. Is it so?"
    text = f"{RECIT} La fraude inquiète les aînés. Vraiment. Est-ce vrai ?"
    begin, end = asked_in(text, "fr")
    assert text[begin:end] == "La fraude inquiète les aînés. Vraiment. Est-ce vrai ?"


def test_a_sentence_said_again_after_the_question_is_not_taken_for_the_one_before() -> None:
    """The place of each is counted on from the one before it."""
    said = "Fraud worries rural seniors."
    text = f"{STORY} {said} Is it so? {said}"
    begin, end = asked_in(text, "en")
    assert text[begin:end] == f"{said} Is it so?"
