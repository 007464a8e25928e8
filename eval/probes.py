"""Whether what is found stays when a question is put otherwise, and what a false model can do."""

import re
import tomllib
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ccs_qa.corpus.library import Corpus
from ccs_qa.generate.ask import AnswerGenerator, GeneratedAnswer
from ccs_qa.present.schemas import AskResponse, GenerationOut
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
from eval.metrics import interval_text, mean_of, rate_text, wilson
from eval.report import Rows, Section, Table
from eval.run import Outcome, Reply, System, ask_all, citation_scores

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


def swap_acronyms(text: str, language: Language) -> str:
    """Write acronyms in full and full names as acronyms, all at once."""
    pairs = _WORDS["acronyms"][language]
    others = {one.casefold(): two for pair in pairs for one, two in (pair, reversed(pair))}
    names = re.compile(rf"\b(?:{'|'.join(map(re.escape, others))})\b", re.IGNORECASE)
    return names.sub(lambda found: others[found[0].casefold()], text)


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


def changed_by(row: GoldRow, name: str) -> GoldRow:
    """Change a question; its history stays as it was typed."""
    rng = np.random.default_rng([_SEED, zlib.crc32(row.id.encode())])
    return row.model_copy(update={"question": CHANGES[name](row.question, row.lang, rng)})


# What a system then gives.


class Once:
    """A system that is asked no question twice."""

    def __init__(self, system: System) -> None:
        """Stand before a system."""
        self._ask = cache(system.ask)

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:
        """Answer, or give the same answer again."""
        return self._ask(question, tuple(history))


@dataclass(frozen=True, slots=True)
class Pair:
    """What a question gave, and what it gave when it was put otherwise."""

    before: Outcome
    after: Outcome

    @property
    def same(self) -> bool:
        """Whether the question is the same after all."""
        one, two = self.before.row, self.after.row
        return (one.question, one.history) == (two.question, two.history)


def probe(system: System, rows: Sequence[tuple[GoldRow, GoldRow]], corpus: Corpus) -> list[Pair]:
    """Ask questions as they stand and otherwise."""
    sides = [ask_all(system, side, corpus) for side in zip(*rows, strict=True)]
    return [Pair(*both) for both in zip(*sides, strict=True)]


def _values(pairs: Sequence[Pair], measure: str) -> tuple[list[float], list[float]]:
    return [x.before.scores[measure] for x in pairs], [x.after.scores[measure] for x in pairs]


def loss_rows(losses: Mapping[str, Sequence[Pair]], *, answers: bool) -> Rows:
    """Tabulate what changes cost, and how often what they change is ranked or answered otherwise.

    Args:
        answers: Whether the system answers: one that only ranks has no other status.
    """
    rows = [["change", "changed", "before", "after", "loss, 95 %", "where changed, 95 %"]]
    rows[0] += ["other first, 95 %", *["other status, 95 %"] * answers]
    for name, pairs in losses.items():
        before, after = _values(pairs, MEASURE)
        lost = [one - two for one, two in zip(before, after, strict=True)]
        only = [loss for loss, pair in zip(lost, pairs, strict=True) if not pair.same]
        means = [f"{mean_of(side).mean:.3f}" for side in (before, after)]
        costs = [mean_of(some).text("+.3f") if some else "" for some in (lost, only)]
        firsts = sum(x.before.first != x.after.first for x in pairs)
        statuses = sum(x.before.reply.status != x.after.reply.status for x in pairs)
        counts = (firsts, statuses) if answers else (firsts,)
        shares = [rate_text(count, len(only)) for count in counts]
        rows.append([name, f"{len(only)}/{len(pairs)}", *means, *costs, *shares])
    return rows


def agreement_rows(pairs: Sequence[Pair]) -> Rows:
    """Tabulate whether questions find the same first passage in both languages."""
    differ = [pair for pair in pairs if pair.before.first != pair.after.first]
    sides = [(pair.before, pair.after) for pair in differ]
    right = sum(all(x.row.answerable and not x.failed for x in both) for both in sides)
    same, total = len(pairs) - len(differ), len(pairs)
    names = ", ".join(pair.before.row.id.removesuffix("-fr") for pair in differ)
    return [
        ["pairs", "same first passage, 95 %", "same, or both right", "different"],
        [str(total), rate_text(same, total), f"{same + right}/{total}", names],
    ]


def gap_rows(pairs: Sequence[Pair]) -> Rows:
    """Tabulate follow-ups beside the same asked in one sentence."""
    one, two = _values(pairs, "success@5")
    gap = mean_of([after - before for before, after in zip(one, two, strict=True)])
    return [
        ["questions", "S@5, 95 %"],
        ["follow-ups", rate_text(round(sum(one)), len(one))],
        ["twins", rate_text(round(sum(two)), len(two))],
        ["gap", gap.text("+.2f")],
    ]


