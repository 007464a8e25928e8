"""Finds the acronyms that a text spells out itself: "Service Advisory Committee (SAC)".

The initials of the words before a parenthesis, or inside one after the acronym, have to be its
letters in order (Schwartz and Hearst, 2003, on words instead of characters); articles,
prepositions and elided articles may stand between. A name that shortens otherwise, as CX does
"client experience", is not found so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccs_qa.index import stop_words
from ccs_qa.text import fold

_SHORT = r"[^\W\d_](?:[.&-]?[^\W_]){1,9}\.?"
_BEFORE = re.compile(rf"\(\s*[«“\"]?\s*({_SHORT})\s*[»”\"]?\s*\)")
_INSIDE = re.compile(rf"(?<!\w)({_SHORT})\s*\(([^()]{{3,200}})\)")
_BREAK = re.compile(r"[.;:!?()\[\]«»“”\"\n]")
_WORD = re.compile(r"[^\W_]+")
_SKIPPED = stop_words("fr") | stop_words("en")


@dataclass(frozen=True, slots=True)
class Spelled:
    """An acronym and what a text says that it stands for.

    Attributes:
        short: The acronym as written.
        full: The words as written.
    """

    short: str
    full: str


def is_acronym(text: str) -> bool:
    """Tell whether a word is written like an acronym.

    Args:
        text: The word.

    Returns:
        Whether it has two capitals at least, and no fewer capitals than other letters.
    """
    capitals = sum(character.isupper() for character in text)
    return capitals >= 2 and 2 * capitals >= sum(character.isalpha() for character in text)


def spelled_out(text: str) -> Iterator[Spelled]:
    """Find the acronyms that a text spells out.

    Args:
        text: A text in either language.

    Yields:
        Each acronym with its words, in order of place, those before a parenthesis first.
    """
    for match in _BEFORE.finditer(text):
        if is_acronym(match[1]):
            ends = [found.end() for found in _BREAK.finditer(text, 0, match.start())]
            full = _tail(text[max(ends, default=0) : match.start()], match[1])
            if full:
                yield Spelled(match[1], full)
    for match in _INSIDE.finditer(text):
        if is_acronym(match[1]):
            full = _tail(match[2], match[1])
            if full and not _content(match[2][: match[2].index(full)]):
                yield Spelled(match[1], full)


def _content(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold(text)) if word not in _SKIPPED]


def _tail(text: str, short: str) -> str:
    """Cut the words at the end of a text whose initials are the letters of an acronym."""
    places = [(match.start(), fold(match.group())) for match in _WORD.finditer(text)]
    # What follows a hyphen may have no letter of its own.
    joined = [start > 0 and text[start - 1] in "-‑" for start, _ in places]
    letters = "".join(_WORD.findall(fold(short)))
    if not places or places[-1][1] in _SKIPPED:
        return ""
    at = _first([word for _, word in places], joined, letters, (len(places) - 1, len(letters) - 1))
    return "" if at is None else text[places[at][0] :].strip(" \t\u00a0\u202f,'’")


def _first(
    tokens: Sequence[str], joined: Sequence[bool], letters: str, ends: tuple[int, int]
) -> int | None:
    """Match letters with words from their ends; return the place of the first word."""
    at, left = ends
    if at < 0:
        return None
    token = tokens[at]
    skipped = token in _SKIPPED
    found = None
    if token.startswith(letters[left]) and left > 0:
        found = _first(tokens, joined, letters, (at - 1, left - 1))
    # The last word is no article; a compound is taken from its first part where that fits too.
    if found is None and (joined[at] or (skipped and left < len(letters) - 1)):
        found = _first(tokens, joined, letters, (at - 1, left))
    if found is None and left == 0 and token.startswith(letters[0]) and not skipped:
        found = at
    return found
