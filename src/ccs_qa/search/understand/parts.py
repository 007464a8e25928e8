"""Long and manifold questions, and those that ask again: what of them is asked."""

import re
from collections.abc import Callable, Sequence

from ccs_qa.records import Language
from ccs_qa.text.strings import fold, fold_in_place, sentences, words

# The words that open a question in either language: a closed class.
_ASKS = (
    r"(?:c'(?:est|etait) (?:quand|quoi|qui|ou|comment)"
    r"|when|where|who|which|what|how|why|did|does|is there|are there|was|were"
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
_OPENS = re.compile(rf"(?:[\w']+[ ,:]+){{0,4}}{_ASKS}")
_LEAST_WORDS = 3
# So many sentences before it a question in a story may lean on.
_MOST_BEFORE = 2
# A sentence that speaks of what the committee said.
_COMMITTEE = re.compile(
    r"\b(?:comites?|committees?|membres|members|ccs|sac|reunions?|rencontres?|meetings?)\b"
)
_MOST_PARTS = 3
# Beyond so many words there is a story around the question.
_STORY = 40
# "In English please" asks the question before it again, and nothing else.
_AGAIN = re.compile(
    r"(?:(?:and|et|now|same|the same|la meme|please) )*"
    r"(?:in|en) (?:(?P<en>english|anglais)|french|francais)"
    r"(?:[ ,]*(?:please|svp|stp|s'il (?:vous|te) plait|thanks|merci))*\W*"
)


def asks_again(question: str) -> Language | None:
    """Tell in which language a question only asks for the last answer again; None for none."""
    # Nothing else may be asked: "in English services" is a topic.
    match = _AGAIN.fullmatch(fold(question).strip())
    return None if match is None else "en" if match["en"] else "fr"


def split_questions(text: str) -> tuple[str, ...]:
    """Take questions in one apart; the whole text where they cannot be told apart."""
    # A story is told around one question; `asked_in` finds it.
    if len(words(text)) > 2 * _STORY:
        return (text,)
    told = sentences(text)
    asked = [told[at] for at in _asking(told)]
    # "And why?" is no question by itself.
    if len(asked) > 1 and all(len(words(item)) >= _LEAST_WORDS for item in asked):
        return tuple(asked) if len(asked) <= _MOST_PARTS else (text,)
    folded = fold_in_place(text)
    parts = _cut(text, folded)
    return parts if min(len(words(part)) for part in parts) >= _LEAST_WORDS else (text,)


def _cut(text: str, folded: str) -> tuple[str, ...]:
    if both := _BOTH.search(folded):
        return text[: both.end("first")], text[: both.start("lead")] + text[both.start("second") :]
    if sides := _SIDES.search(folded):
        return text[: sides.start()], text[sides.start("second") : sides.end("second")]
    for joint in _JOINT.finditer(folded):
        # What joins two questions stands behind a first one; else it joins two things.
        if _OPENS.match(folded, 0, joint.start()):
            return text[: joint.start()].strip(), text[joint.end() :].strip()
    return (text,)


def _asking(told: Sequence[str]) -> list[int]:
    """Find the sentences that ask; after a question the last one may have lost its mark."""
    marked = [at for at, item in enumerate(told) if item.endswith("?")]
    last = len(told) - 1
    open_end = marked and marked[-1] < last and _OPENS.match(fold(told[last]))
    return [*marked, last] if open_end else marked


def asked_in(text: str, needs_more: Callable[[str], bool]) -> tuple[str, str]:
    """Find what a long text asks: what is told around it, dates as well, limits nothing.

    Returns:
        Its last question, empty where it asks without a question mark; and this, or what it says
        last of the committee, with the sentences behind it that it leans on. Both are the whole
        text where that is short or asks nothing.
    """
    told = sentences(text)
    if len(words(text)) <= _STORY or len(told) < 2:
        return text, text
    spoken = [at for at, item in enumerate(told) if _COMMITTEE.search(fold(item))]
    last = max(_asking(told), default=None)
    if last is None and not spoken:
        return text, text
    at = spoken[-1] if last is None else last
    asked = told[at]
    # What was said of the committee comes first; the sentence just before it after that.
    before = [*reversed([one for one in spoken if one < at]), at - 1]
    for one in before[:_MOST_BEFORE]:
        if one < 0 or not needs_more(asked):
            break
        asked += f" {told[one]}"
    return "" if last is None else told[at], asked
