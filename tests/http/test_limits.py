"""How often: whose limit it is, what is said of it, and that it is nobody else's."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError

from ccs_qa.errors import SettingsError
from ccs_qa.http.app import build_app
from ccs_qa.http.limits import Quota, named_user, open_limiter, quota_headers
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.store import open_store
from tests.serving import served

MEETINGS = "/api/v1/meetings"


def limited(settings: Settings, **changes: object) -> Settings:
    """Settings with limits of an hour, so that no window ends during a test."""
    return settings.model_copy(update={"limit": "3/hour", **changes})


def test_one_key_over_its_limit_is_alone_in_being_refused(
    settings: Settings, service: QAService, tmp_path: Path
) -> None:
    """Of 200 clients at once, 50 are answered and 150 told when to come back; another key's are."""
    database = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    store = open_store(database)
    busy, calm = (store.keys.create(name, ["read"]) for name in ("busy", "calm"))
    store.close()
    changed = limited(settings, access="keys", limit="50/hour", database=SecretStr(database))
    with served(build_app(changed, lambda _: service)) as origin:
        address = urlsplit(origin).netloc

        def get(key: str) -> tuple[int, Message]:
            connection = HTTPConnection(address, timeout=60)
            try:
                connection.request("GET", MEETINGS, headers={"Authorization": f"Bearer {key}"})
                response = connection.getresponse()
                return response.status, response.headers
            finally:
                connection.close()

        with ThreadPoolExecutor(210) as pool:
            many = [pool.submit(get, busy) for _ in range(200)]
            few = [pool.submit(get, calm) for _ in range(10)]
            answers, others = [[item.result() for item in part] for part in (many, few)]
    assert Counter(status for status, _ in answers) == {200: 50, 429: 150}
    assert Counter(status for status, _ in others) == {200: 10}
    for status, headers in [*answers, *others]:
        assert headers["RateLimit-Policy"] == '"caller";q=50;w=3600'
        said, left, wait = headers["RateLimit"].split(";")
        assert said == '"caller"'
        assert 1 <= int(wait.removeprefix("t=")) <= 3600
        assert headers["Retry-After"] == (wait.removeprefix("t=") if status == 429 else None)
        assert left == "r=0" or status == 200


def test_what_is_left_is_said(settings: Settings, service: QAService) -> None:
    """Three an hour: two left, one, none; then a problem that says when to try again."""
    with TestClient(build_app(limited(settings), lambda _: service)) as client:
        answers = [client.get(MEETINGS) for _ in range(4)]
        assert client.get("/en/").status_code == 429
        assert "ratelimit" not in client.get("/health/live").headers
        assert client.get("/static/nothing").status_code == 404
    assert [item.status_code for item in answers] == [200, 200, 200, 429]
    for left, item in zip((2, 1, 0, 0), answers, strict=True):
        assert item.headers["ratelimit-policy"] == '"caller";q=3;w=3600'
        said, remaining, wait = item.headers["ratelimit"].split(";")
        assert (said, remaining) == ('"caller"', f"r={left}")
        assert 1 <= int(wait.removeprefix("t=")) <= 3600
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/too-many"
    wait = refused.headers["retry-after"]
    assert refused.headers["ratelimit"].endswith(f";t={wait}")
    assert re.sub(r"\D", "", refused.json()["next"]["fr"]) == wait
    assert "retry-after" not in answers[0].headers


