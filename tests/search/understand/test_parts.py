"""Several questions in one, and what a long text asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
            "What was said about trust? And where did they meet",
            ("What was said about trust?", "And where did they meet"),
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


def never(_question: str) -> bool:
    """Every question stands alone."""
    return False


def test_of_a_long_text_the_last_question_is_asked() -> None:
    """In either language, wherever it stands; of two alike the last is meant."""
    for story, question in (
        (STORY, "What was said about lost papers and rural offices?"),
        (RECIT, "Qu'a-t-on dit des papiers perdus et des bureaux ruraux ?"),
    ):
        text = f"Could you help? {story} {question} Thank you."
        assert asked_in(text, never) == (question, question)
        assert asked_in(f"{question} {text}", never) == (question, question)


@pytest.mark.parametrize("text", ["What was said about trust? And when?", STORY, RECIT, ""])
def test_a_short_text_and_one_that_asks_nothing_are_asked_whole(text: str) -> None:
    """Forty words are short; a story that speaks of no committee asks nothing."""
    assert asked_in(text, never) == (text, text)


def test_without_a_question_mark_what_is_said_of_the_committee_is_asked() -> None:
    """It limits nothing: no sentence is surely a question."""
    told = "I would like to know what the committee thought of it."
    assert asked_in(f"{STORY} {told} Regards.", never) == ("", told)


def test_a_question_that_leans_is_read_with_what_was_said_of_the_committee() -> None:
    """The nearest such sentence first, then the sentence before, two at most."""
    said = "The committee worries about fraud."
    question = "Is it so?"
    text = f"{STORY} {said} Rain fell. {question} Thank you."

    def always(_question: str) -> bool:
        return True

    assert asked_in(text, always) == (question, f"{question} {said} Rain fell.")
    assert asked_in(text, lambda asked: said not in asked) == (question, f"{question} {said}")
    assert asked_in(text, never) == (question, question)
