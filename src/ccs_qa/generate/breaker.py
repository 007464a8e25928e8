"""Spares people the wait for an endpoint that has just failed again and again."""

import logging
import threading
import time
from collections.abc import Callable, Generator
from typing import Protocol

from ccs_qa.errors import EndpointError
from ccs_qa.records import BreakerState, Prompt

_LOG = logging.getLogger(__name__)


class Model(Protocol):
    """Something that writes text for a prompt."""

    @property
    def model(self) -> str:
        """Its name."""

    def stream(self, prompt: Prompt) -> Generator[str, None, None]:
        """Write in pieces, empty ones while nothing is there, or fail with `EndpointError`."""


class Breaker:
    """Opens after failures in a row; after a pause it lets one request through as a trial."""

    def __init__(
        self, failures: int, pause: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start closed.

        Args:
            failures: How many in a row open it, at least 1.
            pause: Seconds for which it stays open before a trial.
            clock: Seconds that only go forward.
        """
        self._most = failures
        self._pause = pause
        self._clock = clock
        self._lock = threading.RLock()
        self._failed = 0
        self._opened: float | None = None
        self._on_trial = False

    @property
    def state(self) -> BreakerState:
        """Whether requests pass: all, none, or one as a trial."""
        with self._lock:
            if self._opened is None:
                return "closed"
            over = self._clock() - self._opened >= self._pause
            return "half-open" if over or self._on_trial else "open"

    def enter(self) -> bool:
        """Ask to pass; whoever may pass reports how it went, or that it left."""
        with self._lock:
            state = self.state
            if state == "closed":
                return True
            if state == "open" or self._on_trial:
                return False
            # One at a time: an endpoint that recovers must not be met by all who waited.
            self._on_trial = True
            return True

    def succeeded(self) -> None:
        """Report that the endpoint works."""
        with self._lock:
            self._failed, self._opened, self._on_trial = 0, None, False

    def failed(self) -> None:
        """Report that it failed."""
        with self._lock:
            self._failed += 1
            # While it is open, late failures of earlier requests must not prolong the pause.
            if self._on_trial or (self._opened is None and self._failed >= self._most):
                self._opened, self._on_trial = self._clock(), False

    def left(self) -> None:
        """Report that nobody waited for the outcome; another may try."""
        with self._lock:
            self._on_trial = False


class Guarded:
    """A model behind a breaker, asked by so many at once."""

    def __init__(self, inner: Model, breaker: Breaker, at_once: int = 8) -> None:
        """Bind the parts.

        Args:
            at_once: Most requests under way, so that those who wait for a model never take up
                the threads that answer everyone else; at least 1.
        """
        self._inner = inner
        self._breaker = breaker
        self._free = threading.BoundedSemaphore(at_once)

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._inner.model

    @property
    def state(self) -> BreakerState:
        """Whether requests pass."""
        return self._breaker.state

    def stream(self, prompt: Prompt) -> Generator[str, None, None]:
        """Write, unless the breaker is open or too many ask: that is an `EndpointError` as well."""
        # To wait here would take up the very threads that this spares.
        if not self._free.acquire(blocking=False):
            raise EndpointError(fault="busy")
        try:
            yield from self._guarded(prompt)
        finally:
            self._free.release()

    def _guarded(self, prompt: Prompt) -> Generator[str, None, None]:
        if not self._breaker.enter():
            raise EndpointError(fault="paused")
        written = False
        try:
            for piece in self._inner.stream(prompt):
                written = written or bool(piece)
                yield piece
        except EndpointError as error:
            self._breaker.failed()
            _LOG.warning("language model: %s, breaker %s", error.fault, self.state)
            raise
        except BaseException:
            # Whoever has read enough stops as well as whoever leaves; a word is a sign of life.
            (self._breaker.succeeded if written else self._breaker.left)()
            raise
        self._breaker.succeeded()
