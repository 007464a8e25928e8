"""Decides whether a question is answered, composes the answer, checks its quotes."""

from ccs_qa.answer.compose import compose, compose_meetings, group_by_meeting, searched
from ccs_qa.answer.judge import FEATURES, Judge, Verdict, features, load_judge
from ccs_qa.answer.verify import verify_hits, verify_passage

__all__ = [
    "FEATURES",
    "Judge",
    "Verdict",
    "compose",
    "compose_meetings",
    "features",
    "group_by_meeting",
    "load_judge",
    "searched",
    "verify_hits",
    "verify_passage",
]
