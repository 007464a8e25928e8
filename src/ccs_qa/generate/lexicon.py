"""Reads the closed classes of words that the checks of a sentence go by."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ccs_qa.index.lexical import terms
from ccs_qa.records import Language

# Without its accent a participle is no longer known by its ending: "utilisées" is "utilisees".
_PARTICIPLE = re.compile(r"(?<=[a-z]{3})(?:ees?|es)$")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The closed classes of one language, folded; `lexicon.toml` says what each is."""

    grammar: frozenset[str]
    links: frozenset[str]
    phrases: tuple[str, ...]
    both: str
    either: str
    guards: frozenset[str]
    negations: frozenset[str]
    standing: frozenset[str]
    frame: frozenset[str]
    reports: frozenset[str]
    heads: frozenset[str]
    closes: frozenset[str]
    unfinished: frozenset[str]
    same: Mapping[str, str]


def stem(word: str, language: Language) -> str:
    """Reduce a word to its stem; the word itself when nothing is left of it."""
    plain = _PARTICIPLE.sub("e", word) if language == "fr" else word
    return (terms(plain, language) or [plain])[0]


@cache
def _file() -> dict[str, Any]:
    file = resources.files("ccs_qa.generate") / "lexicon.toml"
    return tomllib.loads(file.read_text("utf-8"))


@cache
def official_names() -> Mapping[str, str]:
    """List the official names of this corpus.

    Returns:
        By folded name, in either language, in full or short, the longest first: the name that
        stands for it.
    """
    keys = {name: key for key, names in _file()["names"].items() for name in names}
    return {name: keys[name] for name in sorted(keys, key=len, reverse=True)}


@cache
def lexicon(language: Language) -> Lexicon:
    """Read the closed classes of a language."""
    file = _file()
    lists = {
        name: frozenset(value.split())
        for name, value in file[language].items()
        if name not in {"phrases", "both", "either"}
    }
    same = {
        stem(word, language): stem(group.split()[0], language)
        for group in file["same"][language]
        for word in group.split()
    }
    return Lexicon(
        phrases=tuple(file[language]["phrases"]),
        both=file[language]["both"],
        either=file[language]["either"],
        same=same,
        **lists,
    )
