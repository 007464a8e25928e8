"""Through which door a request comes, and whose key it shows."""

from contextvars import ContextVar

from starlette.types import ASGIApp, Receive, Scope, Send

# The first that fits counts; a door that stands in no row is `other`, never the address.
DOORS = (
    ("/api/", "api"),
    ("/v1/", "chat"),
    ("/mcp", "mcp"),
    ("/fr/", "page"),
    ("/en/", "page"),
)
OTHER = "other"
_door: ContextVar[str] = ContextVar("door", default=OTHER)
_key: ContextVar[str | None] = ContextVar("key_id", default=None)


def door_of(path: str) -> str:
    """Name the door of an address."""
    place = path[3:] if path.startswith(("/fr/", "/en/")) else ""
    if place.startswith("/download."):
        return "download"
    return next((name for start, name in DOORS if path.startswith(start)), OTHER)


def current_door() -> str:
    """Name the door of the request that is being answered.

    Returns:
        Its name; `other` where none was noted.
    """
    return _door.get()


def note_door(name: str) -> None:
    """Note through which door is asked, where no request says so."""
    _door.set(name)


def note_key(name: str | None) -> None:
    """Note the name of the key, never the key, that the request being answered shows, if any."""
    _key.set(name)


def current_key() -> str | None:
    """Name the key that the request shows; None without one."""
    return _key.get()


class Doors:
    """Notes through which door each request comes."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with its door noted."""
        if scope["type"] == "http":
            note_door(door_of(scope["path"]))
            note_key(None)
        await self._app(scope, receive, send)
