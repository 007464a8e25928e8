"""The OpenAPI document says of every operation what a caller has to know, with examples."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.contract

Json = dict[str, Any]
PROBLEM = "application/problem+json"
JSON = "application/json"


@pytest.fixture(scope="module")
def document(client: TestClient) -> Json:
    """The document, as it is served."""
    found: Json = client.get("/openapi.json").json()
    return found


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """Each operation under its method and address."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def misfits(document: Json, schema: Json, value: object) -> list[str]:
    """Tell where a value has not the form that the document gives it."""
    whole = {**schema, "components": document["components"]}
    found = jsonschema_rs.validator_for(whole).iter_errors(value)
    return [f"{item.instance_path}: {item.message}"[:500] for item in found]


def test_the_document_says_whose_it_is(document: Json) -> None:
    """OpenAPI 3.1, relative server, contact, licence, words for each tag."""
    info = document["info"]
    assert document["openapi"].startswith("3.1")
    assert [server["url"] for server in document["servers"]] == ["/"]
    assert info["contact"]["name"]
    assert info["license"]["identifier"] == "MIT"
    assert info["summary"]
    assert info["description"]
    named = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert all(named.values())
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert used <= named.keys()


def test_every_operation_is_described(document: Json) -> None:
    """A tag, a summary and a description for callers, and a name that is a verb and a noun."""
    names = []
    for label, operation in operations(document):
        assert operation["tags"], label
        assert operation["summary"], label
        assert operation["description"], label
        assert "Args:" not in operation["description"], label
        assert "Returns:" not in operation["description"], label
        assert operation["operationId"].isalpha(), label
        assert operation["operationId"][0].islower(), label
        assert any(letter.isupper() for letter in operation["operationId"]), label
        names.append(operation["operationId"])
    assert len(names) == len(set(names))


def test_every_parameter_is_described(document: Json) -> None:
    """Its own description, or that of the component it points at."""
    shared = document["components"]["parameters"]
    for label, operation in operations(document):
        for given in operation["parameters"]:
            found = shared[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
            assert found["description"], (label, found["name"])


def test_every_body_has_an_example_that_fits(document: Json) -> None:
    """Of a request and of each answer, good or bad; a body that is no JSON has one as well."""
    for label, operation in operations(document):
        bodies = [operation.get("requestBody", {})]
        bodies += operation["responses"].values()
        for content in (body.get("content", {}) for body in bodies):
            for kind, media in content.items():
                found = [media["example"]] if "example" in media else []
                found += [item["value"] for item in media.get("examples", {}).values()]
                assert found, (label, kind)
                if kind in {JSON, PROBLEM}:
                    wrong = [misfits(document, media["schema"], item) for item in found]
                    assert not any(wrong), (label, wrong)


def test_every_error_is_a_problem_of_its_status(document: Json) -> None:
    """No other media type, the status of the answer inside, both languages."""
    for label, operation in operations(document):
        if not label.split()[1].startswith(("/api/", "/health/")):
            continue  # other channels have the errors of whom they stand in for
        failed = {name for name in operation["responses"] if name >= "400"}
        assert failed >= {"413", "500"}, label
        for status in failed:
            content = operation["responses"][status]["content"]
            assert content.keys() == {PROBLEM}, label
            example = content[PROBLEM]["example"]
            assert example["status"] == int(status), label
            assert example["title"].keys() == {"fr", "en"}, label


def test_every_answer_names_its_request(document: Json) -> None:
    """`X-Request-ID` stands on each."""
    for label, operation in operations(document):
        for response in operation["responses"].values():
            assert "X-Request-ID" in response["headers"], label
