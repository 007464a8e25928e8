"""What the commands share: the terminal, its language, errors worded on it, its options."""

import datetime as dt
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from ccs_qa.errors import CcsQaError
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.records import LANGUAGES, Language

OUT = Console(soft_wrap=True, highlight=False, markup=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def own_words() -> Catalogue:
    """Choose the language of the terminal: French where the locale is French, else English."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return catalogue("fr" if named.lower().startswith("fr") else "en")


class Worded(TyperGroup):
    """Commands whose named errors are worded on stderr, in both languages, with status 1."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer keeps these types to itself
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except CcsQaError as error:
            for wording in word_error(error).values():
                ERR.print(f"{wording.title}\n  {wording.detail}\n  → {wording.next}", style="red")
            raise typer.Exit(1) from None


def read_language(value: str) -> Language:
    """Read a language of the command line."""
    found = next((language for language in LANGUAGES if language == value), None)
    if found is None:
        raise typer.BadParameter("fr | en")
    return found


def read_day(value: str) -> dt.datetime:
    """Read a day of the command line: its beginning, UTC."""
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter("YYYY-MM-DD") from None
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def day_option(name: str, said: str) -> Any:  # noqa: ANN401 - as Typer has it
    """Describe an option that takes a day."""
    return typer.Option(name, parser=read_day, metavar="<str>", help=said)


def language_option(name: str, said: str) -> Any:  # noqa: ANN401 - as Typer has it
    """Describe an option that takes a language."""
    return typer.Option(name, parser=read_language, metavar="<str>", help=said)


SinceOption = Annotated[dt.datetime | None, day_option("--since", "First day, ISO (UTC).")]
BeforeOption = Annotated[dt.datetime, day_option("--before", "First day kept, ISO (UTC).")]
OutOption = Annotated[Path | None, typer.Option("--out", help="File; else the terminal.")]


def make_table(*headings: str) -> Table:
    """Make a table; its headings are named by their messages."""
    table = Table()
    for key in headings:
        table.add_column(own_words().text(key), no_wrap=key == "cli.date", overflow="fold")
    return table


def write_lines(lines: Iterable[str], out: Path | None, message: str) -> None:
    """Write lines to the terminal, or to a file and say how many; `message` words that."""
    if out is None:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return
    written = 0
    with out.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(f"{line}\n")
            written += 1
    OUT.print(own_words().count(message, written, file=out))
