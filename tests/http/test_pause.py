"""Asking is paused: every channel says why in its own form, and what can be read stays."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from ccs_qa.http.app import build_app
from ccs_qa.records import Language
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.store import Store, open_store
from tests.serving import until

QUESTION = "How could AI help call centres?"
WHY: dict[Language, str] = {
    "fr": "Une erreur <b>est</b> examinée.",
    "en": "An error is being looked into.",
}
SINCE = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The store of the service, as its maintainers open it."""
    found = open_store(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    yield found
    found.close()


@pytest.fixture
def paused(
    settings: Settings, service: QAService, store: Store, tmp_path: Path
) -> Iterator[TestClient]:
    """A client of a service that was paused while it ran."""
    url = SecretStr(f"sqlite:///{tmp_path / 'kept.sqlite3'}")
    changed = settings.model_copy(update={"database": url, "reload": 0.1})
    app = build_app(changed, lambda _: service)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        assert client.get("/health/ready").json()["status"] == "ready"
        store.notes.set_pause(WHY, SINCE)
        until(lambda: client.get("/health/ready").json()["status"] == "paused")
        yield client


def page_of(response: Response) -> str:
    """Read the words of a page."""
    assert response.status_code == 503
    return BeautifulSoup(response.text, "html.parser").get_text(" ", strip=True)


@pytest.mark.parametrize("path", ["/api/v1/ask", "/api/v1/ask/stream"])
def test_the_api_answers_with_a_problem(paused: TestClient, path: str) -> None:
    """Also where a stream was asked for, which has not begun."""
    response = paused.post(path, json={"question": QUESTION})
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == "/problems/paused"
    assert all(WHY[language] in body["detail"][language] for language in WHY)


@pytest.mark.parametrize("stream", [False, True])
def test_programs_of_openai_read_their_own_form(paused: TestClient, *, stream: bool) -> None:
    """Both languages in one message."""
    asked = {"model": "ccs-qa-extractive", "messages": [{"role": "user", "content": QUESTION}]}
    response = paused.post("/v1/chat/completions", json={**asked, "stream": stream})
    assert response.status_code == 503
    error = response.json()["error"]
    assert (error["type"], error["code"]) == ("server_error", "paused")
    assert all(why in error["message"] for why in WHY.values())


def call(client: TestClient, tool: str, **arguments: object) -> dict[str, object]:
    """Call a tool of the Model Context Protocol."""
    params = {"name": tool, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-06-18",
    }
    found: dict[str, object] = client.post("/mcp", json=body, headers=headers).json()["result"]
    return found


def test_an_assistant_is_told(paused: TestClient) -> None:
    """The tool that answers fails in words; those that find and read go on."""
    refused = call(paused, "ask", question=QUESTION)
    assert refused["isError"] is True
    said = json.dumps(refused, ensure_ascii=False)
    assert all(why in said for why in WHY.values())
    assert not call(paused, "search", question=QUESTION).get("isError")
    assert not call(paused, "list_meetings").get("isError")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", ["", "stream", "download.docx"])
def test_a_page_says_it_in_its_language(paused: TestClient, path: str, language: Language) -> None:
    """As text, whatever stands in the reason."""
    response = paused.get(f"/{language}/{path}", params={"q": QUESTION})
    assert WHY[language] in page_of(response)


@pytest.mark.parametrize(
    "path",
    [
        "/fr/",
        "/fr/meetings",
        "/en/meetings/2024-11-01",
        "/en/passages/2024-11-01-s-9f742ebe",
        "/en/search?q=passports",
        "/fr/timeline?topic=passeports",
        "/en/about",
        "/api/v1/meetings",
        "/api/v1/passages/2024-11-01-s-9f742ebe",
        "/api/v1/timeline?topic=passports",
        "/v1/models",
        "/health/live",
    ],
)
def test_what_can_be_read_stays(paused: TestClient, path: str) -> None:
    """Meetings, passages, the pages that find them; the search of the API as well."""
    assert paused.get(path).status_code == 200
    body = {"question": "passports"}
    assert paused.post("/api/v1/search", json=body).status_code == 200


def test_health_says_so_until_people_may_ask_again(paused: TestClient, store: Store) -> None:
    """Since when and why; another reason is taken; then answers come."""
    ready = paused.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["pause"] == {"since": "2026-11-20T12:00:00Z", "reason": WHY}
    other = dict.fromkeys(WHY, "Travaux / Works")
    store.notes.set_pause(other, SINCE)
    until(lambda: paused.get("/health/ready").json()["pause"]["reason"] == other)
    assert store.notes.resume() is True
    assert store.notes.resume() is False
    until(lambda: paused.get("/health/ready").json()["status"] == "ready")
    assert paused.get("/health/ready").json()["pause"] is None
    assert paused.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
