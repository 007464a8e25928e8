"""Every error as `application/problem+json` (RFC 9457), worded in both languages."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

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


class HttpError(CcsQaError):
    """An error of the protocol, which no room below raises."""

    status: ClassVar[int] = 500

    def __init_subclass__(cls, *, code: str, status: int) -> None:
        """Take over what a kind of error is called, and the status that it is answered with."""
        cls.code, cls.status = code, status

    @property
    def headers(self) -> Mapping[str, str]:
        """What its response says beside."""
        return {}


class MethodError(HttpError, code="method", status=405):
    """The address does not take this method."""


class BodySizeError(HttpError, code="body-size", status=413):
    """The body is too large."""


class HostError(HttpError, code="host", status=400):
    """The request does not say by which one name it came."""


class HostNameError(HttpError, code="host-name", status=421):
    """The service is asked for by a name that is not its own."""


class MediaTypeError(HttpError, code="media-type", status=415):
    """The body is not JSON text."""


class ValidationError(HttpError, code="validation", status=422):
    """A field of the request is missing, unknown or out of range."""


class CrossSiteError(HttpError, code="cross-site", status=403):
    """A form was sent from another site, or nothing tells from which."""


class KeyRequiredError(HttpError, code="key", status=401):
    """No key was shown, or one that opens nothing; details: problem."""

    @property
    def headers(self) -> Mapping[str, str]:
        """How to show one (RFC 6750)."""
        shown = self.details["problem"] != "missing"
        return {"WWW-Authenticate": 'Bearer error="invalid_token"' if shown else "Bearer"}


class ScopeError(HttpError, code="scope", status=403):
    """The key does not open this; details: scope."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Which scope is missing (RFC 6750)."""
        scope = self.details["scope"]
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}


class TooManyError(HttpError, code="too-many", status=429):
    """More than a caller may ask for; details: seconds."""


class BusyError(HttpError, code="busy", status=503):
    """As many are answered and wait as may; details: seconds, after which to come back."""

    @property
    def headers(self) -> Mapping[str, str]:
        """When to come back."""
        return {"Retry-After": str(self.details["seconds"])}


class LateError(BusyError, code="late", status=503):
    """The time for an answer is over; details: seconds."""


class StoppingError(BusyError, code="stopping", status=503):
    """The service was told to stop; details: seconds."""


class GoneError(HttpError, code="gone", status=499):  # as nginx notes it: the standard has none
    """Whoever asked has left: nobody reads this."""


class SlowError(HttpError, code="slow", status=408):
    """A request did not come whole in time; details: seconds."""


class HeadSizeError(HttpError, code="head-size", status=431):
    """The address or the headers are too long; details: most."""


class NotReadyError(HttpError, code="not-ready", status=503):
    """The service cannot answer yet, or has paused, or cannot keep what it must."""


class AddressError(HttpError, code="address", status=404):
    """Nothing is served at this address."""


class ChatError(ValidationError, code="chat", status=422):
    """A conversation in the form of OpenAI asks for what is not done here; details: param."""


class ModelNameError(AddressError, code="model-not-found", status=404):
    """No model has that name; details: model, known, param."""


# What the document says of each status, and an error that has it.
DOCUMENTED: dict[int, tuple[str, CcsQaError]] = {
    401: (
        "A key is needed, and none that is valid was shown.",
        KeyRequiredError(problem="missing"),
    ),
    403: ("The key does not open this.", ScopeError(scope="ask")),
    404: ("There is none of that name.", NotFoundError(what="meeting", name="2024-01-01")),
    413: ("The body is too large.", BodySizeError(most=MOST_BODY_BYTES // 1024)),
    415: ("The body is not JSON.", MediaTypeError()),
    421: ("The service is asked for by a name that is not its own.", HostNameError()),
    422: ("The question, a filter or a field cannot be used.", ValidationError(fields="question")),
    429: ("Too many requests; `Retry-After` says when to try again.", TooManyError(seconds=30)),
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
    """Give the HTTP status of an error, of this room or of those below."""
    match error:
        case HttpError():
            return error.status
        case NotFoundError():
            return 404
        case CorpusError():  # somebody else is at it, or it is not as it was
            return 409
        case InputError():
            return 422
        case PausedError() | SearchIndexError() | StoreError() | EndpointError():
            return 503
    return 500


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
    if isinstance(error, HttpError):
        return Identified(error, headers=error.headers)
    if isinstance(error, CcsQaError):
        return Identified(error)
    _LOG.error("unexpected error in request %s", REQUEST_ID.get(), exc_info=error)
    return Identified(CcsQaError())
