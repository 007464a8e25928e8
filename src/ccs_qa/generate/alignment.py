"""Follows a sentence through the quotes that it names.

A sentence may shorten quotes, join them and introduce them; it may say nothing in words of its
own. So its content words must be those of whole clauses of the quotes, in their order: a clause
starts and ends at a pause or a full stop of the quote. Grammatical words may differ, and endings,
but for those that make a certainty of a possibility. Within a clause nothing is skipped, since
what is skipped may be what restricts it; and a sentence of a quote that denies, restricts or lays
down a condition gives nothing without those words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ccs_qa.generate.lexicon import Lexicon, lexicon
from ccs_qa.generate.tokens import Content, Joint, Tokens, tokenise
from ccs_qa.records import Language
from ccs_qa.text.dates import Date

# A piece of fewer content words does not show what it was about.
_LEAST = 4
_LONGEST_FRAME = 14
_CONDITIONAL = re.compile(r"[^\W\d_]{2,}r(?:ais|ait|ions|iez|aient)$")
_FUTURE = re.compile(r"[^\W\d_]{2,}r(?:ai|as|a|ons|ez|ont)$")


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
    told = _Told(quotes, language)
    # The whole first: what looks like an introduction may stand in the quote.
    for start, stop in _bodies(sentence, known):
        body = sentence.contents[start:stop]
        path = _Follower(body, told, french=language == "fr").follow()
        if path is not None:
            frame = (*sentence.contents[:start], *sentence.contents[stop:])
            dates = tuple(item.date for item in frame if item.date is not None)
            return Aligned(*told.describe(path, known), dates)
    return None


def _ends_alike(sentence: Tokens, quotes: Sequence[str], language: Language) -> bool:
    return any(tokenise(quote, language).last == sentence.last for quote in quotes)


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


@dataclass(slots=True)
class _Told:
    """The content words of several texts, one after another."""

    quotes: Sequence[str]
    language: Language
    contents: list[Content] = field(init=False)
    places: list[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.contents, self.places = [], []
        for source, quote in enumerate(self.quotes):
            for item in tokenise(quote, self.language).contents:
                self.contents.append(item)
                self.places.append((source, item.sentence))

    def starts(self, at: int) -> bool:
        return bool(self.contents[at].joints & {"stop", "pause"})

    def opens(self, at: int) -> bool:
        return "stop" in self.contents[at].joints

    def second(self, at: int) -> bool:
        """Whether one clause of its sentence, and no more, stands before a word."""
        first = next(spot for spot in range(at, -1, -1) if self.opens(spot))
        return first < at and [spot for spot in range(first + 1, at + 1) if self.starts(spot)] == [
            at
        ]

    def ends(self, at: int) -> bool:
        return at + 1 >= len(self.contents) or self.starts(at + 1)

    def closes(self, at: int) -> bool:
        return at + 1 >= len(self.contents) or self.opens(at + 1)

    def describe(
        self, path: Sequence[int], known: Lexicon
    ) -> tuple[frozenset[int], frozenset[str]]:
        """Name the texts of a way, and the guards of its sentences that are not on it."""
        touched = {self.places[at] for at in path}
        # Wherever in its sentence a guard stands, what is left of the sentence may turn on it.
        unsaid = {
            item.word
            for at, item in enumerate(self.contents)
            if self.places[at] in touched and item.word in known.guards and at not in set(path)
        }
        return frozenset(source for source, _ in touched), frozenset(unsaid)


class _Follower:
    """Finds a way through the quotes for the content words of a sentence."""

    def __init__(self, body: Sequence[Content], told: _Told, *, french: bool) -> None:
        self._body = body
        self._told = told
        self._french = french
        self._places: dict[str, list[int]] = {}
        for at, item in enumerate(told.contents):
            self._places.setdefault(item.stem, []).append(at)
        # Without the dead ends the search doubles at each word that stands twice.
        self._dead: set[tuple[int, int, int, bool]] = set()

    def follow(self) -> tuple[int, ...] | None:
        """Give the positions of the words; None when there is no way."""
        return self._begin(0) if self._body else None

    def _begin(self, index: int) -> tuple[int, ...] | None:
        """Go on from a word with a piece that starts a sentence of a quote.

        Its first clause may be left out as well, but not what stands between two others.
        """
        for at in self._places.get(self._body[index].stem, ()):
            opens = self._told.opens(at)
            if (opens or self._told.second(at)) and self._same(index, at):
                path = self._go(index, at, 1, opens=opens)
                if path is not None:
                    return path
        return None

    def _go(self, index: int, at: int, run: int, *, opens: bool) -> tuple[int, ...] | None:
        """Go on from a word at a place; `run` content words of its piece are behind it."""
        # Beyond the least a longer run changes nothing: it is the same dead end.
        key = (index, at, min(run, _LEAST), opens)
        if key in self._dead:
            return None
        path = self._end(index, at, run, opens=opens)
        if path is None and index + 1 < len(self._body):
            path = self._on(index, at, run, opens=opens)
        if path is None:
            self._dead.add(key)
            return None
        return (at, *path)

    def _end(self, index: int, at: int, run: int, *, opens: bool) -> tuple[int, ...] | None:
        """End a piece: with the sentence, or before a piece from elsewhere."""
        closes = self._told.closes(at)
        # A whole sentence may be short; a part of one has to show what it is about.
        whole = opens and closes
        long = run >= _LEAST and (closes or (opens and self._told.ends(at)))
        if not (whole or long):
            return None
        if index + 1 == len(self._body):
            return ()
        return self._begin(index + 1) if self._body[index + 1].joints & _BREAKS else None

    def _on(self, index: int, at: int, run: int, *, opens: bool) -> tuple[int, ...] | None:
        """Go on in the same sentence: with the next word, or with a later clause."""
        path = None
        if at + 1 < len(self._told.contents) and self._joined(index + 1, at + 1):
            path = self._go(index + 1, at + 1, run + 1, opens=opens)
        if path is None and run >= _LEAST and self._told.ends(at):
            for later in self._places.get(self._body[index + 1].stem, ()):
                if later > at + 1 and self._skipped(index + 1, at, later):
                    path = self._go(index + 1, later, 1, opens=opens)
                    if path is not None:
                        break
        return path

    def _skipped(self, index: int, at: int, later: int) -> bool:
        """Whether a word goes on after whole clauses that are left out."""
        if not (self._told.starts(later) and self._same(index, later)):
            return False
        places = self._told.places
        between = sum(self._told.starts(spot) for spot in range(at + 1, later))
        # One clause between two pauses may go with both of them.
        return places[at] == places[later] and (
            between == 1 or bool(self._body[index].joints & _BREAKS)
        )

    def _same(self, index: int, at: int) -> bool:
        mine, theirs = self._body[index], self._told.contents[at]
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

    def _joined(self, index: int, at: int) -> bool:
        """Whether a word goes on from the one before it as the quote does."""
        if not self._same(index, at):
            return False
        mine, theirs = self._body[index].joints, self._told.contents[at].joints
        if "stop" in theirs:
            # Where a sentence ends, a piece does.
            return False
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


_LOOSE: frozenset[Joint] = frozenset({"pause", "and", "or", "that", "link"})
_BREAKS: frozenset[Joint] = frozenset({"stop", "pause", "and"})
