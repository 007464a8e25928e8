"""Told to stop, the service says so first, answers what it has read, and ends in time."""

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from sse_starlette.sse import AppStatus

from ccs_qa.http.admission import Answers
from ccs_qa.http.connections import Connections
from ccs_qa.settings import Settings

_LOG = logging.getLogger(__name__)
# Of the grace: so much for answers, so much until their words are sent; the rest for the store.
_ANSWERS, _WORDS = 0.8, 0.9


def server_patience(settings: Settings) -> int:
    """Say how many seconds the server waits for what is under way once it takes no more."""
    return max(1, int(_WORDS * settings.grace - _linger(settings)))


def _linger(settings: Settings) -> float:
    return min(settings.linger, settings.grace / 2)


@contextmanager
def draining(answers: Answers, connections: Connections, settings: Settings) -> Iterator[None]:
    """Hear before the server that the process is to stop, while the block runs.

    Readiness falls at once. The server is told after `linger` seconds (at once by Ctrl-C), so that
    whoever looks first at readiness never meets a closed port; a second signal goes straight to
    it. After `grace` seconds the system ends the process, whatever hangs.
    """
    # Elsewhere a test serves, which has no signals.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # It would cut streams off without a last event.
    AppStatus.enable_automatic_graceful_drain = False
    loop, linger = asyncio.get_running_loop(), _linger(settings)
    told = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def tell(number: int) -> None:
        handler = told[signal.Signals(number)]
        if callable(handler):
            handler(number, None)

    def begin(number: int) -> None:
        _LOG.info("told to stop: ends within %g s", settings.grace)
        loop.call_later(0 if number == signal.SIGINT else linger, tell, number)
        loop.call_later(_ANSWERS * settings.grace, answers.stop)

    def stop(number: int, _frame: FrameType | None) -> None:
        if answers.stopping:
            tell(number)
            return
        answers.stopping = connections.closing = True
        # No thread and no loop is needed for it.
        signal.setitimer(signal.ITIMER_REAL, settings.grace)
        loop.call_soon_threadsafe(begin, number)

    for number in told:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in told.items():
            signal.signal(number, handler)
