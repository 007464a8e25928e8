"""Whether the ranking stays when a question is typed otherwise, translated, or follows another."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ccs_qa.search import HYBRID
from ccs_qa.service import QAService
from eval.ablation import RecipeScores, gain, score_recipe
from eval.gold import GoldRow, relevance
from eval.intervals import bootstrap, wilson
from eval.perturb import PERTURBATIONS, Perturbation

MEASURE = "ndcg@10"
_SEED = 7


@dataclass(frozen=True, slots=True)
class Loss:
    """What a perturbation costs, on the same answerable questions.

    Attributes:
        name: The perturbation.
        before: Scores of the questions as they stand.
        after: Scores of the perturbed questions.
        changed: Ids of the questions that the perturbation changes.
    """

    name: str
    before: RecipeScores
    after: RecipeScores
    changed: frozenset[str]

    def losses(self, *, changed_only: bool = False) -> list[float]:
        """List the loss of nDCG@10 question by question.

        Args:
            changed_only: Whether questions that the perturbation leaves as they are, and
                that dilute the loss, are left out.

        Returns:
            Before less after, in question order.
        """
        return [
            scores[MEASURE] - self.after.rows[name][MEASURE]
            for name, scores in self.before.rows.items()
            if name in self.changed or not changed_only
        ]

    def interval(self, *, changed_only: bool = False) -> tuple[float, float]:
        """Bound the mean loss.

        Args:
            changed_only: Whether only questions that changed count.

        Returns:
            95 % paired bootstrap interval.
        """
        return bootstrap(self.losses(changed_only=changed_only))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often the two halves of a question pair find the same first passage.

    Attributes:
        pairs: How many pairs were asked.
        different: Names of the pairs whose first passages differ, without the language.
        sound: How many pairs agree, or differ and are both right: many questions have
            several relevant passages, and halves are worded freely.
    """

    pairs: int
    different: tuple[str, ...]
    sound: int

    @property
    def same(self) -> int:
        """How many pairs agree."""
        return self.pairs - len(self.different)

    @property
    def rate(self) -> float:
        """Share of the pairs that agree; 0 without pairs."""
        return self.same / self.pairs if self.pairs else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """95 % score interval of the share."""
        return wilson(self.same, self.pairs)


@dataclass(frozen=True, slots=True)
class FollowUpGap:
    """Follow-up questions beside twins that ask the same in one sentence.

    Attributes:
        follow_ups: Scores of the follow-ups that have a twin.
        twins: Scores of the twins, in the same order.
    """

    follow_ups: RecipeScores
    twins: RecipeScores

    @property
    def gap(self) -> float:
        """S@5 of the twins less that of the follow-ups."""
        return self.twins.mean("success@5") - self.follow_ups.mean("success@5")

    @property
    def interval(self) -> tuple[float, float]:
        """95 % paired bootstrap interval of the gap."""
        return gain(self.follow_ups, self.twins, "success@5")


def perturbed(row: GoldRow, change: Perturbation) -> GoldRow:
    """Perturb a question; its history stays as it was typed.

    Args:
        row: The question.
        change: The perturbation.

    Returns:
        The row; which mistakes are made depends on its id alone, so that a question is
        mistyped alike in every selection of rows.
    """
    rng = np.random.default_rng([_SEED, zlib.crc32(row.id.encode())])
    return row.model_copy(update={"question": change(row.question, row.lang, rng)})


def score_robustness(service: QAService, rows: Sequence[GoldRow]) -> list[Loss]:
    """Score what each perturbation costs.

    Args:
        service: The service.
        rows: The questions; unanswerable ones have no ranking to score and are left out.

    Returns:
        One entry a perturbation.
    """
    asked = [row for row in rows if row.answerable]
    before = score_recipe(service, asked, HYBRID)
    found = []
    for name, change in PERTURBATIONS.items():
        pairs = [(row, perturbed(row, change)) for row in asked]
        changed = [other for row, other in pairs if other.question != row.question]
        # A question asked twice in the same words is ranked alike.
        after = before.rows | score_recipe(service, changed, HYBRID).rows
        names = frozenset(row.id for row in changed)
        found.append(Loss(name, before, RecipeScores(name, after), names))
    return found


def language_pairs(rows: Sequence[GoldRow]) -> list[tuple[GoldRow, GoldRow]]:
    """Match questions with their other half.

    Args:
        rows: The questions.

    Returns:
        French and English row of each pair whose ids are equal but for `-fr` and `-en`.
    """
    by_id = {row.id: row for row in rows}
    return [
        (row, by_id[other])
        for row in rows
        if row.id.endswith("-fr") and (other := f"{row.id.removesuffix('-fr')}-en") in by_id
    ]


def _first(service: QAService, row: GoldRow) -> str | None:
    hits = service.search(row.question, history=row.history).hits
    return hits[0].passage.id if hits else None


def agreement(service: QAService, rows: Sequence[GoldRow]) -> Agreement:
    """Count the question pairs whose first passage is the same.

    Args:
        service: The service.
        rows: The questions, answerable or not.

    Returns:
        The count; two halves that both find nothing agree.
    """
    pairs = language_pairs(rows)
    different, sound = [], 0
    for french, english in pairs:
        found = [(row, _first(service, row)) for row in (french, english)]
        same = found[0][1] == found[1][1]
        sound += same or all(name in relevance(row, service.corpus) for row, name in found)
        if not same:
            different.append(french.id.removesuffix("-fr"))
    return Agreement(len(pairs), tuple(different), sound)


def follow_up_twins(rows: Sequence[GoldRow]) -> list[tuple[GoldRow, GoldRow]]:
    """Match follow-ups with the questions that ask the same in one sentence.

    Args:
        rows: The questions.

    Returns:
        Follow-up and twin; the id of the twin has an `s` before the language, e.g.
        `a-01-en` and `a-01s-en`.
    """
    by_id = {row.id: row for row in rows}
    return [
        (row, by_id[twin])
        for row in rows
        if row.type == "follow-up"
        and (twin := f"{row.id.removesuffix(f'-{row.lang}')}s-{row.lang}") in by_id
    ]


def follow_up_gap(service: QAService, rows: Sequence[GoldRow]) -> FollowUpGap:
    """Score follow-ups and their twins.

    Args:
        service: The service.
        rows: The questions; follow-ups without a twin are left out.

    Returns:
        The scores of both.
    """
    pairs = [
        (row, twin) for row, twin in follow_up_twins(rows) if row.answerable and twin.answerable
    ]
    return FollowUpGap(
        score_recipe(service, [row for row, _ in pairs], HYBRID),
        score_recipe(service, [twin for _, twin in pairs], HYBRID),
    )
