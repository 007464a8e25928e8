"""The texts under which passages are indexed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ccs_qa.records import LANGUAGES, Bilingual, Hints, Language, Passage

ViewKind = Literal["plain", "context", "hint"]
KINDS: tuple[ViewKind, ...] = ("plain", "context", "hint")


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
    """One text under which a passage is indexed.

    Attributes:
        passage: Position of the passage in the index.
        language: Language of the text.
        kind: What the text is made of.
        text: The text itself.
    """

    passage: int
    language: Language
    kind: ViewKind
    text: str


def _in(value: Bilingual | None, language: Language) -> str:
    rendition = value.get(language) if value is not None else None
    return rendition.text if rendition is not None else ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", ":", "?", "!")) else f"{text}."


def context_of(passage: Passage, title: Bilingual | None, language: Language) -> str:
    """Write what stands above a passage: meeting title, section, lead-in.

    Args:
        passage: The passage.
        title: The title of its meeting, when it has one.
        language: The language wanted.

    Returns:
        The parts that exist in that language, as sentences; empty when there are none.
    """
    parts = [_in(title, language), _in(passage.section, language), _in(passage.lead_in, language)]
    own = _in(passage.renditions, language)
    kept = [part for index, part in enumerate(parts) if part and part not in (own, *parts[:index])]
    return " ".join(_sentence(part) for part in kept)


def make_views(
    passages: Sequence[Passage],
    titles: Sequence[Bilingual | None],
    hints: Mapping[str, Hints],
    split: Callable[[str], Sequence[str]],
) -> tuple[View, ...]:
    """List every view of every passage, passage by passage.

    Args:
        passages: The passages, in index order.
        titles: The meeting title of each.
        hints: Hints by passage id.
        split: Cuts a text that exceeds the encoder's window, else returns it alone.

    Returns:
        Views ordered by passage, then kind, then language.
    """
    views: list[View] = []
    for position, (passage, title) in enumerate(zip(passages, titles, strict=True)):
        for language in LANGUAGES:
            text = _in(passage.renditions, language)
            if not text:
                continue
            above = context_of(passage, title, language)
            for piece in split(text):
                views.append(View(position, language, "plain", piece))
                views.append(View(position, language, "context", f"{above} {piece}".strip()))
        known = hints.get(passage.id, Hints())
        views += [View(position, "fr", "hint", text) for text in known.fr]
        views += [View(position, "en", "hint", text) for text in known.en]
    return tuple(views)
