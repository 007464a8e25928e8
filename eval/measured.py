"""Measures everything that the report shows, once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ccs_qa.answer import load_judge
from ccs_qa.search import ABLATION
from ccs_qa.service import QAService
from eval.ablation import RecipeScores, score_recipe
from eval.compare import default_stack, reciprocal_rank
from eval.external import ExternalSet
from eval.failures import Failure, find_failures
from eval.gold import GoldRow
from eval.robustness import (
    Agreement,
    FollowUpGap,
    Loss,
    agreement,
    follow_up_gap,
    score_robustness,
)
from eval.run import Outcome, ask_all, summarise
from eval.verdicts import WrongVerdict, find_wrong


@dataclass(frozen=True, slots=True)
class Measured:
    """What the report shows.

    Attributes:
        index_id: The index that was searched.
        threshold: Least confidence of an answer in use.
        outcomes: What each question gave.
        recipes: The ablation, in order.
        systems: What others would build, ours last.
        recalls: Context recall at 2,000 characters, by name of the system, where it is known.
        losses: What perturbations cost.
        pairs: Agreement of the languages.
        gap: Follow-ups beside their twins.
        failures: Answerable questions whose first passage is not relevant.
        wrong: Questions whose status is wrong.
        external: Figures of sets that are not ours.
    """

    index_id: str
    threshold: float
    outcomes: tuple[Outcome, ...]
    recipes: tuple[RecipeScores, ...]
    systems: tuple[RecipeScores, ...]
    recalls: dict[str, float]
    losses: tuple[Loss, ...]
    pairs: Agreement
    gap: FollowUpGap
    failures: tuple[Failure, ...]
    wrong: tuple[WrongVerdict, ...]
    external: tuple[ExternalSet, ...]


def measure(
    service: QAService,
    rows: Sequence[GoldRow],
    external: Sequence[ExternalSet],
    candidates: int,
    step: Callable[[str], None],
) -> Measured:
    """Ask, rank and judge every question.

    Args:
        service: The service.
        rows: The questions.
        external: Figures of sets that are not ours.
        candidates: How many passages the first stage hands to the rerank.
        step: Called with what is measured next.

    Returns:
        What was measured.
    """
    step("questions")
    outcomes = ask_all(service, rows, lambda: None)
    step("ablation")
    recipes = tuple(score_recipe(service, rows, recipe) for recipe in ABLATION)
    step("systems")
    stack, recall = default_stack(service, rows)
    ours = RecipeScores(
        "ours", {item.row.id: dict(item.scores) for item in outcomes if item.scores}
    )
    # Those of `compare`; what was ranked above is not ranked again.
    systems = (*recipes[:2], stack, reciprocal_rank(service, rows), ours)
    step("robustness")
    losses = tuple(score_robustness(service, rows))
    pairs, gap = agreement(service, rows), follow_up_gap(service, rows)
    step("failures")
    judge = load_judge()
    return Measured(
        index_id=service.index_id,
        threshold=judge.warm.answered,
        outcomes=outcomes,
        recipes=recipes,
        systems=systems,
        recalls={
            stack.name: recall,
            ours.name: summarise(outcomes)["context_recall@2000"]["all"],
        },
        losses=losses,
        pairs=pairs,
        gap=gap,
        failures=find_failures(service, outcomes, candidates),
        wrong=find_wrong(service, judge, outcomes),
        external=tuple(external),
    )
