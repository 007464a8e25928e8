"""Tells which key facts of a gold question the quotes of its answer hold.

A fact is written in the language of its question. A quote is read in both languages, with what
stands beside it: its lead-in and section, the day and the title of its meeting. Numbers, dates and
names must stand there, or in what the service says of the records; whatever else a fact says must
be meant by one of the quotes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ccs_qa.corpus import Corpus
from ccs_qa.phrase.dates import Date, holds, take_dates
from ccs_qa.phrase.facts import Facts, read_facts
from ccs_qa.phrase.lexicon import lexicon, official_names
from ccs_qa.phrase.numbers import numbers
from ccs_qa.phrase.support import Support
from ccs_qa.records import Answer, Bilingual, Language, Passage
from ccs_qa.text import words
from eval.gold import GoldRow
from eval.intervals import interval_text, wilson

# The least support of a fact: of least error on facts that were read beside quotes, twice
# (`python -m eval facts`).
HELD = 0.77
# What stands around a quote that is a statement.
_MARKS = "«»“” \u00a0"
ASSESSED = Path(__file__).resolve().parent / "facts_assessed.jsonl"


@dataclass(frozen=True, slots=True)
class Told:
    """A quote with what stands beside it, or a sentence of the service.

    Attributes:
        texts: What is read, in either language.
        dates: The dates that it gives.
        exact: Its numbers, names and words; an official name stands in one form. The numbers of
            a date are none.
    """

    texts: tuple[str, ...]
    dates: frozenset[Date]
    exact: frozenset[str]


@cache
def read(*texts: tuple[Language, str]) -> Told:
    """Read texts that stand together.

    Args:
        *texts: Each with its language.

    Returns:
        What they tell.
    """
    facts = [read_facts(text, language) for language, text in texts]
    plain = [words(text) for _, text in texts]
    joined = [f" {' '.join(item)} " for item in plain]
    official = {
        key
        for name, key in official_names()
        if any(f" {' '.join(words(name))} " in text for text in joined)
    }
    return Told(
        tuple(text for _, text in texts),
        frozenset[Date]().union(*(item.dates for item in facts)),
        frozenset(official).union(
            (word for item in plain for word in item if not word.isdigit()),
            *(item.numbers | item.names for item in facts),
        ),
    )


def read_quote(passage: Passage, corpus: Corpus) -> Told:
    """Read a quote in both languages, with what stands beside it.

    Args:
        passage: The passage quoted.
        corpus: The corpus it stands in.

    Returns:
        What it tells.
    """
    meeting = next((item for item in corpus.meetings if item.date == passage.meeting), None)
    beside: list[Bilingual | None] = [passage.renditions, passage.lead_in, passage.section]
    if meeting:
        beside += [meeting.heading, meeting.title.renditions if meeting.title else None]
    return read(*((said.language, said.text) for part in beside if part for said in part.spoken))


def read_answer(answer: Answer, corpus: Corpus) -> tuple[Told, ...]:
    """Read an answer.

    Args:
        answer: The answer.
        corpus: The corpus it quotes.

    Returns:
        The quotes that its statements name, then what it says of the records; sentences that a
        model phrased are left out.
    """
    named = {number for statement in answer.statements for number in statement.citations}
    cited = [item.hit.passage for item in answer.citations if item.number in named]
    quotes = [read_quote(passage, corpus) for passage in cited]
    if answer.mode == "extractive":
        known = {text for item in quotes for text in item.texts}
        told = (statement.text.strip(_MARKS) for statement in answer.statements)
        quotes += [read((answer.language, text)) for text in told if text not in known]
    return tuple(quotes)


def held_facts(row: GoldRow, answer: Answer, corpus: Corpus, support: Support) -> tuple[bool, ...]:
    """Tell which key facts of a question its answer holds.

    Args:
        row: The question.
        answer: Its answer.
        corpus: The corpus.
        support: Measures how much of a fact a quote means.

    Returns:
        One value a fact; none without quotes, or where nothing answers the question.
    """
    if not (row.answerable and row.key_facts and answer.citations):
        return ()
    told = read_answer(answer, corpus)
    return tuple(holds_fact(fact, row.lang, told, support) for fact in row.key_facts)


def holds_fact(fact: str, language: Language, told: Sequence[Told], support: Support) -> bool:
    """Tell whether quotes hold a fact.

    Args:
        fact: The fact.
        language: The language it is written in.
        told: The quotes.
        support: Measures how much of a fact a quote means.

    Returns:
        Whether they do.
    """
    facts = read_facts(fact, language)
    if not _told_exactly(facts, told):
        return False
    return not _says_more(fact, facts, language) or measure(fact, language, told, support) >= HELD


def measure(fact: str, language: Language, told: Sequence[Told], support: Support) -> float:
    """Measure how much of a fact is meant by one quote.

    Args:
        fact: The fact.
        language: The language it is written in.
        told: The quotes.
        support: Measures how much of a text others mean.

    Returns:
        The best of the quotes; of those alone that give a date of the fact, where any does.
    """
    dates = read_facts(fact, language).dates
    near = [item for item in told if any(holds(item.dates, date) for date in dates)] or told
    return max((support(fact, item.texts) for item in near), default=-1.0)


def _told_exactly(facts: Facts, told: Sequence[Told]) -> bool:
    exact = frozenset[str]().union(*(item.exact for item in told))
    dates = frozenset[Date]().union(*(item.dates for item in told))
    return facts.numbers | facts.names <= exact and all(holds(dates, item) for item in facts.dates)


def _says_more(fact: str, facts: Facts, language: Language) -> bool:
    _, rest = take_dates(fact, language)
    known = lexicon(language).grammar | facts.names
    return any(
        word.isalpha() and word not in known and not numbers(word, language) for word in words(rest)
    )


@dataclass(frozen=True, slots=True)
class Assessed:
    """A fact beside quotes, as two readings judged it.

    Attributes:
        fact: The fact.
        lang: The language it is written in.
        quotes: The passages quoted.
        said: What the service said of the records; empty for nothing.
        one: Whether the quotes hold it, by the first reading.
        two: By the second.
    """

    fact: str
    lang: Language
    quotes: tuple[str, ...]
    said: str
    one: bool
    two: bool


def load_assessed(file: Path = ASSESSED) -> tuple[Assessed, ...]:
    """Read the facts that were assessed.

    Args:
        file: A JSON object a line.

    Returns:
        Them, in order.
    """
    rows = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return tuple(Assessed(**{**row, "quotes": tuple(row["quotes"])}) for row in rows)


@dataclass(frozen=True, slots=True)
class Weighed:
    """An assessed fact and what the rule makes of it.

    Attributes:
        lang: Its language.
        held: Whether both readings found it held.
        exact: Whether its numbers, dates and names stand in the quotes.
        support: The measure of what else it says; None where it says nothing else.
    """

    lang: Language
    held: bool
    exact: bool
    support: float | None

    def wrong(self, floor: float) -> bool:
        """Tell whether a floor misjudges it.

        Args:
            floor: The least support.

        Returns:
            Whether the rule and the readings differ.
        """
        passes = self.exact and (self.support is None or self.support >= floor)
        return passes != self.held


def weigh(assessed: Sequence[Assessed], corpus: Corpus, support: Support) -> tuple[Weighed, ...]:
    """Measure what was assessed.

    Args:
        assessed: Facts that were read beside quotes; those that the readings differ on are left
            out.
        corpus: The corpus they quote.
        support: Measures how much of a fact a quote means.

    Returns:
        One entry a fact, in order.
    """
    return tuple(_weigh(item, corpus, support) for item in assessed if item.one == item.two)


def _weigh(item: Assessed, corpus: Corpus, support: Support) -> Weighed:
    told = [read_quote(corpus.passage(name), corpus) for name in item.quotes]
    if item.said:
        told.append(read((item.lang, item.said)))
    facts = read_facts(item.fact, item.lang)
    more = _says_more(item.fact, facts, item.lang)
    value = measure(item.fact, item.lang, told, support) if more else None
    return Weighed(item.lang, item.one, _told_exactly(facts, told), value)


def kappa(one: Sequence[bool], two: Sequence[bool]) -> float:
    """Measure agreement beyond chance (Cohen, 1960, doi:10.1177/001316446002000104).

    Args:
        one: The first judgements.
        two: The second, of the same.

    Returns:
        1 for full agreement, 0 for as much as by chance.
    """
    agreed = float(np.mean([a == b for a, b in zip(one, two, strict=True)]))
    yes = float(np.mean(one)), float(np.mean(two))
    chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


def choose_held(weighed: Sequence[Weighed]) -> float:
    """Choose the floor of least error.

    Args:
        weighed: What was assessed.

    Returns:
        The floor, to two digits; of several of least error the middle one, the higher of two.
    """
    floors = [at / 100 for at in range(101)]
    errors = [sum(item.wrong(floor) for item in weighed) for floor in floors]
    best = [floor for floor, error in zip(floors, errors, strict=True) if error == min(errors)]
    return best[len(best) // 2]


def assessed_rows(weighed: Sequence[Weighed]) -> list[list[str]]:
    """Tabulate how often the rule and the readings differ.

    Args:
        weighed: What was assessed.

    Returns:
        A header and a row for each kind of fact; the floor that judges a fact is chosen without
        it in the last column.
    """
    rows = [["facts", "number", "wrongly held", "wrongly not", "error", "95 %", "left out"]]
    left = [
        item.wrong(choose_held([*weighed[:at], *weighed[at + 1 :]]))
        for at, item in enumerate(weighed)
    ]
    for name, chosen in _kinds(weighed):
        items = [weighed[at] for at in chosen]
        wrong = [item for item in items if item.wrong(HELD)]
        missed = sum(item.held for item in wrong)
        share = f"{len(wrong) / len(items):.3f}" if items else ""
        bounds = interval_text(*wilson(len(wrong), len(items)), ".3f")
        out = f"{sum(left[at] for at in chosen)}/{len(items)}"
        counts = [str(len(items)), str(len(wrong) - missed), str(missed)]
        rows.append([name, *counts, share, bounds, out])
    return rows


def _kinds(weighed: Sequence[Weighed]) -> Iterator[tuple[str, list[int]]]:
    every = list(enumerate(weighed))
    yield "all", [at for at, _ in every]
    yield "by embedding", [at for at, item in every if item.exact and item.support is not None]
    yield "by text alone", [at for at, item in every if not item.exact or item.support is None]
    yield "fr", [at for at, item in every if item.lang == "fr"]
    yield "en", [at for at, item in every if item.lang == "en"]
