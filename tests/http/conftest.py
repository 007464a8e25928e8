"""The real application over HTTP."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import served


@pytest.fixture(scope="session")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of the application, started."""
    with TestClient(build_app(settings, lambda _: service)) as found:
        yield found


@pytest.fixture(scope="session")
def origin(settings: Settings, service: QAService) -> Iterator[str]:
    """Address of a running application."""
    with served(build_app(settings, lambda _: service)) as found:
        yield found


@pytest.fixture(scope="session")
def unopened(settings: Settings, service: QAService) -> TestClient:
    """A client of an application whose service was never opened."""
    return TestClient(build_app(settings, lambda _: service))
