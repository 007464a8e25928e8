"""The index in use is always whole: built beside, swapped in, checked, refused when stale."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ccs_qa.errors import IndexDamagedError, IndexMissingError, IndexStaleError, SearchIndexError
from ccs_qa.index.artefacts import load_index
from ccs_qa.index.build import build_index, check_index, index_info
from ccs_qa.index.storage import current_version, lock_folder
from ccs_qa.opening import open_service
from ccs_qa.settings import Settings
from tests.conftest import ROOT

# Of the steps of a build on the disk, one in so many is its last, and each of so many at the end.
EVERY, SWAPPING = 8, 8
NO_STEP = 0


@pytest.fixture
def copy(settings: Settings, tmp_path: Path) -> Settings:
    """Settings that point at copies of corpus and index."""
    shutil.copytree(settings.corpus, tmp_path / "corpus")
    shutil.copytree(settings.index, tmp_path / "index", ignore=shutil.ignore_patterns("README*"))
    return settings.model_copy(update={"corpus": tmp_path / "corpus", "index": tmp_path / "index"})


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    """An empty folder has no index."""
    with pytest.raises(IndexMissingError):
        load_index(tmp_path)


def test_an_altered_file_is_named(copy: Settings) -> None:
    """One byte more in any file is found before it is used."""
    with (current_version(copy.index) / "means.npy").open("ab") as handle:
        handle.write(b"x")
    with pytest.raises(IndexDamagedError) as caught:
        load_index(copy.index)
    assert caught.value.details == {"file": "means.npy"}


def test_a_pointer_outside_the_folder_is_refused(copy: Settings) -> None:
    """The pointer names a version inside the index folder, nothing else."""
    (copy.index / "CURRENT").write_text("../corpus")
    with pytest.raises(IndexDamagedError):
        load_index(copy.index)


def test_one_character_of_the_page_makes_the_index_stale(copy: Settings) -> None:
    """The service refuses, and names the digest of the index and that of the corpus."""
    page = copy.corpus / "ccs-resumes.fr.txt"
    page.write_bytes(page.read_bytes().replace(b"claires, simples", b"claires; simples", 1))
    with pytest.raises(IndexStaleError) as caught:
        open_service(copy)
    details = caught.value.details
    assert details["what"] == "corpus"
    assert details["built"] == index_info(copy).corpus
    assert details["built"] != details["now"]
    with pytest.raises(IndexStaleError):
        check_index(copy)


def test_two_builds_do_not_meet(copy: Settings) -> None:
    """The second is told that the first is running."""
    with lock_folder(copy.index), pytest.raises(SearchIndexError), lock_folder(copy.index):
        pytest.fail("two builders hold the folder")


def test_two_builds_give_the_same_index(copy: Settings, tmp_path: Path) -> None:
    """Same sources, same id, same vectors byte for byte; of one meeting, which takes seconds."""
    shrink(copy.corpus)
    one, two = (
        build_index(copy.model_copy(update={"index": tmp_path / name}), quietly)
        for name in ("one", "two")
    )
    assert one.index_id == two.index_id
    assert one.files == two.files


def test_killed_builds_leave_the_previous_index_in_use(copy: Settings) -> None:
    """Killed at steps on the disk, those of the swap included, an index answers each time.

    The last builder is killed at no step: it puts a new index in the place of the old one.
    """
    shrink(copy.corpus)
    environment = {
        **os.environ,
        "CCS_QA_CORPUS": str(copy.corpus),
        "CCS_QA_INDEX": str(copy.index),
        # The script lies here, where `eval` is no package that is installed.
        "PYTHONPATH": str(ROOT),
    }
    before = current_version(copy.index).name
    versions = []
    with subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "index" / "rebuild_killed.py")],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as forks:
        assert forks.stdin is not None
        assert forks.stdout is not None
        last = int(forks.stdout.readline())
        steps = [*range(1, last - SWAPPING, EVERY), *range(last - SWAPPING, last + 1), NO_STEP]
        for step in steps:
            forks.stdin.write(f"{step}\n")
            forks.stdin.flush()
            assert int(forks.stdout.readline()) == (-signal.SIGKILL if step != NO_STEP else 0)
            index = load_index(copy.index)
            assert len(index.passages) > 0
            assert index.lexical("passeport", "fr").max() > 0
            versions.append(current_version(copy.index).name)
        forks.stdin.close()
    assert versions[0] == before != versions[-1]


def quietly(_step: str, _done: int, _total: int) -> None:
    """Tell nobody how far a build is."""


def shrink(corpus: Path) -> None:
    """Leave the passport meeting alone, without known questions."""
    for name in ("hints", "themes", "near_misses"):
        (corpus / f"{name}.jsonl").unlink()
    kept = (("ccs-resumes.fr.txt", "19 janvier"), ("sac-summaries.en.txt", "January 19"))
    for name, start in kept:
        lines = (corpus / name).read_text("utf-8").split("\n")
        cut = next(at for at, line in enumerate(lines) if line.startswith(start))
        (corpus / name).write_text("\n".join([*lines[:2], *lines[cut:]]), "utf-8")
