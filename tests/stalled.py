"""`ccs-qa serve` in a process of its own; an answer that is stalled goes on when a test says so."""

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from unittest.mock import patch

import httpx2
import pytest

from bench.http import free_port
from ccs_qa.cli import main
from ccs_qa.cli.answers import open_told
from ccs_qa.records import Question, Step
from ccs_qa.service import QAService
from ccs_qa.settings import Settings

ASK, STREAM = "/api/v1/ask", "/api/v1/ask/stream"
STALLED = "What is stalled to be trust?"
QUICK = "What was said about trust?"


@dataclass(frozen=True)
class Stalled:
    """A running server, and the folder in which it says what it began and reads when to go on."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def origin(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def begun(self) -> int:
        """How many stalled answers have begun since the last time that all went on."""
        return len(list(self.folder.glob("begun-*")))

    def go(self) -> None:
        """Let every stalled answer go on."""
        (self.folder / "go").touch()

    def stall(self) -> None:
        """Hold the next again."""
        (self.folder / "go").unlink(missing_ok=True)
        for begun in self.folder.glob("begun-*"):
            begun.unlink()

    def metric(self, name: str) -> float:
        """Add up the numbers of one name."""
        lines = httpx2.get(f"{self.origin}/metrics", timeout=60).text.splitlines()
        told = [line for line in lines if line.split("{")[0].split(" ")[0] == name]
        return sum(float(line.rpartition(" ")[2]) for line in told)

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def ask(self, question: str, path: str = ASK) -> socket.socket:
        """Ask, and read nothing yet."""
        line = self.connect()
        line.sendall(posted(path, {"question": question}))
        return line


def posted(path: str, body: Mapping[str, object]) -> bytes:
    """Write a request with a body of JSON."""
    sent = json.dumps(body).encode()
    told = ("Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(sent)}")
    return "\r\n".join((f"POST {path} HTTP/1.1", *told, "", "")).encode() + sent


def rest(line: socket.socket) -> bytes:
    """Read until the other side closes."""
    found = b""
    while chunk := line.recv(65536):
        found += chunk
    return found


def answer(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read one whole response: status, headers by lower-case name, body."""
    found = b""
    while b"\r\n\r\n" not in found:
        chunk = line.recv(65536)
        assert chunk, found
        found += chunk
    head, _, body = found.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (row.partition(": ") for row in lines)}
    while len(body) < int(headers["content-length"]):
        chunk = line.recv(65536)
        assert chunk, found
        body += chunk
    return int(first.split()[1]), headers, body


@contextmanager
def stalling(
    folder: Path, *arguments: str, files: int | None = None, **variables: object
) -> Iterator[Stalled]:
    """Run a server until the block ends.

    Args:
        files: How many files it may have open; as many as this process when None.
        variables: Settings, without their prefix.
    """
    port = free_port()
    bound = [] if files is None else ["prlimit", f"--nofile={files}"]
    command = [*bound, sys.executable, "-m", "tests.stalled", str(folder), "--port", str(port)]
    # It believes its machine, and tells it its numbers.
    told = {f"CCS_QA_{k.upper()}": str(v) for k, v in {"local_admin": True, **variables}.items()}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *arguments], env={**os.environ, **told}, stdout=log, stderr=log
        )
    stalled = Stalled(process, port, folder)

    def ready() -> bool:
        if process.poll() is not None:
            pytest.fail((folder / "log").read_text())
        with closing(socket.socket()) as trial:
            if trial.connect_ex(("127.0.0.1", port)):
                return False
        return httpx2.get(f"{stalled.origin}/health/ready", timeout=60).status_code == 200

    try:
        while not ready():
            time.sleep(0.05)
        yield stalled
    finally:
        stalled.go()
        if process.poll() is None:
            process.terminate()
        process.wait(120)


class _Stalling(QAService):
    """The service; a step of what is stalled waits for the test."""

    def steps(self, question: Question) -> Iterator[Step]:  # type: ignore[override] # never closed early
        steps = super().steps(question)
        if "stalled" in question.text:
            yield next(steps)
            folder = Path(sys.argv[1])
            (folder / f"begun-{uuid.uuid4().hex}").touch()
            while not (folder / "go").exists():
                time.sleep(0.005)
        yield from steps


def _open(settings: Settings) -> QAService:
    service = open_told(settings)
    return _Stalling(**{item.name: getattr(service, item.name) for item in fields(service)})


if __name__ == "__main__":
    with patch.object(main, "open_told", _open):
        main.app(["serve", *sys.argv[2:]])
