"""Plain text: marked items, lines that were wrapped, and what is neither."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

from ccs_qa.corpus.reader import FORMAT, is_marked
from ccs_qa.corpus.sources.lines import BREAKS, HOLLOW, MARK, Line, Source, Word, tidy
from ccs_qa.errors import PageError

_NUMBER = re.compile(r"(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)|\d{1,2}\.)\s+(?=\S)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_ENDED = re.compile(r"[.!?…;:]['’\"”»)\]\s]*$")
_SENTENCE = re.compile(r"\w\S*(?:\s+\S+){3,}[.!?…]['’\"”»)\]]*$")
# Programs that wrap lines do so from here on; shorter ones were ended by a person.
_WRAPPED = 60
_LABEL = re.compile(r"[^\W\d_]+\s*:")
_TAB = 4


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as it is displayed.

    Attributes:
        mark: The sign or number of its item; empty for none.
        apart: Whether an empty line stands before it.
        width: Of the line with its margin and mark, in characters.
    """

    text: str
    mark: str
    margin: int
    place: int
    apart: bool
    width: int


def read_text_file(name: str, text: str) -> Source:
    """Read plain text; a line that may or may not go on the one before raises `PageError`."""
    rows = list(_rows(text))
    return Source(name, tuple(_joined(name, rows)), tuple(_words(text)))


def _rows(text: str) -> Iterator[_Row]:
    apart = False
    for place, line in enumerate(_LINE_END.split(text), 1):
        for piece in BREAKS.split(line.lstrip("\ufeff")):
            body = tidy(piece)
            if not body:
                apart = True
                continue
            expanded = piece.expandtabs(_TAB)
            margin = len(expanded) - len(expanded.lstrip())
            match = MARK.match(body) or _NUMBER.match(body)
            mark = match.group() if match else ""
            yield _Row(body[len(mark) :], mark, margin, place, apart, len(expanded.rstrip()))
            apart = False


def _joined(name: str, rows: list[_Row]) -> Iterator[Line]:
    widest = max((row.width for row in rows), default=0)
    margins: list[int] = []
    opened: list[_Row] = []
    for at, row in enumerate(rows):
        heads = _heads(rows, at)
        if opened and not row.mark and _goes_on(name, opened[0], opened[-1], row, widest):
            opened.append(row)
            continue
        if opened:
            yield _line(opened, margins)
        opened = [replace(row, text=f"{row.mark}{row.text}", mark="") if heads else row]
    if opened:
        yield _line(opened, margins)


def _heads(rows: list[_Row], at: int) -> bool:
    """Tell whether a number is that of a heading: no sentence, and signed items follow."""
    row = rows[at]
    if not _NUMBER.match(f"{row.mark}x") or _ENDED.search(row.text) or row.margin:
        return False
    return bool(rows[at + 1 :]) and bool(MARK.match(f"{rows[at + 1].mark}x"))


def _goes_on(name: str, opened: _Row, before: _Row, row: _Row, widest: int) -> bool:
    """Tell whether an unmarked line belongs to the line before it."""
    ended = bool(_ENDED.search(before.text))
    if opened.mark and row.margin > opened.margin:
        hangs = row.margin == opened.margin + len(opened.mark) and not row.apart
        if is_marked(row.text) or row.apart or (ended and not hangs):
            _refuse(name, row)
        return _uncut(name, before, row)
    if is_marked(row.text) or row.apart:
        return False
    # A date or a year is whole; what follows a label may be the rest of its sentence.
    if not opened.mark and is_marked(before.text) and not _LABEL.match(before.text):
        return False
    if row.text[0].islower() or row.text[0] in ",;:.)»":
        # A format is short: what follows may be a title that begins small.
        if ended or FORMAT.match(opened.text):
            _refuse(name, row)
        return _uncut(name, before, row)
    fits = before.width + 1 + len(row.text.split()[0]) <= widest
    if before.width >= _WRAPPED and not fits and not ended:
        _refuse(name, row)
    return False


def _uncut(name: str, before: _Row, row: _Row) -> bool:
    # Nothing tells "rendez-vous" from a word that was cut for want of room.
    if before.text.endswith("-") and before.text[-2:-1].isalpha():
        raise PageError(
            document=name, line=before.place, text=f"{before.text} / {row.text}", reason="cut"
        )
    return True


def _refuse(name: str, row: _Row) -> NoReturn:
    raise PageError(document=name, line=row.place, text=row.text, reason="wrapped")


def _line(rows: list[_Row], margins: list[int]) -> Line:
    row, text = rows[0], " ".join(row.text for row in rows)
    if row.mark:
        # Copied out of a word processor, hollow bullets stand under full ones, without a margin.
        margin = 2 * row.margin + (row.mark[0] in HOLLOW)
        while margins and margins[-1] > margin:
            margins.pop()
        if not margins or margins[-1] < margin:
            margins.append(margin)
        return Line("item", (text,), row.place, depth=len(margins))
    margins.clear()
    return Line("paragraph" if _SENTENCE.search(text) else "heading", (text,), row.place)


def _words(text: str) -> Iterator[Word]:
    for place, line in enumerate(_LINE_END.split(text), 1):
        for piece in BREAKS.split(line):
            found = tidy(piece).split(" ")
            first = found[0]
            sign = MARK.match(f"{first} x") or _NUMBER.match(f"{first} x")
            yield from (
                Word(word, place, mark=at == 0 and bool(sign))
                for at, word in enumerate(found)
                if word
            )
