"""The official client, unmodified, over each transport: every call of the tests, made once."""

import asyncio
import sys
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from mcp_types import (
    CallToolResult,
    Prompt,
    Resource,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    Tool,
)

from ccs_qa.records import Language
from ccs_qa.settings import Settings

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
    resources: list[Resource]
    templates: list[ResourceTemplate]
    read: dict[str, str]
    unread: dict[str, MCPError]
    prompts: list[Prompt]
    prompted: dict[Language, str]


UNREAD = (
    "ccs://meetings/2024-01-01",
    "ccs://meetings/soon",
    "ccs://passages/none",
    "ccs://keys/1",
    "ccs://[",
    "http://example.ca/",
)
WANTED: dict[Language, str] = {"fr": "fr-CA", "en": ""}


async def read(client: Client, uri: str) -> str:
    """Take the one text of a resource."""
    (only,) = (await client.read_resource(uri)).contents
    assert isinstance(only, TextResourceContents)
    assert (only.uri, only.mime_type) == (uri, "text/plain")
    return only.text


async def refused(call: Awaitable[object]) -> MCPError:
    """Take the error that a call ends in."""
    with pytest.raises(MCPError) as caught:
        await call
    return caught.value


async def prompted(client: Client, language: str) -> str:
    """Take the one message of the prompt."""
    given = {"question": "trust & passports?", "language": language}
    (only,) = (await client.get_prompt("quote", given)).messages
    assert isinstance(only.content, TextContent)
    return only.content.text


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
        known = ("ccs://meetings/2024-11-01", f"ccs://passages/{PASSAGE}")
        return Visit(
            instructions=client.instructions or "",
            tools={tool.name: tool for tool in listed.tools},
            results=results,
            unknown=await refused(client.call_tool("delete_everything", {})),
            origin=origin,
            resources=(await client.list_resources()).resources,
            templates=(await client.list_resource_templates()).resource_templates,
            read={uri: await read(client, uri) for uri in known},
            unread={uri: await refused(client.read_resource(uri)) for uri in UNREAD},
            prompts=(await client.list_prompts()).prompts,
            prompted={name: await prompted(client, told) for name, told in WANTED.items()},
        )


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
