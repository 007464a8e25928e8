"""What is old is forgotten: step by step, on a full disk, and never by a clock that jumped."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from ccs_qa.errors import StoreError
from ccs_qa.store import connection
from ccs_qa.store.opening import open_engine
from ccs_qa.store.store import Store, open_store
from tests.store.test_audit import RECORD, record

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
YEAR = 365 * DAY
LATER = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


def test_it_goes_in_steps(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five of seven rows, two at once: three transactions, the oldest rows first."""
    monkeypatch.setattr(connection, "_STEP", 2)
    engine, left = open_engine(url), list[list[int]]()
    trail = Store(engine).audit
    trail.save(*(record(day) for day in range(1, 8)))

    def look(*_: object) -> None:
        left.append([item.time.day for item in Store(other).audit.records()])

    other = open_engine(url)
    event.listen(engine, "commit", look)
    assert trail.purge(dt.datetime(2026, 11, 6, tzinfo=dt.UTC)) == 5
    event.remove(engine, "commit", look)
    assert [item.time.day for item in trail.records()] == [6, 7]
    # Another sees what went before: each time two days less, and nothing half done.
    seen = [days for at, days in enumerate(left) if at == 0 or days != left[at - 1]]
    assert seen[:3] == [[1, 2, 3, 4, 5, 6, 7], [3, 4, 5, 6, 7], [5, 6, 7]]
    engine.dispose()
    other.dispose()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of twelve megabytes, where one may be made."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    options = ["-t", "tmpfs", "-o", "size=12m", "tmpfs", str(tmp_path)]
    if (
        not (mount and unmount)
        or subprocess.run([mount, *options], capture_output=True, check=False).returncode
    ):
        pytest.skip("no disk may be mounted here")
    yield tmp_path
    subprocess.run([unmount, "--lazy", str(tmp_path)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_emptied(small_disk: Path) -> None:
    """A new record finds no room; what is old goes all the same, and then there is some."""
    store = open_store(f"sqlite:///{small_disk / 'kept.sqlite3'}")
    old = [replace(record(1), id=f"answer-{number}", question="q" * 1000) for number in range(1200)]
    for at in range(0, 1200, 100):
        store.audit.save(*old[at : at + 100])
    with (small_disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    new = [replace(record(2), id=f"new-{number}", question="q" * 1000) for number in range(3000)]
    with pytest.raises(StoreError) as caught:
        store.audit.save(*new)
    assert caught.value.details["problem"] == "full"
    assert store.audit.purge(LATER) == 1200
    assert list(store.audit.records()) == []
    store.audit.save(*new[:100])
    assert len(list(store.audit.records())) == 100
    store.close()


# Hours from noon of each look at the clock, and whether it was believed.
CLOCKS = {
    "goes on": [(0, True), (1, True), (24, True), (24 + 7 * 24, True)],
    "a week off is not too long, a day more is": [(0, True), (168, True), (337, False)],
    "put back by an hour": [(0, True), (-1, True), (1, True)],
    "put back by three": [(0, True), (-3, False), (0, False), (165, True)],
    "a year ahead": [(0, True), (8760, False), (8800, False)],
    "a year ahead, and right again": [
        (0, True),
        (8760, False),
        (1, False),
        (100, False),
        (168, False),
        (169, True),
    ],
    "a year ahead for a week": [(0, True), (8760, False), (8760 + 168, True)],
    "a year back": [(0, True), (-8760, False), (1, False), (169, True)],
}


@pytest.mark.parametrize("looks", CLOCKS.values(), ids=CLOCKS)
def test_when_the_clock_is_believed(store: Store, looks: list[tuple[int, bool]]) -> None:
    """Not for a week (168 hours) after a jump: back by more than two hours, ahead by a week."""
    for hours, believed in looks:
        assert store.notes.clock_holds(NOON + hours * HOUR, None) is believed, hours


@pytest.mark.parametrize(
    ("hours", "believed"), [(0, True), (168, True), (169, False), (-2, True), (-3, False)]
)
def test_a_clock_first_read_is_compared_with_the_newest_record(
    store: Store, hours: int, believed: bool
) -> None:
    """Where nothing was noted yet, that is the last time known."""
    store.audit.save(replace(RECORD, time=NOON))
    newest = store.audit.newest()
    assert newest == NOON
    assert store.notes.clock_holds(NOON + hours * HOUR, newest) is believed
