"""Follows a sentence through the quotes that it names.

A sentence may shorten quotes, join them and introduce them; it may say nothing in words of its
own. So its content words must be those of whole clauses of the quotes, in their order: a clause
starts and ends at a pause or a full stop of the quote. Grammatical words may differ, and endings,
but for those that make a certainty of a possibility. Within a clause nothing is skipped, since
what is skipped may be what restricts it; and a sentence of a quote that denies, restricts or lays
down a condition gives nothing without those words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ccs_qa.generate.lexicon import Lexicon, lexicon
from ccs_qa.generate.tokens import Content, Joint, Tokens, tokenise
from ccs_qa.records import Language
from ccs_qa.text.dates import Date

# A piece of fewer content words does not show what it was about.
_LEAST = 4
_LONGEST_FRAME = 14
_CONDITIONAL = re.compile(r"[^\W\d_]{2,}r(?:ais|ait|ions|iez|aient)$")
_FUTURE = re.compile(r"[^\W\d_]{2,}r(?:ai|as|a|ons|ez|ont)$")

_LOOSE: frozenset[Joint] = frozenset({"pause", "and", "or", "that", "link"})
_BREAKS: frozenset[Joint] = frozenset({"stop", "pause", "and"})
# Clauses one after another: number of a sentence of the quotes, and place of a clause in it.
_Path = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """Where a sentence stands in the quotes.

    Attributes:
        sources: Which texts it draws from, by position.
        unsaid: Guard words of the sentences that it draws from and does not repeat.
        dates: What it says of when in an introduction, which stands in no quote.
    """

    sources: frozenset[int]
    unsaid: frozenset[str]
    dates: tuple[Date, ...]


def align(text: str, quotes: Sequence[str], language: Language) -> Aligned | None:
    """Follow a sentence through quotes; None when it cannot be followed."""
    known = lexicon(language)
    sentence = tokenise(text, language)
    # What ends with such a word was cut, unless a quote ends so as well.
    if sentence.last in known.unfinished and not _ends_alike(sentence, quotes, language):
        return None
    quoted = [item for at, quote in enumerate(quotes) for item in _quoted(at, quote, language)]
    # The whole first: what looks like an introduction may stand in the quote.
    for start, stop in _bodies(sentence, known):
        path = _Follower(sentence.contents[start:stop], quoted, french=language == "fr").follow()
        if path is not None:
            frame = (*sentence.contents[:start], *sentence.contents[stop:])
            dates = tuple(item.date for item in frame if item.date is not None)
            sources = frozenset(quoted[number].source for number, _ in path)
            return Aligned(sources, _unsaid(quoted, path, known), dates)
    return None


def _ends_alike(sentence: Tokens, quotes: Sequence[str], language: Language) -> bool:
    return any(tokenise(quote, language).last == sentence.last for quote in quotes)


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A sentence of a quote: the content words of each of its clauses."""

    source: int
    clauses: Sequence[Sequence[Content]]


def _quoted(source: int, quote: str, language: Language) -> Iterator[_Quoted]:
    sentences: list[list[list[Content]]] = []
    for item in tokenise(quote, language).contents:
        if "stop" in item.joints:
            sentences.append([[]])
        elif "pause" in item.joints:
            sentences[-1].append([])
        sentences[-1][-1].append(item)
    return (_Quoted(source, clauses) for clauses in sentences)


def _unsaid(quoted: Sequence[_Quoted], path: _Path, known: Lexicon) -> frozenset[str]:
    """List guards that stand anywhere in the sentences of a way, and not on it."""
    return frozenset(
        item.word
        for number in {number for number, _ in path}
        for at, clause in enumerate(quoted[number].clauses)
        for item in clause
        if item.word in known.guards and (number, at) not in path
    )


def _bodies(sentence: Tokens, known: Lexicon) -> list[tuple[int, int]]:
    """List what may be left of a sentence without what introduces it, all of it first."""
    contents = sentence.contents
    found = [(0, len(contents))]
    for size in range(1, min(_LONGEST_FRAME, len(contents) - 1) + 1):
        if not _frames(contents[size - 1], known):
            break
        words = {item.word for item in contents[:size]}
        joints = contents[size].joints
        # Words of a frame alone claim nothing yet; a verb of saying or an opening has to be among
        # them.
        said = words & known.reports and joints & {"that", "pause"}
        if said or (words & known.heads and "pause" in joints):
            found.append((size, len(contents)))
    for size in range(1, min(_LONGEST_FRAME, len(contents) - 1) + 1):
        first = contents[-size]
        if not _frames(first, known):
            break
        if first.word in known.heads and "pause" in first.joints:
            found.append((0, len(contents) - size))
    return found


