"""The protocol over streamable HTTP and over standard input and output."""

import re
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ccs_qa.http.mcp.server import build_server
from ccs_qa.http.problems import MOST_BODY_BYTES, NotReadyError
from ccs_qa.service import QAService

PATH = "/mcp"
_PORT = re.compile(r":(\d+|\*)$")


class McpRoute:
    """Answers protocol messages; it keeps no session, so any number of processes may share them."""

    def __init__(self, hosts: Collection[str]) -> None:
        """Say by which names it is reached; one without a port has every port."""
        self._security = _security(hosts)
        self._manager: StreamableHTTPSessionManager | None = None

    @property
    def routes(self) -> list[Route]:
        """The routes of the application; nothing is streamed, so messages are posted only."""
        # Some clients put a slash at the end, and few follow a redirection of what they post.
        return [
            Route(path, self, methods=["POST"], include_in_schema=False)
            for path in (PATH, f"{PATH}/")
        ]

    @asynccontextmanager
    async def open(self, service: Callable[[], QAService]) -> AsyncIterator[None]:
        """Answer while the block runs."""
        # A manager runs once, and an application may be started again.
        manager = StreamableHTTPSessionManager(
            build_server(service),
            json_response=True,
            stateless=True,
            security_settings=self._security,
            max_request_body_size=MOST_BODY_BYTES,
        )
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._manager is None:
            raise NotReadyError
        if "accept" not in Headers(scope=scope):  # whoever names nothing takes anything
            scope = {**scope, "headers": [*scope["headers"], (b"accept", b"application/json")]}
        await self._manager.handle_request(scope, receive, send)


def _security(hosts: Collection[str]) -> TransportSecuritySettings:
    """Refuse names that a page elsewhere could have pointed at this machine."""
    every_port = (f"{name}:*" for name in hosts if not _PORT.search(name))
    allowed = [*hosts, *every_port]
    return TransportSecuritySettings(
        allowed_hosts=allowed,
        allowed_origins=[f"{scheme}://{name}" for scheme in ("http", "https") for name in allowed],
    )


async def serve_stdio(service: QAService) -> None:
    """Answer until the client closes the input."""
    server = build_server(lambda: service)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
