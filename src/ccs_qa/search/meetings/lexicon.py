"""The words for meetings, their limits and their parts, in both languages, and patterns of them.

All is folded: lower case, no accents.
"""

import re

from ccs_qa.text.dates import MONTH, SEASONS
from ccs_qa.text.numbers import SMALL_CARDINALS, SMALL_ORDINALS
from ccs_qa.text.strings import fold


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_BACK = (
    r"(?:{this}|{past}) UNIT|(?:l')?UNIT (?:{past}|en cours)|(?:the )?UNIT before last"
    r"|{n} UNIT ago|il y a {n} UNIT"
)
# A word may be written with others. Those whose name is in the plural bring their space along.
_WORDS = {
    "n": rf"\d{{1,2}}|{_any(SMALL_CARDINALS)}",
    "nth": rf"\d(?:st|nd|rd|th|ere?|r?e|i?eme)|{_any(SMALL_ORDINALS)}",
    # Time.
    "month": MONTH,
    "day": r"(?:[12]\d|3[01]|0?[1-9])(?:er|st|nd|rd|th)?(?!\d)",
    "digits": r"(?:19|20)\d\d",
    "season": "|".join(SEASONS),
    "half": r"half|semestre|moitie",
    "quarter": r"quarter|trimestre",
    "early": r"early|(?:start|beginning) of|debut",
    "mid": r"mid|mi|milieu",
    "late": r"late|end of|fin",
    "to": r"(?:20)?\d\d",
    "within": (
        r"(?:,? |(?<=mid)-|(?<=mi)-)(?:(?:of|de|du|en|in) |d')?(?:the |l')?"
        r"(?:(?:calendar year|annee civile|annee) )?"
    ),
    "fiscal": r"fiscal(?: years?)?|fy|exercices?(?: financiers?)?|annees? financieres?|af",
    "years": r"years?|ans?|annees?",
    "unit": r"{fiscal}|{years}|months?|mois|weeks?|semaines?",
    "this": r"this|current|present|cet|cette|ce",
    "past": r"last|past|previous|derniere?s?|passee?s?|precedente?s?",
    "back": _BACK.replace("UNIT", "{unit}") + r"|yesterday|hier|today|aujourd'hui",
    "year": r"{digits}|" + _BACK.replace("UNIT", "{years}"),
    "when": (
        r"in|during|since|before|after|until|till|by|of|from|between|en|depuis|avant|apres|entre"
        r"|jusqu'en|jusqu'a|mois de|de|du|au|last|this|that|cet|ce|pendant|durant|a partir de"
        r"|tenue?s?|d'|a l'|^l'|jusqu'"
    ),
    # Meetings, and what is said of them.
    "meeting": r"meetings?|sessions?|reunions?|rencontres?|seances?",
    "noun": r"{meeting}|summary|summaries",
    "every": r"all|each|every|both|chacune|chaque|tou(?:te)?s",
    "one": r"ones?|celles?",
    "last": r"last|final|latest|most recent|newest|derniere?s?|plus recente?s?",
    "first": r"(?:very |toute )?(?:first|oldest|earliest|premieres?|plus anciennes?)",
    "in_person": (
        r"in[- ]person|face[- ]to[- ]face|physically|on site|en personne|en presentiel"
        r"|en presence|physiquement|sur place|in the flesh|en chair et en os"
        r"|in (?:the|a|an|one) (?:same |actual |real )?room|dans (?:la|une) (?:meme )?salle"
    ),
    "virtual": (
        r"virtual(?:ly)?|online|remote(?:ly)?|on ?screen|virtuel(?:le)?s?|virtuellement|en ligne"
        r"|a distance|sur ecran|(?:video|visio) ?conferences?|(?:over|by|on|via|par|sur|en) "
        r"(?:video|visio|zoom|teams)"
    ),
    "form": r"{in_person}|{virtual}",
    "and": r"(?:and|et|puis|pis|with|avec|to|a|against|versus|vs\.?)(?: the| la)?",
    "joined": r" {and} (?:{last}|{first})(?: {noun}|\W*$)",
    "met": (r"met|meet|gather(?:ed)?|convened?|got together|sat|siege|reunie?s?|rencontree?s?"),
    "about": (
        r"on|about|titled|called|named|entitled|concerning|regarding|sur|intitulee?s?|portant"
        r"|portait|concernant|consacree?s?|aux?|d[eu]s?"
    ),
    "treats": r"concern(?:s|ed|ait|aient|e|ent)|deals?|dealt|port(?:e|ent|ait|aient)|traite?\w*",
    # What asks to be shown, and how kindly.
    "show": (
        r"give|show|list|name|please|donn(?:e|er|ez)|montr(?:e|er|ez)|nomm(?:e|er|ez)|list(?:er|ez)"
        r"|enumer(?:e|er|ez)|svp|stp"
    ),
    "matter": (
        r"sujets?|subjects?|topics?|themes?|points?|keys?|cles?|others?|autres?|parts?|parties?"
    ),
    "called": r"titled|called|named|entitled|title|titre|intitulee?s?|intitulent?|nommee?s?",
    "just": (
        r"right|just|juste|immediately|immediatement|directly|directement|tout de suite|aussitot"
    ),
    "held": (
        r"that|which|held|came|was|were|is|has|had|took place|qui|a|ont|avait|avaient|s'est"
        r"|tenue?s?|en|eu|lieu|est|venue?s?|next|suivante?s?|{just}|de l'(?:avant|apres)-midi"
    ),
    # What stands between words that limit; each brings its space.
    "the": (
        r"(?:the|its|their|our|that|la|le|les|sa|son|ses|leurs?|notre|nos|early|late) "
        r"|l'|(?:end|start|beginning) of |fin (?:de )?|debut (?:de |du )?"
    ),
    "of": r"(?:of|in|on|at|held|de|du|des|en|a|au|aux|sur|tenue?s?|held in) |d'",
    "who": (
        r"(?:it|they|(?:the |this )?(?:ccs|sac|committee|group|members)|ils?|on|elles?"
        r"|(?:le |ce )?(?:ccs|comite|groupe)|(?:les )?membres) (?:ne )?(?:has |have )?"
        r"(?:se (?:sont |etaient )?|s'(?:est |etait |etaient )?|a |ont )?"
    ),
    "named": r"(?:{who})?(?:(?:{the})*(?:{noun}|{one}) (?:{of})?)?(?:{the})*",
    # Words of time before what they limit by.
    "before": (
        r"before|prior to|earlier than|ahead of|avant|anterieur\w* a"
        r"|(?:preced(?:e|ed|ent|es|ait|aient))"
    ),
    "after": (
        r"after|following|later than|apres|suivant|posterieur\w* a|suivi|suit|suivait|followed"
    ),
    "since": r"since|as of|as from|starting(?: in| from)?|depuis|a partir (?:de|du|d')",
    "until": r"until|till|up to(?: and including)?|through|as late as|jusqu'(?:a|en|au)",
    "through": r"to|a|au|{until}",
    "except": (
        r"leaving out|except(?: for)?|excluding|other than|apart from|sauf|excepte|hormis"
        r"|a l'exception (?:de|du|d')|a part"
    ),
    # Parts of meetings, and what they begin or end with.
    "section": (
        r"parts?|portions?|sections?|segments?|(?:sub|sous-)?(?:headings?|titres?)|headers?"
        r"|chapters?|parties?|volets?|blocs?|blocks?|bouts?|chapitres?|rubriques?"
    ),
    "point": (
        r"(?:bullet )?points?|items?|bullets?|remarks?|comments?|statements?|observations?|puces?"
        r"|elements?|remarques?|commentaires?|enonces?|interventions?|choses?|things?"
    ),
    "theme": r"themes?|topics?|subjects?|sujets?",
    "halves": r"half|moitie|demie",
    "upon": (
        r"on|about|titled|entitled|called|named|regarding|concerning|sur|intitulee?s?|concernant"
        r"|(?:qui )?(?:porta(?:nt|it)|porte) sur|(?:qui )?trait(?:e|ait|ant) d(?:e|u|es|')"
        r"|consacree?s? aux?|nommee?s?"
    ),
    "opens": (
        r"\b(?:(?:opens?|opened|begins?|began|starts?|started|kick(?:s|ed)? off)\b"
        r"|(?:s'ouvr\w+|ouvert\w*|commenc\w+|debut(?:e|ait|aient|er)) )"
    ),
    "ends": (
        r"\b(?:ends?|ended|clos(?:es?|ed)|concluded?s?|finish(?:es|ed)?|wrap(?:s|ped)? up"
        r"|s'est termine\w*|se termin\w+|termine\w*|clos|cloture\w*|conclu[st]?\w*|fini[rt]?\w*"
        r"|mot de la fin|last (?:word|thing)|en dernier)\b"
    ),
}


