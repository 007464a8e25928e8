"""Writes a question as people also type it: same meaning, other characters."""

import re
import unicodedata
from collections.abc import Callable

import numpy as np

from ccs_qa.records import LANGUAGES, Language

Perturbation = Callable[[str, Language, np.random.Generator], str]

_MISTYPED = 0.2
_LONG_WORD = re.compile(r"(?<!\w)[^\W\d_]{5,}(?!\w)")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# A mark between two digits stays: 1,5 or 2024-05-02 without it is another number.
_MARKS = r"""[.,;:!?…"“”«»()\[\]'’‘/–—-]"""
_PUNCTUATION = re.compile(rf"(?<!\d){_MARKS}|{_MARKS}(?!\d)")
_SPACES = re.compile(r"\s+")
_NAMES: dict[Language, tuple[tuple[str, str], ...]] = {
    "fr": (
        ("CCS", "Comité consultatif sur les services"),
        ("EDSC", "Emploi et Développement social Canada"),
        ("PCPH", "Prestation canadienne pour les personnes handicapées"),
        ("IA", "intelligence artificielle"),
    ),
    "en": (
        ("SAC", "Service Advisory Committee"),
        ("ESDC", "Employment and Social Development Canada"),
        ("CDB", "Canada Disability Benefit"),
        ("AI", "artificial intelligence"),
    ),
}


def drop_accents(text: str) -> str:
    """Leave the accents out.

    Args:
        text: A question.

    Returns:
        The question in NFC, without combining marks; ligatures stay.
    """
    marked = unicodedata.normalize("NFD", text)
    bare = "".join(mark for mark in marked if not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", bare)


def lower_case(text: str) -> str:
    """Leave the capitals out.

    Args:
        text: A question.

    Returns:
        The question in lower case.
    """
    return text.lower()


def _neighbours(rows: tuple[str, ...]) -> dict[str, str]:
    # Each row of keys lies half a key to the right of the one above.
    near: dict[str, str] = {}
    for at, row in enumerate(rows):
        above = rows[at - 1] if at else ""
        below = rows[at + 1] if at + 1 < len(rows) else ""
        for place, key in enumerate(row):
            sides = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            near[key] = sides + above[place : place + 2] + below[max(0, place - 1) : place + 1]
    return near | {key.upper(): keys.upper() for key, keys in near.items()}


# Canadian keyboards place the 26 letters alike in both languages. Accented letters are left
# to deletion and transposition: they need several keys, or one whose place differs.
_NEAR = _neighbours(_KEYBOARD)


def _mistype_word(word: str, rng: np.random.Generator) -> str:
    # Roman numerals, superscripts and fractions are word characters but not letters.
    if not word.isalpha():
        return word
    places = range(len(word))
    substituted = [
        word[:at] + key + word[at + 1 :] for at in places for key in _NEAR.get(word[at], "")
    ]
    deleted = [word[:at] + word[at + 1 :] for at in places]
    transposed = [
        word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        for at in places[:-1]
        if word[at] != word[at + 1]
    ]
    kinds = [kind for kind in (substituted, deleted, transposed) if kind]
    kind = kinds[int(rng.integers(len(kinds)))]
    return kind[int(rng.integers(len(kind)))]


def mistype(text: str, rng: np.random.Generator) -> str:
    """Mistype about every fifth word of five letters or more.

    Args:
        text: A question.
        rng: Chooses the words and the mistakes.

    Returns:
        The question; each mistyped word has one letter replaced by a neighbour on the
        keyboard, one missing, or two that follow each other swapped. Words that hold a
        digit stay.
    """
    return _LONG_WORD.sub(
        lambda found: _mistype_word(found[0], rng) if float(rng.random()) < _MISTYPED else found[0],
        text,
    )


def _acronym_pattern(language: Language) -> re.Pattern[str]:
    names = (f"({re.escape(name)})" for pair in _NAMES[language] for name in pair)
    return re.compile(rf"\b(?:{'|'.join(names)})\b", re.IGNORECASE)


_ACRONYMS = {language: _acronym_pattern(language) for language in LANGUAGES}


def swap_acronyms(text: str, language: Language) -> str:
    """Write acronyms in full and full names as acronyms, all at once.

    Args:
        text: A question.
        language: Its language; names in the other language stay.

    Returns:
        The question; case does not matter, and what is written in is in its usual case.
    """
    others = [name for short, full in _NAMES[language] for name in (full, short)]
    return _ACRONYMS[language].sub(lambda found: others[(found.lastindex or 1) - 1], text)


def lose_punctuation(text: str) -> str:
    """Write spaces for punctuation, apostrophes and hyphens included.

    Args:
        text: A question.

    Returns:
        The question on one line, a space between words; marks between two digits stay.
    """
    return _SPACES.sub(" ", _PUNCTUATION.sub(" ", text)).strip()


PERTURBATIONS: dict[str, Perturbation] = {
    "accents dropped": lambda text, _language, _rng: drop_accents(text),
    "lower case": lambda text, _language, _rng: lower_case(text),
    "typos": lambda text, _language, rng: mistype(text, rng),
    "acronyms swapped": lambda text, language, _rng: swap_acronyms(text, language),
    "punctuation lost": lambda text, _language, _rng: lose_punctuation(text),
}
