"""Has a language model draft what no person has translated, line by line, and checks each draft.

A draft that says another number, date or name than its source, that denies more or less, or that
means something else is refused: the line then stays in one language, which every reader can see.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ccs_qa.corpus.drafts import DraftLine, DraftPage, Missing, can_stand, compose_page
from ccs_qa.generate.breaker import Model
from ccs_qa.generate.facts import Facts, read_facts
from ccs_qa.generate.prompt import as_data
from ccs_qa.generate.support import Support
from ccs_qa.generate.untrusted import has_markup
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import Language, Prompt, other
from ccs_qa.text.strings import clean, detect_language, fold, sentences
from ccs_qa.text.strings import words as words_of

# What is wrong with a draft: no line of a page; not in its language; another number, date, name or
# number of denials than the source; another meaning.
Refusal = Literal["form", "language", "number", "date", "name", "negation", "support"]
# The shorter of two texts by the longer, both with some letters more, so that of a few words one
# may be twice as long as the other; no pair of the corpus falls below.
LEAST_LENGTH = 0.55
_SOME_LETTERS = 30
# Of the 118 pairs of the corpus one lies below, at .78; of 282 pairs of a line and what translates
# another line of the same meeting none lies above.
LEAST_SUPPORT = 0.8
# Words of both languages that come from one word share their first letters.
_COGNATE = 4


@dataclass(frozen=True, slots=True)
class Drafted:
    """What became of one line, and why its draft is not used, if it is not."""

    line: DraftLine
    draft: str
    refused: Refusal | None


def draft_lines(
    missing: Missing, model: Model, support: Support, only: dt.date | None = None
) -> Iterator[Drafted]:
    """Have each line drafted that has no draft yet.

    Args:
        only: The only meeting to draft; None for all.
    """
    seen: set[str] = set()
    for meeting in missing.meetings:
        for line in meeting.lines:
            if line.draft or line.digest in seen or only not in {None, meeting.date}:
                continue
            seen.add(line.digest)
            written = "".join(model.stream(write_translation_prompt(line.text, missing.into)))
            draft = finish_like(line.text, clean(written))
            yield Drafted(line, draft, check_draft(line.text, draft, missing.into, support))


def compose_drafts(
    missing: Missing, drafted: Iterable[Drafted], model: str, words: Catalogue, made: dt.date
) -> DraftPage | None:
    """Set the drafts that may stand as a page; None when no meeting has a statement in it."""
    lines = [line for meeting in missing.meetings for line in meeting.lines]
    drafts = {line.digest: line.draft for line in lines if line.draft}
    drafts |= {item.line.digest: item.draft for item in drafted if item.refused is None}
    dates = {meeting.date: words.date(meeting.date) for meeting in missing.meetings}
    return compose_page(missing, drafts, dates, model, made)


def write_translation_prompt(text: str, into: Language) -> Prompt:
    """Write what a model is asked so that it translates a line."""
    texts = _texts()
    ours, theirs = texts.names[other(into)], texts.names[into]
    return Prompt(
        instructions=texts.instructions[into],
        examples=tuple(
            (f"{ours} {pair[other(into)]}\n{theirs}", pair[into]) for pair in texts.pairs
        ),
        request=f"{ours} {as_data(text)}\n{theirs}",
        stop=("\n\n", f"\n{ours}", f"\n{theirs}"),
    )


class _Texts(BaseModel):
    """What a model is told, by language, and pairs of ours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: dict[Language, str]
    instructions: dict[Language, str]
    pairs: tuple[dict[Language, str], ...]


@cache
def _texts() -> _Texts:
    file = resources.files("ccs_qa.generate") / "draft.toml"
    return _Texts.model_validate(tomllib.loads(file.read_text("utf-8")))


def finish_like(source: str, draft: str) -> str:
    """Give a draft the final mark of its source, which joins the items of a list."""
    marks = " .;:\u00a0\u202f"
    end = source.rstrip()[-1:]
    return draft.rstrip(marks) + (end if end in ".;:" else "") if draft else ""


def check_draft(source: str, draft: str, into: Language, support: Support) -> Refusal | None:
    """Check a draft against its source; None when it may stand.

    Args:
        support: Measures how much of a text is meant by others, -1 to 1.
    """
    if not can_stand(draft) or has_markup(draft) or not _alike_in_form(source, draft):
        return "form"
    if fold(draft) == fold(source) or detect_language(draft) != into:
        return "language"
    reason = _differing(read_facts(source, other(into)), read_facts(draft, into), source, draft)
    if reason is not None:
        return reason
    meant = min(support(draft, [source]), support(source, [draft]))
    return "support" if meant < LEAST_SUPPORT else None


def _alike_in_form(source: str, draft: str) -> bool:
    # All pairs of the corpus have as many sentences: one more is the model's own.
    if len(sentences(source)) != len(sentences(draft)):
        return False
    short, long = sorted((len(source) + _SOME_LETTERS, len(draft) + _SOME_LETTERS))
    return short >= LEAST_LENGTH * long


def _differing(theirs: Facts, ours: Facts, source: str, draft: str) -> Refusal | None:
    if theirs.numbers != ours.numbers:
        return "number"
    if theirs.dates != ours.dates:
        return "date"
    if not _named_in(ours.names, source, theirs.names) or not _named_in(
        theirs.names, draft, ours.names
    ):
        return "name"
    return "negation" if theirs.negations != ours.negations else None


def _named_in(names: frozenset[str], text: str, known: frozenset[str]) -> bool:
    """Tell whether a text holds each name, or a word that begins like it."""
    said = words_of(text)
    return all(
        name in known or any(_begin_alike(word, part) for word in said)
        for name in names
        for part in re.split(r"\W+", name)
    )


def _begin_alike(word: str, name: str) -> bool:
    return word == name or (len(name) >= _COGNATE and word[:_COGNATE] == name[:_COGNATE])
