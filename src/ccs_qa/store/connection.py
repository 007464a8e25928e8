"""Connections to the database, what it refuses, and forgetting for good."""

import datetime as dt
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from ccs_qa.errors import StoreError

_LOG = logging.getLogger(__name__)
# Rows erased in one transaction; fewer where the disk has no room for so many.
_STEP = 500


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
    except (SQLAlchemyError, ValueError) as error:
        where = shown(engine.url)
        # The error would repeat the words that were to be kept: its kind is enough.
        _LOG.error("store: %s at %s", type(error).__name__, where)
        raise StoreError(problem=_problem(error), where=where) from None


def _problem(error: Exception) -> str:
    """Tell a full disk, and what no time will make the database take, from all else."""
    if isinstance(error, DataError | IntegrityError | ValueError):
        return "refused"
    cause = error.orig if isinstance(error, DBAPIError) else None
    full = isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_FULL
    return "full" if full else "unreachable"


def insert_into(engine: Engine, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Begin an insertion that may say what becomes of a row that is there already."""
    if engine.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def forget(engine: Engine, table: Table, before: dt.datetime) -> int:
    """Forget the rows from before a time for good, oldest first, and say how many.

    They go step by step, so that others write in between; where the disk is full, in smaller steps,
    which find room in what the log beside the file gives back.
    """
    gone, step = 0, _STEP
    while True:
        oldest = select(table.c.id).where(table.c.time < before).order_by(table.c.time).limit(step)
        try:
            with connect(engine) as connection:
                erased = connection.execute(delete(table).where(table.c.id.in_(oldest))).rowcount
        except StoreError as error:
            if error.details["problem"] != "full" or step == 1:
                raise
            step, erased = max(1, step // 10), step
        else:
            gone += erased
        with _unless_full():
            _empty_log(engine)
        if erased < step:
            return gone


@contextmanager
def _unless_full() -> Iterator[None]:
    try:
        yield
    except StoreError as error:  # logged; the next step may find room in the log as it is
        if error.details["problem"] != "full":
            raise


def _empty_log(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        # The log beside the file still holds the words until it is emptied.
        with connect(engine) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
