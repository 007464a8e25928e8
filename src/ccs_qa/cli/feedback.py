"""The commands about feedback: list it, take it out as candidate gold rows, forget it."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ccs_qa.cli.store import opened_store, read_day
from ccs_qa.cli.words import own_words, worded_errors
from ccs_qa.settings import load_settings

feedback_app = typer.Typer(help="What people said of the answers.", no_args_is_help=True)
_OUT = Console(soft_wrap=True, highlight=False, markup=False)

SinceOption = Annotated[str | None, typer.Option("--since", help="First day, ISO (UTC).")]


@feedback_app.command("list")
def feedback_list(
    since: SinceOption = None,
    most: Annotated[int, typer.Option("-n", min=1, help="Most to print.")] = 50,
) -> None:
    """Print feedback, newest first."""
    words = own_words()
    start = read_day(since, "--since") if since else None
    with worded_errors(), opened_store(load_settings()) as store:
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
    from ccs_qa.corpus.library import load_corpus
    from ccs_qa.store.candidates import candidate

    start = read_day(since, "--since") if since else None
    with worded_errors():
        settings = load_settings()
        corpus = load_corpus(settings.corpus)
        with opened_store(settings) as store:
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
    day = read_day(before, "--before")
    with worded_errors(), opened_store(load_settings()) as store:
        gone = store.purge(day)
    _OUT.print(own_words().count("cli.feedback.purged", gone))
