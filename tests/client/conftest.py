"""The real application on a server of this process."""

from collections.abc import Iterator

import pytest

from ccs_qa.client import Client
from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import served


@pytest.fixture(scope="session")
def origin(settings: Settings, service: QAService) -> Iterator[str]:
    """Its address."""
    with served(build_app(settings, lambda _: service)) as address:
        yield address


@pytest.fixture(scope="session")
def client(origin: str) -> Iterator[Client]:
    """A client of it."""
    with Client(origin) as found:
        yield found