def _frames(item: Content, known: Lexicon) -> bool:
    return item.date is not None or item.word in known.frame or item.word in known.reports


class _Follower:
    """Finds a way through the quotes, clause by clause, for the content words of a sentence."""

    def __init__(self, body: Sequence[Content], quoted: Sequence[_Quoted], *, french: bool) -> None:
        self._body = body
        self._quoted = quoted
        self._french = french
        # Without what is known of it the search doubles at each clause that stands twice.
        self._go = cache(self._said)

    def follow(self) -> _Path | None:
        """Name the clauses; None when there is no way."""
        return self._begin(0) if self._body else None

    def _begin(self, index: int) -> _Path | None:
        """Go on from a word with a piece that starts a sentence of a quote.

        Its first clause may be left out as well, but not what stands between two others.
        """
        for number, quoted in enumerate(self._quoted):
            for first in range(min(2, len(quoted.clauses))):
                path = self._go(index, number, first, 0, first == 0)
                if path is not None:
                    return path
        return None

    def _said(self, index: int, number: int, at: int, run: int, opens: bool) -> _Path | None:
        """Go on from a word with a clause; `run` content words stand before it without a gap."""
        clauses = self._quoted[number].clauses
        following = index + len(clauses[at])
        if not self._says(self._body[index:following], clauses[at], goes_on=run > 0):
            return None
        # Beyond the least a longer run changes nothing.
        run = min(run + len(clauses[at]), _LEAST)
        path = None
        closes = at + 1 == len(clauses)
        # A whole sentence may be short; a part of one has to show what it is about.
        if (opens and closes) or (run == _LEAST and (opens or closes)):
            path = self._end(following)
        if path is None and not closes:
            path = self._go(following, number, at + 1, run, opens)
        if path is None and run == _LEAST:
            path = self._skip(following, number, at + 2, opens=opens)
        return None if path is None else ((number, at), *path)

    def _end(self, index: int) -> _Path | None:
        """End a piece: with the sentence, or before a piece from elsewhere."""
        if index == len(self._body):
            return ()
        return self._begin(index) if self._body[index].joints & _BREAKS else None

    def _skip(self, index: int, number: int, at: int, *, opens: bool) -> _Path | None:
        """Go on with a clause of the same sentence, from one on, without those before it."""
        if index == len(self._body):
            return None
        later = range(at, len(self._quoted[number].clauses))
        # One clause between two pauses may go with both of them.
        tried = later if self._body[index].joints & _BREAKS else later[:1]
        found = (self._go(index, number, clause, 0, opens) for clause in tried)
        return next((path for path in found if path is not None), None)

    def _says(self, mine: Sequence[Content], theirs: Sequence[Content], *, goes_on: bool) -> bool:
        return len(mine) == len(theirs) and all(
            self._same(one, other) and ((not at and not goes_on) or self._joined(one, other))
            for at, (one, other) in enumerate(zip(mine, theirs, strict=True))
        )

    def _same(self, mine: Content, theirs: Content) -> bool:
        if mine.word == theirs.word:
            return True
        # One stem, two moods: what could be done must not become what was.
        return mine.stem == theirs.stem and self._mood(mine.word) == self._mood(theirs.word)

    def _mood(self, word: str) -> str:
        """Name what an ending makes of a verb: what could be, what will be, what was done."""
        if not self._french:
            # English tells the other moods by words of their own, which are compared by themselves.
            return "done" if word.endswith("ed") else ""
        if _CONDITIONAL.search(word):
            return "conditional"
        return "future" if _FUTURE.search(word) else ""

    def _joined(self, one: Content, other: Content) -> bool:
        """Whether a word goes on from the one before it as the quote does."""
        mine, theirs = one.joints, other.joints
        if (
            self._french
            and not (mine | theirs) & _LOOSE
            and ("small" in mine) != ("small" in theirs)
        ):
            # Without its article or its preposition a French noun makes no sentence.
            return False
        # A choice has to stay one; "and" may stand for the comma of a list.
        either = ("or" in mine) == ("or" in theirs)
        both = "and" not in mine or bool(theirs & {"and", "pause"})
        return either and both and ("and" not in theirs or bool(mine & {"and", "pause"}))
