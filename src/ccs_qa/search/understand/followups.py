"""Questions that ask the last one again, in another language; words of denial."""

import re

from ccs_qa.records import Language
from ccs_qa.text.strings import fold, fold_in_place

# "In English please" asks the question before it again, and nothing else.
_AGAIN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"(?:(?:and|et|now|same|the same|please) )*(?:in english|en anglais)"),
    "fr": re.compile(r"(?:(?:and|et|now|la meme|please) )*(?:in french|en francais)"),
}
_POLITE = re.compile(r"(?:[ ,]*(?:please|svp|stp|s'il (?:vous|te) plait|thanks|merci))*\W*")

# The words that deny in both languages, a closed class, those that come in two as one.
_SECOND = r"pas|jamais|rien|aucune?|guere|nulle part|point|ni"
_DENIES = re.compile(
    rf"\b(?:(?:ne |n'(?!est-ce pas|importe))(?:[\w'-]+ ){{1,4}}?(?:{_SECOND})"
    r"|not|never|nothing|none|without|(?:was|were|did|do|does|had|has|have|is|are)n't"
    r"|(?<!n'est-ce )(?<!pourquoi )pas(?= )|jamais|rien|sans|aucune?|sous silence)\b"
)


def asks_again(question: str) -> Language | None:
    """Tell in which language a question only asks for the last answer again; None for none."""
    folded = fold(question).strip()
    for language, pattern in _AGAIN.items():
        match = pattern.match(folded)
        # Nothing else may be asked: "in English services" is a topic.
        if match and _POLITE.fullmatch(folded, match.end()):
            return language
    return None


def denials(question: str) -> tuple[tuple[int, int], ...]:
    """Find the words of denial: start and end of each, in order."""
    return tuple(match.span() for match in _DENIES.finditer(fold_in_place(question)))
