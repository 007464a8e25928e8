"""What several rooms do with files: keep others out, and have on the disk what was written."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A disk that is full, a quota, a limit, a folder that is protected.
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a file for one process at a time; the system frees that of a process that was killed.

    Raises:
        BlockingIOError: Another holds it, and nobody is to wait.
    """
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def flush(folder: Path) -> None:
    """Have everything below a folder on the disk, names included, before anything points at it."""
    for path in folder.rglob("*"):
        flush_one(path)
    flush_one(folder)


def flush_one(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
