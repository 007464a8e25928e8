"""Pure functions on text: cleaning, folding, elisions, sentences, language.

Nothing here knows about meetings or models; everything is str in, str out.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from lingua import Language as LinguaLanguage
from lingua import LanguageDetector, LanguageDetectorBuilder

from ccs_qa.records import Language

# Controls but tab and line breaks; zero-width and bidirectional marks; halves of a character,
# which no encoding can carry; tag characters.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
# Controls, formats, surrogates, private and unassigned characters, line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\t\n\r")
# Letters and marks that print nothing: joiners, fillers, variation selectors.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_SPACES = re.compile(r"\s+")
# No character before it combines with another.
_FIRST_MARK = "\u0300"
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "\u2018": "'", "`": "'", "\u00b4": "'"})
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})
# French clitics written with an apostrophe; "aujourd'hui" keeps its own.
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?<=\w)'s\b", re.IGNORECASE)
_ABBREVIATION = re.compile(
    r"(?:\b(?:M|MM|Mme|Mlle|Dr|Mr|Mrs|Ms|St|Ste|art|env|p|pp|ex|no|cf|vs|etc|Inc|[A-Z])|\be\.g|\bi\.e)\.$"
)
_SENTENCE_END = re.compile(r"[.!?…]+[»”\")\]]*[\u00a0\u202f ]?[»]?(?=\s+|$)")
_PART = re.compile(r"[^\W_]+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")
_END_MARKS = re.compile(r"[\s?!.…]+$")

# Beside French and English, languages often spoken in Canada that are written in the same letters.
_LATIN = (
    LinguaLanguage.SPANISH,
    LinguaLanguage.PORTUGUESE,
    LinguaLanguage.ITALIAN,
    LinguaLanguage.GERMAN,
    LinguaLanguage.TAGALOG,
    LinguaLanguage.POLISH,
    LinguaLanguage.VIETNAMESE,
)
# Fewer words of two letters may be anything; that a text is French or English is this unlikely
# where it is neither (of 6,700 questions of ours the least likely has .16).
_TELLING_WORDS = 3
_NEITHER = 0.1
# Of sentences in 20 other languages of which that is so none has more than .11 by three letters.
_DOUBTFUL = 0.5

# Words that carry no topic, folded.
STOP_WORDS: Mapping[Language, frozenset[str]] = {
    "fr": frozenset(
        """
        a ai ainsi alors as au aucun aussi aux avec avoir c ca ce cela celle celles celui ces cet
        cette ceux chez ci comme comment d dans de des dont du elle elles en entre es est et ete
        etre eu fait faire faut il ils j je l la le les leur leurs lors lui m ma mais me meme mes
        moi mon n ne ni nos notre nous on ont ou par pas pour pourquoi qu quand que quel quelle
        quelles quels qui quoi s sa sans se ses si son sont sous sur t ta te tes toi ton tu un
        une vos votre vous y
        """.split()
    ),
    "en": frozenset(
        """
        a about all also am an and any are as at be been being but by can could d did do does
        doing for from had has have having he her here him his how i if in into is it its just
        ll m me more my no not of on or our out over own re s she should so some such t than that
        the their them then there these they this those through to too under up us ve very was we
        were what when where which while who whom why will with would you your
        """.split()
    ),
}
# Those of either language, and those that tell which of the two it is.
STOPS = STOP_WORDS["fr"] | STOP_WORDS["en"]
_FRENCH_WORDS, _ENGLISH_WORDS = (
    STOP_WORDS["fr"] - STOP_WORDS["en"],
    STOP_WORDS["en"] - STOP_WORDS["fr"],
)


def clean(text: str) -> str:
    """Remove invisible and bidirectional characters; give NFC on one line, stripped."""
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", visible).strip()


def count_invisible(text: str) -> int:
    """Count what `clean` removes because it cannot be seen."""
    return len(_INVISIBLE.findall(text))


def visible(text: str) -> str:
    """Show what cannot be seen as e.g. `[U+202E]`, so that it hides and turns nothing."""
    return "".join(_show(character) for character in text)


def _show(character: str) -> str:
    hidden = unicodedata.category(character) in _UNSEEN or _BLANK.match(character)
    if character in _KEPT or not hidden:
        return character
    return f"[U+{ord(character):04X}]"


def fold(text: str) -> str:
    """Bring text to the form in which words are compared.

    Case, accents, ligatures and typographic apostrophes no longer matter.

    Returns:
        Lower-case text without diacritics.
    """
    if text.isascii():
        return text.replace("`", "'").lower()
    plain = text.translate(_APOSTROPHES).translate(_LIGATURES)
    decomposed = unicodedata.normalize("NFKD", plain)
    kept = [mark for mark in decomposed if mark < _FIRST_MARK or not unicodedata.combining(mark)]
    return "".join(kept).casefold()


def plain(text: str) -> str:
    """Write a question as everybody would have typed it: no capitals, hyphens or final mark.

    Returns:
        The question, every character in its place; only its end may be missing.
    """
    if text.isascii():
        return _END_MARKS.sub("", _HYPHEN.sub(" ", text.lower())) or text.lower()
    lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return _END_MARKS.sub("", _HYPHEN.sub(" ", lowered)) or lowered


def fold_in_place(text: str) -> str:
    """Fold a text letter by letter, so that places stay the same; ligatures stay as well."""
    return "".join(map(_fold_letter, text))


def _fold_letter(letter: str) -> str:
    plain = letter.translate(_APOSTROPHES).casefold()
    base = unicodedata.normalize("NFKD", plain)[:1] or " "
    return " " if base.isspace() else base


def drop_elisions(text: str) -> str:
    """Take French elided articles and English possessives off their words.

    Args:
        text: Text in either language, e.g. `l'accès` or `the client's`.

    Returns:
        The same text with `accès` and `the client`.
    """
    return _POSSESSIVE.sub("", _ELISION.sub("", text.translate(_APOSTROPHES)))


def words(text: str) -> list[str]:
    """List the words of a text, folded, without elisions; compounds as their parts."""
    return _PART.findall(fold(drop_elisions(text)))


def sentences(text: str) -> list[str]:
    """Split French or English text into sentences, stripped, in order; none for blank text.

    A sentence may end after an accented letter, a digit or a closing guillemet; common
    abbreviations and initials do not end one.
    """
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        candidate = text[start : match.end()]
        if _ABBREVIATION.search(candidate) and match.end() < len(text):
            continue
        if candidate.strip():
            found.append(candidate.strip())
        start = match.end()
    if text[start:].strip():
        found.append(text[start:].strip())
    return found


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(
        LinguaLanguage.FRENCH, LinguaLanguage.ENGLISH
    ).build()


def detect_language(text: str, said_before: str = "") -> Language:
    """Decide whether a text is French or English; French when nothing tells.

    Function words decide when they all point one way, since they are what a three-word
    question still holds; otherwise the character n-gram detector does.

    Args:
        said_before: What its language is taken from where its own words do not tell.
    """
    tokens = _PART.findall(drop_elisions(text))
    if not text.isupper():
        # "AI" is no verb.
        tokens = [word for word in tokens if len(word) == 1 or not word.isupper()]
    # French is often typed without accents; with its own, "thé" is not the English article.
    french = sum(fold(word) in _FRENCH_WORDS for word in tokens) + 2 * len(
        _ELISION.findall(text.translate(_APOSTROPHES))
    )
    english = sum(word.casefold() in _ENGLISH_WORDS for word in tokens)
    if french > 0 and english == 0:
        return "fr"
    if english > 0 and french == 0:
        return "en"
    # The detector takes no half of a character.
    if french == english == 0 and said_before:
        return detect_language(said_before)
    detected = _detector().detect_language_of(text.encode("utf-8", "ignore").decode())
    if detected is None:
        return "en" if english > french else "fr"
    return "fr" if detected == LinguaLanguage.FRENCH else "en"


@cache
def _wide_detector(*, rough: bool) -> LanguageDetector:
    builder = LanguageDetectorBuilder.from_languages(
        LinguaLanguage.FRENCH, LinguaLanguage.ENGLISH, *_LATIN
    )
    return (builder.with_low_accuracy_mode() if rough else builder).build()


def _share_of_both(text: str, *, rough: bool) -> float:
    values = _wide_detector(rough=rough).compute_language_confidence_values(text)
    shares = {item.language: item.value for item in values}
    return shares[LinguaLanguage.FRENCH] + shares[LinguaLanguage.ENGLISH]


def in_neither_language(text: str) -> bool:
    """Tell whether a text is surely neither French nor English.

    Returns:
        Whether most of its letters are not Latin, or, of some words, its letter sequences are
        those of another language.
    """
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(letter.isascii() or "LATIN" in unicodedata.name(letter, "") for letter in letters)
    if 2 * latin < len(letters):
        return True
    if sum(len(word) > 1 and word.isalpha() for word in words(text)) < _TELLING_WORDS:
        return False
    whole = text.encode("utf-8", "ignore").decode()
    # Sequences of three letters tell nearly always, in a tenth of the time and without the 200 MB
    # that longer ones take.
    return (
        _share_of_both(whole, rough=True) < _DOUBTFUL
        and _share_of_both(whole, rough=False) < _NEITHER
    )
