"""Tells what kind of thing a question asks for."""

import re

from ccs_qa.records import Intent, Scope
from ccs_qa.text import fold

_NOUN = r"(?:meetings?|sessions?|reunions?|rencontres?|seances?)"
_TIMELINE = re.compile(
    r"\b(?:evolv\w*|evolution|evolue\w*|over time|au fil d(?:u|es)|changed? (?:over|since|between)"
    r"|timeline|chronologi\w*|meeting by meeting|reunion par reunion|d'une reunion a l'autre"
    r"|from meeting to meeting|through the years|avec le temps|au cours des ans)\b"
)
# The same words, in text that is not folded, with what ties them to the topic.
_EVOLVING = re.compile(
    r"\b(?:evolv\w*|[ée]volu\w*(?: (?:of|de la|de|des|du)\b)?"
    r"|(?:timeline|chronologi\w*)(?: (?:of|des?|du)\b)?"
    r"|over (?:time|the years)|through the years|from meeting to meeting|meeting by meeting"
    r"|au fil d(?:u temps|es (?:r[ée]unions|rencontres|s[ée]ances|ans|ann[ée]es|mois))"
    r"|d['’]une r[ée]union [àa] l['’]autre|r[ée]union par r[ée]union"
    r"|avec le temps|au cours des ans)\b",
    re.IGNORECASE,
)
# "Which meetings talked about …" asks for passages; "which meetings were held" for meetings.
_TALKED = r"(?:talk|discuss|mention|deal|cover|said|say|address|raise|look|is|was|spoke)"
_MEETINGS = re.compile(
    r"\b(?:(?:list|name|enumerate|how many|which|what are|what were|when were|dates of)"
    r"(?: all| of)?(?: the| these)?(?: committee)?(?: (?:in-person|virtual|sac))? "
    rf"{_NOUN}\b(?! {_TALKED})"
    r"|(?:liste\w*|enumere\w*|combien de|quelles? (?:sont|etaient|ont ete)|dates des)"
    rf"(?: toutes)?(?: les| des)? {_NOUN}\b)"
)
# "Face to face" asks how people met; "the face-to-face meeting" says which meeting is meant.
_IN_PERSON = (
    r"(?:face[- ]to[- ]face|face a face|in[- ]person|en presence|en presentiel|en personne)"
)
_FORMAT = re.compile(
    r"\b(?:where (?:was|were|did|do|has|have|is)\b.*"
    rf"\b(?:held|take place|meet|met|gather|convene|sit|get together|come together|{_NOUN})"
    r"|(?:in )?(?:what|which) (?:city|cities|place|places|town|venue|location)s?\b"
    r"|(?:ou|dans quelles? villes?|a quels? endroits?|en quels? lieux?)"
    r" (?:est-ce qu(?:e |'))?(?:a|ont|s'est|avait|etait|la|se|le|les|on|ils|il)\b.*"
    rf"\b(?:lieu|tenue?s?|reunie?s?|rencontree?s?|vus?|siege|{_NOUN})"
    r"|virtual(?:ly)? or|in person or|en personne ou|virtuel\w* ou"
    r"|(?:meet|met|gather(?:ed)?|held|sit|sat|get together|reunie?s?|tenue?s?|rencontree?s?|siege)"
    rf"(?: \w+){{0,3}} {_IN_PERSON}"
    rf"|(?:was|were|is) (?:it|that|this|the .*{_NOUN}.*) (?:held )?{_IN_PERSON}"
    r"|format of|format de)"
)
_OBJECTIVE = re.compile(
    r"\b(?:objectives?|aims?|purposes?|goals?|agenda|objectifs?|but|ordre du jour|portai(?:t|ent)"
    r"|sujets? (?:de|a|abord|du|etai)|topics?|asked of|what for|theme|qu'attendait-on"
    r"|demandait-on|a-t-on demande"
    r"|(?:what|why) (?:was|were|did)\b.{0,60}"
    r"\b(?:about|called|convened|held|meet|discuss\w*|cover\w*)"
    r"|de quoi\b.{0,40}\b(?:parle\w*|discute\w*|question)"
    r"|a quoi (?:a servi|ont servi|servai(?:t|ent)|devai(?:t|ent) servir)"
    r"|pourquoi\b.{0,40}\b(?:reuni\w*|convoque\w*|rencontre\w*))\b"
)
_DATE = re.compile(
    r"^(?:(?:and )?when\b|(?:et )?quand\b"
    r"|(?:at |on )?(?:what|which) (?:date|day|month|year|meeting)"
    r"|(?:a |de |en |lors de |dans )?quel(?:le)? "
    r"(?:date|jour|mois|annee|reunion|rencontre|seance))"
)


def without_evolution(text: str) -> str:
    """Leave out the words that ask for a timeline: no passage speaks of its own evolution.

    Args:
        text: A wording that asks for one.

    Returns:
        The rest, which names the topic; the wording itself when nothing is left.
    """
    rest = " ".join(_EVOLVING.sub(" ", text).split())
    return rest if any(letter.isalnum() for letter in rest) else text


def find_intent(question: str, scope: Scope | None) -> Intent:
    """Tell what a question asks for.

    Args:
        question: The question.
        scope: The meetings that it names, if any.

    Returns:
        `topic` unless the wording says otherwise.
    """
    text = fold(question)
    if _TIMELINE.search(text):
        return "timeline"
    if _MEETINGS.search(text):
        return "meetings"
    if _FORMAT.search(text):
        return "format"
    if scope is not None and len(scope.meetings) <= 2 and _OBJECTIVE.search(text):
        return "objective"
    if _DATE.search(text):
        return "date"
    return "topic"
