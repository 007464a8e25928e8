"""Every error as `application/problem+json` (RFC 9457), worded in both languages."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ccs_qa.errors import (
    CcsQaError,
    CorpusError,
    EndpointError,
    InputError,
    NotFoundError,
    PausedError,
    SearchIndexError,
    StoreError,
)
from ccs_qa.http.middleware import REQUEST_ID
from ccs_qa.messages.wording import word_error
from ccs_qa.present.schemas import ProblemOut

MEDIA_TYPE = "application/problem+json"
MOST_BODY_BYTES = 512 * 1024
_LOG = logging.getLogger(__name__)


class _HttpError(CcsQaError):
    """An error of the protocol, which no room below raises."""


class MethodError(_HttpError):
    """The address does not take this method."""

    code = "method"


class BodySizeError(_HttpError):
    """The body is too large."""

    code = "body-size"


class HostError(_HttpError):
    """The request does not say by which one name it came."""

    code = "host"


class HostNameError(_HttpError):
    """The service is asked for by a name that is not its own."""

    code = "host-name"


class MediaTypeError(_HttpError):
    """The body is not JSON text."""

    code = "media-type"


class ValidationError(_HttpError):
    """A field of the request is missing, unknown or out of range."""

    code = "validation"


class CrossSiteError(_HttpError):
    """A form was sent from another site, or nothing tells from which."""

    code = "cross-site"


class KeyRequiredError(_HttpError):
    """No key was shown, or one that opens nothing."""

    code = "key"


class ScopeError(_HttpError):
    """The key does not open this; details: scope."""

    code = "scope"


class TooManyError(_HttpError):
    """More than a caller may ask for; details: seconds."""

    code = "too-many"


class BusyError(_HttpError):
    """As many are answered and wait as may; details: seconds, after which to come back."""

    code = "busy"


class LateError(BusyError):
    """The time for an answer is over; details: seconds."""

    code = "late"


class StoppingError(BusyError):
    """The service was told to stop; details: seconds."""

    code = "stopping"


class GoneError(_HttpError):
    """Whoever asked has left: nobody reads this."""

    code = "gone"


class SlowError(_HttpError):
    """A request did not come whole in time; details: seconds."""

    code = "slow"


class HeadSizeError(_HttpError):
    """The address or the headers are too long; details: most."""

    code = "head-size"


class NotReadyError(_HttpError):
    """The service cannot answer yet, or has paused, or cannot keep what it must."""

    code = "not-ready"


class AddressError(_HttpError):
    """Nothing is served at this address."""

    code = "address"


class ChatError(ValidationError):
    """A conversation in the form of OpenAI asks for what is not done here; details: param."""

    code = "chat"


class ModelNameError(AddressError):
    """No model has that name; details: model, known, param."""

    code = "model-not-found"


# The status of each kind of error; the first that fits counts.
STATUS: tuple[tuple[type[CcsQaError], int], ...] = (
    (HostError, 400),
    (HostNameError, 421),
    (NotFoundError, 404),
    (AddressError, 404),
    (CrossSiteError, 403),
    (KeyRequiredError, 401),
    (ScopeError, 403),
    (TooManyError, 429),
    (SlowError, 408),
    (HeadSizeError, 431),
    (GoneError, 499),  # as nginx notes it: the standard has none
    (BusyError, 503),
    (MethodError, 405),
    (BodySizeError, 413),
    (MediaTypeError, 415),
    (ValidationError, 422),
    (InputError, 422),
    (NotReadyError, 503),
    (PausedError, 503),
    (CorpusError, 409),  # somebody else is at it, or it is not as it was
    (SearchIndexError, 503),
    (StoreError, 503),
    (EndpointError, 503),
    (CcsQaError, 500),
)


# What the document says of each status, and an error that has it.
DOCUMENTED: dict[int, tuple[str, CcsQaError]] = {
    401: (
        "A key is needed, and none that is valid was shown.",
        KeyRequiredError(problem="missing"),
    ),
    403: ("The key does not open this.", ScopeError(scope="ask")),
    404: ("There is none of that name.", NotFoundError(what="meeting", name="2024-01-01")),
    413: (
        "The body is too large.",
        BodySizeError(most=MOST_BODY_BYTES // 1024),
    ),
    415: ("The body is not JSON.", MediaTypeError()),
    421: ("The service is asked for by a name that is not its own.", HostNameError()),
    422: (
        "The question, a filter or a field cannot be used.",
        ValidationError(fields="question"),
    ),
    429: (
        "Too many requests; `Retry-After` says when to try again.",
        TooManyError(seconds=30),
    ),
    500: ("The service failed; nothing that was sent is wrong.", CcsQaError()),
    503: ("The service cannot answer now; try again.", NotReadyError()),
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the problems that a route may answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {
        status: {"model": ProblemOut, "content": content, "description": DOCUMENTED[status][0]}
        for status in statuses
    }


def status_of(error: CcsQaError) -> int:
    """Give the HTTP status of an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def problem(
    error: CcsQaError, instance: str, *, errors: tuple[dict[str, str], ...] = ()
) -> ProblemOut:
    """Word an error as the body of a response."""
    worded = word_error(error)
    return ProblemOut(
        type=f"/problems/{error.code}",
        title={language: item.title for language, item in worded.items()},
        status=status_of(error),
        detail={language: item.detail for language, item in worded.items()},
        next={language: item.next for language, item in worded.items()},
        instance=instance,
        errors=list(errors),
    )


def problem_response(
    error: CcsQaError,
    instance: str,
    *,
    errors: tuple[dict[str, str], ...] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Word an error as a response."""
    body = problem(error, instance, errors=errors)
    return JSONResponse(
        body.model_dump(mode="json"),
        status_code=body.status,
        media_type=MEDIA_TYPE,
        headers={"Content-Language": "fr, en", **(headers or {})},
    )


def http_error(status: int, method: str) -> CcsQaError:
    """Name an error that the framework raised."""
    if status == 404:
        return AddressError()
    if status == 405:
        return MethodError(method=method)
    if status == 413:
        return BodySizeError(most=MOST_BODY_BYTES // 1024)
    if status in {400, 415}:  # FastAPI answers 400 to a body that it cannot parse
        return MediaTypeError()
    return ValidationError(fields="") if status < 500 else CcsQaError()


@dataclass(frozen=True, slots=True)
class Identified:
    """An exception, named."""

    error: CcsQaError
    fields: tuple[dict[str, str], ...] = ()
    headers: Mapping[str, str] | None = None


def identify(error: Exception, method: str) -> Identified:
    """Name whatever was raised while a request was answered; a fault of ours is logged."""
    if isinstance(error, RequestValidationError):
        fields = tuple(
            {
                "field": ".".join(str(part) for part in item["loc"] if part != "body"),
                "problem": str(item["type"]),
            }
            for item in error.errors()
        )
        if any(not item["field"] or item["problem"] == "json_invalid" for item in fields):
            return Identified(MediaTypeError())
        names = ", ".join(item["field"] for item in fields)
        return Identified(ValidationError(fields=names), fields)
    if isinstance(error, HTTPException):
        return Identified(http_error(error.status_code, method), headers=error.headers)
    if isinstance(error, BusyError):
        return Identified(error, headers={"Retry-After": str(error.details["seconds"])})
    if isinstance(error, CcsQaError):
        return Identified(error)
    _LOG.error("unexpected error in request %s", REQUEST_ID.get(), exc_info=error)
    return Identified(CcsQaError())
