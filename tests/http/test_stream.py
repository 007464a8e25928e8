"""An answer as server-sent events: what comes, in which order, and when it stops."""

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.errors import IndexDamagedError
from ccs_qa.http.app import build_app
from ccs_qa.http.sse import deltas
from ccs_qa.records import Answer, Question, Statement, Step
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import SlowSteps, served, stand_in

Json = dict[str, Any]
STREAM, ASK = "/api/v1/ask/stream", "/api/v1/ask"
QUESTIONS = {
    "quotes": "How could AI help call centres?",
    "citations": "Que dit-on des passeports et de la confiance ?",
    "not found": "Quelle est la recette de la tarte aux pommes ?",
    "no answer": "What is the committee's annual budget?",
    "list": "How many meetings were held in 2023?",
    "liste": "Quelles sont les réunions ?",
    "timeline": "How did the discussion of AI evolve over the meetings?",
    "fil": "Comment la discussion sur l'intelligence artificielle a-t-elle évolué ?",
    "comparison": "Compare what was said about AI in 2023 and in 2024",
    "empty period": "What was said about passports in 2022?",
}


@dataclass(frozen=True)
class Event:
    """One event, read as the standard of server-sent events says."""

    id: str
    name: str
    data: Any
    retry: str


def read(text: str) -> tuple[list[Event], list[str]]:
    """Cut a stream into its events and its comments."""
    events, comments = [], []
    for block in text.removesuffix("\n\n").split("\n\n"):
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(": ")
            assert name not in fields
            fields[name] = value
        if "" in fields:
            comments.append(fields[""])
        else:
            data = json.loads(fields["data"])
            events.append(Event(fields["id"], fields["event"], data, fields.get("retry", "")))
    return events, comments


def listen(client: TestClient, question: str, **more: object) -> list[Event]:
    """Ask, and take the events of a good response."""
    response = client.post(STREAM, json={"question": question, **more})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    return read(response.text)[0]


def same(body: Json) -> Json:
    """What two answers to one question have in common."""
    return {name: value for name, value in body.items() if name not in {"id", "timings_ms"}}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_stream_tells_what_ask_tells(client: TestClient, question: str) -> None:
    """Status, query, sources, the pieces, the whole; each equal to its part of /ask."""
    whole = client.post(ASK, json={"question": question}).json()
    found = client.post("/api/v1/search", json={"question": question}).json()
    events = listen(client, question)
    names = [event.name for event in events]
    pieces = [event.data for event in events if event.name == "delta"]
    cited = [event.data for event in events if event.name == "citation"]

    assert names[:3] == ["status", "query", "sources"]
    assert set(names[3:-1]) <= {"citation", "delta"}
    assert names[-1] == "done"
    assert events[0].data == {"status": "searching", "meetings": whole["coverage"]["meetings"]}
    assert events[1].data == whole["query"]
    assert events[2].data == found["hits"]
    assert "\n".join(piece["text"] for piece in pieces) == whole["answer"]
    assert [item["citations"] for item in pieces] == (
        [item["citations"] for item in whole["statements"]] or [[]]
    )
    for piece, statement in zip(pieces, whole["statements"], strict=False):
        assert statement["text"] in piece["text"]
    assert cited == whole["citations"]
    assert same(events[-1].data) == same(whole)
    assert list(events[-1].data) == list(whole)


def test_the_questions_above_meet_every_kind_of_answer(client: TestClient) -> None:
    """Both languages; statuses and intents that are worded each in its own way."""
    bodies = [listen(client, question)[-1].data for question in QUESTIONS.values()]
    assert {body["language"] for body in bodies} == {"fr", "en"}
    assert {body["status"] for body in bodies} >= {"answered", "not_found"}
    answered = {body["query"]["intent"] for body in bodies if body["status"] == "answered"}
    assert answered >= {"topic", "count", "which_meeting", "evolution", "compare"}
    assert {body["kind"] for body in bodies} == {"quotes", "record", "timeline", "comparison"}


