"""The real application behind a real server, which hands requests over as they come."""

from collections.abc import Iterator

import pytest

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import served


@pytest.fixture(scope="session")
def origin(settings: Settings, service: QAService) -> Iterator[str]:
    """Address of the server, in this process, on a port of its own."""
    app = build_app(settings, lambda _: service)
    with served(app) as address:
        yield address
