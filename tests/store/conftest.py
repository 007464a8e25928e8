"""Every test of what is kept runs on an SQLite file and on a PostgreSQL server started here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ccs_qa.store.store import Store, open_store
from tests.databases import Postgresql, postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[Postgresql]:
    """A running PostgreSQL."""
    with postgresql() as found:
        yield found


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """The address of a file that does not exist yet, in a folder with a sign of its own."""
    return f"sqlite:///{tmp_path / '100%' / 'kept.sqlite3'}"


@pytest.fixture
def server_url(server: Postgresql) -> Iterator[str]:
    """The address of an empty database on the server, dropped afterwards."""
    name = server.make()
    yield server.url(name)
    server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["file_url", "server_url"], ids=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, of each kind in turn."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store."""
    found = open_store(url)
    yield found
    found.close()
