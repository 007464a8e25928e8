"""The language of the terminal, and errors worded on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from ccs_qa.errors import CcsQaError
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.messages.wording import word_error

_ERR = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def own_words() -> Catalogue:
    """Choose the language of the terminal: French where the locale is French, else English."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return catalogue("fr" if named.lower().startswith("fr") else "en")


@contextmanager
def worded_errors() -> Iterator[None]:
    """Word a named error on stderr, in both languages, and leave with status 1."""
    try:
        yield
    except CcsQaError as error:
        for wording in word_error(error).values():
            _ERR.print(f"{wording.title}\n  {wording.detail}\n  → {wording.next}", style="red")
        raise typer.Exit(1) from None
