"""The spool: what was added is taken out, once it is kept elsewhere, whoever dies when."""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.errors import AuditError, StoreError
from ccs_qa.store.audit import AuditRecord
from ccs_qa.store.spool import Spool
from tests.store.test_audit import RECORD

# As many appended, torn or drained, in any order.
STEPS = st.lists(st.sampled_from(["append", "tear", "drain", "refuse"]), max_size=30)


def named(name: str) -> AuditRecord:
    """A record of that name."""
    return replace(RECORD, id=name, question="Où ?\n« é »\u2028\U0001f3db")


class Taken:
    """What was taken out of a spool."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.names: list[str] = []
        self.unreadable = 0

    def keep(self, records: Sequence[AuditRecord], unreadable: int) -> None:
        """Note what comes."""
        assert all(record == named(record.id) for record in records)
        self.names += [record.id for record in records]
        self.unreadable += unreadable


def refuse(_records: Sequence[AuditRecord], _unreadable: int) -> None:
    """Keep nothing."""
    raise StoreError(problem="unreachable", where="")


@given(STEPS, st.booleans())
def test_what_is_added_comes_out_once_in_order(steps: list[str], safe: bool) -> None:
    """A line cut off, as where a writer died, and a database that refuses, change nothing."""
    with tempfile.TemporaryDirectory() as folder:
        spool, taken, added = Spool(Path(folder) / "audit.spool", safe=safe), Taken(), 0
        for step in steps:
            if step == "append":
                spool.append(named(str(added)))
                added += 1
            elif step == "tear":
                with spool.path.open("ab") as file:
                    file.write(json.dumps(RECORD.row()).encode()[:40])
            elif step == "drain":
                spool.drain(taken.keep)
            elif spool.path.exists() and spool.path.read_bytes().count(b"\n"):
                with pytest.raises(StoreError):
                    spool.drain(refuse)
        spool.drain(taken.keep)
        assert taken.names == [str(number) for number in range(added)]
        assert taken.unreadable == 0
        assert not spool.path.exists() or b"\n" not in spool.path.read_bytes()


def test_it_is_private_and_gone_when_empty(tmp_path: Path) -> None:
    """Its folder is made, others read nothing, and nothing is left of what was taken."""
    spool, taken = Spool(tmp_path / "made" / "audit.spool", safe=True), Taken()
    assert spool.drain(taken.keep) is False
    spool.append(named("one"))
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
    assert spool.drain(taken.keep) is True
    assert taken.names == ["one"]
    assert list(spool.path.parent.iterdir()) == []


def test_what_comes_while_records_are_kept_stays(tmp_path: Path) -> None:
    """It is taken next time, and the file stays private."""
    spool, taken = Spool(tmp_path / "audit.spool", safe=True), Taken()
    spool.append(named("one"))

    def keep(records: Sequence[AuditRecord], unreadable: int) -> None:
        spool.append(named("two"))
        taken.keep(records, unreadable)

    spool.drain(keep)
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
    spool.drain(taken.keep)
    assert taken.names == ["one", "two"]


def test_two_that_empty_it_at_once_lose_nothing(tmp_path: Path) -> None:
    """While one keeps a record, another takes it as well, and a third adds one."""
    one, two = (Spool(tmp_path / "audit.spool", safe=False) for _ in range(2))
    taken = Taken()
    one.append(named("a"))

    def keep(records: Sequence[AuditRecord], unreadable: int) -> None:
        two.drain(taken.keep)
        two.append(named("b"))
        taken.keep(records, unreadable)

    one.drain(keep)
    one.drain(taken.keep)
    assert taken.names == ["a", "a", "b"]


def test_a_line_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Those around it are kept."""
    spool, taken = Spool(tmp_path / "audit.spool", safe=False), Taken()
    spool.append(named("one"))
    with spool.path.open("ab") as file:
        file.write(b'{"id": 1}\n\xff\n')
    spool.append(named("two"))
    spool.drain(taken.keep)
    assert (taken.names, taken.unreadable) == (["one", "two"], 2)


