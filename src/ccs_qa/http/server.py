"""Runs the application on uvicorn, in this process or in several."""

import math
import os
import sys
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from ccs_qa.errors import CcsQaError
from ccs_qa.http.app import build_app
from ccs_qa.http.connections import BACKLOG, Connection
from ccs_qa.http.drain import server_patience
from ccs_qa.http.logs import configure_logs
from ccs_qa.settings import PREFIX, Settings, load_settings

# A worker that loads a model on a busy machine is slow, not dead.
_START_SECONDS: Final = 120


class _Worker(multiprocess.Process):
    """One of several processes, whose death is seen at once."""

    def start(self) -> None:
        super().start()
        # While this end is open here as well, one that dies with a question of the supervisor in
        # its ears is waited for, and with it whatever the supervisor is told to do.
        self.child_conn.close()


def run(app: FastAPI, settings: Settings) -> None:
    """Serve an application until told to stop."""
    _run(app, settings, 1)


def run_workers(settings: Settings, workers: int) -> None:
    """Serve from several processes, which are kept in number.

    A hang-up (SIGHUP) has each replaced in turn: the next leaves once its successor is ready.
    """
    # What the command line changed, they read as everything else.
    os.environ |= {f"{PREFIX}HOST": settings.host, f"{PREFIX}PORT": str(settings.port)}
    multiprocess.Process = _Worker  # type: ignore[misc]  # uvicorn names no other way in
    _run(f"{__name__}:build_worker", settings, workers)


def build_worker() -> FastAPI:
    """Build the application of one of several processes."""
    try:
        settings = load_settings()
        configure_logs(settings.log_level)
        return build_app(settings)
    except CcsQaError as error:
        # Another would fail as well: this status ends them all.
        sys.stderr.write(f"{error}\n")
        raise SystemExit(STARTUP_FAILURE) from None


def _run(app: FastAPI | str, settings: Settings, workers: int) -> None:
    uvicorn.run(
        app,
        factory=isinstance(app, str),
        workers=workers,
        timeout_worker_healthcheck=_START_SECONDS,
        host=settings.host,
        port=settings.port,
        http=Connection,
        ws="none",
        backlog=BACKLOG,
        timeout_keep_alive=math.ceil(settings.idle_wait),
        timeout_graceful_shutdown=server_patience(settings),
        log_level=settings.log_level,
        log_config=None,  # its messages go through our log
        proxy_headers=False,  # nobody chooses by a header from where they call
        access_log=False,  # addresses of the page hold questions
    )
