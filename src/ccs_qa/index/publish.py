"""Publishes what was prepared at the desk, or builds it to be tried, in a process of its own."""

import datetime as dt
import multiprocessing
import shutil
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ccs_qa.corpus.desk import at_desk, begin, draft_of, give_up, take_over
from ccs_qa.corpus.editing import changing
from ccs_qa.corpus.library import digest_corpus
from ccs_qa.encoder.folder import Progress
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.errors import CcsQaError, CorpusError
from ccs_qa.index.build import build_with
from ccs_qa.index.storage import IndexManifest
from ccs_qa.messages.wording import word_error
from ccs_qa.records import Language
from ccs_qa.settings import Settings

Task = Literal["publish", "try"]
_WORK = "work.json"


class Work(BaseModel):
    """What is or was built for the desk.

    Attributes:
        state: `stopped` where whoever built it is gone.
        step: What it does now, as progress names it, with the work done and the work in all.
        problem: What went wrong and what to do, by language.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: Task
    began: dt.datetime
    state: Literal["running", "done", "failed", "stopped"] = "running"
    step: str = "model"
    done: int = 0
    total: int = 0
    problem: dict[Language, tuple[str, str]] = {}


def publish(settings: Settings, progress: Progress) -> IndexManifest:
    """Put the draft, if there is one, in the place of the corpus, and an edition of it in use.

    The corpus changes only once its edition was built; of one who is at the desk.

    Raises:
        CcsQaError: The corpus was changed since the draft was taken from it, or an edition cannot
            be built: corpus, draft and the edition in use stay as they were.
    """
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    draft = draft_of(settings.desk)
    if draft is None:
        return build_with(encoder, settings, progress)
    with changing(settings.corpus) as copy:
        take_over(settings.desk, copy)
        manifest = build_with(encoder, settings.model_copy(update={"corpus": copy}), progress)
    # Where the service was killed, nobody has kept others from the desk since.
    if digest_corpus(draft) == manifest.corpus:
        give_up(settings.desk)
    return manifest


def tried(settings: Settings) -> Settings:
    """Tell under which settings the draft is tried."""
    changed = {name: settings.desk / name for name in ("corpus", "index")}
    return settings.model_copy(update=changed)


def make_ready(settings: Settings, progress: Progress) -> IndexManifest:
    """Build an edition of the draft, begun from the corpus where there is none, beside the others.

    Of one who is at the desk.
    """
    if draft_of(settings.desk) is None:
        begin(settings.desk, settings.corpus, settings.corpus)
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    shutil.rmtree(tried(settings).index, ignore_errors=True)
    return build_with(encoder, tried(settings), progress)


def start(settings: Settings, task: Task) -> None:
    """Begin in the background; `CorpusError` where somebody is at the desk."""
    with ExitStack() as stack:
        stack.enter_context(at_desk(settings.desk))
        work = Work(task=task, began=dt.datetime.now(dt.UTC))
        _write(settings.desk, work)
        # Building takes memory that a service would never give back.
        process = multiprocessing.get_context("spawn").Process(
            target=_build, args=(settings, work), daemon=True
        )
        process.start()
        # Held until the process is gone, however it ends.
        held = stack.pop_all()

    def wait() -> None:
        with held:
            process.join()

    threading.Thread(target=wait, name="desk", daemon=True).start()


def _build(settings: Settings, work: Work) -> None:
    def report(step: str, done: int, total: int) -> None:
        told = {"step": step, "done": done, "total": total}
        _write(settings.desk, work.model_copy(update=told))

    try:
        {"publish": publish, "try": make_ready}[work.task](settings, report)
    except CcsQaError as error:
        worded = word_error(error)
        problem = {key: (item.detail, item.next) for key, item in worded.items()}
        _write(settings.desk, work.model_copy(update={"state": "failed", "problem": problem}))
    else:
        _write(settings.desk, work.model_copy(update={"state": "done"}))


def _write(desk: Path, work: Work) -> None:
    new = desk / f"{_WORK}.new"
    new.write_text(work.model_dump_json(), "utf-8")
    new.replace(desk / _WORK)


def read_work(desk: Path) -> Work | None:
    """Read what is or was built last; None for nothing."""
    path = desk / _WORK
    if not path.is_file():
        return None
    work = Work.model_validate_json(path.read_bytes())
    if work.state == "running":
        with suppress(CorpusError), at_desk(desk):  # nobody holds it who would go on
            work = Work.model_validate_json(path.read_bytes())
            if work.state == "running":
                return work.model_copy(update={"state": "stopped"})
    return work
