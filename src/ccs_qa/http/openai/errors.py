"""Errors in the form that clients of OpenAI read; the words are those of every other channel."""

from collections.abc import Mapping

from fastapi.responses import JSONResponse

from ccs_qa.errors import CcsQaError
from ccs_qa.http.openai.schemas import ErrorBody, ErrorOut
from ccs_qa.http.problems import problem

# OpenAI has one status for whatever is wrong with a request that can be read.
_STATUS = {415: 400, 422: 400}


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
