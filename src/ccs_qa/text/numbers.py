"""The words for numbers, in the one table of the product, and the numbers of a text."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ccs_qa.records import LANGUAGES, Language
from ccs_qa.text.strings import fold

_UNITS: dict[Language, str] = {
    "fr": "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
    " seize dix-sept dix-huit dix-neuf",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen",
}
TENS: dict[Language, dict[str, int]] = {
    "fr": {
        "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
        "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
    },
    "en": {
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
        "eighty": 80, "ninety": 90,
    },
}  # fmt: skip


def _ordinals(language: Language) -> dict[str, int]:
    names = {**{word: at for at, word in enumerate(_UNITS[language].split()) if "-" not in word}}
    names |= {name: value for name, value in TENS[language].items() if not name.endswith("ts")}
    if language == "fr":
        found = {f"{name.removesuffix('e')}ieme": value for name, value in names.items()}
        extra = {"cinquieme": 5, "neuvieme": 9, "centieme": 100, "millieme": 1000}
        firsts = {"premier": 1, "premiere": 1, "second": 2, "seconde": 2}
    else:
        found = {
            f"{name.removesuffix('y') + 'ie' if name.endswith('y') else name}th": value
            for name, value in names.items()
        }
        extra = {"fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12, "hundredth": 100}
        firsts = {"first": 1, "second": 2, "third": 3}
    found |= extra
    found |= firsts
    return found | {f"{name}s": value for name, value in found.items()}


CARDINALS: dict[Language, dict[str, int]] = {
    language: {word: at for at, word in enumerate(names.split()) if "-" not in word}
    for language, names in _UNITS.items()
}
ORDINALS: dict[Language, dict[str, int]] = {"fr": _ordinals("fr"), "en": _ordinals("en")}
# What questions count with, up to nineteen, in both languages.
SMALL_CARDINALS = {"une": 1} | {
    word: value
    for language in LANGUAGES
    for word, value in CARDINALS[language].items()
    if 0 < value < 20
}
SMALL_ORDINALS = {
    word: value
    for language in LANGUAGES
    for word, value in ORDINALS[language].items()
    if 0 < value < 20
}
_DIGITS = re.compile(r"(\d{1,4})(?:ere?|er|re|nde?|i?e(?:me)?|st|rd|th)?")


def small_number(word: str) -> int:
    """Read a small number in digits, of any script, or in words; an ordinal as well.

    Args:
        word: Folded.

    Returns:
        The number; 0 for anything else.
    """
    digits = _DIGITS.fullmatch(word)
    return int(digits[1]) if digits else (SMALL_CARDINALS | SMALL_ORDINALS).get(word, 0)


_HUNDRED = {"fr": frozenset({"cent", "cents"}), "en": frozenset({"hundred", "hundreds"})}
_SCALES: dict[Language, dict[str, int]] = {
    "fr": {
        "mille": 10**3, "millier": 10**3, "milliers": 10**3, "million": 10**6, "millions": 10**6,
        "milliard": 10**9, "milliards": 10**9, "billion": 10**12, "billions": 10**12,
    },
    "en": {
        "thousand": 10**3, "thousands": 10**3, "million": 10**6, "millions": 10**6,
        "billion": 10**9, "billions": 10**9, "trillion": 10**12, "trillions": 10**12,
    },
}  # fmt: skip
_HALVES = frozenset({"moitie", "demi", "demie", "half", "halves"})
_GROUPS: dict[str, int] = {
    "dizaine": 10, "dizaines": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20,
    "trentaine": 30, "quarantaine": 40, "cinquantaine": 50, "centaine": 100, "centaines": 100,
    "dozen": 12, "dozens": 12,
}  # fmt: skip
_AND = {"fr": "et", "en": "and"}
_PERCENT = re.compile(r"\b(?:pour cent|per ?cent|percent|p\. ?(?:100|cent))\b|%")
_TOKEN = re.compile(
    r"(?P<digits>\d{1,3}(?:[ ,']\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?P<ordinal>(?:ers?|re|res|nd|nde|e|es|eme|emes|ieme|st|rd|th)\b)?"
    r"|(?P<word>[^\W\d_]+)|(?P<mark>[%$€£])|(?P<hyphen>-)|(?P<other>[^\s\w])"
)
_ROMAN = re.compile(r"\b(?=[IVX]{2,})X{0,3}(?:IX|IV|V?I{0,3})\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


_ONE = frozenset({"un", "une", "one"})


def numbers(text: str, language: Language) -> tuple[str, ...]:
    """List the numbers of a text; a lone "un", "une" or "one" is an article or a pronoun.

    Args:
        text: A text whose dates were taken out.
        language: Chooses decimal signs, number words and the size of a billion.

    Returns:
        Each number in one form: `3.5`, `48%`, `500$`, `#2` for an ordinal.
    """
    tokens = list(_TOKEN.finditer(_PERCENT.sub("%", fold(text))))
    return tuple(_scan(tokens, language))


def romans(text: str) -> tuple[str, ...]:
    """List the Roman numerals, capitals only, of a text as it was written, from II to XXXIX."""
    return tuple(_roman(match.group()) for match in _ROMAN.finditer(text))


def _roman(text: str) -> str:
    values = [_ROMAN_VALUES[letter] for letter in text]
    total = sum(
        -value if value < max(values[at:], default=0) else value for at, value in enumerate(values)
    )
    return str(total)


def _scan(tokens: Sequence[re.Match[str]], language: Language) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        start, value, ordinal = at, None, False
        if token["digits"]:
            value, ordinal, at = _digits(token["digits"], language), bool(token["ordinal"]), at + 1
            value, at = _scaled(value, tokens, at, language)
        elif token["word"]:
            value, ordinal, at = _words(tokens, at, language)
        if value is None:
            at = start + 1
            continue
        before = tokens[start - 1]["mark"] if start else None
        after = tokens[at]["mark"] if at < len(tokens) else None
        unit = after or (before if before and before != "%" else "") or ""
        yield f"#{_plain(value)}" if ordinal else f"{_plain(value)}{unit}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _digits(text: str, language: Language) -> Decimal:
    joined = text.replace(" ", "").replace("'", "")
    grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", joined)
    joined = joined.replace(",", "" if language == "en" and grouped else ".")
    whole, _, decimals = joined.partition(".")
    # A version such as 1.2.3 is no quantity; its digits still have to be the same.
    return Decimal(f"{whole}.{decimals.replace('.', '')}") if decimals else Decimal(whole)


def _scaled(
    value: Decimal, tokens: Sequence[re.Match[str]], at: int, language: Language
) -> tuple[Decimal, int]:
    while at < len(tokens) and tokens[at]["word"] in _SCALES[language]:
        value *= _SCALES[language][str(tokens[at]["word"])]
        at += 1
    return value, at


def _words(
    tokens: Sequence[re.Match[str]], at: int, language: Language
) -> tuple[Decimal | None, bool, int]:
    """Read a number in words; gives it, whether it is an ordinal, and where it ends."""
    start, total, group, seen = at, Decimal(0), Decimal(0), 0
    while at < len(tokens):
        word = tokens[at]["word"]
        if word is None:
            if tokens[at]["hyphen"] and seen and _goes_on(tokens, at + 1, language):
                at += 1
                continue
            break
        if word == _AND[language] and seen and group and _goes_on(tokens, at + 1, language):
            at += 1
            continue
        if word in _GROUPS and (not seen or word == "dozen"):
            return _GROUPS[word] * (group or Decimal(1)), False, at + 1
        if word in _HALVES and not seen:
            return Decimal("0.5"), False, at + 1
        if word in ORDINALS[language]:
            value = ORDINALS[language][word]
            return total + group + value, True, at + 1
        step = _step(word, group, language)
        if step is None:
            break
        if word in _SCALES[language]:
            total, group = total + max(group, Decimal(1)) * _SCALES[language][word], Decimal(0)
        else:
            group = step
        seen, at = seen + 1, at + 1
    alone = seen == 1 and tokens[start]["word"] in _ONE
    return (None if not seen or alone else total + group), False, at


def _goes_on(tokens: Sequence[re.Match[str]], at: int, language: Language) -> bool:
    if at >= len(tokens) or not tokens[at]["word"]:
        return False
    word = str(tokens[at]["word"])
    return (
        word in CARDINALS[language]
        or word in TENS[language]
        or word in _HUNDRED[language]
        or word in _SCALES[language]
        or word in ORDINALS[language]
    )


def _step(word: str, group: Decimal, language: Language) -> Decimal | None:
    """Add a word to a number below a thousand; None when it does not go on with it."""
    if word in _SCALES[language]:
        return group
    if word in _HUNDRED[language]:
        return max(group, Decimal(1)) * 100 if group < 100 else None
    last = group % 100
    if word in TENS[language]:
        if last == 4 and word.startswith("vingt"):
            return group + 76
        return group + TENS[language][word] if last == 0 else None
    value = CARDINALS[language].get(word)
    if value is None or last % 10:
        return None
    # After sixty and eighty French counts on to nineteen, and "dix-sept" is ten and seven.
    most = 19 if last in {0, 60, 80} else 9
    return group + value if value <= most else None
