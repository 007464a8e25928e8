"""Tabulates robustness, agreement, follow-ups and the judge's confidence."""

from collections.abc import Sequence

from eval.curves import cost_at, reliability
from eval.intervals import interval_text, wilson
from eval.report import Rows
from eval.robustness import MEASURE, Agreement, FollowUpGap, Loss
from eval.run import Outcome


def _loss(item: Loss, *, changed_only: bool) -> str:
    values = item.losses(changed_only=changed_only)
    if not values:
        return ""
    bounds = interval_text(*item.interval(changed_only=changed_only), "+.3f")
    return f"{sum(values) / len(values):+.3f} {bounds}"


def loss_rows(losses: Sequence[Loss]) -> Rows:
    """Tabulate what perturbations cost.

    Args:
        losses: The losses.

    Returns:
        A header and one row a perturbation; the last loss counts changed questions only.
    """
    rows = [["perturbation", "changed", "before", "after", "loss, 95 %", "where changed, 95 %"]]
    for item in losses:
        means = [f"{scores.mean(MEASURE):.3f}" for scores in (item.before, item.after)]
        costs = [_loss(item, changed_only=only) for only in (False, True)]
        number = f"{len(item.changed)}/{len(item.before.rows)}"
        rows.append([item.name, number, *means, *costs])
    return rows


def agreement_rows(found: Agreement) -> Rows:
    """Tabulate the agreement of question pairs.

    Args:
        found: The agreement.

    Returns:
        A header and one row.
    """
    return [
        ["pairs", "same first passage", "95 %", "same, or both right", "different"],
        [
            str(found.pairs),
            f"{found.same}/{found.pairs} = {found.rate:.2f}",
            interval_text(*found.interval),
            f"{found.sound}/{found.pairs}",
            ", ".join(found.different),
        ],
    ]


def gap_rows(found: FollowUpGap) -> Rows:
    """Tabulate follow-ups beside their twins.

    Args:
        found: The gap.

    Returns:
        A header, one row a side, and the gap.
    """
    rows = [["questions", "S@5", "95 %"]]
    for label, scores in (("follow-ups", found.follow_ups), ("twins", found.twins)):
        values = scores.values("success@5")
        right = round(sum(values))
        share = f"{right}/{len(values)} = {scores.mean('success@5'):.2f}"
        rows.append([label, share, interval_text(*wilson(right, len(values)))])
    return [*rows, ["gap", f"{found.gap:+.2f}", interval_text(*found.interval, "+.2f")]]


def reliability_rows(outcomes: Sequence[Outcome]) -> Rows:
    """Tabulate the reliability of the judge's confidence.

    Args:
        outcomes: The outcomes.

    Returns:
        A header and one row a bin.
    """
    rows = [["mean confidence", "answerable", "95 %"]]
    for item in reliability(outcomes):
        share = f"{item.answerable}/{item.questions} = {item.rate:.2f}"
        rows.append([f"{item.confidence:.3f}", share, interval_text(*item.interval)])
    return rows


def cost_rows(outcomes: Sequence[Outcome], threshold: float) -> Rows:
    """Tabulate the errors of the threshold in use beside those of others.

    Args:
        outcomes: The outcomes.
        threshold: The threshold in use.

    Returns:
        A header and one row a threshold, in ascending order.
    """
    rows = [["threshold", "false answers", "false refusals"]]
    for cut in sorted({threshold, *(at / 10 for at in range(1, 10))}):
        found = cost_at(outcomes, cut)
        label = f"{cut:.2f} (in use)" if cut == threshold else f"{cut:.2f}"
        rows.append([label, f"{found.false_answer_rate:.2f}", f"{found.false_refusal_rate:.2f}"])
    return rows
