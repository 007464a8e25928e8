"""Command: measure the encoder's floor, the stages, `/ask` over HTTP, a plain script and the page.

All are measured in turns within one run, so that what slows the machine slows them alike:
read the ratios, not the milliseconds.
"""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from bench import GOLD
from bench.http import Client, ask_in_parallel, running_server
from bench.page import report_page
from bench.plain import plain_script
from ccs_qa.encoder.pretrained import write_torch_model
from ccs_qa.opening import open_service
from ccs_qa.service import QAService
from ccs_qa.settings import load_settings

_CLIENTS = 8
_VISITS = 7
_MOST_FLOORS = 3.0
_LEAST_GAIN = 2.0

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _times(act: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    spent = []
    for question in questions:
        start = time.perf_counter()
        act(question)
        spent.append((time.perf_counter() - start) * 1000)
    return spent


def _french(service: QAService) -> list[str]:
    return [
        passage.renditions.fr.text
        for passage in service.corpus.passages
        if passage.renditions.fr is not None
    ]


@app.command()
def main(
    rounds: Annotated[int, typer.Option(min=1, help="Turns that each part takes.")] = 6,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
) -> None:
    """Print medians and 95th percentiles, the two ratios that are promised, and the page's own."""
    questions = [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines()]
    service = open_service(load_settings())
    encoder = service.retriever.encoder
    parts: dict[str, list[float]] = {
        name: [] for name in ("floor", "ask", "script", f"ask at {_CLIENTS}")
    }
    stages: dict[str, list[float]] = {}
    rates: list[float] = []
    with tempfile.TemporaryDirectory() as folder, running_server() as port:
        write_torch_model(Path(folder))
        nearest = plain_script(Path(folder), _french(service))

        def ask_all(asked: Sequence[str]) -> None:
            # A connection of its own each turn: an idle one is closed by the server.
            with closing(Client(port)) as client:
                for question in asked:
                    spent, answer = client.ask(question)
                    parts["ask"].append(spent)
                    for stage, value in answer["timings_ms"].items():
                        stages.setdefault(stage, []).append(value)

        ask_in_parallel(port, questions[:10], 1)  # what is done once is not what is measured
        _times(nearest, questions[:10])
        for turn in range(rounds):
            asked = questions[turn::rounds]
            parts["floor"] += _times(lambda text: encoder.encode([text], "query"), asked)
            ask_all(asked)
            parts["script"] += _times(nearest, asked)
            spent, rate = ask_in_parallel(port, questions, _CLIENTS)
            parts[f"ask at {_CLIENTS}"] += spent
            rates.append(rate)
    figures = _summary(parts, stages, rates)
    _show(figures)
    if json_file is not None:
        json_file.write_text(json.dumps(figures, indent=2), "utf-8")
    ratios = figures["ratios"]
    light = report_page(_VISITS)
    if not light or ratios["ask / floor"] > _MOST_FLOORS or ratios["script / ask"] < _LEAST_GAIN:
        raise typer.Exit(1)


def _summary(
    parts: dict[str, list[float]], stages: dict[str, list[float]], rates: list[float]
) -> dict[str, dict[str, float]]:
    p50 = {name: float(np.median(values)) for name, values in parts.items()}
    return {
        "p50_ms": p50,
        "p95_ms": {name: float(np.percentile(values, 95)) for name, values in parts.items()},
        "stages_p50_ms": {name: float(np.median(values)) for name, values in stages.items()},
        "ratios": {
            "ask / floor": p50["ask"] / p50["floor"],
            "script / ask": p50["script"] / p50["ask"],
            f"answers a second at {_CLIENTS}": float(np.median(rates)),
        },
    }


def _show(figures: dict[str, dict[str, float]]) -> None:
    console = Console(highlight=False)
    table = Table("part", "p50 ms", "p95 ms", title="Question to answer")
    labels = {
        "floor": "floor: one forward pass of the encoder",
        "ask": "POST /api/v1/ask, 1 client",
        f"ask at {_CLIENTS}": f"POST /api/v1/ask, {_CLIENTS} clients",
        "script": "plain script: torch, FAISS, top 5",
    }
    for name, label in labels.items():
        table.add_row(label, f"{figures['p50_ms'][name]:.1f}", f"{figures['p95_ms'][name]:.1f}")
    console.print(table)
    stages = Table("stage of /ask", "p50 ms")
    for name, value in figures["stages_p50_ms"].items():
        stages.add_row(name, f"{value:.2f}")
    console.print(stages)
    for name, value in figures["ratios"].items():
        console.print(f"{name}: {value:.2f}")
    console.print(f"promised: ask / floor <= {_MOST_FLOORS}, script / ask >= {_LEAST_GAIN}")


if __name__ == "__main__":
    app()
