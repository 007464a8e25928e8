"""Errors in the form that clients of OpenAI read; the words are those of every other channel."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi.responses import JSONResponse

from ccs_qa.errors import CcsQaError
from ccs_qa.http.openai.schemas import MODEL, ErrorBody, ErrorOut
from ccs_qa.http.problems import DOCUMENTED, ChatError, MethodError, ModelNameError, problem

# OpenAI has one status for whatever is wrong with a request that can be read.
_STATUS = {415: 400, 422: 400}
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


def error_body(
    error: CcsQaError, instance: str, *, errors: tuple[dict[str, str], ...] = ()
) -> ErrorBody:
    """Word an error."""
    found = problem(error, instance, errors=errors)
    found = found.model_copy(update={"status": _STATUS.get(found.status, found.status)})
    param = error.details.get("param") or next((item["field"] for item in errors), None)
    return ErrorBody(
        error=ErrorOut(
            message=" / ".join(
                f"{found.title[language]}. {found.detail[language]} {found.next[language]}"
                for language in found.title
            ),
            type="invalid_request_error" if found.status < 500 else "server_error",
            param=str(param) if param else None,
            code=error.code.replace("-", "_"),
            ccs_qa=found,
        )
    )


def error_response(
    error: CcsQaError,
    instance: str,
    *,
    errors: tuple[dict[str, str], ...] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Word an error as a response."""
    body = error_body(error, instance, errors=errors)
    return JSONResponse(
        body.model_dump(mode="json"),
        status_code=body.error.ccs_qa.status,
        headers={"Content-Language": "fr, en", **(headers or {})},
    )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the errors that a route may answer with, an example of each."""
    found: dict[int | str, dict[str, Any]] = {}
    # Without the range, FastAPI would add a 422 in a form that this channel never gives.
    named: tuple[int | str, ...] = (*statuses, "4XX")
    for status in named:
        description, error = _DOCUMENTED[status]
        example = error_body(error, _PATH).model_dump(mode="json")
        content = {"application/json": {"example": example}}
        found[status] = {"model": ErrorBody, "description": description, "content": content}
    return found
