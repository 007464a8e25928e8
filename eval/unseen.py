"""What an adapter brings on meetings that it was not tuned on."""

import datetime as dt
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ccs_qa.build import build_index
from ccs_qa.search import HYBRID, Recipe
from ccs_qa.service import QAService, open_service
from ccs_qa.settings import Settings
from eval.ablation import RecipeScores, score_recipe
from eval.gold import GoldRow

_SUBSETS: tuple[Recipe, ...] = (
    Recipe("dense", "dense"),
    Recipe("late interaction", "late"),
    HYBRID,
)


@dataclass(frozen=True, slots=True)
class Gain:
    """Scores without and with an adapter, on the same questions.

    Attributes:
        recipe: How passages were ranked.
        before: Scores of the untouched model.
        after: Scores of the tuned one.
    """

    recipe: str
    before: RecipeScores
    after: RecipeScores


def unseen_rows(rows: Sequence[GoldRow], meetings: frozenset[dt.date]) -> list[GoldRow]:
    """Keep the questions that only some meetings answer.

    Args:
        rows: The questions.
        meetings: The meetings.

    Returns:
        Answerable questions whose every answer lies in them.
    """
    return [
        row for row in rows if row.answerable and all(x.meeting in meetings for x in row.relevant)
    ]


@contextmanager
def service_with(settings: Settings, model: str) -> Iterator[QAService]:
    """Open the service with another model and an index of its own.

    Args:
        settings: The settings to start from.
        model: The model setting.

    Yields:
        The service.
    """
    with tempfile.TemporaryDirectory() as folder:
        changed = settings.model_copy(update={"model": model, "index": Path(folder)})
        build_index(changed, lambda _step, _done, _total: None)
        yield open_service(changed)


def score_unseen(
    settings: Settings, rows: Sequence[GoldRow], adapters: Sequence[Path]
) -> list[Gain]:
    """Score every adapter on the meetings that it was not tuned on.

    Args:
        settings: The settings.
        rows: The questions.
        adapters: Adapter files, each with its training record beside it.

    Returns:
        For each way of ranking, all folds together.
    """
    before: dict[str, dict[str, dict[str, float]]] = {item.name: {} for item in _SUBSETS}
    after: dict[str, dict[str, dict[str, float]]] = {item.name: {} for item in _SUBSETS}
    folds = []
    for adapter in adapters:
        record = json.loads(adapter.with_suffix(".json").read_text("utf-8"))
        held_out = frozenset(dt.date.fromisoformat(day) for day in record["without"])
        folds.append((adapter, unseen_rows(rows, held_out)))
    with service_with(settings, "embedded-base") as base:
        for _, asked in folds:
            for recipe in _SUBSETS:
                before[recipe.name] |= score_recipe(base, asked, recipe).rows
    for adapter, asked in folds:
        with service_with(settings, f"embedded:{adapter}") as tuned:
            for recipe in _SUBSETS:
                after[recipe.name] |= score_recipe(tuned, asked, recipe).rows
    return [
        Gain(name, RecipeScores("base", before[name]), RecipeScores("tuned", after[name]))
        for name in before
    ]
