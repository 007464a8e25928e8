"""Decides whether a question is answered, composes the answer, checks its quotes."""

from ccs_qa.answer.compose import (
    compose,
    compose_meetings,
    compose_timeline,
    group_by_meeting,
    searched,
    silent,
)
from ccs_qa.answer.judge import FEATURES, Judge, Verdict, features, load_judge
from ccs_qa.answer.timeline import Timeline, trace
from ccs_qa.answer.verify import verify_hits, verify_passage

__all__ = [
    "FEATURES",
    "Judge",
    "Timeline",
    "Verdict",
    "compose",
    "compose_meetings",
    "compose_timeline",
    "features",
    "group_by_meeting",
    "load_judge",
    "searched",
    "silent",
    "trace",
    "verify_hits",
    "verify_passage",
]
