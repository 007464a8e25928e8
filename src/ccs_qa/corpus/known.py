"""What is known besides the pages: questions that they answer or not, samples, names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import ConfigDict, Field

from ccs_qa.records import Language

_FORBID = ConfigDict(extra="forbid")
_Wording = Annotated[str, Field(pattern=r"^\S(?:.*\S)?$", max_length=200)]
_Wordings = Annotated[tuple[_Wording, ...], Field(max_length=20)]


@dataclass(frozen=True, slots=True)
class Hints:
    """Questions that a passage answers, written at index time."""

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def get(self, language: Language) -> tuple[str, ...]:
        """Return the questions in a language."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Theme:
    """Broad questions that several passages answer, each at least in part."""

    __pydantic_config__ = _FORBID

    theme: str
    passages: tuple[str, ...]
    fr: tuple[str, ...]
    en: tuple[str, ...]

    def get(self, language: Language) -> tuple[str, ...]:
        """Return the questions in a language."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class Sample:
    """A question that the page proposes, read with its answer by a person."""

    __pydantic_config__ = _FORBID

    fr: str
    en: str
    passages: tuple[str, ...]

    def get(self, language: Language) -> str:
        """Return the question in a language."""
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True, slots=True)
class KnownQuestions:
    """Questions written at index time, of which it is known what answers them."""

    hints: Mapping[str, Hints] = field(default_factory=dict)
    themes: tuple[Theme, ...] = ()
    near_misses: Mapping[str, Hints] = field(default_factory=dict)

    @property
    def answered(self) -> tuple[str, ...]:
        """The texts of the questions that some passage answers."""
        hints = [text for item in self.hints.values() for text in (*item.fr, *item.en)]
        return (*hints, *(text for item in self.themes for text in (*item.fr, *item.en)))


@dataclass(frozen=True, slots=True)
class Name:
    """One thing, under all its names, those of the pages first."""

    __pydantic_config__ = _FORBID

    fr: _Wordings = ()
    en: _Wordings = ()
    short_fr: _Wordings = ()
    short_en: _Wordings = ()

    def get(self, language: Language) -> tuple[str, ...]:
        """Return the wordings in a language, that of the pages first."""
        return self.fr if language == "fr" else self.en

    def short(self, language: Language) -> tuple[str, ...]:
        """Return the acronyms in a language."""
        return self.short_fr if language == "fr" else self.short_en

    @property
    def shorts(self) -> tuple[str, ...]:
        """The acronyms of both languages, each once."""
        return tuple(dict.fromkeys((*self.short_fr, *self.short_en)))
