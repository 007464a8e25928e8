"""Clients of the benchmark against a small server in a thread."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench.http import Client, free_port


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers a question with itself and the connection it came by; refuses "no"."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        refused = body["question"] == "no" or self.path != "/api/v1/ask"
        answer = {"answer": body["question"], "connection": self.client_address[1]}
        data = json.dumps({"title": "refused"} if refused else answer).encode()
        self.send_response(422 if refused else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """A port on which the small server listens."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_free_port_can_be_listened_on() -> None:
    """Nothing else holds it."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", free_port()))
        listener.listen()


def test_a_client_measures_and_keeps_its_connection(port: int) -> None:
    """Each answer comes with the milliseconds it took, by one connection."""
    with closing(Client(port)) as client:
        (first, one), (second, two) = client.ask("Qui?"), client.ask("Où?")
    assert (one["answer"], two["answer"]) == ("Qui?", "Où?")
    assert one["connection"] == two["connection"]
    assert first > 0
    assert second > 0


def test_a_refusal_is_raised_with_what_the_server_said(port: int) -> None:
    """Any status but 200."""
    with closing(Client(port)) as client, pytest.raises(RuntimeError, match="refused"):
        client.ask("no")
