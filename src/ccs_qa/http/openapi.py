"""The OpenAPI document, completed: what holds for every operation is said here once."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from ccs_qa.http.middleware import HEADER, put_below
from ccs_qa.http.problems import DOCUMENTED, MEDIA_TYPE, problem

Json = dict[str, Any]
JSON: Final = "application/json"


def servers(path: str) -> list[Json]:
    """Say below which path the addresses of the document are; empty for none."""
    return [{"url": path or "/", "description": "Where this document comes from."}]


@cache
def told() -> Json:
    """Read what is said in prose: of the service, of every operation, of some by their id."""
    return tomllib.loads(Path(__file__).with_name("openapi.toml").read_text("utf-8"))


@cache
def examples() -> Json:
    """Read the examples, which the service itself once gave, by the id of an operation."""
    found: Json = json.loads(Path(__file__).with_name("examples.json").read_text("utf-8"))
    return found


def complete(document: Json) -> Json:
    """Say of every operation what holds for all of them, in place."""
    document.setdefault("components", {}).update(told()["components"])
    for path, item in document["paths"].items():
        for operation in item.values():
            _complete_operation(path, operation)
    return document


def _complete_operation(path: str, operation: Json) -> None:
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/RequestId"})
    name = operation["operationId"]
    known, said = examples().get(name, {}), told()["operations"].get(name, {})
    operation["description"] = said.get("description", operation["description"])
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
        if "text/event-stream" in content:
            events = content["text/event-stream"]
            events["example"] = said["events"]
            # FastAPI takes whatever is not JSON for one string; here the schema is of an event.
            if events["schema"].get("type") == "string":
                del events["schema"]["type"]
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
