"""The commands that copy what is kept, put a copy back, and check it."""

from pathlib import Path
from typing import Annotated

import typer

from ccs_qa.cli.terminal import OUT, own_words
from ccs_qa.settings import load_settings

store_app = typer.Typer(help="What is kept: copies of it, and its check.", no_args_is_help=True)


def _url() -> str:
    return load_settings().database.get_secret_value()


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
