"""Reads slips of the keyboard as the words of the corpus that were meant.

A word is read as another only when no dictionary of either language knows it and the corpus holds
a word one slip away (Damerau, 1964, doi:10.1145/363958.363994: one letter wrong, missing or too
many, or two swapped, are four in five of all misspellings). What stands between quotation marks
is taken as it is, which is how a reading is undone. Accents left out of a French word that the
corpus holds are set without further ado: the word is the same.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from babel.dates import get_month_names
from spellchecker import SpellChecker

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import LANGUAGES, Language
from ccs_qa.text.strings import fold

# Fewer letters are one slip away from too many words.
_LEAST_LETTERS = 4
# Shorter words are other words with their accents: "a" and "à", "ou" and "où".
_LEAST_ACCENTED = 3
# British and Canadian endings, and the American ones that the dictionary has.
_SPELLINGS = (
    (r"([iy])s(e[ds]?|ers?|ing|ations?|ational)$", r"\1z\2"),
    (r"our", "or"),
    (r"tre(s?)$", r"ter\1"),
    (r"que(s?)$", r"ck\1"),
    (r"mme(s?)$", r"m\1"),
    (r"ll(ed|ing|ers?)$", r"l\1"),
)
_TOKEN = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"|[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A wording without its slips."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


class _Known:
    """The words of one language: as written, and folded with their commonest spelling."""

    def __init__(self, texts: Iterable[str]) -> None:
        found = Counter(word for text in texts for word in _WORD.findall(text))
        self.written = {word.lower() for word in found}
        self.spellings: dict[str, str] = {}
        folded: Counter[str] = Counter()
        for word, number in found.most_common():
            folded[fold(word)] += number
            self.spellings.setdefault(fold(word), word)
        self.nearby = SpellChecker(language=None, distance=1)
        self.nearby.word_frequency.load_json(dict(folded))


class Speller:
    """Knows the words of a corpus, and how they are spelled."""

    def __init__(self, texts: Mapping[Language, Iterable[str]]) -> None:
        """Learn the words."""
        self._known = {item: _Known(texts.get(item, ())) for item in LANGUAGES}

    def read(self, text: str, language: Language) -> Reading:
        """Read a wording."""
        changes: list[tuple[str, str]] = []

        def meant(match: re.Match[str]) -> str:
            typed = match[0]
            if (restored := self._accented(typed, language)) != typed:
                return restored
            found = self._meant(typed, language) if typed[0].isalpha() else None
            if found is None:
                return typed
            changes.append((typed, found))
            return found

        return Reading(_TOKEN.sub(meant, text), tuple(changes))

    def _accented(self, typed: str, language: Language) -> str:
        """Set the accents of a French word that was typed without any, as the corpus does."""
        plain, known = len(typed) >= _LEAST_ACCENTED and typed.isascii(), self._known["fr"]
        if language != "fr" or not plain or typed.lower() in known.written:
            return typed
        spelled = known.spellings.get(typed.lower(), "").lower()
        if len(spelled) != len(typed):
            return typed
        pairs = zip(typed, spelled, strict=True)
        return "".join(mark.upper() if letter.isupper() else mark for letter, mark in pairs)

    def _meant(self, typed: str, language: Language) -> str | None:
        word, known, nearby = fold(typed), self._known[language], self._known[language].nearby
        spelled = any(word in item.spellings for item in self._known.values())
        if spelled or len(word) < _LEAST_LETTERS:
            return None
        # Nothing is one slip away from a longer word, and to look takes its length squared.
        if len(word) > nearby.word_frequency.longest_word_length + 1:
            return None
        near = [item for item in nearby.edit_distance_1(word) if item in known.spellings]
        near = [item for item in near if len(item) >= _LEAST_LETTERS]
        if not near or self._is_a_word(word):
            return None
        best = max(near, key=lambda other: (nearby[other], other))
        found = known.spellings[best]
        return found.capitalize() if typed[0].isupper() and found.islower() else found

    def _is_a_word(self, word: str) -> bool:
        """Tell whether a dictionary knows a word, in the spelling of any country."""
        variants = (re.sub(*rule, word) for rule in _SPELLINGS)
        return word in self._dictionary or any(item in self._dictionary for item in variants)

    @cached_property
    def _dictionary(self) -> frozenset[str]:
        """Every word of both languages, folded; read when first needed, as most never is."""
        words = "\n".join(
            word
            for language in LANGUAGES
            for word in SpellChecker(language=language).word_frequency.dictionary
        )
        return frozenset(fold(words).split("\n"))


def open_speller(corpus: Corpus) -> Speller:
    """Learn the words of a corpus, of its hints and of the calendar."""
    known = corpus.known
    return Speller(
        {
            language: [
                *(
                    rendition.text
                    for passage in corpus.passages
                    if (rendition := passage.renditions.get(language)) is not None
                ),
                *(text for item in known.hints.values() for text in item.get(language)),
                *(text for item in known.themes for text in item.get(language)),
                *get_month_names("wide", locale=language).values(),
            ]
            for language in LANGUAGES
        }
    )
