"""Scores one recipe after another on the same questions, with the same model and index."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccs_qa.search import Recipe
from ccs_qa.service import QAService
from eval.gold import GoldRow, relevance
from eval.intervals import bootstrap
from eval.metrics import score_rankings


@dataclass(frozen=True, slots=True)
class RecipeScores:
    """How one recipe did.

    Attributes:
        name: The recipe.
        rows: Ranking measures of each answerable question, by question id.
    """

    name: str
    rows: dict[str, dict[str, float]]

    def mean(self, measure: str, language: str = "all") -> float:
        """Average a measure.

        Args:
            measure: Its name.
            language: `all`, `fr` or `en`; ids end in the language.

        Returns:
            The mean; 0 without questions.
        """
        values = self.values(measure, language)
        return sum(values) / len(values) if values else 0.0

    def values(self, measure: str, language: str = "all") -> list[float]:
        """List a measure question by question.

        Args:
            measure: Its name.
            language: `all`, `fr` or `en`.

        Returns:
            The values, in question order.
        """
        return [
            scores[measure]
            for name, scores in self.rows.items()
            if language == "all" or name.endswith(f"-{language}")
        ]


def score_recipe(service: QAService, rows: Sequence[GoldRow], recipe: Recipe) -> RecipeScores:
    """Rank every answerable question with a recipe.

    Args:
        service: The service.
        rows: The questions.
        recipe: The recipe.

    Returns:
        Its scores.
    """
    asked = [row for row in rows if row.answerable]
    relevant = {row.id: relevance(row, service.corpus) for row in asked}
    rankings = {
        row.id: [
            hit.passage.id
            for hit in service.search(row.question, history=row.history, recipe=recipe).hits
        ]
        for row in asked
    }
    return RecipeScores(recipe.name, score_rankings(relevant, rankings))


def gain(before: RecipeScores, after: RecipeScores, measure: str) -> tuple[float, float]:
    """Bound what a step brings, question by question.

    Args:
        before: The row above.
        after: The row.
        measure: The measure compared.

    Returns:
        95 % paired bootstrap interval of the difference.
    """
    pairs = zip(after.values(measure), before.values(measure), strict=True)
    return bootstrap([new - old for new, old in pairs])
