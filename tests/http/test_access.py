"""Who may: every route for every kind of caller, proxies, and keys that leak nowhere."""

import datetime as dt
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRouter
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.routing import Mount, Route

from ccs_qa.errors import OpenHostError
from ccs_qa.http.access import choose_mode
from ccs_qa.http.app import build_app
from ccs_qa.http.channels import scope_needed
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.keys import KEY_SCOPES, KeyScope
from ccs_qa.store.store import open_store
from tests.serving import until

# What each way asks for, by the beginning of its addresses; read off the decision, not the code.
OPEN = ("/", "/{language}/", "/{language}", "/static", "/docs", "/openapi.json", "/health/")
ADMIN = ("/metrics", "/{language}/desk")
GUARDED = ("/api/v1/", "/v1/", "/mcp")
FILLED = {"date": "2024-11-01", "passage_id": "page", "language": "fr"}


@dataclass(frozen=True)
class Way:
    """One method of one route."""

    method: str
    path: str

    @property
    def wanted(self) -> KeyScope | None:
        """What it asks for, by the table above."""
        if self.path.startswith(ADMIN):
            return "admin"
        if not self.path.startswith(GUARDED):
            assert any(self.path == item or self.path.startswith(item) for item in OPEN), self.path
            return None
        return "feedback" if self.path == "/api/v1/feedback" else "read"

    @property
    def address(self) -> str:
        """The address, filled in."""
        return re.sub(r"\{(\w+)[^}]*\}", lambda found: FILLED.get(found[1], "x"), self.path)


