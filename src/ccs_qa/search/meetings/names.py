"""What things are called: acronyms, wordings of both languages, and where the pages spell them out.

Names come from two places: a reviewed file of the corpus, and the pages, where they spell an
acronym out: "Service Advisory Committee (SAC)". What the pages spell out is added to the thing of
the file that has the same wording; else it is a thing of its own. The acronyms of both languages
are one thing when both renditions of a passage spell them out and no other acronym stands in the
same passages as either.
"""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from ccs_qa.corpus.known import Name
from ccs_qa.index.lexical import stems
from ccs_qa.records import LANGUAGES, Bilingual, Language, Meeting, Passage, other
from ccs_qa.text.strings import STOP_WORDS, STOPS, fold, fold_in_place, words

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+")
_SHORT = r"[^\W\d_](?:[.&-]?[^\W_]){1,9}\.?"
_BEFORE = re.compile(rf"\(\s*[«“\"]?\s*({_SHORT})\s*[»”\"]?\s*\)")
_INSIDE = re.compile(rf"(?<!\w)({_SHORT})\s*\(([^()]{{3,200}})\)")
_BREAK = re.compile(r"[.;:!?()\[\]«»“”\"\n]")


class Spelled(NamedTuple):
    """An acronym as written, and the words that a text says it stands for."""

    short: str
    full: str


class Found(NamedTuple):
    """Where a name stands in a text, the place of its thing, and whether it is an acronym."""

    begin: int
    end: int
    thing: int
    short: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """What an acronym or a name of a question stands for, and the passages that spell it out.

    Those that give acronym and words together when there are any, else those that hold the words.
    """

    typed: str
    name: Name
    passages: tuple[str, ...]


class _Token(NamedTuple):
    """A word of a text: where it stands, as written, and folded without points."""

    begin: int
    end: int
    raw: str
    word: str


