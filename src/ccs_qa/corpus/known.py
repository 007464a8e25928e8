"""What is known besides the pages: questions that they answer or not, samples, names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeVar

from pydantic import ConfigDict, Field

from ccs_qa.records import Language

_FORBID = ConfigDict(extra="forbid")
_Said = TypeVar("_Said")
_Wording = Annotated[str, Field(pattern=r"^\S(?:.*\S)?$", max_length=200)]
_Wordings = Annotated[tuple[_Wording, ...], Field(max_length=20)]


class _Both(Generic[_Said]):
    """What is written in both languages, each in the field of its name."""

    __slots__ = ()

    def get(self, language: Language) -> _Said:
        """Return what is written in a language."""
        said: _Said = getattr(self, language)
        return said


@dataclass(frozen=True, slots=True)
class Hints(_Both[tuple[str, ...]]):
    """Questions that a passage answers, written at index time."""

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Theme(_Both[tuple[str, ...]]):
    """Broad questions that several passages answer, each at least in part."""

    __pydantic_config__ = _FORBID

    theme: str
    passages: tuple[str, ...]
    fr: tuple[str, ...]
    en: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample(_Both[str]):
    """A question that the page proposes, read with its answer by a person."""

    __pydantic_config__ = _FORBID

    fr: str
    en: str
    passages: tuple[str, ...]


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
class Name(_Both[_Wordings]):
    """One thing, under all its names, those of the pages first."""

    __pydantic_config__ = _FORBID

    fr: _Wordings = ()
    en: _Wordings = ()
    short_fr: _Wordings = ()
    short_en: _Wordings = ()

    def short(self, language: Language) -> tuple[str, ...]:
        """Return the acronyms in a language."""
        return self.short_fr if language == "fr" else self.short_en

    @property
    def shorts(self) -> tuple[str, ...]:
        """The acronyms of both languages, each once."""
        return tuple(dict.fromkeys((*self.short_fr, *self.short_en)))
