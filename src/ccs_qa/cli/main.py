"""The command line: thin commands over the rooms; heavy rooms are imported when needed."""

import asyncio
import datetime as dt
import json
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from ccs_qa.cli.answers import answer_app
from ccs_qa.cli.audit import audit_app
from ccs_qa.cli.copies import store_app
from ccs_qa.cli.drafts import corpus_draft
from ccs_qa.cli.editions import corpus_diff, edition_app, open_told
from ccs_qa.cli.explain import explain
from ccs_qa.cli.feedback import feedback_app
from ccs_qa.cli.keys import keys_app
from ccs_qa.cli.memory import refuse_little_memory
from ccs_qa.cli.pairs import corpus_align, tell_pairs
from ccs_qa.cli.pause import pause, resume
from ccs_qa.cli.store import recorded
from ccs_qa.cli.terminal import (
    ERR,
    OUT,
    QuestionArgument,
    Worded,
    day_option,
    language_option,
    make_table,
    own_words,
    write_json,
)
from ccs_qa.errors import CcsQaError
from ccs_qa.http.logs import configure_logs
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language, Question, RenditionStatus
from ccs_qa.settings import Settings, load_settings

if TYPE_CHECKING:
    from ccs_qa.encoder.folder import Progress as Report


llm_app = typer.Typer(help="The small language model of this machine.", no_args_is_help=True)


