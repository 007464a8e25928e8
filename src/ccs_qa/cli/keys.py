"""The commands about keys of the API: make one, list them, revoke one."""

import datetime as dt
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ccs_qa.cli.store import opened_store, read_day
from ccs_qa.cli.words import own_words, worded_errors
from ccs_qa.settings import load_settings

keys_app = typer.Typer(help="The keys of the API.", no_args_is_help=True)
_OUT = Console(soft_wrap=True, highlight=False, markup=False)
_ERR = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
_STATES = {
    "valid": "cli.keys.state.valid",
    "revoked": "cli.keys.state.withdrawn",
    "expired": "cli.keys.state.past",
}
_COLUMNS = (
    "cli.keys.name",
    "cli.keys.state",
    "cli.keys.scopes",
    "cli.keys.start",
    "cli.keys.day",
    "cli.keys.last-day",
    "cli.keys.used",
)

NameArgument = Annotated[str, typer.Argument(help="What the key is called.")]


class Scope(StrEnum):
    """What a key opens, as the command line takes it."""

    READ = "read"
    FEEDBACK = "feedback"
    ADMIN = "admin"


@keys_app.command("create")
def keys_create(
    name: NameArgument,
    scope: Annotated[list[Scope], typer.Option("--scope", help="What it opens; repeatable.")],
    expires: Annotated[
        str | None, typer.Option("--expires", help="Last day it opens anything, ISO (UTC).")
    ] = None,
) -> None:
    """Make a key and print it, this once."""
    last_day = read_day(expires, "--expires").date() if expires else None
    with worded_errors(), opened_store(load_settings()) as store:
        key = store.keys.create(name, [item.value for item in scope], last_day)
    scopes = ", ".join(dict.fromkeys(item.value for item in scope))
    # The key alone goes to the output, ready to be piped where it is to be kept.
    _ERR.print(own_words().text("cli.keys.created", name=name, scopes=scopes))
    sys.stdout.write(f"{key}\n")


@keys_app.command("list")
def keys_list() -> None:
    """List the keys, which are told apart by their names and first characters."""
    words = own_words()
    now = dt.datetime.now(dt.UTC)
    with worded_errors(), opened_store(load_settings()) as store:
        found = store.keys.all()
    table = Table()
    for column in _COLUMNS:
        table.add_column(words.text(column), overflow="fold")
    for key in found:
        table.add_row(
            key.name,
            words.text(_STATES[key.state(now)]),
            ", ".join(sorted(key.scopes)),
            f"ccsqa_{key.id}_{key.start}…",
            f"{key.created:%Y-%m-%d}",
            f"{key.last_day:%Y-%m-%d}" if key.last_day else "",
            f"{key.used:%Y-%m-%d %H:%M}" if key.used else "",
        )
    _OUT.print(table)


@keys_app.command("revoke")
def keys_revoke(name: NameArgument) -> None:
    """Let a key open nothing from now on."""
    with worded_errors(), opened_store(load_settings()) as store:
        store.keys.revoke(name)
    _OUT.print(own_words().text("cli.keys.revoked", name=name))
