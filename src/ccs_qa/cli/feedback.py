"""The commands about feedback: list it, take it out as candidate gold rows, forget it."""

import json
from typing import Annotated

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
from ccs_qa.settings import load_settings

feedback_app = typer.Typer(help="What people said of the answers.", no_args_is_help=True)


@feedback_app.command("list")
def feedback_list(
    since: SinceOption = None,
    most: Annotated[int, typer.Option("-n", min=1, help="Most to print.")] = 50,
) -> None:
    """Print feedback, newest first."""
    words = own_words()
    with opened_store() as store:
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
    with opened_store() as store:
        found = store.feedback(since)
    lines = [json.dumps(candidate(item, corpus), ensure_ascii=False) for item in found]
    write_lines(lines, out, "cli.feedback.exported")


@feedback_app.command("purge")
def feedback_purge(before: BeforeOption) -> None:
    """Forget what was received before a day, for good."""
    with opened_store() as store:
        gone = store.purge(before)
    OUT.print(own_words().count("cli.feedback.purged", gone))
