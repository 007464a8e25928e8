"""Whatever fits the OpenAPI document, and much that does not, is answered as documented."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as limits
from schemathesis import Case, GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import APIOperation, BaseSchema

from ccs_qa.http.channels import CHANNELS

pytestmark = pytest.mark.contract

METHODS = ("get", "post")


def operations() -> tuple[str, ...]:
    """Read off the routers, as the application itself cannot be made before the page is."""
    app = FastAPI()
    for channel in CHANNELS:
        for router in channel.routers:
            app.include_router(router)
    paths = app.openapi()["paths"]
    return tuple(
        f"{name.upper()} {path}" for path in paths for name in METHODS if name in paths[path]
    )


OPERATIONS = operations()
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
# What encodes a question takes thirty times as long as what does not: it is sent fewer.
ENCODING = {
    "POST /api/v1/search",
    "POST /api/v1/ask",
    "POST /api/v1/ask/stream",
    "GET /api/v1/timeline",
    "POST /v1/chat/completions",
}


def cases(operation: str, mode: GenerationMode) -> int:
    """Say how many cases are sent, so that there are more than two thousand of both kinds."""
    if mode is GenerationMode.NEGATIVE:
        return 110
    return 40 if operation in ENCODING else 160


# No schema can say these: the question has no word, no meeting was held that day, the language
# model is not set up, no passage has that name.
MEANING = {
    "/problems/question",
    "/problems/filter",
    "/problems/mode",
    "/problems/feedback",
}
# A body that is too long for its schema may be too large to be read at all.
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "negative_data_rejection": {"expected-statuses": ["400", "404", "413", "415", "422"]}
        }
    }
)
# Where a value that no calendar, list or language has can be put.
JSON = {"Content-Type": "application/json"}
ODD_BODIES = (
    b"\x00",
    b'{"question": "\x00"}',
    b'{"question": "ai\\u0000"}',
    b'{"question": "\\ud800"}',
    b'{"question": "ai \\udfff"}',
    b'{"question": "\xed\xa0\x80"}',
    b'{"question": "ai", "question": "trust"}',
    b'{"question": "ai", "k": NaN}',
    b'{"question": "ai", "k": Infinity}',
    b'{"question": "ai", "k": 1e400}',
    b'{"question": "ai", "k": -0}',
    b'{"question": "ai", "k": ' + b"9" * 5000 + b"}",
    b'{"question": "ai", "k": "10"}',
    b'{"question": "ai", "k": true}',
    b'{"question": "ai", "filters": {"from": 0}}',
    b'{"question": "ai", "filters": {"from": "0000-00-00"}}',
    b'{"question": "ai", "filters": {"from": "2024-01-01T00:00:00"}}',
    '{"question": "ai", "filters": {"from": "２０２４-01-01"}}'.encode(),
    '{"question": "\u202e\u2066\ufeff\U000e0001"}'.encode(),
    '{"question": "ai", "language": "ＦＲ"}'.encode(),
    b"\xef\xbb\xbf" + b'{"question": "ai"}',
    '{"question": "ai"}'.encode("utf-16"),
    b"[]",
    b"null",
    b"[" * 100_000,
)
ODD_PATHS = (
    "%00",
    "%F0%9F%92%A9",
    "%ED%A0%80",
    "%FF",
    "%2e%2e%2f",
    "..%5c",
    "2024-11-01%0A",
    "2024-11-01T00:00:00",
    "0",
    "1e3",
    "%D9%A2%D9%A0%D9%A2%D9%A4-11-01",
    "a" * 4000,
    "%7Bdate%7D",
    "'%20OR%201=1--",
)


@pytest.fixture(scope="module")
def api(origin: str) -> BaseSchema:
    """The document, as the server gives it."""
    return schemathesis.openapi.from_url(f"{origin}/openapi.json", config=CONFIG)


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection, kept open."""
    with requests.Session() as found:
        yield found


def test_thousands_of_cases_are_sent() -> None:
    """To each operation what fits, to at least eight of them what does not."""
    fitting = sum(cases(name, GenerationMode.POSITIVE) for name in OPERATIONS)
    odd = sorted(cases(name, GenerationMode.NEGATIVE) for name in OPERATIONS)[:8]
    assert fitting + sum(odd) >= 2000
    assert set(OPERATIONS) > ENCODING


def can_be_wrong(operation: APIOperation[Any, Any, Any, Any]) -> bool:
    """Tell whether something can be sent that does not fit the schema of an operation."""
    given = [*operation.query, *operation.path_parameters]
    return bool(operation.body) or any(
        item.definition["schema"].get("type") != "string" or "format" in item.definition["schema"]
        for item in given
    )


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_documented(
    api: BaseSchema, session: requests.Session, operation: str, mode: GenerationMode
) -> None:
    """Every check of schemathesis holds: no fault of ours, status, type, headers and body.

    What fits the schema is refused for its meaning only; an event of a stream fits its schema
    as well. The same cases come in every run.
    """
    method, path = operation.split()
    found = api[path][method]
    if mode is GenerationMode.NEGATIVE and not can_be_wrong(found):
        pytest.skip("any text fits what this operation takes")
    seen: Counter[int] = Counter()

    @limits(
        max_examples=cases(operation, mode),
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )
    @given(case=found.as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        response = case.call(session=session)
        seen[response.status_code] += 1
        case.validate_response(response, excluded_checks=[positive_data_acceptance])
        if mode is GenerationMode.POSITIVE and response.status_code == 422:
            assert response.json()["type"] in MEANING, response.text

    check()
    assert seen.total() > 0


@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
@pytest.mark.parametrize("route", ["search", "ask", "ask/stream", "feedback"])
def test_an_odd_body_is_answered_or_refused(
    session: requests.Session, origin: str, route: str, body: bytes
) -> None:
    """Null bytes, half characters, numbers that are none, twice the same key: no fault of ours."""
    response = session.post(f"{origin}/api/v1/{route}", data=body, headers=JSON)
    assert response.status_code in {200, 415, 422}
    if response.status_code != 200:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code


@pytest.mark.parametrize("name", ODD_PATHS, ids=range(len(ODD_PATHS)))
@pytest.mark.parametrize("kind", ["meetings", "passages"])
def test_an_odd_name_is_not_found_or_refused(
    session: requests.Session, origin: str, kind: str, name: str
) -> None:
    """Bytes that are no text, other digits, steps upwards, a line feed: nothing is there."""
    response = session.get(f"{origin}/api/v1/{kind}/{name}")
    assert response.status_code in {404, 422}
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("path", "allowed"), [("/api/v1/meetings", "GET, HEAD"), ("/api/v1/ask", "POST")]
)
def test_another_method_is_told_the_right_one(
    session: requests.Session, origin: str, path: str, allowed: str, method: str
) -> None:
    """A 405 says in `Allow` what the address takes."""
    response = session.request(method, origin + path)
    assert response.status_code == 405
    assert response.headers["allow"] == allowed


def test_what_is_not_asked_for_changes_nothing(session: requests.Session, origin: str) -> None:
    """An unknown query parameter is passed over; a slash at the end leads to the address."""
    address = f"{origin}/api/v1/meetings"
    whole = session.get(address).json()
    assert session.get(f"{address}?colour=red").json() == whole
    slashed = session.get(f"{address}/", allow_redirects=False)
    assert slashed.status_code in {307, 404}
