"""So many answers at once, so many in wait: the rest is told so, and who leaves costs nothing."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.http.admission import Answers, Turn
from ccs_qa.http.app import build_app
from ccs_qa.http.problems import BusyError, GoneError
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Question, Step
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import until
from tests.stalled import ASK, STALLED, STREAM, Stalled, answer, posted, stalling

AT_ONCE, WAITING = 2, 3
CHAT = {"model": "ccs-qa-extractive", "messages": [{"role": "user", "content": STALLED}]}
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": STALLED}},
}


def got(path: str) -> bytes:
    """Write a request without a body."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()


# Every way to have an answer made, each as its client asks.
WAYS = {
    "ask": posted(ASK, {"question": STALLED}),
    "stream": posted(STREAM, {"question": STALLED}),
    "openai": posted("/v1/chat/completions", CHAT),
    "openai stream": posted("/v1/chat/completions", {**CHAT, "stream": True}),
    "mcp": posted("/mcp", CALL),
    "page": got("/en/?q=stalled"),
    "page stream": got("/fr/stream?q=stalled"),
    "download": got("/en/download.txt?q=stalled"),
}
BOTH = [catalogue("fr").text("error.busy.title"), catalogue("en").text("error.busy.title")]


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stalled]:
    """A server with few places."""
    folder = tmp_path_factory.mktemp("stalled")
    variables = {"answers_at_once": AT_ONCE, "answers_waiting": WAITING}
    index = settings.index  # it is there
    with stalling(folder, index=index, **variables) as found:
        yield found


@pytest.fixture
def full(server: Stalled) -> Iterator[list[socket.socket]]:
    """As many connections as are answered and may wait, each with a question that is stalled."""
    with ExitStack() as stack:
        lines = [stack.enter_context(server.ask(STALLED)) for _ in range(AT_ONCE + WAITING)]
        until(lambda: server.begun == AT_ONCE)
        until(lambda: server.metric("ccs_qa_answers_waiting") == WAITING)
        yield lines
    server.go()
    until(lambda: server.metric("ccs_qa_answers_in_work") == 0)
    server.stall()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_one_too_many_is_refused_in_both_languages(
    server: Stalled, full: list[socket.socket], way: bytes
) -> None:
    """At once, while those before still wait, in the form of each channel."""
    assert len(full) == AT_ONCE + WAITING
    with server.connect() as line:
        line.sendall(way)
        status, headers, body = answer(line)
    assert status == 503
    assert int(headers["retry-after"]) > 0
    if b"GET" in way:
        language = "fr" if b"/fr/" in way else "en"
        assert headers["content-type"].startswith("text/html")
        assert catalogue(language).text("error.busy.title") in body.decode()
        return
    told = json.loads(body)
    if b"chat" in way:
        assert told["error"]["code"] == "busy"
        assert all(text in told["error"]["message"] for text in BOTH)
    else:
        assert headers["content-type"] == "application/problem+json"
        assert told["type"] == "/problems/busy"
        assert list(told["title"].values()) == BOTH


def test_a_full_service_is_well(server: Stalled, full: list[socket.socket]) -> None:
    """Health, numbers, evidence and files are given beside the queue."""
    assert full
    style = httpx2.get(f"{server.origin}/en/").text.partition('rel="stylesheet" href="')[2]
    for path in (
        "/health/live",
        "/health/ready",
        "/metrics",
        "/api/v1/meetings",
        "/en/meetings/2024-11-01",
        "/fr/",
        "/fr/search",
        style.partition('"')[0],
    ):
        assert httpx2.get(server.origin + path, timeout=60).status_code == 200, path
    assert server.metric("ccs_qa_answers_in_work") == AT_ONCE


def test_who_waited_is_answered(server: Stalled, full: list[socket.socket]) -> None:
    """All of them, once the first are."""
    server.go()
    assert [answer(line)[0] for line in full] == [200] * (AT_ONCE + WAITING)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_nothing_is_answered_to_who_has_left(server: Stalled, way: bytes) -> None:
    """Those in wait are not begun, those in work go no further: no answer is counted."""
    before = server.metric("ccs_qa_answers_total")
    lines = [server.connect() for _ in range(AT_ONCE + WAITING)]
    for line in lines:
        line.sendall(way)
    until(lambda: server.begun == AT_ONCE)
    until(lambda: server.metric("ccs_qa_answers_waiting") == WAITING)
    for line in lines:
        line.close()
    until(lambda: server.metric("ccs_qa_answers_waiting") == 0)
    server.go()
    until(lambda: server.metric("ccs_qa_answers_in_work") == 0)
    server.stall()
    assert server.metric("ccs_qa_answers_total") == before


