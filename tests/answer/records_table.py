"""The table of questions of record: its rows, what they expect, and how answers are compared.

What is expected is worked out here, over the dates alone, and never asked of the product.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ccs_qa.records import Answer, Question
from ccs_qa.service import QAService


class Row(NamedTuple):
    """A question and what answers it.

    Attributes:
        meetings: The meetings that the answer shows: dates, or the beginnings of several;
            `all`; a minus sign takes away.
        number: A number that the answer states, or two days whose distance it states.
    """

    kind: str
    language: str
    meetings: str
    number: str
    question: str

    def wrong(self, service: QAService, dates: Sequence[str]) -> str:
        """Ask, and say what is wrong with the answer; nothing where the answer is right."""
        answer = service.ask(Question(self.question))
        said = f"{self.question} → {answer.query.intent}, topic {answer.query.topic!r}"
        expected, shown = meant(self.meetings, dates), cited(answer)
        if (answer.status, answer.kind) != ("answered", "record"):
            return f"{said}: {answer.status}, {answer.kind}; expected {' '.join(expected)}"
        if answer.language != self.language:
            return f"{said}: in {answer.language}"
        if shown != expected:
            return f"{said}: shows {' '.join(shown)}; expected {' '.join(expected)}"
        number = counted(self.number)
        if number is not None and number not in numbers(answer.statements[0].text):
            return f"{said}: no {number} in {answer.statements[0].text!r}"
        return ""


def read_rows(file: str) -> list[Row]:
    """Read a table beside the tests of search."""
    text = (Path(__file__).parent / file).read_text("utf-8")
    return [Row(*line.split("\t")) for line in text.splitlines()[1:]]


def meant(expression: str, dates: Iterable[str]) -> list[str]:
    """Work out which meetings a row expects, oldest first.

    Args:
        expression: Beginnings of dates, `all`, a minus sign before what is taken away.
    """
    found: set[str] = set()
    for token in expression.split():
        begin = token.lstrip("-")
        held = {day for day in dates if begin == "all" or day.startswith(begin)}
        assert held, f"{token} names no meeting"
        found = found - held if token.startswith("-") else found | held
    return sorted(found)


def counted(expression: str) -> int | None:
    """Work out which number a row expects; None where none is expected.

    Args:
        expression: A number, or two days with two points between.
    """
    if ".." not in expression:
        return int(expression) if expression else None
    first, last = (dt.date.fromisoformat(day) for day in expression.split(".."))
    return (last - first).days


def cited(answer: Answer) -> list[str]:
    """List the meetings that an answer quotes, oldest first."""
    return sorted({str(citation.hit.passage.meeting) for citation in answer.citations})


def numbers(text: str) -> set[int]:
    """Read the numbers of a text, those of a thousand and more written with or without a gap."""
    joined = re.sub(r"(?<=\d)[, \u00a0\u202f](?=\d{3}\b)", "", text)
    return {int(found) for found in re.findall(r"\d+", joined)}
