"""Records of answers that the database has not taken yet: one file, one record a line.

Several threads and processes may write and empty it at once: whoever changes it locks it, and
looks whether it still is the file of that name. What is taken out of it lies in the database by
then: a process that dies in between leaves a record in both, and the database keeps it once.
"""

import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ccs_qa.errors import AuditError
from ccs_qa.files import flush_one
from ccs_qa.store.audit import AuditRecord

MOST_BYTES = 64 * 1024 * 1024
_AT_ONCE = 1024 * 1024
_MODE = 0o600
_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


class Spool:
    """The file, which exists while records wait in it."""

    def __init__(self, path: Path, *, safe: bool, most: int = MOST_BYTES) -> None:
        """Say where it lies, whether it outlives a machine that loses power, and its most bytes."""
        self.path = path
        self._safe = safe
        self._most = most

    def append(self, record: AuditRecord) -> None:
        """Add a record, or raise an `AuditError`; it outlives this process from then on."""
        line = json.dumps(record.row()).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._open(os.O_CREAT) as file:
                with self._locked(file) as size:
                    self._write(file, size, line)
                # Not under the lock: the system syncs what several have written at once.
                if self._safe:
                    os.fsync(file)
        except OSError as error:
            problem = "room" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "unwritable"
            raise AuditError(problem=problem, where=str(self.path)) from None

    def drain(self, keep: Callable[[Sequence[AuditRecord], int], None]) -> bool:
        """Take records out once `keep` has returned; it is also told how many cannot be read.

        Returns:
            Whether there may be more.
        """
        try:
            with self._open() as file:
                with self._locked(file):
                    lines, _, _ = os.pread(file, _AT_ONCE, 0).rpartition(b"\n")
                if not lines:
                    return False
                found = [_read(line) for line in lines.split(b"\n")]
                records = [record for record in found if record is not None]
                keep(records, len(found) - len(records))
                with self._locked(file) as size:
                    self._cut(file, len(lines) + 1, size)
        except FileNotFoundError:  # nothing waits, or another process has taken it out meanwhile
            return False
        return True

    @contextmanager
    def _open(self, more: int = 0) -> Iterator[int]:
        while True:
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | more, _MODE)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                # One that another process emptied meanwhile has no name any more.
                if os.fstat(file).st_ino == self._inode():
                    yield file
                    return
            finally:
                os.close(file)

    def _inode(self) -> int | None:
        try:
            return self.path.stat().st_ino
        except FileNotFoundError:
            return None

    @contextmanager
    def _locked(self, file: int) -> Iterator[int]:
        """Lock the file for a while; gives its size in bytes."""
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_ino != self._inode():
            raise FileNotFoundError
        try:
            yield os.fstat(file).st_size
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _write(self, file: int, size: int, line: bytes) -> None:
        whole = _whole(file, size)
        if whole + len(line) > self._most:
            raise OSError(errno.ENOSPC, "the spool is full")
        if whole < size:  # its writer died before anybody was answered
            os.ftruncate(file, whole)
        if self._safe and not whole:
            flush_one(self.path.parent)
        written = 0
        try:
            written = os.write(file, line)
        finally:
            if written < len(line):
                os.ftruncate(file, whole)
        if written < len(line):
            raise OSError(errno.ENOSPC, "no room")

    def _cut(self, file: int, taken: int, size: int) -> None:
        if size == taken:
            self.path.unlink()
            return
        rest = self.path.with_suffix(".rest")
        with os.fdopen(os.open(rest, _ANEW, _MODE), "wb") as copy:
            while part := os.pread(file, _AT_ONCE, taken):
                taken += copy.write(part)
            copy.flush()
            if self._safe:
                os.fsync(copy.fileno())
        rest.replace(self.path)
        if self._safe:
            flush_one(self.path.parent)


def _whole(file: int, size: int) -> int:
    """Find the end of the last whole line."""
    if not size or os.pread(file, 1, size - 1) == b"\n":
        return size
    tail = os.pread(file, _AT_ONCE, max(0, size - _AT_ONCE))
    return size - len(tail) + tail.rfind(b"\n") + 1


def _read(line: bytes) -> AuditRecord | None:
    try:
        return AuditRecord.read(json.loads(line))
    except (ValueError, TypeError, KeyError):
        return None
