"""Cuts French or English text into the words that carry content and what joins them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ccs_qa.generate.facts import plain_negations
from ccs_qa.generate.lexicon import Lexicon, lexicon, official_names, stem
from ccs_qa.records import Language
from ccs_qa.text.dates import PLACE, Date, take_dates
from ccs_qa.text.numbers import numbers
from ccs_qa.text.strings import drop_elisions, fold

# What stands between two words: the end of a sentence, a pause, a word for "and" or for "or",
# a word that opens what is reported, a word that may come or go, a grammatical word.
Joint = Literal["stop", "pause", "and", "or", "that", "link", "small"]
_TOKEN = re.compile(r"(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_]+)|(?P<mark>[^\s\w'-])")
# A letter by itself as well, but for the words "A" and "I" and what is elided: "L'".
_CAPITALS = re.compile(r"\b(?:[A-Z]{2,5}|[B-HJ-Z](?!['’]))\b")
_QUE = re.compile(r"\bqu['’](?=\w)")
_STOPS = frozenset(".;!?…")
_PAUSES = frozenset(',:()[]«»“”"—–')


@dataclass(frozen=True, slots=True)
class Content:
    """A word that carries content, or a date."""

    word: str
    stem: str
    joints: frozenset[Joint]
    date: Date | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as words; the first content word stands behind a stop."""

    contents: tuple[Content, ...]
    last: str


@lru_cache(maxsize=2048)
def tokenise(text: str, language: Language) -> Tokens:
    """Cut a text into words; an official name, a date and a number in digits are one each."""
    known = lexicon(language)
    # Dates and names first: as one word each they cannot be taken apart and joined anew.
    dates, rest = take_dates(_acronyms(text, known), language)
    rest = _name_once(drop_elisions(_QUE.sub("que ", plain_negations(rest, language))))
    for phrase in known.phrases:
        rest = re.sub(rf"\b{phrase}\b", min(known.links), rest)
    contents: list[Content] = []
    joints: set[Joint] = {"stop"}
    last = ""
    for word, date, joint in _pieces(rest, dates, known):
        last = last if joint in {"stop", "pause"} else word
        if joint is not None:
            joints.add(joint)
            continue
        form = word if date else _form(word, language, known)
        contents.append(Content(word, form, frozenset(joints), date))
        joints = set()
    return Tokens(tuple(contents), last)


def _acronyms(text: str, known: Lexicon) -> str:
    names = official_names()
    small = known.grammar | known.links | known.closes | {known.both, known.either}

    def written(match: re.Match[str]) -> str:
        folded = fold(match.group())
        # "IT" and "WHO" claim something, "it" and "who" do not.
        return names.get(folded, f"{folded}acronym" if folded in small else folded)

    return _CAPITALS.sub(written, text)


def _name_once(folded: str) -> str:
    """Write each official name in its one form; "a name (its acronym)" is said once."""
    for name, key in official_names().items():
        folded = re.sub(rf"\b{name}\b", key, folded)
        folded = re.sub(rf"\b{key}\s*\(\s*{key}\s*\)", key, folded)
    return folded


def _pieces(
    text: str, dates: tuple[Date, ...], known: Lexicon
) -> Iterator[tuple[str, Date | None, Joint | None]]:
    """Give each word or mark, its date if it is one, and what it joins; None for content."""
    classes: tuple[tuple[frozenset[str], Joint], ...] = (
        (_STOPS, "stop"),
        (_PAUSES, "pause"),
        (frozenset({known.both}), "and"),
        (frozenset({known.either}), "or"),
        (known.closes, "that"),
        (known.links, "link"),
        (known.grammar, "small"),
    )
    for match in _TOKEN.finditer(text):
        token = match.group()
        at = ord(token[0]) - PLACE
        if 0 <= at < len(dates):
            yield f"date {dates[at]}", dates[at], None
        else:
            yield token, None, next((name for group, name in classes if token in group), None)


def _form(word: str, language: Language, known: Lexicon) -> str:
    found = numbers(word, language)
    if found:
        return found[0]
    root = stem(word, language)
    return known.same.get(root, root)
