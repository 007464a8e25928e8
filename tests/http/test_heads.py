"""HEAD: what GET would say of itself, without what it would say."""

import asyncio
import http.client
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.types import Message, Receive, Scope, Send

from ccs_qa.http.app import build_app
from ccs_qa.http.middleware import Requests
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.addresses import ADDRESSES, DISTRESS
from tests.serving import SlowSteps, served, stand_in

# What differs from one request to the next, whatever its method.
_OWN = {"date", "x-request-id"}
API = (
    "/api/v1/meetings",
    "/api/v1/meetings/2024-11-01",
    f"/api/v1/passages/{DISTRESS}",
    "/api/v1/passages/nothing",
    "/api/v1/timeline?topic=passeports",
    "/v1/models",
    "/health/live",
    "/openapi.json",
    "/docs",
    "/static/icon.svg",
    "/",
)


@pytest.fixture
def address(origin: str) -> str:
    """Where a real server listens."""
    return urlsplit(origin).netloc


def send(address: str, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send one request, and take status, headers and body."""
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        held = {name.lower(): value for name, value in response.getheaders()}
        return response.status, held, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    [*API, *(item.format(language="fr") for item in ADDRESSES if " " not in item)],
)
def test_the_headers_are_those_of_get(address: str, path: str) -> None:
    """The length of the body as well, which does not come."""
    status, held, body = send(address, "HEAD", path)
    wanted, of_get, whole = send(address, "GET", path)
    assert (status, body) == (wanted, b"")
    assert {name: value for name, value in held.items() if name not in _OWN} == {
        name: value for name, value in of_get.items() if name not in _OWN
    }
    if wanted not in {304, 307}:
        assert int(held["content-length"]) == len(whole) > 0


def test_what_is_posted_takes_no_head(address: str) -> None:
    """405, and `Allow` says so; where GET is taken it names both."""
    assert send(address, "HEAD", "/api/v1/ask")[1]["allow"] == "POST"
    for path in ("/api/v1/meetings", "/fr/meetings", "/v1/models"):
        status, held, _ = send(address, "DELETE", path)
        assert (status, held["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_no_piece_of_a_stream_goes_out_behind_its_headers(method: str) -> None:
    """Clients never read the body of a HEAD, so only what is sent can show it."""

    async def streamed(scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["method"] == "GET"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece, more in ((b"event: status", True), (b"event: done", True), (b"", False)):
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    async def unread() -> Message:
        raise AssertionError

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    counted: list[tuple[str, int]] = []
    requests = Requests(streamed, lambda _: "page", lambda *ended: counted.append(ended))
    scope = {"type": "http", "method": method, "path": "/", "headers": []}
    asyncio.run(requests(scope, unread, send))
    assert counted == [("none", 200)]
    bodies = [item for item in sent if item["type"] == "http.response.body"]
    assert len(sent) == len(bodies) + 1
    if method == "HEAD":
        assert [(item["body"], item.get("more_body", False)) for item in bodies] == [(b"", False)]
    else:
        assert b"".join(item["body"] for item in bodies) == b"event: statusevent: done"


def test_a_stream_is_not_run_for_its_headers(settings: Settings, service: QAService) -> None:
    """The first event is the last that is worked for."""
    slow = SlowSteps(service)
    app = build_app(settings, lambda _: stand_in(service, steps=slow.steps))
    with served(app) as origin:
        netloc = urlsplit(origin).netloc
        status, held, body = send(netloc, "HEAD", "/fr/stream?q=passeports")
        assert (status, body) == (200, b"")
        assert held["content-type"].startswith("text/event-stream")
        assert slow.ended.wait(10)
    assert len(slow.run) < slow.most / 2


def test_head_asks_for_the_same_key_and_counts(
    settings: Settings, service: QAService, tmp_path: object
) -> None:
    """Without a key 401; every request, of either method, is one of the three."""
    database = SecretStr(f"sqlite:///{tmp_path}/kept.sqlite3")
    changed = settings.model_copy(
        update={"access": "keys", "limit": "3/hour", "database": database}
    )
    with TestClient(build_app(changed, lambda _: service)) as client:
        answers = [
            client.request(method, "/api/v1/meetings") for method in ("HEAD", "GET", "HEAD", "HEAD")
        ]
    assert [item.status_code for item in answers] == [401, 401, 401, 429]
    assert answers[0].headers["www-authenticate"] == "Bearer"
    assert answers[3].headers["retry-after"]
    assert answers[3].content == b""
