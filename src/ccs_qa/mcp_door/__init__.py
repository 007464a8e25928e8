"""The edge for assistants: the Model Context Protocol over stdio and over HTTP.

Named so that it does not shadow the `mcp` package, which no other room imports.
"""

from ccs_qa.mcp_door.http import McpDoor
from ccs_qa.mcp_door.server import build_server
from ccs_qa.mcp_door.stdio import serve_stdio

__all__ = ["McpDoor", "build_server", "serve_stdio"]
