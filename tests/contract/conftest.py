"""The real application behind a real server, which hands requests over as they come."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from ccs_qa.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings


@pytest.fixture(scope="session")
def origin(settings: Settings, service: QAService) -> Iterator[str]:
    """Address of the server, in this process, on a port of its own."""
    app = build_app(settings, lambda _: service)
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", log_config=None, lifespan="on")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
