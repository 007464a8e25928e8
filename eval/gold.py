"""Gold questions: read, checked against the page, and turned into relevant passages."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ccs_qa.corpus import Corpus
from ccs_qa.records import Language

QuestionType = Literal[
    "factual",
    "list",
    "temporal",
    "meeting",
    "cross-meeting",
    "compare",
    "yes/no",
    "keyword",
    "vague",
    "follow-up",
    "typo",
    "count",
    "duration",
    "parts",
    "long",
    "twofold",
    "mixed",
    "several",
    "all",
    "quotes",
    "digest",
    "comparison",
    "themes",
    "not",
    "chat",
    "unanswerable",
]


# Types of which no question has an answer.
NOT_ASKED = ("unanswerable", "chat")


class GoldError(ValueError):
    """A gold file cannot be used; the message names the file, the row and the reason."""


class Relevant(BaseModel):
    """A line of the French page that answers.

    Attributes:
        meeting: Its meeting.
        snippet: Exact text that stands once in the page.
        grade: 2 answers directly, 1 helps.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    meeting: dt.date
    snippet: str = Field(min_length=1)
    grade: Literal[1, 2]


class GoldRow(BaseModel):
    """A question and what answers it.

    Attributes:
        id: Unique name; the two halves of a pair share all but `-fr` and `-en`.
        lang: Language of the question.
        question: The words typed.
        history: Earlier questions, oldest first.
        type: What kind of question it is.
        answerable: Whether the page answers it.
        relevant: Every line that answers.
        key_facts: What a right answer must hold, in the language of the question.
        wanted: How many quotes it asks for; None where it names no number.
        note: For an unanswerable question, why it is.
    """

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
    """Read gold files and check every row.

    Args:
        files: JSONL files.
        corpus: What the rows are about.

    Returns:
        The rows, in order.

    Raises:
        GoldError: A row is malformed, an id stands twice, or a snippet does not stand
            exactly once in the page and in the meeting it names.
    """
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
    """Grade the passages that answer a question.

    Args:
        row: The question.
        corpus: The corpus.

    Returns:
        Grade by passage id.
    """
    grades: dict[str, int] = {}
    for item in row.relevant:
        for name in _passages(item, corpus):
            grades[name] = max(item.grade, grades.get(name, 0))
    return grades
