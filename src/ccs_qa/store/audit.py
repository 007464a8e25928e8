"""The record of answers: what was asked through which channel, and what was answered."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import JSON, DateTime, Double, Engine, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from ccs_qa.store.models import Base, to_stored
from ccs_qa.store.session import forget, open_session

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One answer, without personal information.

    Attributes:
        time: When it was given, UTC.
        key_id: Name of the key of the caller; None without one.
        request_id: Name of the request; empty outside of one.
        confidence: Calibrated probability that the summaries answer, 0 to 1.
        timings_ms: Milliseconds spent in each stage.
    """

    id: str
    time: dt.datetime
    channel: str
    key_id: str | None
    request_id: str
    question: str
    standalone: str
    language: str
    status: str
    confidence: float
    citations: tuple[str, ...]
    scores: tuple[float, ...]
    mode: str
    model: str
    index_id: str
    timings_ms: Mapping[str, float]

    def row(self) -> dict[str, object]:
        """Word the record as a row of an export."""
        return {**asdict(self), "time": self.time.isoformat()}


class AuditRow(Base):
    """One record; times are UTC without saying so, as SQLite keeps no zone."""

    __tablename__ = "audit"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    time: Mapped[dt.datetime] = mapped_column(DateTime, index=True)
    channel: Mapped[str] = mapped_column(String(32))
    key_id: Mapped[str | None] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)
    standalone: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    status: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float] = mapped_column(Double)
    citations: Mapped[list[str]] = mapped_column(JSON)
    scores: Mapped[list[float]] = mapped_column(JSON)
    mode: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(Text)
    index_id: Mapped[str] = mapped_column(String(64))
    timings_ms: Mapped[dict[str, float]] = mapped_column(JSON)


def _to_row(record: AuditRecord) -> AuditRow:
    return AuditRow(
        id=record.id,
        time=to_stored(record.time),
        channel=record.channel,
        key_id=record.key_id,
        request_id=record.request_id,
        question=record.question,
        standalone=record.standalone,
        language=record.language,
        status=record.status,
        confidence=record.confidence,
        citations=list(record.citations),
        scores=list(record.scores),
        mode=record.mode,
        model=record.model,
        index_id=record.index_id,
        timings_ms=dict(record.timings_ms),
    )


def _from_row(row: AuditRow) -> AuditRecord:
    return AuditRecord(
        id=row.id,
        time=row.time.replace(tzinfo=dt.UTC),
        channel=row.channel,
        key_id=row.key_id,
        request_id=row.request_id,
        question=row.question,
        standalone=row.standalone,
        language=row.language,
        status=row.status,
        confidence=row.confidence,
        citations=tuple(row.citations),
        scores=tuple(row.scores),
        mode=row.mode,
        model=row.model,
        index_id=row.index_id,
        timings_ms=dict(row.timings_ms),
    )


class AuditTrail:
    """The records of one database; may be used from several threads."""

    def __init__(self, engine: Engine) -> None:
        """Bind the database; use `Store.audit`."""
        self._engine = engine

    def save(self, record: AuditRecord) -> None:
        """Keep a record."""
        with open_session(self._engine) as session:
            session.add(_to_row(record))
            session.commit()

    def records(self, since: dt.datetime | None = None) -> Iterator[AuditRecord]:
        """List records, oldest first, a few hundred in memory at a time.

        Args:
            since: Earliest time; None for all.
        """
        wanted = select(AuditRow).order_by(AuditRow.time, AuditRow.id)
        if since is not None:
            wanted = wanted.where(AuditRow.time >= to_stored(since))
        with open_session(self._engine) as session:
            found = session.scalars(wanted.execution_options(yield_per=_AT_ONCE))
            yield from map(_from_row, found)

    def count(self) -> int:
        """Count records."""
        with open_session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(AuditRow)) or 0

    def purge(self, before: dt.datetime) -> int:
        """Forget records for good, and say how many."""
        return forget(self._engine, delete(AuditRow).where(AuditRow.time < to_stored(before)))
