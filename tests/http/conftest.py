"""The real application as it is before it starts."""

import pytest
from fastapi.testclient import TestClient

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings


@pytest.fixture(scope="session")
def unopened(settings: Settings, service: QAService) -> TestClient:
    """A client of an application whose service was never opened."""
    return TestClient(build_app(settings, lambda _: service))
