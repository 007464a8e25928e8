"""Ways in x callers x limits: what each costs, who is counted, how each is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ccs_qa.http.app import build_app
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.store import open_store

ASKED = {"question": "passeports"}
CHAT = {"model": "ccs-qa-extractive", "messages": [{"role": "user", "content": "passeports"}]}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
GIVEN = {
    "useful": True,
    "question": "passeports",
    "language": "fr",
    "status": "answered",
    "index_id": "a3976c6ed939",
}
FORM = {"useful": "yes", "question": "passeports", "status": "answered"}


@dataclass(frozen=True)
class Way:
    """A way in, what it costs, and what its refusal is: a page, a problem or an error of OpenAI.

    One for maintainers costs the others as much, and opens nothing to them.
    """

    method: str
    path: str
    cost: int
    refused: str = "problem"
    sent: dict[str, Any] = field(default_factory=dict)
    admin: bool = False


WAYS = (
    Way("GET", "/fr/", 1, "page"),
    Way("GET", "/fr/?q=passeports", 5, "page"),
    Way("GET", "/en/stream?q=passports", 5, "page"),
    Way("GET", "/fr/meetings/2024-11-01", 1, "page"),
    Way("GET", "/fr/download.txt?q=passeports", 5, "page"),
    Way("GET", "/fr/download.md?q=et+en+2023&h=passeports&all=1", 10, "page"),
    Way("POST", "/fr/feedback", 1, "page", {"data": FORM}),
    Way("GET", "/en/desk", 1, "page", admin=True),
    Way("GET", "/en/desk/try?q=passports", 5, "page", admin=True),
    Way("GET", "/api/v1/meetings", 1),
    Way("POST", "/api/v1/ask", 5, sent={"json": ASKED}),
    Way("POST", "/api/v1/ask/stream", 5, sent={"json": ASKED}),
    Way("POST", "/api/v1/feedback", 1, sent={"json": GIVEN}),
    Way("POST", "/v1/chat/completions", 5, "openai", {"json": CHAT}),
    Way("POST", "/mcp", 5, sent={"json": PING}),
    Way("GET", "/openapi.json", 1),
)
# Who calls: the mode, the address, and what is shown beside it.
CALLERS = {
    "an address, open": ("open", "192.0.2.1", ""),
    "a key": ("keys", "192.0.2.1", "key"),
    "a person whom a proxy names": ("keys", "198.51.100.1", "person"),
    "this machine, where a limit is set": ("open", "127.0.0.1", ""),
}
HUNDREDS = {"limit": "900/hour", "user_limit": "off", "feedback_limit": "100/hour"}


@contextmanager
def calling(
    settings: Settings, service: QAService, folder: Path, caller: str, **changes: object
) -> Iterator[TestClient]:
    """The service in the mode of a caller, and a client that is them."""
    mode, address, shown = CALLERS[caller]
    database = f"sqlite:///{folder / 'kept.sqlite3'}"
    store = open_store(database)
    key = store.keys.create("tool", ["read", "feedback", "admin"])
    store.close()
    proxies = Settings(proxy_addresses="198.51.100.0/24").proxy_addresses
    update = {"database": SecretStr(database), "access": mode, "proxy_header": "X-User"}
    changed = settings.model_copy(update={**update, "proxy_addresses": proxies, **changes})
    headers = {"sec-fetch-site": "same-origin"}
    headers |= {"key": {"Authorization": f"Bearer {key}"}, "person": {"X-User": "alice"}}.get(
        shown, {}
    )
    app = build_app(changed, lambda _: service)
    with TestClient(
        app, base_url="http://localhost", client=(address, 1), headers=headers
    ) as client:
        yield client


def send(client: TestClient, way: Way) -> Any:  # noqa: ANN401 - a response
    """Send a request of a way."""
    return client.request(way.method, way.path, follow_redirects=False, **way.sent)


def left(response: Any) -> int:  # noqa: ANN401 - a response
    """What is left for the caller, as the header says it."""
    said: str = response.headers["ratelimit"]
    assert said.startswith('"caller";r=')
    return int(said.partition("r=")[2].partition(";")[0])


@pytest.mark.parametrize("caller", CALLERS)
def test_each_way_costs_each_caller_the_same(
    settings: Settings, service: QAService, tmp_path: Path, caller: str
) -> None:
    """All of one budget: what is left after each is what was left before, less its cost."""
    with calling(settings, service, tmp_path, caller, **HUNDREDS) as client:
        before = 900
        for way in WAYS:
            response = send(client, way)
            assert (response.status_code in {401, 403}) == (way.admin and caller != "a key"), way
            assert response.status_code < 404, way
            assert left(response) == before - way.cost, way
            before -= way.cost


@pytest.mark.parametrize("caller", CALLERS)
def test_each_way_is_refused_to_each_caller_in_its_own_form(
    settings: Settings, service: QAService, tmp_path: Path, caller: str
) -> None:
    """Once the budget is used up: 429, when to try again, words in its form; health is spared."""
    with calling(settings, service, tmp_path, caller, **{**HUNDREDS, "limit": "1/hour"}) as client:
        assert client.get("/en/about").status_code == 200
        for way in WAYS:
            response = send(client, way)
            assert response.status_code == 429, way
            assert 3500 <= int(response.headers["retry-after"]) <= 3600
            language = "en" if way.path.startswith("/en/") else "fr"
            title = catalogue(language).raw("error.too-many.title")
            if way.refused == "page":
                assert response.headers["content-type"].startswith("text/html")
                assert f"<h1>{title}</h1>" in response.text.replace("\n", "")
            elif way.refused == "openai":
                assert response.json()["error"]["type"]
            else:
                assert response.json()["title"]["fr"] == title
                assert response.json()["title"]["en"] != title
        assert client.get("/health/ready").status_code == 200
        assert client.get("/static/nothing").status_code == 404


@pytest.mark.parametrize("caller", CALLERS)
def test_feedback_has_a_budget_and_the_store_a_size(
    settings: Settings, service: QAService, tmp_path: Path, caller: str
) -> None:
    """Two an hour by either way; three in all, then it says that it is full, and answers go on."""
    page, api = (way for way in WAYS if way.path.endswith("/feedback"))
    with calling(settings, service, tmp_path, caller, feedback_limit="2/hour") as client:
        statuses = [send(client, way).status_code for way in (page, api, page, api)]
        assert statuses == [303, 201, 429, 429]
        assert client.get("/fr/about").status_code == 200
    full = {"feedback_limit": "off", "feedback_most": 3}
    folder = tmp_path / "other"
    folder.mkdir()
    with calling(settings, service, folder, caller, **full) as client:
        assert [send(client, page).status_code for _ in range(4)] == [303, 303, 303, 503]
        refused = send(client, api)
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/store")
        assert all("CCS_QA_FEEDBACK_MOST" in text for text in refused.json()["next"].values())
        assert client.get("/fr/about").status_code == 200


@pytest.mark.parametrize(
    ("mode", "address", "headers", "counted"),
    [
        ("open", "127.0.0.1", {}, False),
        ("open", "::1", {}, False),
        ("open", "127.0.0.1", {"Authorization": "Bearer sk-none"}, False),
        ("open", "192.0.2.1", {}, True),
        ("open", "198.51.100.1", {}, False),
        ("open", "198.51.100.1", {"X-Forwarded-For": "192.0.2.9"}, True),
        ("open", "198.51.100.1", {"X-User": "alice"}, True),
        ("keys", "127.0.0.1", {}, True),
    ],
)
def test_by_itself_a_limit_spares_this_machine_and_a_proxy_that_names_nobody(
    settings: Settings,
    service: QAService,
    mode: str,
    address: str,
    headers: dict[str, str],
    *,
    counted: bool,
) -> None:
    """A person alone, a tool beside the service, a department behind one address."""
    proxies = Settings(proxy_addresses="198.51.100.0/24").proxy_addresses
    update = {"access": mode, "proxy_header": "X-User", "proxy_addresses": proxies}
    app = build_app(settings.model_copy(update=update), lambda _: service)
    with TestClient(app, client=(address, 1), headers=headers) as client:
        response = client.get("/api/v1/meetings")
        assert ("ratelimit" in response.headers) == counted
        assert client.get("/fr/").status_code == 200


@pytest.mark.parametrize(
    ("peer", "told", "who"),
    [
        ("198.51.100.1", "192.0.2.1", "192.0.2.1"),
        ("198.51.100.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        ("198.51.100.1", "192.0.2.1, 198.51.100.7", "192.0.2.1"),
        ("198.51.100.1", "192.0.2.1, nonsense", "198.51.100.1"),
        ("198.51.100.1", "", "198.51.100.1"),
        ("192.0.2.77", "192.0.2.1", "192.0.2.77"),
    ],
)
def test_an_address_is_what_the_last_proxy_that_is_believed_was_asked_by(
    settings: Settings, service: QAService, peer: str, told: str, who: str
) -> None:
    """Counted with one that comes from there itself; what callers add in front changes nothing."""
    proxies = Settings(proxy_addresses="198.51.100.0/24").proxy_addresses
    update = {"limit": "1/hour", "proxy_addresses": proxies}
    app = build_app(settings.model_copy(update=update), lambda _: service)
    with TestClient(app, client=(who, 1)) as client:
        assert client.get("/fr/about").status_code == 200
        relayed = TestClient(app, client=(peer, 1), headers={"X-Forwarded-For": told})
        assert relayed.get("/fr/about").status_code == 429


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost", True),
        ("127.0.0.1:9000", True),
        ("[::1]:8000", True),
        ("LocalHost:8000", True),
        ("ccs.example.ca", True),
        ("CCS.example.ca:8443", True),
        ("one.example.ca:8443", True),
        ("one.example.ca", False),
        ("one.example.ca:80", False),
        ("site.example.ca", True),
        ("192.0.2.5:8000", True),
        ("10.0.0.7:8000", True),
        ("ccs-qa:8000", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example:8000", False),
        ("evil.example:localhost", False),
    ],
)
def test_the_service_answers_to_its_names(
    settings: Settings, service: QAService, host: str, *, known: bool
) -> None:
    """On pages, files, forms, the API, OpenAI and MCP: a name pointed here from elsewhere is none.

    Health is asked for by whatever address a container has, and whoever has a key is no browser.
    """
    update = {
        "hosts": "ccs.example.ca, one.example.ca:8443",
        "public_url": "https://site.example.ca",
        "host": "192.0.2.5",
        "access": "open",
    }
    app = build_app(settings.model_copy(update=update), lambda _: service)
    headers = {"Host": host, "sec-fetch-site": "same-origin"}
    with TestClient(app, headers=headers) as client:
        for way in WAYS:
            if (
                way.cost == 1
                or not known
                or (way.path == "/mcp" and host.islower() and "." in host)
            ):
                assert (send(client, way).status_code == 421) != known, way
        assert client.get("/health/live").status_code == 200
        if not known:
            page, problem = client.get("/fr/"), client.get("/api/v1/meetings").json()
            for text in (page.text, problem["next"]["fr"], problem["next"]["en"]):
                assert "CCS_QA_HOSTS" in text
                assert "CCS_QA_PUBLIC_URL" in text


def test_a_key_may_come_by_any_name(settings: Settings, service: QAService, tmp_path: Path) -> None:
    """A program may know the service by any; no page of another site has a key to show."""
    with calling(settings, service, tmp_path, "a key", limit="off") as client:
        by_address = {"Host": "inside.example:8000"}
        assert client.get("/api/v1/meetings", headers=by_address).status_code == 200
        wrong = {**by_address, "Authorization": "Bearer ccsqa_x"}
        assert client.get("/api/v1/meetings", headers=wrong).status_code == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({"origin": "http://localhost"}, 303),
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://localhost"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://localhost"}, 403),
    ],
)
def test_a_form_says_where_it_comes_from(
    settings: Settings, service: QAService, tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    """What says nothing is refused too, in words that name what to set."""
    own = {"database": SecretStr(f"sqlite:///{tmp_path / 'kept.sqlite3'}")}
    app = build_app(settings.model_copy(update=own), lambda _: service)
    with TestClient(app, base_url="http://localhost", headers=headers) as client:
        for language in ("fr", "en"):
            response = client.post(f"/{language}/feedback", data=FORM, follow_redirects=False)
            assert response.status_code == status
            assert status == 303 or "CCS_QA_PUBLIC_URL" in response.text
