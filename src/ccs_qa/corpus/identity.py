"""Stable names of passages: they follow the words, not the place, and survive corrections."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from ccs_qa.records import PassageKind


def normalise(text: str) -> str:
    """Bring a text to the form that its name is made from.

    Typographic spaces and apostrophes, case and a trailing list mark do not count, so
    that a page set anew keeps its names.
    """
    plain = unicodedata.normalize("NFC", text).replace("\u2019", "'").casefold()
    return re.sub(r"\s+", " ", re.sub(r"\s*([:;.])", r"\1", plain)).strip(" ;.")


def passage_id(
    kind: PassageKind,
    meeting: dt.date | None,
    text: str,
    taken: set[str],
    kept: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Name a passage.

    Args:
        meeting: Its meeting; None for the disclaimer.
        taken: Names already given; the new one is added.
        kept: Names that were given to other words, before they were corrected.

    Returns:
        `YYYY-MM-DD-<first letter of its kind>-<8 hex digits>`, or `page-d-…`; an exact duplicate
        inside one meeting gets an ordinal.
    """
    digest = hashlib.sha256(normalise(text).encode()).hexdigest()[:8]
    base = f"{meeting.isoformat() if meeting else 'page'}-{kind[0]}-{digest}"
    name, ordinal = base, 2
    while name in taken:
        name, ordinal = f"{base}-{ordinal}", ordinal + 1
    if (former := kept.get(name, name)) not in taken:
        name = former
    taken.add(name)
    return name
