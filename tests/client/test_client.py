"""The client itself: what it loads, sends and raises, with a hand-written service."""

import asyncio
import inspect
import json
import subprocess
import sys

import httpx2
import pytest

from ccs_qa.client import ApiError, AsyncClient, Client, DoneEvent, StatusEvent
from ccs_qa.http.app import build_app
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import SlowSteps, served, stand_in

READY = {
    "status": "ready",
    "index_id": "ab",
    "model": "m",
    "meetings": 1,
    "passages": 2,
    "generation": {"state": "off", "model": ""},
}
PROBLEM = {
    "type": "/problems/question",
    "title": {"fr": "La question", "en": "The question"},
    "status": 422,
    "detail": {"fr": "Vide.", "en": "Empty."},
    "next": {"fr": "Écrivez.", "en": "Write."},
    "instance": "/api/v1/ask",
    "errors": [],
}
STREAM = {"content-type": "text/event-stream"}


def answering(response: httpx2.Response) -> Client:
    """A client to which a service always says the same."""
    return Client(transport=httpx2.MockTransport(lambda _: response))


@pytest.mark.slow
def test_importing_it_loads_no_model_no_index_and_no_server() -> None:
    """A fresh Python that imports the client has none of the heavy libraries."""
    heavy = "torch faiss bm25s onnxruntime sentence_transformers transformers numpy fastapi".split()
    heavy += ["sqlalchemy", "ccs_qa.service", "ccs_qa.http", "ccs_qa.messages"]
    code = f"import sys, ccs_qa.client; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_both_clients_take_the_same() -> None:
    """Each public method of one is a method of the other with the same parameters."""

    def methods(kind: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(value).parameters)
            for name, value in vars(kind).items()
            if callable(value) and not name.startswith("_") and not name.endswith("close")
        }

    assert methods(Client) == methods(AsyncClient)
    assert methods(Client).keys() == set(
        "ask stream search meetings meeting passage timeline feedback ready".split()
    )


def test_a_request_says_who_asks_and_carries_the_key() -> None:
    """JSON with its length, below the path of the address; the key in its header only."""
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(422, json=PROBLEM)

    with Client("http://h/base", api_key="k1", transport=httpx2.MockTransport(answer)) as client:
        with pytest.raises(ApiError):
            client.ask("é?", history=("a", "b"))
        with pytest.raises(ApiError):
            client.passage("a/b?c")
    ask, passage = seen
    assert str(ask.url) == "http://h/base/api/v1/ask"
    assert json.loads(ask.content) == {"question": "é?", "history": ["a", "b"]}
    assert ask.headers["content-type"] == "application/json"
    assert ask.headers["content-length"] == str(len(ask.content))
    assert ask.headers["authorization"] == "Bearer k1"
    assert ask.headers["user-agent"].startswith("ccs-qa/")
    assert passage.url.raw_path == b"/base/api/v1/passages/a%2Fb%3Fc"
    assert "k1" not in f"{ask.url} {ask.content!r}"


