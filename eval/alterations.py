"""Changes a sentence of a quote as a model might: faithfully, or so that it says something else.

What each function makes is known by how it was made, so that a score need not ask the verifier.
The words here are chosen without looking at the lexicon of the verifier.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ccs_qa.records import Language
from ccs_qa.text import fold

FAITHFUL = ("verbatim", "shortened", "introduced", "joined", "inflected", "reworded")
ALTERED = (
    "citation",
    "number",
    "date",
    "name",
    "negation",
    "opposite",
    "certainty",
    "added",
    "swapped",
    "spliced",
    "language",
    "obeyed",
    "unsupported",
    "cut",
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a sentence is made from.

    Attributes:
        language: The language of the answer.
        number: The quote that the sentence stands in.
        sentence: The sentence, ended by a full stop.
        quotes: Every quote given, by number.
        sentences: Sentences of each quote.
        translated: The sentence in the other language; empty when not known.
        elsewhere: Sentences of passages that were not given.
    """

    language: Language
    number: int
    sentence: str
    quotes: Mapping[int, str]
    sentences: Mapping[int, tuple[str, ...]]
    translated: str = ""
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A sentence made.

    Attributes:
        text: Its words.
        mark: Its citations as a model writes them.
    """

    text: str
    mark: str


_TABLES = tomllib.loads((Path(__file__).parent / "alterations.toml").read_text("utf-8"))
Maker = Callable[[Given, np.random.Generator], Made | None]
_VERBS: dict[Language, str] = {
    "fr": r"est|sont|doit|doivent|devrait|devraient|peut|peuvent|pourrait|pourraient|permet"
    r"|permettent|permettra|aidera|montre|souhaitent|veulent|faut|convient|comprend|contribue",
    "en": r"is|are|must|should|can|could|may|will|would|has|have|do|does",
}
_NAMES = ("Transports Canada", "Jean Tremblay", "Microsoft", "ARC", "Toronto", "Statistique Canada")
_TAILS: dict[Language, str] = {
    "fr": r", (?:ce qui|notamment|comme|soit) ",
    "en": r", (?:which|such as|including|for example) ",
}


def _pick(rng: np.random.Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _marked(given: Given, text: str) -> Made | None:
    said = any(fold(text) == fold(other) for group in given.sentences.values() for other in group)
    return None if said else Made(text, f"[{given.number}]")


def _replaced(
    given: Given, rng: np.random.Generator, pairs: Sequence[tuple[str, str]]
) -> Made | None:
    able = [pair for pair in pairs if re.search(rf"(?i)\b(?:{pair[0]})\b", given.sentence)]
    if not able:
        return None
    old, new = able[int(rng.integers(len(able)))]
    text = re.sub(rf"(?i)\b(?:{old})\b", new, given.sentence, count=1)
    return _marked(given, text[:1].upper() + text[1:])


def _verbatim(given: Given, rng: np.random.Generator) -> Made | None:  # noqa: ARG001 - a Maker
    return Made(given.sentence, f"[{given.number}]")


def _shortened(given: Given, rng: np.random.Generator) -> Made | None:  # noqa: ARG001 - a Maker
    found = re.search(_TAILS[given.language], given.sentence)
    if found is None or found.start() < 40:
        return None
    return Made(f"{given.sentence[: found.start()]}.", f"[{given.number}]")


def _introduced(given: Given, rng: np.random.Generator) -> Made | None:
    frame = _pick(rng, _TABLES["frames"][given.language])
    # What opens with a verb cannot follow "that".
    if not re.match(r"(?:The|It|There|Clients|Il|Les|Le|La|L'|Des|Un) ?", given.sentence):
        return None
    body = _lower(given.sentence)
    joined = re.sub(r"\bque (?=[aeiouéèêh])", "qu'", f"{frame} {body[:1]}") + body[1:]
    return Made(joined, f"[{given.number}]")


def _joined(given: Given, rng: np.random.Generator) -> Made | None:
    others = [at for at in given.sentences if at != given.number and given.sentences[at]]
    if not others:
        return None
    other = others[int(rng.integers(len(others)))]
    second = given.sentences[other][0]
    both = "et" if given.language == "fr" else "and"
    text = f"{given.sentence.rstrip('.')}, {both} {_lower(second)}"
    return Made(text, f"[{given.number}][{other}]")


def _inflected(given: Given, rng: np.random.Generator) -> Made | None:
    able = [
        pair for pair in _TABLES["inflected"][given.language] if re.search(pair[0], given.sentence)
    ]
    if not able:
        return None
    old, new = able[int(rng.integers(len(able)))]
    return _marked(given, re.sub(old, new, given.sentence, count=1))


def _reworded(given: Given, rng: np.random.Generator) -> Made | None:
    return _replaced(given, rng, _TABLES["reworded"][given.language])


def _citation(given: Given, rng: np.random.Generator) -> Made | None:
    others = [
        at for at in given.quotes if at != given.number and given.sentence not in given.quotes[at]
    ]
    marks = [f"[{max(given.quotes) + 1}]", "[99]", "[1-9]", "", f"[{given.number}][42]"]
    marks += [f"[{at}]" for at in others]
    return Made(given.sentence, marks[int(rng.integers(len(marks)))])


def _number(given: Given, rng: np.random.Generator) -> Made | None:
    digits = re.search(r"\d+", given.sentence)
    if digits:
        other = str(int(digits.group()) + int(rng.integers(1, 9)))
        return _marked(given, given.sentence.replace(digits.group(), other, 1))
    values = {
        "fr": ("trois", "12", "48 % des", "vingt-cinq", "deux mille", "1 500"),
        "en": ("three", "12", "48% of", "twenty-five", "two thousand", "1,500"),
    }
    pattern = r"\b(?:les|des|aux)\b" if given.language == "fr" else r"\b(?:the|clients|employees)\b"
    if not re.search(pattern, given.sentence, re.IGNORECASE):
        return None
    value = _pick(rng, values[given.language])
    articles = {"les", "des", "aux", "the"}

    def count(found: re.Match[str]) -> str:
        word = found.group()
        return value if word.casefold() in articles else f"{value} {word}"

    text = re.sub(pattern, count, given.sentence, count=1, flags=re.IGNORECASE)
    return _marked(given, text[:1].upper() + text[1:])


def _date(given: Given, rng: np.random.Generator) -> Made | None:
    date = _pick(rng, _TABLES["dates"][given.language])
    return _marked(given, f"{date}, {_lower(given.sentence)}")


def _name(given: Given, rng: np.random.Generator) -> Made | None:
    pattern = (
        r"Service Canada|\bCCS\b|\bSAC\b|\bIA\b|\bAI\b|\bPCPH\b|\bCDB\b|gouvernement du Canada"
    )
    pattern += r"|Government of Canada|\b(?:le|du|au) ministère\b|\bthe department\b"
    text = re.sub(pattern, _pick(rng, _NAMES), given.sentence, count=1, flags=re.IGNORECASE)
    return None if text == given.sentence else _marked(given, text)


def _negation(given: Given, rng: np.random.Generator) -> Made | None:
    text = given.sentence
    if given.language == "fr":
        denied = re.sub(r"\b(?:ne |n')(\w+) (?:pas|plus|jamais)\b", r"\1", text, count=1)
        if denied == text:
            verbs = list(re.finditer(rf"\b({_VERBS['fr']})\b", text))
            if verbs:
                verb = verbs[int(rng.integers(len(verbs)))]
                ne = "n'" if verb.group()[0] in "aeiou" else "ne "
                denied = f"{text[: verb.start()]}{ne}{verb.group()} pas{text[verb.end() :]}"
            elif re.match(r"\w+(?:er|ir|re)\b", text):
                denied = f"Ne pas {_lower(text)}"
    else:
        denied = re.sub(r"\b(?:do not |does not |(?<=may )not |not )", "", text, count=1)
        if denied == text:
            verbs = list(re.finditer(rf"\b({_VERBS['en']})\b", text))
            if verbs:
                verb = verbs[int(rng.integers(len(verbs)))]
                no = _pick(rng, (" not", " never", "n't" if verb.group() != "can" else "not"))
                denied = f"{text[: verb.end()]}{no}{text[verb.end() :]}"
            elif re.match(r"[A-Z][a-z]+e? ", text):
                denied = f"Do not {_lower(text)}"
    return None if denied == text else _marked(given, denied)


def _opposite(given: Given, rng: np.random.Generator) -> Made | None:
    return _replaced(given, rng, _TABLES["turns"][given.language])


def _certainty(given: Given, rng: np.random.Generator) -> Made | None:
    return _replaced(given, rng, _TABLES["certain"][given.language])


def _added(given: Given, rng: np.random.Generator) -> Made | None:
    words = given.sentence.rstrip(".").split(" ")
    at = int(rng.integers(2, len(words) + 1)) if len(words) > 2 else len(words)
    claim = _pick(rng, _TABLES["added"][given.language])
    return _marked(given, " ".join([*words[:at], claim, *words[at:]]) + ".")


def _swapped(given: Given, rng: np.random.Generator) -> Made | None:
    words = list(re.finditer(r"\b[^\W\d_]{6,}\b", given.sentence))
    if len(words) < 2:
        return None
    one, two = sorted(int(at) for at in rng.choice(len(words), 2, replace=False))
    first, second = words[one], words[two]
    if fold(first.group())[:5] == fold(second.group())[:5]:
        return None
    text = given.sentence
    # "A and B" means the same the other way around.
    between = text[first.end() : second.start()]
    if re.fullmatch(r"(?:,| et| and| ou| or| la| le| les| des| the)*\s*", between):
        return None
    made = text[: first.start()] + second.group() + between
    return _marked(given, made + first.group() + text[second.end() :])


def _spliced(given: Given, rng: np.random.Generator) -> Made | None:
    others = [
        (at, text)
        for at, texts in given.sentences.items()
        for text in texts
        if text != given.sentence and len(text.split()) > 6
    ]
    words = given.sentence.split(" ")
    if not others or len(words) <= 6:
        return None
    at, other = others[int(rng.integers(len(others)))]
    end = other.split(" ")
    text = " ".join([*words[: len(words) // 2], *end[len(end) // 2 :]])
    mark = f"[{given.number}]" if at == given.number else f"[{given.number}][{at}]"
    made = _marked(given, text)
    return None if made is None else Made(made.text, mark)


def _language(given: Given, rng: np.random.Generator) -> Made | None:  # noqa: ARG001 - a Maker
    return Made(given.translated, f"[{given.number}]") if given.translated else None


def _obeyed(given: Given, rng: np.random.Generator) -> Made | None:
    return Made(_pick(rng, _TABLES["orders"][given.language]), f"[{given.number}]")


def _unsupported(given: Given, rng: np.random.Generator) -> Made | None:
    pool = [*_TABLES["false"][given.language], *given.elsewhere]
    text = _pick(rng, pool)
    held = any(fold(text.rstrip(".")) in fold(quote) for quote in given.quotes.values())
    return None if held else Made(text, f"[{given.number}]")


def _cut(given: Given, rng: np.random.Generator) -> Made | None:
    words = given.sentence.rstrip(".").split(" ")
    if len(words) < 8:
        return None
    at = int(rng.integers(3, len(words) - 2))
    if words[at - 1][-1] in ",;:)»”":
        return None
    text = " ".join(words[:at])
    if rng.integers(2):
        return Made(f"{text}.", f"[{given.number}]")
    return Made(text, f"[{given.number}]" if rng.integers(2) else "")


MAKERS: dict[str, Maker] = {
    "verbatim": _verbatim,
    "shortened": _shortened,
    "introduced": _introduced,
    "joined": _joined,
    "inflected": _inflected,
    "reworded": _reworded,
    "citation": _citation,
    "number": _number,
    "date": _date,
    "name": _name,
    "negation": _negation,
    "opposite": _opposite,
    "certainty": _certainty,
    "added": _added,
    "swapped": _swapped,
    "spliced": _spliced,
    "language": _language,
    "obeyed": _obeyed,
    "unsupported": _unsupported,
    "cut": _cut,
}


def make(kind: str, given: Given, rng: np.random.Generator) -> Made | None:
    """Make a sentence of a kind.

    Args:
        kind: One of `FAITHFUL` or `ALTERED`.
        given: What it is made from.
        rng: Source of chance.

    Returns:
        The sentence; None where the kind does not fit.
    """
    return MAKERS[kind](given, rng)
