"""The client that ships, in front of the real application."""

from collections.abc import Iterator

import pytest

from ccs_qa.client import Client


@pytest.fixture(scope="session")
def client(origin: str) -> Iterator[Client]:
    """A client of the application on a server of this process."""
    with Client(origin) as found:
        yield found
