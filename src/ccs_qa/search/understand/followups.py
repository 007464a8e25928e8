"""What a question takes from its conversation, and what it turns around."""

import re
from collections.abc import Sequence

from ccs_qa.index import stop_words
from ccs_qa.records import Language
from ccs_qa.text import fold, words

# A follow-up that opens like this leans on the question before it …
_OPENING = re.compile(
    r"^(?:and|but|also|so|or|then|what about|how about|what else|why(?: not)?\s*\?|how so"
    r"|any other|same|et|mais|aussi|sinon|ou bien|alors|donc|quoi d'autre"
    r"|pourquoi(?: pas)?\s*\?|comment ca|idem|meme chose|pour)(?!\w)"
)
# … and so does one that points back.
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|that|those|these|this one|there|he|she|such|"
    r"the same|above|ca|cela|ceci|celui-ci|celle-ci|celles-ci|ceux-ci|celui-la|celle-la|ils|elles|"
    r"leur|leurs|y|en|la-dessus|la-bas|le meme|la meme|les memes|ces|cette|cet)\b"
)
_SHORT = 6
# "In English please" asks the question before it again, and nothing else.
_AGAIN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(r"(?:(?:and|et|now|same|the same|please) )*(?:in english|en anglais)"),
    "fr": re.compile(r"(?:(?:and|et|now|la meme|please) )*(?:in french|en francais)"),
}
_POLITE = re.compile(r"(?:[ ,]*(?:please|svp|stp|s'il (?:vous|te) plait|thanks|merci))*\W*")
_STOPS = stop_words("fr") | stop_words("en")
_ASKING = re.compile(
    r"\b(?:when|where|which|who|why|how (?:many|long|much|often)"
    r"|quand|combien|pourquoi|quel(?:le)?s?|qui|(?:c'est|c'etait|et) ou|ou (?:a|est|s'est))\b"
)
_DENIES = re.compile(
    r"\b(?:not|never|without|except|neither|other than|(?:was|were|did|do|does|has|have|is|are)n't"
    r"|ne|n'\w+|jamais|sans|aucune?|sauf|excepte|autres? que|ni)\b"
)


def says_nothing(text: str) -> bool:
    """Tell whether a text names nothing and asks nothing by itself.

    Args:
        text: A follow-up, without the words that limit it.

    Returns:
        Whether it is made of grammar alone.
    """
    if _ASKING.search(fold(text)):
        return False
    return not any(word not in _STOPS and len(word) > 1 for word in words(text))


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


def points_back(question: str) -> bool:
    """Tell whether a question opens like a follow-up or points at something named before.

    Args:
        question: The question.

    Returns:
        Whether it does.
    """
    folded = fold(question).strip()
    return bool(_OPENING.search(folded) or _POINTING.search(folded))


def leans(question: str) -> bool:
    """Tell whether a question needs the one before it.

    Args:
        question: The question.

    Returns:
        Whether it opens like a follow-up, points back, or is six words or fewer.
    """
    return points_back(question) or len(words(question)) <= _SHORT


def standalone(question: str, history: Sequence[str]) -> str:
    """Word a follow-up so that it can be searched on its own.

    Args:
        question: The question.
        history: Earlier questions, oldest first.

    Returns:
        The question; after the one before it, itself made standalone, when it leans on that.
    """
    if not history or not leans(question):
        return question
    return f"{standalone(history[-1], history[:-1])} {question}"
