"""Which meetings hold the words of a topic, and in which passages.

Title, date line, heading and lead-in of a passage are read with it, in both renditions. A word is
held as it stands (folded) or by its stem in the language of either rendition; a name, also under
its other names.
"""

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

from ccs_qa.records import (
    LANGUAGES,
    Bilingual,
    Language,
    Meeting,
    Passage,
    PassageKind,
    Rendition,
)
from ccs_qa.search.meetings.names import Names, stemmed
from ccs_qa.text.strings import STOPS, fold, words

_WORD = re.compile(r"[^\W_]+")
# What sets one thing beside another in a topic, of which any may be spoken of.
_EITHER = re.compile(r"\s*(?:[,;/]|\b(?:or|ou|nor|ni)\b)\s*", re.IGNORECASE)
_MOST_NAMED = 8
# Which kind is quoted first, of passages that hold as much.
_ORDER: Sequence[PassageKind] = ("statement", "objective", "title", "format", "disclaimer")


class _Held(NamedTuple):
    """Where something stands, one bit a passage: in it or what is read with it; in it; exactly."""

    near: int = 0
    own: int = 0
    exact: int = 0

    def __or__(self, other: "_Held") -> "_Held":
        return _Held(*map(or_, self, other))

    def __and__(self, other: "_Held") -> "_Held":
        return _Held(*map(and_, self, other))


