"""Examples of streams and errors for the OpenAPI document; the others lie with those of the API."""

from typing import Any, Final

from ccs_qa.errors import CcsQaError
from ccs_qa.http.openai.errors import error_body
from ccs_qa.http.openai.schemas import MODEL, ErrorBody
from ccs_qa.http.problems import DOCUMENTED, ChatError, MethodError, ModelNameError

Json = dict[str, Any]
_PATH = "/v1/chat/completions"
_DOCUMENTED: Final[dict[int | str, tuple[str, CcsQaError]]] = {
    400: (
        "The conversation, the question or a field cannot be used.",
        ChatError(problem="choices", param="n"),
    ),
    404: (
        "There is no model of that name.",
        ModelNameError(model="gpt-4o", known=MODEL, param="model"),
    ),
    "4XX": ("The request is refused for another reason.", MethodError(method="PUT")),
    **{status: DOCUMENTED[status] for status in (413, 500, 503)},
}
CHUNKS: Final = """data: {"id":"…","object":"chat.completion.chunk","choices":[{"index":0,\
"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}], …}

data: {"choices":[{"delta":{"content":"Answer found – …\\n\\n\
The summary of the meeting of … says:"}, …}], …}

data: {"choices":[{"delta":{"content":"\\n“Artificial intelligence (AI) should …” [1]"}, …}], …}

data: {"choices":[{"delta":{"annotations":[…]},"finish_reason":"stop", …}],"ccs_qa":{…}, …}

data: [DONE]
"""


def documented(*statuses: int) -> dict[int | str, Json]:
    """Document the errors that a route may answer with, an example of each."""
    found: dict[int | str, Json] = {}
    # Without the range, FastAPI would add a 422 in a form that this channel never gives.
    named: tuple[int | str, ...] = (*statuses, "4XX")
    for status in named:
        description, error = _DOCUMENTED[status]
        example = error_body(error, _PATH).model_dump(mode="json")
        content = {"application/json": {"example": example}}
        found[status] = {"model": ErrorBody, "description": description, "content": content}
    return found
