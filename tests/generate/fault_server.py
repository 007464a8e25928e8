"""An endpoint that speaks the protocol of OpenAI, or misbehaves in the way it is told to."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MODEL = "small-model"
_STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
_PACKED = _STREAM.replace("Connection", "Content-Encoding: gzip\r\nConnection")
# Seconds, longer than any budget of a test: how long a server goes on, and whoever looks at it
# waits for what should come at once.
_FOR_EVER = 30.0
PATIENCE = 20.0


def chunk(text: str | None, finish: str | None = None, model: str = MODEL) -> str:
    """Write a piece of a reply that fits both forms of the protocol."""
    choice = {"index": 0, "delta": {"content": text}, "text": text, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model}
    return f"data: {json.dumps({**body, 'choices': [choice]})}\n\n"


@dataclass
class FaultServer:
    """One endpoint on loopback.

    Attributes:
        behaviour: Name of what it does, of `BEHAVIOURS`; may be changed between requests.
    """

    behaviour: str = "fine"
    reply: str = "Fine. [1]"
    requests: list[tuple[str, str]] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    _listening: socket.socket = field(
        default_factory=lambda: socket.create_server(("127.0.0.1", 0))
    )
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"

    def serve(self) -> None:
        """Take connections until it is stopped, each in a thread of its own."""
        while not self._over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def give_up(self) -> None:
        """End what is being sent, or not sent, for ever."""
        self._over.set()

    def stop(self) -> None:
        """Take no more connections."""
        self.give_up()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.requests.append(_read(connection))
                BEHAVIOURS[self.behaviour](self, connection)
            except OSError:
                self.gone.set()

    def until_gone(self, connection: socket.socket, send: bytes, every: float) -> None:
        """Send the same again and again for as long as somebody takes it."""
        end = time.monotonic() + _FOR_EVER
        while time.monotonic() < end and not self._over.is_set():
            connection.sendall(send)
            if every:
                self.wait(connection, every)

    def wait(self, connection: socket.socket, seconds: float) -> None:
        """Wait, but notice at once when the client closes."""
        connection.settimeout(seconds)
        try:
            if not connection.recv(1):
                raise ConnectionResetError
        except TimeoutError:
            pass
        finally:
            connection.settimeout(None)

    def drip(self, connection: socket.socket, text: str, every: float) -> None:
        """Send one byte at a time."""
        for byte in text.encode():
            connection.sendall(bytes([byte]))
            self.wait(connection, every)


def _read(connection: socket.socket) -> tuple[str, str]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or _closed()
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536) or _closed()
    return head.decode(), body.decode()


def _closed() -> bytes:
    raise ConnectionResetError


def _sends(*parts: str) -> Callable[[FaultServer, socket.socket], None]:
    def run(_: FaultServer, connection: socket.socket) -> None:
        connection.sendall("".join(parts).encode())

    return run


def _whole(status: str, kind: str, body: str, more: str = "") -> str:
    length = len(body.encode())
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
    return f"{head}{more}Connection: close\r\n\r\n{body}"


def _by(model: str) -> Callable[[FaultServer, socket.socket], None]:
    return _sends(_STREAM, chunk("Fine. [1]", model=model), chunk("", "stop", model))


def _fine(server: FaultServer, connection: socket.socket) -> None:
    said = [server.reply[at : at + 7] for at in range(0, len(server.reply), 7)]
    body = "".join(chunk(text) for text in said) + chunk("", "stop") + "data: [DONE]\n\n"
    connection.sendall((_STREAM + chunk(None) + body).encode())


def _slowly(server: FaultServer, connection: socket.socket) -> None:
    connection.sendall(_STREAM.encode())
    server.until_gone(connection, chunk("a ").encode(), 0.1)


def _silent(server: FaultServer, connection: socket.socket) -> None:
    connection.sendall((_STREAM + chunk("The ")).encode())
    server.until_gone(connection, b"", 0.2)


def _comments(server: FaultServer, connection: socket.socket) -> None:
    connection.sendall((_STREAM + chunk("The ")).encode())
    server.until_gone(connection, b": still here\n\n", 0.05)


def _endless(server: FaultServer, connection: socket.socket) -> None:
    connection.sendall(_STREAM.encode())
    server.until_gone(connection, chunk("word " * 200).encode(), 0)


def _endless_line(server: FaultServer, connection: socket.socket) -> None:
    connection.sendall((_STREAM + "data: ").encode())
    server.until_gone(connection, b"x" * 65536, 0)


def _broken(_: FaultServer, connection: socket.socket) -> None:
    head = _STREAM.replace("Connection: close", "Transfer-Encoding: chunked")
    connection.sendall(f"{head}ffff\r\n{chunk('The ')}".encode())


BEHAVIOURS: dict[str, Callable[[FaultServer, socket.socket], None]] = {
    "fine": _fine,
    "slowly": _slowly,
    # Nothing comes, or too slowly.
    "mute": lambda server, connection: server.until_gone(connection, b"", 0.2),
    "slow-header": lambda server, connection: server.drip(connection, _STREAM * 9, 0.05),
    "silent": _silent,
    "drip": lambda server, connection: server.drip(connection, _STREAM + chunk("a ") * 99, 0.02),
    "comments": _comments,
    # Refused.
    "refused": _sends(_whole("500 Internal Server Error", "application/json", '{"error": {}}')),
    "unauthorized": _sends(_whole("401 Unauthorized", "text/plain", "no")),
    "redirect": _sends(
        _whole("307 Temporary Redirect", "text/plain", "", "Location: /v1/elsewhere\r\n")
    ),
    "error": _sends(_STREAM, chunk("The "), 'data: {"error": {"message": "no memory"}}\n\n'),
    # Not what the protocol says.
    "html": _sends(_whole("200 OK", "text/html", "<h1>Welcome</h1>")),
    "whole": _sends(_whole("200 OK", "application/json", '{"choices": []}')),
    "garbage": _sends("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "junk": _sends(_STREAM, "data: {not json\n\n"),
    "deep": _sends(_STREAM, "data: ", "[" * 100_000, "\n\n"),
    "shape": _sends(_STREAM, 'data: {"choices": "none"}\n\n'),
    "shape-inside": _sends(_STREAM, 'data: {"choices": [7]}\n\n'),
    "number": _sends(_STREAM, chunk("x").replace('"x"', "7")),
    "half-character": _sends(_STREAM, chunk("The \ud800"), chunk("", "stop")),
    "packed": _sends(_PACKED, chunk("The "), chunk("", "stop")),
    # Cut.
    "cut": _sends(_STREAM, chunk("The "), chunk("answer")),
    "done-too-soon": _sends(_STREAM, chunk("The "), "data: [DONE]\n\n"),
    "broken": _broken,
    "length": _sends(_STREAM, chunk("The "), chunk("", "length")),
    "filtered": _sends(_STREAM, chunk("The "), chunk("", "content_filter")),
    # Too much.
    "endless": _endless,
    "endless-line": _endless_line,
    # Somebody else.
    "model": _by("other-model"),
    "larger-model": _by(f"{MODEL}-large"),
    "dated": _by(f"{MODEL}-2026-01-31"),
}


@contextmanager
def misbehaving(behaviour: str = "fine", reply: str = "Fine. [1]") -> Iterator[FaultServer]:
    """Serve until the block ends."""
    server = FaultServer(behaviour, reply)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def closed_port() -> int:
    """Find a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