def pattern(template: str) -> re.Pattern[str]:
    """Compile a template: `{word}` is any way to say a word of the table, `{word:name}` a group."""

    def write(match: re.Match[str]) -> str:
        word, name = match.groups()
        return f"(?{f'P<{name}>' if name else ':'}{pattern(_WORDS[word]).pattern})"

    return re.compile(re.sub(r"\{([a-z_]+)(?::([a-z_]+))?\}", write, template))


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
# "The section on fraud", "listed under fraud", "the other half of the day".
_NAMES = pattern(
    r"\b{section} ?(?:{upon}|«|“|\")(?!\w)"
    r"|\b(?:listed|noted|mentioned|found|grouped|filed|put|note\w*|classe\w*|liste\w*|range\w*) "
    r"(?:under|sous)\b|\b(?:the other|l'autre) {halves}\b"
)
_ANY = pattern(
    r"\b(?:{section}|{point}|{theme}|{halves}|sessions?|seances?|under|sous)\b|{opens}|{ends}"
)


def names_section(text: str) -> bool:
    """Tell whether a question is limited to a section by its heading, or to half of a day."""
    return _NAMES.search(fold(text)) is not None


def may_name_section(text: str) -> bool:
    """Tell whether a question holds any word for what a meeting consists of."""
    return any(each.search(fold(text)) for each in (_ANY, *DAY))
