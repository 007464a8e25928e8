"""Sessions of the database, and forgetting for good."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Delete, Engine
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ccs_qa.errors import StoreError

_LOG = logging.getLogger(__name__)


def shown(url: URL) -> str:
    """Write an address for the log, without password and parameters, which may hold one."""
    return url.set(query={}).render_as_string(hide_password=True)


@contextmanager
def open_session(engine: Engine) -> Iterator[Session]:
    """Open a session; what the database refuses is a `StoreError`."""
    try:
        with Session(engine) as session:
            yield session
    except SQLAlchemyError as error:
        where = shown(engine.url)
        # The error would repeat the words that were to be kept: its kind is enough.
        _LOG.error("store: %s at %s", type(error).__name__, where)
        raise StoreError(problem="unreachable", where=where) from None


def forget(engine: Engine, which: Delete) -> int:
    """Forget rows for good, and say how many."""
    with open_session(engine) as session:
        done = session.execute(which)
        session.commit()
        if engine.dialect.name == "sqlite":
            # The log beside the file still holds the words until it is emptied.
            session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return done.rowcount if isinstance(done, CursorResult) else 0
