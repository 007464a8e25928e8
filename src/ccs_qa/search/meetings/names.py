"""What things are called: acronyms, wordings of both languages, and where the pages spell them out.

Names come from two places: a reviewed file of the corpus, and the pages, where they spell an
acronym out. What the pages spell out is added to the thing of the file that has the same wording;
else it is a thing of its own. The acronyms of both languages are one thing when both renditions
of a passage spell them out and no other acronym stands in the same passages as either.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ccs_qa.index import stems, stop_words
from ccs_qa.known import Name
from ccs_qa.records import LANGUAGES, Bilingual, Language, Meeting, Passage, other
from ccs_qa.search.meetings.acronyms import Spelled, spelled_out
from ccs_qa.text import fold, words

# So many variants of one text at most: three names of four wordings each.
MOST_VARIANTS = 64
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+")
_APOSTROPHES = "'’ʼ‘"
_STOPS: Mapping[Language, frozenset[str]] = {
    language: stop_words(language) for language in LANGUAGES
}
_ALL_STOPS = _STOPS["fr"] | _STOPS["en"]


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a text.

    Attributes:
        begin: First character.
        end: End, exclusive.
        thing: Place of the thing in the names.
        short: Whether it is an acronym.
    """

    begin: int
    end: int
    thing: int
    short: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """What an acronym or a name of a question stands for.

    Attributes:
        typed: The acronym or the name, as it stands in the question.
        name: The thing under all its names.
        passages: Ids of the passages that spell it out: those that give acronym and words
            together when there are any, else those that hold the words; in page order.
    """

    typed: str
    name: Name
    passages: tuple[str, ...]

    @property
    def passage(self) -> str | None:
        """The first passage that spells it out, when there is one."""
        return self.passages[0] if self.passages else None


class _Token(NamedTuple):
    """A word of a text.

    Attributes:
        begin: First character.
        end: End, exclusive.
        raw: The word as written.
        word: The word, folded, without the points of an acronym.
    """

    begin: int
    end: int
    raw: str
    word: str


