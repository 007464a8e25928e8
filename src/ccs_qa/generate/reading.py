"""Reads what a model wrote: its sentences and the numbers of the quotes that each names."""

import re
from dataclasses import dataclass

from ccs_qa.records import Language

# A citation as it was asked for, several in one pair of brackets, or anything else in brackets,
# which names no quote.
_MARK = re.compile(r"[ \t\u00a0\u202f]*\[([^\[\]\n]{0,40})\]")
_NUMBERS = re.compile(r"\s*\d{1,3}\s*(?:[,;]\s*\d{1,3}\s*)*")
_LIST_MARK = re.compile(r"^\s*(?:[-*•–—]|\d{1,2}[.)])\s+(?=\S)")
_CLOSING = r"[»”\")’]"
# A sentence ends in its full stop, the quotation marks and brackets behind it, and its citations.
_MARKS = r"(?:[ \t]*\x01\d+\x02)"
_CLOSED = rf"[\u00a0\u202f ]?(?:{_CLOSING}[\u00a0\u202f ]?)*"
_END = re.compile(
    rf"(?:\.{{2,}}|…|[.!?]){_CLOSED}(?P<marks>{_MARKS}*)(?:[ \t]*[.;])?(?=\s|$)"
    rf"|[;:]?{_MARKS}+[ \t]*[.;:]?(?=\n|$)"
    rf"|[;:]{_MARKS}+(?=\s|$)"
)
_BEFORE_STOP: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"(?:\b(?:MM?|Mmes?|Mlles?|Me|Drs?|Pr|Ste?|art|env|pp?|ex|no|cf|vs|etc|max|min|tél|al"
        r"|[A-ZÀ-Ý])|\d)$"
    ),
    "en": re.compile(
        r"(?:\b(?:Mrs?|Ms|Drs?|Prof|Hon|St|Sr|Jr|No|no|vs|etc|al|fig|approx|Inc|Ltd|dept|e\.g|i\.e|U\.S"
        r"|[A-Z])|\d)$"
    ),
}
_TERMINAL = re.compile(rf"(?<![.…])[.!;:][\u00a0\u202f ]?(?:{_CLOSING}[\u00a0\u202f ]?)*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a model and the numbers it cites; 0 for a mark that is no single quote."""

    text: str
    citations: tuple[int, ...]
    whole: bool


def read_sentences(text: str, language: Language) -> tuple[Sentence, ...]:
    """Read sentences with their citations; an unfinished one is marked as not whole."""
    plain = text.translate(_CONTROLS)
    groups: list[tuple[int, ...]] = []

    def note(match: re.Match[str]) -> str:
        groups.append(_cited(match.group(1)))
        return f"\x01{len(groups) - 1}\x02"

    marked = _MARK.sub(note, plain)
    found = []
    for line in marked.splitlines():
        for piece in _split(line, language):
            sentence = _sentence(piece, groups)
            if sentence is not None:
                found.append(sentence)
    return tuple(found)


_CONTROLS = {1: " ", 2: " ", 0x0B: " ", 0x0C: " ", 0x1C: " ", 0x1D: " ", 0x1E: " ", 0x85: " "}


def _cited(inside: str) -> tuple[int, ...]:
    if not _NUMBERS.fullmatch(inside):
        return (0,)
    return tuple(int(number) for number in re.findall(r"\d+", inside))


def _split(line: str, language: Language) -> list[str]:
    pieces, start = [], 0
    for match in _END.finditer(line):
        before = line[start : match.start()]
        ends = match.group()
        if not before.strip():
            continue
        # After an abbreviation, an initial or a list number a full stop ends nothing unless a
        # citation follows it.
        if (
            ends.startswith(".")
            and not ends.startswith("..")
            and not match["marks"]
            and match.end() < len(line)
            and _abbreviated(before, line[match.end() :], language)
        ):
            continue
        pieces.append(line[start : match.end()])
        start = match.end()
    if line[start:].strip():
        pieces.append(line[start:])
    return pieces


def _abbreviated(before: str, after: str, language: Language) -> bool:
    tail = _BEFORE_STOP[language].search(before)
    if tail is None:
        return False
    if tail.group()[-1].isdigit():
        # "12." opens a list only where the line starts.
        return not before.strip()[:-1].strip("0123456789")
    follows = after.lstrip()
    return tail.group() != "etc" or not follows[:1].isupper()


def _sentence(piece: str, groups: list[tuple[int, ...]]) -> Sentence | None:
    cited = {number for at in re.findall(r"\x01(\d+)\x02", piece) for number in groups[int(at)]}
    # Of two full stops, before and behind the citations, the first is enough.
    bare = re.sub(r"(?<=[.!?;])((?:\s*\x01\d+\x02)+)\s*[.;]", r"\1", piece)
    bare = re.sub(r"\s*\x01\d+\x02(?=\s*[.;:,!?…])", "", bare)
    bare = re.sub(r"\x01\d+\x02", "", bare)
    words = clean_spaces(_LIST_MARK.sub("", bare))
    if not words and not cited:
        return None
    return Sentence(words, tuple(sorted(cited)), _TERMINAL.search(words) is not None)


def clean_spaces(text: str) -> str:
    """Tidy white space and leave every other character, seen or not; no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()
