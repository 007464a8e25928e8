"""Command: tune the adapter on the hints of the corpus and store it in the package."""

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Annotated

import torch
import typer

from ccs_qa.corpus.library import load_corpus
from ccs_qa.encoder.adapter import write_adapter
from ccs_qa.settings import load_settings
from training.pairs import hint_pairs
from training.tune import tune

HOME = Path(__file__).resolve().parents[1] / "src" / "ccs_qa" / "encoder"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    out: Annotated[Path, typer.Option(help="Folder for the adapter and its record.")] = HOME,
    without: Annotated[
        list[dt.datetime] | None,
        typer.Option(formats=["%Y-%m-%d"], help="Meeting to leave out; may be repeated."),
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often each pair is seen.")] = 1,
    threads: Annotated[int, typer.Option(min=0, help="Threads; 0 for all.")] = 0,
) -> None:
    """Tune on every meeting, or on all but some."""
    if threads:
        torch.set_num_threads(threads)
    left_out = frozenset(day.date() for day in without or [])
    corpus = load_corpus(load_settings().corpus)
    with tempfile.TemporaryDirectory() as folder:
        adapter, record = tune(hint_pairs(corpus, left_out), Path(folder), epochs)
    out.mkdir(parents=True, exist_ok=True)
    write_adapter(adapter, out / "adapter.safetensors")
    record = {
        "corpus": corpus.digest,
        "without": sorted(day.isoformat() for day in left_out),
        **record,
    }
    (out / "adapter.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    typer.echo(json.dumps(record))


if __name__ == "__main__":
    app()
