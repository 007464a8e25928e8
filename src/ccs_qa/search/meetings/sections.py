"""The words for the headed sections of a summary, and whether a question names one."""

import re

from ccs_qa.search.meetings.lexicon import pattern
from ccs_qa.text.strings import fold

HEADING = r"(?:sub|sous-)?(?:headings?|titres?)|headers?|chapters?|chapitres?|rubriques?"
SECTION = (
    rf"(?:parts?|portions?|sections?|segments?|{HEADING}|parties?|volets?|blocs?|blocks?|bouts?)"
)
# "Under the heading on fraud", « dans le bout sur la fraude », "the Exceptions heading": what is
# said of a part of a meeting that its heading names.
_NAMES = re.compile(
    rf"\b(?:under|sous|in|dans|within) (?:the |le |la |l'|les )?(?:\w+ )??{SECTION}"
    r" ?(?:on|about|titled|entitled|called|named|regarding|concerning|sur|intitulee?s?|concernant"
    r"|portant sur|consacree?s? a|nommee?s?|«|“|\")(?!\w)"
)
_PART = pattern(r"\b(?:parts?|parties?|volets?|instal?lments?|{nth})\b")


def names_section(text: str) -> bool:
    """Tell whether a question is limited to a section by its heading."""
    return _NAMES.search(fold(text)) is not None


def is_part(text: str) -> bool:
    """Tell whether words that limit a question name a part of a subject of several meetings."""
    return _PART.search(fold(text)) is not None
