"""Holds the words of a page against those of the file that it was made of."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from ccs_qa.corpus.reader import Page
from ccs_qa.corpus.sources.lines import Source, Word

# Marks around a word may be those of a list or of a heading; inside one they are part of it.
_EDGES = ".,;:!?…«»‹›“”„\"'‘’()[]{}–—-*•·▪◦‣➢➤►▸●○■□❖✓→⁃∙|\uf0a7\uf0b7 "
# How far around the first difference is looked for what became of a word.
_WINDOW = 400


@dataclass(frozen=True, slots=True)
class WordChange:
    """What became of words between a file and its page.

    Attributes:
        kind: `words-lost`, `words-added`, `words-moved`, or `words-changed`: welded, cut or
            spelled otherwise.
        place: Where that is in the file.
    """

    kind: str
    words: str
    place: int


def require_words(source: Source, page: Page, places: Sequence[int]) -> None:
    """Refuse a page that does not say the words of its file, in order, with `PageError`.

    Args:
        places: Where each block of the page stands in the file.
    """
    told = [
        Word(text, place)
        for block, place in zip(page.blocks, places, strict=True)
        for text in block.text.split()
    ]
    change = first_change(source.words, told)
    if change is not None:
        raise source.refusal(change.kind, change.words, change.place)


def first_change(seen: Sequence[Word], told: Sequence[Word]) -> WordChange | None:
    """Find the first word of a file that its records do not have in its place; None for none."""
    ours, theirs = _bare(seen), _bare(told)
    at = to = 0
    # Numbers and signs of items may be told or not.
    kept: list[Word] = []
    while at < len(ours):
        if to < len(theirs) and ours[at].text == theirs[to].text:
            kept.append(ours[at])
            at, to = at + 1, to + 1
        elif ours[at].mark:
            at += 1
        else:
            break
    if at == len(ours) and to == len(theirs):
        return None
    rest = [word for word in ours[at : at + _WINDOW] if not word.mark]
    return _change(rest, theirs[to : to + _WINDOW], kept[-1].place if kept else 1)


def _bare(words: Sequence[Word]) -> list[Word]:
    # A lone "o" is no word of either language: word processors write it for a hollow bullet.
    found = (
        Word(word.text.strip(_EDGES), word.place, word.mark or word.text == "o") for word in words
    )
    return [word for word in found if word.text]


def _change(ours: list[Word], theirs: list[Word], before: int) -> WordChange:
    left, right = [word.text for word in ours], [word.text for word in theirs]
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    _, a, b, c, d = next(code for code in codes if code[0] != "equal")
    lost, added = left[a:b], right[c:d]
    place = ours[a].place if a < len(ours) else theirs[c].place if c < len(theirs) else before
    if lost and added:
        return WordChange("words-changed", f"{' '.join(lost)} → {' '.join(added)}", place)
    words, others = (lost, right) if lost else (added, left)
    gone = [
        text for tag, i, j, k, m in codes if tag != "equal" for text in (*left[i:j], *right[k:m])
    ]
    if words and all(gone.count(word) > words.count(word) and word in others for word in words):
        return WordChange("words-moved", " ".join(words), place)
    return WordChange("words-lost" if lost else "words-added", " ".join(words), place)
