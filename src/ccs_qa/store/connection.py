"""Connections to the database, and forgetting for good."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Delete, Engine
from sqlalchemy.exc import SQLAlchemyError

from ccs_qa.errors import StoreError

_LOG = logging.getLogger(__name__)


def shown(url: URL) -> str:
    """Write an address for the log, without password and parameters, which may hold one."""
    return url.set(query={}).render_as_string(hide_password=True)


@contextmanager
def connect(engine: Engine) -> Iterator[Connection]:
    """Open a connection, committed at its end; what the database refuses is a `StoreError`."""
    try:
        with engine.connect() as connection:
            yield connection
            connection.commit()
    except SQLAlchemyError as error:
        where = shown(engine.url)
        # The error would repeat the words that were to be kept: its kind is enough.
        _LOG.error("store: %s at %s", type(error).__name__, where)
        raise StoreError(problem="unreachable", where=where) from None


def forget(engine: Engine, which: Delete) -> int:
    """Forget rows for good, and say how many."""
    with connect(engine) as connection:
        gone = connection.execute(which).rowcount
        connection.commit()
        if engine.dialect.name == "sqlite":
            # The log beside the file still holds the words until it is emptied.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return gone
