"""Copies of the store: made while it is used, put back after it was lost, and checked."""

import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ccs_qa.errors import BackupError, StoreError
from ccs_qa.store.backup import backup, check, restore
from ccs_qa.store.store import LazyStore, open_store
from tests.store.test_audit import RECORD, record

COUNTS = {"feedback": 0, "api_keys": 1, "audit": 2}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with two records and a key."""
    found = tmp_path / "100%" / "kept.sqlite3"
    store = open_store(f"sqlite:///{found}")
    store.audit.save(record(1), record(2))
    store.keys.create("tool", ["read"])
    store.close()
    return found


def refused(problem: str) -> "pytest.RaisesExc[BackupError]":
    """Expect a refusal for that reason."""
    return pytest.raises(BackupError, check=lambda it: it.details["problem"] == problem)


def test_the_file_and_those_beside_it_are_private(path: Path) -> None:
    """Also where it was open to others before."""
    path.chmod(0o644)
    store = open_store(f"sqlite:///{path}")
    store.audit.save(record(3))
    modes = {item.name: stat.S_IMODE(item.stat().st_mode) for item in path.parent.iterdir()}
    assert modes == dict.fromkeys((path.name, f"{path.name}-wal", f"{path.name}-shm"), 0o600)
    store.close()


@pytest.mark.slow
def test_another_process_that_comes_and_goes_takes_nothing_along(path: Path) -> None:
    """Opened twice here: what one writes after another process closed the file, a third reads."""
    url = f"sqlite:///{path}"
    first, second = open_store(url), open_store(url)
    first.audit.save(record(3))
    code = (
        "import sys; from ccs_qa.store.store import open_store; store = open_store(sys.argv[1]);"
        "print(len(list(store.audit.records()))); store.close()"
    )
    told = []
    for number in (4, 5):
        other = subprocess.run([sys.executable, "-c", code, url], check=True, capture_output=True)
        told.append(int(other.stdout))
        second.audit.save(record(number))
    for store in (first, second):
        assert len(list(store.audit.records())) == 5
        store.close()
    assert told == [3, 4]


def test_a_store_that_was_lost_is_put_back(path: Path, tmp_path: Path) -> None:
    """Whoever has it open is told that it is gone, and goes on with the copy."""
    url, copy = f"sqlite:///{path}", tmp_path / "copies" / "kept.copy"
    lazy = LazyStore(url)
    before = list(lazy.store().audit.records())
    assert backup(url, copy) == COUNTS
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    for lost in path.parent.iterdir():
        lost.unlink()
    with pytest.raises(StoreError) as caught:
        lazy.store()
    assert caught.value.details["problem"] == "gone"
    with refused("gone"):
        check(url)
    assert restore(url, copy) == COUNTS
    assert list(lazy.store().audit.records()) == before
    lazy.store().audit.save(record(3))
    lazy.close()
    assert check(url) == {**COUNTS, "audit": 3}
    assert check(f"sqlite:///{copy}") == COUNTS
    assert [item.name for item in copy.parent.iterdir()] == [copy.name]


def test_a_copy_is_whole_while_others_write(path: Path, tmp_path: Path) -> None:
    """Records of one transaction are in it together or not at all."""
    url, ended = f"sqlite:///{path}", threading.Event()

    def write() -> None:
        store, number = open_store(url), 0
        while not ended.is_set():
            number += 2
            store.audit.save(*(replace(RECORD, id=str(number + more)) for more in (0, 1)))
        store.close()

    store = open_store(url)
    store.audit.purge(record(9).time)
    writer = threading.Thread(target=write)
    writer.start()
    found = [backup(url, tmp_path / f"{number}.copy")["audit"] for number in range(5)]
    ended.set()
    writer.join()
    store.close()
    assert all(number % 2 == 0 for number in found)


def test_what_can_be_read_is_not_given_up_unasked(path: Path, tmp_path: Path) -> None:
    """Neither by putting a copy back, nor by making one."""
    url, copy = f"sqlite:///{path}", tmp_path / "kept.copy"
    backup(url, copy)
    with refused("exists"):
        backup(url, copy)
    store = open_store(url)
    store.audit.save(record(3))
    with refused("in-use"):
        restore(url, copy)
    assert check(url)["audit"] == 3
    restore(url, copy, replace=True)
    store.close()
    assert check(url) == COUNTS


@pytest.mark.parametrize("content", [b"", b"no database" * 100, None])
def test_what_is_no_copy_is_not_put_back(path: Path, tmp_path: Path, content: bytes | None) -> None:
    """Empty, something else, or a page overwritten; the store stays."""
    url, copy = f"sqlite:///{path}", tmp_path / "kept.copy"
    if content is None:
        backup(url, copy)
        whole = copy.read_bytes()
        content = whole[:4096] + bytes(4096) + whole[8192:]
    copy.write_bytes(content)
    with refused("damaged"):
        restore(url, copy, replace=True)
    with refused("damaged"):
        check(f"sqlite:///{copy}")
    with refused("gone"):
        restore(url, tmp_path / "none", replace=True)
    assert check(url) == COUNTS


def test_a_damaged_store_is_named_and_replaced(path: Path, tmp_path: Path) -> None:
    """No option is needed: there is nothing in it to give up."""
    url, copy = f"sqlite:///{path}", tmp_path / "kept.copy"
    backup(url, copy)
    path.write_bytes(b"x" * 5000)
    with refused("damaged"):
        check(url)
    with refused("failed"):
        backup(url, tmp_path / "other")
    assert not (tmp_path / "other").exists()
    assert restore(url, copy) == COUNTS


def test_a_copy_has_no_other_file_beside_it(path: Path, tmp_path: Path) -> None:
    """It is one file, and one can read it where nothing may be written."""
    backup(f"sqlite:///{path}", tmp_path / "kept.copy")
    with sqlite3.connect(tmp_path / "kept.copy") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_postgresql_has_tools_of_its_own() -> None:
    """It is refused without being asked; what is no address at all, as ever."""
    url = "postgresql://me@127.0.0.1:1/kept"
    with refused("postgresql"):
        backup(url, Path("copy"))
    with refused("postgresql"):
        restore(url, Path("copy"))
    with refused("postgresql"):
        check(url)
    with pytest.raises(StoreError):
        check("nonsense")
