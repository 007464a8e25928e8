"""Questions that ask the last one again, in another language."""

import re

from ccs_qa.records import Language
from ccs_qa.text.strings import fold

# "In English please" asks the question before it again, and nothing else.
_AGAIN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"(?:(?:and|et|now|same|the same|please) )*(?:in english|en anglais)"),
    "fr": re.compile(r"(?:(?:and|et|now|la meme|please) )*(?:in french|en francais)"),
}
_POLITE = re.compile(r"(?:[ ,]*(?:please|svp|stp|s'il (?:vous|te) plait|thanks|merci))*\W*")


def asks_again(question: str) -> Language | None:
    """Tell in which language a question only asks for the last answer again; None for none."""
    folded = fold(question).strip()
    for language, pattern in _AGAIN.items():
        match = pattern.match(folded)
        # Nothing else may be asked: "in English services" is a topic.
        if match and _POLITE.fullmatch(folded, match.end()):
            return language
    return None
