"""The application over the real service with an endpoint behind it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from fastapi.testclient import TestClient

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.phrasing import phrasing_service

Phrasing = Callable[..., QAService]
Clients = Callable[..., AbstractContextManager[TestClient]]


@pytest.fixture(scope="session")
def phrasing(settings: Settings, service: QAService) -> Phrasing:
    """Makes the service that asks the endpoint at an address, with other settings if any."""
    return lambda url, **changed: phrasing_service(service, settings, url, **changed)


@pytest.fixture(scope="session")
def clients(settings: Settings, phrasing: Phrasing) -> Clients:
    """Opens a client of the application over such a service."""

    @contextmanager
    def open_client(url: str, **changed: object) -> Iterator[TestClient]:
        # From the machine itself, which is believed, so that it may read the metrics.
        believed = settings.model_copy(update={"local_admin": True})
        app = build_app(believed, lambda _: phrasing(url, **changed))
        with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 9)) as found:
            yield found

    return open_client
