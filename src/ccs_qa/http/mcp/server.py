"""The protocol server: names tools, resources and the prompt, and answers what asks for them.

The low-level server of the SDK is used, since its high-level one takes the arguments of a tool
from a Python signature, where none may be called `from`, and words refusals in English only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import mcp_types as protocol
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ccs_qa import __version__
from ccs_qa.http.admission import turn_of
from ccs_qa.http.mcp.arguments import read_arguments
from ccs_qa.http.mcp.prompt import PROMPT, fill_prompt
from ccs_qa.http.mcp.resources import list_meetings, list_templates, read_resource
from ccs_qa.http.mcp.texts import Texts, both, refusal
from ccs_qa.http.mcp.tools import TOOLS, Reply, Tool
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


def build_server(current: Callable[[], QAService]) -> Server[Any]:
    """Make a protocol server over the service that answers at the time of a call."""
    answers = _Answers(current)
    return Server(
        NAME,
        version=__version__,
        title=both("mcp.title", " / "),
        instructions=both("mcp.instructions", "\n\n"),
        on_list_tools=_list_tools,
        on_call_tool=answers.call_tool,
        on_list_resources=answers.list_resources,
        on_list_resource_templates=_list_templates,
        on_read_resource=answers.read_resource,
        on_list_prompts=_list_prompts,
        on_get_prompt=_get_prompt,
    )


@dataclass(frozen=True, slots=True)
class _Answers:
    """Answers what asks the service."""

    current: Callable[[], QAService]

    async def call_tool(
        self, context: Context, params: protocol.CallToolRequestParams
    ) -> protocol.CallToolResult:
        tool = _BY_NAME.get(params.name)
        if tool is None:
            raise _unknown("tool", params.name, _BY_NAME)
        given, service = params.arguments or {}, self.current()
        if isinstance(context.request, Request):
            service = replace(service, before=turn_of(context.request.scope) or service.before)
        try:
            # Answering takes the processor: the loop goes on meanwhile.
            reply = await run_in_threadpool(_run, tool, given, service, _texts(service, context))
        except Exception as error:  # noqa: BLE001 - a call ends in words, whatever was raised
            return _refused(error)
        return protocol.CallToolResult(
            content=[protocol.TextContent(text=reply.text)],
            structured_content=reply.body.model_dump(mode="json", by_alias=True),
        )

    async def list_resources(self, _context: Context, _page: Page) -> protocol.ListResourcesResult:
        return list_meetings(self.current().corpus)

    async def read_resource(
        self, context: Context, params: protocol.ReadResourceRequestParams
    ) -> protocol.ReadResourceResult:
        return await run_in_threadpool(read_resource, params.uri, _texts(self.current(), context))


def _texts(service: QAService, context: Context) -> Texts:
    asked = context.request
    # Addresses that can be opened say where the page is; over stdio nobody knows.
    origin = site_of(asked) if isinstance(asked, Request) else ""
    return Texts(service.corpus, origin)


async def _list_tools(_context: Context, _page: Page) -> protocol.ListToolsResult:
    return protocol.ListToolsResult(tools=[_described(tool) for tool in TOOLS])


async def _list_templates(_context: Context, _page: Page) -> protocol.ListResourceTemplatesResult:
    return list_templates()


async def _list_prompts(_context: Context, _page: Page) -> protocol.ListPromptsResult:
    return protocol.ListPromptsResult(prompts=[PROMPT])


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
        title=both(tool.title, " / "),
        description=both(tool.description, "\n\n"),
        input_schema=tool.arguments.model_json_schema(by_alias=True),
        output_schema=tool.result.model_json_schema(by_alias=True, mode="serialization"),
        annotations=_HINTS,
    )


def _run(tool: Tool[Any], given: dict[str, Any], service: QAService, texts: Texts) -> Reply:
    return tool.run(read_arguments(tool.arguments, given), service, texts)


def _refused(error: Exception) -> protocol.CallToolResult:
    told = protocol.TextContent(text=refusal(identify(error, "POST").error))
    return protocol.CallToolResult(content=[told], is_error=True)
