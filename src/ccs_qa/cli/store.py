"""The commands about what is kept: copies, feedback, records of answers, keys, the pause."""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccs_qa.cli.terminal import ERR, OUT, day_option, make_table, own_words, write_lines
from ccs_qa.records import Language
from ccs_qa.settings import Settings, load_settings
from ccs_qa.text.strings import clean

if TYPE_CHECKING:
    from ccs_qa.service import QAService
    from ccs_qa.store.store import Store

store_app = typer.Typer(help="What is kept: copies of it, and its check.", no_args_is_help=True)
feedback_app = typer.Typer(help="What people said of the answers.", no_args_is_help=True)
audit_app = typer.Typer(help="The record of answers.", no_args_is_help=True)
keys_app = typer.Typer(help="The keys of the API.", no_args_is_help=True)

_MOST_REASON = 500
_KEY_STATES = {
    "valid": "cli.keys.state.valid",
    "revoked": "cli.keys.state.withdrawn",
    "expired": "cli.keys.state.past",
}

SinceOption = Annotated[dt.datetime | None, day_option("--since", "First day, ISO (UTC).")]
BeforeOption = Annotated[dt.datetime, day_option("--before", "First day kept, ISO (UTC).")]
OutOption = Annotated[Path | None, typer.Option("--out", help="File; else the terminal.")]
NameArgument = Annotated[str, typer.Argument(help="What the key is called.")]


class Scope(StrEnum):
    """What a key opens, as the command line takes it."""

    READ = "read"
    FEEDBACK = "feedback"
    ADMIN = "admin"


def _url() -> str:
    return load_settings().database.get_secret_value()


def _opened() -> "closing[Store]":
    """Open what is kept, for as long as a command needs it."""
    from ccs_qa.store.store import open_store

    return closing(open_store(_url()))


@contextmanager
def recorded(service: "QAService", settings: Settings, channel: str) -> Iterator["QAService"]:
    """Keep a record of each answer where asked for; what waits is written at the end."""
    if settings.audit == "off":
        yield service
        return
    from ccs_qa.http.audit import Recorder, open_spool
    from ccs_qa.http.middleware import CHANNEL
    from ccs_qa.store.store import LazyStore

    CHANNEL.set(channel)
    store = LazyStore(settings.database.get_secret_value())
    required = settings.audit == "required"
    spool = open_spool(settings)
    recorder = Recorder(store, spool, service.model, settings.audit_days, required=required)
    try:
        yield replace(service, observers=(recorder.answered,))
    finally:
        recorder.close()
        store.close()


@store_app.command("backup")
def store_backup(file: Annotated[Path, typer.Argument(help="Where the copy goes.")]) -> None:
    """Copy what is kept into a file, while the service runs or not."""
    from ccs_qa.store.backup import backup

    counts = backup(_url(), file)
    OUT.print(own_words().text("cli.store.copied", file=file, **counts))


@store_app.command("restore")
def store_restore(
    file: Annotated[Path, typer.Argument(help="A copy that was made by backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up what is kept now for it.")
    ] = False,
) -> None:
    """Put a copy in the place of what was kept; a running service goes on with it."""
    from ccs_qa.store.backup import restore

    counts = restore(_url(), file, replace=replace)
    OUT.print(own_words().text("cli.store.restored", file=file, **counts))


@store_app.command("check")
def store_check() -> None:
    """Read every page of what is kept, and count it."""
    from ccs_qa.store.backup import check

    OUT.print(own_words().text("cli.store.checked", **check(_url())))


