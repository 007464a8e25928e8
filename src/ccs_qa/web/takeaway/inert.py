"""Makes text harmless: invisible characters shown, formulas defused, file names safe."""

import datetime as dt
import re
import unicodedata
from typing import Literal
from urllib.parse import quote

from ccs_qa.text import drop_elisions, fold

Form = Literal["docx", "md", "csv", "txt"]

_LONGEST_NAME = 60
# Controls, formats, surrogates, private and unassigned characters, line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\t\n\r")
# Letters and marks that print nothing: joiners, fillers, variation selectors.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# The wide forms are formulas too in some versions of Excel.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def visible(text: str) -> str:
    """Show what cannot be seen, so that it neither hides nor turns other text around.

    Args:
        text: Any text.

    Returns:
        The same text; an invisible or bidirectional character stands as e.g. `[U+202E]`.
    """
    return "".join(_show(character) for character in text)


def _show(character: str) -> str:
    hidden = unicodedata.category(character) in _UNSEEN or _BLANK.match(character)
    if character in _KEPT or not hidden:
        return character
    return f"[U+{ord(character):04X}]"


def one_line(text: str) -> str:
    """Bring a text onto one line, for headings and lists.

    Args:
        text: Any text.

    Returns:
        The text made visible, each line break or tab a space.
    """
    return re.sub(r"[\t\n\r]+", " ", visible(text)).strip()


def defused(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula.

    Args:
        text: Any text.

    Returns:
        The text made visible, after an apostrophe when it begins like a formula.
    """
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def file_name(question: str, day: dt.date, form: Form, *, whole: bool = False) -> str:
    """Name a file after its question.

    Args:
        question: The question.
        day: The day of the download.
        form: The format.
        whole: Whether it holds a conversation.

    Returns:
        Lower-case ASCII letters, digits and hyphens, at most 60 characters with the ending,
        e.g. `ccs-2026-11-24-que-dit-on-des-passeports.docx`.
    """
    start = f"ccs-{day.isoformat()}" + ("-conversation" if whole else "")
    room = _LONGEST_NAME - len(start) - len(form) - 2
    slug = re.sub(r"[^a-z0-9]+", "-", fold(drop_elisions(question))).strip("-")
    if len(slug) > room:
        # A word is left out rather than cut, unless it is the only one.
        slug = slug[: room + 1].rpartition("-")[0] or slug[:room]
    return "-".join(part for part in (start, slug) if part) + f".{form}"


def disposition(name: str, *, shown: bool = False) -> str:
    """Say what a browser should do with a file.

    Args:
        name: Its name.
        shown: Whether it is shown rather than saved.

    Returns:
        The `Content-Disposition` header, with the name in both of its forms.
    """
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{name}\"; filename*=UTF-8''{quote(name, safe='')}"
