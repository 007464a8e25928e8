"""What `run --mode generative` does and prints."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from pydantic import SecretStr
from rich.console import Console

from ccs_qa.service import QAService
from ccs_qa.settings import Settings, load_settings
from eval import report
from eval.adversary import MODEL, Adversary, serving
from eval.generative import adversary_rows, ask_generative, sentence_rows, summarise_generated
from eval.run import Outcome, summarise

_SEED = 20261128
Bar = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


@contextlib.contextmanager
def _model(service: QAService, *, adversary: bool) -> Iterator[tuple[Settings, Adversary | None]]:
    """Give the settings of the model, and the adversary when it is one."""
    settings = load_settings()
    if not adversary:
        yield settings, None
        return
    misleading = Adversary(service.corpus, _SEED)
    with serving(misleading) as url:
        named = {"llm_url": url, "llm_model": MODEL, "llm_style": "chat", "llm_tokens": 4000}
        yield settings.model_copy(update={**named, "llm_key": SecretStr("")}), misleading


def phrase_all(
    service: QAService,
    outcomes: Sequence[Outcome],
    bar: Bar,
    console: Console,
    *,
    adversary: bool,
) -> tuple[tuple[Outcome, ...], dict[str, Any]]:
    """Have every answer phrased and show what came of it.

    Args:
        service: The service.
        outcomes: The questions as asked in quotes.
        bar: Makes a progress bar of a label and a total.
        console: Where to print.
        adversary: Whether a model that misleads replies, rather than that of the settings.

    Returns:
        The questions as answered, and the agreed figures of them with `generation` added.

    Raises:
        CcsQaError: The settings name no model, or it cannot be used.
    """
    with (
        _model(service, adversary=adversary) as (settings, misleading),
        bar("phrasing", len(outcomes)) as advance,
    ):
        found = ask_generative(service, settings, outcomes, advance, misleading)
    phrased = tuple(item.outcome for item in found)
    generation = summarise_generated(found)
    console.print(report.as_table("Sentences of the model", sentence_rows(generation)))
    if misleading is not None:
        console.print(report.as_table("The adversary", adversary_rows(generation["adversary"])))
    console.print(f"outcomes: {json.dumps(generation['outcomes'])}")
    console.print(f"citations of sentences shown: {json.dumps(generation['citations'])}")
    return phrased, {**summarise(phrased), "generation": generation}
