"""Told to stop: not ready at once, what was read is answered, streams end, nothing holds it."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from ccs_qa.settings import Settings
from tests.serving import until
from tests.stalled import ASK, QUICK, STALLED, STREAM, Stalled, answer, posted, rest, stalling

READY = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A folder for a server, once there is an index for it."""
    assert settings.index.is_dir()
    return tmp_path


def opened(stalled: Stalled) -> socket.socket:
    """Begin a stream, and read its first event."""
    line = stalled.ask(STALLED, STREAM)
    taken = b""
    while b"event: query" not in taken:
        taken += line.recv(65536)
    return line


def asked(line: socket.socket, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send a request, and read the response."""
    line.sendall(sent)
    return answer(line)


def test_what_was_read_is_answered_and_the_rest_is_told(folder: Path) -> None:
    """One in work, one in wait, an open stream, half a body, a connection that is only open."""
    with ExitStack() as stack:
        stalled = stack.enter_context(
            stalling(folder, answers_at_once=2, answers_waiting=3, linger=60, grace=300)
        )
        stream = stack.enter_context(opened(stalled))
        working = stack.enter_context(stalled.ask(STALLED))
        until(lambda: stalled.begun == 2)
        waiting = stack.enter_context(stalled.ask(QUICK))
        until(lambda: stalled.metric("ccs_qa_answers_waiting") == 1)
        half = stack.enter_context(stalled.connect())
        half.sendall(posted(ASK, {"question": QUICK})[:-5])
        idle = stack.enter_context(stalled.connect())
        assert asked(idle, READY)[0] == 200

        stalled.process.send_signal(signal.SIGTERM)
        # It lingers: whoever looks is told, whoever comes is answered, and no connection is kept.
        until(lambda: httpx2.get(f"{stalled.origin}/health/ready", timeout=60).status_code == 503)
        status, headers, body = asked(idle, READY)
        assert (status, headers["connection"]) == (503, "close")
        assert int(headers["retry-after"]) > 0
        assert json.loads(body)["type"] == "/problems/stopping"
        assert httpx2.get(f"{stalled.origin}/health/live", timeout=60).status_code == 200
        last = stack.enter_context(stalled.ask(QUICK))
        until(lambda: stalled.metric("ccs_qa_answers_waiting") == 2)

        stalled.process.send_signal(signal.SIGTERM)  # and no longer
        assert rest(half).startswith(b"HTTP/1.1 503 ")
        with pytest.raises(OSError, match="refused"):
            stalled.connect()
        stalled.go()
        for line in (working, waiting, last):
            status, headers, body = answer(line)
            assert (status, headers["connection"]) == (200, "close")
            assert json.loads(body)["status"]
            assert rest(line) == b""
        assert b"event: done" in rest(stream)
        assert stalled.process.wait(120) == -signal.SIGTERM


def test_a_stream_that_cannot_end_ends_in_an_error(folder: Path) -> None:
    """Its step goes on for ever, a body is never whole: the process ends within its grace."""
    with ExitStack() as stack:
        stalled = stack.enter_context(stalling(folder, linger=0, grace=5))
        stream = stack.enter_context(opened(stalled))
        until(lambda: stalled.begun == 1)
        half = stack.enter_context(stalled.connect())
        half.sendall(posted(ASK, {"question": QUICK})[:-5])
        stalled.process.send_signal(signal.SIGTERM)
        assert b"/problems/stopping" in rest(half)
        *_, last, end = rest(stream).decode().split("\n\n")
        assert "event: error" in last
        assert "/problems/stopping" in last
        assert end == "\r\n0\r\n\r\n"  # of a body in chunks: it was sent whole
        assert stalled.process.wait(120) == -signal.SIGTERM


def test_what_hangs_is_ended_by_the_system(folder: Path) -> None:
    """An answer that no stage comes back from, asked for whole."""
    with stalling(folder, linger=0, grace=5) as stalled, stalled.ask(STALLED):
        until(lambda: stalled.begun == 1)
        stalled.process.send_signal(signal.SIGTERM)
        assert stalled.process.wait(120) in {-signal.SIGTERM, -signal.SIGALRM}


def test_under_load_every_connection_ends_after_a_whole_answer(folder: Path) -> None:
    """Eight that ask again and again are answered until they are told to close, and then are."""
    told: list[list[int]] = []

    def client(stalled: Stalled) -> None:
        found: list[int] = []
        told.append(found)
        with stalled.connect() as line:
            closing = False
            while not closing:
                status, headers, body = asked(line, posted(ASK, {"question": QUICK}))
                json.loads(body)
                closing = headers.get("connection") == "close"
                found.append(status)
            assert rest(line) == b""
            found.append(0)

    with stalling(folder, linger=5, grace=120) as stalled:
        threads = [threading.Thread(target=client, args=[stalled]) for _ in range(8)]
        for thread in threads:
            thread.start()
        until(lambda: len(told) == 8 and all(map(len, told)))
        stalled.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join()
        assert stalled.process.wait(120) == -signal.SIGTERM
    assert all(set(found[:-1]) <= {200} and found[-1] == 0 for found in told)


def workers(stalled: Stalled) -> set[int]:
    """Name the processes that answer, by what runs them."""
    place = Path(f"/proc/{stalled.process.pid}/task/{stalled.process.pid}/children")
    found = {int(child) for child in place.read_text("ascii").split()}
    return {pid for pid in found if b"spawn_main" in command(pid)}


def command(pid: int) -> bytes:
    """Read how a process was started; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def several(folder: Path) -> Iterator[Stalled]:
    """A server of two processes, both at work."""
    with stalling(folder, "--workers", "2", linger=0, grace=60) as stalled:
        until(lambda: (folder / "log").read_bytes().count(b"Application startup complete") == 2)
        yield stalled


def test_workers_stand_in_for_each_other(several: Stalled) -> None:
    """One dies unheard, then all are replaced in turn: whoever asks meanwhile is answered.

    The first hangs, is asked whether it lives, and dies before it can tell.
    """

    def answered() -> bool:
        with several.ask(QUICK) as line:
            assert answer(line)[0] == 200
        return True

    first = workers(several)
    assert len(first) == 2
    killed = min(first)
    os.kill(killed, signal.SIGSTOP)
    time.sleep(2)  # each is asked twice a second
    os.kill(killed, signal.SIGKILL)
    until(lambda: killed not in workers(several))
    until(lambda: answered() and len(workers(several)) == 2)

    second = workers(several)
    several.process.send_signal(signal.SIGHUP)
    until(lambda: answered() and not second & workers(several))
    assert len(workers(several)) == 2
    last = workers(several)
    several.process.terminate()
    assert several.process.wait(120) == 0
    assert not any(map(command, last))
