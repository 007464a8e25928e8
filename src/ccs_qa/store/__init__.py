"""What is kept: feedback, without personal information. The only room that knows SQL."""

from ccs_qa.store.candidates import candidate, unique_snippet
from ccs_qa.store.records import MOST_COMMENT, REASONS, Feedback, Reason, Remark, make_feedback
from ccs_qa.store.store import Store, StoreDoor, open_store

__all__ = [
    "MOST_COMMENT",
    "REASONS",
    "Feedback",
    "Reason",
    "Remark",
    "Store",
    "StoreDoor",
    "candidate",
    "make_feedback",
    "open_store",
    "unique_snippet",
]
