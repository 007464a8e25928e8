"""Connections counted and timed: one that waits for its client gives way to those that do not.

What uvicorn has for this refuses everybody once there are too many, health checks as well, and
bounds neither a head, nor the time for one, nor that for a body or for taking in a response.
"""

import asyncio
import resource
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from ccs_qa.errors import CcsQaError
from ccs_qa.http.admission import RETRY_SECONDS
from ccs_qa.http.problems import (
    BusyError,
    HeadSizeError,
    SlowError,
    StoppingError,
    identify,
    problem_response,
)
from ccs_qa.settings import Settings

# Connections that the system takes for us before we do, and files beside connections.
BACKLOG = 128
_OTHER_FILES = 128
# An address may hold a question of the longest kind and what was asked before it.
MOST_ADDRESS_BYTES = 96 * 1024
MOST_HEADERS_BYTES = 32 * 1024
# So long a connection that was never used stays open once the service ends.
_FIRST_SECONDS = 1


class Connections:
    """The connections of a worker; of one event loop.

    Attributes:
        waiting: Those that wait for their client, longest first.
        closing: Whether each closes after the response that is under way.
    """

    def __init__(self, settings: Settings) -> None:
        """Say how many there may be, and how long each waits."""
        self.head_wait = settings.head_wait
        self.body_wait = settings.body_wait
        self.idle_wait = settings.idle_wait
        self.most = _most(settings.connections)
        self.waiting: dict[Connection, None] = {}
        self.closing = False
        self._open: set[Connection] = set()

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

    def add(self, connection: "Connection") -> None:
        """Count one more; where that is too many, the one that waits longest gives way."""
        self._open.add(connection)
        if len(self._open) <= self.most:
            return
        longest = next(iter(self.waiting), None)
        if longest is None:
            connection.refuse(BusyError(seconds=RETRY_SECONDS))
        else:
            self.remove(longest)
            longest.give_way()

    def remove(self, connection: "Connection") -> None:
        """Count one less."""
        self._open.discard(connection)
        self.waiting.pop(connection, None)


def _most(wanted: int) -> int:
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return wanted
    return min(wanted, max(allowed - BACKLOG - _OTHER_FILES, allowed // 4, 1))


def _written(error: CcsQaError) -> bytes:
    """Word an error where no application is there to do it."""
    told = {**(identify(error, "").headers or {}), "Connection": "close"}
    response = problem_response(error, "/", headers=told)
    head = b"".join(b"%s: %s\r\n" % line for line in response.raw_headers)
    return STATUS_LINE[response.status_code] + head + b"\r\n" + bytes(response.body)


class Connection(HttpToolsProtocol):
    """A connection that waits for its client no longer than it may."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Find the others, which the lifespan of the application made."""
        super().__init__(config, server_state, app_state, _loop)
        self._all: Connections = app_state["connections"]
        self._timer: asyncio.TimerHandle | None = None
        self._refused = False
        # Of the request that comes in: whether it is whole, or its head; how much of that came.
        self._whole = self._headed = True
        self._came = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._all.add(self)
        if not self._refused:
            self._wait(self._all.head_wait)

    def connection_lost(self, exc: Exception | None) -> None:
        """Be counted no more."""
        super().connection_lost(exc)
        self._go_on()
        self._all.remove(self)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has no end."""
        if self._refused:
            return
        super().data_received(data)
        if not self._headed:
            self._came += len(data)
            if self._came > MOST_ADDRESS_BYTES + MOST_HEADERS_BYTES:
                self.refuse(HeadSizeError(most=MOST_HEADERS_BYTES // 1024))

    def on_message_begin(self) -> None:
        """Wait for the rest of the head."""
        super().on_message_begin()
        self._whole, self._headed, self._came = False, False, 0
        if not self._busy:
            self._wait(self._all.head_wait)

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        self._headed = True
        if self._refused:
            return
        size = sum(len(name) + len(value) for name, value in self.headers)
        if len(self.url) > MOST_ADDRESS_BYTES or size > MOST_HEADERS_BYTES:
            self.refuse(HeadSizeError(most=MOST_HEADERS_BYTES // 1024))
            return
        behind = self._busy
        super().on_headers_complete()
        if self._all.closing:
            self.cycle.keep_alive = False
        if not behind:
            self._wait(self._all.body_wait)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for the client no more."""
        if self._refused:
            return
        super().on_message_complete()
        self._whole = True
        if self._busy:
            self._go_on()

    def on_response_complete(self) -> None:
        """Wait for the next request, or until all is taken in."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._wait(self._all.body_wait)
        elif not self._busy:
            self._wait(self._all.idle_wait)
        elif not self._whole:  # one that came behind it
            self._wait(self._all.body_wait)

    def pause_writing(self) -> None:
        """Wait until something is taken in."""
        super().pause_writing()
        self._wait(self._all.body_wait)

    def resume_writing(self) -> None:
        """Wait for the client no more, unless for its body."""
        super().resume_writing()
        if self._busy and self._whole:
            self._go_on()

    def shutdown(self) -> None:
        """Close once what was read is answered; half a request was not.

        One that was only just opened has a request on its way, which nobody has told to go
        elsewhere.
        """
        self._all.closing = True
        if self.cycle is None and not self._refused:
            self._wait(_FIRST_SECONDS)
        elif self._busy and not self._whole and not self.cycle.response_started:
            self.refuse(StoppingError(seconds=RETRY_SECONDS))
        else:
            super().shutdown()

    def refuse(self, error: CcsQaError) -> None:
        """Say why nothing is answered, and close."""
        self._refused = True
        if self._busy:
            # Whatever the application still has to say stands behind this.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_written(error))
        self.transport.close()
        self._wait(self._all.body_wait)

    def give_way(self) -> None:
        """Close now."""
        self._go_on()
        if self.transport.get_write_buffer_size():
            self.transport.abort()  # to close would wait until that is taken in
        else:
            self.transport.close()

    @property
    def _busy(self) -> bool:
        """Whether a request is being answered or its body read."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self, seconds: float) -> None:
        self._go_on()
        self._all.waiting[self] = None
        self._timer = self.loop.call_later(seconds, self._late, seconds)

    def _slow(self, seconds: float) -> CcsQaError:
        if self._all.closing:
            return StoppingError(seconds=RETRY_SECONDS)
        return SlowError(seconds=f"{seconds:g}")

    def _go_on(self) -> None:
        self._all.waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self, seconds: float) -> None:
        begun = self.cycle is not None and self.cycle.response_started and self._busy
        if self._whole or begun or self.transport.is_closing():
            self.give_way()
        else:
            self.refuse(self._slow(seconds))