def test_ids_count_from_one_and_quotes_come_before_their_numbers(client: TestClient) -> None:
    """One retry, at the start; no piece names a citation that was not sent."""
    events = listen(client, QUESTIONS["quotes"])
    assert [event.id for event in events] == [str(number + 1) for number in range(len(events))]
    assert [event.retry for event in events] == ["3000", *[""] * (len(events) - 1)]
    sent: set[int] = set()
    for event in events:
        if event.name == "citation":
            assert event.data["number"] not in sent
            sent.add(event.data["number"])
        elif event.name == "delta":
            assert set(event.data["citations"]) <= sent
    assert sent


def test_fields_of_the_body_mean_what_they_mean_to_ask(client: TestClient) -> None:
    """Language, filters, k and history reach the answer."""
    more = {"language": "fr", "k": 2, "filters": {"meetings": ["2023-01-19"]}, "history": ["ai"]}
    events = listen(client, "trust in passports", **more)
    assert events[0].data["meetings"] == 1
    assert len(events[2].data) == 2
    assert {hit["meeting"]["date"] for hit in events[2].data} == {"2023-01-19"}
    assert events[-1].data["language"] == "fr"


def test_a_stream_is_neither_kept_nor_held_back_nor_packed(client: TestClient) -> None:
    """No cache, no buffer of a proxy, no compression; the security headers stand."""
    headers = {"accept-encoding": "gzip"}
    question = {"question": QUESTIONS["quotes"]}
    response = client.post(STREAM, json=question, headers=headers)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"question": " ?! "}, 422, "question"),
        ({"question": "ai", "mode": "generative"}, 422, "mode"),
        ({"question": "ai", "filters": {"meetings": ["2024-01-01"]}}, 422, "filter"),
        ({"question": "ai", "k": 0}, 422, "validation"),
        ([], 415, "media-type"),
    ],
)
def test_what_cannot_be_used_is_refused_before_the_stream(
    client: TestClient, body: object, status: int, code: str
) -> None:
    """An ordinary problem with its status, the same as that of /ask but for the address."""
    response = client.post(STREAM, json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["type"], problem["instance"]) == (f"/problems/{code}", STREAM)
    assert problem | {"instance": ASK} == client.post(ASK, json=body).json()


def test_a_service_that_was_never_opened_streams_nothing(unopened: TestClient) -> None:
    """Not ready is a status too."""
    response = unopened.post(STREAM, json={"question": "ai"})
    assert (response.status_code, response.json()["type"]) == (503, "/problems/not-ready")


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (RuntimeError("at /secret/place"), "internal", 500),
        (IndexDamagedError(file="vectors"), None, 503),
    ],
)
def test_what_fails_later_ends_the_stream_with_a_problem(
    settings: Settings, service: QAService, error: Exception, code: str | None, status: int
) -> None:
    """The fixed words of the error, in both languages, and nothing after it."""

    def steps(question: Question) -> Iterator[Step]:
        yield next(service.steps(question))
        raise error

    with TestClient(build_app(settings, lambda _: stand_in(service, steps=steps))) as client:
        events = listen(client, "trust")
    assert [event.name for event in events] == ["status", "query", "error"]
    problem = events[-1].data
    assert problem["type"] == f"/problems/{code or IndexDamagedError.code}"
    assert (problem["status"], problem["instance"]) == (status, STREAM)
    assert problem["title"].keys() == problem["next"].keys() == {"fr", "en"}
    assert "secret" not in str(events)


def test_a_quiet_stream_is_kept_open(settings: Settings, service: QAService) -> None:
    """While a step takes half a second, a comment comes every tenth of one."""

    def steps(question: Question) -> Iterator[Step]:
        real = service.steps(question)
        yield next(real)
        time.sleep(0.5)
        yield from real

    quick = settings.model_copy(update={"heartbeat": 0.1})
    with TestClient(build_app(quick, lambda _: stand_in(service, steps=steps))) as client:
        text = client.post(STREAM, json={"question": "trust"}).text
    events, comments = read(text)
    assert events[-1].name == "done"
    assert len(comments) >= 2
    assert set(comments) == {"still here"}
    assert text.index("event: query") < text.index(": still here") < text.index("event: sources")


