"""Decides whether a question is answered, composes the answer, checks its quotes."""

from ccs_qa.answer.blocks import Around, Blocks, group_by_meeting
from ccs_qa.answer.compose import (
    compose,
    compose_record,
    compose_timeline,
    followed,
    say_more,
    searched,
    silent,
)
from ccs_qa.answer.conversation import converse, propose, replies, sample_questions
from ccs_qa.answer.judge import COLD_FEATURES, FEATURES, Fit, Judge, Verdict, features, load_judge
from ccs_qa.answer.timeline import Spoken, Timeline
from ccs_qa.answer.verify import verify_hits, verify_passage

__all__ = [
    "COLD_FEATURES",
    "FEATURES",
    "Around",
    "Blocks",
    "Fit",
    "Judge",
    "Spoken",
    "Timeline",
    "Verdict",
    "compose",
    "compose_record",
    "compose_timeline",
    "converse",
    "features",
    "followed",
    "group_by_meeting",
    "load_judge",
    "propose",
    "replies",
    "sample_questions",
    "say_more",
    "searched",
    "silent",
    "verify_hits",
    "verify_passage",
]
