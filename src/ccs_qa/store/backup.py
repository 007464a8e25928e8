"""Copies of an SQLite store: made while it is in use, checked, put back; and its own check."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from ccs_qa.errors import BackupError, StoreError
from ccs_qa.store.opening import PRIVATE, file_of

_COUNTED = ("feedback", "api_keys", "audit")
Counts = dict[str, int]


def backup(url: str, target: Path) -> Counts:
    """Copy a store into a file, which appears once it is whole, and count what it holds.

    Raises:
        BackupError: The store is none of SQLite, or is gone or damaged; the target is there.
    """
    source = _file(url)
    if target.exists():
        raise BackupError(problem="exists", where=str(target))
    return _copy(source, target)


def restore(url: str, copy: Path, *, replace: bool = False) -> Counts:
    """Put a copy in the place of a store, and count what it holds.

    Args:
        replace: Whether a store that can be read is given up for it.

    Raises:
        BackupError: The store is none of SQLite, or can be read; the copy is damaged or none.
    """
    place = _file(url)
    _checked(copy)
    if place.exists() and not replace and _readable(place):
        raise BackupError(problem="in-use", where=str(place))
    return _copy(copy, place)


def check(url: str) -> Counts:
    """Read every page of a store, and count what it holds; a `BackupError` where it is damaged."""
    return _checked(_file(url))


def _file(url: str) -> Path:
    try:
        path = file_of(make_url(url))
    except SQLAlchemyError as error:
        raise StoreError(problem="url", where=type(error).__name__) from None
    if path is None:
        raise BackupError(problem="postgresql", where="")
    return path


def _readable(path: Path) -> bool:
    try:
        _checked(path)
    except BackupError:
        return False
    return True


def _copy(source: Path, target: Path) -> Counts:
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE))
        with closing(_open(source)) as read, closing(sqlite3.connect(part)) as written:
            read.backup(written)
            # One file, whole without another beside it.
            written.execute("PRAGMA journal_mode=DELETE")
        counts = _checked(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        # What a store before it left beside itself does not belong to this one.
        for ending in ("-wal", "-shm", "-journal"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise BackupError(problem="failed", where=f"{target}: {error}") from None
    return counts


def _open(path: Path) -> sqlite3.Connection:
    # Not made where there is none.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


def _checked(path: Path) -> Counts:
    if not path.exists():
        raise BackupError(problem="gone", where=str(path))
    try:
        with closing(_open(path)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            if found != ["ok"]:
                raise BackupError(problem="damaged", where=f"{path}: {found[0]}")
            connection.execute("SELECT version_num FROM alembic_version").fetchall()
            count = "SELECT count(*) FROM {}"
            return {name: connection.execute(count.format(name)).fetchone()[0] for name in _COUNTED}
    except sqlite3.Error as error:
        raise BackupError(problem="damaged", where=f"{path}: {error}") from None