@dataclass(frozen=True)
class Names:
    """Knows what things are called.

    Attributes:
        things: The things: those of the file, then those that the pages alone spell out.
        passages: For each thing, the ids of the passages that spell it out.
    """

    things: tuple[Name, ...] = ()
    passages: tuple[tuple[str, ...], ...] = ()
    _shorts: Mapping[str, tuple[int, ...]] = field(init=False, repr=False)
    _wordings: Mapping[Language, Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]] = field(
        init=False, repr=False
    )

    def __post_init__(self) -> None:
        """Index acronyms by word, and wordings by the stem of their first word."""
        shorts: dict[str, list[int]] = {}
        wordings: dict[Language, dict[str, list[tuple[tuple[str, ...], int]]]] = {
            "fr": {},
            "en": {},
        }
        for at, thing in enumerate(self.things):
            for short in thing.shorts:
                shorts.setdefault("".join(words(short)), []).append(at)
            for language in LANGUAGES:
                for wording in thing.get(language):
                    line = _key(wording, language)
                    if line:
                        wordings[language].setdefault(line[0], []).append((line, at))
        object.__setattr__(self, "_shorts", {word: tuple(at) for word, at in shorts.items()})
        object.__setattr__(
            self,
            "_wordings",
            {
                language: {stem: tuple(lines) for stem, lines in found.items()}
                for language, found in wordings.items()
            },
        )

    @classmethod
    def read(
        cls,
        meetings: Sequence[Meeting],
        known: Sequence[Name] = (),
        disclaimer: Passage | None = None,
    ) -> "Names":
        """Take the names of a corpus.

        Args:
            meetings: The meetings.
            known: The names that a person wrote down.
            disclaimer: Whose views the page gives; it spells names out too.

        Returns:
            The names.
        """
        passages = [passage for meeting in meetings for passage in meeting.passages]
        passages += [disclaimer] if disclaimer is not None else []
        units = _units(meetings, passages)
        things = _merge(known, _pairs(units))
        bare = cls(things)
        held: list[list[str]] = [[] for _ in things]
        given: list[list[str]] = [[] for _ in things]
        for passage in passages:
            for language in LANGUAGES:
                rendition = passage.renditions.get(language)
                if rendition is None:
                    continue
                for found in bare.find(rendition.text, language, nested=True):
                    if not found.short:
                        held[found.thing].append(passage.id)
                for spelled in spelled_out(rendition.text):
                    for at in bare.spelled_by(spelled, language):
                        given[at].append(passage.id)
        return cls(
            things,
            tuple(
                tuple(dict.fromkeys(strong or weak))
                for strong, weak in zip(given, held, strict=True)
            ),
        )

    def spelled_by(self, spelled: Spelled, language: Language) -> tuple[int, ...]:
        """Find the things that an acronym stands for where a text spells it out.

        Args:
            spelled: The acronym and its words.
            language: The language of the text.

        Returns:
            Places of the things.
        """
        line = _key(spelled.full, language)
        return tuple(
            at
            for wording, at in self._wordings[language].get(line[0] if line else "", ())
            if wording == line and at in self._shorts.get("".join(words(spelled.short)), ())
        )

    def find(
        self, text: str, language: Language | None = None, *, nested: bool = False
    ) -> tuple[Found, ...]:
        """Find the names in a text.

        Wordings are compared by stems, whatever stop words stand between; acronyms by letters in
        any case. An acronym that is also a stop word, as "ai", counts in capitals, alone, or
        where the other words are not of the language in which it is one.

        Args:
            text: The text, in NFC.
            language: Its language, when known.
            nested: Whether names inside longer ones are wanted too.

        Returns:
            The names, in order of place, longer ones first.
        """
        tokens = [
            _Token(match.start(), match.end(), match.group(), _folded(match.group()))
            for match in _TOKEN.finditer(text)
        ]
        found = [
            Found(token.begin, token.end, thing, short=True)
            for token in tokens
            if token.word in self._shorts and _is_meant(token, tokens, text, language)
            for thing in self._shorts[token.word]
        ]
        found += self._spans(tokens)
        found = sorted(dict.fromkeys(found), key=lambda item: (item.begin, -item.end))
        return tuple(found) if nested else _longest(found)

    def _spans(self, tokens: Sequence[_Token]) -> Iterator[Found]:
        content = [token for token in tokens if token.word not in _ALL_STOPS]
        for language in LANGUAGES:
            # A word of a name may be a stop word of the other language: "generative AI".
            own = [token for token in tokens if token.word not in _STOPS[language]]
            for line in (content, own)[: 1 + (len(own) > len(content))]:
                cut = stemmed([token.word for token in line], language)
                for at, stem in enumerate(cut):
                    for wording, thing in self._wordings[language].get(stem, ()):
                        end = at + len(wording)
                        if tuple(cut[at:end]) == wording:
                            yield Found(line[at].begin, line[end - 1].end, thing, short=False)

    def expand(self, text: str, language: Language | None = None) -> tuple[str, ...]:
        """Word a text otherwise: each name by its other names, in both languages.

        Args:
            text: A question or a topic.
            language: The language it is written in, when known.

        Returns:
            The text itself, then its variants, each once, `MOST_VARIANTS` at most.
        """
        text = unicodedata.normalize("NFC", text)
        places: dict[tuple[int, int], list[str]] = {}
        for item in self.find(text, language):
            typed = text[item.begin : item.end]
            options = places.setdefault((item.begin, item.end), [typed])
            seen = {fold(option) for option in options}
            options += [name for name in self.things[item.thing].variants if fold(name) not in seen]
        variants = {text: None}
        for chosen in itertools.islice(itertools.product(*places.values()), 4 * MOST_VARIANTS):
            variant, edge = "", 0
            for (begin, end), option in zip(places, chosen, strict=True):
                variant += text[edge:begin] + option
                edge = end
            variants[variant + text[edge:]] = None
        return tuple(itertools.islice(variants, MOST_VARIANTS))

    def stands_for(self, text: str, language: Language | None = None) -> tuple[Expansion, ...]:
        """Find what the acronyms and the names of a question stand for.

        Args:
            text: The question.
            language: The language it is written in, when known.

        Returns:
            One expansion for each thing that has an acronym, acronyms typed before names.
        """
        text = unicodedata.normalize("NFC", text)
        found = sorted(self.find(text, language), key=lambda item: not item.short)
        expansions = {
            item.thing: Expansion(
                text[item.begin : item.end], self.things[item.thing], self._spelled(item.thing)
            )
            for item in reversed(found)
            if self.things[item.thing].shorts
        }
        return tuple(reversed(expansions.values()))

    def _spelled(self, thing: int) -> tuple[str, ...]:
        return self.passages[thing] if self.passages else ()

    def readings(self, word: str) -> tuple[frozenset[str], ...]:
        """Tell what a word may stand for, one set of words a reading.

        Args:
            word: A folded word.

        Returns:
            For an acronym, the words of the first wording of each language; for another name of
            one word, the first wordings, less itself; none for other words.
        """
        found = [
            frozenset(words(wordings[0])) - _ALL_STOPS
            for at in self._shorts.get(word, ())
            for language in LANGUAGES
            if (wordings := self.things[at].get(language))
        ]
        for language in LANGUAGES:
            stem = stemmed([word], language)[0]
            for line, at in self._wordings[language].get(stem, ()):
                if len(line) > 1:
                    continue
                firsts = {
                    spoken: words(wordings[0])
                    for spoken in LANGUAGES
                    if (wordings := self.things[at].get(spoken))
                }
                if [word] in firsts.values():
                    continue
                same = [
                    wording
                    for spoken, wording in firsts.items()
                    if stemmed(wording, spoken) == stemmed([word], spoken)
                ]
                found += [frozenset(wording) for wording in same or firsts.values()]
        return tuple(dict.fromkeys(found))

    def aliases(self, word: str) -> frozenset[str]:
        """Tell what a word may stand for.

        Args:
            word: A folded word.

        Returns:
            The folded words of every reading, stop words left out; none when it stands for
            itself alone.
        """
        return frozenset().union(*self.readings(word))


