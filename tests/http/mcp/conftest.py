"""The official client, unmodified, over each transport: every call of the tests, made once."""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, TextContent, Tool

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import served

PASSAGE = "2024-11-01-s-9f742ebe"
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "english": ("ask", {"question": "How could AI help call centres?"}),
    "french": ("ask", {"question": "Que dit-on des passeports et de la confiance ?"}),
    "other language": ("ask", {"question": "passports and trust", "language": "fr"}),
    "follow-up": (
        "ask",
        {"question": "And in 2023?", "history": ["What was said about passports?"]},
    ),
    "limited": ("ask", {"question": "trust", "from": "2023-01-01", "to": "2023-06-30"}),
    "one meeting": ("search", {"question": "trust", "meetings": ["2023-10-03"], "k": 3}),
    "not found": ("ask", {"question": "What is the committee's annual budget?"}),
    "nothing": ("search", {"question": "trust", "from": "2030-01-01"}),
    "passage": ("get_passage", {"passage_id": PASSAGE}),
    "meetings": ("list_meetings", {}),
    "timeline": ("timeline", {"topic": "passeports"}),
    "bad date": ("ask", {"question": "trust", "from": "2024-13-01"}),
    "bad period": ("ask", {"question": "trust", "from": "2024-02-01", "to": "2024-01-01"}),
    "bad meeting": ("search", {"question": "trust", "meetings": ["2024-01-01"]}),
    "unknown passage": ("get_passage", {"passage_id": "no-such-passage"}),
    "unknown argument": ("ask", {"question": "trust", "form": "2024-01-01"}),
    "missing": ("ask", {}),
    "blank": ("ask", {"question": " "}),
    "long": ("ask", {"question": "a " * 2501}),
    "too many": ("search", {"question": "trust", "k": 101}),
}


@dataclass(frozen=True)
class Visit:
    """What one client saw."""

    instructions: str
    tools: dict[str, Tool]
    results: dict[str, CallToolResult]
    unknown: MCPError
    origin: str


def text(result: CallToolResult) -> str:
    """Take the one text of a result."""
    (only,) = result.content
    assert isinstance(only, TextContent)
    return only.text


async def visit(target: StdioServerParameters | str, mode: str, origin: str) -> Visit:
    """Connect, list the tools and make every call."""
    async with Client(target, mode=mode, read_timeout_seconds=300) as client:
        listed = await client.list_tools()
        results = {name: await client.call_tool(*call) for name, call in CALLS.items()}
        with pytest.raises(MCPError) as caught:
            await client.call_tool("delete_everything", {})
        return Visit(
            instructions=client.instructions or "",
            tools={tool.name: tool for tool in listed.tools},
            results=results,
            unknown=caught.value,
            origin=origin,
        )


@pytest.fixture(scope="session")
def origin(settings: Settings, service: QAService) -> Iterator[str]:
    """Address of a running application."""
    with served(build_app(settings, lambda _: service)) as found:
        yield found


@pytest.fixture(scope="session", params=["stdio", "http", "http, with the older handshake"])
def seen(request: pytest.FixtureRequest, settings: Settings) -> Visit:
    """What a client saw over each transport."""
    assert settings.index.is_dir()
    if request.param == "stdio":
        command = StdioServerParameters(command=sys.executable, args=["-m", "ccs_qa", "mcp"])
        return asyncio.run(visit(command, "auto", ""))
    address = request.getfixturevalue("origin")
    mode = "auto" if request.param == "http" else "legacy"
    return asyncio.run(visit(f"{address}/mcp", mode, address))
