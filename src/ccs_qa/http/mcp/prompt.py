"""The prompt that a person picks to have a question answered in quotes."""

from collections.abc import Mapping

import mcp_types as protocol
from mcp.shared.exceptions import MCPError

from ccs_qa.errors import CcsQaError
from ccs_qa.http.mcp.arguments import QuoteArguments, read_arguments
from ccs_qa.http.mcp.texts import both, refusal
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.text.strings import detect_language

PROMPT = protocol.Prompt(
    name="quote",
    title=both("mcp.quote.title", " / "),
    description=both("mcp.quote.description", "\n\n"),
    arguments=[
        protocol.PromptArgument(name=name, description=both(key, "\n\n"), required=needed)
        for name, key, needed in (
            ("question", "mcp.quote.question", True),
            ("language", "mcp.quote.language", False),
        )
    ],
)


def fill_prompt(given: Mapping[str, str]) -> protocol.GetPromptResult:
    """Fill it in the language wanted; an error of the protocol where an argument cannot be used."""
    try:
        asked = read_arguments(QuoteArguments, given)
    except CcsQaError as error:
        raise MCPError(protocol.INVALID_PARAMS, refusal(error)) from None
    words = catalogue(asked.language or detect_language(asked.question))
    told = (words.raw("mcp.quote.task"), words.raw("mcp.instructions"))
    text = "\n\n".join((*told, words.text("mcp.quote.asked", question=asked.question)))
    message = protocol.PromptMessage(role="user", content=protocol.TextContent(text=text))
    return protocol.GetPromptResult(
        description=words.raw("mcp.quote.description"), messages=[message]
    )
