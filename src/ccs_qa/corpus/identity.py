"""Stable names of passages: they follow the words, not the place."""

import datetime as dt
import hashlib
import re
import unicodedata

from ccs_qa.records import PassageKind

_LETTER: dict[PassageKind, str] = {
    "title": "t",
    "format": "f",
    "objective": "o",
    "statement": "s",
    "disclaimer": "d",
}


def normalise(text: str) -> str:
    """Bring a text to the form that its name is made from.

    Typographic spaces and apostrophes, case and a trailing list mark do not count, so
    that a page set anew keeps its names.
    """
    plain = unicodedata.normalize("NFC", text).replace("\u2019", "'").casefold()
    return re.sub(r"\s+", " ", re.sub(r"\s*([:;.])", r"\1", plain)).strip(" ;.")


def passage_id(kind: PassageKind, meeting: dt.date | None, text: str, taken: set[str]) -> str:
    """Name a passage.

    Args:
        meeting: Its meeting; None for the disclaimer.
        taken: Names already given; the new one is added.

    Returns:
        `YYYY-MM-DD-<kind letter>-<8 hex digits>`, or `page-d-…`; an exact duplicate inside
        one meeting gets an ordinal.
    """
    digest = hashlib.sha256(normalise(text).encode()).hexdigest()[:8]
    base = f"{meeting.isoformat() if meeting else 'page'}-{_LETTER[kind]}-{digest}"
    name, ordinal = base, 2
    while name in taken:
        name, ordinal = f"{base}-{ordinal}", ordinal + 1
    taken.add(name)
    return name
