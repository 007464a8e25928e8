"""The commands about keys of the API: make one, list them, revoke one."""

import datetime as dt
import sys
from enum import StrEnum
from typing import Annotated

import typer

from ccs_qa.cli.store import opened_store
from ccs_qa.cli.terminal import ERR, OUT, day_option, make_table, own_words

keys_app = typer.Typer(help="The keys of the API.", no_args_is_help=True)
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
        dt.datetime | None, day_option("--expires", "Last day it opens anything, ISO (UTC).")
    ] = None,
) -> None:
    """Make a key and print it, this once."""
    last_day = expires.date() if expires else None
    with opened_store() as store:
        key = store.keys.create(name, [item.value for item in scope], last_day)
    scopes = ", ".join(dict.fromkeys(item.value for item in scope))
    # The key alone goes to the output, ready to be piped where it is to be kept.
    ERR.print(own_words().text("cli.keys.created", name=name, scopes=scopes))
    sys.stdout.write(f"{key}\n")


@keys_app.command("list")
def keys_list() -> None:
    """List the keys, which are told apart by their names and first characters."""
    words = own_words()
    now = dt.datetime.now(dt.UTC)
    with opened_store() as store:
        found = store.keys.all()
    table = make_table(*_COLUMNS)
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
    OUT.print(table)


@keys_app.command("revoke")
def keys_revoke(name: NameArgument) -> None:
    """Let a key open nothing from now on."""
    with opened_store() as store:
        store.keys.revoke(name)
    OUT.print(own_words().text("cli.keys.revoked", name=name))
