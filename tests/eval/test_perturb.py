"""Perturbations: what each changes, and what none may."""

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.records import LANGUAGES, Language
from eval.perturb import (
    PERTURBATIONS,
    drop_accents,
    lose_punctuation,
    lower_case,
    mistype,
    swap_acronyms,
)

QUESTION = "Où en était l'IA au Comité en 2024, d'après les 12 membres présents ?"
# Letters with and without keys of their own, digits and marks, often in runs long enough.
TYPED = st.text(st.sampled_from("aeostméèçœABÉ 0123456789.,'’?-²"), max_size=60)
LONG_WORD = re.compile(r"(?<!\w)[^\W\d_]{5,}(?!\w)")


def seeded(seed: int = 0) -> np.random.Generator:
    """Make a generator."""
    return np.random.default_rng(seed)


def one_edit(before: str, after: str) -> str:
    """Name the edit between two words, `none` or `other`."""
    if before == after:
        return "none"
    places = range(len(before))
    if after in {before[:at] + before[at + 1 :] for at in places}:
        return "deletion"
    swaps = (before[:at] + before[at : at + 2][::-1] + before[at + 2 :] for at in places)
    if after in swaps:
        return "transposition"
    differ = [at for at in places if len(before) == len(after) and before[at] != after[at]]
    return "substitution" if len(differ) == 1 else "other"


def test_each_perturbation_by_hand() -> None:
    """Typos aside, which are chosen by the generator."""
    found = {
        name: change(QUESTION, "fr", seeded())
        for name, change in PERTURBATIONS.items()
        if name != "typos"
    }
    assert found == {
        "accents dropped": "Ou en etait l'IA au Comite en 2024, d'apres les 12 membres presents ?",
        "lower case": "où en était l'ia au comité en 2024, d'après les 12 membres présents ?",
        "acronyms swapped": "Où en était l'intelligence artificielle au Comité en 2024, d'après "
        "les 12 membres présents ?",
        "punctuation lost": "Où en était l IA au Comité en 2024 d après les 12 membres présents",
    }


@pytest.mark.parametrize("name", PERTURBATIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_seed_gives_the_same_text_again(name: str, language: Language) -> None:
    """Nothing but text, language and generator decides."""
    change = PERTURBATIONS[name]
    text = f"{QUESTION} " * 5
    assert change(text, language, seeded(3)) == change(text, language, seeded(3))


@given(st.text())
def test_no_combining_mark_is_left(text: str) -> None:
    """Composed or decomposed; a second pass finds nothing to drop."""
    found = drop_accents(text)
    assert not any(map(unicodedata.combining, unicodedata.normalize("NFD", found)))
    assert drop_accents(found) == found


@given(st.text(st.characters(max_codepoint=127)))
def test_text_without_accents_stays(text: str) -> None:
    """ASCII has none."""
    assert drop_accents(text) == text


@given(st.text())
def test_lower_case_is_idempotent(text: str) -> None:
    """Nothing is left to lower."""
    assert lower_case(lower_case(text)) == lower_case(text)


@given(TYPED, st.integers(0, 1000))
def test_typos_spare_digits_marks_and_short_words(text: str, seed: int) -> None:
    """All that is not a word of five letters stays, in place and in order."""
    found = mistype(text, seeded(seed))
    assert [mark for mark in found if mark.isdigit()] == [mark for mark in text if mark.isdigit()]
    # Four letters may be what a deletion leaves of five.
    assert re.sub(r"[^\W\d_]{4,}", "#", found) == re.sub(r"[^\W\d_]{4,}", "#", text)


@given(TYPED, st.integers(0, 1000))
def test_a_mistyped_word_is_one_edit_away(text: str, seed: int) -> None:
    """No word has two mistakes, and no word is lost."""
    before, after = text.split(), mistype(text, seeded(seed)).split()
    assert len(before) == len(after)
    parts = [
        pair
        for old, new in zip(before, after, strict=True)
        for pair in zip(re.split(r"[\W\d_]", old), re.split(r"[\W\d_]", new), strict=True)
    ]
    assert "other" not in {one_edit(old, new) for old, new in parts}


def test_every_fifth_long_word_is_mistyped() -> None:
    """Of 5,000 draws at .2: 1,000 more or less four times sqrt(5,000 x .2 x .8) = 28."""
    text = "réunion " * 5000
    changed = [word for word in mistype(text, seeded()).split() if word != "réunion"]
    assert 887 <= len(changed) <= 1113
    kinds = [one_edit("réunion", word) for word in changed]
    # A third each: 333 more or less four times sqrt(1,000 x 1/3 x 2/3) = 15, and the above.
    assert {kind: 235 <= kinds.count(kind) <= 433 for kind in set(kinds)} == {
        "substitution": True,
        "deletion": True,
        "transposition": True,
    }


def test_a_wrong_letter_lies_beside_the_right_one() -> None:
    """Around s lie a and d, w and e above, z and x below; case is kept."""
    words = mistype("sssss SSSSS " * 1000, seeded()).split()
    wrong = {letter for word in words for letter in word}
    assert wrong == set("sadwezx") | set("SADWEZX")


def test_equal_letters_cannot_be_swapped() -> None:
    """A word of one letter five times, without a key of its own, can only lose one."""
    assert set(mistype("ééééé " * 100, seeded()).split()) == {"ééééé", "éééé"}


@pytest.mark.parametrize(
    ("language", "short", "full"),
    [
        ("en", "SAC", "Service Advisory Committee"),
        ("en", "ESDC", "Employment and Social Development Canada"),
        ("en", "CDB", "Canada Disability Benefit"),
        ("en", "AI", "artificial intelligence"),
        ("fr", "CCS", "Comité consultatif sur les services"),
        ("fr", "EDSC", "Emploi et Développement social Canada"),
        ("fr", "PCPH", "Prestation canadienne pour les personnes handicapées"),
        ("fr", "IA", "intelligence artificielle"),
    ],
)
def test_names_are_swapped_in_their_own_language(language: Language, short: str, full: str) -> None:
    """Whatever the case, and not inside words; the other language leaves both alone."""
    other: Language = "en" if language == "fr" else "fr"
    text = f"{short}, {full.upper()} {short.lower()}; x{short} {short}s"
    assert swap_acronyms(text, language) == f"{full}, {short} {full}; x{short} {short}s"
    assert swap_acronyms(text, other) == text


@given(
    st.lists(
        st.sampled_from(
            ("SAC", "Service Advisory Committee", "CDB", "the", "AI", "artificial intelligence")
        )
    ).map(" ".join)
)
def test_swapping_twice_gives_the_question_again(text: str) -> None:
    """Every name has one other."""
    assert swap_acronyms(swap_acronyms(text, "en"), "en") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Qu'est-ce que l’IA ?", "Qu est ce que l IA"),
        ("« Oui », (dit-on) : quoi…", "Oui dit on quoi"),
        ("1,5 % le 2024-05-02, à 10:30.", "1,5 % le 2024-05-02 à 10:30"),
    ],
)
def test_marks_become_spaces_but_for_those_of_figures(text: str, expected: str) -> None:
    """A date and a decimal stay whole."""
    assert lose_punctuation(text) == expected


@given(TYPED)
def test_losing_punctuation_keeps_letters_and_digits(text: str) -> None:
    """In order; a second pass finds nothing to lose."""
    found = lose_punctuation(text)
    assert re.findall(r"\w", found) == re.findall(r"\w", text)
    assert lose_punctuation(found) == found
    assert not found.endswith(("?", ".", ","))
