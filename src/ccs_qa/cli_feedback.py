"""The commands about feedback: list it, take it out as candidate gold rows, forget it."""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ccs_qa.cli_words import own_words, worded_errors
from ccs_qa.settings import Settings, load_settings

if TYPE_CHECKING:
    from ccs_qa.store import Store

feedback_app = typer.Typer(help="What people said of the answers.", no_args_is_help=True)
_OUT = Console(soft_wrap=True, highlight=False, markup=False)

SinceOption = Annotated[str | None, typer.Option("--since", help="First day, ISO (UTC).")]


@contextmanager
def _opened(settings: Settings) -> Iterator["Store"]:
    from ccs_qa.store import open_store

    store = open_store(settings.database.get_secret_value())
    try:
        yield store
    finally:
        store.close()


def _day(value: str, option: str) -> dt.datetime:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter("YYYY-MM-DD", param_hint=option) from None
    return dt.datetime.combine(day, dt.time(), dt.UTC)


@feedback_app.command("list")
def feedback_list(
    since: SinceOption = None,
    most: Annotated[int, typer.Option("-n", min=1, help="Most to print.")] = 50,
) -> None:
    """Print feedback, newest first."""
    words = own_words()
    start = _day(since, "--since") if since else None
    with worded_errors(), _opened(load_settings()) as store:
        found, total = store.feedback(start, most), store.count(start)
    for item in found:
        remark = item.remark
        verdict = words.text("feedback.useful" if remark.useful else "feedback.not-useful")
        parts = [f"{item.time:%Y-%m-%d %H:%M}", verdict, remark.status, remark.reason or ""]
        _OUT.print(" · ".join(part for part in parts if part), style="bold")
        _OUT.print(f"    {remark.question}")
        for line in remark.comment.splitlines():
            _OUT.print(f"    > {line}")
        for name in remark.citations:
            _OUT.print(f"    {name}", style="dim")
    _OUT.print(words.count("cli.feedback.count", total))


@feedback_app.command("export")
def feedback_export(
    since: SinceOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="File; else the terminal.")] = None,
) -> None:
    """Write candidate gold rows (JSONL): a person gives each a type before it is gold."""
    from ccs_qa.corpus import load_corpus
    from ccs_qa.store import candidate

    start = _day(since, "--since") if since else None
    with worded_errors():
        settings = load_settings()
        corpus = load_corpus(settings.corpus)
        with _opened(settings) as store:
            rows = [candidate(item, corpus) for item in store.feedback(start)]
    body = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if out is None:
        sys.stdout.write(body)
        return
    out.write_text(body, "utf-8")
    _OUT.print(own_words().count("cli.feedback.exported", len(rows), file=out))


@feedback_app.command("purge")
def feedback_purge(
    before: Annotated[str, typer.Option("--before", help="First day kept, ISO (UTC).")],
) -> None:
    """Forget what was received before a day, for good."""
    day = _day(before, "--before")
    with worded_errors(), _opened(load_settings()) as store:
        gone = store.purge(day)
    _OUT.print(own_words().count("cli.feedback.purged", gone))