def test_it_has_a_size(tmp_path: Path) -> None:
    """One more than fits is refused, and what waits is whole."""
    line = len(json.dumps(named("0").row())) + 1
    spool, taken = Spool(tmp_path / "audit.spool", safe=False, most=3 * line), Taken()
    for number in range(3):
        spool.append(named(str(number)))
    with pytest.raises(AuditError) as caught:
        spool.append(named("3"))
    assert caught.value.details["problem"] == "room"
    spool.drain(taken.keep)
    assert taken.names == ["0", "1", "2"]
    spool.append(named("3"))


def test_a_disk_that_fills_up_in_the_middle_of_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it is written and taken back: the next one stands on a line of its own."""
    spool, taken, write = Spool(tmp_path / "audit.spool", safe=True), Taken(), os.write
    spool.append(named("one"))
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[: len(line) // 2]))
    with pytest.raises(AuditError) as caught:
        spool.append(named("lost"))
    assert caught.value.details["problem"] == "room"
    monkeypatch.setattr(os, "write", write)
    spool.append(named("two"))
    spool.drain(taken.keep)
    assert (taken.names, taken.unreadable) == (["one", "two"], 0)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder where the file should be, and a file where its folder should be."""
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "audit.spool"):
        with pytest.raises(AuditError) as caught:
            Spool(path, safe=False).append(RECORD)
        assert caught.value.details["problem"] == "unwritable"


def test_threads_add_while_others_empty_it(tmp_path: Path) -> None:
    """Eight add fifty each, two take out: each comes out, those of one thread in order."""
    spool, taken, lock, ended = (
        Spool(tmp_path / "audit.spool", safe=False),
        Taken(),
        threading.Lock(),
        threading.Event(),
    )

    def keep(records: Sequence[AuditRecord], unreadable: int) -> None:
        with lock:
            taken.keep(records, unreadable)

    def add(number: int) -> None:
        for turn in range(50):
            spool.append(named(f"{number}-{turn:02}"))

    def take() -> None:
        while not ended.is_set():
            spool.drain(keep)

    adding = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    taking = [threading.Thread(target=take) for _ in range(2)]
    for thread in (*adding, *taking):
        thread.start()
    for thread in adding:
        thread.join()
    ended.set()
    for thread in taking:
        thread.join()
    while spool.drain(keep):
        pass
    assert sorted(set(taken.names)) == [f"{n}-{turn:02}" for n in range(8) for turn in range(50)]
    assert taken.unreadable == 0


_WRITER = """
import sys, threading
from dataclasses import replace
from pathlib import Path
from ccs_qa.store.spool import Spool
from tests.store.test_audit import RECORD
spool = Spool(Path(sys.argv[1]), safe=True)
def work(name):
    for number in range(100_000):
        spool.append(replace(RECORD, id=f"{sys.argv[2]}-{name}-{number}"))
        sys.stdout.write(f"{sys.argv[2]}-{name}-{number}\\n")
        sys.stdout.flush()
def take():
    kept = open(sys.argv[3], "a")
    def keep(records, unreadable):
        assert not unreadable
        kept.write("".join(record.id + "\\n" for record in records)); kept.flush()
    while True:
        spool.drain(keep)
for name in "abc":
    threading.Thread(target=work, args=(name,)).start()
take()
"""


@pytest.mark.slow
def test_a_process_that_is_killed_loses_nothing_that_it_said_was_kept(tmp_path: Path) -> None:
    """Twenty are, at a moment of their own, while three threads add and one takes out."""
    path, kept, said = tmp_path / "audit.spool", tmp_path / "kept", list[str]()
    for run in range(20):
        command = [sys.executable, "-c", _WRITER, str(path), str(run), str(kept)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            said += [writer.stdout.readline().strip() for _ in range(1 + 7 * run)]
            writer.send_signal(signal.SIGKILL)
            said += [line.strip() for line in writer.stdout if line.endswith("\n")]
    names = kept.read_text().split()

    def keep(records: Sequence[AuditRecord], unreadable: int) -> None:
        assert not unreadable
        names.extend(record.id for record in records)

    while Spool(path, safe=True).drain(keep):
        pass
    assert len(said) > 20
    assert set(said) - set(names) == set()
