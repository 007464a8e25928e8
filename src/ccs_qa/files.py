"""What several rooms do with files: digest them, keep others out, have them on the disk."""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A disk that is full, a quota, a limit, a folder that is protected.
_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def locked(path: Path, busy: Exception | None = None) -> Iterator[None]:
    """Hold a file for one process at a time; the system frees that of a process that was killed.

    Args:
        busy: Raised where another holds it; None to wait.
    """
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError as held:
            raise busy or held from None
        yield


@contextmanager
def writing(refused: Exception) -> Iterator[None]:
    """Raise that error where the disk takes no more."""
    try:
        yield
    except OSError as error:
        if error.errno in _UNWRITABLE:
            raise refused from None
        raise


def digest_file(path: Path) -> str:
    """Digest a file, as hex sha256."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


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
