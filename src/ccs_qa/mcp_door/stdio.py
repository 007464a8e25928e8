"""The protocol over standard input and output, for a client that starts the process itself."""

from mcp.server.stdio import stdio_server

from ccs_qa.mcp_door.server import build_server
from ccs_qa.service import QAService


async def serve_stdio(service: QAService) -> None:
    """Answer until the client closes the input."""
    server = build_server(service)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
