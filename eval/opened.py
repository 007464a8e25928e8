"""Opens the service and the gold questions for a command, or says why it cannot."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ccs_qa.errors import CcsQaError
from ccs_qa.service import QAService, open_service
from ccs_qa.settings import load_settings
from ccs_qa.wording import word_error
from eval.gold import GoldError, GoldRow, load_gold

HERE = Path(__file__).resolve().parent
DEVELOPMENT = tuple(HERE / "gold" / f"{name}.jsonl" for name in ("dev", "dev2", "dev3"))
# Questions that need many passages, for development as well.
WHOLE = tuple(HERE / "gold" / f"{name}.jsonl" for name in ("whole_dev", "whole_dev2"))
GoldOption = Annotated[list[Path] | None, typer.Option("--gold", help="JSONL gold file.")]


@contextlib.contextmanager
def opened(gold: list[Path] | None) -> Iterator[tuple[QAService, tuple[GoldRow, ...]]]:
    """Open what a command measures.

    Args:
        gold: Gold files; the development questions when None.

    Yields:
        The service and the questions.

    Raises:
        Exit: Something cannot be used; the reason is printed.
    """
    try:
        service = open_service(load_settings())
        yield service, load_gold(gold or DEVELOPMENT, service.corpus)
    except CcsQaError as error:
        for wording in word_error(error).values():
            typer.echo(f"{wording.title}: {wording.detail} {wording.next}", err=True)
        raise typer.Exit(1) from None
    except (GoldError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
