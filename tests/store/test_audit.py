"""The record of answers: what is read again, listed and forgotten."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ccs_qa.errors import StoreError
from ccs_qa.store.audit import AuditRecord
from ccs_qa.store.store import Store, open_store

RECORD = AuditRecord(
    id="ab12",
    time=dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC),
    channel="page",
    key_id=None,
    request_id="r-1",
    question="How could AI help?",
    standalone="How could AI help?",
    language="en",
    status="answered",
    confidence=0.75,
    citations=("2024-11-01-s-9f742ebe",),
    scores=(1.5, -0.25),
    mode="extractive",
    model="embedded",
    index_id="cd34",
    timings_ms={"encode": 4.5},
)


def record(day: int, **changes: object) -> AuditRecord:
    """A record of a day of November 2026, at noon."""
    time = dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC)
    return replace(RECORD, id=f"answer-{day}", time=time, **changes)  # type: ignore[arg-type]  # any field


def test_a_record_is_read_again(store: Store) -> None:
    """Every field, with a key and without."""
    for item in (record(1), record(2, key_id="portal", question="é")):
        store.audit.save(item)
    assert list(store.audit.records()) == [
        record(1),
        record(2, key_id="portal", question="é"),
    ]


def test_records_are_listed_oldest_first_from_a_day_on(store: Store) -> None:
    """Days 1 to 3, kept in another order."""
    for day in (2, 3, 1):
        store.audit.save(record(day))
    second = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    assert [item.time.day for item in store.audit.records()] == [1, 2, 3]
    assert [item.time.day for item in store.audit.records(second)] == [2, 3]


def test_purging_forgets(store: Store) -> None:
    """The day named is kept."""
    for day in (1, 2, 3):
        store.audit.save(record(day))
    assert store.audit.purge(dt.datetime(2026, 11, 3, tzinfo=dt.UTC)) == 2
    assert list(store.audit.records()) == [record(3)]


def test_purging_a_file_forgets_for_good(file_url: str, tmp_path: Path) -> None:
    """No file holds the words of what is gone."""
    store = open_store(file_url)
    for day in (1, 2, 3):
        store.audit.save(record(day, question=f"mot-secret-{day}"))
    store.audit.purge(dt.datetime(2026, 11, 3, tzinfo=dt.UTC))
    store.close()
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("kept*"))
    assert b"mot-secret-3" in held
    assert b"mot-secret-1" not in held


@pytest.mark.slow
def test_many_records_are_read_while_others_are_kept(url: str) -> None:
    """More than are fetched at once, and one that arrives in between disturbs nothing."""
    store = open_store(url)
    for number in range(520):
        store.audit.save(replace(record(1), id=f"answer-{number:04}"))
    read = store.audit.records()
    first = next(read)
    store.audit.save(record(2))
    assert [first.id, *(item.id for item in read)][:520] == [f"answer-{n:04}" for n in range(520)]
    assert sum(1 for _ in store.audit.records()) == 521
    store.close()


def test_a_record_is_kept_once(store: Store) -> None:
    """An answer has one record, the first, whoever brings another beside new ones."""
    store.audit.save(record(1))
    store.audit.save(record(1, question="Again?"), record(2))
    store.audit.save()
    assert list(store.audit.records()) == [record(1), record(2)]
    assert store.audit.newest() == record(2).time


def test_records_are_kept_together_or_not_at_all(store: Store) -> None:
    """One that no database takes keeps back those beside it, and says that time will not help."""
    with pytest.raises(StoreError) as caught:
        store.audit.save(record(1), record(2, question=None))
    assert caught.value.details["problem"] == "refused"
    assert list(store.audit.records()) == []
    assert store.audit.newest() is None


def test_a_row_is_json() -> None:
    """Every field under its name; the time with its zone."""
    row = json.loads(json.dumps(RECORD.row()))
    assert row["time"] == "2026-11-01T12:00:00+00:00"
    assert row["citations"] == ["2024-11-01-s-9f742ebe"]
    assert row.keys() == set(AuditRecord.__dataclass_fields__)
    assert AuditRecord.read(row) == RECORD
