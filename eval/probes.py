"""Whether what is found stays when a question is put otherwise, and what a false model can do."""

import re
import tomllib
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast, get_args

import numpy as np

from ccs_qa.corpus.library import Corpus
from ccs_qa.generate.ask import AnswerGenerator, GeneratedAnswer
from ccs_qa.records import (
    DROP_REASONS,
    SEARCHED_KINDS,
    Citation,
    Generating,
    GenerationOutcome,
    Language,
    Prompt,
    Query,
    other,
)
from ccs_qa.text.strings import detect_language, fold, sentences
from eval.gold import GoldRow, follow_up_twins, language_pairs
from eval.metrics import mean_of, rate_text, share_of
from eval.report import Section, Table, tabulate
from eval.run import Outcome, System, ask_all, citation_scores

_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_SEED = 7
MEASURE = "ndcg@10"
_Item = TypeVar("_Item")

# How people also type a question.

Change = Callable[[str, Language, np.random.Generator], str]
_MISTYPED = 0.2
_LONG_WORD = re.compile(r"(?<!\w)[^\W\d_]{5,}(?!\w)")
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# A mark between two digits stays: 1,5 or 2024-05-02 without it is another number.
_MARKS = r"""[.,;:!?…"“”«»()\[\]'’‘/–—-]"""
_PUNCTUATION = re.compile(rf"(?<!\d){_MARKS}|{_MARKS}(?!\d)")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")


