"""Errors in words for a person."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten

from ccs_qa.errors import CcsQaError, Said
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.records import LANGUAGES, Language
from ccs_qa.text.strings import visible

_MOST = 200
_PLACES = {"line": "error.page.place.line", "paragraph": "error.page.place.paragraph"}


@dataclass(frozen=True, slots=True)
class Wording:
    """An error in words."""

    title: str
    detail: str
    next: str


def word_error(error: CcsQaError) -> dict[Language, Wording]:
    """Word an error, by language."""
    return {language: _word(error, catalogue(language)) for language in LANGUAGES}


def _word(error: CcsQaError, words: Catalogue) -> Wording:
    stem = f"error.{error.code}"
    reason = (
        error.details.get("problem") or error.details.get("reason") or error.details.get("what")
    )
    specific = f"{stem}.{reason}"
    key = specific if words.has(specific) else f"{stem}.detail"
    details = {
        # The words of a file as they stand there, a date too; enough of them to be found.
        name: visible(shorten(str(value), _MOST, placeholder=" …"))
        if name == "text"
        else _shown(value, words)
        for name, value in error.details.items()
    }
    if "line" in details:
        unit = "paragraph" if details.get("unit") == "paragraph" else "line"
        details["place"] = words.text(_PLACES[unit], line=details["line"])
    following = f"{key}.next"
    return Wording(
        title=words.text(f"{stem}.title"),
        detail=words.text(key, **details),
        next=words.text(following if words.has(following) else f"{stem}.next", **details),
    )


def _shown(value: object, words: Catalogue) -> object:
    """Write a day in words; what was typed cannot hide or turn around the words beside it."""
    if isinstance(value, Mapping):  # the same in each language
        return visible(value[words.language])
    if isinstance(value, tuple):
        return "; ".join(str(_shown(item, words)) for item in value)
    if isinstance(value, Said):
        shown = {name: _shown(item, words) for name, item in value.values.items()}
        return words.text(value.key, **shown)
    if not isinstance(value, str):
        return value
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return visible(value)
    # A number of eight digits would be a day as well, but not to its reader.
    return words.date(day) if value == day.isoformat() else value