@pytest.mark.parametrize(
    ("one", "two", "together"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
def test_an_address_has_its_own_limit(
    settings: Settings, service: QAService, one: str, two: str, *, together: bool
) -> None:
    """A network of 64 bits is one caller: whoever has it has every address in it."""
    app = build_app(limited(settings, limit="1/hour"), lambda _: service)
    with TestClient(app, client=(one, 1)) as first:
        assert first.get(MEETINGS).status_code == 200
        second = TestClient(app, client=(two, 1))
        assert second.get(MEETINGS).status_code == (429 if together else 200)


def test_trying_keys_is_limited_too(settings: Settings, service: QAService) -> None:
    """Without a valid key, requests count against the address."""
    changed = limited(settings, access="keys")
    with TestClient(build_app(changed, lambda _: service)) as client:
        headers = {"Authorization": f"Bearer ccsqa_{'0' * 12}_{'A' * 43}"}
        statuses = [client.get(MEETINGS, headers=headers).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_each_person_named_has_a_limit_within_the_caller(
    settings: Settings, service: QAService
) -> None:
    """By the body in the form of OpenAI, five units each; the body still reaches its route."""
    changed = limited(settings, limit="20/hour", user_limit="5/hour")

    def ask(client: TestClient, user: str | None) -> tuple[int, str]:
        body = {"model": "none", "messages": [{"role": "user", "content": "IA"}], "user": user}
        response = client.post("/v1/chat/completions", json=body)
        assert "none" in response.text or response.status_code == 429
        return response.status_code, response.headers["ratelimit"]

    with TestClient(build_app(changed, lambda _: service)) as client:
        assert ask(client, "alice")[0] == 404
        status, said = ask(client, "alice")
        assert status == 429
        assert said.startswith('"caller";r=10;')
        assert ', "user";r=0;' in said
        assert ask(client, "bob")[0] == 404
        assert ask(client, None) == (404, ask_caller_only(client))


def ask_caller_only(client: TestClient) -> str:
    """What is said once the caller has nothing left, which is all that is then counted."""
    said: str = client.get(MEETINGS).headers["ratelimit"]
    assert said.startswith('"caller";r=0;')
    return said


def test_a_proxy_names_the_person_who_has_the_limit(settings: Settings, service: QAService) -> None:
    """Two people behind one proxy do not share one."""
    update = {"proxy_header": "X-User", "limit": "1/hour"}
    networks = Settings(proxy_addresses="192.0.2.1").proxy_addresses
    changed = limited(settings, **update, proxy_addresses=networks)
    app = build_app(changed, lambda _: service)
    with TestClient(app, client=("192.0.2.1", 1)) as client:
        statuses = [
            client.get(MEETINGS, headers={"X-User": user}).status_code
            for user in ("alice", "bob", "alice")
        ]
    assert statuses == [200, 200, 429]


@pytest.mark.parametrize(
    ("body", "user"),
    [
        (b'{"user": "alice"}', "alice"),
        (b'{"user": 1}', ""),
        (b"{}", ""),
        (b"[]", ""),
        (b'"user"', ""),
        (b"\xff", ""),
        (b"", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_a_body_names_a_person_or_nobody(body: bytes, user: str) -> None:
    """Whatever it holds."""
    assert named_user(body) == user


def test_the_longest_wait_counts() -> None:
    """Two limits, both used up: 90 seconds."""
    quotas = (
        Quota("caller", 5, 60, 0, 30, refused=True),
        Quota("user", 2, 3600, 0, 90, refused=True),
    )
    assert quota_headers(quotas) == {
        "RateLimit-Policy": '"caller";q=5;w=60, "user";q=2;w=3600',
        "RateLimit": '"caller";r=0;t=30, "user";r=0;t=90',
        "Retry-After": "90",
    }
    assert quota_headers(()) == {}


def test_limits_are_there_unless_taken_away(settings: Settings) -> None:
    """Off where each is; a storage that is none is refused by name."""
    assert open_limiter(settings, "open") is not None
    off = settings.model_copy(update={"limit": "off", "user_limit": "off"})
    assert open_limiter(off, "keys") is None
    assert open_limiter(off.model_copy(update={"feedback_limit": "1/day"}), "open") is not None
    wrong = limited(settings, limit_storage=SecretStr("nosuch://place"))
    with pytest.raises(SettingsError):
        open_limiter(wrong, "open")
    for value in ("120", "0/minute", "1/fortnight", "1/minute;2/hour"):
        with pytest.raises(ValidationError):
            Settings(limit=value)
