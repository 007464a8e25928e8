"""Names of requests, pages of a list, and what may be kept of them."""

import logging
import re

import pytest
from fastapi.testclient import TestClient

from ccs_qa.http.app import build_app
from ccs_qa.records import Question, SearchResult
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.conftest import DATES
from tests.serving import stand_in

MEETINGS = "/api/v1/meetings"
NAME = "x-request-id"


@pytest.mark.parametrize(
    "path", [MEETINGS, f"{MEETINGS}/2024-11-01", "/api/v1/passages/2024-11-01-s-9f742ebe"]
)
def test_what_the_corpus_holds_is_asked_for_anew_each_time(client: TestClient, path: str) -> None:
    """A corpus that changed is seen at once, whatever stands between."""
    assert client.get(path).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", DATES),
        ("?limit=3", DATES[:3]),
        ("?limit=3&offset=6", DATES[6:]),
        ("?offset=5", DATES[5:]),
        ("?limit=100&offset=10000", ()),
    ],
)
def test_the_list_of_meetings_comes_in_pages(
    client: TestClient, query: str, shown: tuple[str, ...]
) -> None:
    """All of them unless told; `total` counts those that are not shown too."""
    body = client.get(MEETINGS + query).json()
    assert tuple(item["date"] for item in body["meetings"]) == shown
    assert body["total"] == 8


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "offset=10001", "limit=x"])
def test_an_impossible_page_is_refused(client: TestClient, query: str) -> None:
    """By the name of the field."""
    response = client.get(f"{MEETINGS}?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == f"query.{query.partition('=')[0]}"


@pytest.mark.parametrize("path", ["/en/", "/docs", MEETINGS, "/api/v1/nothing", "/static/x"])
def test_the_name_of_a_request_is_said_again(client: TestClient, path: str) -> None:
    """On pages, files, good answers and refusals; without one, each gets its own."""
    assert client.get(path, headers={NAME: "tool_1.a-B"}).headers[NAME] == "tool_1.a-B"
    made = {client.get(path).headers[NAME] for _ in range(2)}
    assert len(made) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in made)


@pytest.mark.parametrize("given", ["", "a" * 65, "a b", "a;b", "é", "a\tb", "../x"])
def test_a_name_that_could_forge_a_log_is_replaced(client: TestClient, given: str) -> None:
    """What is empty, long or holds anything but letters, digits and `._-`."""
    name = client.get("/health/live", headers={NAME.encode(): given.encode()}).headers[NAME]
    assert re.fullmatch(r"[0-9a-f]{32}", name)


def test_a_fault_of_ours_is_logged_under_the_name(
    settings: Settings, service: QAService, caplog: pytest.LogCaptureFixture
) -> None:
    """What the caller reads on the 500 is what the log says."""

    def fail(_question: Question) -> SearchResult:
        raise RuntimeError

    app = build_app(settings, lambda _: stand_in(service, search=fail))
    with TestClient(app, raise_server_exceptions=False) as client:
        headers = {NAME: "named-by-me"}
        response = client.post("/api/v1/search", json={"question": "ai"}, headers=headers)
    assert response.status_code == 500
    assert response.headers[NAME] == "named-by-me"
    messages = [item.getMessage() for item in caplog.records if item.levelno == logging.ERROR]
    assert any("named-by-me" in message for message in messages)
