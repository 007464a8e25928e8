"""Copies that callers hold, names of requests, pages of a list."""

import copy
import functools
import logging
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from ccs_qa.http.app import build_app
from ccs_qa.records import Question, SearchResult
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.conftest import DATES
from tests.serving import stand_in

MEETINGS = "/api/v1/meetings"
COPIED = (MEETINGS, f"{MEETINGS}/2024-11-01", "/api/v1/passages/2024-11-01-s-9f742ebe")
HELD = "if-none-match"
NAME = "x-request-id"


@pytest.fixture(scope="module")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of the application, started."""
    with TestClient(build_app(settings, lambda _: service)) as found:
        yield found


@pytest.mark.parametrize("path", COPIED)
def test_a_copy_that_is_as_it_was_is_not_sent_again(client: TestClient, path: str) -> None:
    """A strong tag, asked about each time; weak, among others or any, it is recognized."""
    whole = client.get(path)
    tag = whole.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    assert whole.headers["cache-control"] == "no-cache"
    assert client.get(path).headers["etag"] == tag
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={HELD: given})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "no-cache"
    for given in ('"other"', "", tag.strip('"'), tag[:-2] + '"'):
        assert client.get(path, headers={HELD: given}).json() == whole.json()


def test_other_bytes_have_another_tag(client: TestClient) -> None:
    """Each address, each page of a list, compressed and not."""
    tags = [client.get(path).headers["etag"] for path in COPIED]
    tags += [client.get(f"{MEETINGS}?limit={limit}").headers["etag"] for limit in (1, 2)]
    plain = client.get(MEETINGS, headers={"accept-encoding": "identity"})
    tags.append(plain.headers["etag"])
    assert len(set(tags)) == 6


def _given(service: QAService, _: Settings) -> QAService:
    return service


def test_another_corpus_has_another_tag(settings: Settings, service: QAService) -> None:
    """What was held of the corpus before is given anew."""
    changed = copy.copy(service)
    vars(changed).update(corpus=copy.copy(service.corpus))
    object.__setattr__(changed.corpus, "digest", "0" * 64)
    tags = set()
    for opened in (service, changed):
        opener = functools.partial(_given, opened)
        with TestClient(build_app(settings, opener)) as client:
            tags.add(client.get(MEETINGS).headers["etag"])
    assert len(tags) == 2


def test_nothing_can_be_held_of_what_is_not_there(client: TestClient) -> None:
    """Any copy is still no copy of a meeting that was not held."""
    assert client.get(f"{MEETINGS}/2024-01-01", headers={HELD: "*"}).status_code == 404
    assert "etag" not in client.get(f"{MEETINGS}/2024-01-01").headers


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