def robustness_section(
    system: System, rows: Sequence[GoldRow], corpus: Corpus, *, answers: bool = False
) -> Section:
    """Ask questions in other letters, in the other language, and as a follow-up."""
    once, known = Once(system), [row for row in rows if row.answerable]
    losses = {
        name: probe(once, [(row, changed_by(row, name)) for row in known], corpus)
        for name in CHANGES
    }
    pairs = probe(once, language_pairs(rows), corpus)
    twins = probe(once, follow_up_twins(known), corpus)
    return Section(
        "Robustness",
        "Whether the same question finds the same when it is typed otherwise, asked in the other "
        "language or split in two: losses and gaps near 0 and an agreement near 1 are good.",
        (
            Table("nDCG@10 of perturbed questions", loss_rows(losses, answers=answers)),
            Table("First passage, French and English", agreement_rows(pairs)),
            Table("Follow-ups and standalone twins", gap_rows(twins)),
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
    def mark(self) -> str:
        """The number behind it."""
        return f"[{self.number}]"

    @property
    def others(self) -> list[tuple[int, str]]:
        """Each other sentence and its number."""
        pairs = ((at, text) for at, texts in self.sentences.items() for text in texts)
        return [pair for pair in pairs if pair[1] != self.sentence]


# A sentence and the numbers behind it; None where it cannot be made.
Made = tuple[str, str] | None
Maker = Callable[[Given, np.random.Generator], Made]


def make(kind: str, given: Given, rng: np.random.Generator) -> Made:
    """Make a sentence of a kind: by its function, or by the table of that name."""
    maker = _MAKERS.get(kind)
    made = maker(given, rng) if maker else _replaced(kind, given, rng)
    quoted = {fold(text) for texts in given.sentences.values() for text in texts}
    if made and kind not in ("verbatim", "citation", "language") and fold(made[0]) in quoted:
        return None
    return made


def _words(table: str, given: Given) -> Any:  # noqa: ANN401 - texts or pairs, by table
    return _WORDS[table][given.language]


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _replaced(table: str, given: Given, rng: np.random.Generator) -> Made:
    text = _lower(given.sentence)
    made = [
        re.sub(rf"\b(?:{old})\b", new, text, count=1, flags=re.IGNORECASE)
        for old, new in _words(table, given)
    ]
    changed = [item for item in made if item != text]
    if not changed:
        return None
    found = _pick(rng, changed)
    return found[:1].upper() + found[1:], given.mark


def _joined(given: Given, rng: np.random.Generator) -> Made:
    others = [pair for pair in given.others if pair[0] != given.number]
    if not others:
        return None
    at, text = _pick(rng, others)
    both = "et" if given.language == "fr" else "and"
    return f"{given.sentence.rstrip('.')}, {both} {_lower(text)}", f"{given.mark}[{at}]"


def _citation(given: Given, rng: np.random.Generator) -> Made:
    others = [at for at, text in given.quotes.items() if given.sentence not in text]
    marks = [f"[{max(given.quotes) + 1}]", "[99]", "[1-9]", "", f"{given.mark}[42]"]
    return given.sentence, _pick(rng, [*marks, *(f"[{at}]" for at in others)])


def _added(given: Given, rng: np.random.Generator) -> Made:
    words = given.sentence.rstrip(".").split(" ")
    at = int(rng.integers(2, len(words) + 1)) if len(words) > 2 else len(words)
    claim = _pick(rng, _words("added", given))
    return " ".join([*words[:at], claim, *words[at:]]) + ".", given.mark


def _swapped(given: Given, rng: np.random.Generator) -> Made:
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
    made = text[: first.start()] + second[0] + between + first[0] + text[second.end() :]
    return made, given.mark


def _spliced(given: Given, rng: np.random.Generator) -> Made:
    others = [(at, text.split(" ")) for at, text in given.others if len(text.split()) > 6]
    words = given.sentence.split(" ")
    if not others or len(words) <= 6:
        return None
    at, end = _pick(rng, others)
    beside = "" if at == given.number else f"[{at}]"
    made = " ".join([*words[: len(words) // 2], *end[len(end) // 2 :]])
    return made, f"{given.mark}{beside}"


def _unsupported(given: Given, rng: np.random.Generator) -> Made:
    text = _pick(rng, [*_words("false", given), *given.elsewhere])
    said = any(fold(text.rstrip(".")) in fold(quote) for quote in given.quotes.values())
    return None if said else (text, given.mark)


def _cut(given: Given, rng: np.random.Generator) -> Made:
    words = given.sentence.rstrip(".").split(" ")
    if len(words) < 8:
        return None
    at = int(rng.integers(3, len(words) - 2))
    if words[at - 1][-1] in ",;:)»”":
        return None
    text = " ".join(words[:at])
    return _pick(rng, [(f"{text}.", given.mark), (text, given.mark), (text, "")])


_MAKERS: dict[str, Maker] = {
    "verbatim": lambda given, _: (given.sentence, given.mark),
    "joined": _joined,
    "citation": _citation,
    "added": _added,
    "swapped": _swapped,
    "spliced": _spliced,
    "language": lambda given, _: (given.translated, given.mark) if given.translated else None,
    "obeyed": lambda given, rng: (_pick(rng, _words("orders", given)), given.mark),
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


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an adversary: whether it passed every check, and reached a person."""

    kind: str
    passed: bool
    reached: bool


class Misled(AnswerGenerator):
    """Has an adversary word answers, and notes what became of each of its sentences."""

    def __init__(self, adversary: Adversary) -> None:
        """Bind the adversary."""
        super().__init__(adversary)
        self._adversary = adversary
        self.found: list[Sentence] = []

    def phrase(
        self, query: Query, citations: Sequence[Citation]
    ) -> Generator[Generating, None, GeneratedAnswer]:
        """Phrase an answer, and note what became of the sentences."""
        made = yield from super().phrase(query, citations)
        left = {text for text, _ in made.left_out}
        shown = {item.text for item in made.statements}
        offered = self._adversary.written
        self.found += [Sentence(kind, text not in left, text in shown) for kind, text in offered]
        unknown = shown - {text for _, text in offered}
        self.found += [Sentence(UNKNOWN, passed=True, reached=True)] * len(unknown)
        return made


# What the sentences of a model are worth.

_OUTCOMES: tuple[GenerationOutcome, ...] = ("used", "unsupported", "unavailable", "unneeded")


def summarise_generated(
    outcomes: Sequence[Outcome], offered: Sequence[Sentence] = ()
) -> dict[str, Any]:
    """Put the figures of answers that a model words together.

    `citations` is as in a run, over the quotes that the sentences shown name; `sentence_precision`
    the share of sentences shown, to answerable questions, that name a relevant passage.
    """
    ended = [(item, *pair) for item in outcomes if (pair := _generated(item.reply.answer))]
    used = [(item, answer) for item, answer, became in ended if became.outcome == "used"]
    quoted = [
        float(any(name in item.relevant for name in names))
        for item, answer in used
        if item.row.answerable
        for names in named_by_sentence(answer)
    ]
    dropped = sum((Counter(became.dropped) for _, _, became in ended), Counter[str]())
    kept = sum(became.kept for _, _, became in ended)
    return {
        "outcomes": {
            name: sum(became.outcome == name for _, _, became in ended) for name in _OUTCOMES
        },
        "sentences": {
            "offered": kept + dropped.total(),
            "kept": kept,
            "shown": sum(len(answer.statements) for _, answer in used),
            "dropped": {name: dropped[name] for name in DROP_REASONS},
        },
        "citations": {
            **citation_scores([item for item, _ in used]),
            "sentence_precision": round(mean_of(quoted).mean, 4),
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


def _generated(answer: AskResponse | None) -> tuple[AskResponse, GenerationOut] | None:
    return (answer, answer.generation) if answer and answer.generation else None


def named_by_sentence(answer: AskResponse) -> list[list[str]]:
    """List the passages that each sentence of an answer names."""
    names = {item.number: item.passage_id for item in answer.citations}
    return [[names[at] for at in said.citations] for said in answer.statements]


def adversary_rows(kinds: Mapping[str, Mapping[str, int]]) -> Rows:
    """Tabulate what became of an adversary's sentences: true ones, then altered ones."""
    rows = [["sentence", "kind", "offered", "passed, 95 %", "reached a person, 95 %"]]
    for label, names in (("true", FAITHFUL), ("altered", (*ALTERED, UNKNOWN))):
        mine = {name: kinds[name] for name in names if name in kinds}
        total = sum((Counter(counts) for counts in mine.values()), Counter[str]())
        for name, counts in (*mine.items(), ("all", total)):
            offered = counts["offered"]
            shares = [rate_text(counts[key], offered, ".3f") for key in ("passed", "reached")]
            rows.append([label, name, str(offered), *shares])
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
        Table("How answers ended", [["outcome", "questions"], *ends]),
        Table("Citations of sentences shown", [["figure", "value"], *shares]),
    ]
    if figures["adversary"]:
        tables.append(Table("The adversary", adversary_rows(figures["adversary"])))
    return Section("Generated answers", "", tuple(tables))
