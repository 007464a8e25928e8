"""What each transport adds: pure output, refused names, limits, and a loop that stays free."""

import asyncio
import json
import subprocess
import sys
import threading
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from mcp import Client

from ccs_qa.errors import CcsQaError
from ccs_qa.http.app import build_app
from ccs_qa.http.mcp.server import build_server
from ccs_qa.messages.wording import word_error
from ccs_qa.records import Answer
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.http.mcp.conftest import text
from tests.serving import served

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
HEADERS = {"Accept": "application/json, text/event-stream"}


def test_nothing_but_the_protocol_is_written_to_stdout(settings: Settings) -> None:
    """Two messages, two lines of JSON; the process ends when its input does."""
    assert settings.index.is_dir()
    hello = {
        "jsonrpc": "2.0",
        "id": 0,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "0"},
        },
    }
    with subprocess.Popen(
        [sys.executable, "-m", "ccs_qa", "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in (hello, PING):
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            assert answer["id"] == message["id"]
            assert "result" in answer
        # What follows the last answer, once the input is closed: nothing on either stream.
        assert process.communicate(timeout=300) == ("", "")
    assert process.returncode == 0


@pytest.mark.slow
def test_without_an_index_the_command_says_so(tmp_path: Any) -> None:  # noqa: ANN401 - a path
    """On stderr, in both languages, with status 1 and an empty stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "ccs_qa", "mcp"],
        env={"CCS_QA_INDEX": str(tmp_path / "none"), "PATH": "", "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "ccs-qa index build" in done.stderr


def post(origin: str, **headers: str) -> httpx2.Response:
    """Post a message with further headers."""
    return httpx2.post(f"{origin}/mcp", json=PING, headers={**HEADERS, **headers})


def test_messages_are_answered_under_the_security_headers(origin: str) -> None:
    """As JSON, with what every response of the application carries."""
    found = post(origin)
    assert found.status_code == 200
    assert found.headers["content-type"].startswith("application/json")
    assert found.json()["id"] == 1
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in found.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:8000"}, 421),
        ({"Host": "localhost"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:3000"}, 200),
    ],
)
def test_other_names_and_other_sites_are_refused(
    origin: str, headers: dict[str, str], status: int
) -> None:
    """A page elsewhere that points its name at this machine gets nothing."""
    assert post(origin, **headers).status_code == status


def test_a_setting_allows_further_names(settings: Settings, service: QAService) -> None:
    """With any port, unless the setting names one; loopback stays."""
    wider = settings.model_copy(update={"mcp_hosts": "ccs.example.ca, one.example.ca:8443"})
    with served(build_app(wider, lambda _: service)) as origin:
        for host, status in (
            ("ccs.example.ca", 200),
            ("ccs.example.ca:8000", 200),
            ("one.example.ca:8443", 200),
            ("one.example.ca", 421),
            ("one.example.ca:1", 421),
            ("127.0.0.1", 200),
        ):
            assert post(origin, Host=host).status_code == status, host
        assert post(origin, Origin="https://ccs.example.ca").status_code == 200


def test_limits_of_the_application_hold(origin: str) -> None:
    """Bodies of half a mebibyte at most; messages are posted, nothing is streamed or kept."""
    large = {**PING, "params": {"x": "a" * 512 * 1024}}
    assert httpx2.post(f"{origin}/mcp", json=large, headers=HEADERS).status_code == 413
    for method in ("GET", "DELETE"):
        refused = httpx2.request(method, f"{origin}/mcp", headers=HEADERS)
        assert refused.status_code == 405
        assert refused.headers["allow"] == "POST"
        assert refused.headers["content-type"] == "application/problem+json"


def test_an_application_may_start_again(settings: Settings, service: QAService) -> None:
    """The channel opens with each start; before the first it says that nothing is ready."""
    app = build_app(settings, lambda _: service)
    local = {**HEADERS, "Host": "localhost"}
    assert TestClient(app).post("/mcp", json=PING, headers=local).status_code == 503
    for _ in range(2):
        with TestClient(app) as client:
            assert client.post("/mcp", json=PING, headers=local).status_code == 200


def test_answering_does_not_hold_up_the_loop(
    service: QAService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tools are listed while a question is being answered."""
    listed, seen = threading.Event(), []

    def slow(*given: Any, **more: Any) -> Answer:  # noqa: ANN401 - what ask takes
        seen.append(listed.wait(20))
        return plain(*given, **more)

    plain = service.ask
    monkeypatch.setattr(service, "ask", slow)

    async def both() -> None:
        async with Client(build_server(lambda: service)) as client:
            asked = asyncio.create_task(client.call_tool("ask", {"question": "passports"}))
            await asyncio.sleep(0.1)
            await client.list_tools()
            listed.set()
            assert not (await asked).is_error

    asyncio.run(both())
    assert seen == [True]


def test_a_fault_of_ours_tells_nothing_of_its_cause(
    service: QAService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our words for it, in both languages."""

    def broken(*_given: Any, **_more: Any) -> Answer:  # noqa: ANN401 - what ask takes
        raise RuntimeError("secret")

    monkeypatch.setattr(service, "ask", broken)

    async def asked() -> str:
        async with Client(build_server(lambda: service)) as client:
            result = await client.call_tool("ask", {"question": "passports"})
            assert result.is_error
            return text(result)

    shown = asyncio.run(asked())
    assert "secret" not in shown
    assert all(item.title in shown for item in word_error(CcsQaError()).values())
