"""Questions that ask the last one again, and those that ask for what is not so."""

import pytest

from ccs_qa.records import Language
from ccs_qa.search.understand.followups import asks_again, denials


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


@pytest.mark.parametrize(
    "question",
    [
        "Which meetings did not speak of passports?",
        "Which meetings didn't speak of passports?",
        "Which meetings weren't virtual?",
        "Meetings without any word on trust",
        "Every meeting except that of June",
        "meetings other than those of 2023",
        "Which meetings never spoke of seniors?",
        "Quelles réunions ne parlent pas des passeports ?",
        "Quelle rencontre n'aborde pas la confiance ?",
        "Les réunions sans mention des aînés",
        "Toutes les réunions sauf celle de juin",
        "Les autres réunions que celles de 2023, autres que virtuelles",
        "À quelle réunion n'a-t-on jamais parlé des jeunes ?",
        "Aucune réunion sur les passeports ?",
        "Which meetings made no mention of seniors?",
        "Which sessions were silent on fraud?",
        "Did any meeting leave out AI?",
        "Quelles réunions parlent pas d'IA ?",
        "Quelles rencontres passent les partenariats sous silence ?",
    ],
)
def test_a_question_asks_for_what_is_not_so(question: str) -> None:
    """In words of denial of either language."""
    assert denials(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which meetings spoke of passports?",
        "Quelles réunions parlent des passeports ?",
        "When was notable advice given to nonprofits?",
        "Une réunion d'une année neuve",
        "What was noted on wifi knots?",
        "On a parlé des passeports, n'est-ce pas ?",
    ],
)
def test_other_questions_do_not(question: str) -> None:
    """A denial inside a word is none."""
    assert not denials(question)


def test_a_denial_in_two_words_is_one() -> None:
    """It is found where it stands: from « n' » to « pas »."""
    question = "Quelles séances n'abordent pas les aînés ?"
    assert [question[begin:end] for begin, end in denials(question)] == ["n'abordent pas"]