def stemmed(tokens: Sequence[str], language: Language) -> list[str]:
    """Stem words that lost their accents.

    Args:
        tokens: Folded words.
        language: Whose endings are cut; twice in French, where "ée" without its accent leaves an
            ending behind.

    Returns:
        One stem a word, in order.
    """
    return [_stem(token, language) for token in tokens]


# More than the words of the corpus, which are stemmed again and again.
@lru_cache(maxsize=16_384)
def _stem(token: str, language: Language) -> str:
    [stem] = stems([token], language)
    return stems([stem], language)[0] if language == "fr" else stem


def _key(text: str, language: Language) -> tuple[str, ...]:
    """Return what a wording is compared by: the stems of its words that are no stop words."""
    tokens = words(text)
    content = [token for token in tokens if token not in _ALL_STOPS]
    # A name of two words of which one is an acronym and a stop word keeps both.
    if len(content) < 2:
        content = [token for token in tokens if token not in _STOPS[language]] or tokens
    return tuple(stemmed(content, language))


def _folded(word: str) -> str:
    """Fold a word, with a short way for most of them."""
    return (word.lower() if word.isascii() else fold(word)).replace(".", "")


def _is_meant(
    token: _Token, tokens: Sequence[_Token], text: str, language: Language | None
) -> bool:
    """Tell whether a word with the letters of an acronym is one."""
    stop = [spoken for spoken in LANGUAGES if token.word in _STOPS[spoken]]
    if not stop or len(tokens) == 1:
        return True
    shouted = text.isupper()
    if token.raw.isupper() and not shouted:
        return True
    if text[max(token.begin - 1, 0) : token.begin] in tuple(_APOSTROPHES):
        return False
    if language is not None or len(stop) == len(LANGUAGES):
        return language is not None and language not in stop
    rest = {item.word for item in tokens if item is not token}
    own = _STOPS[stop[0]] - _STOPS[other(stop[0])]
    return len(rest & (_STOPS[other(stop[0])] - _STOPS[stop[0]])) >= len(rest & own)


