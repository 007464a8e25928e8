"""So many answers at once, so many in wait, and the rest refused before any work is done.

A request that makes an answer is read whole, then takes a place or waits for one; its `Turn` goes
with it, down to the stages of the service, which ask it whether somebody still waits. What makes
no answer (health, metrics, evidence, files) passes by.
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccs_qa.errors import CcsQaError
from ccs_qa.http.middleware import read_body
from ccs_qa.http.problems import MOST_BODY_BYTES, BusyError, GoneError, LateError, StoppingError
from ccs_qa.service import QAService, Stage

# After so many seconds a full worker has answered all who waited.
RETRY_SECONDS = 2
_TURN = "ccs_qa.turn"
_T = TypeVar("_T")


class Turn:
    """The place of one request among the answers; called before each stage of its own."""

    def __init__(self, budget: float, leave: Callable[["Turn"], None]) -> None:
        """Begin the time for an answer.

        Args:
            budget: Seconds.
            leave: Is told, once or more often, that the place is free.
        """
        self._loop = asyncio.get_running_loop()
        self._deadline = time.monotonic() + budget
        self._leave = leave
        self.placed = self._loop.create_future()
        self._ended: asyncio.Future[Callable[[], CcsQaError]] = self._loop.create_future()

    def end(self, why: Callable[[], CcsQaError]) -> None:
        """Have the work stop before its next stage, with the first error that is given."""
        # Made anew each time: one that was raised would keep alive whatever it went through.
        if not self._ended.done():
            self._ended.set_result(why)

    def leave(self) -> None:
        """Give the place to whoever waits for it."""
        self._leave(self)

    def check(self) -> None:
        """Raise where nobody waits for an answer any more; from any thread."""
        if self._ended.done():
            error = self._ended.result()()
            raise error
        if time.monotonic() > self._deadline:
            raise LateError(seconds=RETRY_SECONDS)

    def __call__(self, stage: Stage) -> None:
        """Go on with a stage, or raise what ends the work."""
        self.check()
        if stage == "generate":
            # Whoever waits for a model takes no processor, and how many do is bounded there.
            self._loop.call_soon_threadsafe(self.leave)

    async def first(self, done: asyncio.Future[_T]) -> _T:
        """Wait for something, at most until the work is to stop: then that is raised instead."""
        left = max(0.0, self._deadline - time.monotonic())
        both: set[asyncio.Future[Any]] = {done, self._ended}
        await asyncio.wait(both, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if done.done():
            return done.result()
        self.check()
        raise LateError(seconds=RETRY_SECONDS)


class Answers:
    """The answers of a worker, in work and in wait; of one event loop.

    Attributes:
        in_work: How many are worked on.
        stopping: Whether the service was told to stop.
    """

    def __init__(self, at_once: int, waiting: int, budget: float) -> None:
        """Say how many there may be, and how many seconds each may take."""
        self._at_once = at_once
        self._most_waiting = waiting
        self._budget = budget
        self._waiting: deque[Turn] = deque()
        self._turns: set[Turn] = set()
        self._placed: set[Turn] = set()
        self.stopping = False

    @property
    def in_work(self) -> int:
        """How many are worked on."""
        return len(self._placed)

    @property
    def in_wait(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def turn(self) -> Turn:
        """Begin the turn of a request that was read."""
        turn = Turn(self._budget, self._leave)
        self._turns.add(turn)
        return turn

    async def enter(self, turn: Turn) -> None:
        """Wait for a place.

        Raises:
            CcsQaError: There is none, or none in time, or nobody waits any more.
        """
        if len(self._placed) < self._at_once:
            self._placed.add(turn)
            return
        if len(self._waiting) >= self._most_waiting:
            raise BusyError(seconds=RETRY_SECONDS)
        self._waiting.append(turn)
        await turn.first(turn.placed)

    def end(self, turn: Turn) -> None:
        """Forget a turn; it may have got a place, wait for one or have been refused."""
        self._turns.discard(turn)
        if turn in self._waiting:
            self._waiting.remove(turn)
        self._leave(turn)

    def stop(self) -> None:
        """Have every answer end now, in words that say why."""
        for turn in self._turns:
            turn.end(partial(StoppingError, seconds=RETRY_SECONDS))

    def _leave(self, turn: Turn) -> None:
        if turn not in self._placed:
            return
        self._placed.remove(turn)
        if self._waiting:
            following = self._waiting.popleft()
            self._placed.add(following)
            following.placed.set_result(None)


def turn_of(scope: Scope) -> Turn | None:
    """Find the turn of a request; None where it makes no answer."""
    found: Turn | None = scope.get(_TURN)
    return found


def while_awaited(service: QAService, scope: Scope) -> QAService:
    """Have the work of a service stop where the turn of a request ends."""
    turn = turn_of(scope)
    return service if turn is None else replace(service, guards=(*service.guards, turn))


async def one_by_one(
    items: Generator[_T, None, None], turn: Turn | None
) -> AsyncGenerator[_T, None]:
    """Take each from a thread, where making it may block; raise where the turn ends meanwhile."""
    over = False

    def take() -> list[_T]:
        found = list(itertools.islice(items, 1))
        if over:  # left alone at work: nobody else can close it
            items.close()
        return found

    try:
        while True:
            taking = asyncio.ensure_future(run_in_threadpool(take))
            # Left alone, what it raises is nobody's concern.
            taking.add_done_callback(lambda it: it.cancelled() or it.exception())
            found = await (taking if turn is None else turn.first(taking))
            if not found:
                return
            yield found[0]
    finally:
        over = True
        with suppress(ValueError):  # it is at work
            items.close()


@dataclass(frozen=True, slots=True)
class Admit:
    """Lets in as many requests as can be answered, and has the work of each stop with its asker.

    Attributes:
        asks: Whether a request makes an answer.
        refuse: Words an error in the form of the channel.
        refused: Is told why a request got no place.
    """

    app: ASGIApp
    answers: Answers
    asks: Callable[[Scope], bool]
    refuse: Callable[[Request, Exception], Awaitable[Response]]
    refused: Callable[[str], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not self.asks(scope):
            await self.app(scope, receive, send)
            return
        # Whoever sends slowly takes no place from those who have asked.
        _, again = await read_body(receive, MOST_BODY_BYTES)
        first = await again()
        body: Message | None = first
        turn, gone = self.answers.turn(), asyncio.Event()

        async def watch(message: Message) -> None:
            while message["type"] != "http.disconnect":
                message = await receive()
            gone.set()
            turn.end(GoneError)

        async def receive_once() -> Message:
            nonlocal body
            given, body = body, None
            if given is None:
                await gone.wait()
            return given or {"type": "http.disconnect"}

        async def send_leaving(message: Message) -> None:
            # What is sent whole is done; only its reader may still be slow.
            streams = Headers(raw=message.get("headers", ())).get("content-type", "")
            if message["type"] == "http.response.start" and "event-stream" not in streams:
                turn.leave()
            await send(message)

        watching = asyncio.create_task(watch(first))
        try:
            await self.answers.enter(turn)
        except CcsQaError as error:
            self.refused(error.code)
            response = await self.refuse(Request(scope), error)
            await response(scope, receive_once, send)
        else:
            # Not a copy: what the router notes in it is read outside.
            scope[_TURN] = turn
            await self.app(scope, receive_once, send_leaving)
        finally:
            watching.cancel()
            self.answers.end(turn)
