"""What is noted of every request, and HEAD answered wherever GET is.

Noted are its name for the log, its channel, and whose key it shows. Routes are written for GET
alone: asking them for HEAD (RFC 9110, 9.3.2), instead of giving each a second method, keeps one
rule for scopes, counts, tags and caching, and holds for routes to come.
"""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
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


class Heads:
    """Turns HEAD into GET on the way in, and leaves the body out on the way back."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        ended = False

        async def send_head(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                _allow_head(message)
            elif head:
                if ended:
                    return
                # A stream ends here as well: its reader is gone, which stops the work.
                ended, message = True, {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"} if head else scope, receive, send_head)


def _allow_head(message: Message) -> None:
    """Name HEAD where a refusal says that GET is taken."""
    headers = MutableHeaders(scope=message)
    allowed = [item.strip() for item in headers.get("allow", "").split(",")]
    if "GET" in allowed and "HEAD" not in allowed:
        headers["allow"] = ", ".join([*allowed, "HEAD"])


# What is asked through none of the channels, never the address.
OTHER = "other"
_channel: ContextVar[str] = ContextVar("channel", default=OTHER)
_key: ContextVar[str | None] = ContextVar("key_id", default=None)


def current_channel() -> str:
    """Name the channel of the request that is being answered.

    Returns:
        Its name; `other` where none was noted.
    """
    return _channel.get()


def note_channel(name: str) -> None:
    """Note through which channel is asked, where no request says so."""
    _channel.set(name)


def note_key(name: str | None) -> None:
    """Note the name of the key, never the key, that the request being answered shows, if any."""
    _key.set(name)


def current_key() -> str | None:
    """Name the key that the request shows; None without one."""
    return _key.get()


class Channels:
    """Notes through which channel each request comes."""

    def __init__(self, app: ASGIApp, name_of: Callable[[str], str]) -> None:
        """Wrap an application."""
        self._app = app
        self._name_of = name_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with its channel noted."""
        if scope["type"] == "http":
            note_channel(self._name_of(scope["path"]))
            note_key(None)
        await self._app(scope, receive, send)


def site_of(request: Request) -> str:
    """Say where the service is.

    Returns:
        The address of the setting where there is one, since whoever sends a request chooses
        what it says; else what the request says. Without a slash at its end.
    """
    public: str = getattr(request.app.state, "public_url", "")
    if not public:
        return str(request.base_url).rstrip("/")
    below: str = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    return public + below.rstrip("/")