@llm_app.command("serve")
def llm_serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8081,
) -> None:
    """Serve a small language model on this machine only, until stopped."""
    from ccs_qa.generate.serve import start_local_model

    words = own_words()
    settings = load_settings()
    ERR.print(words.text("cli.llm.loading"))
    model = start_local_model(settings.cache, port, settings.threads)
    ERR.print(words.text("cli.llm.ready", model=model.model, url=model.url))
    # The settings alone go to the output, ready for a shell.
    for name, value in model.settings.items():
        OUT.print(f"export {name}={value}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def mcp() -> None:
    """Answer an assistant over the Model Context Protocol, on stdin and stdout."""
    from ccs_qa.http.mcp.transports import serve_stdio

    # Nothing but the protocol may be written to stdout, whatever a library has to say.
    with redirect_stdout(sys.stderr):
        settings = load_settings()
        service = open_told(settings)
    with suppress(KeyboardInterrupt), recorded(service, settings, "mcp") as observed:
        asyncio.run(serve_stdio(observed))


app = typer.Typer(
    name="ccs-qa",
    cls=Worded,
    help="Ask about the Service Advisory Committee summaries / Interroger les résumés du CCS.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
model_app = typer.Typer(help="The embedded model.", no_args_is_help=True)
index_app = typer.Typer(help="The search index.", no_args_is_help=True)
corpus_app = typer.Typer(help="The pages and their hints.", no_args_is_help=True)
app.add_typer(model_app, name="model")
app.add_typer(index_app, name="index")
app.add_typer(corpus_app, name="corpus")
app.add_typer(edition_app, name="edition")
app.add_typer(answer_app, name="answer")
app.add_typer(feedback_app, name="feedback")
app.add_typer(audit_app, name="audit")
app.add_typer(keys_app, name="keys")
app.add_typer(store_app, name="store")
app.add_typer(llm_app, name="llm")
app.command()(pause)
app.command()(resume)
app.command("mcp")(mcp)
app.command()(explain)
corpus_app.command("align")(corpus_align)
corpus_app.command("draft")(corpus_draft)
corpus_app.command("diff")(corpus_diff)


# They load the model.
_ANSWERING = {"serve", "ask", "search", "mcp", "doctor", "explain"}
LanguageOption = Annotated[
    Language | None, language_option("--lang", "Language of the answer: fr or en.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the API body.")]


@contextmanager
def _progress() -> Iterator["Report"]:
    words = own_words()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=ERR
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            label = words.text(f"cli.{step}")
            stage = step.partition(".")[0] if step.startswith("model") else step
            if stage not in tasks:
                tasks[stage] = bar.add_task(label, total=total)
            bar.update(tasks[stage], description=label, completed=done, total=total)

        yield report


@app.callback()
def main(context: typer.Context) -> None:
    """Keep libraries quiet: what a person should read is printed by the commands."""
    configure_logs("error")
    if context.invoked_subcommand in _ANSWERING:
        refuse_little_memory()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
) -> None:
    """Serve the page and the API; told to stop (SIGTERM), answer first what was read."""
    from ccs_qa.generate.serve import refuse_taken

    settings = load_settings()
    configure_logs(settings.log_level)
    chosen = {"host": host or settings.host, "port": port or settings.port}
    settings = settings.model_copy(update=chosen)
    # What keeps the service from starting is said here, in words, the quickest to find out first.
    refuse_taken(settings.host, settings.port)

    from ccs_qa.http.app import build_app
    from ccs_qa.http.server import run, run_workers

    app = build_app(settings, lambda _: service)
    service = open_told(settings)
    ERR.print(own_words().text("cli.ready.serve", url=page_address(settings)))
    if workers == 1:
        run(app, settings)
    else:
        # Each opens the service for itself; here it has shown that it can be opened.
        del app, service
        run_workers(settings, workers)


def page_address(settings: Settings) -> str:
    """Say where the page is served; an address of IPv6 stands in brackets, apart from its port."""
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{name}:{settings.port}"


@app.command()
def ask(
    question: QuestionArgument,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question in verified quotes."""
    from ccs_qa.cli.views import print_answer
    from ccs_qa.present.contexts import Viewer
    from ccs_qa.present.presenter import Presenter

    settings = load_settings()
    service = open_told(settings)
    with recorded(service, settings, "cli") as observed:
        answer = observed.ask(Question(question, lang))
    if as_json:
        write_json(Presenter(service.corpus).answer(answer).model_dump_json(indent=2))
    else:
        words = catalogue(answer.language)
        print_answer(OUT, Viewer(service.corpus, words).answer(answer), words)


@app.command()
def search(
    question: QuestionArgument,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Most passages.")] = 10,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the passages nearest to a question."""
    from ccs_qa.cli.views import print_hits
    from ccs_qa.present.contexts import Viewer
    from ccs_qa.present.presenter import Presenter

    service = open_told(load_settings())
    result = service.search(Question(question, lang, k=k))
    if as_json:
        write_json(Presenter(service.corpus).search(result).model_dump_json(indent=2))
    else:
        print_hits(OUT, result, Viewer(service.corpus, catalogue(result.query.language)))


@app.command()
def doctor() -> None:
    """Check settings, corpus, model and index, and ask one question."""
    from ccs_qa.answer.conversation import sample_questions

    settings = load_settings()
    service = open_told(settings)
    words = own_words()
    service.ask(Question(sample_questions(service.corpus, words)[0]))
    table = Table(show_header=False)
    for name, value in (
        ("corpus", str(settings.corpus)),
        ("index", f"{settings.index} ({service.index_id})"),
        ("cache", str(settings.cache)),
        ("model", service.model),
    ):
        table.add_row(name, value)
    OUT.print(table)
    OUT.print(words.text("cli.ok"))


@model_app.command("prepare")
def model_prepare() -> None:
    """Prepare the embedded model from its wheel, once."""
    from ccs_qa.index.build import prepare_model

    settings = load_settings()
    with _progress() as report:
        prepare_model(settings, report)
    OUT.print(own_words().text("cli.ready.model"))


@index_app.command("build")
def index_build(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Do nothing when the index is good.")
    ] = False,
) -> None:
    """Build the index and put it in use."""
    from ccs_qa.index.build import build_index, check_index

    settings = load_settings()
    manifest = None
    if if_needed:
        with suppress(CcsQaError):
            manifest = check_index(settings)
    if manifest is None:
        with _progress() as report:
            manifest = build_index(settings, report)
    OUT.print(own_words().text("cli.ready.index", index_id=manifest.index_id, **manifest.counts))


@index_app.command("check")
def index_check() -> None:
    """Compare the index with its checksums, the corpus and the model."""
    from ccs_qa.index.build import check_index

    check_index(load_settings())
    OUT.print(own_words().text("cli.ok"))


@index_app.command("info")
def index_info() -> None:
    """Print what the index was built from."""
    from ccs_qa.index.build import index_info as read

    manifest = read(load_settings())
    summary = manifest.model_dump(mode="json", exclude={"files"})
    write_json(json.dumps({"index_id": manifest.index_id, **summary}, indent=2))


@corpus_app.command("list")
def corpus_list() -> None:
    """List the meetings with their titles and numbers of passages."""
    from ccs_qa.corpus.library import load_corpus

    corpus = load_corpus(load_settings().corpus)
    table = make_table("cli.date", "cli.title.fr", "cli.title.en", "cli.passages")
    for meeting in corpus.meetings:
        title = meeting.title.renditions if meeting.title else None
        table.add_row(
            meeting.date.isoformat(),
            *(title.best(language).text if title else "" for language in LANGUAGES),
            str(len(meeting.passages)),
        )
    OUT.print(table, soft_wrap=False)


@corpus_app.command("check")
def corpus_check(
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Note the digests of the reviewed pages.")
    ] = False,
) -> None:
    """List what a maintainer should look at."""
    from ccs_qa.corpus.importer import refresh_manifest
    from ccs_qa.corpus.library import check_corpus

    words = own_words()
    folder = load_settings().corpus
    if refresh:
        refresh_manifest(folder)
    findings = check_corpus(folder)
    for item in findings:
        OUT.print(words.text(f"cli.finding.{item.kind}", subject=item.subject, detail=item.detail))
    if findings:
        raise typer.Exit(1)
    OUT.print(words.text("cli.ok"))


