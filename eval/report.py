"""What a report holds, and how it is written: on the terminal, as Markdown, as one HTML file."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import matplotlib as mpl
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from rich.console import Console
from rich.markdown import Markdown

from eval.metrics import Estimate

Rows = list[list[str]]
_Group = TypeVar("_Group")
_CHANGES = (
    (re.compile(r"^.*?(?=<svg\b)", re.DOTALL), ""),
    (re.compile(r'(<g) id="[^"]*"'), r"\1"),
    (re.compile(r"<style\b.*?</style>", re.DOTALL), ""),
    (re.compile(r'(<svg\b[^>]*?) width="([^"]*)" height="[^"]*"'), r'\1 style="max-width: \2"'),
)
_UNSAID = dict.fromkeys(("Creator", "Date", "Format", "Type"))


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows."""

    title: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing; its title is for those who do not see it."""

    title: str
    figure: Figure

    @property
    def svg(self) -> str:
        """An SVG element of our own making, which need not be escaped."""
        FigureCanvasSVG(self.figure)
        written = io.StringIO()
        # Text stays text, and ids depend on what is drawn alone: the same figures, the same page.
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ccs_qa"}):
            self.figure.savefig(written, format="svg", metadata=_UNSAID)
        svg = written.getvalue()
        for pattern, kept in _CHANGES:
            svg = pattern.sub(kept, svg)
        return svg


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


def bars(title: str, groups: Mapping[str, Estimate]) -> Plot:
    """Draw one measure of each group as a bar with its interval."""
    figure = Figure(figsize=(9, 1.1 + 0.34 * len(groups)), layout="constrained")
    axes, found = figure.subplots(), list(groups.values())
    # Rounding may put the mean of equal values a hair outside.
    around = [[max(0.0, item.mean - item.low), max(0.0, item.high - item.mean)] for item in found]
    axes.barh(
        range(len(groups)),
        [item.mean for item in found],
        xerr=list(zip(*around, strict=True)) or None,
        height=0.62,
        color="#9dbfe0",
        ecolor="#1c3d5a",
        capsize=3,
    )
    axes.set_yticks(range(len(groups)), list(groups))
    axes.invert_yaxis()
    axes.set(title=f"{title}, 95 %", xlim=(0, 1))
    axes.grid(visible=True, axis="x", color="0.88")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return Plot(title, figure)


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
