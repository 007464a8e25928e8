"""One shape for every error of the API (RFC 9457), whoever raises it.

    HTTP/1.1 <status>
    Content-Type: application/problem+json
    Content-Language: fr, en

    {"type": "/problems/<code>", "status": <status>, "instance": "<path asked for>",
     "title": {"fr", "en"}, "detail": {"fr", "en"}, "next": {"fr", "en"},
     "errors": [{"field": "<dotted name>", "problem": "<kind>"}]}

`title` says what kind of thing went wrong, `detail` what exactly, `next` what to do about
it, each in both languages with every placeholder filled. `errors` names the fields of the
request that were refused, and is empty when no field was.
"""

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.exceptions import HTTPException

from ccs_qa.errors import CcsQaError
from ccs_qa.http.app import build_app
from ccs_qa.http.problems import MOST_BODY_BYTES, identify, problem_response, status_of
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Answer, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import stand_in

Json = dict[str, Any]
JSON_HEADER = {"content-type": "application/json"}
SEARCH, ASK = "/api/v1/search", "/api/v1/ask"


def assert_problem(response: Response, status: int, code: str, fields: Sequence[str] = ()) -> Json:
    """Assert the whole shape above, and take the body."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["content-language"] == "fr, en"
    body: Json = response.json()
    assert body.keys() == {"type", "title", "status", "detail", "next", "instance", "errors"}
    assert (body["type"], body["status"]) == (f"/problems/{code}", status)
    assert body["instance"] == response.request.url.path
    for part in ("title", "detail", "next"):
        assert body[part].keys() == {"fr", "en"}
        assert body[part]["fr"] != body[part]["en"]
        assert all(text.strip() and "{" not in text for text in body[part].values())
    for language in ("fr", "en"):
        words = catalogue("fr" if language == "fr" else "en")
        assert body["title"][language] == words.text(f"error.{code}.title")
    assert [item["field"] for item in body["errors"]] == list(fields)
    assert all(item.keys() == {"field", "problem"} for item in body["errors"])
    return body


@pytest.mark.parametrize("path", [SEARCH, ASK])
@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        ({"question": " ?! \u200b"}, "question", []),
        ({"question": "a" * 5001}, "question", []),
        ({"question": "ai", "filters": {"meetings": ["2024-01-01"]}}, "filter", []),
        (
            {"question": "ai", "filters": {"from": "2025-01-02", "to": "2025-01-01"}},
            "filter",
            [],
        ),
        ({}, "validation", ["question"]),
        ({"question": ""}, "validation", ["question"]),
        ({"question": None}, "validation", ["question"]),
        ({"question": "a" * 6001}, "validation", ["question"]),
        ({"question": "ai", "k": 0}, "validation", ["k"]),
        ({"question": "ai", "k": 101}, "validation", ["k"]),
        ({"question": "ai", "language": "de"}, "validation", ["language"]),
        ({"question": "ai", "history": "ai"}, "validation", ["history"]),
        ({"question": "ai", "history": ["a"] * 51}, "validation", ["history"]),
        ({"question": "ai", "top_k": 3}, "validation", ["top_k"]),
        ({"question": "ai", "filters": {"since": "2025"}}, "validation", ["filters.since"]),
        ({"question": "ai", "filters": {"from": "2025-02-30"}}, "validation", ["filters.from"]),
        ({"question": "ai", "k": "x", "mod": 1}, "validation", ["k", "mod"]),
    ],
)
def test_what_a_field_holds_is_refused_by_name(
    client: TestClient, path: str, body: Json, code: str, fields: list[str]
) -> None:
    """A question, a filter or a field that cannot be used is a 422 on both routes."""
    assert_problem(client.post(path, json=body), 422, code, fields)


def test_generative_mode_is_refused_without_a_language_model(client: TestClient) -> None:
    """The mode is known, and not set up."""
    response = client.post(ASK, json={"question": "ai", "mode": "generative"})
    body = assert_problem(response, 422, "mode")
    assert "extractive" in body["next"]["en"]


@pytest.mark.parametrize("path", [SEARCH, ASK])
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 50_000, "application/json"),
        (b'["question"]', "application/json"),
        (b'{"question": "ai", "\\ud800": 1}', "application/json"),
        (b'{"question": "ai"}', "text/plain"),
        (b"question=ai", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    client: TestClient, path: str, content: bytes, kind: str
) -> None:
    """Cut short, empty, not UTF-8, too deep, a list, half a character, another media type."""
    response = client.post(path, content=content, headers={"content-type": kind})
    assert_problem(response, 415, "media-type")


def test_a_body_is_taken_up_to_the_limit(client: TestClient) -> None:
    """Padded with spaces to the last byte allowed it is read; one byte more is a 413."""
    whole = b'{"question": "trust", "k": 1}'.ljust(MOST_BODY_BYTES)
    assert client.post(SEARCH, content=whole, headers=JSON_HEADER).status_code == 200
    response = client.post(SEARCH, content=whole + b" ", headers=JSON_HEADER)
    body = assert_problem(response, 413, "body-size")
    assert str(MOST_BODY_BYTES // 1024) in body["detail"]["en"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", ASK, 405, "method"),
        ("DELETE", "/api/v1/meetings", 405, "method"),
        ("POST", "/health/ready", 405, "method"),
        ("GET", "/api/v1/nothing", 404, "address"),
        ("GET", "/api/v2/meetings", 404, "address"),
        ("GET", "/health/nothing", 404, "address"),
        ("GET", "/api/v1/meetings/2024-01-01", 404, "not-found"),
        ("GET", "/api/v1/passages/2024-11-01-s-00000000", 404, "not-found"),
        ("GET", "/api/v1/passages/%3Cscript%3E", 404, "not-found"),
    ],
)
def test_what_is_not_there_is_named(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    """A wrong method says which are right; an unknown address differs from an unknown name."""
    response = client.request(method, path)
    assert_problem(response, status, code)
    assert ("allow" in response.headers) is (status == 405)


@pytest.mark.parametrize("date", ["2024-02-30", "yesterday", "2024"])
def test_an_impossible_date_is_a_refused_field(client: TestClient, date: str) -> None:
    """A date that no calendar has differs from a day without a meeting."""
    response = client.get(f"/api/v1/meetings/{date}")
    assert_problem(response, 422, "validation", ["path.date"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", SEARCH),
        ("POST", ASK),
        ("GET", "/api/v1/meetings"),
        ("GET", "/api/v1/meetings/2024-11-01"),
        ("GET", "/api/v1/passages/page"),
        ("GET", "/health/ready"),
    ],
)
def test_a_service_that_was_never_opened_is_not_ready(
    unopened: TestClient, method: str, path: str
) -> None:
    """Every route that needs the service is a 503 until there is one."""
    body = {"question": "ai"} if method == "POST" else None
    assert_problem(unopened.request(method, path, json=body), 503, "not-ready")


def test_a_fault_of_ours_shows_nothing_private(
    settings: Settings, service: QAService, caplog: pytest.LogCaptureFixture
) -> None:
    """What a broken service raises is logged, and answered with the fixed words only."""

    def fail(_question: Question) -> Answer:
        raise RuntimeError("password at /secret/place")

    app = build_app(settings, lambda _: stand_in(service, ask=fail, search=fail))
    with TestClient(app, raise_server_exceptions=False) as client:
        for path in (SEARCH, ASK):
            response = client.post(path, json={"question": "the question itself"})
            body = assert_problem(response, 500, "internal")
            words = catalogue("en")
            for part in ("title", "detail", "next"):
                assert body[part]["en"] == words.raw(f"error.internal.{part}")
            for private in ("password", "private", "RuntimeError", "question itself"):
                assert private not in response.text
                assert private not in str(response.headers)
    logged = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "password at /secret/place" in str([record.exc_info for record in logged])


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "media-type"),
        (404, "address"),
        (405, "method"),
        (413, "body-size"),
        (415, "media-type"),
        (422, "validation"),
        (500, "internal"),
    ],
)
def test_what_the_framework_raises_is_named(status: int, code: str) -> None:
    """Each status it knows of has a code of ours, a wording, and the status of that code."""
    error = identify(HTTPException(status, "unworded"), "GET").error
    assert error.code == code
    assert status_of(error) == (415 if status == 400 else status)
    assert b"unworded" not in problem_response(error, "/").body


def test_every_error_has_a_status() -> None:
    """Whatever this package raises is a fault of the request, an absence, or of ours."""

    def tree(kind: type[CcsQaError]) -> list[type[CcsQaError]]:
        return [kind, *(below for child in kind.__subclasses__() for below in tree(child))]

    statuses = {kind.code: status_of(kind.__new__(kind)) for kind in tree(CcsQaError)}
    assert {code for code, status in statuses.items() if status == 500} == {
        "internal",
        "model",
        "settings",
        "open-host",
        "assets-missing",
        "extra-missing",
        "file",
        "local-model",
        "local-model-damaged",
        "memory",
        "port-taken",
    }
    assert {code for code, status in statuses.items() if status == 409} == {
        "corpus",
        "page",
        "alignment",
    }
    assert {code for code, status in statuses.items() if status == 503} == {
        "not-ready",
        "busy",
        "late",
        "stopping",
        "index",
        "index-missing",
        "index-stale",
        "index-damaged",
        "edition-missing",
        "store",
        "audit",
        "backup",
        "paused",
        "endpoint",
    }
    client = {400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 422, 429, 431, 499}
    assert set(statuses.values()) == client | {500, 503}
