"""A name for each request, to find in the log what a caller speaks of."""

import re
import uuid
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
# What a proxy would send. Anything longer or stranger could forge a line of the log.
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Name the request that is being answered; empty outside of a request."""
    return _current.get()


def choose_request_id(given: str) -> str:
    """Take over the id that a caller gave, unless it is empty or cannot be used."""
    return given if _SANE.fullmatch(given) else uuid.uuid4().hex


class RequestIds:
    """Names each request, and says the name on its response."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request under its name."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = choose_request_id(Headers(scope=scope).get(HEADER, ""))
        # Not reset afterwards: what answers a fault of ours runs outside of this middleware,
        # in the same task, and reads it there.
        _current.set(name)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        await self._app(scope, receive, send_named)
