"""The commands of `python -m eval`."""

import contextlib
import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import typer
from httpx2 import TransportError
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress, track

from ccs_qa.client import ApiError, Client
from ccs_qa.corpus.library import load_corpus
from ccs_qa.corpus.manifest import read_entry, read_manifest
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.errors import CcsQaError
from ccs_qa.generate.support import embedding_support
from ccs_qa.index.build import prepare_model
from ccs_qa.messages.wording import word_error
from ccs_qa.opening import open_service
from ccs_qa.records import LANGUAGES, AnswerMode, Language
from ccs_qa.search.legs import HYBRID, WITHOUT_HINTS
from ccs_qa.service import QAService
from ccs_qa.settings import load_settings
from eval import align as pairing
from eval import beir as others
from eval import compare as comparing
from eval import gate as gating
from eval import judge as judging
from eval import probes
from eval.gold import DEVELOPMENT, WHOLE, GoldError, GoldRow, attribution_table, load_gold
from eval.report import Report, Section, as_html, as_markdown, show
from eval.run import (
    HELD,
    InProcess,
    Outcome,
    OverHttp,
    Ranker,
    System,
    ask_all,
    run_sections,
    summarise,
)

HERE = Path(__file__).resolve().parent
LATEST = HERE / "runs" / "latest"
GATE, BASELINE = HERE / "gate.json", HERE / "baseline.json"
JUDGE = HERE.parent / "src" / "ccs_qa" / "answer" / "judge.json"
SELECTION = JUDGE.with_name("select.json")
_PARTS = ", ".join(gating.PARTS)

