"""The commands about the record of answers: take it out, forget it."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from rich.console import Console

from ccs_qa.cli.store import opened_store, read_day
from ccs_qa.cli.words import own_words, worded_errors
from ccs_qa.settings import load_settings

if TYPE_CHECKING:
    from ccs_qa.store.audit import AuditRecord

audit_app = typer.Typer(help="The record of answers.", no_args_is_help=True)
_OUT = Console(soft_wrap=True, highlight=False, markup=False)


def _write(records: Iterable["AuditRecord"], file: TextIO) -> int:
    written = 0
    for record in records:
        file.write(json.dumps(record.row(), ensure_ascii=False) + "\n")
        written += 1
    return written


@audit_app.command("export")
def audit_export(
    since: Annotated[str | None, typer.Option("--since", help="First day, ISO (UTC).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File; else the terminal.")] = None,
) -> None:
    """Write the records (JSONL), oldest first."""
    start = read_day(since, "--since") if since else None
    with worded_errors(), opened_store(load_settings()) as store:
        records = store.audit.records(start)
        if out is None:
            _write(records, sys.stdout)
            return
        with out.open("w", encoding="utf-8") as file:
            written = _write(records, file)
    _OUT.print(own_words().count("cli.audit.exported", written, file=out))


@audit_app.command("purge")
def audit_purge(
    before: Annotated[str, typer.Option("--before", help="First day kept, ISO (UTC).")],
) -> None:
    """Forget what was recorded before a day, for good."""
    day = read_day(before, "--before")
    with worded_errors(), opened_store(load_settings()) as store:
        gone = store.audit.purge(day)
    _OUT.print(own_words().count("cli.audit.purged", gone))
