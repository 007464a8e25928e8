"""Commands: attribution, robustness, metamorphic, curve, cold, report."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from ccs_qa.answer import load_judge
from ccs_qa.corpus import load_corpus
from ccs_qa.settings import load_settings
from eval.attribution import attribution_rows
from eval.cold_measure import measure_cold
from eval.curves import plot_judge
from eval.external import ExternalError, load_external
from eval.html import as_rows, render, tables_of
from eval.measured import measure
from eval.metamorphic import change_lines, gather, stability_rows
from eval.metamorphic import measure as measure_stability
from eval.opened import DEVELOPMENT, HERE, GoldOption, opened
from eval.page import lay_out
from eval.report import as_markdown, as_table
from eval.robustness import agreement, follow_up_gap, score_robustness
from eval.run import ask_all
from eval.tables import agreement_rows, cost_rows, gap_rows, loss_rows, reliability_rows

app = typer.Typer(
    help="Checks that the ranking is robust and the judge calibrated.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False, markup=False)


@app.command()
def attribution() -> None:
    """Score the labels that tell who says a passage; no index is needed."""
    rows = attribution_rows(load_corpus(load_settings().corpus))
    console.print(as_table("Attribution", rows))


@app.command()
def robustness(gold: GoldOption = None) -> None:
    """Score perturbed questions, question pairs and follow-ups."""
    with opened(gold) as (service, rows), Console(stderr=True).status("questions"):
        losses = loss_rows(score_robustness(service, rows))
        pairs = agreement_rows(agreement(service, rows))
        gap = gap_rows(follow_up_gap(service, rows))
    console.print(as_table("nDCG@10 of perturbed questions", losses))
    console.print(as_table("First passage, French and English", pairs))
    console.print(as_table("Follow-ups and standalone twins", gap))


@app.command()
def metamorphic(
    gold: GoldOption = None,
    *,
    show: Annotated[bool, typer.Option("--show", help="List every change as well.")] = False,
) -> None:
    """Ask each question in other letters and frames; count the answers that change."""
    with opened(gold) as (service, rows), Progress(console=Console(stderr=True)) as progress:
        asked = gather(rows)
        task = progress.add_task("questions", total=len(asked))
        measured = measure_stability(service, asked, lambda: progress.advance(task))
    console.print(as_table("Answers that change", stability_rows(measured)))
    for line in change_lines(measured) if show else ():
        typer.echo(line)


@app.command()
def curve(
    gold: GoldOption = None,
    out: Annotated[Path, typer.Option(help="PNG file.")] = HERE / "runs" / "latest" / "judge.png",
) -> None:
    """Draw the reliability of the judge and what each threshold would cost."""
    with opened(gold) as (service, rows):
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("questions", total=len(rows))
            outcomes = ask_all(service, rows, lambda: progress.advance(task))
        threshold = load_judge().warm.answered
        console.print(as_table("Reliability", reliability_rows(outcomes)))
        console.print(as_table("Thresholds", cost_rows(outcomes, threshold)))
        plot_judge(outcomes, threshold, out)
        typer.echo(str(out))


@app.command()
def cold(
    gold: GoldOption = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
    *,
    curve: Annotated[
        bool, typer.Option("--curve", help="Rank with ever more hints for the meeting as well.")
    ] = False,
) -> None:
    """Ask about each meeting as if it had just been added, without hints or translation."""
    with opened(gold) as (service, rows), Console(stderr=True).status("") as status:
        found = measure_cold(service, rows, load_settings(), status.update, curve=curve)
    for title, table in found.tables.items():
        console.print(as_table(title, table))
        typer.echo(as_markdown(table))
    if json_file is not None:
        json_file.write_text(json.dumps(found.figures, indent=2), "utf-8")


@app.command()
def report(
    gold: GoldOption = None,
    out: Annotated[Path, typer.Option(help="Folder for the page.")] = HERE / "runs" / "latest",
    beir: Annotated[
        list[Path] | None, typer.Option("--beir", help="Figures of an external set.")
    ] = None,
) -> None:
    """Write one page that shows and explains every figure and every failure."""
    try:
        external = load_external(beir or [])
    except ExternalError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    with opened(gold) as (service, rows), Console(stderr=True).status("") as status:
        found = measure(service, rows, external, load_settings().candidates, status.update)
    names = [file.name for file in gold or DEVELOPMENT]
    page = lay_out(found, names, dt.datetime.now().date())
    for table in tables_of(page.sections[:-1]):
        console.print(as_table(table.title, as_rows(table)))
    console.print(f"{len(found.failures)} wrong first passages, {len(found.wrong)} wrong statuses")
    out.mkdir(parents=True, exist_ok=True)
    file = out / "report.html"
    file.write_text(render(page), "utf-8")
    typer.echo(str(file))


if __name__ == "__main__":
    app()