class TopicWords:
    """Knows which passage holds which word."""

    def __init__(self, meetings: Sequence[Meeting], names: Names | None = None) -> None:
        """Read every passage once, and what things are called besides, if that is given."""
        self._names = names or Names()
        self._passages: list[tuple[dt.date, Passage]] = []
        # Words by themselves, stems with their language, things of the names by place.
        self._held: dict[str | tuple[Language, str] | int, _Held] = defaultdict(_Held)
        texts: dict[tuple[Language, str], _Held] = defaultdict(_Held)
        for meeting in sorted(meetings, key=lambda item: item.date):
            for passage in meeting.passages:
                # Sets as bits of one integer: to join them for every word of a topic costs next to
                # nothing.
                bit = 1 << len(self._passages)
                self._passages.append((meeting.date, passage))
                for said in _read_with(meeting, passage):
                    own = bit if said is passage.renditions else 0
                    for rendition in said.spoken:
                        texts[rendition.language, rendition.text] |= _Held(bit, own, own)
        for (language, text), held in texts.items():
            # What elisions leave behind, as "puisqu", is a word that may be asked for too.
            plain = set(_WORD.findall(fold(text)))
            for word in plain:
                self._held[word] |= held
            # A stem is not the word letter by letter, nor is another name.
            loosely = held._replace(exact=0)
            for stem in set(stemmed([word for word in plain if word not in STOPS], language)):
                self._held[language, stem] |= loosely
            composed = unicodedata.normalize("NFC", text)
            for thing in {item.thing for item in self._names.find(composed, language, nested=True)}:
                self._held[thing] |= loosely

    def telling(self, topic: str) -> str:
        """Leave out of a topic the stop words, and what most meetings hold: it tells none apart."""
        days = {day for day, _ in self._passages}
        kept = [word for word in self.content(topic) if 2 * len(self.holding(word)) <= len(days)]
        return " ".join(kept)

    @staticmethod
    def content(topic: str) -> tuple[str, ...]:
        """List the folded words of a topic, stop words of both languages left out."""
        return tuple(word for word in dict.fromkeys(words(topic)) if word not in STOPS)

    def holding(
        self, topic: str, language: Language | None = None
    ) -> Mapping[dt.date, tuple[str, ...]]:
        """Find the passages that hold the words of a topic, by meeting, oldest meeting first.

        One passage, with what is read with it, has to hold every content word; of a topic that
        names several things, those of one of them. A name is held under any of its names. A topic
        of stop words only is held where all of them stand. The passage that itself holds more of
        the words stands first, then the one that holds more of them letter by letter.
        """
        things = [part for part in _EITHER.split(topic) if self.content(part)]
        # More words than this are a sentence, whose commas set nothing beside another.
        if len(things) < 2 or len(self.content(topic)) > _MOST_NAMED:
            return self._holding(topic, language)
        found: dict[dt.date, tuple[str, ...]] = {}
        for thing in things:
            for day, names in self._holding(thing, language).items():
                found[day] = tuple(dict.fromkeys((*found.get(day, ()), *names)))
        return dict(sorted(found.items()))

    def _holding(self, topic: str, language: Language | None) -> Mapping[dt.date, tuple[str, ...]]:
        wanted = list(self._wanted(unicodedata.normalize("NFC", topic), language))
        near = reduce(and_, (item.near for item in wanted)) if wanted else 0
        found: dict[dt.date, list[tuple[int, int, int, int, str]]] = {}
        while near:
            # The lowest bit set: the earliest passage.
            at = (near & -near).bit_length() - 1
            near &= near - 1
            day, passage = self._passages[at]
            own = sum(item.own >> at & 1 for item in wanted)
            exact = sum(item.exact >> at & 1 for item in wanted)
            rank = (-own, -exact, _ORDER.index(passage.kind), at, passage.id)
            found.setdefault(day, []).append(rank)
        whole = (-len(wanted), -len(wanted))
        if len(wanted) > 1 and any(rank[:2] == whole for ranks in found.values() for rank in ranks):
            # Where one passage says it letter by letter, stems scattered over headings say else.
            found = {
                day: kept
                for day, ranks in found.items()
                if (kept := [rank for rank in ranks if rank[0] == -len(wanted) or rank[1]])
            }
        return {day: tuple(rank[-1] for rank in sorted(ranks)) for day, ranks in found.items()}

    def saying(self, topic: str, language: Language | None = None) -> tuple[Passage, ...]:
        """List the passages that themselves hold every content word, oldest meeting first."""
        wanted = list(self._wanted(unicodedata.normalize("NFC", topic), language))
        own = reduce(and_, (item.own for item in wanted)) if wanted else 0
        return tuple(item for at, (_, item) in enumerate(self._passages) if own >> at & 1)

    def spells(self, passage: Passage, topic: str, language: Language) -> bool:
        """Tell whether a passage itself holds the words of a topic one after the other.

        Stop words between them do not count, and inflected forms do. A single word has to stand
        there as it is, in the language of the question.
        """
        wanted = self.content(topic)
        said = passage.renditions.spoken
        if len(wanted) < 2:
            said = tuple(item for item in said if item.language == language)
        return bool(wanted) and any(_follow(wanted, item) for item in said)

    def marks(self, topic: str, rendition: Rendition) -> tuple[tuple[int, int], ...]:
        """Find where a text holds words of a topic, or other names: in order, none in another."""
        text, language = rendition.text, rendition.language
        wanted = set(self._words_of(topic))
        stems = set(stemmed([*wanted], language))
        found = [
            match.span()
            for match in _WORD.finditer(text)
            if (word := fold(match.group())) in wanted
            or (word not in STOPS and stemmed([word], language)[0] in stems)
        ]
        # Offsets of names count characters of a text in NFC.
        if unicodedata.is_normalized("NFC", text):
            things = {item.thing for item in self._names.find(unicodedata.normalize("NFC", topic))}
            named = self._names.find(text, language, nested=True)
            found += [(item.begin, item.end) for item in named if item.thing in things]
        kept: list[tuple[int, int]] = []
        for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
            if not kept or start >= kept[-1][1]:
                kept.append((start, end))
        return tuple(kept)

    def _wanted(self, topic: str, language: Language | None) -> Iterator[_Held]:
        """Tell for each name and each content word outside names where it stands."""
        places: dict[tuple[int, int], list[int]] = defaultdict(list)
        for found in self._names.find(topic, language):
            places[found.begin, found.end].append(found.thing)
        edge, rest = 0, ""
        for (begin, end), things in places.items():
            rest += topic[edge:begin] + " "
            edge = end
            held = self._any(things)
            typed = self._words_of(topic[begin:end])
            # A name of several words means the thing: words scattered over a passage do not.
            if typed and (len(typed) < 2 or not held.near):
                held |= reduce(and_, map(self._word, typed))
            yield held
        yield from map(self._word, self._words_of(rest + topic[edge:], bare=not places))

    def _words_of(self, text: str, *, bare: bool = True) -> Sequence[str]:
        return self.content(text) or (tuple(dict.fromkeys(words(text))) if bare else ())

    def _word(self, word: str) -> _Held:
        if word in STOPS:
            return self._any([word])
        return self._any([word, *((spoken, stemmed([word], spoken)[0]) for spoken in LANGUAGES)])

    def _any(self, keys: Iterable[str | tuple[Language, str] | int]) -> _Held:
        return reduce(or_, (self._held.get(key, _Held()) for key in keys))


def _follow(wanted: Sequence[str], rendition: Rendition) -> bool:
    """Tell whether words stand one after the other in a text."""
    held = [word for word in words(rendition.text) if word not in STOPS]
    if len(wanted) > 1:
        wanted, held = stemmed(wanted, rendition.language), stemmed(held, rendition.language)
    return f" {' '.join(wanted)} " in f" {' '.join(held)} "


def _read_with(meeting: Meeting, passage: Passage) -> Iterator[Bilingual]:
    """List what a passage says, and what is read with it."""
    title = meeting.title.renditions if meeting.title is not None else None
    said = (passage.renditions, meeting.heading, title, passage.section, passage.lead_in)
    return (item for item in said if item is not None)
