"""Measures all that `python -m eval cold` shows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval.cold import STEPS, Case, ask_cold, rank_cold
from eval.cold_tables import (
    answer_rows,
    as_figures,
    curve_points,
    curve_rows,
    false_answer_rows,
    ranking_rows,
)
from eval.cold_worlds import Remembering, World, worlds
from eval.gold import GoldRow
from eval.report import Rows
from eval.run import ask_all

_LACKS = {"without hints": True, "without hints and translation": False}


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found.

    Attributes:
        tables: Tables by title.
        figures: The same figures for a file.
    """

    tables: dict[str, Rows]
    figures: dict[str, Any]


def measure_cold(
    service: QAService,
    rows: Sequence[GoldRow],
    settings: Settings,
    progress: Callable[[str], None],
    *,
    curve: bool,
) -> Measured:
    """Ask about each meeting as if it had just been added.

    Args:
        service: The service on the whole corpus.
        rows: The questions.
        settings: Limits.
        progress: Called with what is about to be done.
        curve: Whether the ranking with ever more hints is measured as well.

    Returns:
        Tables and figures.
    """
    encoder = Remembering(service.retriever.encoder)

    def told(label: str, *, translated: bool = True, hints: int | None = 0) -> Iterator[World]:
        progress(label)
        among = worlds(service.corpus, encoder, settings, translated=translated, hints=hints)
        for day, world in among:
            progress(f"{label}: {day}")
            yield day, world

    progress("the whole index")
    whole = ask_all(service, rows, lambda: None)
    tables: dict[str, Rows] = {}
    figures: dict[str, Any] = {}
    for lack, translated in _LACKS.items():
        cases = tuple(ask_cold(whole, told(lack, translated=translated)))
        tables |= _tables(lack, cases)
        figures[lack] = as_figures(cases)
    if curve:
        drawn = {
            "all" if hints is None else str(hints): tuple(
                rank_cold(rows, told(f"hints: {hints}", hints=hints))
            )
            for hints in STEPS
        }
        all_of_it = ((meeting.date, service) for meeting in service.corpus.meetings)
        drawn["all, themes and near misses"] = tuple(rank_cold(rows, all_of_it))
        tables["nDCG@10 of a meeting with ever more hints"] = curve_rows(drawn)
        figures["curve"] = {
            name: {part: asdict(point) for part, point in curve_points(ranked).items()}
            for name, ranked in drawn.items()
        }
    return Measured(tables, figures)


def _tables(lack: str, cases: Sequence[Case]) -> dict[str, Rows]:
    return {
        f"A meeting {lack}: ranking of its questions": ranking_rows(cases),
        f"A meeting {lack}: answers to its questions": answer_rows(cases),
        f"A meeting {lack}: ranking of questions of other meetings": ranking_rows(cases, "old"),
        f"A meeting {lack}: answers to questions of other meetings": answer_rows(cases, "old"),
        f"A meeting {lack}: what nothing answers": false_answer_rows(cases),
    }
