"""Real servers are killed while they answer: each answer that was received has its record."""

import os
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest

from bench.http import free_port, wait_until_ready
from ccs_qa.settings import Settings
from ccs_qa.store.store import open_store

pytestmark = pytest.mark.slow

QUESTIONS = ("How could AI help call centres?", "Que dit-on des passeports ?", "Bonjour")
KILLS = int(os.environ.get("CCS_KILLS", "1"))
CLIENTS = 8


def ask_until_killed(port: int, given: list[str]) -> None:
    """Ask again and again, and note the name of each answer that came whole."""
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        for number in range(100_000):
            asked = {"question": QUESTIONS[number % len(QUESTIONS)]}
            try:
                response = client.post("/api/v1/ask", json=asked)
            except httpx2.TransportError:
                return
            assert response.status_code == 200
            given.append(response.json()["id"])


@pytest.mark.parametrize("mode", ["required", "best-effort"])
def test_no_answer_that_came_is_without_its_record(
    settings: Settings, tmp_path: Path, mode: str
) -> None:
    """Whether it was written or waits in the spool when the kill comes, the next start has it."""
    assert settings.index.is_dir()
    database, port = f"sqlite:///{tmp_path / 'kept.sqlite3'}", free_port()
    env = {
        **os.environ,
        "CCS_QA_DATABASE": database,
        "CCS_QA_AUDIT": mode,
        "CCS_QA_AUDIT_SPOOL": str(tmp_path / "audit.spool"),
    }
    command = [sys.executable, "-m", "ccs_qa", "serve", "--port", str(port)]
    given = list[str]()
    for last in [False] * KILLS + [True]:
        with (tmp_path / "log").open("ab") as log:
            server = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            wait_until_ready(server, port)
            if last:
                ready = httpx2.get(f"http://127.0.0.1:{port}/health/ready").json()
                assert ready["records"] == {"mode": mode, "lost": 0}
                server.terminate()
                server.wait(60)
                continue
            received = list[str]()
            clients = [
                threading.Thread(target=ask_until_killed, args=(port, received))
                for _ in range(CLIENTS)
            ]
            for client in clients:
                client.start()
            enough = 1 + secrets.randbelow(200)
            while len(received) < enough:
                assert server.poll() is None
                clients[0].join(0.005)
            server.send_signal(signal.SIGKILL)
            for client in clients:
                client.join()
            given += received
        finally:
            server.kill()
            server.wait()
    store = open_store(database)
    kept = {record.id for record in store.audit.records()}
    store.close()
    assert set(given) - kept == set()
    said = [line for line in (tmp_path / "log").read_text().splitlines() if "are lost" in line]
    assert said == []
