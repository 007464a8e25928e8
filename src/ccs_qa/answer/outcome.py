"""What becomes of a question, and of several in one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ccs_qa.answer.compose import Composed
from ccs_qa.answer.judge import Verdict
from ccs_qa.records import AnswerKind, AnswerStatus, Citation, Group, Statement

_BEST_FIRST: tuple[AnswerStatus, ...] = ("answered", "related", "not_found", "conversation")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A judged and worded answer."""

    verdict: Verdict
    composed: Composed
    kind: AnswerKind
    absent: tuple[dt.date, ...] = ()


def join_outcomes(outcomes: Sequence[Outcome]) -> Outcome:
    """Answer several questions in one, with their best status and least confidence."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    groups: list[Group] = []
    texts: list[str] = []
    for place, outcome in enumerate(outcomes):
        shift = len(citations)
        composed = outcome.composed
        own = composed.statements or (Statement(composed.text, ()),)
        citations += [replace(item, number=item.number + shift) for item in composed.citations]
        statements += [
            replace(item, citations=tuple(number + shift for number in item.citations))
            for item in own
        ]
        if place:
            numbers = tuple(item.number + shift for item in composed.citations)
            groups.append(Group(own[0].text, 1, numbers, "question"))
        groups += [
            replace(
                item,
                level=item.level + bool(place),
                citations=tuple(number + shift for number in item.citations),
            )
            for item in composed.groups
        ]
        texts.append(composed.renumbered(shift).text)
    status = min((item.verdict.status for item in outcomes), key=_BEST_FIRST.index)
    sure = min(item.verdict.confidence for item in outcomes if item.verdict.status == status)
    kinds = {item.kind for item in outcomes}
    return Outcome(
        Verdict(status, sure),
        Composed(
            "\n\n".join(texts),
            tuple(statements),
            tuple(citations),
            sum(item.composed.dropped for item in outcomes),
            tuple(groups),
            sum(item.composed.more for item in outcomes),
        ),
        kinds.pop() if len(kinds) == 1 else "quotes",
        tuple(sorted({day for item in outcomes for day in item.absent})),
    )
