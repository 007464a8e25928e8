"""Index files on disk: manifest, checksums, atomic swap.

index/CURRENT              name of the version in use, replaced in one step
index/<version>/           one whole index: manifest.json and the files it names
index/.building-*          what an interrupted build left; removed by the next one
index/.lock                held while a build runs
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ccs_qa.errors import IndexDamagedError, IndexMissingError, IndexStaleError, SearchIndexError
from ccs_qa.index.views import SplitterSettings

FORMAT = 4
CURRENT = "CURRENT"
_MANIFEST = "manifest.json"
_BUILDING = ".building-"
_LIBRARIES = ("faiss-cpu", "bm25s", "PyStemmer", "numpy", "sentence-transformers")


class IndexManifest(BaseModel):
    """What an index was built from and what it holds.

    Attributes:
        format: Layout of the files; raised when they change.
        dimension: Width of a vector.
        files: sha256 of each file, by path inside the version.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    model: str
    dimension: int
    corpus: str
    splitter: SplitterSettings
    counts: dict[str, int]
    libraries: dict[str, str]
    files: dict[str, str]

    @property
    def index_id(self) -> str:
        """Short name of the content: equal for two builds from the same sources."""
        parts = (self.format, self.model, self.corpus, self.splitter.model_dump_json())
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:12]


def library_versions() -> dict[str, str]:
    """Name the versions of the libraries that write an index."""
    return {name: importlib.metadata.version(name) for name in _LIBRARIES}


def digest_files(folder: Path) -> dict[str, str]:
    """Digest every file of a version but its manifest, hex sha256 by path inside it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _MANIFEST:
            with path.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = digest
    return found


@contextlib.contextmanager
def lock_folder(index: Path) -> Iterator[Path]:
    """Give a clean scratch folder inside the index folder to one builder at a time.

    Yields:
        An empty folder beside the versions, removed afterwards unless swapped in.

    Raises:
        SearchIndexError: Another build is running.
    """
    index.mkdir(parents=True, exist_ok=True)
    with (index / ".lock").open("w") as handle:
        try:
            # The system frees the lock of a process that was killed: none is ever left behind.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SearchIndexError(problem="busy", found=index.name) from None
        # Safe under the lock: whoever made it is gone.
        for leftover in index.glob(f"{_BUILDING}*"):
            shutil.rmtree(leftover)
        scratch = index / f"{_BUILDING}{secrets.token_hex(4)}"
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def swap_in(index: Path, scratch: Path, manifest: IndexManifest) -> None:
    """Put a finished build in use, in one step; older versions go afterwards."""
    (scratch / _MANIFEST).write_text(manifest.model_dump_json(indent=2), "utf-8")
    # On disk before anything points at it: after a power cut the pointer must not outlive the
    # files.
    _flush(scratch)
    # With a suffix: a build from the same sources must not meet the version in use.
    version = index / f"{manifest.index_id}-{secrets.token_hex(4)}"
    scratch.rename(version)
    pointer = index / f"{CURRENT}.new"
    pointer.write_text(version.name, "utf-8")
    _flush(index, deep=False)
    # One rename, which is atomic: a reader sees the old version or the new one, whole.
    pointer.replace(index / CURRENT)
    for old in index.iterdir():
        if old.is_dir() and old != version and (old / _MANIFEST).is_file():
            # What cannot be removed now goes with the next build.
            shutil.rmtree(old, ignore_errors=True)


def _flush(folder: Path, *, deep: bool = True) -> None:
    paths = folder.rglob("*") if deep else folder.glob("*")
    for path in paths:
        if path.is_file():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())


def current_version(index: Path) -> Path:
    """Find the version in use.

    Raises:
        IndexMissingError: Nothing was built yet.
        IndexDamagedError: The pointer names a version that is not there.
    """
    pointer = index / CURRENT
    if not pointer.is_file():
        raise IndexMissingError(folder=index.name)
    version = index / pointer.read_text("utf-8").strip()
    if version.parent != index or not (version / _MANIFEST).is_file():
        raise IndexDamagedError(file=CURRENT)
    return version


def read_index_manifest(version: Path) -> IndexManifest:
    """Read the manifest of a version.

    Raises:
        IndexDamagedError: It cannot be read.
        IndexStaleError: It has another layout than this release reads.
    """
    try:
        manifest = IndexManifest.model_validate_json((version / _MANIFEST).read_bytes())
    except (OSError, ValidationError):
        raise IndexDamagedError(file=_MANIFEST) from None
    if manifest.format != FORMAT:
        raise IndexStaleError(what="format", built=str(manifest.format), now=str(FORMAT))
    return manifest


def check_files(version: Path, manifest: IndexManifest) -> None:
    """Compare every file of a version with its checksum, else raise `IndexDamagedError`."""
    found = digest_files(version)
    # A file too many is damage as well: a library might read it.
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise IndexDamagedError(file=name)
