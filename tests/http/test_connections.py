"""Connections over a socket: how long each waits for its client, how many there are, how large."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote_plus, urlsplit

import httpx2
import pytest

from ccs_qa.http.app import build_app
from ccs_qa.http.connections import MOST_ADDRESS_BYTES, MOST_HEADERS_BYTES
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import served, until
from tests.stalled import ASK, QUICK, STALLED, Stalled, answer, posted, rest, stalling

LIVE = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
# So many files may a server have open that is to be crowded.
FILES = 300


@pytest.fixture(scope="module")
def hasty(settings: Settings, service: QAService) -> Iterator[tuple[str, int]]:
    """A server that waits for nobody long."""
    waits = {"head_wait": 0.3, "body_wait": 0.3, "idle_wait": 0.5}
    with served(build_app(settings.model_copy(update=waits), lambda _: service)) as origin:
        found = urlsplit(origin)
        yield str(found.hostname), int(found.port or 0)


@pytest.mark.parametrize(
    "begun",
    [LIVE, b"GET /health", b"\r\n", posted(ASK, {"question": QUICK})[:-1]],
    ids=["half a head", "half a line", "no line", "half a body"],
)
def test_what_does_not_come_whole_is_told_so(hasty: tuple[str, int], begun: bytes) -> None:
    """With 408, in both languages, and the connection closed."""
    with socket.create_connection(hasty, timeout=60) as line:
        line.sendall(begun)
        found = rest(line)
    if begun.strip():
        assert found.startswith(b"HTTP/1.1 408 ")
        for language in ("fr", "en"):
            words = catalogue("fr" if language == "fr" else "en")
            assert words.text("error.slow.title") in found.decode()
    else:
        assert found == b""


def test_who_says_nothing_is_left_without_a_word(hasty: tuple[str, int]) -> None:
    """Before the first request as after one."""
    with socket.create_connection(hasty, timeout=60) as line:
        assert rest(line) == b""
    with socket.create_connection(hasty, timeout=60) as line:
        for _ in range(3):
            line.sendall(LIVE + b"\r\n")
            assert answer(line)[0] == 200
        assert rest(line) == b""


def test_who_has_just_come_is_answered_before_the_end(
    settings: Settings, service: QAService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first request was under way when the service ended; with half of one it is told so."""
    monkeypatch.setattr("ccs_qa.http.connections._FIRST_SECONDS", 60)
    patient = settings.model_copy(update={"head_wait": 1.0})
    with ExitStack() as stack, ExitStack() as running:
        origin = running.enter_context(served(build_app(patient, lambda _: service)))
        found = urlsplit(origin)
        address = (str(found.hostname), int(found.port or 0))
        late, half = (
            stack.enter_context(socket.create_connection(address, timeout=60)) for _ in range(2)
        )
        assert httpx2.get(f"{origin}/health/live").status_code == 200  # they were taken before it
        ending = threading.Thread(target=running.close)
        ending.start()
        until(lambda: not listens(address))
        half.sendall(LIVE)
        late.sendall(LIVE + b"\r\n")
        status, headers, _ = answer(late)
        assert (status, headers["connection"]) == (200, "close")
        assert b"/problems/stopping" in rest(half)
        ending.join()


def listens(address: tuple[str, int]) -> bool:
    """Say whether new connections are taken."""
    try:
        socket.create_connection(address, timeout=60).close()
    except OSError:
        return False
    return True


def test_who_takes_nothing_in_is_left(hasty: tuple[str, int]) -> None:
    """Of more than fits in between only a part can be read afterwards."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(60)
        line.connect(hasty)
        asked = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with pytest.raises(OSError, match=r"reset|Broken pipe"):  # noqa: PT012 - either fails
            while True:
                line.sendall(asked * 20)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (LIVE + b"X: " + b"x" * (MOST_HEADERS_BYTES // 2) + b"\r\n\r\n", 200),
        (LIVE + b"X: " + b"x" * 100_000 + b"\r\n\r\n", 431),
        (LIVE + b"X: y\r\n" * 25_000 + b"\r\n", 431),
        (LIVE + b"X: " + b"x" * 1_000_000, 431),
        (b"GET /" + b"x" * MOST_ADDRESS_BYTES + LIVE[16:] + b"\r\n", 431),
    ],
    ids=["large", "one too large", "many", "without an end", "address"],
)
def test_a_head_is_read_up_to_a_limit(origin: str, head: bytes, status: int) -> None:
    """One above it is refused in both languages, whether it ends or not."""
    place = urlsplit(origin)
    with socket.create_connection((place.hostname, place.port), timeout=60) as line:
        try:
            line.sendall(head)
        except OSError:  # it was refused before all was sent
            assert status == 431
            return
        found, headers, body = answer(line)
    assert found == status
    if status == 431:
        assert headers["connection"] == "close"
        assert catalogue("fr").text("error.head-size.title") in body.decode()


def test_the_longest_question_fits_into_an_address(origin: str, settings: Settings) -> None:
    """Accents in three bytes each, with questions before it."""
    longest = quote_plus("é" * settings.max_question)
    found = httpx2.get(f"{origin}/fr/about?q={longest}&h={longest}", timeout=60)
    assert found.status_code == 200


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stalled]:
    """A server that may open few files, with room for two answers."""
    folder = tmp_path_factory.mktemp("crowded")
    with stalling(folder, index=settings.index, files=FILES, answers_at_once=2) as found:
        yield found


@pytest.mark.parametrize("sent", [b"", LIVE, posted(ASK, {"question": QUICK})[:-1]])
def test_a_crowd_that_says_nothing_takes_no_room(server: Stalled, sent: bytes) -> None:
    """More connections than there may be files, silent or slow: others are answered."""
    with ExitStack() as stack:
        for _ in range(FILES * 2):
            line = stack.enter_context(server.connect())
            line.sendall(sent)
        for _ in range(5):
            assert httpx2.get(f"{server.origin}/health/live", timeout=60).status_code == 200
            found = httpx2.post(server.origin + ASK, json={"question": QUICK}, timeout=60)
            assert found.status_code == 200
        assert server.metric("ccs_qa_connections") < FILES
    until(lambda: server.metric("ccs_qa_connections") == 1)


def test_who_is_being_answered_never_gives_way(server: Stalled) -> None:
    """Two in work, and a crowd after them; both are answered."""
    with ExitStack() as stack:
        asked = [stack.enter_context(server.ask(STALLED)) for _ in range(2)]
        until(lambda: server.begun == 2)
        for _ in range(FILES * 2):
            stack.enter_context(server.connect())
        server.go()
        assert [answer(line)[0] for line in asked] == [200, 200]
    server.stall()
