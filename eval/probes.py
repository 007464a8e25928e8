"""Whether what is found stays when a question is put otherwise, and what a false model can do."""

import contextlib
import json
import re
import threading
import tomllib
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import SecretStr

from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import ModeError
from ccs_qa.generate.ask import AnswerGenerator, GeneratedAnswer
from ccs_qa.generate.opening import open_endpoint
from ccs_qa.records import (
    DROP_REASONS,
    LANGUAGES,
    SEARCHED_KINDS,
    Answer,
    Citation,
    Generating,
    GenerationOutcome,
    Language,
    Query,
    other,
)
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.text.strings import detect_language, fold, sentences
from eval.gold import GoldRow, follow_up_twins, language_pairs, relevance
from eval.metrics import interval_text, mean_of, rate_text, score_rankings, wilson
from eval.report import Rows, Section, Table
from eval.run import Answerer, Outcome, Ranker, Reply, System, citation_scores, merged

_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_SEED = 7
MEASURE = "ndcg@10"
_Item = TypeVar("_Item")

# The one loop: a question is asked, and asked otherwise.

Change = Callable[[str, Language, np.random.Generator], str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and what it was changed into, and what a system gave for each."""

    row: GoldRow
    changed: GoldRow
    replies: tuple[Reply, Reply]

    @property
    def same(self) -> bool:
        """Whether the change left the question as it is."""
        return _asked(self.row) == _asked(self.changed)

    @property
    def firsts(self) -> tuple[str | None, str | None]:
        """First passage of each; None where nothing was found."""
        one, two = (next(iter(reply.ranking), None) for reply in self.replies)
        return one, two

    @property
    def statuses(self) -> tuple[str, str]:
        """Status of each."""
        return self.replies[0].status, self.replies[1].status


def _asked(row: GoldRow) -> tuple[str, tuple[str, ...]]:
    return row.question, row.history


def probe(
    system: System,
    rows: Sequence[GoldRow],
    changes: Callable[[GoldRow], Mapping[str, GoldRow]],
    advance: Callable[[], None] = lambda: None,
) -> dict[str, list[Pair]]:
    """Ask each question as it stands and as changed; one asked twice alike is asked once."""
    found: dict[str, list[Pair]] = {}
    for row in rows:
        first = system.ask(*_asked(row))
        for name, changed in changes(row).items():
            alike = _asked(changed) == _asked(row)
            second = first if alike else system.ask(*_asked(changed))
            found.setdefault(name, []).append(Pair(row, changed, (first, second)))
        advance()
    return found


def scored(pairs: Sequence[Pair], corpus: Corpus, measure: str) -> list[tuple[float, float]]:
    """Score both rankings of each pair."""
    sides = [
        score_rankings(
            {str(at): relevance(row, corpus) for at, (row, _) in enumerate(asked)},
            {str(at): reply.ranking for at, (_, reply) in enumerate(asked)},
        )
        for asked in (
            [(pair.row, pair.replies[0]) for pair in pairs],
            [(pair.changed, pair.replies[1]) for pair in pairs],
        )
    ]
    return [(sides[0][at][measure], sides[1][at][measure]) for at in map(str, range(len(pairs)))]


# How people also type a question.

_MISTYPED = 0.2
_LONG_WORD = re.compile(r"(?<!\w)[^\W\d_]{5,}(?!\w)")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# A mark between two digits stays: 1,5 or 2024-05-02 without it is another number.
_MARKS = r"""[.,;:!?…"“”«»()\[\]'’‘/–—-]"""
_PUNCTUATION = re.compile(rf"(?<!\d){_MARKS}|{_MARKS}(?!\d)")
_SPACES = re.compile(r"\s+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")


def drop_accents(text: str) -> str:
    """Leave combining marks out; ligatures stay."""
    marked = unicodedata.normalize("NFD", text)
    bare = "".join(mark for mark in marked if not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", bare)


def drop_hyphens(text: str) -> str:
    """Write a space for each hyphen between letters; one in a date stays."""
    return _HYPHEN.sub(" ", text)


def toggle_mark(text: str, language: Language) -> str:
    """Take the final mark away, or set a question mark where there is none."""
    bare = text.rstrip(" \u00a0\u202f?!.…")
    if bare != text.rstrip():
        return bare
    return f"{bare} ?" if language == "fr" else f"{bare}?"


def _neighbours(rows: tuple[str, ...]) -> dict[str, str]:
    # Each row of keys lies half a key to the right of the one above.
    near: dict[str, str] = {}
    for at, row in enumerate(rows):
        above = rows[at - 1] if at else ""
        below = rows[at + 1] if at + 1 < len(rows) else ""
        for place, key in enumerate(row):
            sides = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            near[key] = sides + above[place : place + 2] + below[max(0, place - 1) : place + 1]
    return near | {key.upper(): keys.upper() for key, keys in near.items()}


# Canadian keyboards place the 26 letters alike in both languages. Accented letters are left
# to deletion and transposition: they need several keys, or one whose place differs.
_NEAR = _neighbours(_KEYBOARD)


def _mistype_word(word: str, rng: np.random.Generator) -> str:
    # Roman numerals, superscripts and fractions are word characters but not letters.
    if not word.isalpha():
        return word
    places = range(len(word))
    substituted = [
        word[:at] + key + word[at + 1 :] for at in places for key in _NEAR.get(word[at], "")
    ]
    deleted = [word[:at] + word[at + 1 :] for at in places]
    transposed = [
        word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        for at in places[:-1]
        if word[at] != word[at + 1]
    ]
    return _pick(rng, _pick(rng, [kind for kind in (substituted, deleted, transposed) if kind]))


def _pick(rng: np.random.Generator, items: Sequence[_Item]) -> _Item:
    return items[int(rng.integers(len(items)))]


def mistype(text: str, rng: np.random.Generator) -> str:
    """Mistype about every fifth word of five letters or more by one letter."""
    return _LONG_WORD.sub(
        lambda found: _mistype_word(found[0], rng) if float(rng.random()) < _MISTYPED else found[0],
        text,
    )


def _acronym_pattern(language: Language) -> re.Pattern[str]:
    names = (f"({re.escape(name)})" for pair in _WORDS["names"][language] for name in pair)
    return re.compile(rf"\b(?:{'|'.join(names)})\b", re.IGNORECASE)


_ACRONYMS = {language: _acronym_pattern(language) for language in LANGUAGES}


def swap_acronyms(text: str, language: Language) -> str:
    """Write acronyms in full and full names as acronyms, all at once."""
    others = [name for short, full in _WORDS["names"][language] for name in (full, short)]
    return _ACRONYMS[language].sub(lambda found: others[(found.lastindex or 1) - 1], text)


def lose_punctuation(text: str) -> str:
    """Write spaces for punctuation, apostrophes and hyphens included."""
    return _SPACES.sub(" ", _PUNCTUATION.sub(" ", text)).strip()


CHANGES: dict[str, Change] = {
    "accents dropped": lambda text, _language, _rng: drop_accents(text),
    "lower case": lambda text, _language, _rng: text.lower(),
    "typos": lambda text, _language, rng: mistype(text, rng),
    "acronyms swapped": lambda text, language, _rng: swap_acronyms(text, language),
    "punctuation lost": lambda text, _language, _rng: lose_punctuation(text),
    "upper case": lambda text, _language, _rng: text.upper(),
    "hyphens dropped": lambda text, _language, _rng: drop_hyphens(text),
    "final mark": lambda text, language, _rng: toggle_mark(text, language),
}
# What may cost some ranking, and what ought to change nothing at all.
COSTLY = tuple(CHANGES)[:5]
HARMLESS = ("lower case", "upper case", "hyphens dropped", "accents dropped", "final mark")


def changed_by(row: GoldRow, name: str) -> GoldRow:
    """Change a question; its history stays as it was typed."""
    rng = np.random.default_rng([_SEED, zlib.crc32(row.id.encode())])
    return row.model_copy(update={"question": CHANGES[name](row.question, row.lang, rng)})


# How much of the ranking that costs.


def loss_rows(losses: Mapping[str, Sequence[Pair]], corpus: Corpus) -> Rows:
    """Tabulate what changes cost, over all questions and over those that they change."""
    rows = [["perturbation", "changed", "before", "after", "loss, 95 %", "where changed, 95 %"]]
    for name, pairs in losses.items():
        values = scored(pairs, corpus, MEASURE)
        lost = [before - after for before, after in values]
        only = [loss for loss, pair in zip(lost, pairs, strict=True) if not pair.same]
        means = [f"{mean_of(side).mean:.3f}" for side in zip(*values, strict=True)]
        costs = [mean_of(some).text("+.3f") if some else "" for some in (lost, only)]
        rows.append([name, f"{len(only)}/{len(pairs)}", *means, *costs])
    return rows


def agreement_rows(pairs: Sequence[Pair], corpus: Corpus) -> Rows:
    """Tabulate whether questions find the same first passage in both languages."""
    differ = [pair for pair in pairs if pair.firsts[0] != pair.firsts[1]]
    right = sum(
        all(
            name in relevance(row, corpus)
            for row, name in zip((pair.row, pair.changed), pair.firsts, strict=True)
        )
        for pair in differ
    )
    same, total = len(pairs) - len(differ), len(pairs)
    return [
        ["pairs", "same first passage, 95 %", "same, or both right", "different"],
        [
            str(total),
            rate_text(same, total),
            f"{same + right}/{total}",
            ", ".join(pair.row.id.removesuffix("-fr") for pair in differ),
        ],
    ]


def gap_rows(pairs: Sequence[Pair], corpus: Corpus) -> Rows:
    """Tabulate follow-ups beside the same asked in one sentence."""
    values = scored(pairs, corpus, "success@5")
    sides = {"follow-ups": [one for one, _ in values], "twins": [two for _, two in values]}
    gap = mean_of([two - one for one, two in values])
    return [
        ["questions", "S@5, 95 %"],
        *([name, rate_text(round(sum(found)), len(found))] for name, found in sides.items()),
        ["gap", gap.text("+.2f")],
    ]


def robustness_section(service: QAService, rows: Sequence[GoldRow]) -> Section:
    """Ask questions in other letters, in the other language, and as a follow-up."""
    system, corpus = Ranker(service), service.corpus
    answerable = [row for row in rows if row.answerable]
    losses = probe(system, answerable, lambda row: {name: changed_by(row, name) for name in COSTLY})

    def matched(pairs: Sequence[tuple[GoldRow, GoldRow]]) -> list[Pair]:
        beside = {row.id: found for row, found in pairs}
        found = probe(system, [row for row, _ in pairs], lambda row: {"": beside[row.id]})
        return found.get("", [])

    pairs, twins = matched(language_pairs(rows)), matched(follow_up_twins(answerable))
    return Section(
        "robustness",
        "Robustness",
        "Whether the same question finds the same when it is typed otherwise, asked in the other "
        "language or split in two: losses and gaps near 0 and an agreement near 1 are good.",
        (
            Table("nDCG@10 of perturbed questions", loss_rows(losses, corpus)),
            Table("First passage, French and English", agreement_rows(pairs, corpus)),
            Table("Follow-ups and standalone twins", gap_rows(twins, corpus)),
        ),
    )


# Whether an answer stays. Nothing is judged here; an answer is compared with that to the question
# as it stands.


def bare_topics() -> list[GoldRow]:
    """List subjects, each a question by itself."""
    return [
        GoldRow(
            id=f"topic: {topic}-{language}",
            lang=language,
            question=topic,
            type="keyword",
            answerable=False,
            relevant=(),
        )
        for language in LANGUAGES
        for topic in _WORDS["topics"][language]
    ]


def variants(row: GoldRow) -> dict[str, GoldRow]:
    """Type a question otherwise, and put a bare subject into frames; what stays is left out."""
    made = {name: changed_by(row, name) for name in HARMLESS}
    if row.id.startswith("topic: "):
        made |= {
            name: row.model_copy(update={"question": frame.format(row.question)})
            for name, frame in _WORDS["framed"][row.lang]
        }
    return {name: found for name, found in made.items() if found.question != row.question}


Stability = dict[tuple[str, Language], list[Pair]]


def measure_stability(
    service: QAService, rows: Sequence[GoldRow], advance: Callable[[], None] = lambda: None
) -> Stability:
    """Ask every question as it stands and otherwise; pairs by change and language."""
    found: Stability = {}
    for name, pairs in sorted(probe(Answerer(service), rows, variants, advance).items()):
        for language in sorted(LANGUAGES):
            own = [pair for pair in pairs if pair.row.lang == language]
            if own:
                found[name, language] = own
    return found


def stability_rows(found: Stability) -> Rows:
    """Tabulate how often answers change."""
    rows = [["transformation", "language", "changed", "other status, 95 %", "other first, 95 %"]]
    for (name, language), pairs in found.items():
        statuses = sum(pair.statuses[0] != pair.statuses[1] for pair in pairs)
        firsts = sum(pair.firsts[0] != pair.firsts[1] for pair in pairs)
        shares = [rate_text(count, len(pairs), ".3f") for count in (statuses, firsts)]
        rows.append([name, language, str(len(pairs)), *shares])
    return rows


def change_lines(found: Stability) -> Iterator[str]:
    """List the questions whose answers changed, one a line, in columns set apart by tabs."""
    for (name, language), pairs in found.items():
        for pair in pairs:
            if pair.statuses[0] != pair.statuses[1] or pair.firsts[0] != pair.firsts[1]:
                firsts = " → ".join(map(str, pair.firsts))
                texts = f"{pair.row.question} → {pair.changed.question}"
                yield "\t".join((name, language, " → ".join(pair.statuses), firsts, texts))


# A sentence of a quote changed as a model might: faithfully, or so that it says something else.
# What is made is known by how it was made, so that a score need not ask the verifier; its words
# were chosen without looking at the verifier's lexicon.

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
    """What a sentence is made from: one of the sentences of numbered quotes."""

    language: Language
    number: int
    sentence: str
    quotes: Mapping[int, str]
    sentences: Mapping[int, tuple[str, ...]]
    translated: str = ""
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A sentence made, and the numbers behind it."""

    text: str
    mark: str


_VERBS: dict[Language, str] = {
    "fr": r"est|sont|doit|doivent|devrait|devraient|peut|peuvent|pourrait|pourraient|permet"
    r"|permettent|permettra|aidera|montre|souhaitent|veulent|faut|convient|comprend|contribue",
    "en": r"is|are|must|should|can|could|may|will|would|has|have|do|does",
}
_OTHERS = (
    "Transports Canada",
    "Jean Tremblay",
    "Microsoft",
    "ARC",
    "Toronto",
    "Statistique Canada",
)
_TAILS: dict[Language, str] = {
    "fr": r", (?:ce qui|notamment|comme|soit) ",
    "en": r", (?:which|such as|including|for example) ",
}


class Maker:
    """Makes one sentence of a kind, by the method of that name; None where it cannot be made."""

    def __init__(self, given: Given, rng: np.random.Generator) -> None:
        """Take what it is made from."""
        self._given, self._rng = given, rng
        self._text, self._language = given.sentence, given.language
        self._mark = f"[{given.number}]"

    def _words(self, table: str) -> Any:  # noqa: ANN401 - texts or pairs, by table
        return _WORDS[table][self._language]

    def _pick(self, items: Sequence[_Item]) -> _Item:
        return _pick(self._rng, items)

    def _new(self, text: str) -> Made | None:
        groups = self._given.sentences.values()
        said = any(fold(text) == fold(other) for group in groups for other in group)
        return None if said else Made(text, self._mark)

    def _replaced(self, table: str) -> Made | None:
        pairs = [x for x in self._words(table) if re.search(rf"(?i)\b(?:{x[0]})\b", self._text)]
        if not pairs:
            return None
        old, new = self._pick(pairs)
        text = re.sub(rf"(?i)\b(?:{old})\b", new, self._text, count=1)
        return self._new(text[:1].upper() + text[1:])

    def verbatim(self) -> Made | None:
        """The sentence itself."""
        return Made(self._text, self._mark)

    def shortened(self) -> Made | None:
        """Without what only explains it."""
        found = re.search(_TAILS[self._language], self._text)
        if found is None or found.start() < 40:
            return None
        return Made(f"{self._text[: found.start()]}.", self._mark)

    def introduced(self) -> Made | None:
        """Behind words that change nothing."""
        frame = self._pick(self._words("frames"))
        # What opens with a verb cannot follow "that".
        if not re.match(r"(?:The|It|There|Clients|Il|Les|Le|La|L'|Des|Un) ?", self._text):
            return None
        body = _lower(self._text)
        opened = re.sub(r"\bque (?=[aeiouéèêh])", "qu'", f"{frame} {body[:1]}")
        return Made(opened + body[1:], self._mark)

    def joined(self) -> Made | None:
        """With a sentence of another quote."""
        texts, number = self._given.sentences, self._given.number
        others = [at for at in texts if at != number and texts[at]]
        if not others:
            return None
        at = self._pick(others)
        both = "et" if self._language == "fr" else "and"
        text = f"{self._text.rstrip('.')}, {both} {_lower(texts[at][0])}"
        return Made(text, f"{self._mark}[{at}]")

    def inflected(self) -> Made | None:
        """With another grammatical word."""
        able = [pair for pair in self._words("inflected") if re.search(pair[0], self._text)]
        if not able:
            return None
        old, new = self._pick(able)
        return self._new(re.sub(old, new, self._text, count=1))

    def reworded(self) -> Made | None:
        """In other words."""
        return self._replaced("reworded")

    def citation(self) -> Made | None:
        """With another number behind it."""
        quotes, number = self._given.quotes, self._given.number
        others = [at for at in quotes if at != number and self._text not in quotes[at]]
        marks = [f"[{max(quotes) + 1}]", "[99]", "[1-9]", "", f"{self._mark}[42]"]
        return Made(self._text, self._pick([*marks, *(f"[{at}]" for at in others)]))

    def number(self) -> Made | None:
        """With another number in it, or one where there was none."""
        digits = re.search(r"\d+", self._text)
        if digits:
            changed = str(int(digits.group()) + int(self._rng.integers(1, 9)))
            return self._new(self._text.replace(digits.group(), changed, 1))
        pattern = {"fr": r"\b(?:les|des|aux)\b", "en": r"\b(?:the|clients|employees)\b"}
        if not re.search(pattern[self._language], self._text, re.IGNORECASE):
            return None
        value = self._pick(self._words("numbers"))
        articles = {"les", "des", "aux", "the"}

        def count(found: re.Match[str]) -> str:
            word = found.group()
            return value if word.casefold() in articles else f"{value} {word}"

        text = re.sub(pattern[self._language], count, self._text, count=1, flags=re.IGNORECASE)
        return self._new(text[:1].upper() + text[1:])

    def date(self) -> Made | None:
        """On a day that it does not name."""
        return self._new(f"{self._pick(self._words('dates'))}, {_lower(self._text)}")

    def name(self) -> Made | None:
        """Of somebody else."""
        pattern = (
            r"Service Canada|\bCCS\b|\bSAC\b|\bIA\b|\bAI\b|\bPCPH\b|\bCDB\b|gouvernement du Canada"
            r"|Government of Canada|\b(?:le|du|au) ministère\b|\bthe department\b"
        )
        text = re.sub(pattern, self._pick(_OTHERS), self._text, count=1, flags=re.IGNORECASE)
        return None if text == self._text else self._new(text)

    def negation(self) -> Made | None:
        """Denied, or no longer so."""
        text = self._text
        if self._language == "fr":
            denied = re.sub(r"\b(?:ne |n')(\w+) (?:pas|plus|jamais)\b", r"\1", text, count=1)
            verbs = list(re.finditer(rf"\b({_VERBS['fr']})\b", text))
            if denied == text and verbs:
                verb = self._pick(verbs)
                ne = "n'" if verb.group()[0] in "aeiou" else "ne "
                denied = f"{text[: verb.start()]}{ne}{verb.group()} pas{text[verb.end() :]}"
            elif denied == text and re.match(r"\w+(?:er|ir|re)\b", text):
                denied = f"Ne pas {_lower(text)}"
        else:
            denied = re.sub(r"\b(?:do not |does not |(?<=may )not |not )", "", text, count=1)
            verbs = list(re.finditer(rf"\b({_VERBS['en']})\b", text))
            if denied == text and verbs:
                verb = self._pick(verbs)
                no = self._pick((" not", " never", "n't" if verb.group() != "can" else "not"))
                denied = f"{text[: verb.end()]}{no}{text[verb.end() :]}"
            elif denied == text and re.match(r"[A-Z][a-z]+e? ", text):
                denied = f"Do not {_lower(text)}"
        return None if denied == text else self._new(denied)

    def opposite(self) -> Made | None:
        """Turned around."""
        return self._replaced("turns")

    def certainty(self) -> Made | None:
        """As if it were certain."""
        return self._replaced("certain")

    def added(self) -> Made | None:
        """With a claim put into it."""
        words = self._text.rstrip(".").split(" ")
        at = int(self._rng.integers(2, len(words) + 1)) if len(words) > 2 else len(words)
        claim = self._pick(self._words("added"))
        return self._new(" ".join([*words[:at], claim, *words[at:]]) + ".")

    def swapped(self) -> Made | None:
        """With two long words exchanged."""
        text = self._text
        words = list(re.finditer(r"\b[^\W\d_]{6,}\b", text))
        if len(words) < 2:
            return None
        one, two = sorted(int(at) for at in self._rng.choice(len(words), 2, replace=False))
        first, second = words[one], words[two]
        if fold(first.group())[:5] == fold(second.group())[:5]:
            return None
        # "A and B" means the same the other way around.
        between = text[first.end() : second.start()]
        if re.fullmatch(r"(?:,| et| and| ou| or| la| le| les| des| the)*\s*", between):
            return None
        made = text[: first.start()] + second.group() + between
        return self._new(made + first.group() + text[second.end() :])

    def spliced(self) -> Made | None:
        """With the end of another sentence."""
        others = [
            (at, text)
            for at, texts in self._given.sentences.items()
            for text in texts
            if text != self._text and len(text.split()) > 6
        ]
        words = self._text.split(" ")
        if not others or len(words) <= 6:
            return None
        at, other = self._pick(others)
        end = other.split(" ")
        made = self._new(" ".join([*words[: len(words) // 2], *end[len(end) // 2 :]]))
        beside = "" if at == self._given.number else f"[{at}]"
        return made and Made(made.text, f"{self._mark}{beside}")

    def language(self) -> Made | None:
        """In the other language."""
        text = self._given.translated
        return Made(text, self._mark) if text else None

    def obeyed(self) -> Made | None:
        """What an injected text asks for."""
        return Made(self._pick(self._words("orders")), self._mark)

    def unsupported(self) -> Made | None:
        """What no quote says."""
        text = self._pick([*self._words("false"), *self._given.elsewhere])
        quotes = self._given.quotes.values()
        held = any(fold(text.rstrip(".")) in fold(quote) for quote in quotes)
        return None if held else Made(text, self._mark)

    def cut(self) -> Made | None:
        """Ended too early."""
        words = self._text.rstrip(".").split(" ")
        if len(words) < 8:
            return None
        at = int(self._rng.integers(3, len(words) - 2))
        if words[at - 1][-1] in ",;:)»”":
            return None
        text = " ".join(words[:at])
        if self._rng.integers(2):
            return Made(f"{text}.", self._mark)
        return Made(text, self._mark if self._rng.integers(2) else "")


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def make(kind: str, given: Given, rng: np.random.Generator) -> Made | None:
    """Make a sentence of a kind; None where it cannot be made."""
    made: Made | None = getattr(Maker(given, rng), kind)()
    return made


# A model that mixes true sentences with false ones, behind the protocol of OpenAI on loopback. It
# reads the numbered quotes of the prompt as any model would, and records what it did to each.

MODEL = "adversary"
_ADVERSARY_SEED = 20261128
# What a person reads of a reply is at least half of it true, so most of a reply has to be.
_TRUE_SHARE = 0.65
_SENTENCES = 6
_TRIES = 40
_PIECE = 16
# A sentence of a quote, and its number behind it.
_NUMBERED = re.compile(r"([^\[\]\n]+?)\s*\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Offered:
    """A sentence of a reply and what was done to it."""

    kind: str
    text: str


class Adversary:
    """Writes replies and remembers what it did; for one question at a time."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        """Read what is needed to mislead."""
        self.replies: list[tuple[Offered, ...]] = []
        self._seed = seed
        self._translated: dict[str, str] = {}
        self._known: dict[Language, list[str]] = {"fr": [], "en": []}
        for passage in corpus.passages:
            texts = [passage.renditions.get(language) for language in LANGUAGES]
            if passage.kind not in SEARCHED_KINDS or None in texts:
                continue
            parts = {item.language: _parts(item.text) for item in texts if item is not None}
            for language, mine in parts.items():
                self._known[language] += mine
                if len(mine) == len(theirs := parts[other(language)]):
                    self._translated.update(zip(mine, theirs, strict=True))

    def reply(self, request: str) -> str:
        """Write a reply."""
        data = request.rpartition("<quotes>")[2].partition("</quotes>")[0]
        quotes: dict[int, str] = {}
        for text, number in _NUMBERED.findall(data):
            quotes[int(number)] = f"{quotes.get(int(number), '')} {text.strip()}".strip()
        rng = np.random.default_rng([self._seed, zlib.crc32(request.encode())])
        language = detect_language(" ".join(quotes.values()))
        made: list[Offered] = []
        lines: list[str] = []
        for _ in range(_TRIES if quotes else 0):
            if len(made) == _SENTENCES:
                break
            kind = _pick(rng, FAITHFUL if rng.random() < _TRUE_SHARE else ALTERED)
            sentence = make(kind, self._given(language, quotes, rng), rng)
            if sentence is None or any(sentence.text == item.text for item in made):
                continue
            made.append(Offered(kind, sentence.text))
            # What is not ended would run into the next sentence.
            end = " " if sentence.text.endswith((".", "!")) else "\n"
            lines.append(f"{sentence.text} {sentence.mark}".strip() + end)
        self.replies.append(tuple(made))
        return "".join(lines).strip()

    def _given(self, language: Language, quotes: dict[int, str], rng: np.random.Generator) -> Given:
        cut = {number: tuple(_parts(text)) for number, text in quotes.items()}
        number = _pick(rng, list(cut))
        sentence = _pick(rng, cut[number])
        given = {text for texts in cut.values() for text in texts}
        unrelated = [text for text in self._known[language] if text not in given]
        elsewhere = tuple(_pick(rng, unrelated) for _ in range(4) if unrelated)
        translated = self._translated.get(sentence, "")
        return Given(language, number, sentence, quotes, cut, translated, elsewhere)


def _parts(text: str) -> list[str]:
    return [f"{part.rstrip('.;:')}." for part in sentences(text)]


@contextlib.contextmanager
def serving(adversary: Adversary) -> Iterator[str]:
    """Serve an adversary on loopback until the block ends; give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat = "messages" in body
            asked = body["messages"][-1]["content"] if chat else body["prompt"]
            text = adversary.reply(asked)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            # Whoever has read enough hangs up.
            with contextlib.suppress(ConnectionError):
                for at in range(0, len(text), _PIECE):
                    self._send(_chunk(text[at : at + _PIECE], chat=chat))
                self._send(_chunk("", chat=chat, finish="stop"))
                self.wfile.write(b"data: [DONE]\n\n")

        def _send(self, chunk: dict[str, Any]) -> None:
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _chunk(text: str, *, chat: bool, finish: str | None = None) -> dict[str, Any]:
    said = {"delta": {"content": text}} if chat else {"text": text}
    return {
        "id": "reply",
        "object": "chat.completion.chunk" if chat else "text_completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": finish, **said}],
    }


# What the sentences of a model are worth.

_OUTCOMES: tuple[GenerationOutcome, ...] = ("used", "unsupported", "unavailable", "unneeded")
# A sentence that reached a person and that the adversary never wrote so.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an adversary: whether it passed every check, and reached a person."""

    kind: str
    passed: bool
    reached: bool


@dataclass(frozen=True, slots=True)
class Generated:
    """What became of phrasing one answer.

    Attributes:
        sound: Sentences shown that name nothing but quotes that equal their document.
    """

    outcome: GenerationOutcome
    kept: int = 0
    dropped: tuple[str, ...] = ()
    named: tuple[tuple[str, ...], ...] = ()
    sound: int = 0
    offered: tuple[Sentence, ...] = ()


class _Recorder(AnswerGenerator):
    """A generator that remembers the last answer it phrased."""

    last: GeneratedAnswer | None = None

    def phrase(
        self, query: Query, citations: Sequence[Citation]
    ) -> Generator[Generating, None, GeneratedAnswer]:
        self.last = yield from super().phrase(query, citations)
        return self.last


class Phrasing:
    """Our service with a language model, which remembers what became of each answer."""

    def __init__(
        self, service: QAService, settings: Settings, adversary: Adversary | None = None
    ) -> None:
        """Open the model of the settings; a `ModeError` says that they name none."""
        endpoint = open_endpoint(settings)
        if endpoint is None:
            raise ModeError
        self._recorder = _Recorder(endpoint)
        self._ranker = Ranker(service)
        self._service = replace(service, generator=self._recorder, endpoint=endpoint)
        self._adversary = adversary
        self.found: list[Generated] = []

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Rank, then answer in the words of the model."""
        self._recorder.last = None
        written = len(self._adversary.replies) if self._adversary else 0
        answers: list[Answer] = []
        answerer = Answerer(self._service, "generative", answers.append)
        reply = merged(self._ranker.ask(question, history), answerer.ask(question, history))
        generated = _generated(self._service.corpus, answers[0])
        if self._adversary and self._recorder.last:
            offered = [item for said in self._adversary.replies[written:] for item in said]
            judged = tuple(_judged(offered, self._recorder.last))
            generated = replace(generated, offered=judged)
        self.found.append(generated)
        return reply


def _judged(written: Sequence[Offered], made: GeneratedAnswer) -> Iterator[Sentence]:
    left = {text for text, _ in made.left_out}
    shown = {item.text for item in made.statements}
    for item in written:
        yield Sentence(item.kind, item.text not in left, item.text in shown)
    for _ in shown - {item.text for item in written}:
        yield Sentence(UNKNOWN, passed=True, reached=True)


def _generated(corpus: Corpus, answer: Answer) -> Generated:
    passages = {item.number: item.hit.passage for item in answer.citations}
    sound = {
        number: corpus.verify(passage.renditions.best(answer.language))
        for number, passage in passages.items()
    }
    shown = answer.statements if answer.mode == "generative" else ()
    became = answer.generation
    return Generated(
        outcome=became.outcome if became else "unneeded",
        kept=became.kept if became else 0,
        dropped=became.dropped if became else (),
        named=tuple(tuple(passages[at].id for at in said.citations) for said in shown),
        sound=sum(all(sound[at] for at in said.citations) for said in shown),
    )


def summarise_generated(outcomes: Sequence[Outcome], found: Sequence[Generated]) -> dict[str, Any]:
    """Put the figures of phrased answers together.

    `citations` is as in a run, over the quotes that the sentences shown name; `sentence_precision`
    the share of sentences shown, to answerable questions, that name a relevant passage;
    `sentences_verified` the share that name nothing but quotes that equal their document.
    """
    used = [x for x in zip(outcomes, found, strict=True) if x[1].outcome == "used"]
    shown = sum(len(item.named) for _, item in used)
    hits = [
        float(any(name in outcome.relevant for name in names))
        for outcome, item in used
        if outcome.row.answerable
        for names in item.named
    ]
    dropped = Counter(reason for item in found for reason in item.dropped)
    kept = sum(item.kept for item in found)
    sound = sum(item.sound for _, item in used)
    offered = [item for entry in found for item in entry.offered]
    return {
        "outcomes": {name: sum(item.outcome == name for item in found) for name in _OUTCOMES},
        "sentences": {
            "offered": kept + dropped.total(),
            "kept": kept,
            "shown": shown,
            "dropped": {name: dropped[name] for name in DROP_REASONS},
        },
        "citations": {
            **citation_scores([outcome for outcome, _ in used]),
            "sentence_precision": round(mean_of(hits).mean, 4),
            "sentences_verified": round(sound / shown, 4) if shown else 1.0,
        },
        "adversary": {
            kind: {
                "offered": len(mine),
                "passed": sum(item.passed for item in mine),
                "reached": sum(item.reached for item in mine),
            }
            for kind in (*FAITHFUL, *ALTERED, UNKNOWN)
            if (mine := [item for item in offered if item.kind == kind])
        },
    }


def adversary_rows(kinds: Mapping[str, Mapping[str, int]]) -> Rows:
    """Tabulate what became of an adversary's sentences: true ones, then altered ones."""
    rows = [["sentence", "kind", "offered", "passed", "95 %", "reached a person", "95 %"]]
    for label, names in (("true", FAITHFUL), ("altered", (*ALTERED, UNKNOWN))):
        mine = [(name, kinds[name]) for name in names if name in kinds]
        total = {
            key: sum(counts[key] for _, counts in mine) for key in ("offered", "passed", "reached")
        }
        for name, counts in [*mine, ("all", total)]:
            row = [label, name, str(counts["offered"])]
            for key in ("passed", "reached"):
                bounds = wilson(counts[key], counts["offered"])
                row += [str(counts[key]), interval_text(*bounds, ".3f")]
            rows.append(row)
    return rows


def generation_section(figures: Mapping[str, Any]) -> Section:
    """Show what became of the sentences of a model, and of an adversary's by kind."""
    counts = figures["sentences"]
    rows = [["sentences", "number", "95 %"], ["offered", str(counts["offered"]), ""]]
    dropped = {f"dropped: {reason}": number for reason, number in counts["dropped"].items()}
    for name, value in {"kept": counts["kept"], **dropped}.items():
        rows.append([name, str(value), interval_text(*wilson(value, counts["offered"]))])
    rows.append(["shown", str(counts["shown"]), ""])
    shares = [[name, f"{value:.4f}"] for name, value in figures["citations"].items()]
    ends = [[name, str(value)] for name, value in figures["outcomes"].items()]
    tables = [
        Table("Sentences of the model", rows),
        Table("How phrasing ended", [["outcome", "questions"], *ends]),
        Table("Citations of sentences shown", [["figure", "value"], *shares]),
    ]
    if figures["adversary"]:
        tables.append(Table("The adversary", adversary_rows(figures["adversary"])))
    return Section("generation", "Generated answers", "", tuple(tables))


@contextlib.contextmanager
def phrasing(service: QAService, settings: Settings, *, adversary: bool) -> Iterator[Phrasing]:
    """Open the service with the model of the settings, or with one that misleads."""
    if not adversary:
        yield Phrasing(service, settings)
        return
    misleading = Adversary(service.corpus, _ADVERSARY_SEED)
    with serving(misleading) as url:
        named = {"llm_url": url, "llm_model": MODEL, "llm_style": "chat", "llm_tokens": 4000}
        changed = settings.model_copy(update={**named, "llm_key": SecretStr("")})
        yield Phrasing(service, changed, misleading)
