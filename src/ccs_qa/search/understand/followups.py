"""Questions that ask the last one again, and questions that ask for what is not so."""

import re

from ccs_qa.records import Language
from ccs_qa.text import fold

# "In English please" asks the question before it again, and nothing else.
_AGAIN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"(?:(?:and|et|now|same|the same|please) )*(?:in english|en anglais)"),
    "fr": re.compile(r"(?:(?:and|et|now|la meme|please) )*(?:in french|en francais)"),
}
_POLITE = re.compile(r"(?:[ ,]*(?:please|svp|stp|s'il (?:vous|te) plait|thanks|merci))*\W*")
_DENIES = re.compile(
    r"\b(?:not|never|nothing|none|without|except|neither|other than"
    r"|(?:was|were|did|do|does|has|have|is|are)n't"
    r"|ne|n'\w+|jamais|rien|sans|aucune?|sauf|excepte|autres? que|ni)\b"
)


def asks_again(question: str) -> Language | None:
    """Tell whether a question only asks for the last answer in a language.

    Args:
        question: The question.

    Returns:
        The language; None when it asks anything else.
    """
    folded = fold(question).strip()
    for language, pattern in _AGAIN.items():
        match = pattern.match(folded)
        if match and _POLITE.fullmatch(folded, match.end()):
            return language
    return None


def denies(question: str) -> bool:
    """Tell whether a question asks for what is not so.

    Args:
        question: The question.

    Returns:
        Whether it holds a word of denial.
    """
    return _DENIES.search(fold(question)) is not None
