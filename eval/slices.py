"""Averages the ranking measures over groups of questions, with bootstrap intervals."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.intervals import bootstrap, interval_text
from eval.report import Rows
from eval.run import SLICES, Outcome, of_slice

SHOWN = {"nDCG@10": "ndcg@10", "S@1": "success@1", "R@5": "recall@5"}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and how sure it is.

    Attributes:
        mean: The mean.
        low: Lower bound of its 95 % bootstrap interval.
        high: Upper bound.
    """

    mean: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """The mean and its interval."""
        return f"{self.mean:.3f} {interval_text(self.low, self.high)}"


@dataclass(frozen=True, slots=True)
class Group:
    """Answerable questions that have something in common.

    Attributes:
        name: What they have in common.
        questions: How many there are.
        estimates: Each of `SHOWN`, by its label.
    """

    name: str
    questions: int
    estimates: dict[str, Estimate]


def estimate(values: Sequence[float]) -> Estimate:
    """Average values and bound the mean.

    Args:
        values: One value a question.

    Returns:
        The mean with its interval; zeros without values.
    """
    mean = sum(values) / len(values) if values else 0.0
    return Estimate(mean, *bootstrap(values))


def _group(name: str, items: Sequence[Outcome]) -> Group:
    return Group(
        name,
        len(items),
        {
            label: estimate([item.scores[measure] for item in items])
            for label, measure in SHOWN.items()
        },
    )


def _split(
    outcomes: Sequence[Outcome], names: Callable[[Outcome], Iterable[str]]
) -> tuple[Group, ...]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for item in outcomes:
        if item.row.answerable:
            for name in names(item):
                found[name].append(item)
    return tuple(_group(name, items) for name, items in sorted(found.items()))


def by_language(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """Group answerable questions by language.

    Args:
        outcomes: The outcomes.

    Returns:
        All of them, the French ones and the English ones; each may be empty.
    """
    answerable = [item for item in outcomes if item.row.answerable]
    return tuple(_group(name, of_slice(answerable, name)) for name in SLICES)


def by_type(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """Group answerable questions by type.

    Args:
        outcomes: The outcomes.

    Returns:
        One group a type, in alphabetical order.
    """
    return _split(outcomes, lambda item: (item.row.type,))


def by_meeting(outcomes: Sequence[Outcome]) -> tuple[Group, ...]:
    """Group answerable questions by the meetings that answer them.

    Args:
        outcomes: The outcomes.

    Returns:
        One group a meeting, oldest first; a question that several meetings answer counts
        once in each.
    """
    return _split(outcomes, lambda item: {line.meeting.isoformat() for line in item.row.relevant})


def group_rows(label: str, groups: Sequence[Group]) -> Rows:
    """Tabulate groups.

    Args:
        label: What tells them apart.
        groups: The groups.

    Returns:
        A header and one row a group, each mean with its 95 % interval.
    """
    rows = [[label, "questions", *(f"{name}, 95 %" for name in SHOWN)]]
    for group in groups:
        cells = [group.estimates[name].text for name in SHOWN]
        rows.append([group.name, str(group.questions), *cells])
    return rows
