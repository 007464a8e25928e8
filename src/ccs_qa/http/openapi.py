"""The OpenAPI document, completed: what holds for every operation is said here once."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from ccs_qa.http.middleware import HEADER, put_below
from ccs_qa.http.problems import DOCUMENTED, MEDIA_TYPE, problem

Json = dict[str, Any]
JSON: Final = "application/json"
TAGS: Final = [
    {"name": "questions", "description": "Ask, or look for passages."},
    {"name": "evidence", "description": "The meetings and passages that answers quote."},
    {"name": "feedback", "description": "Say whether an answer helped."},
    {"name": "openai", "description": "The same answers for programs that speak to OpenAI."},
    {"name": "health", "description": "Whether the service runs and can answer."},
]
CONTACT: Final = {"name": "The people who run this service"}
LICENCE: Final = {"name": "MIT", "identifier": "MIT"}
_HERE: Final = "Where this document comes from."
DESCRIPTION: Final = """Every quote is checked against its document before it is given: the text
is exactly the characters from `start` to `end` of that document. Errors are problems (RFC 9457),
worded in French and in English; their `type` is stable. Addresses under `/api/v1` only gain
fields: what would break a caller goes to a new version, and the old one says so six months before
it ends."""
_REQUEST_ID = {
    "description": "Names the request in the log of the service.",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    "example": "my-tool-42",
}
_GIVEN_ID = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A name for the request; another is made where it is not 1 to 64 letters, "
    "digits, points, hyphens or underscores.",
    "schema": {"type": "string"},
    "example": "my-tool-42",
}


def servers(path: str) -> list[Json]:
    """Say below which path the addresses of the document are; empty for none."""
    return [{"url": path or "/", "description": _HERE}]


@cache
def examples() -> Json:
    """Read the examples, which the service itself once gave, by the id of an operation."""
    found: Json = json.loads(Path(__file__).with_name("examples.json").read_text("utf-8"))
    return found


def complete(document: Json) -> Json:
    """Say of every operation what holds for all of them, in place."""
    components = document.setdefault("components", {})
    components["headers"] = {"RequestId": _REQUEST_ID}
    components["parameters"] = {"RequestId": _GIVEN_ID}
    for path, item in document["paths"].items():
        for operation in item.values():
            _complete_operation(path, operation)
    return document


def _complete_operation(path: str, operation: Json) -> None:
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/RequestId"})
    known = examples().get(operation["operationId"], {})
    if "request" in known:
        operation["requestBody"]["content"][JSON].setdefault("example", known["request"])
    for status, response in operation["responses"].items():
        headers = response.setdefault("headers", {})
        headers[HEADER] = {"$ref": "#/components/headers/RequestId"}
        content = response.get("content", {})
        if MEDIA_TYPE in content:
            # FastAPI lists the media type of good answers beside that of problems.
            response["content"] = {MEDIA_TYPE: content[MEDIA_TYPE]}
            content[MEDIA_TYPE].setdefault("example", _problem(int(status), path))
        elif JSON in content and "response" in known:
            content[JSON].setdefault("example", known["response"])
        elif "text/event-stream" in content:
            # FastAPI takes whatever is not JSON for one string; here the schema is of an event.
            content["text/event-stream"]["schema"].pop("type", None)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _problem(status: int, path: str) -> Json:
    _, error = DOCUMENTED[status]
    wrong = ({"field": "question", "problem": "missing"},) if status == 422 else ()
    body = problem(error, path.replace("{date}", "2024-01-01"), errors=wrong)
    return body.model_dump(mode="json")


class DescribedApi(FastAPI):
    """An application below the path of its settings, whose OpenAPI document is complete."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            scope = put_below(scope, self.state.settings.public_path)
        await super().__call__(scope, receive, send)

    def openapi(self) -> Json:
        """Describe the API, once."""
        if self.openapi_schema is None:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema
