"""The index in use is always whole: built beside, swapped in, checked, refused when stale."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ccs_qa.errors import (
    EditionMissingError,
    IndexDamagedError,
    IndexMissingError,
    IndexStaleError,
    SearchIndexError,
)
from ccs_qa.index.artefacts import load_index
from ccs_qa.index.build import build_index, check_index, index_info, is_published
from ccs_qa.index.storage import (
    KEPT,
    current_edition,
    digest_files,
    editions,
    lock_folder,
    read_index_manifest,
    use_edition,
)
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
        current_edition(tmp_path)


@pytest.mark.parametrize("name", ["means.npy", "corpus/manifest.json"])
def test_an_altered_file_is_named(copy: Settings, name: str) -> None:
    """One byte more in any file is found before it is used; the index may be of an older build."""
    edition = current_edition(copy.index)
    listed = read_index_manifest(edition).model_copy(update={"files": digest_files(edition)})
    (edition / "manifest.json").write_text(listed.model_dump_json(), "utf-8")
    assert load_index(edition).manifest == listed
    with (edition / name).open("ab") as handle:
        handle.write(b"\n")
    with pytest.raises(IndexDamagedError) as caught:
        load_index(edition)
    assert caught.value.details == {"file": name}


def test_a_pointer_outside_the_folder_is_refused(copy: Settings) -> None:
    """The pointer names an edition inside the index folder, nothing else."""
    (copy.index / "CURRENT").write_text("../corpus")
    with pytest.raises(IndexDamagedError):
        current_edition(copy.index)


def test_one_character_of_the_page_is_seen_and_answers_stay_as_published(copy: Settings) -> None:
    """The check refuses, with both digests; the service answers from the pages of the edition."""
    page = copy.corpus / "ccs-resumes.fr.txt"
    before = page.read_bytes()
    page.write_bytes(before.replace(b"claires, simples", b"claires; simples", 1))
    with pytest.raises(IndexStaleError) as caught:
        check_index(copy)
    details = caught.value.details
    assert details["what"] == "corpus"
    assert details["built"] == index_info(copy).corpus
    assert details["built"] != details["now"]
    assert not is_published(copy)
    served = open_service(copy).corpus.documents["ccs-resumes.fr"]
    assert served.text.encode() == before
    page.write_bytes(before)
    assert is_published(copy)


def test_the_edition_before_is_used_again_and_few_are_kept(
    copy: Settings,
) -> None:
    """Undo is one step; of many builds the last stay, and the one in use among them."""
    shrink(copy.corpus)
    first = current_edition(copy.index)
    built = []
    for number in range(KEPT):
        add_line(copy.corpus, f"Un phare de {number} mètres éclaire la côte.")
        build_index(copy, quietly)
        built.append(current_edition(copy.index).name)
        listed = dict(editions(copy.index))
        assert listed[built[-1]].parent == (built[-2] if number else first.name)
    assert {name for name, _ in editions(copy.index)} == set(built)
    use_edition(copy.index, built[0])
    assert current_edition(copy.index).name == built[0]
    with pytest.raises(EditionMissingError):
        use_edition(copy.index, first.name)
    (copy.index / built[1] / "means.npy").write_bytes(b"")
    with pytest.raises(IndexDamagedError):
        use_edition(copy.index, built[1])
    assert current_edition(copy.index).name == built[0]


def test_what_was_encoded_is_not_encoded_again(copy: Settings, tmp_path: Path) -> None:
    """A second build encodes only the line that is new, and gives what a build of all gives."""
    shrink(copy.corpus)
    own = copy.model_copy(update={"cache": Path(shutil.copytree(copy.cache, tmp_path / "cache"))})
    shutil.rmtree(own.cache / "views", ignore_errors=True)
    seen: list[tuple[str, int, int]] = []
    build_index(own, lambda *step: seen.append(step))
    all_views = max(total for name, _, total in seen if name == "index.encode")
    add_line(copy.corpus, "Un phare éclaire la côte.")
    seen.clear()
    again = build_index(own, lambda *step: seen.append(step))
    # The line alone and under its title and heading.
    assert max(total for name, _, total in seen if name == "index.encode") == 2 < all_views
    for part in (own.cache / "views").rglob("*.npz"):
        part.write_bytes(part.read_bytes()[:-100])
    assert build_index(own, quietly).files == again.files


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
    before = current_edition(copy.index).name
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
            index = load_index(current_edition(copy.index))
            assert len(index.passages) > 0
            assert index.lexical("passeport", "fr").max() > 0
            versions.append(current_edition(copy.index).name)
        forks.stdin.close()
    assert versions[0] == before != versions[-1]


def quietly(_step: str, _done: int, _total: int) -> None:
    """Tell nobody how far a build is."""


def add_line(corpus: Path, text: str) -> None:
    """Add a bullet at the end of the French page."""
    page = corpus / "ccs-resumes.fr.txt"
    page.write_text(f"{page.read_text('utf-8').rstrip()}\n- {text}\n", "utf-8")


def shrink(corpus: Path) -> None:
    """Leave the passport meeting alone, without known questions."""
    for name in ("hints", "themes", "near_misses"):
        (corpus / f"{name}.jsonl").unlink()
    kept = (("ccs-resumes.fr.txt", "19 janvier"), ("sac-summaries.en.txt", "January 19"))
    for name, start in kept:
        lines = (corpus / name).read_text("utf-8").split("\n")
        cut = next(at for at, line in enumerate(lines) if line.startswith(start))
        (corpus / name).write_text("\n".join([*lines[:2], *lines[cut:]]), "utf-8")
