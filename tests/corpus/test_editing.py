"""The corpus and its editions change whole or not at all, whatever stops a command."""

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ccs_qa.corpus.editing import changing, read_settled
from ccs_qa.corpus.library import load_corpus
from ccs_qa.errors import CorpusError, IndexDamagedError, SearchIndexError
from ccs_qa.index.storage import check_files, current_edition, editions, use_edition
from tests.conftest import ROOT
from tests.corpus.killed import PAGES, bring, build, in_fork, state

KILLS = 28


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of two pages."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in PAGES.items():
        bring(folder, name, text)
    return folder


@pytest.mark.slow
def test_killed_commands_leave_all_or_nothing(tmp_path: Path) -> None:
    """Imports, one refused, pairing, reviews and builds, gone at random steps on the disk."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.corpus.killed", tmp_path / "kept", f"--kills={KILLS}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(rows) == KILLS
    assert sum(row["killed"] for row in rows) >= 20
    assert [row for row in rows if not (row["whole"] and row["cleared"] and row["clean"])] == []
    # Some died before they had done it, and some after.
    assert {row["made"] for row in rows if row["killed"]} == {False, True}


@pytest.mark.parametrize("room", [0, 1, 60, 200, 400])
def test_a_full_disk_changes_nothing(corpus: Path, room: int) -> None:
    """No file may be longer than so many bytes: the import is refused, in words."""
    before = state(corpus)

    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        page = corpus.parent / "page-f.txt"
        page.write_text(PAGES["f"], "utf-8")
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        with pytest.raises(CorpusError) as caught, changing(corpus) as copy:
            (copy / "f.txt").write_text(PAGES["f"] * 9, "utf-8")
        assert caught.value.details["problem"] == "unwritable"

    assert in_fork(fill) == 0
    assert state(corpus) == before
    load_corpus(corpus)
    assert not (corpus / ".changing").exists()


def test_a_full_disk_leaves_the_edition_in_use(corpus: Path, tmp_path: Path) -> None:
    """A build that finds no room is refused in words; nothing of it stays."""
    index = tmp_path / "index"
    build(index, corpus)
    used = current_edition(index)

    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        with pytest.raises(SearchIndexError) as caught:
            build(index, corpus)
        assert caught.value.details["problem"] == "unwritable"

    assert in_fork(fill) == 0
    assert current_edition(index) == used
    check_files(used, dict(editions(index))[used.name])
    assert sorted(path.name for path in index.iterdir()) == sorted([".lock", "CURRENT", used.name])


@pytest.mark.parametrize("seed", range(8))
def test_a_flipped_bit_is_never_put_in_use(corpus: Path, tmp_path: Path, seed: int) -> None:
    """Wherever it is in an edition, its pages included: it is refused and the other stays."""
    rng, index = np.random.default_rng(seed), tmp_path / "index"
    build(index, corpus)
    first = current_edition(index).name
    build(index, corpus)
    second = current_edition(index)
    use_edition(index, first)
    paths = sorted(path for path in second.rglob("*") if path.is_file())
    # A flipped bit in the words of the manifest itself may leave it true: the digests are those.
    listed = [item for item in paths if item != second / "manifest.json"]
    path = listed[rng.integers(len(listed))]
    data = bytearray(path.read_bytes())
    data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
    path.write_bytes(data)
    with pytest.raises((IndexDamagedError, SearchIndexError)):
        use_edition(index, second.name)
    assert current_edition(index).name == first


def test_a_change_that_was_made_is_finished_by_who_comes_next(corpus: Path) -> None:
    """Stopped between the decision and the last file: the reader sees all of it."""
    after = state(corpus)
    with changing(corpus) as copy:
        (copy / "new.txt").write_text("new", "utf-8")
        (copy / "samples.jsonl").write_text("", "utf-8")
    made = state(corpus)
    assert made.keys() - after.keys() == {"new.txt", "samples.jsonl"}
    # As it lies on the disk when the power goes right after the renaming.
    (corpus / ".changed").mkdir()
    (corpus / ".changed" / ".removed").write_text('["new.txt", "samples.jsonl"]', "utf-8")
    (corpus / ".changed" / "f.txt").write_text(PAGES["f"].replace("gens", "autres"), "utf-8")
    told = load_corpus(corpus)
    assert "Il faut écouter les autres." in {p.renditions.best("fr").text for p in told.passages}
    assert state(corpus).keys() == after.keys()


def test_a_file_that_somebody_edits_meanwhile_is_kept(corpus: Path) -> None:
    """Only what the change changed is put in place."""
    with changing(corpus) as copy:
        (corpus / "names.toml").write_text("# mine\n", "utf-8")
        (copy / "new.txt").write_text("new", "utf-8")
    assert (corpus / "names.toml").read_text("utf-8") == "# mine\n"


def test_two_do_not_change_it_at_once_and_readers_go_on(corpus: Path) -> None:
    """The second is told so; who reads sees what was there before."""
    before = state(corpus)
    with changing(corpus) as copy:
        (copy / "f.txt").unlink()
        with pytest.raises(CorpusError) as caught, changing(corpus):
            pytest.fail("two change the folder")
        assert caught.value.details["problem"] == "busy"
        assert read_settled(corpus, state) == before
        (copy / "f.txt").write_bytes(before["f.txt"])
    assert state(corpus) == before
