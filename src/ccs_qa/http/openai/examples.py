"""Examples of streams and errors for the OpenAPI document; the others lie with those of the API."""

from typing import Any, Final

from ccs_qa.errors import CcsQaError
from ccs_qa.http.openai.errors import error_body
from ccs_qa.http.openai.schemas import MODEL
from ccs_qa.http.problems import (
    MOST_BODY_BYTES,
    BodySizeError,
    ChatError,
    MethodError,
    ModelNameError,
    NotReadyError,
)

Json = dict[str, Any]
_PATH = "/v1/chat/completions"
ERRORS: Final[dict[int | str, str]] = {
    400: "The conversation, the question or a field cannot be used.",
    404: "There is no model of that name.",
    413: "The body is too large, or does not say how large it is.",
    500: "The service failed; nothing that was sent is wrong.",
    503: "The service cannot answer yet.",
    "4XX": "The request is refused for another reason.",
}
_RAISED: dict[int | str, CcsQaError] = {
    400: ChatError(problem="choices", param="n"),
    404: ModelNameError(model="gpt-4o", known=MODEL, param="model"),
    413: BodySizeError(most=MOST_BODY_BYTES // 1024),
    500: CcsQaError(),
    503: NotReadyError(),
    "4XX": MethodError(method="PUT"),
}
CHUNKS: Final = """data: {"id":"…","object":"chat.completion.chunk","choices":[{"index":0,\
"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}], …}

data: {"choices":[{"delta":{"content":"Answer found – …\\n\\n\
The summary of the meeting of … says:"}, …}], …}

data: {"choices":[{"delta":{"content":"\\n“Artificial intelligence (AI) should …” [1]"}, …}], …}

data: {"choices":[{"delta":{"annotations":[…]},"finish_reason":"stop", …}],"ccs_qa":{…}, …}

data: [DONE]
"""


def error(status: int | str) -> Json:
    """Give an example of an error."""
    return error_body(_RAISED[status], _PATH).model_dump(mode="json")
