"""A real server in a process of its own, and clients that wait for whole answers."""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import ROOT

_HOST = "127.0.0.1"
_START_SECONDS = 120.0
_PORTS = range(20_000, 32_768)


def free_port() -> int:
    """Find a port that nothing listens on.

    It lies below those that systems give to clients: none takes it before the server does.
    """
    while True:
        port = secrets.choice(_PORTS)
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind((_HOST, port))
            return port


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was just started: its port, seconds until it was ready, megabytes it took."""

    port: int
    seconds: float
    megabytes: float
    pid: int = 0


def memory_of(pid: int) -> float:
    """Tell the megabytes that a process takes."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return int(told.split("Rss:")[1].split()[0]) / 1024


@contextmanager
def running(port: int, *command: str, **environment: str) -> Iterator[Server]:
    """Run a module that serves on a port until the block ends."""
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=os.environ | environment,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(server, port)
        seconds = time.perf_counter() - start
        yield Server(port, seconds, memory_of(server.pid), server.pid)
    finally:
        server.terminate()
        server.wait()


@contextmanager
def running_server(checkout: Path | None = None) -> Iterator[int]:
    """Run `ccs-qa serve` until the block ends; it answers each question anew.

    Args:
        checkout: Whose code, corpus and index are served, with the libraries and the other
            settings of this environment; what is in use here when None.
    """
    with running_service(checkout) as server:
        yield server.port


def running_service(checkout: Path | None = None) -> AbstractContextManager[Server]:
    """Run it as `running_server` does."""
    port, environment = free_port(), dict[str, str]()
    if checkout is not None:
        environment = {
            "PYTHONPATH": str(checkout / "src"),
            "CCS_QA_CORPUS": str(checkout / "corpus"),
            "CCS_QA_INDEX": str(checkout / "index"),
        }
    # An older one remembers nothing, and refuses to be told so.
    if "recent:" in ((checkout or ROOT) / "src/ccs_qa/settings.py").read_text("utf-8"):
        environment["CCS_QA_RECENT"] = "0"
    return running(port, "ccs_qa", "serve", "--port", str(port), **environment)


def wait_until_ready(server: subprocess.Popen[Any], port: int) -> None:
    """Wait until a server answers that it is ready, else raise a `RuntimeError`."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with closing(http.client.HTTPConnection(_HOST, port, timeout=5)) as connection:
                connection.request("GET", "/health/ready")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not become ready")


class Client:
    """Asks over one kept connection."""

    def __init__(self, port: int) -> None:
        """Connect."""
        self._connection = http.client.HTTPConnection(_HOST, port, timeout=60)
        self._connect()

    def _connect(self) -> None:
        self._connection.close()
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _post(self, question: str) -> tuple[float, http.client.HTTPResponse, bytes]:
        body = json.dumps({"question": question})
        start = time.perf_counter()
        self._connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        data = response.read()
        return (time.perf_counter() - start) * 1000, response, data

    def ask(self, question: str) -> tuple[float, dict[str, Any]]:
        """Ask one question: milliseconds until the last byte, and the answer."""
        try:
            spent, response, data = self._post(question)
        except (ConnectionError, http.client.RemoteDisconnected):
            # A server hangs up after some idle seconds, as beside a slow one.
            self._connect()
            spent, response, data = self._post(question)
        if response.status != 200:
            raise RuntimeError(data.decode())
        answer: dict[str, Any] = json.loads(data)
        return spent, answer

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