@pytest.fixture(scope="module")
def listed(service: QAService) -> Answer:
    """An answer of the real service, in whose place others are worded."""
    return service.ask(Question(QUESTIONS["list"]))


@given(
    st.lists(
        st.tuples(
            st.text("ab é[]1", min_size=1, max_size=6),
            st.lists(st.integers(1, 3), max_size=2, unique=True),
            st.sampled_from([" ", "\n", "\n\nMore:\n"]),
        ),
        max_size=6,
    )
)
def test_pieces_are_the_text_however_statements_share_lines(
    listed: Answer, said: list[tuple[str, list[int], str]]
) -> None:
    """Joined by line feeds they are the text; each names every number of its lines."""
    answer = replace(
        listed,
        text="".join(
            f"{text} {''.join(f'[{number}]' for number in numbers)}{end}"
            for text, numbers, end in said
        ),
        statements=tuple(Statement(text, tuple(numbers)) for text, numbers, _ in said),
    )
    pieces = list(deltas(answer))
    assert "\n".join(piece.text for piece in pieces) == answer.text
    assert {number for piece in pieces for number in piece.citations} == {
        number for _, numbers, _ in said for number in numbers
    }
    assert all(len(set(piece.citations)) == len(piece.citations) for piece in pieces)


@pytest.mark.parametrize("stays", [False, True])
def test_a_client_that_leaves_stops_the_work(
    settings: Settings, service: QAService, *, stays: bool
) -> None:
    """Over a real server: of fifty steps few are run once the connection is closed.

    Another request is answered meanwhile, so the steps do not hold up the server.
    """
    slow = SlowSteps(service, 10 if stays else 50)
    app = build_app(settings, lambda _: stand_in(service, steps=slow.steps))
    with served(app) as origin:
        found = urlsplit(origin)
        address = (found.hostname, found.port)
        body = b'{"question": "trust"}'
        head = f"POST {STREAM} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        with socket.create_connection(address, timeout=10) as one:
            one.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            taken = b""
            while b"event: query" not in taken:
                taken += one.recv(65536)
            with socket.create_connection(address, timeout=10) as two:
                two.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
                assert two.recv(100).startswith(b"HTTP/1.1 200")
            assert not slow.ended.is_set()
            while stays and not taken.endswith(b"0\r\n\r\n"):
                taken += one.recv(65536)
        assert slow.ended.wait(10)
    assert len(slow.run) == 10 if stays else len(slow.run) < 25


def test_the_events_are_documented(client: TestClient) -> None:
    """Every event has a name, a schema that exists and a place in the example and the text."""
    document = client.get("/openapi.json").json()
    route = document["paths"][STREAM]["post"]
    content = route["responses"]["200"]["content"]
    assert content.keys() == {"text/event-stream"}
    shapes = content["text/event-stream"]["schema"]["oneOf"]
    names = {shape["title"] for shape in shapes}
    assert names == {"status", "query", "sources", "citation", "delta", "done", "error"}
    for shape in shapes:
        assert shape["properties"]["data"]["contentMediaType"] == "application/json"
        data = shape["properties"]["data"]["contentSchema"]
        inline = data.get("properties")
        named = data.get("items", data).get("$ref", "").rpartition("/")[2]
        assert inline or document["components"]["schemas"][named]["properties"]
        assert f"`{shape['title']}`" in route["description"]
    example = content["text/event-stream"]["example"]
    assert all(f"event: {name}\n" in example for name in names - {"error"})
    assert route["responses"].keys() >= {"200", "413", "415", "422", "500", "503"}
