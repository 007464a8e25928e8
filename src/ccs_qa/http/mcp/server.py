"""The protocol server: names tools, resources and the prompt, and answers what asks for them.

The low-level server of the SDK is used, since its high-level one takes the arguments of a tool
from a Python signature, where none may be called `from`, and words refusals in English only.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import mcp_types as protocol
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ccs_qa import __version__
from ccs_qa.http.admission import while_awaited
from ccs_qa.http.mcp.arguments import read_arguments
from ccs_qa.http.mcp.prompt import PROMPT, fill_prompt
from ccs_qa.http.mcp.resources import list_meetings, list_templates, read_resource
from ccs_qa.http.mcp.texts import Texts, both, refusal
from ccs_qa.http.mcp.tools import TOOLS, Tool
from ccs_qa.http.middleware import site_of
from ccs_qa.http.problems import identify
from ccs_qa.service import QAService

NAME = "ccs-qa"
_BY_NAME = {tool.name: tool for tool in TOOLS}
_HINTS = protocol.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
Context = ServerRequestContext[Any]
Page = protocol.PaginatedRequestParams | None
_Given = TypeVar("_Given")


def build_server(current: Callable[[], QAService]) -> Server[Any]:
    """Make a protocol server over the service that answers at the time of a call."""

    async def call_tool(
        context: Context, params: protocol.CallToolRequestParams
    ) -> protocol.CallToolResult:
        tool = _BY_NAME.get(params.name)
        if tool is None:
            raise _unknown("tool", params.name, _BY_NAME)
        service = current()
        try:
            given = read_arguments(tool.arguments, params.arguments or {})
            texts, service = _texts(service, context), _awaited(service, context)
            # Answering takes the processor: the loop goes on meanwhile.
            reply = await run_in_threadpool(tool.run, given, service, texts)
        except Exception as error:  # noqa: BLE001 - a call ends in words, whatever was raised
            words = protocol.TextContent(text=refusal(identify(error, "POST").error))
            return protocol.CallToolResult(content=[words], is_error=True)
        return protocol.CallToolResult(
            content=[protocol.TextContent(text=reply.text)],
            structured_content=reply.body.model_dump(mode="json", by_alias=True),
        )

    async def list_resources(_context: Context, _page: Page) -> protocol.ListResourcesResult:
        return list_meetings(current().corpus)

    async def read(
        context: Context, params: protocol.ReadResourceRequestParams
    ) -> protocol.ReadResourceResult:
        return await run_in_threadpool(read_resource, params.uri, _texts(current(), context))

    return Server(
        NAME,
        version=__version__,
        title=both("mcp.title", " / "),
        instructions=both("mcp.instructions", "\n\n"),
        on_list_tools=_always(protocol.ListToolsResult(tools=[*map(_described, TOOLS)])),
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=_always(list_templates()),
        on_read_resource=read,
        on_list_prompts=_always(protocol.ListPromptsResult(prompts=[PROMPT])),
        on_get_prompt=_get_prompt,
    )


def _always(given: _Given) -> Callable[[Context, Page], Awaitable[_Given]]:
    async def give(_context: Context, _page: Page) -> _Given:
        return given

    return give


def _awaited(service: QAService, context: Context) -> QAService:
    asked = context.request
    return while_awaited(service, asked.scope) if isinstance(asked, Request) else service


def _texts(service: QAService, context: Context) -> Texts:
    asked = context.request
    # Addresses that can be opened say where the page is; over stdio nobody knows.
    return Texts(service.corpus, site_of(asked) if isinstance(asked, Request) else "")


async def _get_prompt(
    _context: Context, params: protocol.GetPromptRequestParams
) -> protocol.GetPromptResult:
    if params.name != PROMPT.name:
        raise _unknown("prompt", params.name, [PROMPT.name])
    return fill_prompt(params.arguments or {})


def _unknown(kind: str, name: str, known: Iterable[str]) -> MCPError:
    told = f"Unknown {kind}: {name}; known: {', '.join(known)}"
    return MCPError(protocol.INVALID_PARAMS, told)


def _described(tool: Tool[Any]) -> protocol.Tool:
    return protocol.Tool(
        name=tool.name,
        title=both(f"mcp.{tool.name}.title", " / "),
        description=both(f"mcp.{tool.name}.description", "\n\n"),
        input_schema=tool.arguments.model_json_schema(by_alias=True),
        output_schema=tool.result.model_json_schema(by_alias=True, mode="serialization"),
        annotations=_HINTS,
    )
