"""What a report holds, and how it is written: on the terminal, as Markdown, as one HTML file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.markdown import Markdown

from eval.metrics import Estimate

Rows = list[list[str]]
_Group = TypeVar("_Group")


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows."""

    title: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Plot:
    """A bar for each of some shares, with its interval."""

    title: str
    bars: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; the lead says what its figures mean."""

    title: str
    lead: str
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; facts are names and values of what was measured."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def tabulate(
    title: str,
    label: str,
    groups: Iterable[tuple[str, _Group]],
    columns: Mapping[str, Callable[[_Group], str]],
) -> Table:
    """Write a row for each group, a cell for each column."""
    body = ([name, *(cell(group) for cell in columns.values())] for name, group in groups)
    return Table(title, [[label, *columns], *body])


def show(console: Console, *tables: Table) -> None:
    """Write tables on a terminal; as Markdown where no person reads along."""
    for table in tables:
        text = "\n".join(_markdown(table))
        read = console.is_terminal
        console.print(Markdown(text) if read else text, soft_wrap=not read)


def as_markdown(report: Report) -> str:
    """Write a report as Markdown; drawings are left out."""
    lines = [f"# {report.title}", "", *(f"- {name}: {value}" for name, value in report.facts), ""]
    for section in report.sections:
        lines += [f"## {section.title}", "", section.lead, ""]
        for table in section.tables:
            lines += _markdown(table)
    return "\n".join(lines)


def _markdown(table: Table) -> Iterator[str]:
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in table.rows]
    yield from (f"### {table.title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}")
    yield from (f"| {' | '.join(row)} |" for row in body)
    yield ""


def as_html(report: Report) -> str:
    """Write a report as one HTML document that loads nothing; every text is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.jinja").render(report=report)
