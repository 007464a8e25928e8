"""The tables, in types that SQLite and PostgreSQL share."""

import datetime as dt
from typing import cast

from sqlalchemy import JSON, DateTime, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ccs_qa.records import AnswerStatus, Language
from ccs_qa.store.records import Feedback, Reason, Remark
from ccs_qa.text.redact import Kind


class Base(DeclarativeBase):
    """The tables of the store."""


class FeedbackRow(Base):
    """One feedback; times are UTC without saying so, as SQLite keeps no zone."""

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    time: Mapped[dt.datetime] = mapped_column(DateTime, index=True)
    useful: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(32))
    comment: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    history: Mapped[list[str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(2))
    status: Mapped[str] = mapped_column(String(16))
    answer_id: Mapped[str] = mapped_column(String(64))
    index_id: Mapped[str] = mapped_column(String(64))
    citations: Mapped[list[str]] = mapped_column(JSON)
    removed: Mapped[list[str]] = mapped_column(JSON)


def to_row(feedback: Feedback) -> FeedbackRow:
    """Make a row."""
    remark = feedback.remark
    return FeedbackRow(
        id=feedback.id,
        time=to_stored(feedback.time),
        useful=remark.useful,
        reason=remark.reason,
        comment=remark.comment,
        question=remark.question,
        history=list(remark.history),
        language=remark.language,
        status=remark.status,
        answer_id=remark.answer_id,
        index_id=remark.index_id,
        citations=list(remark.citations),
        removed=list(feedback.removed),
    )


def from_row(row: FeedbackRow) -> Feedback:
    """Read a row."""
    return Feedback(
        id=row.id,
        time=row.time.replace(tzinfo=dt.UTC),
        remark=Remark(
            useful=row.useful,
            reason=cast("Reason | None", row.reason),
            comment=row.comment,
            question=row.question,
            history=tuple(row.history),
            language=cast("Language", row.language),
            status=cast("AnswerStatus", row.status),
            answer_id=row.answer_id,
            index_id=row.index_id,
            citations=tuple(row.citations),
        ),
        removed=cast("tuple[Kind, ...]", tuple(row.removed)),
    )


def to_stored(time: dt.datetime) -> dt.datetime:
    """Bring a time to the form in which times are stored: in UTC, without a zone."""
    return time.astimezone(dt.UTC).replace(tzinfo=None)
