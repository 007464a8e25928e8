"""The tables, in types that SQLite and PostgreSQL share, and records read from their rows."""

import datetime as dt
from collections.abc import Collection
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    TypeDecorator,
)

METADATA = MetaData()
_Record = TypeVar("_Record")


class _Utc(TypeDecorator[dt.datetime]):
    """A time, kept in UTC without saying so, as SQLite keeps no zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self, value: dt.datetime | None, _dialect: Dialect
    ) -> dt.datetime | None:
        return value and value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(
        self, value: dt.datetime | None, _dialect: Dialect
    ) -> dt.datetime | None:
        return value and value.replace(tzinfo=dt.UTC)


class _Several(TypeDecorator[Collection[Any]]):
    """Several values, kept as a JSON list."""

    impl = JSON
    cache_ok = True

    def __init__(self, into: type[tuple[Any, ...]] | type[frozenset[Any]] = tuple) -> None:
        super().__init__()
        self.into = into

    def process_result_value(
        self, value: list[Any] | None, _dialect: Dialect
    ) -> Collection[Any] | None:
        return value if value is None else self.into(value)


FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("time", _Utc, nullable=False, index=True),
    Column("useful", Boolean, nullable=False),
    Column("reason", String(32)),
    Column("comment", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("history", _Several, nullable=False),
    Column("language", String(2), nullable=False),
    Column("status", String(16), nullable=False),
    Column("answer_id", String(64), nullable=False),
    Column("index_id", String(64), nullable=False),
    Column("citations", _Several, nullable=False),
    Column("removed", _Several, nullable=False),
)
KEYS = Table(
    "api_keys",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("name", String(64), nullable=False, index=True, unique=True),
    Column("scopes", _Several(frozenset), nullable=False),
    Column("start", String(6), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created", _Utc, nullable=False),
    Column("last_day", Date),
    Column("revoked", _Utc),
    Column("used", _Utc),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("time", _Utc, nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("key_id", String(64)),
    Column("request_id", String(64), nullable=False),
    Column("question", Text, nullable=False),
    Column("standalone", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("status", String(16), nullable=False),
    Column("confidence", Double, nullable=False),
    Column("citations", _Several, nullable=False),
    Column("scores", _Several, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("model", Text, nullable=False),
    Column("index_id", String(64), nullable=False),
    Column("timings_ms", JSON, nullable=False),
)
NOTES = Table(
    "notes",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("time", _Utc, nullable=False),
    Column("words", _Several, nullable=False),
)


def read_row(form: type[_Record], row: RowMapping) -> _Record:
    """Make a record, a dataclass, of the columns that are named as its fields are."""
    return form(**{field.name: row[field.name] for field in fields(form)})  # type: ignore[arg-type]  # columns are named as fields