def ways(routes: list[Any]) -> Iterator[Way]:
    """Walk over every route, those of routers and mounted applications included."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if isinstance(router, APIRouter):
            yield from ways(router.routes)
        elif isinstance(route, Mount):
            yield Way("GET", route.path)
        else:
            assert isinstance(route, Route), route
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield Way(method, route.path)


@dataclass(frozen=True)
class Guarded:
    """A service that asks for keys, and one key of each kind."""

    client: TestClient
    keys: dict[str, str]
    database: str
    folder: Path

    def ask(self, method: str, path: str, kind: str = "") -> Any:  # noqa: ANN401 - a response
        """Send a request with a key of a kind."""
        headers = {"Authorization": f"Bearer {self.keys[kind]}"} if kind else {}
        return self.client.request(method, path, headers=headers, follow_redirects=False)


@pytest.fixture(scope="module")
def guarded(
    settings: Settings, service: QAService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    """The service with `CCS_QA_ACCESS=keys`, without limits."""
    folder = tmp_path_factory.mktemp("guarded")
    database = f"sqlite:///{folder / 'kept.sqlite3'}"
    store = open_store(database)
    keys: dict[str, str] = {name: store.keys.create(name, [name]) for name in KEY_SCOPES}
    keys["revoked"] = store.keys.create("revoked", KEY_SCOPES)
    store.keys.revoke("revoked")
    keys["expired"] = store.keys.create(
        "expired", KEY_SCOPES, dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    keys["wrong"] = f"{keys['read'][:-43]}{'A' * 43}"
    store.close()
    changed = settings.model_copy(
        update={
            "database": SecretStr(database),
            "access": "keys",
            "limit": "off",
            "user_limit": "off",
            "log_level": "debug",
        }
    )
    ours = {"sec-fetch-site": "same-origin"}
    with TestClient(build_app(changed, lambda _: service), headers=ours) as client:
        yield Guarded(client, keys, database, folder)


def test_every_route_for_every_kind_of_caller(guarded: Guarded, settings: Settings) -> None:
    """The key of its scope opens a guarded route and no other does; the rest is open to all."""
    found = sorted(set(ways(build_app(settings).routes)), key=lambda way: way.path)
    assert {way.wanted for way in found} == {None, "read", "feedback", "admin"}
    for way in found:
        for kind in ("", *guarded.keys):
            status = guarded.ask(way.method, way.address, kind).status_code
            if way.wanted is None or kind == way.wanted:
                assert status not in {401, 403}, (way, kind)
            else:
                assert status == (403 if kind in KEY_SCOPES else 401), (way, kind)


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/api/v2/ask", "/api", "/v1", "/v1/models/", "//mcp", "/api//v1/ask"],
)
def test_an_address_that_is_none_is_guarded_as_well(guarded: Guarded, path: str) -> None:
    """What is there is not told to those who may not ask."""
    assert guarded.client.get(f"http://testserver{path}").status_code == 401


def test_a_prefix_opens_nothing(guarded: Guarded) -> None:
    """Served below another address, the same ways are guarded."""
    below = TestClient(guarded.client.app, root_path="/tools")
    assert below.get("/tools/api/v1/meetings").status_code == 401
    assert below.get("/tools/health/live").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("GET", "/api/v1/feedback", "admin"),
        ("GET", "/api/v1/feedback/ab12", "admin"),
        ("GET", "/api/v1/audit", "admin"),
        ("GET", "/metrics/", "admin"),
        ("POST", "/api/v1/feedback/", "feedback"),
        ("GET", "/api/v1/feedbacks", "read"),
        ("GET", "/apis", None),
        ("GET", "/en/api/v1", None),
    ],
)
def test_what_an_address_asks_for(method: str, path: str, wanted: str | None) -> None:
    """What maintainers look at is theirs, whatever comes to be served there."""
    assert scope_needed(method, path) == wanted


@pytest.mark.parametrize(
    ("kind", "status", "code", "challenge", "said"),
    [
        ("", 401, "key", "Bearer", "no key"),
        ("wrong", 401, "key", 'Bearer error="invalid_token"', "does not belong"),
        ("revoked", 401, "key", 'Bearer error="invalid_token"', "revoked"),
        ("expired", 401, "key", 'Bearer error="invalid_token"', "expired"),
        (
            "feedback",
            403,
            "scope",
            'Bearer error="insufficient_scope", scope="read"',
            "“read”",
        ),
    ],
)
def test_a_refusal_says_why_in_both_languages(
    guarded: Guarded, *, kind: str, status: int, code: str, challenge: str, said: str
) -> None:
    """A problem with the headers that clients look for, and no echo of the key."""
    response = guarded.ask("GET", "/api/v1/meetings", kind)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == challenge
    assert response.headers["x-content-type-options"] == "nosniff"
    body = response.json()
    assert (body["type"], body["status"]) == (f"/problems/{code}", status)
    assert body["instance"] == "/api/v1/meetings"
    assert said in body["detail"]["en"]
    assert body["detail"]["fr"] != body["detail"]["en"]
    assert not any(key in response.text for key in guarded.keys.values())


def test_clients_of_openai_read_their_own_form(guarded: Guarded) -> None:
    """`/v1` words a refusal as they expect it."""
    response = guarded.ask("GET", "/v1/models")
    assert response.status_code == 401
    assert response.json()["error"]["message"]


@pytest.mark.parametrize(
    "value", ["{}", "Basic {}", "Bearer", "Bearer  x {}", "bearer {} ", "BEARER {}"]
)
def test_the_scheme_counts_whatever_its_case(guarded: Guarded, value: str) -> None:
    """A key stands behind `Bearer`, which any case spells."""
    headers = {"Authorization": value.format(guarded.keys["read"])}
    response = guarded.client.get("/api/v1/meetings", headers=headers)
    assert response.status_code == (200 if value[0] in "bB" and value[6:8] == " {" else 401)


def test_two_keys_are_none(guarded: Guarded) -> None:
    """Which one a proxy looked at cannot be known."""
    pairs = [("Authorization", f"Bearer {guarded.keys['read']}")] * 2
    assert guarded.client.get("/api/v1/meetings", headers=pairs).status_code == 401


def test_a_key_made_used_or_revoked_is_soon_seen(guarded: Guarded) -> None:
    """The service looks again and again, while no request waits for what keeps the keys."""
    store = open_store(guarded.database)
    text = store.keys.create("short", ["read"])
    headers = {"Authorization": f"Bearer {text}"}

    def status() -> int:
        return guarded.client.get("/api/v1/meetings", headers=headers).status_code

    def used() -> dict[str, dt.datetime | None]:
        return {key.name: key.used for key in store.keys.all()}

    until(lambda: status() == 200)
    until(lambda: used()["short"] is not None)
    assert used()["revoked"] is None
    store.keys.revoke("short")
    until(lambda: status() == 401)
    store.close()


def test_no_key_stands_in_a_file_or_in_the_log(
    guarded: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level, for keys that are taken and keys that are not."""
    with caplog.at_level(logging.DEBUG):
        for kind in guarded.keys:
            guarded.ask("GET", "/api/v1/meetings", kind)
            guarded.ask("POST", "/api/v1/ask", kind)
    said = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    held = b"".join(path.read_bytes() for path in guarded.folder.iterdir())
    assert held
    for text in guarded.keys.values():
        assert text not in said
        assert text[19:] not in said
        assert text[19:].encode() not in held


