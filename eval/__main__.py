"""Commands: run, ablation, compare, beir, calibrate, select, support, facts, unseen, gate."""

import contextlib
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console
from rich.progress import Progress

from ccs_qa.build import prepare_model
from ccs_qa.encoder import open_encoder
from ccs_qa.phrase.support import FLOOR, embedding_support
from ccs_qa.records import LANGUAGES, AnswerMode, Language
from ccs_qa.search import ABLATION, HYBRID, WITHOUT_HINTS, Recipe
from ccs_qa.service import QAService
from ccs_qa.settings import load_settings
from eval import checks, report
from eval.ablation import RecipeScores, gain, score_recipe
from eval.beir import load_beir, sample_beir, score_beir
from eval.broken import PARTS, broken, recipe_without
from eval.calibrate import calibrate as fit
from eval.calibrate import fit_asks
from eval.compare import compare as compare_systems
from eval.compare import default_stack
from eval.facts import HELD, assessed_rows, choose_held, kappa, load_assessed, weigh
from eval.gate import Verdict, check_gate, compare_baseline, load_gate, ranking_baseline
from eval.generative_cli import phrase_all
from eval.gold import GoldRow
from eval.guards import measure_guards, with_figures
from eval.opened import DEVELOPMENT, HERE, WHOLE, GoldOption, opened
from eval.run import Outcome, ask_all, summarise
from eval.selection import fit_selection, gather
from eval.support import choose_floor, measure_pairs, support_rows
from eval.unseen import score_unseen

GATE = HERE / "gate.json"
BASELINE = HERE / "baseline.json"
JUDGE = HERE.parent / "src" / "ccs_qa" / "answer" / "judge.json"
SELECTION = JUDGE.with_name("select.json")

