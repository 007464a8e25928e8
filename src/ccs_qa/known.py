"""What is known besides the pages: questions that they answer or not, samples, names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ccs_qa.records import Language

T = TypeVar("T")


class _InBoth(Generic[T]):
    """What is written in both languages, as `fr` and `en`."""

    __slots__ = ()
    fr: T
    en: T

    def get(self, language: Language) -> T:
        """Return what is written in a language.

        Args:
            language: The language.

        Returns:
            The text or texts, in their order.
        """
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Hints(_InBoth[tuple[str, ...]]):
    """Questions that a passage answers, written at index time.

    Attributes:
        fr: Questions in French.
        en: Questions in English.
    """

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Theme(_InBoth[tuple[str, ...]]):
    """Broad questions that several passages answer, often of several meetings.

    Attributes:
        name: What they are about.
        passages: Ids of the passages, each of which answers every question at least in part.
        fr: Questions in French.
        en: Questions in English.
    """

    name: str
    passages: tuple[str, ...]
    fr: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample(_InBoth[str]):
    """A question that the page proposes, read with its answer by a person.

    Attributes:
        fr: Its wording in French.
        en: Its wording in English.
        passages: Ids of the passages that a whole answer quotes.
    """

    fr: str
    en: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownQuestions:
    """Questions written at index time, of which it is known what answers them.

    Attributes:
        hints: Questions that a passage answers, by passage id.
        themes: Questions that several passages answer.
        near_misses: Questions that no passage answers, by what they are about.
    """

    hints: Mapping[str, Hints] = field(default_factory=dict)
    themes: tuple[Theme, ...] = ()
    near_misses: Mapping[str, Hints] = field(default_factory=dict)

    @property
    def answered(self) -> tuple[str, ...]:
        """The texts of the questions that some passage answers."""
        hints = [text for item in self.hints.values() for text in (*item.fr, *item.en)]
        return (*hints, *(text for item in self.themes for text in (*item.fr, *item.en)))

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The texts of the questions that no passage answers."""
        return tuple(text for item in self.near_misses.values() for text in (*item.fr, *item.en))


@dataclass(frozen=True, slots=True)
class Name(_InBoth[tuple[str, ...]]):
    """One thing, under all its names.

    Attributes:
        fr: Its wordings in French, that of the pages first.
        en: Its wordings in English, likewise.
        short_fr: The acronyms that stand for it in French.
        short_en: The acronyms that stand for it in English.
    """

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    short_fr: tuple[str, ...] = ()
    short_en: tuple[str, ...] = ()

    def short(self, language: Language) -> tuple[str, ...]:
        """Return the acronyms in a language.

        Args:
            language: The language.

        Returns:
            The acronyms.
        """
        return self.short_fr if language == "fr" else self.short_en

    @property
    def shorts(self) -> tuple[str, ...]:
        """The acronyms of both languages, each once."""
        return tuple(dict.fromkeys((*self.short_fr, *self.short_en)))
