"""The commands that pause asking, and let people ask again."""

import datetime as dt
from typing import Annotated

import typer

from ccs_qa.cli.store import opened_store
from ccs_qa.cli.terminal import OUT, own_words
from ccs_qa.records import Language
from ccs_qa.text.strings import clean

_MOST = 500


def pause(
    reason: Annotated[str, typer.Argument(help="Why, as readers will see it.")],
    fr: Annotated[str, typer.Option("--fr", help="The same in French.")] = "",
    en: Annotated[str, typer.Option("--en", help="The same in English.")] = "",
) -> None:
    """Refuse questions, with the reason; what the summaries say stays readable."""
    given: dict[Language, str] = {
        "fr": clean(fr) or clean(reason),
        "en": clean(en) or clean(reason),
    }
    if not all(0 < len(text) <= _MOST for text in given.values()):
        raise typer.BadParameter(f"1..{_MOST}", param_hint="REASON")
    with opened_store() as store:
        store.notes.set_pause(given, dt.datetime.now(dt.UTC))
    OUT.print(own_words().text("cli.paused"))


def resume() -> None:
    """Let people ask again."""
    with opened_store() as store:
        paused = store.notes.resume()
    OUT.print(own_words().text("cli.resumed" if paused else "cli.not-paused"))
