"""The words for numbers, the one table of the product."""

import re

from ccs_qa.records import LANGUAGES, Language

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
