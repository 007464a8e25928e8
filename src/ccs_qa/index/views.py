"""The texts under which passages are indexed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ccs_qa.corpus.known import Hints, KnownQuestions, Theme
from ccs_qa.records import LANGUAGES, Bilingual, Language, Passage

ViewKind = Literal["plain", "context", "hint", "near-miss"]
KINDS: tuple[ViewKind, ...] = ("plain", "context", "hint", "near-miss")
# What is worded as a question, and encoded as one.
ASKED: tuple[ViewKind, ...] = ("hint", "near-miss")


class SplitterSettings(BaseModel):
    """How texts beyond the encoder's window are cut.

    Attributes:
        window: Longest piece in content tokens.
        overlap: Content tokens shared by neighbouring pieces.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    window: int
    overlap: int


@dataclass(frozen=True, slots=True)
class View:
    """A text under which passages are indexed (by position), or that none answers."""

    passages: tuple[int, ...]
    language: Language
    kind: ViewKind
    text: str


def _in(value: Bilingual | None, language: Language) -> str:
    rendition = value.get(language) if value is not None else None
    return rendition.text if rendition is not None else ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", ":", "?", "!")) else f"{text}."


def context_of(passage: Passage, title: Bilingual | None, language: Language) -> str:
    """Write what stands above a passage: meeting title, section, lead-in, as far as there are."""
    parts = [_in(title, language), _in(passage.section, language), _in(passage.lead_in, language)]
    own = _in(passage.renditions, language)
    kept = [part for index, part in enumerate(parts) if part and part not in (own, *parts[:index])]
    return " ".join(_sentence(part) for part in kept)


def make_views(
    passages: Sequence[Passage],
    titles: Sequence[Bilingual | None],
    known: KnownQuestions,
    split: Callable[[str], Sequence[str]],
) -> tuple[View, ...]:
    """List every view of every passage, then the questions of several passages or none.

    Args:
        split: Cuts a text that exceeds the encoder's window, else returns it alone.

    Returns:
        Views ordered by passage, then kind, then language; themes and near misses last.
    """
    views: list[View] = []
    for position, (passage, title) in enumerate(zip(passages, titles, strict=True)):
        for language in LANGUAGES:
            text = _in(passage.renditions, language)
            if not text:
                continue
            above = context_of(passage, title, language)
            for piece in split(text):
                views.append(View((position,), language, "plain", piece))
                views.append(View((position,), language, "context", f"{above} {piece}".strip()))
        views += _asked((position,), "hint", known.hints.get(passage.id, Hints()))
    places = {passage.id: position for position, passage in enumerate(passages)}
    for theme in known.themes:
        owners = tuple(places[name] for name in theme.passages if name in places)
        if owners:
            views += _asked(owners, "hint", theme)
    for missed in known.near_misses.values():
        views += _asked((), "near-miss", missed)
    return tuple(views)


def _asked(passages: tuple[int, ...], kind: ViewKind, questions: Hints | Theme) -> Iterator[View]:
    for language in LANGUAGES:
        for text in questions.get(language):
            yield View(passages, language, kind, text)
