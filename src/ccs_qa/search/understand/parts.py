"""Long and manifold questions: what of them is asked."""

import re
from collections.abc import Sequence

from ccs_qa.index import terms
from ccs_qa.records import Language
from ccs_qa.text import fold, sentences, words

# The words that open a question in either language: a closed class.
_ASKS = (
    r"(?:when|where|who|which|what|how|why|did|does|is there|are there|was|were"
    r"|quand|ou|qui|quel(?:le)?s?|combien|comment|pourquoi|est-ce|qu'est-ce|qu'|que"
    r"|(?:a|en|de|sur|dans|lors de|pour|at|in|on|for) (?:quel(?:le)?s?|quoi|qui|which|what))\b"
)
_JOINT = re.compile(rf"(?:,|;)? (?:and|et|puis|ainsi que|plus)(?: also| aussi)?,? (?={_ASKS})")
# "About fraud and about languages": the preposition that comes again.
_BOTH = re.compile(
    r"\b(?P<lead>about|on|sur) (?P<first>[^?]{3,}?),? (?:and|et) (?:also |aussi )?"
    r"(?P<second>(?P=lead) [^?]{3,}?)\W*$"
)
_SIDES = re.compile(r",? d'une part,? et (?P<second>[^?]{3,}?),? d'autre part\W*$")
_OPENS = re.compile(rf"(?:\w+[ ,]+){{0,4}}{_ASKS}")
_LEAST_WORDS = 3
# A question with fewer words that say something is read with the sentence before it.
_LEAST_TERMS = 4
_MOST_PARTS = 3
# Beyond so many words there is a story around the question.
_STORY = 40


def split_questions(text: str) -> tuple[str, ...]:
    """Take several questions in one apart.

    Args:
        text: The words typed.

    Returns:
        Each question; the whole text where it asks one thing, or more than can be told apart.
    """
    if len(words(text)) > 2 * _STORY:
        return (text,)
    asked = [item for item in sentences(text) if item.endswith("?")]
    if len(asked) > 1 and all(len(words(item)) >= _LEAST_WORDS for item in asked):
        return tuple(asked) if len(asked) <= _MOST_PARTS else (text,)
    folded = fold(text)
    parts = _cut(text, folded) if len(folded) == len(text) else ()
    whole = not parts or any(len(words(part)) < _LEAST_WORDS for part in parts)
    return (text,) if whole else parts


def _cut(text: str, folded: str) -> tuple[str, ...]:
    """Cut a sentence where a second question begins."""
    if both := _BOTH.search(folded):
        return text[: both.end("first")], text[: both.start("lead")] + text[both.start("second") :]
    if sides := _SIDES.search(folded):
        return text[: sides.start()], text[sides.start("second") : sides.end("second")]
    for joint in _JOINT.finditer(folded):
        if _OPENS.match(folded[: joint.start()]):
            return text[: joint.start()].strip(), text[joint.end() :].strip()
    return ()


def asked_in(text: str, language: Language) -> tuple[int, int]:
    """Find what a long text asks: dates told in passing around it limit nothing.

    Args:
        text: The words typed.
        language: Their language.

    Returns:
        First character and end of its last question; of the whole text where it is short or
        holds none.
    """
    if len(words(text)) > _STORY:
        told = sentences(text)
        last = max((at for at, item in enumerate(told) if item.endswith("?")), default=None)
        if last is not None:
            first = last
            # "Did they say anything about this?" leans on the sentence before it.
            while first and len(terms(" ".join(told[first : last + 1]), language)) < _LEAST_TERMS:
                first -= 1
            return _place(text, told, first, last)
    return 0, len(text)


def _place(text: str, told: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Find where a run of sentences stands; one that is said twice is told by those before it."""
    at, begin = 0, 0
    for number, item in enumerate(told[: last + 1]):
        start = text.index(item, at)
        at = start + len(item)
        if number == first:
            begin = start
    return begin, at
