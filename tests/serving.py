"""The application on a server of this process, for what only a socket can show."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.connections import Connection
from ccs_qa.index.storage import CURRENT, current_edition
from ccs_qa.opening import make_service
from ccs_qa.records import Language, Question, Step, Understood
from ccs_qa.service import QAService
from ccs_qa.settings import Settings


def until(holds: Callable[[], bool]) -> None:
    """Wait for something, however busy the machine is; only what never comes fails."""
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("it never came")


def recorded(settings: Settings, database: str, folder: Path, **more: object) -> Settings:
    """Settings by which records are kept: in a database, and before in a spool of their own."""
    kept = {"database": SecretStr(database), "audit_spool": folder / "audit.spool"}
    return settings.model_copy(update={"audit": "best-effort", **kept, **more})


def own_index(index: Path, copy: Path) -> None:
    """Make an index folder of the edition in use alone."""
    copy.mkdir()
    (copy / CURRENT).write_bytes((index / CURRENT).read_bytes())
    edition = current_edition(index)
    # A linked file is as good as a copy: no file of an edition is written twice.
    shutil.copytree(edition, copy / edition.name, copy_function=os.link)


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application until the block ends; gives its address."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=0, http=Connection, log_level="error", log_config=None, lifespan="on"
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def stand_in(service: QAService, **methods: Callable[[Question], object]) -> QAService:
    """The real service with other methods, whoever else is told of its answers."""
    other = type("Other", (QAService,), {name: staticmethod(it) for name, it in methods.items()})
    made: QAService = other(**{item.name: getattr(service, item.name) for item in fields(service)})
    return made


def over(service: QAService, corpus: Corpus, settings: Settings) -> QAService:
    """A service over another corpus, with the model and the index of this one."""
    return make_service(corpus, service.retriever.encoder, service.retriever.index, settings)


def moved(service: QAService, settings: Settings, *languages: Language) -> QAService:
    """A service whose passages match the pages of some languages no more: a letter stands first."""
    documents = {
        key: replace(item, text="x" + item.text) if item.language in languages else item
        for key, item in service.corpus.documents.items()
    }
    return over(service, replace(service.corpus, documents=documents), settings)


@dataclass
class SlowSteps:
    """Understands a question again and again, slowly, and notes how far it was let."""

    service: QAService
    most: int = 50
    run: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def steps(self, question: Question) -> Iterator[Step]:
        """Take the place of the steps of the service."""
        first = next(self.service.steps(question))
        assert isinstance(first, Understood)
        try:
            for number in range(self.most):
                self.run.append(number)
                yield first
                time.sleep(0.05)
        finally:
            self.ended.set()