app = typer.Typer(
    help="Measures ccs_qa on gold questions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(checks.app)
console = Console(highlight=False, markup=False)


@contextlib.contextmanager
def _bar(label: str, total: int) -> Iterator[Callable[[], None]]:
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(label, total=total)
        yield lambda: progress.advance(task)


def _ask(
    service: QAService, rows: tuple[GoldRow, ...], recipe: Recipe = HYBRID
) -> tuple[Outcome, ...]:
    with _bar("questions", len(rows)) as advance:
        return ask_all(service, rows, advance, recipe)


def _row(outcome: Outcome) -> dict[str, Any]:
    plain = {
        field.name: getattr(outcome, field.name)
        for field in dataclasses.fields(outcome)
        if field.name != "row"
    }
    return {"id": outcome.row.id, "question": outcome.row.question, **plain}


@app.command()
def run(
    gold: GoldOption = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = HERE / "runs" / "latest",
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
    mode: Annotated[AnswerMode, typer.Option(help="How answers are worded.")] = "extractive",
    adversary: Annotated[
        bool, typer.Option("--adversary", help="Have a model that misleads phrase them.")
    ] = False,
) -> None:
    """Ask every question and score ranking, refusal, citations, key facts and time."""
    with opened(gold) as (service, rows):
        outcomes = _ask(service, rows)
        summary = summarise(outcomes)
        if mode == "generative":
            outcomes, summary = phrase_all(service, outcomes, _bar, console, adversary=adversary)
        console.print(report.as_table("Ranking per language", report.retrieval_rows(outcomes)))
        console.print(report.as_table("Ranking per type", report.type_rows(outcomes)))
        console.print(report.as_table("Refusal", report.refusal_rows(outcomes)))
        for name in ("context_recall@2000", "citations", "key_facts", "latency_ms", "n"):
            console.print(f"{name}: {json.dumps(summary[name])}")
        out.mkdir(parents=True, exist_ok=True)
        page = report.run_markdown(summary, outcomes, service.index_id)
        (out / "report.md").write_text(page, "utf-8")
        figures = json.dumps(summary, indent=2)
        (out / "report.json").write_text(figures, "utf-8")
        lines = [json.dumps(_row(item), ensure_ascii=False) for item in outcomes]
        (out / "questions.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        if json_file is not None:
            json_file.parent.mkdir(parents=True, exist_ok=True)
            json_file.write_text(figures, "utf-8")


def _show(title: str, scores: list[RecipeScores]) -> None:
    rows = report.recipe_rows(scores)
    console.print(report.as_table(title, rows))
    typer.echo(report.as_markdown(rows))


@app.command()
def ablation(gold: GoldOption = None) -> None:
    """Score the ranking one leg after another."""
    with opened(gold) as (service, rows), _bar("recipes", len(ABLATION)) as advance:
        scores = []
        for recipe in ABLATION:
            scores.append(score_recipe(service, rows, recipe))
            advance()
    _show("One leg after another", scores)


@app.command()
def compare(gold: GoldOption = None) -> None:
    """Score our ranking beside what others would build, same model, one process."""
    with opened(gold) as (service, rows):
        _show("Systems", compare_systems(service, rows))
        ours = summarise(_ask(service, rows))["context_recall@2000"]["all"]
        theirs = default_stack(service, rows)[1]
        console.print(
            f"context recall at 2,000 characters: LangChain default {theirs:.3f}, ours {ours:.3f}"
        )


@app.command()
def beir(
    folder: Annotated[Path, typer.Argument(help="A BEIR-like folder.")],
    *,
    query_lang: Annotated[str, typer.Option(help="Language of the queries.")] = "",
    doc_lang: Annotated[str, typer.Option(help="Language of the documents.")] = "",
    symmetric: Annotated[
        bool, typer.Option("--symmetric", help="A bitext: documents are encoded as queries.")
    ] = False,
    sample: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="QUERIES DOCUMENTS", help="Draw at most so many of each."),
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
) -> None:
    """Score the retrieval core on a folder; every pair of languages unless told."""
    settings = load_settings()
    found: dict[str, dict[str, dict[str, float]]] = {}
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=1)

        def step(label: str, done: int, total: int) -> None:
            bar.update(task, description=label, completed=done, total=total)

        prepare_model(settings, step)
        encoder = open_encoder(settings.model, settings.cache, settings.threads)
        for asked in (query_lang,) if query_lang else LANGUAGES:
            for told in (doc_lang,) if doc_lang else LANGUAGES:
                data = load_beir(folder, cast("Language", asked), cast("Language", told))
                if sample is not None:
                    data = sample_beir(data, *sample)
                if data.queries:
                    found[f"{asked}→{told}"] = score_beir(
                        data,
                        encoder,
                        step,
                        "query" if symmetric else "passage",
                    )
    rows = [["direction", "ranking", "ndcg@10", "success@1", "recall@5"]]
    for direction, systems in found.items():
        for system, scores in systems.items():
            cells = [f"{scores[name]:.3f}" for name in ("ndcg@10", "success@1", "recall@5")]
            rows.append([direction, system, *cells])
    console.print(report.as_table(folder.name, rows))
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=2, ensure_ascii=False), "utf-8")


@app.command()
def calibrate(gold: GoldOption = None) -> None:
    """Fit the judge on the development questions and store it in the package."""
    with opened(gold) as (service, rows):
        stored = json.loads(JUDGE.read_text("utf-8")) | {"asks": fit_asks(service)}
    JUDGE.write_text(json.dumps(stored) + "\n", "utf-8")
    with opened(gold) as (service, rows):
        stored |= fit(service, rows)
    JUDGE.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    typer.echo(json.dumps({name: stored[name] for name in ("warm", "cold")}, indent=2))


@app.command()
def select(gold: GoldOption = None) -> None:
    """Fit how many passages are quoted on the development questions and store it."""
    with opened(gold or [*DEVELOPMENT, *WHOLE]) as (service, rows):
        stored = fit_selection(gather(service, rows))
    SELECTION.write_text(json.dumps(stored) + "\n", "utf-8")
    typer.echo(json.dumps({k: v for k, v in stored.items() if k != "breadth"}, indent=2))


@app.command()
def support() -> None:
    """Choose how much of a sentence its quotes must mean, from the corpus alone."""
    with opened([]) as (service, _):
        pairs = measure_pairs(service.corpus, embedding_support(service.retriever.encoder))
        floor = choose_floor(pairs)
    console.print(report.as_table("Support", support_rows(pairs, FLOOR)))
    console.print(f"floor at the stated cost: {floor:.2f}; in use: {FLOOR:.2f}")


