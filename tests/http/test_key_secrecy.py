"""A key, from the command that makes it to the end of its life, is written down nowhere."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from bench.http import free_port
from ccs_qa.cli.main import app
from ccs_qa.settings import Settings
from tests.serving import until

QUESTION = "How could AI help call centres?"


@contextmanager
def serving(variables: dict[str, str], log: Path) -> Iterator[str]:
    """Run `ccs-qa serve` as its users do, with all that it says in a file."""
    port = free_port()
    command = [sys.executable, "-m", "ccs_qa", "serve", "--port", str(port)]
    origin = f"http://127.0.0.1:{port}"
    with log.open("wb") as file:
        server = subprocess.Popen(
            command, stdout=file, stderr=file, env={**os.environ, **variables}
        )
        try:
            while True:
                assert server.poll() is None, log.read_text()
                try:
                    if httpx2.get(f"{origin}/health/ready").status_code == 200:
                        break
                except httpx2.TransportError:
                    time.sleep(0.1)
            yield origin
        finally:
            server.terminate()
            server.wait(60)


def run(variables: dict[str, str], *arguments: str) -> str:
    """Run a command that must succeed, and take all that it prints."""
    result = CliRunner().invoke(app, arguments, env=variables)
    assert result.exit_code == 0, result.output
    return result.stdout


def use(origin: str, key: str) -> list[int]:
    """Use a key rightly, then in every wrong way; gives the statuses."""
    other = f"{key[:-43]}{'A' * 43}"
    right = {"Authorization": f"Bearer {key}"}
    body = {"question": QUESTION}
    with httpx2.Client(base_url=origin, timeout=60) as client:
        answers = [
            client.post("/api/v1/ask", json=body, headers=right),
            client.get("/api/v1/meetings", headers=right),
            client.get("/metrics", headers=right),
            client.post("/api/v1/ask", json=body, headers={"Authorization": f"Bearer {other}"}),
            client.post("/api/v1/ask", json=body, headers={"Authorization": f"Basic {key}"}),
            client.post("/api/v1/ask", json=body, headers={"Authorization": key}),
            client.post("/api/v1/ask", json=body, headers={"X-API-Key": key}),
            client.get("/api/v1/meetings", params={"key": key}),
            client.get(f"/api/v1/passages/{key}", headers=right),
            client.get(f"/{key}"),
            client.post("/api/v1/ask", json={**body, "key": key}, headers=right),
        ]
    assert not [item for item in answers[1:-4] if key[19:] in item.text]
    return [item.status_code for item in answers]


def test_a_key_is_written_down_nowhere(settings: Settings, tmp_path: Path) -> None:
    """Neither in the database and its log, while it is open and after, nor in any output."""
    assert settings.index.is_dir()
    variables = {
        "CCS_QA_DATABASE": f"sqlite:///{tmp_path / 'kept.sqlite3'}",
        "CCS_QA_ACCESS": "keys",
        "CCS_QA_AUDIT": "true",
        "CCS_QA_AUDIT_SPOOL": str(tmp_path / "audit.spool"),
        "CCS_QA_LOG_LEVEL": "debug",
    }
    key = run(variables, "keys", "create", "tool", "--scope", "read").strip()
    assert key.startswith("ccsqa_")
    log = tmp_path / "log.txt"
    with serving(variables, log) as origin:
        assert use(origin, key) == [200, 200, 403, 401, 401, 401, 401, 401, 404, 404, 422]
        files = {path.name for path in tmp_path.glob("kept.sqlite3*")}
        assert "kept.sqlite3-wal" in files
        while_open = {name: (tmp_path / name).read_bytes() for name in files}
        run(variables, "keys", "revoke", "tool")
        headers = {"Authorization": f"Bearer {key}"}
        until(lambda: httpx2.get(f"{origin}/api/v1/meetings", headers=headers).status_code == 401)
    records = run(variables, "audit", "export")
    listed = run(variables, "keys", "list")
    assert [json.loads(line)["key_id"] for line in records.splitlines()] == ["tool"]
    assert "tool" in listed
    held = {
        **{f"{name}, open": body for name, body in while_open.items()},
        **{path.name: path.read_bytes() for path in tmp_path.iterdir()},
        "records": records.encode(),
        "list": listed.encode(),
    }
    assert held["log.txt"]
    # The whole, its secret, and what of the secret is not shown to tell keys apart.
    for part in (key, key[19:], key[25:], key[25:45]):
        assert [name for name, body in held.items() if part.encode() in body] == []


@pytest.mark.parametrize("part", [slice(None), slice(19, None), slice(25, None), slice(25, 45)])
def test_what_is_searched_for_is_long_enough(part: slice) -> None:
    """`ccsqa_`, 12 signs, `_`, 43 signs, of which six are shown: at least twenty are looked for."""
    key = f"ccsqa_{'0' * 12}_{'A' * 43}"
    assert len(key[part]) >= 20
