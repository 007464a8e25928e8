"""Security headers, on whatever is answered."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from ccs_qa.http.app import build_app
from ccs_qa.http.problems import MOST_BODY_BYTES
from ccs_qa.records import Answer, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import stand_in

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def policy(response: Response) -> dict[str, str]:
    """Read the content security policy."""
    parts = response.headers["content-security-policy"].split(";")
    return {name: value for name, _, value in (part.strip().partition(" ") for part in parts)}


def check_headers(response: Response) -> None:
    """Assert the headers and that nothing but our own files may be loaded."""
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    rules = policy(response)
    assert {name: rules[name] for name in ("default-src", "base-uri", "frame-ancestors")} == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert set(rules.values()) == {"'none'", "'self'"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 307),
        ("GET", "/fr/", 200),
        ("GET", "/en/?q=trust", 200),
        ("GET", "/fr/meetings", 200),
        ("GET", "/en/meetings/2024-11-01", 200),
        ("GET", "/en/nothing", 404),
        ("GET", "/static/icon.svg", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/openapi.json", 200),
        ("GET", "/health/live", 200),
        ("GET", "/health/ready", 200),
        ("GET", "/api/v1/meetings", 200),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/ask", 405),
        ("POST", "/api/v1/ask", 415),
    ],
)
def test_every_response_carries_the_headers(
    client: TestClient, method: str, path: str, status: int
) -> None:
    """Pages, files, the API, redirections and refusals alike."""
    response = client.request(method, path, follow_redirects=False)
    assert response.status_code == status
    check_headers(response)


def test_a_body_refused_unread_carries_the_headers(client: TestClient) -> None:
    """A 413 does not pass through the routes."""
    response = client.post("/api/v1/ask", content=b"{}".ljust(MOST_BODY_BYTES + 1))
    assert response.status_code == 413
    check_headers(response)


@pytest.mark.parametrize("path", ["/fr/?q=ia", "/api/v1/ask"])
def test_a_fault_of_ours_carries_the_headers(
    settings: Settings, service: QAService, path: str
) -> None:
    """A 500 is answered like any other, as a page or as a problem."""

    def fail(_question: Question) -> Answer:
        raise RuntimeError

    app = build_app(settings, lambda _: stand_in(service, ask=fail))
    with TestClient(app, raise_server_exceptions=False) as client:
        body = {"question": "ia"} if path.startswith("/api") else None
        response = client.request("POST" if body else "GET", path, json=body)
    assert response.status_code == 500
    check_headers(response)


def test_the_documentation_loads_nothing_from_elsewhere(client: TestClient) -> None:
    """Its images alone may stand in its style sheet; nothing runs from within the page."""
    response = client.get("/docs")
    assert response.status_code == 200
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    rules = policy(response)
    assert rules.pop("img-src") == "'self' data:"
    assert set(rules.values()) == {"'none'", "'self'"}


def test_nothing_is_set_in_the_browser(client: TestClient) -> None:
    """No cookie, whatever is asked, and no header that names the software."""
    response = client.get("/fr/?q=ia&h=confiance")
    assert not {"set-cookie", "server", "x-powered-by"} & set(response.headers)
