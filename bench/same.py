"""Command: show what the service of this checkout says otherwise than that of another.

For whoever cleans up: nothing that a reader sees is to change. Both serve; every development
question is asked of the API, of the page and of a file, and the pages without a question, the
API's document and the help of the commands are read. What is new each time (ids of answers, ports,
times) is not compared.
"""

import difflib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import quote_plus

import httpx2
import typer

from bench import GOLD, ROOT
from bench.http import running_server

_PAGES = (
    *("", "search?q=AI", "timeline?topic=AI", "meetings", "meetings/2024-11-01", "about"),
    *("privacy", "accessibility", "changes", "desk", "not-there"),
)
# The page of an answer, and a file of it.
_ANSWERS = ("", "download.md")
_FILES = ("/openapi.json", "/api/v1/meetings")
_COMMANDS = (
    *("", "serve", "ask", "search", "explain", "doctor", "mcp", "pause", "resume", "answer"),
    *("model", "index", "corpus", "edition", "feedback", "audit", "keys", "store", "llm"),
)
_CHANGES = re.compile(r"\b[0-9a-f]{32}\b|127\.0\.0\.1:\d+")
_TIMES = re.compile(r'"timings_ms":\{[^}]*\}')


def settle(said: str) -> str:
    """Leave out what is new each time."""
    return _TIMES.sub("", _CHANGES.sub("*", said))


def asked(questions: Sequence[str]) -> Iterator[tuple[str, dict[str, str] | None]]:
    """Name every address, and what is sent to it; None where it is only read."""
    for language in ("fr", "en"):
        yield from ((f"/{language}/{page}", None) for page in _PAGES)
    yield from ((path, None) for path in _FILES)
    for at, question in enumerate(questions):
        yield "/api/v1/ask", {"question": question}
        yield "/api/v1/search", {"question": question}
        here = f"/{('fr', 'en')[at % 2]}"
        yield from ((f"{here}/{page}?q={quote_plus(question)}", None) for page in _ANSWERS)


def read(port: int, questions: Sequence[str]) -> dict[str, str]:
    """Read what a service says, by what it is asked."""
    found = {}
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        for path, body in asked(questions):
            response = client.post(path, json=body) if body else client.get(path)
            if response.status_code == 429:  # both would be refused alike
                raise RuntimeError("requests are limited here: set CCS_QA_LIMIT=off")
            said = f"{response.status_code}\n{response.text}"
            found[f"{path} {json.dumps(body) if body else ''}"] = settle(said)
    return found


def helps(checkout: Path) -> dict[str, str]:
    """Read what the commands say of themselves."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "src"), "COLUMNS": "100"}

    def told(command: str) -> str:
        call = [sys.executable, "-m", "ccs_qa", *command.split(), "--help"]
        return subprocess.run(
            call, env=environment, capture_output=True, text=True, check=True
        ).stdout

    return {f"ccs-qa {command} --help": told(command) for command in _COMMANDS}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> dict[str, list[str]]:
    """Tell the lines that differ, by what was asked; of those that say the same, nothing."""
    return {
        name: list(difflib.unified_diff(there[name].split("\n"), said.split("\n"), n=0))[2:]
        for name, said in here.items()
        if said != there[name]
    }


def main(
    against: Annotated[Path, typer.Option(help="The other checkout, its index and page built.")],
    questions: Annotated[int, typer.Option(help="How many development questions are asked.")] = 999,
    show: Annotated[int, typer.Option(help="How many lines of each difference are shown.")] = 6,
) -> None:
    """Print what differs; fail where anything does."""
    lines = GOLD.read_text("utf-8").splitlines()[:questions]
    texts = [json.loads(line)["question"] for line in lines]
    other = against.resolve()
    with running_server() as port, running_server(other) as there:
        said, before = read(port, texts) | helps(ROOT), read(there, texts) | helps(other)
    found = differences(said, before)
    for name, changed in found.items():
        typer.echo(f"{name}\n" + "\n".join(f"  {line[:160]}" for line in changed[:show]))
    typer.echo(f"{len(found)} of {len(said)} differ")
    raise typer.Exit(bool(found))


if __name__ == "__main__":
    typer.run(main)