def test_half_a_question_takes_no_place(server: Stalled) -> None:
    """More senders than there are places, who never finish; another is answered."""
    with ExitStack() as stack:
        for _ in range(AT_ONCE + WAITING + 1):
            line = stack.enter_context(server.connect())
            line.sendall(posted(ASK, {"question": STALLED})[:-5])
        found = httpx2.post(server.origin + ASK, json={"question": "trust"}, timeout=60)
    assert found.status_code == 200


def test_a_stream_that_is_left_is_closed(server: Stalled) -> None:
    """After its first events were read."""
    with server.ask(STALLED, STREAM) as line:
        taken = b""
        while b"event: query" not in taken:
            taken += line.recv(65536)
    server.go()
    until(lambda: server.metric("ccs_qa_answers_in_work") == 0)
    server.stall()
    with server.ask("trust", STREAM) as line:
        taken = b""
        while b"event: done" not in taken:
            taken += line.recv(65536)


class _Slow(QAService):
    """The service, whose second step comes late."""

    def steps(self, question: Question) -> Iterator[Step]:  # type: ignore[override] # closed by none
        found = super().steps(question)
        yield next(found)
        time.sleep(0.4)
        yield from found


@pytest.mark.parametrize("path", [ASK, STREAM])
def test_what_takes_longer_than_it_may_is_given_up(
    settings: Settings, service: QAService, path: str
) -> None:
    """In words, before the next stage; a stream that has begun says so in its last event."""
    slow = _Slow(**{item.name: getattr(service, item.name) for item in fields(service)})
    app = build_app(settings.model_copy(update={"answer_budget": 0.2}), lambda _: slow)
    with TestClient(app) as client:
        response = client.post(path, json={"question": "trust"})
        assert client.post(path, json={"question": ""}).status_code == 422
    assert response.status_code == (503 if path == ASK else 200)
    assert "/problems/late" in response.text
    last = response.text.removesuffix("\n\n").split("\n\n")[-1]
    assert ("event: error" in last) is (path == STREAM)


class Clients:
    """Turns at a few places, driven by hand."""

    def __init__(self, at_once: int, waiting: int) -> None:
        """Make the places."""
        self.answers = Answers(at_once, waiting, 60)
        self.tasks: dict[Turn, asyncio.Task[None]] = {}

    async def come(self) -> Turn:
        """Ask for one."""
        turn = self.answers.turn()
        self.tasks[turn] = asyncio.create_task(self.answers.enter(turn))
        await asyncio.sleep(0)
        return turn

    def placed(self, turn: Turn) -> bool:
        """Tell whether it got one."""
        task = self.tasks[turn]
        return task.done() and task.exception() is None


@given(
    at_once=st.integers(1, 3),
    waiting=st.integers(0, 3),
    moves=st.lists(st.sampled_from(["come", "done", "leave"]), max_size=30),
)
def test_places_are_kept_in_number_and_in_order(
    at_once: int, waiting: int, moves: list[str]
) -> None:
    """Against two lists kept by hand: who is in work, who waits, first come first served."""

    async def play() -> None:
        clients = Clients(at_once, waiting)
        work: list[Turn] = []
        queue: list[Turn] = []
        for move in moves:
            if move == "come":
                turn = await clients.come()
                if len(work) < at_once:
                    work.append(turn)
                elif len(queue) < waiting:
                    queue.append(turn)
                else:
                    assert isinstance(clients.tasks[turn].exception(), BusyError)
                    clients.answers.end(turn)
            elif move == "done" and work:
                clients.answers.end(work.pop(0))
                work += [queue.pop(0)] if queue else []
            elif move == "leave" and queue:
                gone = queue.pop()
                gone.end(GoneError)
                with pytest.raises(GoneError):
                    await clients.tasks[gone]
                clients.answers.end(gone)
            for _ in range(4):
                await asyncio.sleep(0)
            assert (clients.answers.in_work, clients.answers.in_wait) == (len(work), len(queue))
            assert all(map(clients.placed, work))
            assert not any(clients.tasks[turn].done() for turn in queue)
        for task in clients.tasks.values():
            task.cancel()

    asyncio.run(play())


def test_waiting_for_a_model_takes_no_place() -> None:
    """The place goes to the next once an answer is about to be phrased."""

    async def play() -> None:
        clients = Clients(1, 1)
        first, second = await clients.come(), await clients.come()
        assert [clients.placed(turn) for turn in (first, second)] == [True, False]
        await asyncio.to_thread(first, "answer")
        assert not clients.placed(second)
        await asyncio.to_thread(first, "generate")
        await clients.tasks[second]
        assert clients.placed(second)

    asyncio.run(play())
