"""Words a follow-up so that it can be searched without its conversation."""

import re
from collections.abc import Sequence

from ccs_qa.text import fold, words

# A follow-up that opens like this leans on the question before it …
_OPENING = re.compile(
    r"^(?:and|but|also|so|or|then|what about|how about|what else|why(?: not)?\s*\?|how so"
    r"|any other|same|et|mais|aussi|sinon|ou bien|alors|donc|quoi d'autre"
    r"|pourquoi(?: pas)?\s*\?|comment ca|idem|meme chose|pour)\b"
)
# … and so does one that points back.
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|that|those|these|this one|there|he|she|such|"
    r"the same|above|ca|cela|ceci|celui-ci|celle-ci|celles-ci|ceux-ci|celui-la|celle-la|ils|elles|"
    r"leur|leurs|y|en|la-dessus|la-bas|le meme|la meme|les memes|ces|cette|cet)\b"
)
_SHORT = 6


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