@feedback_app.command("list")
def feedback_list(
    since: SinceOption = None,
    most: Annotated[int, typer.Option("-n", min=1, help="Most to print.")] = 50,
) -> None:
    """Print feedback, newest first."""
    words = own_words()
    with _opened() as store:
        found, total = store.feedback(since, most), store.count(since)
    for item in found:
        remark = item.remark
        verdict = words.text("feedback.useful" if remark.useful else "feedback.not-useful")
        parts = [f"{item.time:%Y-%m-%d %H:%M}", verdict, remark.status, remark.reason or ""]
        OUT.print(" · ".join(part for part in parts if part), style="bold")
        OUT.print(f"    {remark.question}")
        for line in remark.comment.splitlines():
            OUT.print(f"    > {line}")
        for name in remark.citations:
            OUT.print(f"    {name}", style="dim")
    OUT.print(words.count("cli.feedback.count", total))


@feedback_app.command("export")
def feedback_export(since: SinceOption = None, out: OutOption = None) -> None:
    """Write candidate gold rows (JSONL): a person gives each a type before it is gold."""
    from ccs_qa.corpus.library import load_corpus
    from ccs_qa.store.candidates import candidate

    corpus = load_corpus(load_settings().corpus)
    with _opened() as store:
        found = store.feedback(since)
    lines = [json.dumps(candidate(item, corpus), ensure_ascii=False) for item in found]
    write_lines(lines, out, "cli.feedback.exported")


@feedback_app.command("purge")
def feedback_purge(before: BeforeOption) -> None:
    """Forget what was received before a day, for good."""
    with _opened() as store:
        gone = store.purge(before)
    OUT.print(own_words().count("cli.feedback.purged", gone))


@audit_app.command("export")
def audit_export(since: SinceOption = None, out: OutOption = None) -> None:
    """Write the records (JSONL), oldest first."""
    with _opened() as store:
        found = store.audit.records(since)
        lines = (json.dumps(record.row(), ensure_ascii=False) for record in found)
        write_lines(lines, out, "cli.audit.exported")


@audit_app.command("purge")
def audit_purge(before: BeforeOption) -> None:
    """Forget what was recorded before a day, for good."""
    with _opened() as store:
        gone = store.audit.purge(before)
    OUT.print(own_words().count("cli.audit.purged", gone))


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
    with _opened() as store:
        key = store.keys.create(name, [item.value for item in scope], last_day)
    scopes = ", ".join(dict.fromkeys(scope))
    # The key alone goes to the output, ready to be piped where it is to be kept.
    ERR.print(own_words().text("cli.keys.created", name=name, scopes=scopes))
    sys.stdout.write(f"{key}\n")


@keys_app.command("list")
def keys_list() -> None:
    """List the keys, which are told apart by their names and first characters."""
    words = own_words()
    now = dt.datetime.now(dt.UTC)
    with _opened() as store:
        found = store.keys.all()
    table = make_table(
        "cli.keys.name",
        "cli.keys.state",
        "cli.keys.scopes",
        "cli.keys.start",
        "cli.keys.day",
        "cli.keys.last-day",
        "cli.keys.used",
    )
    for key in found:
        table.add_row(
            key.name,
            words.text(_KEY_STATES[key.state(now)]),
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
    with _opened() as store:
        store.keys.revoke(name)
    OUT.print(own_words().text("cli.keys.revoked", name=name))


def pause(
    reason: Annotated[str, typer.Argument(help="Why, as readers will see it.")],
    fr: Annotated[str, typer.Option("--fr", help="The same in French.")] = "",
    en: Annotated[str, typer.Option("--en", help="The same in English.")] = "",
) -> None:
    """Refuse questions, with the reason; what the summaries say stays readable."""
    given: dict[Language, str] = {
        "fr": clean(fr) or clean(reason),
        "en": clean(en) or clean(reason),
    }
    if not all(0 < len(text) <= _MOST_REASON for text in given.values()):
        raise typer.BadParameter(f"1..{_MOST_REASON}", param_hint="REASON")
    with _opened() as store:
        store.notes.set_pause(given, dt.datetime.now(dt.UTC))
    OUT.print(own_words().text("cli.paused"))


def resume() -> None:
    """Let people ask again."""
    with _opened() as store:
        paused = store.notes.resume()
    OUT.print(own_words().text("cli.resumed" if paused else "cli.not-paused"))
