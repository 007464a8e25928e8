"""What the page of a report holds, and its rendering: one file that loads nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ccs_qa.records import Language
from eval.report import Rows

_TEMPLATE = "report.html.jinja"


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        title: What it shows.
        head: Names of its columns.
        rows: Its cells.
        folded: Whether it is closed until a reader opens it.
        kind: What a template tells it from a plot by.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    folded: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing.

    Attributes:
        title: What it shows, for those who do not see it.
        svg: An SVG element of our own making: it is not escaped.
        kind: What a template tells it from a table by.
    """

    title: str
    svg: str
    kind: Literal["plot"] = "plot"


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage, shortened.

    Attributes:
        meeting: Day of its meeting, ISO.
        french: Its French text; empty when there is none.
        english: Its English text, likewise.
    """

    meeting: str
    french: str
    english: str


@dataclass(frozen=True, slots=True)
class FailureCard:
    """A question whose first passage does not answer it.

    Attributes:
        id: Name of the question.
        type: Its type.
        language: Its language.
        question: The words typed.
        history: Earlier questions, oldest first.
        first: What came first, if anything.
        wanted: What should have come first.
        rank: Where that came, in words.
        legs: Scores of both, leg by leg; no rows where they cannot be compared.
        why: One sentence.
    """

    id: str
    type: str
    language: Language
    question: str
    history: tuple[str, ...]
    first: Quote | None
    wanted: Quote
    rank: str
    legs: Table
    why: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes:
        anchor: Its name in links.
        title: Its heading.
        lead: What its figures mean and how to read them.
        blocks: Its tables and plots, in order.
        cards: Failures, shown before the tables and plots.
        commands: What to type for more, shown after the lead.
    """

    anchor: str
    title: str
    lead: str
    blocks: tuple[Table | Plot, ...]
    cards: tuple[FailureCard, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page.

    Attributes:
        title: Its heading.
        facts: What was measured: names and values.
        sections: Its parts, in order.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def as_block(title: str, rows: Rows, *, folded: bool = False) -> Table:
    """Freeze a table.

    Args:
        title: What it shows.
        rows: Header and rows.
        folded: Whether it is closed until a reader opens it.

    Returns:
        The table.
    """
    head, *body = (tuple(row) for row in rows)
    return Table(title, head, tuple(body), folded)


def as_rows(table: Table) -> Rows:
    """Thaw a table.

    Args:
        table: The table.

    Returns:
        Header and rows.
    """
    return [list(row) for row in (table.head, *table.rows)]


def tables_of(sections: Sequence[Section]) -> tuple[Table, ...]:
    """List the tables that stand open.

    Args:
        sections: Parts of a page.

    Returns:
        Their tables, in order, without the folded ones.
    """
    return tuple(
        block
        for section in sections
        for block in section.blocks
        if isinstance(block, Table) and not block.folded
    )


def render(page: Page) -> str:
    """Write a page as HTML.

    Args:
        page: The page.

    Returns:
        One HTML document with its style and drawings inside; every text is escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(_TEMPLATE).render(page=page)
