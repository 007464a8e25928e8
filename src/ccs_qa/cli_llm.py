"""The command that starts the small language model of this machine."""

import threading
from typing import Annotated

import typer
from rich.console import Console

from ccs_qa.cli_words import own_words, worded_errors
from ccs_qa.settings import load_settings

llm_app = typer.Typer(help="The small language model of this machine.", no_args_is_help=True)
_OUT = Console(soft_wrap=True, highlight=False, markup=False)
_ERR = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


@llm_app.command("serve")
def llm_serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8081,
) -> None:
    """Serve a small language model on this machine only, until stopped."""
    from ccs_qa.llm.serve import start_local_model

    words = own_words()
    with worded_errors():
        settings = load_settings()
        _ERR.print(words.text("cli.llm.loading"))
        model = start_local_model(settings.cache, port, settings.threads)
    _ERR.print(words.text("cli.llm.ready", model=model.model, url=model.url))
    # The settings alone go to the output, ready for a shell.
    for name, value in model.settings.items():
        _OUT.print(f"export {name}={value}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