class Names:
    """Knows what things are called."""

    def __init__(
        self, things: Sequence[Name] = (), passages: Sequence[tuple[str, ...]] = ()
    ) -> None:
        """Index acronyms by word, and wordings by the stem of their first word."""
        self.things = tuple(things)
        self.passages = tuple(passages) or ((),) * len(self.things)
        self._shorts: dict[str, list[int]] = defaultdict(list)
        self._wordings: dict[tuple[Language, str], list[tuple[tuple[str, ...], int]]]
        self._wordings = defaultdict(list)
        for at, thing in enumerate(self.things):
            for short in thing.shorts:
                self._shorts[_letters(short)].append(at)
            for language in LANGUAGES:
                for key in filter(None, (_key(text, language) for text in thing.get(language))):
                    self._wordings[language, key[0]].append((key, at))

    @classmethod
    def read(
        cls,
        meetings: Sequence[Meeting],
        known: Sequence[Name] = (),
        disclaimer: Passage | None = None,
    ) -> "Names":
        """Take the names of a corpus: those written down, then those that pages alone spell out."""
        passages = [passage for meeting in meetings for passage in meeting.passages]
        passages += [disclaimer] if disclaimer is not None else []
        headings = [section.heading for meeting in meetings for section in meeting.sections]
        beside = [*headings, *(passage.lead_in for passage in passages)]
        units = [*(passage.renditions for passage in passages), *filter(None, beside)]
        names = cls(_merge(known, _pairs(list(dict.fromkeys(units)))))
        held: dict[int, list[str]] = defaultdict(list)
        given: dict[int, list[str]] = defaultdict(list)
        for passage in passages:
            for said in passage.renditions.spoken:
                for found in names.find(said.text, said.language, nested=True):
                    if not found.short:
                        held[found.thing].append(passage.id)
                for spelled in spelled_out(said.text):
                    for thing in names._worded(spelled.full, said.language):
                        if thing in names._shorts.get(_letters(spelled.short), ()):
                            given[thing].append(passage.id)
        spelling = [given[at] or held[at] for at in range(len(names.things))]
        return cls(names.things, [tuple(dict.fromkeys(found)) for found in spelling])

    def _worded(self, full: str, language: Language) -> list[int]:
        key = _key(full, language)
        return [thing for other, thing in self._wordings[language, key[0]] if other == key]

    def find(
        self, text: str, language: Language | None = None, *, nested: bool = False
    ) -> tuple[Found, ...]:
        """Find the names in a text in NFC, in order, longer ones first; nested ones if wanted.

        Wordings are compared by stems, whatever stop words stand between; acronyms by letters in
        any case. An acronym that is also a stop word, as "ai", counts in capitals, alone, or
        where the other words are not of the language in which it is one.
        """
        tokens = [
            _Token(*match.span(), match[0], fold(match[0]).replace(".", ""))
            for match in _TOKEN.finditer(text)
        ]
        found = {
            Found(token.begin, token.end, thing, short=True)
            for token in tokens
            if token.word in self._shorts and _is_meant(token, tokens, text, language)
            for thing in self._shorts[token.word]
        } | {*self._spans(tokens)}
        kept: list[Found] = []
        for item in sorted(found, key=lambda item: (item.begin - item.end, item.thing)):
            # Names of the same place all stay.
            if nested or not any(
                item.begin < taken.end and taken.begin < item.end and item[:2] != taken[:2]
                for taken in kept
            ):
                kept.append(item)
        return tuple(sorted(kept, key=lambda item: (item.begin, -item.end)))

    def _spans(self, tokens: Sequence[_Token]) -> Iterator[Found]:
        content = [token for token in tokens if token.word not in STOPS]
        for language in LANGUAGES:
            # A word of a name may be a stop word of the other language: "generative AI".
            own = [token for token in tokens if token.word not in STOP_WORDS[language]]
            for line in (content, own)[: 1 + (len(own) > len(content))]:
                cut = tuple(stemmed([token.word for token in line], language))
                for at, stem in enumerate(cut):
                    for wording, thing in self._wordings.get((language, stem), ()):
                        end = at + len(wording)
                        if cut[at:end] == wording:
                            yield Found(line[at].begin, line[end - 1].end, thing, short=False)

    def stands_for(self, text: str, language: Language | None = None) -> tuple[Expansion, ...]:
        """Expand each thing of a question that has an acronym, acronyms typed before names."""
        text = unicodedata.normalize("NFC", text)
        expansions: dict[int, Expansion] = {}
        for found in sorted(self.find(text, language), key=lambda item: not item.short):
            thing, typed = self.things[found.thing], text[found.begin : found.end]
            if thing.shorts:
                expansion = Expansion(typed, thing, self.passages[found.thing])
                expansions.setdefault(found.thing, expansion)
        return tuple(expansions.values())

    def readings(self, word: str) -> tuple[frozenset[str], ...]:
        """Tell the content words that a folded word may stand for, one set for each language."""
        things = (self.things[found.thing] for found in self.find(word))
        wordings = (thing.get(language)[:1] for thing in things for language in LANGUAGES)
        return tuple(frozenset(words(wording)) - STOPS for [wording] in filter(None, wordings))


# Endings of those who do something, which a stemmer takes off.
_DOERS: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(r"([eo]r)(?:s|ed|ing)?$"),
    "fr": re.compile(r"(at)(?:eur|rice)s?$"),
}


def stemmed(tokens: Sequence[str], language: Language) -> list[str]:
    """Stem folded words; twice in French, where "ée" without its accent leaves an ending behind."""
    return [_stem(token, language) for token in tokens]


# More than the words of the corpus, which are stemmed again and again.
@lru_cache(maxsize=16_384)
def _stem(token: str, language: Language) -> str:
    [stem] = stems([token], language)
    stem = stems([stem], language)[0] if language == "fr" else stem
    # Who does something is not what is done: "influencers" do not stand where "influence" does.
    done = _DOERS[language].search(token)
    return f"{stem}{done[1]}" if done and not stem.endswith(done[1]) else stem


def _key(text: str, language: Language) -> tuple[str, ...]:
    """Return what a wording is compared by: the stems of its words that are no stop words."""
    tokens = words(text)
    content = [token for token in tokens if token not in STOPS]
    # A name of two words of which one is an acronym and a stop word keeps both.
    if len(content) < 2:
        content = [token for token in tokens if token not in STOP_WORDS[language]] or tokens
    return tuple(stemmed(content, language))


def _letters(short: str) -> str:
    return "".join(words(short))


def _is_meant(
    token: _Token, tokens: Sequence[_Token], text: str, language: Language | None
) -> bool:
    """Tell whether a word with the letters of an acronym is one."""
    stop = [spoken for spoken in LANGUAGES if token.word in STOP_WORDS[spoken]]
    if not stop or len(tokens) == 1 or (token.raw.isupper() and not text.isupper()):
        return True
    if token.begin and text[token.begin - 1] in "'’ʼ‘":
        return False
    if language is not None or len(stop) == len(LANGUAGES):
        return language is not None and language not in stop
    own, its = STOP_WORDS[stop[0]], STOP_WORDS[other(stop[0])]
    rest = {item.word for item in tokens if item is not token}
    return len(rest & (its - own)) >= len(rest & (own - its))


