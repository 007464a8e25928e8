"""What is kept, without personal information. The only room that knows SQL."""

from ccs_qa.records import MOST_COMMENT
from ccs_qa.store.audit import AuditRecord
from ccs_qa.store.candidates import candidate, unique_snippet
from ccs_qa.store.keys import KEY_SCOPES, ApiKey, Keys, KeyScope
from ccs_qa.store.records import Feedback, Reason, Remark, make_feedback
from ccs_qa.store.store import Store, StoreDoor, open_store

__all__ = [
    "KEY_SCOPES",
    "MOST_COMMENT",
    "ApiKey",
    "AuditRecord",
    "Feedback",
    "KeyScope",
    "Keys",
    "Reason",
    "Remark",
    "Store",
    "StoreDoor",
    "candidate",
    "make_feedback",
    "open_store",
    "unique_snippet",
]
