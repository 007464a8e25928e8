"""The record of answers: what was asked through which channel, and what was answered."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from sqlalchemy import Engine, func, select

from ccs_qa.store.connection import connect, forget, insert_into
from ccs_qa.store.tables import AUDIT, read_row

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

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """Read what `row` worded."""
        kept = {name: tuple(row[name]) for name in ("citations", "scores")}
        return cls(**{**row, **kept, "time": dt.datetime.fromisoformat(row["time"])})


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The records of one database; may be used from several threads."""

    engine: Engine

    def save(self, *records: AuditRecord) -> None:
        """Keep records, all or none; one that is kept already stays as it is."""
        if records:
            new = insert_into(self.engine, AUDIT).on_conflict_do_nothing(index_elements=["id"])
            with connect(self.engine) as connection:
                connection.execute(new, [asdict(record) for record in records])

    def newest(self) -> dt.datetime | None:
        """Say when the newest record was made; None without any."""
        with connect(self.engine) as connection:
            found: dt.datetime | None = connection.scalar(select(func.max(AUDIT.c.time)))
            return found

    def records(self, since: dt.datetime | None = None) -> Iterator[AuditRecord]:
        """List records, those since a time if any, oldest first, some hundred in memory at once."""
        wanted = select(AUDIT).order_by(AUDIT.c.time, AUDIT.c.id)
        if since is not None:
            wanted = wanted.where(AUDIT.c.time >= since)
        with connect(self.engine) as connection:
            found = connection.execute(wanted.execution_options(yield_per=_AT_ONCE))
            for row in found.mappings():
                yield read_row(AuditRecord, row)

    def purge(self, before: dt.datetime) -> int:
        """Forget records for good, and say how many."""
        return forget(self.engine, AUDIT, before)