def test_other_sites_are_told_nothing(guarded: Guarded) -> None:
    """No header of CORS, for a question or for the question whether one may be asked."""
    headers = {"Origin": "https://example.com", "Access-Control-Request-Method": "POST"}
    for method, path in (("OPTIONS", "/api/v1/ask"), ("GET", "/en/"), ("GET", "/health/live")):
        response = guarded.client.request(method, path, headers=headers)
        assert not [name for name in response.headers if name.startswith("access-control")]
        assert response.status_code == (401 if method == "OPTIONS" else 200)


@pytest.mark.parametrize(
    ("access", "host", "mode"),
    [
        ("auto", "127.0.0.1", "open"),
        ("auto", "127.8.0.1", "open"),
        ("auto", "::1", "open"),
        ("auto", "localhost", "open"),
        ("auto", "0.0.0.0", None),  # noqa: S104 - it is refused
        ("auto", "::", None),
        ("auto", "192.0.2.1", None),
        ("auto", "localhost.example", None),
        ("open", "192.0.2.1", "open"),
        ("keys", "192.0.2.1", "keys"),
        ("keys", "127.0.0.1", "keys"),
    ],
)
def test_who_may_is_said_where_others_can_call(
    settings: Settings, access: str, host: str, mode: str | None
) -> None:
    """Open by itself on this machine only."""
    changed = settings.model_copy(update={"access": access, "host": host})
    if mode is None:
        with pytest.raises(OpenHostError):
            build_app(changed)
    else:
        assert choose_mode(changed) == mode


def test_open_lets_anyone_read_and_looking_after_it_is_asked_for(
    settings: Settings, service: QAService
) -> None:
    """A key that is none is passed over, as tools send one they made up."""
    made_up = {"Authorization": "Bearer sk-none"}
    app = build_app(settings, lambda _: service)
    with TestClient(app) as client:
        assert client.get("/api/v1/meetings", headers=made_up).status_code == 200
        assert client.post("/api/v1/feedback", json={}).status_code == 422
        assert client.get("/metrics").status_code == 401
        local = TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1))
        assert local.get("/metrics").status_code == 401
    maintained = build_app(settings.model_copy(update={"local_admin": True}), lambda _: service)
    local = TestClient(maintained, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1))
    assert local.get("/metrics").status_code == 200
    assert local.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 401


@pytest.mark.parametrize(
    ("address", "header", "status"),
    [
        ("192.0.2.7", {"X-User": "alice"}, 200),
        ("2001:db8::1", {"X-User": "alice"}, 200),
        ("192.0.3.7", {"X-User": "alice"}, 401),
        ("192.0.2.7", {}, 401),
        ("192.0.2.7", {"X-User": " "}, 401),
        ("nowhere", {"X-User": "alice"}, 401),
    ],
)
def test_a_proxy_is_believed_by_its_address(
    settings: Settings, service: QAService, address: str, header: dict[str, str], status: int
) -> None:
    """Whom it names may read and give feedback, and is no maintainer."""
    changed = Settings(
        access="keys",
        proxy_header="X-User",
        proxy_addresses="192.0.2.0/24, 2001:db8::/32",
        hosts="testserver",
    ).model_copy(update={"database": settings.database})
    app = build_app(changed, lambda _: service)
    with TestClient(app, client=(address, 1)) as client:
        assert client.get("/api/v1/meetings", headers=header).status_code == status
        feedback = client.post("/api/v1/feedback", json={}, headers=header).status_code
        assert feedback == (422 if status == 200 else 401)
        admin = client.get("/metrics", headers=header).status_code
        assert admin == (403 if status == 200 else 401)


def test_without_its_database_nothing_opens(
    settings: Settings, service: QAService, tmp_path: Path
) -> None:
    """A key that cannot be looked up is a 503, and the pages stay."""
    (tmp_path / "text").write_text("not a database" * 100)
    database = SecretStr(f"sqlite:///{tmp_path / 'text'}")
    changed = settings.model_copy(update={"database": database, "access": "keys"})
    headers = {"Authorization": "Bearer ccsqa_x"}
    with TestClient(build_app(changed, lambda _: service)) as client:
        response = client.get("/api/v1/meetings", headers=headers)
        assert (response.status_code, response.json()["type"]) == (503, "/problems/store")
        assert client.get("/api/v1/meetings").status_code == 401
        assert client.get("/en/").status_code == 200