def _longest(found: Sequence[Found]) -> tuple[Found, ...]:
    """Leave out names that overlap a longer one; names of the same place all stay."""
    kept: list[Found] = []
    for item in sorted(found, key=lambda item: item.begin - item.end):
        if all(
            item.end <= taken.begin
            or taken.end <= item.begin
            or (item.begin, item.end) == (taken.begin, taken.end)
            for taken in kept
        ):
            kept.append(item)
    return tuple(sorted(kept, key=lambda item: item.begin))


def _units(meetings: Sequence[Meeting], passages: Sequence[Passage]) -> list[Bilingual]:
    """List everything said once, in both languages."""
    found = [passage.renditions for passage in passages]
    found += [
        section.heading
        for meeting in meetings
        for section in meeting.sections
        if section.heading is not None
    ]
    found += [passage.lead_in for passage in passages if passage.lead_in is not None]
    return list(dict.fromkeys(found))


def _pairs(units: Sequence[Bilingual]) -> list[Mapping[Language, Spelled]]:
    """List what the pages spell out, in page order, with its like in the other language."""
    spelled: list[dict[Language, list[Spelled]]] = []
    used: dict[tuple[Language, str], set[int]] = {}
    for at, unit in enumerate(units):
        both: dict[Language, list[Spelled]] = {}
        for language in LANGUAGES:
            rendition = unit.get(language)
            text = rendition.text if rendition is not None else ""
            both[language] = list(dict.fromkeys(spelled_out(text)))
            for token in set(_TOKEN.findall(text)):
                used.setdefault((language, token), set()).add(at)
        spelled.append(both)
    pairs: list[Mapping[Language, Spelled]] = []
    for both in spelled:
        for left in both["fr"]:
            right = _like(left, both, "fr", used)
            mutual = right is not None and _like(right, both, "en", used) == left
            pairs.append({"fr": left, "en": right} if mutual and right else {"fr": left})
        taken = {pair["en"] for pair in pairs if "en" in pair}
        pairs += [{"en": right} for right in both["en"] if right not in taken]
    return pairs


def _like(
    spelled: Spelled,
    both: Mapping[Language, Sequence[Spelled]],
    language: Language,
    used: Mapping[tuple[Language, str], set[int]],
) -> Spelled | None:
    """Find the acronym of the other rendition that stands in the same places; None in doubt."""
    own = used.get((language, spelled.short), set())
    scores: dict[Spelled, float] = {}
    for candidate in both[other(language)]:
        its = used.get((other(language), candidate.short), set())
        scores[candidate] = len(own & its) / max(len(own | its), 1)
    best = max(scores.values(), default=0.0)
    found = [candidate for candidate, score in scores.items() if score == best]
    return found[0] if len(found) == 1 else None


def _merge(known: Sequence[Name], pairs: Sequence[Mapping[Language, Spelled]]) -> tuple[Name, ...]:
    """Add what the pages spell out to what a person wrote down."""
    things: list[dict[Language, tuple[list[str], list[str]]]] = [
        {language: (list(name.get(language)), list(name.short(language))) for language in LANGUAGES}
        for name in known
    ]
    # What both renditions spell out joins what one of them spells out elsewhere.
    for pair in sorted(pairs, key=len, reverse=True):
        keys = {language: _key(spelled.full, language) for language, spelled in pair.items()}
        same = [
            thing
            for thing in things
            if any(
                key == _key(wording, language)
                for language, key in keys.items()
                for wording in thing[language][0]
            )
        ]
        if not same:
            things.append({language: ([], []) for language in LANGUAGES})
        thing = (same or things[-1:])[0]
        for language, spelled in pair.items():
            wordings, shorts = thing[language]
            if keys[language] not in [_key(wording, language) for wording in wordings]:
                wordings.append(spelled.full)
            if fold(spelled.short) not in [fold(short) for short in shorts]:
                shorts.append(spelled.short)
    return tuple(
        Name(
            tuple(thing["fr"][0]),
            tuple(thing["en"][0]),
            tuple(thing["fr"][1]),
            tuple(thing["en"][1]),
        )
        for thing in things
    )
