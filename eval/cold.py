"""A meeting on the day it is added: nobody has written hints for it, or translated it, yet."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ccs_qa.records import LANGUAGES
from ccs_qa.search import HYBRID
from eval.ablation import score_recipe
from eval.cold_worlds import World
from eval.gold import GoldRow
from eval.run import Outcome, ask_all

Group = Literal["cold", "old", "unanswerable"]
# Hints a passage and language on the way from none to all.
STEPS: tuple[int | None, ...] = (0, 1, 2, 4, 8, 16, None)
MOST_OLD = 60
_SEED = 7


@dataclass(frozen=True, slots=True)
class Case:
    """A question, asked on the whole index and where one meeting is cold.

    Attributes:
        meeting: The cold meeting.
        group: Whether that meeting answers it, only others do, or nothing does.
        whole: What the whole index gave.
        cold: What the index gave where the meeting is cold.
    """

    meeting: dt.date
    group: Group
    whole: Outcome
    cold: Outcome


@dataclass(frozen=True, slots=True)
class Ranked:
    """How well a question is ranked where the meeting that answers it has some hints.

    Attributes:
        meeting: The meeting.
        row: The question.
        score: Its nDCG@10.
    """

    meeting: dt.date
    row: GoldRow
    score: float


def plan(rows: Sequence[GoldRow], days: Sequence[dt.date]) -> dict[dt.date, dict[str, Group]]:
    """Choose what is asked where a meeting is cold.

    Args:
        rows: The questions.
        days: The meetings that are cold in turn.

    Returns:
        For each meeting the group of each question asked, by id: all that it answers, at most
        `MOST_OLD` that only others answer, and its share of the unanswerable ones, each of
        which is asked once.
    """
    dealt: dict[str, dt.date] = {}
    for language in LANGUAGES:
        names = [row.id for row in rows if not row.answerable and row.lang == language]
        dealt |= {name: days[at % len(days)] for at, name in enumerate(names)}
    found: dict[dt.date, dict[str, Group]] = {}
    for at, day in enumerate(days):
        own = [row.id for row in answered_by(rows, day)]
        others = [row.id for row in rows if row.answerable and row.id not in own]
        drawn = np.random.default_rng([_SEED, at]).permutation(len(others))[:MOST_OLD]
        found[day] = {
            **dict.fromkeys(own, "cold"),
            **{others[place]: "old" for place in sorted(drawn)},
            **{name: "unanswerable" for name, where in dealt.items() if where == day},
        }
    return found


def answered_by(rows: Sequence[GoldRow], day: dt.date) -> list[GoldRow]:
    """Keep the questions that a meeting answers, alone or with others.

    Args:
        rows: The questions.
        day: The meeting.

    Returns:
        Those of which a relevant line stands in it.
    """
    return [row for row in rows if any(item.meeting == day for item in row.relevant)]


def ask_cold(whole: Sequence[Outcome], among: Iterable[World]) -> Iterator[Case]:
    """Ask in each world what is planned for it.

    Args:
        whole: What every question gave on the whole index.
        among: The worlds; all meetings of the corpus, in its order.

    Yields:
        Each question asked, beside the same on the whole index.
    """
    before = {item.row.id: item for item in whole}
    rows = [item.row for item in whole]
    planned: Mapping[dt.date, Mapping[str, Group]] = {}
    for day, service in among:
        planned = planned or plan(rows, [meeting.date for meeting in service.corpus.meetings])
        groups = planned[day]
        asked = [row for row in rows if row.id in groups]
        for item in ask_all(service, asked, lambda: None):
            yield Case(day, groups[item.row.id], before[item.row.id], item)


def rank_cold(rows: Sequence[GoldRow], among: Iterable[World]) -> Iterator[Ranked]:
    """Rank in each world what its cold meeting answers.

    Args:
        rows: The questions.
        among: The worlds.

    Yields:
        Each question and how well it is ranked.
    """
    for day, service in among:
        asked = answered_by(rows, day)
        scores = score_recipe(service, asked, HYBRID).rows
        for row in asked:
            yield Ranked(day, row, scores[row.id]["ndcg@10"])
