"""Makes text harmless: invisible characters shown, formulas defused, file names safe."""

import datetime as dt
import re
from typing import Literal
from urllib.parse import quote

from ccs_qa.text.strings import fold, visible

Form = Literal["docx", "md", "csv", "txt"]

_LONGEST_NAME = 120
_POSSESSIVE = re.compile(r"(?<=\w)'s\b")
# The wide forms are formulas too in some versions of Excel.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def one_line(text: str) -> str:
    """Bring a text onto one line, for headings and lists."""
    return re.sub(r"[\t\n\r]+", " ", visible(text)).strip()


def defused(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula: an apostrophe goes before it."""
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def file_name(question: str, day: dt.date, form: Form, *, whole: bool = False) -> str:
    """Name a file after its question.

    Returns:
        Lower-case ASCII letters, digits and hyphens, at most 120 characters with the ending,
        e.g. `ccs-2026-11-24-qu-a-t-on-dit-des-passeports.docx`.
    """
    start = f"ccs-{day.isoformat()}" + ("-conversation" if whole else "")
    room = _LONGEST_NAME - len(start) - len(form) - 2
    slug = re.sub(r"[^a-z0-9]+", "-", _POSSESSIVE.sub("s", fold(question))).strip("-")
    if len(slug) > room:
        # A word is left out rather than cut, unless it is the only one.
        slug = slug[: room + 1].rpartition("-")[0] or slug[:room]
    return "-".join(part for part in (start, slug) if part) + f".{form}"


def disposition(name: str, *, shown: bool = False) -> str:
    """Give the `Content-Disposition` header, with the file's name in both of its forms."""
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{name}\"; filename*=UTF-8''{quote(name, safe='')}"
