"""What the commands share: the terminal, its language, errors worded on it, its options."""

import codecs
import datetime as dt
import errno
import os
import sys
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from ccs_qa.errors import CcsQaError, FileAccessError, MemoryLimitError
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.settings import load_settings

OUT = Console(soft_wrap=True, highlight=False, markup=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
_PLAIN = str.maketrans(
    dict(zip("‘’“”«»–—•", '\'\'""""--*', strict=True))
    | {"→": "->", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}
)
_FAULTS = {
    errno.EROFS: "read-only",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.ENOENT: "absent",
}
_FOLDERS = ("corpus", "index", "cache")
_STYLES = {"kept": "", "removed": "red strike", "added": "green underline"}
# Read without colours as well.
_MARKS = {"kept": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


def own_words() -> Catalogue:
    """Choose the language of the terminal: French where the locale is French, else English."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return catalogue("fr" if named.lower().startswith("fr") else "en")


def plainly(error: UnicodeError) -> tuple[str, int]:
    """Write what a terminal has no letters for in those of ASCII."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_PLAIN)
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return ascii_ or "?", error.end


def as_typed(argument: str) -> str:
    """Read as UTF-8 what a locale that knows only ASCII took for bytes without meaning."""
    with suppress(UnicodeError):
        return os.fsencode(argument).decode()
    return argument


def write_json(text: str) -> None:
    """Write JSON in UTF-8, whatever a terminal shows: programs read it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(f"{text}\n".encode())
    sys.stdout.buffer.flush()


def name_fault(error: OSError | MemoryError) -> CcsQaError | None:
    """Name what a machine refuses; None for what it does not."""
    if isinstance(error, MemoryError):
        return MemoryLimitError(problem="spent")
    problem = _FAULTS.get(error.errno or 0)
    if problem is None:
        return None
    if error.filename is None:  # no folder of any that were tried
        temporary = FileAccessError(problem="temporary", name="TMPDIR")
        return temporary if problem == "absent" else None
    path, settings = Path(os.fsdecode(error.filename)), load_settings()
    folders = {f"CCS_QA_{name.upper()}": getattr(settings, name) for name in _FOLDERS}
    names = [name for name, folder in folders.items() if path.is_relative_to(folder)]
    return FileAccessError(problem=problem, file=str(path), name=", ".join(names or folders))


class Worded(TyperGroup):
    """Commands whose errors are worded on stderr, in both languages, with status 1."""

    def main(self, *args: Any, **given: Any) -> Any:  # noqa: ANN401 - as Typer has it
        """Run, on whatever terminal."""
        codecs.register_error("plainly", plainly)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="plainly")
        return super().main(*args, **given)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer keeps these types to itself
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except (CcsQaError, OSError, MemoryError) as error:
            named = error if isinstance(error, CcsQaError) else name_fault(error)
            if named is None:
                raise
            for wording in word_error(named).values():
                ERR.print(f"{wording.title}\n  {wording.detail}\n  → {wording.next}", style="red")
            raise typer.Exit(1) from None


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


def make_table(*headings: str) -> Table:
    """Make a table; its headings are named by their messages."""
    table = Table()
    for key in headings:
        table.add_column(own_words().text(key), no_wrap=key == "cli.date", overflow="fold")
    return table


def print_runs(margin: str, before: str, after: str) -> None:
    """Print word by word what became of a text."""
    from ccs_qa.corpus.compare import word_runs

    line = Text(margin)
    for run in word_runs(before, after):
        start, end = _MARKS[run.fate]
        line.append(f"{start}{run.text}{end}", _STYLES[run.fate]).append(" ")
    OUT.print(line)


def write_lines(lines: Iterable[str], out: Path | None, message: str) -> None:
    """Write lines to the terminal, or to a file and say how many; `message` words that."""
    if out is None:
        for line in lines:
            write_json(line)
        return
    written = 0
    with out.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(f"{line}\n")
            written += 1
    OUT.print(own_words().count(message, written, file=out))
