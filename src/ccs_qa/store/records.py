"""The frozen values that are kept."""

import datetime as dt
import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace

from ccs_qa.errors import FeedbackError
from ccs_qa.records import MOST_COMMENT, AnswerStatus, FeedbackReason, Language
from ccs_qa.text.redact import KINDS, Kind, Redacted, redact
from ccs_qa.text.strings import clean

# Names that the service gave; a pattern keeps anything else from being kept under their cover.
_NAME = re.compile(r"[0-9a-f]{0,64}")


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person says of an answer, as received.

    Attributes:
        reason: Why or why not; None when not said.
        comment: In their own words; empty for nothing.
        history: Earlier questions, oldest first.
        answer_id: Identifier of the answer; empty when not known.
    """

    useful: bool
    reason: FeedbackReason | None
    comment: str
    question: str
    history: tuple[str, ...]
    language: Language
    status: AnswerStatus
    answer_id: str
    index_id: str
    citations: tuple[str, ...]

    @property
    def worded(self) -> bool:
        """Whether it says why."""
        return bool(self.reason or self.comment)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of an answer and when (UTC), without personal information."""

    id: str
    time: dt.datetime
    remark: Remark
    removed: tuple[Kind, ...]


def make_feedback(remark: Remark, passages: Collection[str]) -> Feedback:
    """Check a remark and take personal information out of it.

    Raises:
        FeedbackError: The question is empty, the comment too long, a passage unknown, or a
            name is none that the service gives.
    """
    unknown = next((name for name in remark.citations if name not in passages), None)
    if unknown is not None:
        raise FeedbackError(problem="passage", name=unknown, longest=MOST_COMMENT)
    if not all(_NAME.fullmatch(name) for name in (remark.answer_id, remark.index_id)):
        raise FeedbackError(problem="name", name="", longest=MOST_COMMENT)
    comment = _comment(remark.comment)
    question = redact(clean(remark.question))
    history = [redact(clean(item)) for item in remark.history]
    if not question.text:
        raise FeedbackError(problem="question", name="", longest=MOST_COMMENT)
    removed = {kind for item in (comment, question, *history) for kind in item.kinds}
    return Feedback(
        id=uuid.uuid4().hex,
        time=dt.datetime.now(dt.UTC),
        remark=replace(
            remark,
            comment=comment.text,
            question=question.text,
            history=tuple(item.text for item in history if item.text),
            citations=tuple(dict.fromkeys(remark.citations)),
        ),
        removed=tuple(kind for kind in KINDS if kind in removed),
    )


def add_words(kept: Feedback, reason: FeedbackReason | None, comment: str) -> Feedback:
    """Add why to a feedback, personal information taken out; `FeedbackError` for too much."""
    said = _comment(comment)
    removed = {*kept.removed, *said.kinds}
    return replace(
        kept,
        remark=replace(kept.remark, reason=reason, comment=said.text),
        removed=tuple(kind for kind in KINDS if kind in removed),
    )


def _comment(typed: str) -> Redacted:
    tidied = "\n".join(clean(line) for line in typed.splitlines()).strip()
    if len(tidied) > MOST_COMMENT:
        raise FeedbackError(problem="comment", name="", longest=MOST_COMMENT)
    return redact(tidied)
