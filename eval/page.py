"""Lays out what was measured as the page of a report."""

import datetime as dt
from collections.abc import Mapping, Sequence

from eval.ablation import RecipeScores
from eval.cards import failure_card, wrong_rows
from eval.curves import draw_judge, draw_trade
from eval.external import external_rows
from eval.html import Page, Plot, Section, as_block
from eval.measured import Measured
from eval.plots import as_svg, draw_groups
from eval.refusals import by_class, class_rows, status_rows
from eval.report import Rows, recipe_rows, refusal_rows
from eval.run import SLICES, Outcome, summarise
from eval.slices import Group, by_language, by_meeting, by_type, group_rows
from eval.tables import agreement_rows, cost_rows, gap_rows, loss_rows, reliability_rows

_DRAWN = "nDCG@10"


def other_rows(outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate what is not a ranking: context, citations, key facts and time.

    Args:
        outcomes: The outcomes.

    Returns:
        A header and one row a figure.
    """
    summary = summarise(outcomes)
    recall, quotes = summary["context_recall@2000"], summary["citations"]
    spent = summary["latency_ms"]
    return [
        ["figure", "value", "what it is"],
        [
            f"context recall, {' / '.join(SLICES)}",
            " / ".join(f"{recall[name]:.3f}" for name in SLICES),
            "share of the needed lines in the first 2,000 characters",
        ],
        ["citation precision", f"{quotes['precision']:.3f}", "share of the quotes that answer"],
        [
            "citation recall",
            f"{quotes['recall']:.3f}",
            "share of the directly answering passages that are quoted",
        ],
        ["citations verified", f"{quotes['verified']:.3f}", "share of the quotes that stand so"],
        [
            f"key facts held, {' / '.join(SLICES)}",
            " / ".join(f"{summary['key_facts'][name]:.3f}" for name in SLICES),
            "share of what right answers must hold that the quotes hold",
        ],
        ["time, p50", f"{spent['p50']:.1f} ms", "half of the answers take less"],
        ["time, p95", f"{spent['p95']:.1f} ms", "19 of 20 answers take less"],
    ]


def system_rows(systems: Sequence[RecipeScores], recalls: Mapping[str, float]) -> Rows:
    """Tabulate systems with their context recall.

    Args:
        systems: The systems.
        recalls: Context recall by system, where it is known.

    Returns:
        A header and one row a system.
    """
    # The gain on the row above says nothing here: no system builds on another.
    head, *rows = (row[:-1] for row in recipe_rows(systems))
    known = [f"{recalls[row[0]]:.3f}" if row[0] in recalls else "" for row in rows]
    return [
        [*head, "context recall"],
        *([*row, recall] for row, recall in zip(rows, known, strict=True)),
    ]


def _bars(title: str, groups: Sequence[Group]) -> Plot:
    return Plot(f"{_DRAWN} per {title}", as_svg(draw_groups(title, _DRAWN, groups)))


def _summary(found: Measured) -> Section:
    return Section(
        "summary",
        "Summary",
        "How well the ranking, the quotes and the clock did: of every share 1 is perfect, and "
        "brackets drawn like these hold the true mean 19 times of 20.",
        (
            as_block("Ranking per language", group_rows("language", by_language(found.outcomes))),
            as_block("Context, citations and time", other_rows(found.outcomes)),
        ),
    )


def _ranking(found: Measured) -> Section:
    types, meetings = by_type(found.outcomes), by_meeting(found.outcomes)
    return Section(
        "ranking",
        "Ranking per type and per meeting",
        "Where the ranking is weak: groups whose bracket lies wholly below that of another are "
        "harder; a question that several meetings answer counts once in each of them.",
        (
            as_block("Ranking per type", group_rows("type", types)),
            _bars("type", types),
            as_block("Ranking per meeting", group_rows("meeting", meetings)),
            _bars("meeting", meetings),
        ),
    )


def _systems(found: Measured) -> Section:
    return Section(
        "systems",
        "Ablation and other systems",
        "What each step of the ranking brings and what others would build with the same model: "
        "a gain whose bracket holds 0 may be chance.",
        (
            as_block("One leg after another", recipe_rows(found.recipes)),
            as_block("Systems", system_rows(found.systems, found.recalls)),
        ),
    )


def _robustness(found: Measured) -> Section:
    return Section(
        "robustness",
        "Robustness",
        "Whether the same question finds the same when it is typed otherwise, asked in the other "
        "language or split in two: losses and gaps near 0 and an agreement near 1 are good.",
        (
            as_block("nDCG@10 of perturbed questions", loss_rows(found.losses)),
            as_block("First passage, French and English", agreement_rows(found.pairs)),
            as_block("Follow-ups and standalone twins", gap_rows(found.gap)),
        ),
    )


def _refusal(found: Measured) -> Section:
    outcomes, threshold = found.outcomes, found.threshold
    return Section(
        "refusal",
        "Refusal",
        "How well the judge tells questions that the summaries answer from others: false answers "
        "cost trust, false refusals one more look, and on the development questions, to which "
        "the judge was fitted, both flatter it. Classes follow UAEval4RAG (Peng et al., 2024, "
        "arXiv:2412.12300); a response is acceptable here when it is not an answer, where the "
        "paper asks a model.",
        (
            as_block("Judge per language", refusal_rows(outcomes)),
            as_block("Status of answerable questions", status_rows(outcomes)),
            as_block("Unanswerable questions per class", class_rows(by_class(outcomes))),
            Plot("Reliability and thresholds", as_svg(draw_judge(outcomes, threshold))),
            Plot("Answers against false answers", as_svg(draw_trade(outcomes, threshold))),
            as_block("Points of the reliability curve", reliability_rows(outcomes), folded=True),
            as_block("Points of the thresholds", cost_rows(outcomes, threshold), folded=True),
        ),
    )


def _external(found: Measured) -> Section:
    lead = (
        "Whether late interaction ranks text that is not ours at least as well as pooled vectors "
        "of the same model (dense), by nDCG@10."
    )
    if found.external:
        blocks = (as_block("Sets", external_rows(found.external)),)
        return Section("external", "External sets", lead, blocks)
    return Section(
        "external",
        "External sets",
        f"{lead} No figures were given: measure a BEIR-like folder, then name the file.",
        (),
        commands=(
            "python -m eval beir FOLDER --json FILE.json",
            "python -m eval report --beir FILE.json",
        ),
    )


def _failures(found: Measured) -> Section:
    return Section(
        "failures",
        "Failures",
        "Every answerable question whose first passage does not answer it, then every wrong "
        "status: a pull is how far a leg moved the fused score towards the wrong passage (dense "
        "has none, it only picks candidates), and a contribution how far a feature moved the "
        "judge towards answering, beside the mean question.",
        (as_block(f"Wrong status: {len(found.wrong)}", wrong_rows(found.wrong)),),
        tuple(failure_card(item) for item in found.failures),
    )


def lay_out(found: Measured, gold: Sequence[str], day: dt.date) -> Page:
    """Lay out the page.

    Args:
        found: What was measured.
        gold: Names of the gold files.
        day: The day of the report.

    Returns:
        The page.
    """
    answerable = sum(item.row.answerable for item in found.outcomes)
    others = len(found.outcomes) - answerable
    return Page(
        "Evaluation of ccs_qa",
        (
            ("Questions", f"{len(found.outcomes)}: {answerable} answerable, {others} not"),
            ("From", ", ".join(gold)),
            ("Index", found.index_id),
            ("Measured on", day.isoformat()),
        ),
        (
            _summary(found),
            _ranking(found),
            _systems(found),
            _robustness(found),
            _refusal(found),
            _external(found),
            _failures(found),
        ),
    )
