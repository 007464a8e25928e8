"""Answers HEAD wherever GET is answered: the same headers, and no body (RFC 9110, 9.3.2).

Routes are written for GET alone. Asking them, instead of giving each a second method, keeps one
rule for scopes, counts, tags and caching, and holds for routes yet to come.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


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
