"""Figures and tables of questions asked where a meeting is cold."""

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.cold import Case, Group, Ranked
from eval.gold import GoldRow
from eval.intervals import bootstrap, interval_text, wilson
from eval.report import Rows
from eval.run import Outcome, citation_scores, refusal_of

Value = Callable[[Outcome], float]
RANKED = ("ndcg@10", "success@1", "recall@5")
_VALUES: Mapping[str, Value] = {
    "ndcg@10": lambda item: item.scores["ndcg@10"],
    "success@1": lambda item: item.scores["success@1"],
    "recall@5": lambda item: item.scores["recall@5"],
    "answered": lambda item: float(item.status == "answered"),
    "not_found": lambda item: float(item.status == "not_found"),
}
ALONE = "its alone"
ANSWERABLE: tuple[Group, ...] = ("cold", "old")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its 95 % bootstrap interval.

    Attributes:
        mean: The mean.
        low: Lower bound.
        high: Upper bound.
    """

    mean: float
    low: float
    high: float

    def text(self, form: str = ".3f") -> str:
        """Write it for a table.

        Args:
            form: How a number is formatted.

        Returns:
            The mean and its interval.
        """
        return f"{self.mean:{form}} {interval_text(self.low, self.high, form)}"


def estimate(values: Iterable[tuple[str, float]]) -> Estimate:
    """Average over questions.

    Args:
        values: Id of a question and a value. A question that several meetings answer is asked
            where each of them is cold; it counts once, with the mean of its values.

    Returns:
        The mean; zeros without questions.
    """
    by_question: dict[str, list[float]] = defaultdict(list)
    for name, value in values:
        by_question[name].append(value)
    means = [sum(found) / len(found) for found in by_question.values()]
    return Estimate(sum(means) / len(means) if means else 0.0, *bootstrap(means))


def in_slices(cases: Sequence[Case], group: Group) -> dict[str, list[Case]]:
    """Sort the questions of a group.

    Args:
        cases: The questions asked.
        group: The group.

    Returns:
        Those of each cold meeting, all, those in French, those in English and, of what the
        cold meeting answers, what no other meeting does.
    """
    kept = [item for item in cases if item.group == group]
    found = {
        str(day): [item for item in kept if item.meeting == day]
        for day in dict.fromkeys(item.meeting for item in cases)
    }
    found |= {"all": kept}
    found |= {name: [item for item in kept if item.whole.row.lang == name] for name in ("fr", "en")}
    if group == "cold":
        found[ALONE] = [item for item in kept if _of_one(item.whole.row)]
    return found


def _of_one(row: GoldRow) -> bool:
    return len({item.meeting for item in row.relevant}) == 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What some answerable questions gave.

    Attributes:
        questions: How many questions.
        asked: How often they were asked.
        whole: Ranking measures and shares of statuses on the whole index.
        cold: The same where a meeting is cold.
        loss: The former less the latter, question by question.
        citations_whole: Precision and recall of the quotes on the whole index.
        citations_cold: The same where a meeting is cold.
    """

    questions: int
    asked: int
    whole: Mapping[str, Estimate]
    cold: Mapping[str, Estimate]
    loss: Mapping[str, Estimate]
    citations_whole: Mapping[str, float]
    citations_cold: Mapping[str, float]


def figures_of(cases: Sequence[Case]) -> Figures:
    """Score answerable questions.

    Args:
        cases: The questions asked.

    Returns:
        Their figures.
    """

    def averages(value: Callable[[Case, Value], float]) -> dict[str, Estimate]:
        return {
            name: estimate((item.whole.row.id, value(item, of)) for item in cases)
            for name, of in _VALUES.items()
        }

    return Figures(
        questions=len({item.whole.row.id for item in cases}),
        asked=len(cases),
        whole=averages(lambda item, of: of(item.whole)),
        cold=averages(lambda item, of: of(item.cold)),
        loss=averages(lambda item, of: of(item.whole) - of(item.cold)),
        citations_whole=citation_scores([item.whole for item in cases]),
        citations_cold=citation_scores([item.cold for item in cases]),
    )


