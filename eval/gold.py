"""What people read and judged: gold questions with the lines that answer, labels of who speaks."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ccs_qa.corpus.attribution import agreed, label
from ccs_qa.corpus.library import Corpus
from ccs_qa.records import LANGUAGES, Attribution, Language
from eval.metrics import rate_text
from eval.report import Table

HERE = Path(__file__).resolve().parent / "gold"
DEVELOPMENT = tuple(HERE / f"dev{number}.jsonl" for number in ("", 2, 3, 4, 5, 6, 7))
# Questions that need many passages, for development as well.
WHOLE = tuple(HERE / f"{name}.jsonl" for name in ("whole_dev", "whole_dev2", "whole_dev3"))

_Quoted = Literal["factual", "list", "temporal", "meeting", "cross-meeting", "compare", "yes/no"]
_Worded = Literal["keyword", "vague", "follow-up", "typo", "long", "twofold", "mixed", "parts"]
_Counted = Literal["count", "duration"]
_Many = Literal["several", "all", "quotes", "digest", "comparison", "themes", "not"]
_NotAsked = Literal["unanswerable", "chat"]
QuestionType = _Quoted | _Worded | _Counted | _Many | _NotAsked
# Types of which no question has an answer.
NOT_ASKED = get_args(_NotAsked)


class GoldError(ValueError):
    """A gold file cannot be used; the message names the file, the row and the reason."""


class Relevant(BaseModel):
    """A line of the French page that answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    meeting: dt.date
    snippet: str = Field(min_length=1)
    grade: Literal[1, 2]


class GoldRow(BaseModel):
    """A question and what answers it; `wanted` is how many quotes it asks for, if it says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    lang: Language
    question: str = Field(min_length=1)
    history: tuple[str, ...] = ()
    type: QuestionType
    answerable: bool
    relevant: tuple[Relevant, ...]
    key_facts: tuple[str, ...] = ()
    wanted: int | None = Field(default=None, ge=1)
    note: str = ""


def load_gold(files: Sequence[Path], corpus: Corpus) -> tuple[GoldRow, ...]:
    """Read gold files and check every row; a `GoldError` names the first that is wrong."""
    rows: list[GoldRow] = []
    seen: set[str] = set()
    for file in files:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if not line.strip():
                continue
            where = f"{file.name}:{number}"
            try:
                row = GoldRow.model_validate_json(line)
            except ValidationError as error:
                first = error.errors()[0]
                field = ".".join(str(part) for part in first["loc"]) or "row"
                raise GoldError(f"{where}: {field}: {first['msg']}") from None
            _check(row, where, seen, corpus)
            seen.add(row.id)
            rows.append(row)
    return tuple(rows)


def _check(row: GoldRow, where: str, seen: set[str], corpus: Corpus) -> None:
    if row.id in seen:
        raise GoldError(f"{where}: id {row.id} stands twice")
    if row.answerable != bool(row.relevant) or row.answerable == (row.type in NOT_ASKED):
        raise GoldError(f"{where}: answerable, relevant and type disagree")
    pages = [document.text for document in corpus.documents.values() if document.language == "fr"]
    for item in row.relevant:
        if sum(page.count(item.snippet) for page in pages) != 1:
            raise GoldError(f"{where}: snippet does not stand exactly once: {item.snippet}")
        if not _passages(item, corpus):
            raise GoldError(f"{where}: no passage of {item.meeting} holds: {item.snippet}")


def _passages(item: Relevant, corpus: Corpus) -> list[str]:
    return [
        passage.id
        for passage in corpus.passages
        if passage.meeting == item.meeting
        and passage.renditions.fr is not None
        and item.snippet in passage.renditions.fr.text
    ]


def relevance(row: GoldRow, corpus: Corpus) -> dict[str, int]:
    """Grade the passages that answer a question: 2 directly, 1 in part; others are left out."""
    grades: dict[str, int] = {}
    for item in row.relevant:
        for name in _passages(item, corpus):
            grades[name] = max(item.grade, grades.get(name, 0))
    return grades


def answered_by(rows: Sequence[GoldRow], *days: dt.date) -> list[GoldRow]:
    """Keep the questions that one of some meetings answers, alone or with others."""
    return [row for row in rows if any(item.meeting in days for item in row.relevant)]


def language_pairs(rows: Sequence[GoldRow]) -> list[tuple[GoldRow, GoldRow]]:
    """Match questions with the same in the other language, French first."""
    return _matched(rows, lambda row: f"{_stem(row)}-en" if row.lang == "fr" else "")


def follow_up_twins(rows: Sequence[GoldRow]) -> list[tuple[GoldRow, GoldRow]]:
    """Match follow-ups with the questions that ask the same in one sentence."""
    return _matched(rows, lambda row: f"{_stem(row)}s-{row.lang}" * (row.type == "follow-up"))


def _stem(row: GoldRow) -> str:
    return row.id.removesuffix(f"-{row.lang}")


def _matched(
    rows: Sequence[GoldRow], other: Callable[[GoldRow], str]
) -> list[tuple[GoldRow, GoldRow]]:
    by_id = {row.id: row for row in rows}
    return [(row, by_id[other(row)]) for row in rows if other(row) in by_id]


# Labels that tell who says a passage, against what a person read: every statement and objective of
# the two pages, and fictional passages of a meeting that no page holds, those looked at while the
# rules were written and those written afterwards and looked at once.

SETS = ("summaries", "fictional", "unseen")
# What a person read in a passage and what the rules do.
Labelled = tuple[Attribution | None, Attribution | None]


def label_set(name: str, corpus: Corpus) -> list[Labelled]:
    """Label the passages of a set."""
    rows = map(json.loads, (HERE / "attribution" / f"{name}.jsonl").read_text("utf-8").splitlines())
    return [
        (
            None if row["label"] == "none" else row["label"],
            corpus.passage(row["passage"]).attribution if "passage" in row else _label(row),
        )
        for row in rows
    ]


def _label(row: dict[str, Any]) -> Attribution | None:
    return agreed(
        label(
            row[language],
            [row["lead_in"][language]] if row["lead_in"] else [],
            (row["section"] or {}).get(language, ""),
            language,
            members_view=True,
        )
        for language in LANGUAGES
    )


def attribution_table(corpus: Corpus) -> Table:
    """Tabulate precision and coverage by set and class."""
    rows = [["passages", "class", "precision, 95 %", "coverage, 95 %"]]
    for name in SETS:
        items = label_set(name, corpus)
        for kind in (*get_args(Attribution), None):
            cells = []
            for side in (1, 0):
                among = [pair for pair in items if pair[side] and kind in (pair[side], None)]
                cells.append(rate_text(sum(one == two for one, two in among), len(among)))
            rows.append([name, kind or "all", *cells])
    return Table("Attribution", rows)
