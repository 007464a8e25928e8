"""Writes a run as Markdown and as tables on the terminal."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from eval.ablation import RecipeScores, gain
from eval.intervals import bootstrap, interval_text, wilson
from eval.metrics import RANKING
from eval.run import SLICES, Outcome, of_slice, ranking_scores, refusal_of

Rows = list[list[str]]


def retrieval_rows(outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate the ranking measures per language.

    Args:
        outcomes: The outcomes.

    Returns:
        A header and one row a language.
    """
    rows = [["language", "questions", *RANKING, "nDCG@10 95 %"]]
    for name in SLICES:
        items = [item for item in of_slice(outcomes, name) if item.row.answerable]
        scores = ranking_scores(items)
        low, high = bootstrap([item.scores["ndcg@10"] for item in items])
        cells = [f"{scores[measure]:.3f}" for measure in RANKING]
        rows.append([name, str(len(items)), *cells, interval_text(low, high)])
    return rows


def type_rows(outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate the ranking measures per type of question.

    Args:
        outcomes: The outcomes.

    Returns:
        A header and one row a type.
    """
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for item in outcomes:
        if item.row.answerable:
            groups[item.row.type].append(item)
    rows = [["type", "questions", *RANKING]]
    for name, items in sorted(groups.items()):
        scores = ranking_scores(items)
        rows.append([name, str(len(items)), *(f"{scores[measure]:.3f}" for measure in RANKING)])
    return rows


def refusal_rows(outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate refusals per language.

    Args:
        outcomes: The outcomes.

    Returns:
        A header and one row a language, rates with Wilson intervals.
    """
    rows = [["language", "AUC", "false answers", "95 %", "false refusals", "95 %"]]
    for name in SLICES:
        found = refusal_of(of_slice(outcomes, name))
        rows.append(
            [
                name,
                f"{found.auc:.3f}",
                f"{found.false_answers}/{found.unanswerable} = {found.false_answer_rate:.2f}",
                interval_text(*wilson(found.false_answers, found.unanswerable)),
                f"{found.false_refusals}/{found.answerable} = {found.false_refusal_rate:.2f}",
                interval_text(*wilson(found.false_refusals, found.answerable)),
            ]
        )
    return rows


def recipe_rows(scores: Sequence[RecipeScores]) -> Rows:
    """Tabulate recipes, each beside what it adds to the row above.

    Args:
        scores: The recipes in order.

    Returns:
        A header and one row a recipe.
    """
    measures = ("ndcg@10", "success@1", "recall@5")
    rows = [["ranking", *measures, "nDCG@10 fr", "nDCG@10 en", "gain on the row above, 95 %"]]
    for at, item in enumerate(scores):
        step = interval_text(*gain(scores[at - 1], item, "ndcg@10")) if at else ""
        cells = [f"{item.mean(measure):.3f}" for measure in measures]
        per_language = [f"{item.mean('ndcg@10', name):.3f}" for name in ("fr", "en")]
        rows.append([item.name, *cells, *per_language, step])
    return rows


def failure_rows(outcomes: Sequence[Outcome]) -> Rows:
    """List the answerable questions whose first passage is not relevant.

    Args:
        outcomes: The outcomes.

    Returns:
        A header and one row a failure: what came first, what should have, leg scores.
    """
    rows = [["id", "type", "question", "first", "wanted", "legs of the first"]]
    for item in outcomes:
        if item.row.answerable and (not item.ranking or item.ranking[0] not in item.relevant):
            legs = ", ".join(f"{name} {value:.2f}" for name, value in item.reasons.items())
            first = item.ranking[0] if item.ranking else ""
            wanted = ", ".join(sorted(item.relevant, key=lambda name: -item.relevant[name])[:3])
            rows.append([item.row.id, item.row.type, item.row.question, first, wanted, legs])
    return rows


def wrong_status_rows(outcomes: Sequence[Outcome]) -> Rows:
    """List the questions that the judge got wrong.

    Args:
        outcomes: The outcomes.

    Returns:
        A header and one row a question.
    """
    rows = [["id", "question", "status", "confidence", "note"]]
    for item in outcomes:
        if item.row.answerable != (item.status == "answered"):
            confidence = f"{item.confidence:.2f}"
            rows.append([item.row.id, item.row.question, item.status, confidence, item.row.note])
    return rows


def as_markdown(rows: Rows) -> str:
    """Write a table as Markdown.

    Args:
        rows: Header and rows.

    Returns:
        The table.
    """
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in body)])


def as_table(title: str, rows: Rows) -> Table:
    """Write a table for the terminal.

    Args:
        title: What it shows.
        rows: Header and rows.

    Returns:
        The table.
    """
    table = Table(title=title, title_justify="left")
    for cell in rows[0]:
        table.add_column(cell, overflow="fold")
    for row in rows[1:]:
        table.add_row(*row)
    return table


def run_markdown(summary: dict[str, Any], outcomes: Sequence[Outcome], index_id: str) -> str:
    """Write a run as Markdown.

    Args:
        summary: Its figures.
        outcomes: Its outcomes.
        index_id: The index that was searched.

    Returns:
        The report.
    """
    citations, latency = summary["citations"], summary["latency_ms"]
    recall = ", ".join(
        f"{name} {value:.3f}" for name, value in summary["context_recall@2000"].items()
    )
    facts = ", ".join(f"{name} {summary['key_facts'][name]:.3f}" for name in SLICES)
    quotes = (
        f"Quotes: precision {citations['precision']:.3f}, recall {citations['recall']:.3f}, "
        f"verified {citations['verified']:.3f}. Key facts held: {facts}. "
        f"Context recall at 2,000 characters: {recall}. "
        f"Milliseconds: p50 {latency['p50']:.1f}, p95 {latency['p95']:.1f}."
    )
    return "\n\n".join(
        [
            f"# Evaluation of index {index_id}",
            f"{summary['n']['all']} questions, {summary['n']['unanswerable']} unanswerable.",
            "## Ranking per language",
            as_markdown(retrieval_rows(outcomes)),
            "## Ranking per type",
            as_markdown(type_rows(outcomes)),
            "## Refusal",
            as_markdown(refusal_rows(outcomes)),
            "## Citations, context, time",
            quotes,
            "## First passage wrong",
            as_markdown(failure_rows(outcomes)),
            "## Status wrong",
            as_markdown(wrong_status_rows(outcomes)),
            "",
        ]
    )
