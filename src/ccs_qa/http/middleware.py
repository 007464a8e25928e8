"""What is noted of every request: its name for the log, its channel, whose key it shows."""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
# What a proxy would send. Anything longer or stranger could forge a line of the log.
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
# Names the request that is being answered; empty outside of one.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
# Through which channel it came; what came through none, or elsewhere, is never told by its address.
OTHER = "other"
CHANNEL: ContextVar[str] = ContextVar("channel", default=OTHER)
# Names the key that it shows, and is never the key; None without one.
KEY_ID: ContextVar[str | None] = ContextVar("key_id", default=None)


@dataclass(frozen=True, slots=True)
class Requests:
    """Notes each request, answers HEAD as GET without the body, and tells how it ended.

    Routes are written for GET alone: asking them for HEAD (RFC 9110, 9.3.2), instead of giving
    each a second method, keeps one rule for scopes, counts and caching, and holds for routes to
    come.

    Attributes:
        ended: Is told the route and the status of each request.
        site: Where redirections lead, without a path; empty for wherever a reader came from.
    """

    app: ASGIApp
    channel_of: Callable[[str], str]
    ended: Callable[[str, int], None]
    site: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        name = given if _SANE.fullmatch(given) else uuid.uuid4().hex
        # Not reset afterwards: what answers a fault of ours runs outside of this middleware,
        # in the same task, and reads it there.
        REQUEST_ID.set(name)
        CHANNEL.set(self.channel_of(path_below(scope)))
        KEY_ID.set(None)
        head = scope["method"] == "HEAD"
        if head:
            scope = {**scope, "method": "GET"}
        status, emptied = 500, False

        async def send_noted(message: Message) -> None:
            nonlocal status, emptied
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = name
                _allow_head(headers)
                redirect_below(headers, self.site)
            elif head:
                if emptied:
                    return
                # A stream ends here as well: its reader is gone, which stops the work.
                emptied, message = True, {"type": "http.response.body", "body": b""}
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        finally:
            self.ended(route_of(scope), status)


def _allow_head(headers: MutableHeaders) -> None:
    """Name HEAD where a refusal says that GET is taken."""
    allowed = [item.strip() for item in headers.get("allow", "").split(",")]
    if "GET" in allowed and "HEAD" not in allowed:
        headers["allow"] = ", ".join([*allowed, "HEAD"])


def redirect_below(headers: MutableHeaders, site: str = "") -> None:
    """Lead to a path of the site, else to a path alone: only a proxy knows how its reader came."""
    if "location" in headers:
        led = urlsplit(headers["location"])
        # Two slashes would begin the name of another site.
        path = f"/{led.path.lstrip('/')}"
        headers["location"] = site + urlunsplit(("", "", path, led.query, led.fragment))


def put_below(scope: Scope, root: str) -> Scope:
    """Put a request below a path, whether or not a proxy has taken that path away.

    Args:
        root: The path, without a slash at its end; empty for that of the server.
    """
    root = root or scope.get("root_path", "").rstrip("/")
    path: str = scope["path"]
    given = path if f"{path}/".startswith(f"{root}/") else root + path
    return {**scope, "root_path": root, "path": given}


def root_of(scope: Scope) -> str:
    """Say below which path the service is, without a slash at the end; empty for none."""
    found: str = scope.get("app_root_path", scope.get("root_path", ""))
    return found.rstrip("/")


def path_below(scope: Scope) -> str:
    """Say what is asked for, below the path of the service."""
    path: str = scope["path"]
    return path.removeprefix(root_of(scope)) or "/"


async def read_body(receive: Receive, most: int) -> tuple[bytes, Receive]:
    """Read a body, or what tells that it is longer than `most`, and give it once more."""
    body, message = bytearray(), await receive()
    while message["type"] == "http.request":
        body += message.get("body", b"")
        if len(body) > most or not message.get("more_body", False):
            break
        message = await receive()
    # Half a body is none: that its sender left is told instead.
    whole: Message = {"type": "http.request", "body": bytes(body), "more_body": False}
    unread = [whole if message["type"] == "http.request" else message]

    async def again() -> Message:
        return unread.pop() if unread else await receive()

    return bytes(body), again


def route_of(scope: Scope) -> str:
    """Name the pattern that a request matched.

    Returns:
        The pattern; the place of a mounted application; `none` for an unknown address. Never
        the address itself: it can hold anything, and each would be a number of its own.
    """
    pattern = getattr(scope.get("route"), "path", None)
    if isinstance(pattern, str):
        return pattern
    mounted: str = scope.get("root_path", "").removeprefix(scope.get("app_root_path", ""))
    return mounted or "none"


def site_of(request: Request) -> str:
    """Say where the service is, without a slash at the end."""
    # What is set goes first: whoever sends a request chooses what it says.
    public: str = getattr(request.app.state, "public_url", "")
    if not public:
        return str(request.base_url).rstrip("/")
    return public + root_of(request.scope)
