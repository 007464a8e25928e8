"""The draft: a copy of the corpus that is changed at the desk until it is published or given up.

desk/corpus/   the copy, a corpus folder like any other
desk/base      digest of the corpus that it was taken from; without it there is no draft
desk/index/    the edition in which it is tried, desk/work.json how far its building is
desk/.lock     held while the draft changes, is built or published
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ccs_qa.corpus.editing import copy_settled, hold
from ccs_qa.corpus.library import digest_corpus
from ccs_qa.errors import CorpusError

_COPY, _BASE = "corpus", "base"


def draft_of(desk: Path) -> Path | None:
    """Find the draft; None where there is none."""
    return desk / _COPY if (desk / _BASE).is_file() else None


@contextmanager
def at_desk(desk: Path) -> Iterator[None]:
    """Keep others from the desk; `CorpusError` where somebody is at it."""
    desk.mkdir(parents=True, exist_ok=True)
    with hold(desk, wait=False):
        yield


@contextmanager
def drafting(desk: Path, corpus: Path) -> Iterator[Path]:
    """Give the draft to change, begun from the corpus where there is none.

    One that was begun for a change that fails goes again.

    Raises:
        CorpusError: Somebody is at the desk, or the corpus cannot be read.
    """
    with at_desk(desk):
        draft = draft_of(desk)
        begun = draft or begin(desk, corpus, corpus)
        try:
            yield begun
        except BaseException:
            if draft is None:
                give_up(desk)
            raise


def begin(desk: Path, corpus: Path, source: Path) -> Path:
    """Begin a draft of the corpus, as `source` has it; of one who is at the desk."""
    give_up(desk)
    # Before the copy: of a change made meanwhile the publishing will know.
    base = digest_corpus(corpus)
    copy_settled(source, desk / _COPY)
    new = desk / f"{_BASE}.new"
    new.write_text(base, "utf-8")
    new.replace(desk / _BASE)
    return desk / _COPY


def give_up(desk: Path) -> None:
    """Give the draft up; of one who is at the desk. Who reads it still may: its files stay."""
    (desk / _BASE).unlink(missing_ok=True)
    shutil.rmtree(desk / "index", ignore_errors=True)


def take_over(desk: Path, copy: Path) -> None:
    """Put the draft in the place of the corpus, in a copy that is being changed.

    Raises:
        CorpusError: The corpus was changed since the draft was taken from it.
    """
    draft = desk / _COPY
    base = (desk / _BASE).read_text("utf-8")
    # The same words already: a publishing was stopped before it took the draft away.
    if digest_corpus(copy) not in {base, digest_corpus(draft)}:
        raise CorpusError(problem="moved", file=copy.parent.name)
    copy_settled(draft, copy)
