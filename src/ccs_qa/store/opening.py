"""Opens a database by its URL and brings its tables to the layout of this release."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from ccs_qa.errors import StoreError
from ccs_qa.store.connection import shown

_SCRIPTS = Path(__file__).with_name("migrations")
# How long a database may keep a caller waiting before it counts as unreachable.
_BUSY_SECONDS = 10
PRIVATE = 0o600
# Any constant: whoever migrates this product's tables asks PostgreSQL for the same lock.
_LOCK = 20_241_101


def open_engine(url: str) -> Engine:
    """Open a database and bring it up to date.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL; `postgresql://` alone means psycopg.

    Raises:
        StoreError: The URL is none, its driver is missing, the database cannot be reached or
            written, or its tables are of a newer release.
    """
    try:
        parsed = make_url(url)
        engine = _engine(parsed)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise StoreError(problem="url", where=type(error).__name__) from None
    where = shown(parsed)
    try:
        migrate(engine)
    except CommandError:
        engine.dispose()
        raise StoreError(problem="newer", where=where) from None
    except SQLAlchemyError as error:
        engine.dispose()
        raise StoreError(problem="unreachable", where=where) from error
    return engine


def file_of(url: URL) -> Path | None:
    """Say in which file a database lies; None where it is not a file of SQLite."""
    name = url.database or ""
    plain = url.get_backend_name() == "sqlite" and name not in {"", ":memory:"}
    return Path(name) if plain and not name.startswith("file:") else None


def _engine(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername == "postgresql+psycopg":
        waits = {"connect_timeout": _BUSY_SECONDS, "tcp_user_timeout": _BUSY_SECONDS * 1000}
        wait = {name: value for name, value in waits.items() if name not in url.query}
        # A connection that the server dropped meanwhile is replaced before it is used.
        return create_engine(url, pool_pre_ping=True, pool_timeout=_BUSY_SECONDS, connect_args=wait)
    # Others may well work; nobody has tested them.
    if url.get_backend_name() != "sqlite":
        raise NoSuchModuleError(url.drivername)
    path = file_of(url)
    if path is not None:
        # SQLite makes the file, not its folder; those that it makes beside it are as private.
        path.parent.mkdir(parents=True, exist_ok=True)
        # Never opened here once it is there: to close it again would take the locks off that other
        # connections of this process hold on it, and the next process would unlink their log.
        with suppress(OSError):  # read-only, or another user's: SQLite will say
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
            path.chmod(PRIVATE)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # What is purged is overwritten, not only unlinked.
    connection.execute("PRAGMA secure_delete=ON")
    # Taken into the file early, what was written leaves its log empty when a disk fills up: there
    # is room in it then to erase.
    connection.execute("PRAGMA wal_autocheckpoint=100")


def migrate(engine: Engine) -> None:
    """Take the steps to the layout of this release, one process at a time.

    Raises:
        CommandError: The database is of a layout that this release does not know.
    """
    config = Config()
    # The file format of its settings would take a percent sign for a placeholder.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    wanted = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        # The common case takes no lock: services that start together do not wait for one another.
        if MigrationContext.configure(connection).get_current_revision() == wanted:
            return
    with _locked(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    if engine.dialect.name == "sqlite":
        _write_ahead(engine)


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            # Python's driver begins no transaction before it changes tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        yield connection


def _write_ahead(engine: Engine) -> None:
    """Let readers and a writer work at once; the file remembers it."""
    automatic = engine.execution_options(isolation_level="AUTOCOMMIT")
    # Busy just now: it works without, only slower, and the next start tries again.
    with suppress(OperationalError), automatic.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
