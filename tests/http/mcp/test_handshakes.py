"""The first messages of three clients, byte for byte as they come, at either address."""

from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

Json = dict[str, Any]
EVENTS = "application/json, text/event-stream"


@dataclass(frozen=True)
class Sent:
    """A request and what it is answered with.

    Attributes:
        holds: A key of the result; empty where there is none, as for what is only noted.
    """

    status: int
    body: Json | None
    holds: str = ""
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


def call(number: int, method: str, **params: object) -> Json:
    """A request of the protocol."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def hello(version: str, **capabilities: object) -> Json:
    """The first message."""
    told = {"name": "a client", "title": "A client", "version": "1.2.3"}
    given = {"protocolVersion": version, "capabilities": capabilities, "clientInfo": told}
    return call(0, "initialize", **given)


def told(version: str) -> dict[str, str]:
    """What later requests say."""
    return {"MCP-Protocol-Version": version}


NOTED: Json = {"jsonrpc": "2.0", "method": "notifications/initialized"}
HANDSHAKES: dict[str, list[Sent]] = {
    # It looks into everything, listens for what the server may send, and says goodbye.
    "the inspector": [
        Sent(
            200,
            hello("2025-06-18", sampling={}, elicitation={}, roots={"listChanged": True}),
            "serverInfo",
        ),
        Sent(202, NOTED, headers=told("2025-06-18")),
        Sent(405, None, method="GET", headers={"Accept": "text/event-stream"}),
        Sent(200, call(1, "ping"), headers=told("2025-06-18")),
        Sent(200, call(2, "tools/list", _meta={"progressToken": 2}), "tools"),
        Sent(200, call(3, "resources/list"), "resources"),
        Sent(200, call(4, "resources/templates/list"), "resourceTemplates"),
        Sent(200, call(5, "resources/read", uri="ccs://meetings/2024-11-01"), "contents"),
        Sent(200, call(6, "prompts/list"), "prompts"),
        Sent(200, call(7, "prompts/get", name="quote", arguments={"question": "AI?"}), "messages"),
        Sent(405, None, method="DELETE"),
    ],
    # It knows an older version, sends no parameters and looks for a sign-in before.
    "an editor": [
        Sent(200, hello("2024-11-05"), "serverInfo"),
        Sent(202, NOTED),
        Sent(200, {"jsonrpc": "2.0", "id": "a", "method": "tools/list"}, "tools"),
        Sent(
            200,
            call(9, "tools/call", name="list_meetings", arguments={}),
            "structuredContent",
            headers={"Accept": "*/*"},
        ),
    ],
    # It fills in every argument that it knows of, with nothing in those that it does not need.
    "an assistant": [
        Sent(200, hello("2025-11-25"), "serverInfo", headers={"User-Agent": "node"}),
        Sent(202, NOTED, headers={**told("2025-11-25"), "Content-Type": "application/json"}),
        Sent(
            200,
            call(
                1,
                "tools/call",
                name="search",
                arguments={
                    "question": "Que dit-on des passeports ?",
                    "k": None,
                    "language": "fr-CA",
                    "meetings": [],
                    "history": None,
                    "from": "",
                    "to": None,
                },
                _meta={"progressToken": 1},
            ),
            "structuredContent",
            headers={**told("2025-11-25"), "Mcp-Session-Id": "none was given"},
        ),
    ],
}


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
@pytest.mark.parametrize("client", HANDSHAKES)
def test_a_client_is_answered_from_its_first_message_on(
    origin: str, client: str, path: str
) -> None:
    """Each request, without an error in the protocol and without a redirection."""
    for sent in HANDSHAKES[client]:
        found = httpx2.request(
            sent.method,
            f"{origin}{path}",
            json=sent.body,
            headers={"Accept": EVENTS, **sent.headers},
            follow_redirects=False,
        )
        assert found.status_code == sent.status, (sent, found.text)
        if sent.status == 200:
            body = found.json()
            assert "error" not in body, body
            assert body["id"] == (sent.body or {})["id"]
            assert sent.holds in body["result"] or not sent.holds
            assert not body["result"].get("isError")


def test_who_names_no_media_type_takes_what_there_is(origin: str) -> None:
    """A request without `Accept`."""
    with httpx2.Client() as client:
        del client.headers["accept"]
        found = client.post(f"{origin}/mcp", json=call(1, "ping"))
    assert "accept" not in found.request.headers
    assert found.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


@pytest.mark.parametrize("accept", ["application/json", "*/*", None])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/.well-known/oauth-protected-resource"),
        ("GET", "/.well-known/oauth-protected-resource/mcp"),
        ("GET", "/.well-known/oauth-authorization-server"),
        ("GET", "/.well-known/openid-configuration"),
        ("GET", "/mcp/.well-known/openid-configuration"),
        ("POST", "/register"),
        ("GET", "/authorize"),
        ("POST", "/token"),
        ("GET", "/sse"),
        ("GET", "/favicon.ico"),
    ],
)
def test_a_client_that_looks_for_a_sign_in_is_told_in_json_that_there_is_none(
    origin: str, method: str, path: str, accept: str | None
) -> None:
    """At once, as a problem; a browser gets a page."""
    headers = {} if accept is None else {"Accept": accept}
    found = httpx2.request(method, origin + path, headers=headers, follow_redirects=False)
    assert found.status_code == 404
    assert found.headers["content-type"] == "application/problem+json"
    assert found.json()["type"] == "/problems/address"
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = httpx2.request(method, origin + path, headers=browser, follow_redirects=False)
    expected = "application/problem+json" if path.startswith("/mcp") else "text/html; charset=utf-8"
    assert (page.status_code, page.headers["content-type"]) == (404, expected)