def spelled_out(text: str) -> Iterator[Spelled]:
    """Find the acronyms that a text spells out, those behind their words first.

    The initials of the words before a parenthesis, or inside one after the acronym, have to be its
    letters in order (Schwartz and Hearst, 2003, on words instead of characters); articles,
    prepositions and elided articles may stand between. A name that shortens otherwise, as CX does
    "client experience", is not found so.
    """
    before = (
        (match[1], _BREAK.split(text[: match.start()])[-1]) for match in _BEFORE.finditer(text)
    )
    inside = ((match[1], match[2]) for match in _INSIDE.finditer(text))
    for at, found in enumerate((before, inside)):
        for short, said in found:
            words_of = _initials(_letters(short)).search(fold_in_place(said))
            capitals, letters = sum(map(str.isupper, short)), sum(map(str.isalpha, short))
            if words_of is None or capitals < max(2, letters / 2):
                continue
            begin, end = words_of.span("full")
            if not at or not {*words(said[:begin])} - STOPS:
                yield Spelled(short, said[begin:end])


@lru_cache
def _initials(letters: str) -> re.Pattern[str]:
    """Match the words at the end of a text that begin with some letters; neither end is a stop."""
    stop = rf"(?:{'|'.join(sorted(STOPS))})"
    # What follows a hyphen may have no letter of its own.
    each = [rf"{letter}\w*(?:[-‑]\w+)*?" for letter in letters]
    each[-1] = rf"(?!{stop}\b){each[-1]}"
    between = rf"(?:[-‑]|[\s,'’]+(?:{stop}[\s'’]+)*)"
    return re.compile(rf"(?<!\w)(?!{stop}\b)(?P<full>{between.join(each)})(?:[\s,]*)$")


def _pairs(units: Sequence[Bilingual]) -> list[Mapping[Language, Spelled]]:
    """List what the pages spell out, in page order, with its like in the other language."""
    places: dict[tuple[Language, str], set[int]] = defaultdict(set)
    for at, unit in enumerate(units):
        for said in unit.spoken:
            for token in _TOKEN.findall(said.text):
                places[said.language, token].add(at)
    pairs: list[Mapping[Language, Spelled]] = []
    for unit in units:
        spelled = {said.language: [*dict.fromkeys(spelled_out(said.text))] for said in unit.spoken}
        left, right = spelled.get("fr", []), spelled.get("en", [])
        likeness: dict[tuple[Spelled, Spelled], float] = {}
        for one, two in itertools.product(left, right):
            here, there = places["fr", one.short], places["en", two.short]
            likeness[one, two] = len(here & there) / max(len(here | there), 1)
        # Those that are more alike than either is to any other; in doubt they stay apart.
        sure = {
            one: two
            for (one, two), score in likeness.items()
            if all(
                score > its
                for (first, second), its in likeness.items()
                if (first == one) != (second == two)
            )
        }
        pairs += [{"fr": one, "en": sure[one]} if one in sure else {"fr": one} for one in left]
        pairs += [{"en": two} for two in right if two not in sure.values()]
    return pairs


def _merge(known: Sequence[Name], pairs: Sequence[Mapping[Language, Spelled]]) -> list[Name]:
    """Add what the pages spell out to what a person wrote down."""
    things = list(known)
    # What both renditions spell out joins what one of them spells out elsewhere.
    for pair in sorted(pairs, key=len, reverse=True):
        keys = {language: _key(spelled.full, language) for language, spelled in pair.items()}
        same = (
            at
            for at, thing in enumerate(things)
            for language, key in keys.items()
            if key in [_key(wording, language) for wording in thing.get(language)]
        )
        at = next(same, len(things))
        things += [Name()] if at == len(things) else []
        for language, (short, full) in pair.items():
            wordings, shorts = things[at].get(language), things[at].short(language)
            if keys[language] not in [_key(wording, language) for wording in wordings]:
                wordings += (full,)
            if fold(short) not in map(fold, shorts):
                shorts += (short,)
            changed = {language: wordings, f"short_{language}": shorts}
            things[at] = replace(things[at], **changed)
    return things
