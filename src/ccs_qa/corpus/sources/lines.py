"""What every kind of file is read as: lines, each with its place, and the words to be kept."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ccs_qa.errors import PageError
from ccs_qa.text.strings import clean

# What ends a line without being one of the line ends that editors count.
BREAKS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
# Signs that stand before an item; the letter is what word processors make of a hollow bullet.
MARK = re.compile(
    r"(?:[-–—*](?:\s+(?=\S)|(?=[^\W\d]))|[•·▪◦‣➢➤►▸●○■□❖✓→⁃∙\uf0a7\uf0b7]\s*(?=\S)|o\s+(?=\S))"
)

# Of these, the signs of a list inside another.
HOLLOW = "o◦○"


@dataclass(frozen=True, slots=True)
class Line:
    """A heading, a paragraph or an item of a list.

    Attributes:
        parts: Its text, cut where the file forces a line break.
        place: Where it stands in the file: a line, in Word documents a paragraph; from 1.
        depth: Of a heading its level, 0 where the file tells none; of an item the lists around it.
        bold: Whether all of a paragraph is emphasised, as headings without a style are.
    """

    kind: Literal["heading", "paragraph", "item"]
    parts: tuple[str, ...]
    place: int
    depth: int = 0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word that can be seen in the file.

    Attributes:
        mark: Whether it may be the number or the sign of an item, which no record keeps.
    """

    text: str
    place: int
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file, read twice: as lines, and, by other code, as its visible words in order."""

    name: str
    lines: tuple[Line, ...]
    words: tuple[Word, ...]
    unit: Literal["line", "paragraph"] = "line"

    def refusal(self, reason: str, text: str, place: int) -> PageError:
        """Word why a line of the file cannot be taken."""
        return PageError(document=self.name, line=place, text=text, reason=reason, unit=self.unit)


def tidy(text: str) -> str:
    """Compose letters, drop what cannot be seen, give one space for white space of any kind."""
    return clean(BREAKS.sub(" ", text))


def split_words(pieces: Iterable[tuple[str, int]]) -> Iterator[Word]:
    """Cut a run of text, piece by piece with its place, into words; pieces may share one."""
    text, places = "", []
    for piece, place in pieces:
        plain = BREAKS.sub(" ", piece)
        text += plain
        places += [place] * len(plain)
    for match in re.finditer(r"\S+", text):
        yield Word(clean(match.group()), places[match.start()])