@app.command()
def facts() -> None:
    """Choose how much of a key fact a quote must mean, from facts that were read beside quotes."""
    assessed = load_assessed()
    with opened([]) as (service, _):
        found = weigh(assessed, service.corpus, embedding_support(service.retriever.encoder))
    console.print(report.as_table("Key facts, held or not", assessed_rows(found)))
    agreed = kappa([item.one for item in assessed], [item.two for item in assessed])
    console.print(f"Cohen's kappa of the two readings: {agreed:.2f}")
    console.print(f"floor of least error: {choose_held(found):.2f}; in use: {HELD:.2f}")


@app.command()
def unseen(
    adapters: Annotated[list[Path], typer.Argument(help="Adapters tuned without some meetings.")],
    gold: GoldOption = None,
) -> None:
    """Score adapters on the meetings that they were not tuned on."""
    with opened(gold) as (_, rows):
        gains = score_unseen(load_settings(), rows, adapters)
    table = [["ranking", "questions", "measure", "untouched", "tuned", "gain, 95 %"]]
    for item in gains:
        for measure in ("ndcg@10", "success@1"):
            low, high = gain(item.before, item.after, measure)
            means = [f"{scores.mean(measure):.3f}" for scores in (item.before, item.after)]
            number = str(len(item.before.rows))
            table.append([item.recipe, number, measure, *means, f"[{low:+.3f}, {high:+.3f}]"])
    console.print(report.as_table("Meetings the adapter has not seen", table))


@contextlib.contextmanager
def _timed(label: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    typer.echo(f"{label}: {time.perf_counter() - start:.0f} s", err=True)


def _measure(without: str | None) -> tuple[dict[str, Any], dict[str, dict[str, float]]]:
    """Measure what the gate holds: the figures, and the score of every question by ranking."""
    with opened(None) as (service, rows), broken(service, without):
        whole, bare = (recipe_without(item, without) for item in (HYBRID, WITHOUT_HINTS))
        with _timed("questions"):
            outcomes = _ask(service, rows, whole)
        scores = {item.row.id: dict(item.scores) for item in outcomes if item.row.answerable}
        with _timed("without hints"):
            now = {
                "hybrid": ranking_baseline(RecipeScores(whole.name, scores)),
                "without hints": ranking_baseline(score_recipe(service, rows, bare)),
            }
        figures = measure_guards(
            service,
            rows,
            load_settings(),
            recipe=whole,
            part=without,
            timed=_timed,
            tell=lambda line: typer.echo(line, err=True),
        )
    return with_figures(summarise(outcomes), figures), now


@app.command()
def gate(
    run_file: Annotated[
        Path | None,
        typer.Option("--run", help="Figures of a run; only the bounds on these are checked."),
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(help=f"Break a part, to see what fails: {', '.join(PARTS)}."),
    ] = None,
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Keep this ranking as what the next is compared with.")
    ] = False,
) -> None:
    """Fail when a figure falls below its floor, or the ranking below the one accepted last."""
    if without is not None and without not in PARTS:
        raise typer.BadParameter(", ".join(PARTS), param_hint="--without")
    if accept and without is not None:
        raise typer.BadParameter("a broken ranking is not kept", param_hint="--accept")
    verdicts: tuple[Verdict, ...] = ()
    bounds = load_gate(GATE)
    if run_file is not None:
        summary = json.loads(run_file.read_text("utf-8"))
        bounds = tuple(bound for bound in bounds if bound.figure.split("/")[0] in summary)
    else:
        summary, now = _measure(without)
        if accept:
            BASELINE.write_text(json.dumps(now, indent=0) + "\n", "utf-8")
        before = json.loads(BASELINE.read_text("utf-8"))
        verdicts = tuple(
            verdict
            for name, scores in now.items()
            for verdict in compare_baseline(name, scores, before.get(name, {}))
        )
    verdicts = (*check_gate(summary, bounds), *verdicts)
    for verdict in verdicts:
        typer.echo(verdict.text, err=not verdict.passed)
    if not all(verdict.passed for verdict in verdicts):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
