"""Takes personal information out of text before anything is kept.

Pure: str in, str out. What is taken out is what can be told for certain from its form: social
insurance numbers, e-mail addresses, telephone numbers. Names and places stay: no form tells them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum.ca import sin

from ccs_qa.records import PersonalKind

Kind = PersonalKind
KINDS: tuple[Kind, ...] = ("sin", "email", "telephone")
MARKERS: dict[Kind, str] = {
    "sin": "[NAS/SIN]",
    "email": "[courriel/e-mail]",
    "telephone": "[téléphone/telephone]",
}
_SIN_DIGITS = 9
# ISO dates and passage ids are the service's own words; they are hidden while looking.
_OURS = re.compile(
    r"(?<!\d)(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:-[a-z]+-[0-9a-f]{8})?(?!\d)"
)
# What may stand between two groups of digits: up to three spaces, dots, hyphens, invisible marks.
_RUN = re.compile(r"\d+(?:[\s.\-_/‐-―−\u00ad\u200b-\u200d\u2060\ufeff]{1,3}\d+)*")
_GROUP = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONEY_BEFORE = re.compile(r"[$€£]\s?$")
_MONEY_AFTER = re.compile(r"\s?(?:[kMG]?[$€£%]|dollars?\b|millions?\b)")
_EMAIL_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
# The look-behind starts an attempt once a word, so that a long one costs no more than its length.
_EMAIL = re.compile(rf"(?<!{_EMAIL_LOCAL}){_EMAIL_LOCAL}+@[\w-]+(?:\.[\w-]+)+")
_EXTENSION = re.compile(r",?\s*(?:poste|post|ext(?:ension)?|x|#)\.?\s?\d{1,6}\b", re.IGNORECASE)

_Spans = Iterator[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without personal information, and what was taken out in the order of `KINDS`."""

    text: str
    kinds: tuple[Kind, ...]


def redact(text: str) -> Redacted:
    """Take personal information out of a text.

    Dates written with digits (2025-03-25), years, passage ids and amounts with their sign stay.
    """
    found: set[Kind] = set()
    before = None
    # Each round takes out an @ or nine digits, so there is an end; then nothing is left to find.
    while before != text:
        before = text
        for kind, finder in _FINDERS.items():
            shorter = _replace(text, finder, MARKERS[kind])
            if shorter != text:
                found.add(kind)
                text = shorter
    return Redacted(text, tuple(kind for kind in KINDS if kind in found))


def _replace(text: str, finder: Callable[[str], _Spans], marker: str) -> str:
    pieces, at = [], 0
    for start, end in finder(_hide_ours(text)):
        pieces += [text[at:start], marker]
        at = end
    return "".join([*pieces, text[at:]])


def _hide_ours(text: str) -> str:
    # As long as before: places found here are places in the text.
    return _OURS.sub(lambda match: "x" * len(match[0]), text)


def _emails(text: str) -> _Spans:
    for match in _EMAIL.finditer(text):
        yield match.span()


def _sins(text: str) -> _Spans:
    """Find groups of digits that together make a valid number, whatever the groups."""
    for run in _RUN.finditer(text):
        groups = list(_GROUP.finditer(text, *run.span()))
        at = 0
        while at < len(groups):
            end = _sin_end(groups, at)
            # A sum of money can look valid by chance.
            if end is None or _is_amount(text, groups[at].start(), groups[end - 1].end()):
                at += 1
                continue
            yield groups[at].start(), groups[end - 1].end()
            at = end


def _sin_end(groups: list[re.Match[str]], at: int) -> int | None:
    """Tell after which group the number that begins here ends; None when none does."""
    digits = ""
    for end in range(at, len(groups)):
        # A year among the groups belongs to a date.
        if _YEAR.fullmatch(groups[end][0]):
            return None
        # Digits of any script can be read back by a person.
        digits += "".join(str(unicodedata.digit(item)) for item in groups[end][0])
        if len(digits) >= _SIN_DIGITS:
            fits = len(digits) == _SIN_DIGITS and sin.is_valid(digits)
            return end + 1 if fits else None
    return None


def _is_amount(text: str, start: int, end: int) -> bool:
    return bool(_MONEY_BEFORE.search(text[:start]) or _MONEY_AFTER.match(text, end))


def _telephones(text: str) -> _Spans:
    # As if dialled in Canada, where numbers are written without a country.
    for match in PhoneNumberMatcher(text, "CA", leniency=Leniency.VALID):
        if _is_amount(text, match.start, match.end):
            continue
        extension = _EXTENSION.match(text, match.end)
        yield match.start, extension.end() if extension else match.end


_FINDERS: dict[Kind, Callable[[str], _Spans]] = {
    "email": _emails,
    "sin": _sins,
    "telephone": _telephones,
}
