"""Changes a corpus folder whole or not at all, whatever stops a command halfway.

corpus/.changing/   a copy that is being changed; nobody reads it, the next command clears it
corpus/.changed/    the files that a finished change puts in place: the copy, renamed in one step,
                    from when on the change is made; whoever comes next finishes it
corpus/.lock        held while somebody changes the folder
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from ccs_qa.errors import CorpusError
from ccs_qa.files import flush, flush_one, locked, writing

_CHANGING, _CHANGED, _LOCK, _REMOVED = ".changing", ".changed", ".lock", ".removed"
_Read = TypeVar("_Read")


@contextmanager
def changing(folder: Path) -> Iterator[Path]:
    """Give a copy of a corpus folder to change; it takes its place when the block ends well.

    Raises:
        CorpusError: There is no folder, another command is changing it, or the disk takes no more:
            the folder is as it was.
    """
    if not folder.is_dir():
        raise CorpusError(problem="unreadable", file=folder.name)
    unwritable = CorpusError(problem="unwritable", file=folder.name)
    with writing(unwritable), hold(folder, wait=False):
        _settle(folder)
        copy = folder / _CHANGING
        try:
            copy.mkdir()
            for path in _files(folder):
                shutil.copyfile(path, copy / path.name)
            # Only what is changed here is put in place: who edits another file keeps that.
            before = {path.name: path.read_bytes() for path in _files(copy)}
            yield copy
            _keep_changes(copy, before)
            flush(copy)
            copy.rename(folder / _CHANGED)
        finally:
            shutil.rmtree(copy, ignore_errors=True)
        _settle(folder)


def read_settled(folder: Path, read: Callable[[Path], _Read]) -> _Read:
    """Read a corpus folder as it is between two changes, after clearing what one left behind."""
    while True:
        if any((folder / name).exists() for name in (_CHANGING, _CHANGED)):
            # A change that is put in place takes milliseconds; one being made is not in the way.
            with suppress(CorpusError, OSError), hold(folder, wait=(folder / _CHANGED).exists()):
                _settle(folder)
        before = _stamp(folder)
        try:
            found = read(folder)
        except CorpusError:
            if before == _stamp(folder):
                raise
            continue
        if before == _stamp(folder):
            return found


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.is_file() and path.name[0] != ".")


def _stamp(folder: Path) -> object:
    """What differs after a change was put in place, and while it is."""
    if not folder.is_dir():
        return None
    with suppress(FileNotFoundError):
        found = {
            path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in _files(folder)
        }
        return found, (folder / _CHANGED).exists()
    return object()  # equal to none: a file went while it was looked at


def hold(folder: Path, *, wait: bool) -> AbstractContextManager[None]:
    """Keep other changes from a folder; `CorpusError` where one is made and nobody is to wait."""
    busy = CorpusError(problem="busy", file=folder.name)
    return locked(folder / _LOCK, None if wait else busy)


def _settle(folder: Path) -> None:
    """Finish a change that was made, and clear one that was not."""
    changed = folder / _CHANGED
    if changed.is_dir():
        with suppress(FileNotFoundError):
            for name in json.loads((changed / _REMOVED).read_bytes()):
                (folder / name).unlink(missing_ok=True)
        for path in _files(changed):
            path.replace(folder / path.name)
        flush_one(folder)
        shutil.rmtree(changed)
    shutil.rmtree(folder / _CHANGING, ignore_errors=True)


def _keep_changes(copy: Path, before: dict[str, bytes]) -> None:
    """Leave in the copy what differs from before, with a list of what is gone."""
    now = {path.name: path for path in _files(copy)}
    for name, path in now.items():
        if before.get(name) == path.read_bytes():
            path.unlink()
    (copy / _REMOVED).write_text(json.dumps(sorted(before.keys() - now.keys())), "utf-8")


def copy_settled(folder: Path, copy: Path) -> None:
    """Copy the files of a corpus folder as they are between two changes."""

    def take(settled: Path) -> None:
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in _files(settled):
            shutil.copyfile(path, copy / path.name)

    read_settled(folder, take)
