"""The commands about the record of answers: take it out, forget it."""

import json

import typer

from ccs_qa.cli.store import opened_store
from ccs_qa.cli.terminal import (
    OUT,
    BeforeOption,
    OutOption,
    SinceOption,
    own_words,
    write_lines,
)

audit_app = typer.Typer(help="The record of answers.", no_args_is_help=True)


@audit_app.command("export")
def audit_export(since: SinceOption = None, out: OutOption = None) -> None:
    """Write the records (JSONL), oldest first."""
    with opened_store() as store:
        found = store.audit.records(since)
        lines = (json.dumps(record.row(), ensure_ascii=False) for record in found)
        write_lines(lines, out, "cli.audit.exported")


@audit_app.command("purge")
def audit_purge(before: BeforeOption) -> None:
    """Forget what was recorded before a day, for good."""
    with opened_store() as store:
        gone = store.audit.purge(before)
    OUT.print(own_words().count("cli.audit.purged", gone))
