"""Puts failures and wrong statuses into words for a page."""

from collections.abc import Sequence
from textwrap import shorten

from ccs_qa.records import Passage, Rendition
from eval.failures import Failure
from eval.html import FailureCard, Quote, as_block
from eval.refusals import refusal_class
from eval.report import Rows
from eval.verdicts import WrongVerdict

LONGEST = 320


def _short(rendition: Rendition | None) -> str:
    return shorten(rendition.text, LONGEST, placeholder=" …") if rendition else ""


def _quote(passage: Passage) -> Quote:
    return Quote(
        passage.meeting.isoformat() if passage.meeting else "",
        _short(passage.renditions.fr),
        _short(passage.renditions.en),
    )


def leg_rows(failure: Failure) -> Rows:
    """Tabulate the leg scores of both passages.

    Args:
        failure: The failure.

    Returns:
        A header and one row a leg; a row for the rest where it counted.
    """
    rows = [["leg", "came first", "wanted", "pull"]]
    rows += [
        [leg.name, f"{leg.first:.3f}", f"{leg.wanted:.3f}", f"{leg.pull:+.2f}"]
        for leg in failure.legs
    ]
    if failure.kind_counted:
        rows.append(["the rest", "", "", f"{failure.rest:+.2f}"])
    return rows


def failure_card(failure: Failure) -> FailureCard:
    """Put a failure into words.

    Args:
        failure: The failure.

    Returns:
        What the page shows.
    """
    row = failure.row
    return FailureCard(
        id=row.id,
        type=row.type,
        language=row.lang,
        question=row.question,
        history=row.history,
        first=_quote(failure.first) if failure.first else None,
        wanted=_quote(failure.wanted),
        rank=f"came at rank {failure.rank}" if failure.rank else "not in the first ten",
        legs=as_block("Legs", leg_rows(failure)),
        why=failure.why,
    )


def wrong_rows(found: Sequence[WrongVerdict]) -> Rows:
    """Tabulate wrong statuses with what moved the judge.

    Args:
        found: The wrong statuses.

    Returns:
        A header and one row a question; its class where it is unanswerable, else its type.
    """
    rows = [["question", "class or type", "status", "confidence", "largest contributions"]]
    for item in found:
        row = item.outcome.row
        moved = "; ".join(
            f"{part.name} {part.added:+.2f} (at {part.value:.2f})" for part in item.contributions
        )
        rows.append(
            [
                " › ".join((*row.history, row.question)),
                row.type if row.answerable else refusal_class(row.note),
                item.outcome.status,
                f"{item.outcome.confidence:.2f}",
                moved or "read from the records: the judge was not asked",
            ]
        )
    return rows
