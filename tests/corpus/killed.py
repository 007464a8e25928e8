"""Kills commands that write the corpus or the index, at random steps, and looks what is left.

    python -m tests.corpus.killed FOLDER --kills 50 --seed 1

Each command runs in a fork that is gone (SIGKILL) at one of its steps on the disk: openings,
moves, removals. What is left has to be all of the state before or all of the state after, and
the next command has to clear the rest. One line of JSON for each kill.
"""

import argparse
import datetime as dt
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ccs_qa.corpus.importer import PageSource, import_page, refresh_manifest
from ccs_qa.corpus.library import check_corpus, load_corpus
from ccs_qa.corpus.pairing import pair_corpus
from ccs_qa.encoder.encoder import unit_rows
from ccs_qa.errors import AlignmentError
from ccs_qa.index.storage import (
    FORMAT,
    KEPT,
    IndexManifest,
    check_files,
    clear_leftovers,
    current_edition,
    digest_files,
    editions,
    lock_folder,
    swap_in,
    use_edition,
)
from ccs_qa.index.views import SplitterSettings

STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.copyfile"}
PAGES = {
    "f": "Résumés\n2 mai 2024\nObjectif : Parler de tout\nThème\n"
    "- Il faut écouter les gens.\n- Il faut agir avec eux.\n",
    "e": "Summaries\nMay 2, 2024\nObjective: Talk about it all\nTheme\n"
    "- One must act with them.\n- One must listen to people.\n",
}
State = dict[str, bytes]


def kill_at(step: int, *folders: Path) -> list[str]:
    """Leave this process without a word at a step in a folder; gives the steps as they come."""
    seen: list[str] = []

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event in STEPS and str(arguments[0]).startswith(tuple(f"{x}{os.sep}" for x in folders)):
            seen.append(event)
            if len(seen) == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)
    return seen


def in_fork(act: Callable[[], object]) -> int:
    """Run something in a process of its own; gives how it ended, minus the signal if killed."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException:  # noqa: BLE001 - the parent is told by the status
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Tell apart by letters alone, which is enough here."""
    counts = [[text.count(letter) + 0.1 for letter in "aeiouls"] for text in texts]
    return unit_rows(np.asarray(counts, np.float32))


def bring(corpus: Path, name: str, text: str) -> None:
    """Import a page from a file beside the corpus."""
    file = corpus.parent / f"page-{name}.txt"
    file.write_text(text, "utf-8")
    source = PageSource(
        document_id=name,
        language="fr" if name == "f" else "en",
        status="official" if name == "f" else "unofficial_translation",
        publisher="P",
        source_url=None,
        retrieved=dt.date(2026, 1, 1),
        translation_of=None if name == "f" else "f",
    )
    import_page(corpus, file, source)


def build(index: Path, corpus: Path) -> None:
    """Build an edition that holds the pages and some bytes, as a build does once all is encoded."""
    with lock_folder(index) as scratch:
        shutil.copytree(corpus, scratch / "corpus", ignore=shutil.ignore_patterns(".*"))
        for name in ("one.npy", "two.npy"):
            (scratch / name).write_bytes(os.urandom(4096))
        manifest = IndexManifest(
            format=FORMAT,
            made=dt.datetime.now(dt.UTC),
            parent=None,
            model="m",
            dimension=2,
            corpus=load_corpus(scratch / "corpus").digest,
            splitter=SplitterSettings(window=64, overlap=8),
            counts={"meetings": 1, "passages": 3},
            libraries={},
            files=digest_files(scratch),
        )
        swap_in(index, scratch, manifest)


def aligned(corpus: Path, _number: int) -> None:
    """Pair the lines anew."""
    pair_corpus(corpus, embed)


def reviewed(corpus: Path, _number: int) -> None:
    """Note the pages as they are."""
    refresh_manifest(corpus)


def state(folder: Path) -> State:
    """Read what a command may see of a folder."""
    return {item.name: item.read_bytes() for item in folder.glob("[!.]*")}


def corrected(corpus: Path, number: int) -> None:
    """Import a correction of a line, which keeps its name."""
    bring(corpus, "f", PAGES["f"].replace("les gens", f"les gens d’ici, tous les {number}"))


def refused(corpus: Path, _number: int) -> None:
    """Import a translation whose date is wrong, which is refused."""
    with suppress(AlignmentError):
        bring(corpus, "e", PAGES["e"].replace("May 2", "May 3"))


def translated(corpus: Path, number: int) -> None:
    """Import a translation of other words."""
    bring(corpus, "e", PAGES["e"].replace("people", f"{number} people"))


WRITES: dict[str, Callable[[Path, int], None]] = {
    "import": corrected,
    "import refused": refused,
    "import of a translation": translated,
    "align": aligned,
    "check --refresh": reviewed,
}


def kill_write(corpus: Path, name: str, number: int, rng: np.random.Generator) -> dict[str, object]:
    """Kill a command that writes the corpus at one of its steps."""
    apart = corpus.parent / "apart" / corpus.name
    shutil.rmtree(apart.parent, ignore_errors=True)
    shutil.copytree(corpus, apart)
    before = state(corpus)
    counted = corpus.parent / "steps"

    def count() -> None:
        seen = kill_at(0, apart)
        WRITES[name](apart, number)
        counted.write_text(str(len(seen)))

    in_fork(count)
    after, steps = state(apart), int(counted.read_text())
    step = int(rng.integers(1, steps + 1))

    def die() -> None:
        kill_at(step, corpus)
        WRITES[name](corpus, number)

    ended = in_fork(die)
    load_corpus(corpus)  # the next command
    found = state(corpus)
    findings = [item.kind for item in check_corpus(corpus)]
    return {
        "what": name,
        "step": step,
        "of": steps,
        "killed": ended == -signal.SIGKILL,
        "whole": found in (before, after),
        "made": found == after != before,
        "cleared": not any((corpus / item).exists() for item in (".changing", ".changed")),
        "clean": set(findings) <= {"hints-missing", "unpaired"},
    }


def kill_build(index: Path, corpus: Path, rng: np.random.Generator) -> dict[str, object]:
    """Kill a build, the swap and the removal of old editions with it, at one of its steps."""
    used = current_edition(index).name
    # As many as a build of this size takes when old editions go.
    step = int(rng.integers(1, 46))

    def die() -> None:
        kill_at(step, index)
        build(index, corpus)

    ended = in_fork(die)
    edition = current_edition(index)
    listed = editions(index)
    for name, manifest in listed:
        check_files(index / name, manifest)  # none is broken or mixed, whichever is put in use
    clear_leftovers(index)
    use_edition(index, listed[-1][0])
    use_edition(index, edition.name)
    return {
        "what": "build",
        "step": step,
        "of": 45,
        "killed": ended == -signal.SIGKILL,
        "whole": load_corpus(edition / "corpus").digest == dict(listed)[edition.name].corpus,
        "made": edition.name != used,
        "cleared": not [*index.glob(".building-*"), *index.glob(".leaving-*")],
        "clean": True,
    }


def main() -> None:
    """Kill as often as asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    corpus, index = given.folder / "corpus", given.folder / "index"
    corpus.mkdir(parents=True)
    # In forks too: what tells languages apart has threads, which no fork of this one would have.
    for name, text in PAGES.items():
        in_fork(partial(bring, corpus, name, text))
    for _ in range(KEPT):
        build(index, corpus)
    for number in range(given.kills):
        kinds = [*WRITES, "build", "build"]
        kind = kinds[number % len(kinds)]
        told = (
            kill_build(index, corpus, rng)
            if kind == "build"
            else kill_write(corpus, kind, number, rng)
        )
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
