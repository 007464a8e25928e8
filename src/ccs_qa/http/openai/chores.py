"""What chat programs ask about a conversation itself: a title, tags, questions to go on with.

Nobody reads such a reply as an answer, so it quotes nothing: a title in the person's own words,
and otherwise the form that is asked for, empty.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.text.strings import clean, detect_language, fold

Form = Mapping[str, Any]
_CONVERSATION = r"\b(?:chat|conversation|dialogue|clavardage)"
_PRODUCT = (
    r"\b(?:titles?|titres?|names?|noms?|tags?|etiquettes?|keywords?|mots.cles|follow.?ups?|"
    r"quer(?:y|ies)|emojis?)\b"
)
_ABOUT = re.compile(
    rf"{_PRODUCT}.{{0,100}}?{_CONVERSATION}|{_CONVERSATION}.{{0,60}}?{_PRODUCT}", re.DOTALL
)
_LIMITS = re.compile(
    r"\b(?:only|just|concise|short|brief|punctuation|words?|characters?|quotes?|quotation|lead-in|"
    r"seulement|uniquement|court|bref|ponctuation|mots?|caracteres?|guillemets?)\b"
)
# Where a demand stands in a message, and its limits around its object, in characters.
_LONGEST = 4000
_AROUND = 300
# Whoever tells a conversation in one message puts the speaker before each line.
_SAID = re.compile(
    r"^\W{0,8}(?:user|human|utilisateur)\W{0,3}:\W{0,20}(\w.*)$", re.IGNORECASE | re.MULTILINE
)
_TITLE = re.compile(r"title|titre|name|nom", re.IGNORECASE)
_TAGS = re.compile(r"tag|etiquette|keyword", re.IGNORECASE)
_TITLE_WORDS = 7
# Of a demand only the first braces can begin the example of its form.
_MOST_BRACES = 8
_EMPTY: Form = {
    "string": "",
    "array": [],
    "object": {},
    "integer": 0,
    "number": 0.0,
    "boolean": False,
}


def reply_to_chore(
    text: str, earlier: Sequence[str], instructions: str, schema: object = None
) -> str | None:
    """Reply to what a program asks about its conversation; None where a person asks something.

    Args:
        text: The last message of the user.
        earlier: Those before it.
        instructions: What the program says beside, which counts where `text` only tells what was
            said.
        schema: The JSON schema that the reply has to have; None for none.
    """
    told = _SAID.search(text)
    asked = (f"{instructions}\n{text}" if told else text)[:_LONGEST]
    form = _of_schema(schema) or _example(asked)
    if not _is_chore(fold(asked), formed=form is not None):
        return None
    said = told.group(1) if told else next(iter(earlier), "")
    words = catalogue(detect_language(said or text))
    name = words.text("chat.title")
    title = _shortened(clean(said)) or name
    if form is None:
        return title
    filled = {key: _filled(key, value, title, name) for key, value in form.items()}
    return json.dumps(filled, ensure_ascii=False)


def _is_chore(asked: str, *, formed: bool) -> bool:
    """Tell a demand by its object and, unless it shows a form, by two limits beside that."""
    around = (
        asked[max(0, found.start() - _AROUND) : found.end() + _AROUND]
        for found in _ABOUT.finditer(asked)
    )
    return any(formed or len({*_LIMITS.findall(text)}) > 1 for text in around)


def _shortened(said: str) -> str:
    parts = said.strip("\"'“”«»").split()
    return " ".join(parts[:_TITLE_WORDS]) + ("…" if len(parts) > _TITLE_WORDS else "")


def _example(asked: str) -> Form | None:
    """Find the JSON object that a demand shows as its form."""
    if "json" not in asked.casefold():
        return None
    decoder = json.JSONDecoder()
    at = -1
    for _ in range(_MOST_BRACES):
        at = asked.find("{", at + 1)
        if at < 0:
            break
        try:
            found, _end = decoder.raw_decode(asked, at)
        except (ValueError, RecursionError):
            continue
        if found:
            return dict(found)
    return None


def _of_schema(schema: object) -> Form | None:
    """Read what a reply has to hold; None where the schema asks for no object with fields."""
    fields = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(fields, dict) or not fields:
        return None
    kinds = {
        str(name): field.get("type") if isinstance(field, dict) else None
        for name, field in fields.items()
    }
    return {name: _EMPTY.get(str(kind)) for name, kind in kinds.items()}


def _filled(key: str, value: object, title: str, name: str) -> object:
    if isinstance(value, str) and _TITLE.search(key):
        return title
    if isinstance(value, list) and _TAGS.search(fold(key)):
        return [name]
    return type(value)()
