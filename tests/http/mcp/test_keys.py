"""`/mcp` where keys are asked for: the official client, with and without one."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from ccs_qa.http.app import build_app
from ccs_qa.present.schemas import AskResponse
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.keys import KEY_SCOPES
from ccs_qa.store.store import open_store
from tests.http.mcp.conftest import text
from tests.serving import recorded, served, until


@dataclass(frozen=True)
class Guarded:
    """A service that asks for keys, with a key of each kind."""

    origin: str
    keys: dict[str, str]
    database: str


@pytest.fixture(scope="module")
def guarded(
    settings: Settings, service: QAService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    """The service with keys and with records."""
    folder = tmp_path_factory.mktemp("guarded")
    database = f"sqlite:///{folder / 'kept.sqlite3'}"
    store = open_store(database)
    keys: dict[str, str] = {name: store.keys.create(name, [name]) for name in KEY_SCOPES}
    keys["revoked"] = store.keys.create("revoked", KEY_SCOPES)
    store.keys.revoke("revoked")
    keys["unknown"] = f"{keys['read'][:-43]}{'A' * 43}"
    store.close()
    changed = recorded(settings, database, folder, access="keys")
    with served(build_app(changed, lambda _: service)) as origin:
        yield Guarded(origin, keys, database)


async def ask(guarded: Guarded, kind: str) -> CallToolResult:
    """Ask with a key of a kind, as the official client does."""
    headers = {"Authorization": f"Bearer {guarded.keys[kind]}"} if kind else {}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        transport = streamable_http_client(f"{guarded.origin}/mcp", http_client=http)
        async with Client(transport, read_timeout_seconds=60) as client:
            listed = await client.list_tools()
            assert "ask" in {tool.name for tool in listed.tools}
            return await client.call_tool("ask", {"question": "passports and trust"})


def test_a_key_that_reads_opens_the_tools(guarded: Guarded) -> None:
    """The answer comes, and its record names the key."""
    result = asyncio.run(ask(guarded, "read"))
    body = AskResponse.model_validate(result.structured_content)
    assert body.status == "answered"
    assert body.citations[0].text in text(result)
    store = open_store(guarded.database)

    def recorded() -> list[tuple[str, str | None]]:
        kept = store.audit.records()
        return [(item.channel, item.key_id) for item in kept if item.id == body.id]

    until(lambda: recorded() == [("mcp", "read")])
    store.close()


@pytest.mark.parametrize("kind", ["", "unknown", "revoked", "feedback", "admin"])
def test_any_other_opens_none(guarded: Guarded, kind: str) -> None:
    """No key, one that is none, one that is revoked, one of another scope: the client is told."""
    headers = {"Authorization": f"Bearer {guarded.keys[kind]}"} if kind else {}
    refused = httpx2.post(f"{guarded.origin}/mcp", json={}, headers=headers)
    status = 403 if kind in {"feedback", "admin"} else 401
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"].startswith("Bearer")
    with pytest.RaisesGroup(MCPError, flatten_subgroups=True) as caught:
        asyncio.run(ask(guarded, kind))
    if kind:
        assert guarded.keys[kind] not in repr(caught.value)
