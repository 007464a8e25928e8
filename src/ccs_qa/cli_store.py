"""What the commands about the store share: opening it, reading a day."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ccs_qa.settings import Settings

if TYPE_CHECKING:
    from ccs_qa.store import Store


@contextmanager
def opened_store(settings: Settings) -> Iterator["Store"]:
    """Open what is kept, and close it again.

    Args:
        settings: Where it is.

    Yields:
        The store.

    Raises:
        StoreError: It cannot be opened.
    """
    from ccs_qa.store import open_store

    store = open_store(settings.database.get_secret_value())
    try:
        yield store
    finally:
        store.close()


def read_day(value: str, option: str) -> dt.datetime:
    """Read a day of the command line.

    Args:
        value: The day, ISO.
        option: The option that it was given with.

    Returns:
        Its beginning, UTC.

    Raises:
        BadParameter: It is no day.
    """
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter("YYYY-MM-DD", param_hint=option) from None
    return dt.datetime.combine(day, dt.time(), dt.UTC)
