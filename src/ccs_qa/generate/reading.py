"""Reads what a model wrote: its sentences and the numbers of the quotes that each names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ccs_qa.text.strings import sentences

# Citations as they were asked for, several in one pair of brackets, or anything else in brackets,
# which names no quote; and the punctuation behind them.
_CITED = re.compile(
    r"((?:[ \t\u00a0\u202f]*\[[^\[\]]{0,40}\](?:[.;:,!?…”\")’]|[ \u00a0\u202f]?»)*)+)"
)
_INSIDE = re.compile(r"\[([^\[\]]*)\]")
_NUMBERS = re.compile(r"\s*\d{1,3}\s*(?:[,;]\s*\d{1,3}\s*)*")
_LIST_MARK = re.compile(r"^\s*(?:[-*•–—]|\d{1,2}[.)])\s+(?=\S)")
_STOPS = ".;:,!?…"
_CLOSED = r"[\u00a0\u202f ]?(?:[»”\")’\]][\u00a0\u202f ]?)*$"
_ENDED = re.compile(rf"[.!?…;:]{_CLOSED}")
_WHOLE = re.compile(rf"(?<![.…])[.!;:]{_CLOSED}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a model and the numbers it cites; 0 for a mark that is no single quote."""

    text: str
    citations: tuple[int, ...]
    whole: bool


def read_sentences(text: str) -> tuple[Sentence, ...]:
    """Read sentences with their citations; an unfinished one is marked as not whole."""
    return tuple(item for line in text.splitlines() for item in _read_line(line))


def _read_line(line: str) -> Iterator[Sentence]:
    said, cited = "", frozenset[int]()
    # Some text, the citations behind it, and the punctuation behind those, again and again.
    pieces = [*_CITED.split(line), ""]
    for text, marks in zip(pieces[::2], pieces[1::2], strict=True):
        *before, said = sentences(_LIST_MARK.sub("", f"{said} {text}")) or [""]
        for sentence in before:
            # A number that opens an item in the midst of a line is no sentence.
            if cited or any(sign.isalpha() for sign in sentence):
                yield _sentence(sentence, cited)
            cited = frozenset()
        cited |= _numbers(marks)
        ended, stop = _ENDED.search(said) is not None, _INSIDE.sub("", marks).strip()
        # Of two full stops, before and behind the citations, the first is enough.
        said += stop.strip(_STOPS) if ended else stop
        if marks and (ended or _ENDED.search(stop.rstrip(",;:"))):
            yield _sentence(said, cited)
            said, cited = "", frozenset()
    if said or cited:
        yield _sentence(said, cited)


def _sentence(text: str, cited: frozenset[int]) -> Sentence:
    tidy = re.sub(r"[ \t]+", " ", _LIST_MARK.sub("", text))
    return Sentence(tidy, tuple(sorted(cited)), _WHOLE.search(tidy) is not None)


def _numbers(marks: str) -> frozenset[int]:
    """Read the numbers of several pairs of brackets."""
    found = set[int]()
    for inside in _INSIDE.findall(marks):
        plain = _NUMBERS.fullmatch(inside)
        found |= {int(number) for number in re.findall(r"\d+", inside)} if plain else {0}
    return frozenset(found)
