"""Reads off a text what a phrasing must not change: numbers, dates, names and negations."""

import re
from dataclasses import dataclass

from babel.dates import get_day_names

from ccs_qa.generate.lexicon import lexicon, official_names
from ccs_qa.records import Language
from ccs_qa.text.dates import PLACE, WHOLE_MONTHS, Date, take_dates
from ccs_qa.text.numbers import numbers, romans
from ccs_qa.text.strings import drop_elisions, fold

_NAME = re.compile(r"[^\W\d_][\w&]*(?:['’-][^\W\d_]\w*)*")
# Where a capital is owed to the place: the start, the end of a sentence, a list mark, a quote.
_OPENING = re.compile(r"(?:^|[.!?…:;•\n\"“«(\[—–][\s\u00a0\u202f]*|(?:^|\n)\s*[-*]\s*)$")
_PRIVATE = re.compile(f"[{chr(PLACE)}-\uf8ff]")
_CALENDAR = frozenset(
    ("i", *WHOLE_MONTHS["en"], *map(fold, get_day_names("wide", locale="en").values()))
)
_CONTRACTED = (
    (re.compile(r"\bcan(?:not|['’]t)\b"), "can not"),
    (re.compile(r"\bwon['’]t\b"), "will not"),
    (re.compile(r"\bshan['’]t\b"), "shall not"),
    (re.compile(r"n['’]t\b"), " not"),
)
_ELIDED_NE = re.compile(r"\bn['’](?=\w)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text says that can be compared word for word.

    Attributes:
        numbers: Each number in one form, see `numbers`.
        names: Folded names: capitalised words inside a sentence, and acronyms; an official
            acronym stands in one form for both languages.
    """

    numbers: frozenset[str]
    dates: frozenset[Date]
    names: frozenset[str]
    negations: int


def read_facts(text: str, language: Language) -> Facts:
    """Read the facts of a text."""
    dates, rest = take_dates(text, language)
    return Facts(
        numbers=frozenset((*romans(text), *numbers(rest, language))),
        dates=frozenset(dates),
        names=frozenset(names(text)),
        negations=negations(_PRIVATE.sub(" ", rest), language),
    )


def names(text: str) -> tuple[str, ...]:
    """List words with a capital that their place does not explain, or with two, folded."""
    plain = drop_elisions(text)
    known = official_names()
    found = []
    for match in _NAME.finditer(plain):
        word = match.group()
        if not word[0].isupper() or fold(word) in _CALENDAR:
            continue
        acronym = sum(letter.isupper() for letter in word) > 1 and "-" not in word
        if acronym or not _OPENING.search(plain[: match.start()]):
            parts = [word] if acronym else word.split("-")
            found += [
                known.get(fold(part), fold(part)) if acronym else fold(part) for part in parts
            ]
    return tuple(found)


def negations(text: str, language: Language) -> int:
    """Count the denied verbs and the words that deny by themselves; "ne … pas" is one."""
    known = lexicon(language)
    found = re.findall(r"[^\W\d_]+", plain_negations(fold(text), language))
    standing = sum(word in known.standing for word in found)
    beside = sum(word in known.negations for word in found)
    if language == "fr":
        beside = max(beside, sum(word == "ne" for word in found))
    return standing + beside


def plain_negations(folded: str, language: Language) -> str:
    """Write contracted negations out: "ne" for "n'", "not" for "n't"."""
    if language == "fr":
        return _ELIDED_NE.sub("ne ", folded)
    for pattern, written in _CONTRACTED:
        folded = pattern.sub(written, folded)
    return folded