def ranking_rows(cases: Sequence[Case], group: Group = "cold") -> Rows:
    """Tabulate how questions are ranked.

    Args:
        cases: The questions asked.
        group: Those that the cold meeting answers, or those that only others do.

    Returns:
        A header and one row a slice: each measure on the whole index and where a meeting is
        cold, and the loss of nDCG@10, with 95 % intervals.
    """
    columns = [f"{name} {side}" for name in RANKED for side in ("whole", "cold")]
    rows = [["questions of", "number", *columns, "nDCG@10 lost"]]
    for name, items in in_slices(cases, group).items():
        found = figures_of(items)
        cells = [side[name].text(".2f") for name in RANKED for side in (found.whole, found.cold)]
        rows.append([name, str(found.questions), *cells, found.loss["ndcg@10"].text("+.3f")])
    return rows


def answer_rows(cases: Sequence[Case], group: Group = "cold") -> Rows:
    """Tabulate how questions are answered.

    Args:
        cases: The questions asked.
        group: Those that the cold meeting answers, or those that only others do.

    Returns:
        A header and one row a slice: share of each status with its 95 % interval, precision
        and recall of the quotes, on the whole index and where a meeting is cold.
    """
    shares = [f"{name} {side}" for name in ("answered", "not_found") for side in ("whole", "cold")]
    quotes = ("precision", "recall")
    rows = [["questions of", "number", *shares, *(f"quotes, {name}" for name in quotes)]]
    for name, items in in_slices(cases, group).items():
        found = figures_of(items)
        cells = [
            side[status].text(".2f")
            for status in ("answered", "not_found")
            for side in (found.whole, found.cold)
        ]
        cells += [
            f"{found.citations_whole[name]:.2f} → {found.citations_cold[name]:.2f}"
            for name in quotes
        ]
        rows.append([name, str(found.questions), *cells])
    return rows


def false_answers(cases: Sequence[Case]) -> dict[str, dict[str, int]]:
    """Count what is answered and should not be.

    Args:
        cases: The questions asked.

    Returns:
        For each slice of the unanswerable questions how many they are, and how many the whole
        index answers and how many one where a meeting is cold.
    """
    return {
        name: {
            "unanswerable": len(items),
            "whole": refusal_of([item.whole for item in items]).false_answers,
            "cold": refusal_of([item.cold for item in items]).false_answers,
        }
        for name, items in in_slices(cases, "unanswerable").items()
    }


def false_answer_rows(cases: Sequence[Case]) -> Rows:
    """Tabulate what is answered and should not be.

    Args:
        cases: The questions asked.

    Returns:
        A header and one row a slice, rates with Wilson intervals.
    """
    rows = [["cold meeting", "unanswerable", "false answers whole", "false answers cold"]]
    for name, found in false_answers(cases).items():
        number = found["unanswerable"]
        cells = [
            f"{found[side]} {interval_text(*wilson(found[side], number))}"
            for side in ("whole", "cold")
        ]
        rows.append([name, str(number), *cells])
    return rows


def as_figures(cases: Sequence[Case]) -> dict[str, Any]:
    """Put the figures into a form that JSON can hold.

    Args:
        cases: The questions asked.

    Returns:
        `cold` and `old` by slice, and `false_answers`.
    """
    found: dict[str, Any] = {
        group: {
            name: dataclasses.asdict(figures_of(items))
            for name, items in in_slices(cases, group).items()
        }
        for group in ANSWERABLE
    }
    return {**found, "false_answers": false_answers(cases)}


def curve_points(ranked: Sequence[Ranked]) -> dict[str, Estimate]:
    """Average nDCG@10 over the questions of the cold meetings.

    Args:
        ranked: The questions.

    Returns:
        The mean over all, over each language, and over those that one meeting alone answers.
    """
    kept: dict[str, Callable[[GoldRow], bool]] = {
        "all": lambda _: True,
        "fr": lambda row: row.lang == "fr",
        "en": lambda row: row.lang == "en",
        ALONE: _of_one,
    }
    return {
        name: estimate((item.row.id, item.score) for item in ranked if keeps(item.row))
        for name, keeps in kept.items()
    }


def curve_rows(curve: Mapping[str, Sequence[Ranked]]) -> Rows:
    """Tabulate what hints bring to a cold meeting.

    Args:
        curve: The questions ranked, by what the meeting has.

    Returns:
        A header and one row a step, nDCG@10 with 95 % intervals.
    """
    rows = [["hints a passage and language", "all", "fr", "en", ALONE]]
    for name, ranked in curve.items():
        rows.append([name, *(point.text() for point in curve_points(ranked).values())])
    return rows
