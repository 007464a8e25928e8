"""Command: measure `/ask` over HTTP beside a LangChain stack, a plain script and the encoder alone.

All are measured in turns within one run, so that what slows the machine slows them alike:
read the ratios, not the milliseconds.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bench import GOLD, ROOT
from bench.http import Client, Server, free_port, running, running_service
from bench.page import report_page
from bench.plain import plain_script
from bench.turns import Ask, Part, Promise, Turn, in_parallel, tables, take_turns
from ccs_qa.corpus.library import load_corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.encoder.pretrained import write_torch_model
from ccs_qa.settings import Settings, load_settings

_CLIENTS = (1, 8, 32)
_CORES = os.cpu_count() or 1
_VISITS = 7
_OURS, _STACK = "`POST /api/v1/ask`", "LangChain stack, search only"
_SCRIPT, _ENCODER = "plain script: torch, FAISS, top 5", "encoder alone, one thread each"


def _rate(turn: Turn) -> float:
    return turn.rate


def _p50(turn: Turn) -> float:
    return turn.after(50)


def _p95(turn: Turn) -> float:
    return turn.after(95)


_PROMISES = (
    Promise("answers a second at 32, ours / LangChain", (_OURS, 32), (_STACK, 32), _rate, least=4),
    Promise("p95 at 32, ours / LangChain", (_OURS, 32), (_STACK, 32), _p95, most=0.25),
    Promise("ours at 32 / encoder alone", (_OURS, 32), (_ENCODER, _CORES), _rate, least=0.65),
    Promise("p50 at 1, ours / one forward pass", (_OURS, 1), (_ENCODER, 1), _p50, most=2),
    Promise("p50 at 1, ours / plain script", (_OURS, 1), (_SCRIPT, 1), _p50, most=0.5),
)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _loop(server: Server, clients: int, questions: Sequence[str]) -> Turn:
    with ExitStack() as stack:
        opened = [stack.enter_context(closing(Client(server.port))) for _ in range(clients)]
        return in_parallel(lambda at, text: opened[at].ask(text), questions, clients)


def _encode(encoders: Sequence[Encoder], questions: Sequence[str]) -> Turn:
    return in_parallel(
        lambda at, text: encoders[at].encode([text], "query"), questions, len(encoders)
    )


@contextmanager
def _opened(
    settings: Settings, folder: Path
) -> Iterator[tuple[dict[str, Server], dict[Part, Ask]]]:
    """Start the servers, load the script, and open as many sessions as there are cores."""
    write_torch_model(folder)
    documents = load_corpus(settings.corpus).documents.values()
    text = next(item.text for item in documents if item.language == "fr")
    page = folder / "page.txt"
    page.write_text(text, "utf-8")
    encoders = [open_encoder(settings.model, settings.cache, 1) for _ in range(_CORES)]
    nearest = plain_script(folder, [line for line in text.splitlines() if line.strip()])
    port = free_port()
    command = ("bench.stack", str(port), str(folder), str(page))
    with running_service() as ours, running(port, *command) as stack:
        servers = {_OURS: ours, _STACK: stack}
        yield (
            servers,
            {
                **{
                    (name, clients): partial(_loop, server, clients)
                    for name, server in servers.items()
                    for clients in _CLIENTS
                },
                (_SCRIPT, 1): lambda asked: in_parallel(lambda _, it: nearest(it), asked, 1),
                (_ENCODER, 1): partial(_encode, encoders[:1]),
                (_ENCODER, _CORES): partial(_encode, encoders),
            },
        )


@app.command()
def main(
    rounds: Annotated[int, typer.Option(min=2, help="Turns that each part takes.")] = 6,
    gold: Annotated[Path, typer.Option(help="Whose questions are asked.")] = GOLD,
    write: Annotated[bool, typer.Option(help="Put the tables into docs/measuring.md.")] = False,
) -> None:
    """Print the figures and the ratios, and the page's own; fail where a promise is broken."""
    questions = [json.loads(line)["question"] for line in gold.read_text("utf-8").splitlines()]
    with (
        tempfile.TemporaryDirectory() as folder,
        _opened(load_settings(), Path(folder)) as (servers, parts),
    ):
        turns = take_turns(parts, questions, rounds)
    found = tables(turns, _PROMISES, servers)
    typer.echo(found)
    if write:
        paper = ROOT / "docs" / "measuring.md"
        pattern = r"(?s)(?<=<!-- make bench -->\n).*(?=\n<!-- end -->)"
        paper.write_text(re.sub(pattern, lambda _: found, paper.read_text("utf-8")), "utf-8")
    if not (report_page(_VISITS) and all(item.kept(turns) for item in _PROMISES)):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