def test_a_request_without_a_key_has_no_such_header() -> None:
    """Nothing to authorize with, nothing sent."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        assert "authorization" not in request.headers
        return httpx2.Response(200, json=READY)

    with Client(transport=httpx2.MockTransport(answer)) as client:
        assert client.ready().passages == 2


def test_a_refusal_is_told_in_both_languages() -> None:
    """Every part of the problem, by language; in English for a log."""
    with answering(httpx2.Response(422, json=PROBLEM)) as client, pytest.raises(ApiError) as raised:
        client.ask("?")
    error = raised.value
    assert (error.type, error.status) == ("/problems/question", 422)
    assert (error.title["fr"], error.detail["fr"], error.next["fr"]) == (
        "La question",
        "Vide.",
        "Écrivez.",
    )
    assert str(error) == "422 /problems/question: The question. Empty. Write."


@pytest.mark.parametrize(
    ("response", "status"),
    [
        (httpx2.Response(502, html="<h1>Bad gateway</h1>"), 502),
        (httpx2.Response(500, json={"type": 1}), 500),
        (httpx2.Response(200, html="<p>Log in</p>"), 200),
        (httpx2.Response(200, json={"status": "ready"}), 200),
        (httpx2.Response(307, headers={"location": "/elsewhere"}), 307),
    ],
)
def test_what_is_no_answer_of_ours_is_an_error_without_words(
    response: httpx2.Response, status: int
) -> None:
    """A proxy, another service, a redirection: the status, and no invented words."""
    with answering(response) as client, pytest.raises(ApiError) as raised:
        client.ready()
    assert (raised.value.type, raised.value.status) == ("about:blank", status)
    assert raised.value.title == {}
    assert str(raised.value) == f"{status} about:blank"


def test_a_service_that_cannot_be_reached_is_an_error_of_transport() -> None:
    """As the HTTP library names it."""

    def fail(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectTimeout("too slow", request=request)

    with Client(transport=httpx2.MockTransport(fail)) as client:
        with pytest.raises(httpx2.TransportError):
            client.ready()
        with pytest.raises(httpx2.TransportError):
            next(client.stream("ai"))


def test_a_stream_refused_before_it_begins_is_an_api_error(client: Client, origin: str) -> None:
    """From the real service, by both clients, at the first event."""
    with pytest.raises(ApiError) as raised:
        next(client.stream(" ?! "))
    assert (raised.value.type, raised.value.status) == ("/problems/question", 422)
    assert raised.value.title["fr"] == catalogue("fr").text("error.question.title")

    async def listen() -> None:
        async with AsyncClient(origin) as other:
            async for _ in other.stream(" ?! "):
                pass

    with pytest.raises(ApiError) as raised:
        asyncio.run(listen())
    assert raised.value.status == 422


def test_what_is_not_there_is_named(client: Client) -> None:
    """A day without a meeting, a day that no calendar has, a passage."""
    for call, status in (
        (lambda: client.meeting("2024-01-01"), 404),
        (lambda: client.meeting("2024-02-30"), 422),
        (lambda: client.passage("nothing"), 404),
        (lambda: client.timeline(""), 422),
    ):
        with pytest.raises(ApiError) as raised:
            call()
        assert raised.value.status == status
        assert raised.value.title["fr"] != raised.value.title["en"]


STATUS = 'event: status\ndata: {"status":"searching","meetings":8}\n\n'


def test_events_of_a_later_service_are_passed_over() -> None:
    """Comments, unknown names and fields do no harm; an error in the stream is raised."""
    text = (
        f": still here\n\nevent: thought\ndata: {{}}\n\n{STATUS}"
        f"event: error\ndata: {json.dumps(PROBLEM)}\n\n"
    )
    with answering(httpx2.Response(200, text=text, headers=STREAM)) as client:
        events = client.stream("ai")
        first = next(events)
        assert isinstance(first, StatusEvent)
        assert first.status.meetings == 8
        with pytest.raises(ApiError) as raised:
            next(events)
    assert raised.value.type == "/problems/question"


def test_a_stream_that_ends_early_is_an_error_of_transport() -> None:
    """No half of an answer passes for the whole."""
    with answering(httpx2.Response(200, text=STATUS, headers=STREAM)) as client:
        events = client.stream("ai")
        next(events)
        with pytest.raises(httpx2.RemoteProtocolError):
            next(events)


def test_leaving_a_stream_stops_the_work(settings: Settings, service: QAService) -> None:
    """Of fifty steps few are run once the loop is left."""
    slow = SlowSteps(service)
    app = build_app(settings, lambda _: stand_in(service, steps=slow.steps))
    with served(app) as address, Client(address) as client:
        for event in client.stream("trust"):
            assert isinstance(event, StatusEvent)
            break
        assert slow.ended.wait(5)
    assert len(slow.run) < 40


def test_the_example_of_the_documents_runs(origin: str) -> None:
    """As it stands there, against this server."""
    from tests.conftest import ROOT  # noqa: PLC0415 - the fixture's module

    text = (ROOT / "docs" / "clients.md").read_text("utf-8")
    code = next(
        block.partition("```")[0]
        for block in text.split("```python\n")[1:]
        if "ccs_qa.client" in block
    )
    printed: list[tuple[object, ...]] = []
    names = {"print": lambda *items: printed.append(items)}
    exec(code.replace("http://127.0.0.1:8000", origin), names)  # noqa: S102 - our own page
    assert printed
    assert DoneEvent.__name__ in code
