"""Which meetings hold the words of a topic, and in which passages.

Title, date line, heading and lead-in of a passage are read with it, in both renditions. A word is
held as it stands (folded) or by its stem in the language of either rendition; a name, also under
its other names.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ccs_qa.index import stop_words
from ccs_qa.records import LANGUAGES, Bilingual, Language, Meeting, Passage, PassageKind
from ccs_qa.search.meetings.names import Names, stemmed
from ccs_qa.text import fold, words

_STOPS = stop_words("fr") | stop_words("en")
_Key = TypeVar("_Key", int, str)
_WORD = re.compile(r"[^\W_]+")
# Which kind is quoted first, of passages that hold as much.
_ORDER: Mapping[PassageKind, int] = {
    "statement": 0,
    "objective": 1,
    "title": 2,
    "format": 3,
    "disclaimer": 4,
}


@dataclass(slots=True)
class _Held:
    """Where something stands; each is a set of passages, one bit a passage.

    Attributes:
        near: In the passage or what is read with it.
        own: In the passage itself.
        exact: In the passage itself, letter by letter.
    """

    near: int = 0
    own: int = 0
    exact: int = 0


class TopicWords:
    """Knows which passage holds which word."""

    def __init__(self, meetings: Sequence[Meeting], names: Names | None = None) -> None:
        """Read every passage once.

        Args:
            meetings: The meetings.
            names: What things are called besides; None for no other names.
        """
        self._names = names or Names()
        self._passages: list[tuple[dt.date, Passage]] = []
        self._words: dict[str, _Held] = {}
        self._stems: dict[Language, dict[str, _Held]] = {"fr": {}, "en": {}}
        self._things: dict[int, _Held] = {}
        texts: dict[tuple[str, Language], list[tuple[int, bool]]] = {}
        for meeting in sorted(meetings, key=lambda item: item.date):
            for passage in meeting.passages:
                at = len(self._passages)
                self._passages.append((meeting.date, passage))
                for text, language, own in _read_with(meeting, passage):
                    texts.setdefault((text, language), []).append((at, own))
        for (text, language), places in texts.items():
            near, within = _bits(places)
            # What elisions leave behind, as "puisqu", is a word that may be asked for too.
            plain = set(_WORD.findall(text.lower() if text.isascii() else fold(text)))
            for word in plain:
                _add(self._words, word, near, within, within)
            for stem in set(stemmed([word for word in plain if word not in _STOPS], language)):
                _add(self._stems[language], stem, near, within)
            composed = unicodedata.normalize("NFC", text)
            for thing in {item.thing for item in self._names.find(composed, language, nested=True)}:
                _add(self._things, thing, near, within)

    @staticmethod
    def content(topic: str) -> tuple[str, ...]:
        """List the words that a topic is about.

        Args:
            topic: The topic, in either language.

        Returns:
            Its folded words, stop words of both languages left out.
        """
        return tuple(word for word in dict.fromkeys(words(topic)) if word not in _STOPS)

    def holding(
        self, topic: str, language: Language | None = None
    ) -> Mapping[dt.date, tuple[str, ...]]:
        """Find the meetings that hold the words of a topic.

        One passage, with what is read with it, has to hold every content word. A name is held
        under any of its names, its words in a row where some passage holds them so. A topic of
        stop words only is held where all of them stand.

        Args:
            topic: The topic, in either language.
            language: The language it is written in, when known.

        Returns:
            Ids of the passages by meeting, oldest meeting first. The passage that itself holds
            more of the words stands first, then the one that holds more of them letter by
            letter; statements stand before objectives, titles and places.
        """
        wanted = list(self._wanted(unicodedata.normalize("NFC", topic), language))
        if not wanted:
            return {}
        held = -1
        for item in wanted:
            held &= item.near
        found: dict[dt.date, list[tuple[tuple[int, int, int], int, str]]] = {}
        while held:
            at = (held & -held).bit_length() - 1
            held &= held - 1
            day, passage = self._passages[at]
            rank = (
                -sum(item.own >> at & 1 for item in wanted),
                -sum(item.exact >> at & 1 for item in wanted),
                _ORDER[passage.kind],
            )
            found.setdefault(day, []).append((rank, at, passage.id))
        return {day: tuple(name for _, _, name in sorted(ranked)) for day, ranked in found.items()}

    def _wanted(self, topic: str, language: Language | None) -> Iterator[_Held]:
        """Tell for each name and each content word outside names where it stands."""
        places: dict[tuple[int, int], list[int]] = {}
        for found in self._names.find(topic, language):
            places.setdefault((found.begin, found.end), []).append(found.thing)
        edge = 0
        rest = ""
        for (begin, end), things in places.items():
            rest += topic[edge:begin] + " "
            edge = end
            held = _any([self._things.get(thing, _Held()) for thing in things])
            typed = self._words_of(topic[begin:end])
            # A name of several words means the thing: words scattered over a passage do not.
            if len(typed) < 2 or not held.near:
                held = _any([held, _all([self._word(word) for word in typed])])
            yield held
        rest += topic[edge:]
        for word in self._words_of(rest, bare=not places):
            yield self._word(word)

    def _words_of(self, text: str, *, bare: bool = True) -> Sequence[str]:
        return self.content(text) or (tuple(dict.fromkeys(words(text))) if bare else ())

    def _word(self, word: str) -> _Held:
        found = [self._words.get(word, _Held())]
        if word not in _STOPS:
            found += [
                self._stems[language].get(stemmed([word], language)[0], _Held())
                for language in LANGUAGES
            ]
        return _any(found)


def _read_with(meeting: Meeting, passage: Passage) -> Iterator[tuple[str, Language, bool]]:
    """List the texts of a passage and those read with it, and which are its own."""
    title = meeting.title.renditions if meeting.title is not None else None
    around: tuple[Bilingual | None, ...] = (
        meeting.heading,
        title,
        passage.section,
        passage.lead_in,
    )
    for text in (passage.renditions, *around):
        for language in LANGUAGES:
            rendition = text.get(language) if text is not None else None
            if rendition is not None:
                yield rendition.text, language, text is passage.renditions


def _bits(places: Sequence[tuple[int, bool]]) -> tuple[int, int]:
    near = own = 0
    for at, is_own in places:
        near |= 1 << at
        own |= is_own << at
    return near, own


def _add(kept: dict[_Key, _Held], key: _Key, near: int, own: int, exact: int = 0) -> None:
    held = kept.setdefault(key, _Held())
    held.near |= near
    held.own |= own
    held.exact |= exact


def _any(found: Sequence[_Held]) -> _Held:
    total = _Held()
    for held in found:
        total = _Held(total.near | held.near, total.own | held.own, total.exact | held.exact)
    return total


def _all(found: Sequence[_Held]) -> _Held:
    if not found:
        return _Held()
    total = _Held(-1, -1, -1)
    for held in found:
        total = _Held(total.near & held.near, total.own & held.own, total.exact & held.exact)
    return total
