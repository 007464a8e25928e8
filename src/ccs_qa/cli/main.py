"""The command line: thin commands over the rooms; heavy rooms are imported when needed."""

import asyncio
import sys
import threading
from contextlib import redirect_stdout, suppress
from typing import Annotated

import typer

from ccs_qa.cli.answers import answer_app, ask, doctor, explain, open_told, search
from ccs_qa.cli.corpus import corpus_app
from ccs_qa.cli.index import edition_app, index_app, model_app
from ccs_qa.cli.memory import refuse_little_memory
from ccs_qa.cli.store import audit_app, feedback_app, keys_app, pause, recorded, resume, store_app
from ccs_qa.cli.terminal import ERR, OUT, Worded, own_words
from ccs_qa.http.logs import configure_logs
from ccs_qa.settings import Settings, load_settings

app = typer.Typer(
    name="ccs-qa",
    cls=Worded,
    help="Ask about the Service Advisory Committee summaries / Interroger les résumés du CCS.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
llm_app = typer.Typer(help="The small language model of this machine.", no_args_is_help=True)
# They load the model.
_ANSWERING = {"serve", "ask", "search", "mcp", "doctor", "explain"}


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


app.command()(ask)
app.command()(search)
app.command()(explain)
app.command()(doctor)
app.add_typer(answer_app, name="answer")


@app.command()
def mcp() -> None:
    """Answer an assistant over the Model Context Protocol, on stdin and stdout."""
    from ccs_qa.http.mcp.transports import serve_stdio

    # Nothing but the protocol may be written to stdout, whatever a library has to say.
    with redirect_stdout(sys.stderr):
        settings = load_settings()
        service = open_told(settings)
    with suppress(KeyboardInterrupt), recorded(service, settings, "mcp") as observed:
        asyncio.run(serve_stdio(observed))


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
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


app.command()(pause)
app.command()(resume)
app.add_typer(model_app, name="model")
app.add_typer(index_app, name="index")
app.add_typer(corpus_app, name="corpus")
app.add_typer(edition_app, name="edition")
app.add_typer(feedback_app, name="feedback")
app.add_typer(audit_app, name="audit")
app.add_typer(keys_app, name="keys")
app.add_typer(store_app, name="store")
app.add_typer(llm_app, name="llm")