@corpus_app.command("import")
def corpus_import(  # noqa: PLR0917 - Typer takes options as parameters
    page: Annotated[str, typer.Argument(help="A .html, .docx, .md or .txt page, or its address.")],
    document_id: Annotated[str, typer.Option("--id", help="Name of the document.")],
    lang: Annotated[Language, language_option("--lang", "fr or en.")],
    publisher: Annotated[str, typer.Option(help="Who published or made it.")],
    status: Annotated[
        str, typer.Option(help="official, unofficial_translation or machine_draft.")
    ] = "official",
    source_url: Annotated[
        str | None,
        typer.Option(help="Address of the page as published; the one known if left out."),
    ] = None,
    retrieved: Annotated[
        dt.datetime | None, day_option("--retrieved", "Day it was taken, ISO.")
    ] = None,
    translation_of: Annotated[
        str | None, typer.Option(help="Name of the document it translates.")
    ] = None,
) -> None:
    """Import a page; on any error the corpus stays as it was."""
    from ccs_qa.corpus.importer import PageSource, import_page
    from ccs_qa.corpus.library import load_corpus
    from ccs_qa.corpus.manifest import WEB_ADDRESS

    if status not in get_args(RenditionStatus):
        raise typer.BadParameter(" | ".join(get_args(RenditionStatus)))
    if Path(document_id).name != document_id:
        raise typer.BadParameter("a name, not a path", param_hint="--id")
    if source_url and not re.match(WEB_ADDRESS, source_url):
        raise typer.BadParameter("https://…", param_hint="--source-url")
    settings = load_settings()
    folder = settings.corpus
    source = PageSource(
        document_id=document_id,
        language=lang,
        status=cast("RenditionStatus", status),
        publisher=publisher,
        source_url=source_url,
        retrieved=(retrieved or dt.datetime.now()).date(),
        translation_of=translation_of,
    )
    with _as_file(page, settings) as (file, address):
        # A translation of ours is published nowhere.
        if address and status == "official" and source_url is None:
            source = replace(source, source_url=address)
        document = import_page(folder, file, source)
    tell_pairs(settings, only_doubtful=True)
    meetings = len(load_corpus(folder).meetings)
    OUT.print(own_words().text("cli.imported", id=document.id, meetings=meetings))


@contextmanager
def _as_file(page: str, settings: Settings) -> Iterator[tuple[Path, str]]:
    """Give a page as a file, with its address where it was taken from one."""
    from ccs_qa.corpus.fetch import fetch_page

    if not re.match(r"https?://", page):
        yield Path(page), ""
        return
    found = fetch_page(page, settings.import_hosts)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"page{found.suffix}"
        file.write_bytes(found.data)
        yield file, found.url
