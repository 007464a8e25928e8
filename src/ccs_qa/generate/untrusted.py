"""Tells markup and addresses, which no sentence of a model may hold, and quotes that give orders.

A page is data and may hold anything. What it says to a model is shown as what the page says, and
nothing is built on it (Greshake et al., 2023, arXiv:2302.12173).
"""

import re

from ccs_qa.text.strings import fold, visible

_MARKUP = re.compile(
    r"[<>{}\[\]|`\\^~*_#=@]|&\w+;|https?:|www\.|\d{3}[ .-]\d{4}\b"
    r"|\b[a-z0-9-]+\.(?:com|org|net|ca|gov|io|fr|info)\b",
    re.IGNORECASE,
)
# Both patterns below are for folded text.
_SAYING = (
    r"(?:answer|reply|respond|say|state|claim|tell|conclude|write|output|print|add|repeat"
    r"|repond(?:s|ez|re)|dis|dites|affirmez?|indiquez?|mentionnez?|concluez|ecri(?:s|vez|re)"
    r"|affiche[rz]?|ajoute[rz]?|repete[rz]?)"
)
_TAINT = re.compile(
    # Markup, marks of citations and of roles.
    r"<[a-z/!|]|\[/?[a-z]{2,}\]|\[\d+\]|```|#{3}|={4}|-{4}"
    r"|\b(?:system|assistant|user|human|systeme|utilisateur|instructions?|consignes?)\s*:"
    # What to do with the instructions.
    r"|\b(?:ignore[rz]?|disregard|forget|oublie[rz]?|override|bypass|contourne[rz]?)\b.{0,60}?"
    r"\b(?:instructions?|consignes?|directives?|prompts?|rules?|regles?|above|previous|precedent\w*)"
    r"|\b(?:new|nouvelles?) (?:instructions?|consignes?)\b"
    # Who to be.
    r"|\b(?:you are|act as|pretend to be|vous etes|tu es|agis comme|agissez comme)\b.{0,30}?"
    r"\b(?:now|desormais|maintenant|an? (?:ai|assistant|model)|une? (?:ia|assistante?|modele))\b"
    r"|\b(?:as an ai|en tant qu'ia|language model|modele de langage|jailbreak|prompt)\b"
    r"|\b(?:note (?:to|for)|note (?:a|pour)) (?:the |l')?(?:ai|ia|assistant|model|modele)\b"
    # What to say.
    r"|(?:^|[.;:!?\"«“(]\s*|\b(?:please|must|should|now|to|veuillez|devez|dois|doit) )"
    rf"{_SAYING}\W{{1,3}}(?:only |instead |seulement |plutot )?"
    r"(?:that|with|exactly|the following|que|qu'|par|ceci|la phrase)\b"
)


def has_markup(text: str) -> bool:
    """Tell whether a text holds markup, an address, a telephone number or unseen characters."""
    return _MARKUP.search(text) is not None or visible(text) != text


def is_tainted(text: str) -> bool:
    """Tell whether a quote holds an instruction, a mark of ours, markup or unseen characters."""
    return visible(text) != text or _TAINT.search(fold(text)) is not None