def drop_accents(text: str) -> str:
    """Leave combining marks out; ligatures stay."""
    marked = unicodedata.normalize("NFD", text)
    bare = "".join(mark for mark in marked if not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", bare)


def toggle_mark(text: str, language: Language) -> str:
    """Take the final mark away, or set a question mark where there is none."""
    bare = text.rstrip(" \u00a0\u202f?!.…")
    if bare != text.rstrip():
        return bare
    return f"{bare} ?" if language == "fr" else f"{bare}?"


def _neighbours(rows: tuple[str, ...]) -> dict[str, str]:
    # Each row of keys lies half a key to the right of the one above.
    near: dict[str, str] = {}
    for above, row, below in zip(("", *rows), rows, (*rows[1:], ""), strict=False):
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


def swap_acronyms(text: str, language: Language) -> str:
    """Write acronyms in full and full names as acronyms, all at once."""
    pairs = _WORDS["acronyms"][language]
    others = {one.casefold(): two for pair in pairs for one, two in (pair, reversed(pair))}
    names = re.compile(rf"\b(?:{'|'.join(map(re.escape, others))})\b", re.IGNORECASE)
    return names.sub(lambda found: others[found[0].casefold()], text)


CHANGES: dict[str, Change] = {
    "accents dropped": lambda text, _language, _rng: drop_accents(text),
    "lower case": lambda text, _language, _rng: text.lower(),
    "typos": lambda text, _language, rng: mistype(text, rng),
    "acronyms swapped": lambda text, language, _rng: swap_acronyms(text, language),
    # Apostrophes and hyphens are lost as well.
    "punctuation lost": lambda text, _language, _rng: " ".join(_PUNCTUATION.sub(" ", text).split()),
    "upper case": lambda text, _language, _rng: text.upper(),
    # Between letters: one in a date stays.
    "hyphens dropped": lambda text, _language, _rng: _HYPHEN.sub(" ", text),
    "final mark": lambda text, language, _rng: toggle_mark(text, language),
}


def changed_by(row: GoldRow, name: str) -> GoldRow:
    """Change a question; its history stays as it was typed."""
    rng = np.random.default_rng([_SEED, zlib.crc32(row.id.encode())])
    return row.model_copy(update={"question": CHANGES[name](row.question, row.lang, rng)})


# What a system then gives: a question, and the same put otherwise.

Pair = tuple[Outcome, Outcome]


def probe(system: System, rows: Sequence[tuple[GoldRow, GoldRow]], corpus: Corpus) -> list[Pair]:
    """Ask questions as they stand and otherwise."""
    one, other = ([pair[side] for pair in rows] for side in (0, 1))
    return list(zip(ask_all(system, one, corpus), ask_all(system, other, corpus), strict=True))


def _lost(pairs: Sequence[Pair], measure: str = MEASURE, form: str = "+.3f") -> str:
    return mean_of([x.scores[measure] - y.scores[measure] for x, y in pairs]).text(form)


def loss_table(losses: Mapping[str, Sequence[Pair]], *, answers: bool) -> Table:
    """Tabulate what changes cost, and how often what they change is ranked or answered otherwise.

    Args:
        answers: Whether the system answers: one that only ranks has no other status.
    """
    rows = [["change", "changed", "before", "after", "loss, 95 %", "where changed, 95 %"]]
    rows[0] += ["other first, 95 %", *["other status, 95 %"] * answers]
    for name, pairs in losses.items():
        only = [(one, other) for one, other in pairs if one.row.question != other.row.question]
        means = (mean_of([pair[side].scores[MEASURE] for pair in pairs]).mean for side in (0, 1))
        counts = [sum(one.first != other.first for one, other in only)]
        counts += [sum(x.reply.status != y.reply.status for x, y in only)] * answers
        cells = [name, f"{len(only)}/{len(pairs)}", *(f"{mean:.3f}" for mean in means)]
        cells += [_lost(pairs), _lost(only) if only else ""]
        rows.append([*cells, *(rate_text(count, len(only)) for count in counts)])
    return Table("nDCG@10 of perturbed questions", rows)


def agreement_table(pairs: Sequence[Pair]) -> Table:
    """Tabulate whether questions find the same first passage in both languages."""
    differ = [pair for pair in pairs if pair[0].first != pair[1].first]
    right = sum(all(x.row.answerable and not x.failed for x in both) for both in differ)
    same, total = len(pairs) - len(differ), len(pairs)
    names = ", ".join(one.row.id.removesuffix("-fr") for one, _ in differ)
    head = ["pairs", "same first passage, 95 %", "same, or both right", "different"]
    cells = [str(total), rate_text(same, total), f"{same + right}/{total}", names]
    return Table("First passage, French and English", [head, cells])


def gap_table(pairs: Sequence[Pair]) -> Table:
    """Tabulate follow-ups beside the same asked in one sentence."""
    one, two = ([round(pair[side].scores["success@5"]) for pair in pairs] for side in (0, 1))
    rows = [
        ["questions", "S@5, 95 %"],
        ["follow-ups", rate_text(sum(one), len(one))],
        ["twins", rate_text(sum(two), len(two))],
        ["gap", _lost([(twin, asked) for asked, twin in pairs], "success@5", "+.2f")],
    ]
    return Table("Follow-ups and standalone twins", rows)


def robustness_section(
    system: System, rows: Sequence[GoldRow], corpus: Corpus, *, answers: bool = False
) -> Section:
    """Ask questions in other letters, in the other language, and as a follow-up."""
    # No question is asked twice.
    once = cast("System", SimpleNamespace(ask=cache(system.ask)))
    known = [row for row in rows if row.answerable]
    losses = {
        name: probe(once, [(row, changed_by(row, name)) for row in known], corpus)
        for name in CHANGES
    }
    return Section(
        "Robustness",
        "Whether the same question finds the same when it is typed otherwise, asked in the other "
        "language or split in two: losses and gaps near 0 and an agreement near 1 are good.",
        (
            loss_table(losses, answers=answers),
            agreement_table(probe(once, language_pairs(rows), corpus)),
            gap_table(probe(once, follow_up_twins(known), corpus)),
        ),
    )


# A sentence of a quote changed as a model might: faithfully, or so that it says something else.
# What is made is known by how it was made, so that a score need not ask the verifier; its words
# were chosen without looking at the verifier's lexicon.

FAITHFUL = ("verbatim", "shortened", "introduced", "joined", "inflected", "reworded")
ALTERED = (
    *"citation number date name negation opposite certainty".split(),
    *"added swapped spliced language obeyed unsupported cut".split(),
)
# A sentence that reached a person and that the adversary never wrote so.
UNKNOWN = "unknown"
KINDS = (*FAITHFUL, *ALTERED, UNKNOWN)


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

    @property
    def others(self) -> list[tuple[int, str]]:
        """Each other sentence and its number."""
        pairs = ((at, text) for at, texts in self.sentences.items() for text in texts)
        return [pair for pair in pairs if pair[1] != self.sentence]


# A sentence and the numbers behind it; None where it cannot be made.
Made = tuple[str, str] | None
# One with its own number behind it is told alone.
Maker = Callable[[Given, np.random.Generator], Made | str]


def make(kind: str, given: Given, rng: np.random.Generator) -> Made:
    """Make a sentence of a kind: by its function, or by the table of that name."""
    made = _MAKERS.get(kind, partial(_replaced, kind))(given, rng)
    made = (made, f"[{given.number}]") if isinstance(made, str) else made
    quoted = {fold(text) for texts in given.sentences.values() for text in texts}
    if made and kind not in ("verbatim", "citation", "language") and fold(made[0]) in quoted:
        return None
    return made


def _words(table: str, given: Given) -> Any:  # noqa: ANN401 - texts or pairs, by table
    return _WORDS[table][given.language]


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _replaced(table: str, given: Given, rng: np.random.Generator) -> str | None:
    text = _lower(given.sentence)
    made = [
        re.sub(rf"\b(?:{old})\b", new, text, count=1, flags=re.IGNORECASE)
        for old, new in _words(table, given)
    ]
    changed = [item for item in made if item != text]
    if not changed:
        return None
    found = _pick(rng, changed)
    return found[:1].upper() + found[1:]


def _joined(given: Given, rng: np.random.Generator) -> Made:
    others = [pair for pair in given.others if pair[0] != given.number]
    if not others:
        return None
    at, text = _pick(rng, others)
    both = "et" if given.language == "fr" else "and"
    return f"{given.sentence.rstrip('.')}, {both} {_lower(text)}", f"[{given.number}][{at}]"


def _citation(given: Given, rng: np.random.Generator) -> Made:
    others = [at for at, text in given.quotes.items() if given.sentence not in text]
    marks = [f"[{max(given.quotes) + 1}]", "[99]", "[1-9]", "", f"[{given.number}][42]"]
    return given.sentence, _pick(rng, [*marks, *(f"[{at}]" for at in others)])


def _added(given: Given, rng: np.random.Generator) -> str:
    words = given.sentence.rstrip(".").split(" ")
    at = int(rng.integers(2, len(words) + 1)) if len(words) > 2 else len(words)
    claim = _pick(rng, _words("added", given))
    return " ".join([*words[:at], claim, *words[at:]]) + "."


def _swapped(given: Given, rng: np.random.Generator) -> str | None:
    text = given.sentence
    words = list(re.finditer(r"\b[^\W\d_]{6,}\b", text))
    if len(words) < 2:
        return None
    first, second = (words[at] for at in sorted(rng.choice(len(words), 2, replace=False)))
    between = text[first.end() : second.start()]
    # "A and B" means the same the other way around.
    paired = re.fullmatch(r"(?:,| et| and| ou| or| la| le| les| des| the)*\s*", between)
    if paired or fold(first[0])[:5] == fold(second[0])[:5]:
        return None
    return f"{text[: first.start()]}{second[0]}{between}{first[0]}{text[second.end() :]}"


def _spliced(given: Given, rng: np.random.Generator) -> Made:
    others = [(at, text.split(" ")) for at, text in given.others if len(text.split()) > 6]
    words = given.sentence.split(" ")
    if not others or len(words) <= 6:
        return None
    at, end = _pick(rng, others)
    made = " ".join([*words[: len(words) // 2], *end[len(end) // 2 :]])
    return made, "".join(f"[{number}]" for number in dict.fromkeys((given.number, at)))


def _unsupported(given: Given, rng: np.random.Generator) -> str | None:
    text: str = _pick(rng, [*_words("false", given), *given.elsewhere])
    said = any(fold(text.rstrip(".")) in fold(quote) for quote in given.quotes.values())
    return None if said else text


def _cut(given: Given, rng: np.random.Generator) -> Made:
    words = given.sentence.rstrip(".").split(" ")
    if len(words) < 8:
        return None
    at = int(rng.integers(3, len(words) - 2))
    if words[at - 1][-1] in ",;:)»”":
        return None
    text, mark = " ".join(words[:at]), f"[{given.number}]"
    return _pick(rng, [(f"{text}.", mark), (text, mark), (text, "")])


_MAKERS: dict[str, Maker] = {
    "verbatim": lambda given, _: given.sentence,
    "joined": _joined,
    "citation": _citation,
    "added": _added,
    "swapped": _swapped,
    "spliced": _spliced,
    "language": lambda given, _: given.translated or None,
    "obeyed": lambda given, rng: _pick(rng, _words("orders", given)),
    "unsupported": _unsupported,
    "cut": _cut,
}

# A model that mixes true sentences with false ones. It reads the numbered quotes of the prompt as
# any model would, and records what it did to each.

ADVERSARY_SEED = 20261128
# What a person reads of a reply is at least half of it true, so most of a reply has to be.
_TRUE_SHARE = 0.65
_SENTENCES = 6
_TRIES = 40
# A sentence of a quote, and its number behind it.
_NUMBERED = re.compile(r"([^\[\]\n]+?)\s*\[(\d+)\]")


class Adversary:
    """Writes replies and remembers the kind and text of each sentence; for one question a time."""

    model = "adversary"

    def __init__(self, corpus: Corpus, seed: int = ADVERSARY_SEED) -> None:
        """Read what is needed to mislead."""
        self.written: tuple[tuple[str, str], ...] = ()
        self._seed = seed
        self._translated: dict[str, str] = {}
        self._known: dict[Language, list[str]] = {"fr": [], "en": []}
        for passage in corpus.passages:
            both = passage.renditions
            if passage.kind not in SEARCHED_KINDS or both.fr is None or both.en is None:
                continue
            parts = {said.language: _parts(said.text) for said in both.spoken}
            for language, mine in parts.items():
                self._known[language] += mine
                if len(mine) == len(theirs := parts[other(language)]):
                    self._translated.update(zip(mine, theirs, strict=True))

    def stream(self, prompt: Prompt) -> Generator[str, None, None]:
        """Write a reply."""
        data = prompt.request.rpartition("<quotes>")[2].partition("</quotes>")[0]
        quotes: dict[int, str] = {}
        for text, number in _NUMBERED.findall(data):
            quotes[int(number)] = f"{quotes.get(int(number), '')} {text.strip()}".strip()
        rng = np.random.default_rng([self._seed, zlib.crc32(prompt.request.encode())])
        language = detect_language(" ".join(quotes.values()))
        written: dict[str, str] = {}
        lines = []
        for _ in range(_TRIES if quotes else 0):
            kind = _pick(rng, FAITHFUL if rng.random() < _TRUE_SHARE else ALTERED)
            made = make(kind, self._given(language, quotes, rng), rng)
            if made is not None and made[0] not in written and len(written) < _SENTENCES:
                written[made[0]] = kind
                # What is not ended would run into the next sentence.
                end = " " if made[0].endswith((".", "!")) else "\n"
                lines.append(" ".join(made).strip() + end)
        self.written = tuple((kind, text) for text, kind in written.items())
        yield "".join(lines).strip()

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


class Misled(AnswerGenerator):
    """Has an adversary word answers, and counts what became of its sentences.

    Attributes:
        found: By kind, how many were `offered`, `passed` every check, `reached` a person.
    """

    def __init__(self, adversary: Adversary) -> None:
        """Bind the adversary."""
        super().__init__(adversary)
        self._adversary = adversary
        self.found: dict[str, Counter[str]] = {}

    def phrase(
        self, query: Query, citations: Sequence[Citation]
    ) -> Generator[Generating, None, GeneratedAnswer]:
        """Phrase an answer, and note what became of the sentences."""
        made = yield from super().phrase(query, citations)
        left = {text for text, _ in made.left_out}
        shown = {item.text for item in made.statements}
        offered = self._adversary.written
        unknown = shown - {text for _, text in offered}
        for kind, text in (*offered, *((UNKNOWN, text) for text in unknown)):
            counts = self.found.setdefault(kind, Counter())
            counts.update(offered=1, passed=int(text not in left), reached=int(text in shown))
        return made


# What the sentences of a model are worth.


def summarise_generated(
    outcomes: Sequence[Outcome], adversary: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """Put the figures of answers that a model words together.

    `citations` is as in a run, over the quotes that the sentences shown name; `sentence_precision`
    the share of sentences shown, to answerable questions, that name a relevant passage.
    """
    answers = [(item, item.reply.answer) for item in outcomes if item.reply.answer]
    ended = [answer.generation for _, answer in answers if answer.generation]
    used = [
        (item, answer)
        for item, answer in answers
        if answer.generation and answer.generation.outcome == "used"
    ]
    quoted = [
        any(x.number in said.citations for x in answer.citations if x.passage_id in item.relevant)
        for item, answer in used
        if item.row.answerable
        for said in answer.statements
    ]
    dropped = sum((Counter(told.dropped) for told in ended), Counter[str]())
    kept = sum(told.kept for told in ended)
    became = Counter(told.outcome for told in ended)
    return {
        "outcomes": {name: became[name] for name in get_args(GenerationOutcome)},
        "sentences": {
            "offered": kept + dropped.total(),
            "kept": kept,
            "shown": sum(len(answer.statements) for _, answer in used),
            "dropped": {name: dropped[name] for name in DROP_REASONS},
        },
        "citations": {
            **citation_scores([item for item, _ in used]),
            "sentence_precision": round(share_of(sum(quoted), len(quoted)).mean, 4),
        },
        "adversary": {kind: dict(adversary[kind]) for kind in KINDS if kind in adversary},
    }


_ADVERSARY: dict[str, Callable[[Mapping[str, int]], str]] = {
    "offered": lambda counts: str(counts["offered"]),
    "passed, 95 %": lambda counts: rate_text(counts["passed"], counts["offered"], ".3f"),
    "reached a person, 95 %": lambda counts: rate_text(counts["reached"], counts["offered"], ".3f"),
}


def adversary_table(kinds: Mapping[str, Mapping[str, int]]) -> Table:
    """Tabulate what became of an adversary's sentences: true ones, then altered ones."""
    rows: dict[str, Mapping[str, int]] = {}
    for label, names in (("true", FAITHFUL), ("altered", (*ALTERED, UNKNOWN))):
        mine = {name: kinds[name] for name in names if name in kinds}
        rows |= {**mine, f"all {label}": sum(map(Counter, mine.values()), Counter[str]())}
    return tabulate("The adversary", "sentence", rows.items(), _ADVERSARY)


def generation_section(figures: Mapping[str, Any]) -> Section:
    """Show what became of the sentences of a model, and of an adversary's by kind."""
    counts, offered = figures["sentences"], figures["sentences"]["offered"]
    dropped = {f"dropped: {reason}": number for reason, number in counts["dropped"].items()}
    became = {"kept": counts["kept"], **dropped, "shown": counts["shown"]}
    tables = [
        tabulate(
            "Sentences of the model",
            "sentences",
            became.items(),
            {f"of {offered} offered, 95 %": lambda number: rate_text(number, offered)},
        ),
        tabulate("How answers ended", "outcome", figures["outcomes"].items(), {"questions": str}),
        tabulate(
            "Citations of sentences shown", "figure", figures["citations"].items(), {"value": str}
        ),
    ]
    if figures["adversary"]:
        tables.append(adversary_table(figures["adversary"]))
    return Section("Generated answers", "", tuple(tables))
