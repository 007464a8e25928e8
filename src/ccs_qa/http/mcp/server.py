"""The protocol server: names the tools and answers their calls.

The low-level server of the SDK is used, since its high-level one takes the arguments of a tool
from a Python signature, where none may be called `from`, and words refusals in English only.
"""

from collections.abc import Callable
from typing import Any

import mcp_types as protocol
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ccs_qa import __version__
from ccs_qa.errors import ArgumentsError
from ccs_qa.http.mcp.texts import Texts, refusal
from ccs_qa.http.mcp.tools import TOOLS, Reply, Tool
from ccs_qa.http.middleware import site_of
from ccs_qa.http.problems import identify
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.service import QAService

NAME = "ccs-qa"
_BY_NAME = {tool.name: tool for tool in TOOLS}
_HINTS = protocol.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def build_server(current: Callable[[], QAService]) -> Server[Any]:
    """Make a protocol server over the service that answers at the time of a call."""

    async def list_tools(
        _context: ServerRequestContext[Any], _params: protocol.PaginatedRequestParams | None
    ) -> protocol.ListToolsResult:
        return protocol.ListToolsResult(tools=[_described(tool) for tool in TOOLS])

    async def call_tool(
        context: ServerRequestContext[Any], params: protocol.CallToolRequestParams
    ) -> protocol.CallToolResult:
        tool = _BY_NAME.get(params.name)
        if tool is None:
            raise MCPError(protocol.INVALID_PARAMS, f"Unknown tool: {params.name}")
        asked = context.request
        # Addresses that can be opened say where the page is; over stdio nobody knows.
        origin = site_of(asked) if isinstance(asked, Request) else ""
        service = current()
        texts = Texts(service.corpus, origin)
        try:
            # Answering takes the processor: the loop goes on meanwhile.
            reply = await run_in_threadpool(_run, tool, params.arguments or {}, service, texts)
        except Exception as error:  # noqa: BLE001 - a call ends in words, whatever was raised
            return _refused(error)
        return protocol.CallToolResult(
            content=[protocol.TextContent(text=reply.text)],
            structured_content=reply.body.model_dump(mode="json", by_alias=True),
        )

    return Server(
        NAME,
        version=__version__,
        title=_both("mcp.title", " / "),
        instructions=_both("mcp.instructions", "\n\n"),
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _described(tool: Tool[Any]) -> protocol.Tool:
    return protocol.Tool(
        name=tool.name,
        title=_both(tool.title, " / "),
        description=_both(tool.description, "\n\n"),
        input_schema=tool.arguments.model_json_schema(by_alias=True),
        output_schema=tool.result.model_json_schema(by_alias=True, mode="serialization"),
        annotations=_HINTS,
    )


def _both(key: str, between: str) -> str:
    return between.join(catalogue(language).raw(key) for language in ("en", "fr"))


def _run(tool: Tool[Any], given: dict[str, Any], service: QAService, texts: Texts) -> Reply:
    try:
        arguments: BaseModel = tool.arguments.model_validate(given)
    except ValidationError as error:
        raise ArgumentsError(fields=_named(error)) from None
    return tool.run(arguments, service, texts)


def _named(error: ValidationError) -> str:
    return ", ".join(
        f"{'.'.join(str(part) for part in item['loc'])} ({item['type']})"
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    )


def _refused(error: Exception) -> protocol.CallToolResult:
    told = protocol.TextContent(text=refusal(identify(error, "POST").error))
    return protocol.CallToolResult(content=[told], is_error=True)
