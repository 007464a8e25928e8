"""The words for what a meeting consists of: headed sections, halves of a day, points in a row.

Works on folded text, French and English at once.
"""

import re

from ccs_qa.search.meetings.lexicon import pattern
from ccs_qa.text.strings import fold

# Parts of a day as headings and questions name them, in the order of the day.
DAY = tuple(
    re.compile(rf"(?<![\w-])(?:{template})(?![\w-])")
    for template in (
        (
            r"mornings?|forenoon|matin|matinees?|avant[- ]midi|before lunch"
            r"|avant (?:le )?diner|a\.m\.|am (?=portion|part|half|session)"
        ),
        (
            r"afternoons?|apres[- ]midi|after lunch|apres (?:le )?diner"
            r"|p\.m\.|pm (?=portion|part|half|session)"
        ),
        r"evenings?|soir|soirees?",
    )
)
SECTION = (
    r"(?:parts?|portions?|sections?|segments?|(?:sub|sous-)?(?:headings?|titres?)|headers?"
    r"|chapters?|parties?|volets?|blocs?|blocks?|bouts?|chapitres?|rubriques?)"
)
POINT = (
    r"(?:(?:bullet )?points?|items?|bullets?|remarks?|comments?|statements?|observations?|puces?"
    r"|elements?|remarques?|commentaires?|enonces?|interventions?|choses?|things?)"
)
THEME = r"(?:themes?|topics?|subjects?|sujets?)"
HALF = r"(?:half|moitie|demie)"
# A meeting or a part that begins or ends with something.
OPENS = re.compile(
    r"\b(?:(?:opens?|opened|begins?|began|starts?|started|kick(?:s|ed)? off)\b"
    r"|(?:s'ouvr\w+|ouvert\w*|commenc\w+|debut(?:e|ait|aient|er)) )"
)
ENDS = re.compile(
    r"\b(?:ends?|ended|clos(?:es?|ed)|concluded?s?|finish(?:es|ed)?|wrap(?:s|ped)? up"
    r"|s'est termine\w*|se termin\w+|termine\w*|clos|cloture\w*|conclu[st]?\w*|fini[rt]?\w*"
    r"|mot de la fin|last (?:word|thing)|en dernier)\b"
)
ABOUT = (
    r"(?:on|about|titled|entitled|called|named|regarding|concerning|sur|intitulee?s?|concernant"
    r"|(?:qui )?(?:porta(?:nt|it)|porte) sur|(?:qui )?trait(?:e|ait|ant) d(?:e|u|es|')"
    r"|consacree?s? aux?|nommee?s?)"
)
# "The section on fraud", "listed under fraud", "the other half of the day".
_NAMES = re.compile(
    rf"\b{SECTION} ?(?:{ABOUT}|«|“|\")(?!\w)"
    r"|\b(?:listed|noted|mentioned|found|grouped|filed|put|note\w*|classe\w*|liste\w*|range\w*) "
    rf"(?:under|sous)\b|\b(?:the other|l'autre) {HALF}\b"
)
_ANY = re.compile(rf"\b(?:{SECTION}|{POINT}|{THEME}|{HALF}|sessions?|seances?|under|sous)\b")
_SERIES = pattern(r"\b(?:parts?|parties?|volets?|instal?lments?|{nth})\b")


def names_section(text: str) -> bool:
    """Tell whether a question is limited to a section by its heading, or to half of a day."""
    return _NAMES.search(fold(text)) is not None


def may_name_section(text: str) -> bool:
    """Tell whether a question holds any word for what a meeting consists of."""
    return any(each.search(fold(text)) for each in (_ANY, OPENS, ENDS, *DAY))


def names_instalment(text: str) -> bool:
    """Tell whether words that limit a question name one of several meetings on a subject."""
    return _SERIES.search(fold(text)) is not None