app = typer.Typer(
    help="Measures ccs_qa on gold questions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False, markup=False)
errors = Console(stderr=True, highlight=False, markup=False)
Gold = Annotated[list[Path] | None, typer.Option("--gold", help="JSONL gold file.")]
Out = Annotated[Path, typer.Option(help="Folder for the report.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="File for the figures.")]
Url = Annotated[str | None, typer.Option(help="Ask the service at this address instead.")]
Key = Annotated[str | None, typer.Option(envvar="CCS_EVAL_KEY", help="Its key.")]


@contextlib.contextmanager
def _opened(gold: list[Path] | None) -> Iterator[tuple[QAService, tuple[GoldRow, ...]]]:
    """Open what a command measures, or say why it cannot be."""
    try:
        service = open_service(load_settings())
        yield service, load_gold(gold or DEVELOPMENT, service.corpus)
    except CcsQaError as error:
        for wording in word_error(error).values():
            typer.echo(f"{wording.title}: {wording.detail} {wording.next}", err=True)
        raise typer.Exit(1) from None
    except (GoldError, ValidationError, ApiError, TransportError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def _ask(service: QAService, rows: tuple[GoldRow, ...], system: System) -> tuple[Outcome, ...]:
    asked = track(rows, "questions", console=errors)
    return ask_all(system, asked, service.corpus, embedding_support(service.retriever.encoder))


def _rank(
    systems: dict[str, System], service: QAService, rows: tuple[GoldRow, ...]
) -> comparing.Runs:
    asked = track(systems.items(), "systems", len(systems), console=errors)
    return comparing.rank_all(asked, rows, service.corpus)


@contextlib.contextmanager
def _remote(url: str | None, key: str | None, service: QAService) -> Iterator[dict[str, System]]:
    if url is None:
        yield {}
        return
    with Client(url, api_key=key, timeout=300) as client:
        yield {url: OverHttp(client, service.corpus)}


def _sections(outcomes: Sequence[Outcome]) -> tuple[Section, ...]:
    return (*run_sections(outcomes), judging.refusal_section(outcomes))


def _show(*sections: Section) -> None:
    show(console, *(table for section in sections for table in section.tables))


def _write(file: Path | None, figures: object) -> None:
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(figures, indent=2, ensure_ascii=False, default=dataclasses.asdict)
        file.write_text(text, "utf-8")


def _line(outcome: Outcome) -> str:
    """Write what a question gave, but for the answer itself, which another run gives again."""
    found = dataclasses.asdict(dataclasses.replace(outcome.reply, answer=None))
    asked = {"id": outcome.row.id, "question": outcome.row.question}
    scored = ("relevant", "scores", "context_recall", "facts")
    rest = {name: getattr(outcome, name) for name in scored}
    return json.dumps({**asked, **found, **rest}, ensure_ascii=False)


@app.command()
def run(
    gold: Gold = None,
    out: Out = LATEST,
    json_file: JsonFile = None,
    *,
    url: Url = None,
    key: Key = None,
    mode: Annotated[AnswerMode, typer.Option(help="How answers are worded.")] = "extractive",
    adversary: Annotated[
        bool, typer.Option("--adversary", help="A misleading model does.")
    ] = False,
) -> None:
    """Ask every question and score ranking, refusal, citations, key facts and time."""
    if url and mode == "generative":
        raise typer.BadParameter("a model is asked in this process alone", param_hint="--url")
    with _opened(gold) as (service, rows), _remote(url, key, service) as remote:
        misled = probes.Misled(probes.Adversary(service.corpus)) if adversary else None
        asked = dataclasses.replace(service, generator=misled) if misled else service
        outcomes = _ask(service, rows, remote.get(url or "", InProcess(asked, mode=mode)))
    figures, sections = summarise(outcomes), _sections(outcomes)
    if mode == "generative":
        figures["generation"] = probes.summarise_generated(outcomes, misled.found if misled else {})
        sections = (*sections, probes.generation_section(figures["generation"]))
    facts = tuple((f"n, {name}", str(value)) for name, value in figures["n"].items())
    _show(*sections)
    for name, value in facts:
        console.print(f"{name}: {value}")
    for file in (out / "report.json", json_file):
        _write(file, figures)
    report = Report(f"Evaluation of {url or f'index {service.index_id}'}", facts, sections)
    (out / "report.md").write_text(as_markdown(report), "utf-8")
    (out / "questions.jsonl").write_text("\n".join(map(_line, outcomes)) + "\n", "utf-8")


@app.command()
def ablation(gold: Gold = None) -> None:
    """Score the ranking one leg after another."""
    with _opened(gold) as (service, rows):
        runs = _rank(comparing.ablation(service), service, rows)
    show(console, comparing.runs_table("One leg after another", runs))


@app.command()
def compare(gold: Gold = None, url: Url = None, key: Key = None) -> None:
    """Score our ranking beside what others would build, same model, one process."""
    with _opened(gold) as (service, rows), _remote(url, key, service) as remote:
        runs = _rank(comparing.systems(service) | remote, service, rows)
    show(console, comparing.runs_table("Systems", runs))


@app.command()
def beir(
    folder: Annotated[Path, typer.Argument(help="A BEIR-like folder.")],
    *,
    query_lang: Annotated[Language | None, typer.Option(help="That of the queries.")] = None,
    doc_lang: Annotated[Language | None, typer.Option(help="That of the documents.")] = None,
    symmetric: Annotated[bool, typer.Option("--symmetric", help="It is a bitext.")] = False,
    sample: Annotated[
        tuple[int, int] | None, typer.Option(metavar="QUERIES DOCUMENTS", help="Draw so many.")
    ] = None,
    json_file: JsonFile = None,
) -> None:
    """Score the retrieval core on a folder; every pair of languages unless told."""
    settings = load_settings()
    asked, told = ((name,) if name else LANGUAGES for name in (query_lang, doc_lang))
    with Progress(console=errors) as bar:
        task = bar.add_task("", total=1)

        def step(label: str, done: int, total: int) -> None:
            bar.update(task, description=label, completed=done, total=total)

        prepare_model(settings, step)
        found = others.score_directions(
            folder,
            open_encoder(settings.model, settings.cache, settings.threads),
            product(asked, told),
            sample=sample,
            progress=step,
            documents_as="query" if symmetric else "passage",
        )
    show(console, others.figures_table(folder.name, found))
    _write(json_file, found)


@app.command()
def align(
    bitext: Annotated[
        Path | None, typer.Option(help="A BEIR-like folder with a `doc` for each text.")
    ] = None,
    *,
    repeats: Annotated[int, typer.Option(min=1, help="How often each meeting is disturbed.")] = 3,
) -> None:
    """Score the pairing of lines on disturbed pages; no index is needed."""
    settings = load_settings()
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    embed = pairing.remembered(lambda texts: encoder.encode(texts, "passage").pooled)
    entries = {entry.language: entry for entry in read_manifest(settings.corpus).documents}
    ours, theirs = (read_entry(settings.corpus, entries[name]) for name in LANGUAGES)
    with errors.status("lines"):
        tables = [
            pairing.scores_table("Our pages", pairing.score_pages(ours, theirs, embed, repeats))
        ]
        if bitext is not None and bitext.is_dir():
            texts = list(pairing.read_bitext(bitext))
            tables.append(pairing.scores_table(bitext.name, pairing.score_bitext(texts, embed)))
    show(console, *tables)


def _store(file: Path, stored: dict[str, Any], *shown: str) -> None:
    file.write_text(json.dumps(stored, ensure_ascii=False) + "\n", "utf-8")
    typer.echo(json.dumps({name: stored[name] for name in shown}, indent=2))


@app.command()
def calibrate(gold: Gold = None) -> None:
    """Fit the judge on the development questions and store it in the package."""
    with _opened(gold) as (service, rows):
        _store(JUDGE, judging.calibrate(service, rows), "warm", "cold")


@app.command()
def select(gold: Gold = None) -> None:
    """Fit how many passages are quoted on the development questions and store it."""
    with _opened(gold or [*DEVELOPMENT, *WHOLE]) as (service, rows):
        stored = judging.fit_selection(list(judging.gather_ranked(service, rows)))
    _store(SELECTION, stored, *(name for name in stored if name != "breadth"))


@app.command()
def facts() -> None:
    """Choose how much of a key fact a quote must mean, from facts that were read beside quotes."""
    assessed = judging.load_assessed()
    with _opened([]) as (service, _):
        measure = embedding_support(service.retriever.encoder)
        found = judging.weigh(assessed, service.corpus, measure)
    show(console, judging.assessed_table(found))
    console.print(f"Cohen's kappa of the two readings: {judging.kappa(assessed):.2f}")
    console.print(f"floor of least error: {judging.choose_held(found):.2f}; in use: {HELD:.2f}")


@app.command()
def unseen(
    adapters: Annotated[list[Path], typer.Argument(help="Adapters tuned without some meetings.")],
    gold: Gold = None,
) -> None:
    """Score adapters on the meetings that they were not tuned on."""
    with _opened(gold) as (service, rows):
        show(console, comparing.measure_unseen(service.corpus, load_settings(), rows, adapters))


@app.command()
def attribution() -> None:
    """Score the labels that tell who says a passage; no index is needed."""
    show(console, attribution_table(load_corpus(load_settings().corpus)))


@app.command()
def robustness(
    gold: Gold = None,
    *,
    answers: Annotated[bool, typer.Option("--answers", help="Answer as well.")] = False,
) -> None:
    """Score questions typed otherwise, question pairs and follow-ups."""
    with _opened(gold) as (service, rows), errors.status("questions"):
        system = InProcess(service) if answers else Ranker(service)
        _show(probes.robustness_section(system, rows, service.corpus, answers=answers))


@app.command()
def cold(
    gold: Gold = None,
    json_file: JsonFile = None,
    *,
    curve: Annotated[bool, typer.Option("--curve", help="With ever more hints as well.")] = False,
) -> None:
    """Ask about each meeting as if it had just been added, without hints or translation."""
    with _opened(gold) as (service, rows), errors.status("") as status:
        tables, figures = comparing.measure_cold(
            service, rows, load_settings(), status.update, curve=curve
        )
    show(console, *tables)
    _write(json_file, figures)


@app.command()
def report(
    gold: Gold = None,
    out: Out = LATEST,
    beir: Annotated[list[Path] | None, typer.Option(help="Figures of an external set.")] = None,
) -> None:
    """Write one page that shows and explains every figure and every failure."""
    with _opened(gold) as (service, rows):
        external = others.external_section(beir or [])
        outcomes = _ask(service, rows, InProcess(service))
        ranked = [
            _rank(listed(service), service, rows)
            for listed in (comparing.ablation, comparing.systems)
        ]
        with errors.status("robustness and failures"):
            robust = probes.robustness_section(Ranker(service), rows, service.corpus)
            failed = comparing.failures_section(service, outcomes, load_settings().candidates)
    answerable = sum(item.row.answerable for item in outcomes)
    page = Report(
        "Evaluation of ccs_qa",
        (
            ("Questions", f"{len(rows)}: {answerable} answerable, {len(rows) - answerable} not"),
            ("From", ", ".join(file.name for file in gold or DEVELOPMENT)),
            ("Index", service.index_id),
            ("Measured on", dt.datetime.now().date().isoformat()),
        ),
        (
            *_sections(outcomes),
            comparing.systems_section(*ranked),
            robust,
            external,
            failed,
        ),
    )
    _show(*page.sections[:-1])
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.html").write_text(as_html(page), "utf-8")
    typer.echo(str(out / "report.html"))


def _measure(without: str | None) -> tuple[dict[str, Any], dict[str, dict[str, float]]]:
    """Measure what the gate holds: the figures, and the score of every question by ranking."""
    with _opened(None) as (service, rows), gating.broken(service, without):
        whole, bare = (gating.fusion_without(item, without) for item in (HYBRID, WITHOUT_HINTS))
        outcomes = _ask(service, rows, InProcess(service, whole))
        with errors.status("without hints; the guards"):
            known = [row for row in rows if row.answerable]
            ranked = ask_all(Ranker(service, bare), known, service.corpus)
            found = gating.measure_guards(
                service, rows, load_settings(), fusion=whole, part=without, tell=errors.print
            )
    rankings = {"hybrid": outcomes, "without hints": ranked}
    now = {name: gating.ranking_baseline(items) for name, items in rankings.items()}
    return summarise(outcomes) | found, now


@app.command()
def gate(
    without: Annotated[str | None, typer.Option(help=f"Break one of: {_PARTS}.")] = None,
    *,
    accept: Annotated[bool, typer.Option("--accept", help="Keep this ranking.")] = False,
) -> None:
    """Fail when a figure falls below its floor, or the ranking below the one accepted last."""
    if without is not None and without not in gating.PARTS:
        raise typer.BadParameter(_PARTS, param_hint="--without")
    if accept and without is not None:
        raise typer.BadParameter("a broken ranking is not kept", param_hint="--accept")
    bounds, (summary, now) = gating.load_gate(GATE), _measure(without)
    if accept:
        BASELINE.write_text(json.dumps(now, indent=0) + "\n", "utf-8")
    before = json.loads(BASELINE.read_text("utf-8"))
    verdicts = [*gating.check_gate(summary, bounds)]
    for name, scores in now.items():
        verdicts += gating.compare_baseline(name, scores, before.get(name, {}))
    for verdict in verdicts:
        typer.echo(verdict.text, err=not verdict.passed)
    if not all(verdict.passed for verdict in verdicts):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
