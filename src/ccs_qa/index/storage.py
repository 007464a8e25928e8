"""Editions on disk: manifest, checksums, atomic swap.

index/CURRENT              name of the edition in use, replaced in one step
index/<edition>/           one whole index: manifest.json and the files it names
index/<edition>/corpus/    the pages, pairs and hints that it was built from, as they were
index/.building-*          an edition that is being built
index/.leaving-*           one that goes: no longer an edition from its first step on
index/.lock                held while a build runs; what others left behind goes at the next command
"""

import contextlib
import datetime as dt
import hashlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ccs_qa.errors import (
    EditionMissingError,
    IndexDamagedError,
    IndexMissingError,
    IndexStaleError,
    SearchIndexError,
)
from ccs_qa.files import digest_file, flush, flush_one, locked, writing
from ccs_qa.index.views import SplitterSettings

FORMAT = 5
CURRENT = "CURRENT"
CORPUS = "corpus"
# So many editions stay: the one in use, and of the others those made last.
KEPT = 4
_MANIFEST = "manifest.json"
_PAGES = f"{CORPUS}/{_MANIFEST}"
_BUILDING, _LEAVING = ".building-", ".leaving-"


class IndexManifest(BaseModel):
    """What an index was built from and what it holds.

    Attributes:
        format: Layout of the files; raised when they change.
        made: When it was built, UTC.
        parent: The edition that was in use before; None for the first.
        dimension: Width of a vector.
        files: sha256 of each file, by path inside the edition.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    made: dt.datetime
    parent: str | None
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


def digest_files(folder: Path) -> dict[str, str]:
    """Digest every file of an edition but its own manifest, hex sha256 by path inside it."""
    return {
        path.relative_to(folder).as_posix(): digest_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / _MANIFEST
    }


@contextlib.contextmanager
def lock_folder(index: Path) -> Iterator[Path]:
    """Give a clean scratch folder inside the index folder to one builder at a time.

    Yields:
        An empty folder beside the editions, removed afterwards unless swapped in.

    Raises:
        SearchIndexError: Another build is running.
    """
    index.mkdir(parents=True, exist_ok=True)
    busy = SearchIndexError(problem="busy", found=index.name)
    unwritable = SearchIndexError(problem="unwritable", found=index.name)
    with locked(index / ".lock", busy), writing(unwritable):
        # Safe under the lock: whoever made it is gone.
        for leftover in (*index.glob(f"{_BUILDING}*"), *index.glob(f"{_LEAVING}*")):
            shutil.rmtree(leftover, ignore_errors=True)
        scratch = index / f"{_BUILDING}{secrets.token_hex(4)}"
        try:
            scratch.mkdir()
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def clear_leftovers(index: Path) -> None:
    """Remove what a command that was stopped left behind, unless one is running."""
    if any(index.glob(f"{_BUILDING}*")) or any(index.glob(f"{_LEAVING}*")):
        with contextlib.suppress(SearchIndexError, OSError), lock_folder(index):
            pass


def swap_in(index: Path, scratch: Path, manifest: IndexManifest) -> None:
    """Put a finished build in use, in one step; the oldest editions go afterwards."""
    (scratch / _MANIFEST).write_text(manifest.model_dump_json(indent=2), "utf-8")
    # On disk before anything points at it: after a power cut the pointer must not outlive the
    # files.
    flush(scratch)
    # With a suffix: a build from the same sources must not meet the edition in use.
    edition = index / f"{manifest.index_id}-{secrets.token_hex(4)}"
    scratch.rename(edition)
    _point_at(index, edition)
    others = [name for name, _ in editions(index) if name != edition.name]
    kept = {edition.name, *others[: KEPT - 1]}
    for old in list(index.iterdir()):
        if old.name not in kept and (old / _MANIFEST).is_file() and not old.name.startswith("."):
            remove_edition(old)


def remove_edition(edition: Path) -> None:
    """Remove an edition under the lock: in one step for who reads, then file by file."""
    leaving = edition.with_name(f"{_LEAVING}{edition.name}")
    edition.rename(leaving)
    # What cannot be removed now goes with the next command.
    shutil.rmtree(leaving, ignore_errors=True)


def use_edition(index: Path, name: str) -> IndexManifest:
    """Put another edition in use, in one step.

    Raises:
        EditionMissingError: There is none of that name.
        IndexDamagedError: A file of it is missing or altered; the one in use stays.
        SearchIndexError: A build is running.
    """
    with lock_folder(index):
        edition = find_edition(index, name)
        manifest = read_index_manifest(edition)
        check_files(edition, manifest)
        _point_at(index, edition)
    return manifest


def find_edition(index: Path, name: str) -> Path:
    """Find an edition that this release reads by its name, else `EditionMissingError`."""
    if name not in dict(editions(index)):
        raise EditionMissingError(name=name)
    return index / name


def editions(index: Path) -> list[tuple[str, IndexManifest]]:
    """List the editions that this release reads, by name; the one made last stands first."""
    found = []
    for folder in index.glob("[!.]*") if index.is_dir() else ():
        with contextlib.suppress(SearchIndexError):
            found.append((folder.name, read_index_manifest(folder)))
    return sorted(found, key=lambda item: (item[1].made, item[0]), reverse=True)


def _point_at(index: Path, edition: Path) -> None:
    pointer = index / f"{CURRENT}.new"
    pointer.write_text(edition.name, "utf-8")
    flush_one(pointer)
    flush_one(index)
    # One rename, which is atomic: a reader sees the old edition or the new one, whole.
    pointer.replace(index / CURRENT)
    flush_one(index)


def current_edition(index: Path) -> Path:
    """Find the edition in use.

    Raises:
        IndexMissingError: Nothing was built yet.
        IndexDamagedError: The pointer names an edition that is not there.
    """
    pointer = index / CURRENT
    if not pointer.is_file():
        raise IndexMissingError(folder=index.name)
    edition = index / pointer.read_text("utf-8").strip()
    if edition.parent != index or not (edition / _MANIFEST).is_file():
        raise IndexDamagedError(file=CURRENT)
    return edition


def edition_in_use(index: Path) -> str | None:
    """Name the edition in use; None for none that is there."""
    with contextlib.suppress(SearchIndexError):
        return current_edition(index).name
    return None


def read_index_manifest(edition: Path) -> IndexManifest:
    """Read the manifest of an edition.

    Raises:
        IndexDamagedError: It cannot be read.
        IndexStaleError: It has another layout than this release reads.
    """
    try:
        manifest = IndexManifest.model_validate_json((edition / _MANIFEST).read_bytes())
    except (OSError, ValidationError):
        raise IndexDamagedError(file=_MANIFEST) from None
    if manifest.format != FORMAT:
        raise IndexStaleError(what="format", built=str(manifest.format), now=str(FORMAT))
    return manifest


def check_files(edition: Path, manifest: IndexManifest) -> None:
    """Compare every file of an edition with its checksum, else raise `IndexDamagedError`."""
    found = digest_files(edition)
    if _PAGES not in manifest.files:  # editions built when it was not in the list
        found.pop(_PAGES, None)
    # A file too many is damage as well: a library might read it.
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise IndexDamagedError(file=name)
