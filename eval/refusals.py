"""Tells refusals apart by why a question has no answer, and answers by their status.

The classes follow UAEval4RAG (Peng et al., 2024, arXiv:2412.12300), whose six are
underspecified, false presupposition, nonsensical, modality-limited, safety and out of database.
Ours splits the last: a *near miss* is on a subject of the summaries and asks for a detail that
they do not hold; *out of corpus* is on another subject.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ccs_qa.records import AnswerStatus
from eval.intervals import interval_text, wilson
from eval.report import Rows
from eval.run import SLICES, Outcome, of_slice

CLASSES = (
    "near miss",
    "false premise",
    "underspecified",
    "nonsense",
    "modality",
    "safety",
    "out of corpus",
)
OTHER = "other"
STATUSES: tuple[AnswerStatus, ...] = ("answered", "related", "not_found", "conversation")


@dataclass(frozen=True, slots=True)
class ClassRefusal:
    """What happened to the unanswerable questions of a class.

    Attributes:
        name: The class.
        counts: How many had each status.
    """

    name: str
    counts: Counter[AnswerStatus]

    @property
    def questions(self) -> int:
        """How many questions there are."""
        return self.counts.total()

    @property
    def acceptable(self) -> int:
        """How many were not answered: every other status says that there is no answer."""
        return self.questions - self.counts["answered"]


def refusal_class(note: str) -> str:
    """Read the class of an unanswerable question from its note.

    Args:
        note: The note of the gold row.

    Returns:
        One of `CLASSES` when the note starts with it, else `OTHER`.
    """
    start = note.strip().lower()
    return next((name for name in CLASSES if start.startswith(name)), OTHER)


def by_class(outcomes: Sequence[Outcome]) -> tuple[ClassRefusal, ...]:
    """Count the statuses of unanswerable questions class by class.

    Args:
        outcomes: The outcomes.

    Returns:
        Classes that have a question, in the order of `CLASSES`, `OTHER` last.
    """
    refused = [item for item in outcomes if not item.row.answerable]
    found = {name: Counter[AnswerStatus]() for name in (*CLASSES, OTHER)}
    for item in refused:
        found[refusal_class(item.row.note)][item.status] += 1
    return tuple(ClassRefusal(name, counts) for name, counts in found.items() if counts)


def _share(successes: int, trials: int) -> str:
    if not trials:
        return "none"
    return (
        f"{successes}/{trials} = {successes / trials:.2f} "
        f"{interval_text(*wilson(successes, trials))}"
    )


def class_rows(classes: Sequence[ClassRefusal]) -> Rows:
    """Tabulate refusals per class.

    Args:
        classes: The classes.

    Returns:
        A header, one row a class, and all of them together.
    """
    rows = [["class", "questions", *STATUSES, "acceptable, 95 %"]]
    whole = ClassRefusal("all", sum((item.counts for item in classes), Counter[AnswerStatus]()))
    for item in (*classes, whole):
        counts = [str(item.counts[status]) for status in STATUSES]
        share = _share(item.acceptable, item.questions)
        rows.append([item.name, str(item.questions), *counts, share])
    return rows


def status_rows(outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate the statuses of answerable questions per language.

    Args:
        outcomes: The outcomes.

    Returns:
        A header and one row a language, each share with its 95 % interval.
    """
    rows = [["language", *(f"{status}, 95 %" for status in STATUSES)]]
    for name in SLICES:
        asked = [item for item in of_slice(outcomes, name) if item.row.answerable]
        counts = Counter(item.status for item in asked)
        rows.append([name, *(_share(counts[status], len(asked)) for status in STATUSES)])
    return rows
