"""`CCS_QA_PUBLIC_URL`: addresses that are written out are of the site, whatever a request says."""

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from ccs_qa.errors import SettingsError
from ccs_qa.http.app import build_app
from ccs_qa.messages.wording import word_error
from ccs_qa.service import QAService
from ccs_qa.settings import Settings, load_settings
from tests.addresses import DISTRESS, ENGLISH

SITE = "https://ccs.example.ca"
# What the request says of itself, which a proxy may have changed.
FORGED = {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "evil.example"}
ADDRESS = re.compile(rb"https?://[^\s\"'<>)\]\\]+")
FILES = (
    *(f"/en/download.{form}?q={ENGLISH}" for form in ("md", "txt", "csv", "docx")),
    *(f"/en/passages/{DISTRESS}/citation.txt{both}" for both in ("", "?both=1")),
)


@pytest.fixture(scope="module")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of a service that knows its address."""
    app = build_app(settings.model_copy(update={"public_url": SITE}), lambda _: service)
    with TestClient(app, base_url=SITE) as found:
        yield found


def ours(body: bytes) -> set[bytes]:
    """Addresses of passages in a text."""
    return {found for found in ADDRESS.findall(body) if b"/passages/" in found}


@pytest.mark.parametrize("path", FILES)
def test_what_is_taken_away_leads_to_the_site(client: TestClient, path: str) -> None:
    """Files and citations name passages by the address of the setting."""
    response = client.get(path, headers=FORGED)
    assert response.status_code == 200
    body = response.content
    if path.startswith("/en/download.docx"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            body = parts.read("word/document.xml")
    assert ours(body)
    both = (f"{SITE}/en/passages/".encode(), f"{SITE}/fr/passages/".encode())
    assert all(item.startswith(both) for item in ours(body))
    assert b"evil.example" not in body


@pytest.mark.parametrize("path", [f"/en/?q={ENGLISH}", "/en/meetings/2024-11-01", "/en/timeline"])
def test_pages_name_no_other_site(client: TestClient, path: str) -> None:
    """Nor do the addresses that a page offers to copy."""
    response = client.get(path, headers=FORGED)
    assert response.status_code == 200
    assert "evil.example" not in response.text
    assert all(item.startswith(SITE.encode()) for item in ours(response.content))


@pytest.mark.parametrize("stream", [False, True])
def test_clients_of_openai_cite_the_site(client: TestClient, *, stream: bool) -> None:
    """Each `url_citation`."""
    body = {
        "model": "ccs-qa-extractive",
        "messages": [{"role": "user", "content": ENGLISH}],
        "stream": stream,
    }
    response = client.post("/v1/chat/completions", json=body, headers=FORGED)
    assert response.status_code == 200
    assert ours(response.content)
    assert all(item.startswith(f"{SITE}/en/".encode()) for item in ours(response.content))


def test_assistants_are_told_the_site(client: TestClient) -> None:
    """In the text of a tool's answer; the name of the host is still checked."""
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "get_passage", "arguments": {"passage_id": DISTRESS}},
    }
    headers = {"Accept": "application/json, text/event-stream", "Host": "localhost"}
    response = client.post("/mcp", json=call, headers=headers)
    assert ours(response.content)
    assert all(item.startswith(SITE.encode()) for item in ours(response.content))
    assert client.post("/mcp", json=call, headers={**headers, "Host": "evil"}).status_code == 421


def test_below_a_prefix_the_site_is_below_it_too(client: TestClient) -> None:
    """The setting names the host, the server names the prefix."""
    below = TestClient(client.app, base_url=SITE, root_path="/tools")
    found = below.get(f"/tools/en/passages/{DISTRESS}/citation.txt", headers=FORGED)
    assert ours(found.content) == {f"{SITE}/tools/en/passages/{DISTRESS}".encode()}


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (SITE, True),
        (f"{SITE}:8443", True),
        ("https://localhost", True),
        ("", True),
        (f"{SITE}/", False),
        (f"{SITE}/qa", True),
        (f"{SITE}/tools/qa_2", True),
        (f"{SITE}/qa/", False),
        (f"{SITE}//qa", False),
        (f"{SITE}/../qa", False),
        (f"{SITE}?q=1", False),
        (f"{SITE}\n", False),
        (f"{SITE}#x", False),
        ("http://ccs.example.ca", False),
        ("https://me:secret@ccs.example.ca", False),  # pragma: allowlist secret
        ("https://", False),
        ("ccs.example.ca", False),
        ("javascript:alert(1)", False),
    ],
)
def test_the_setting_is_a_site_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, value: str, *, taken: bool
) -> None:
    """HTTPS, a name, a port, a path; what else is refused is not repeated in the words for it."""
    monkeypatch.setenv("CCS_QA_PUBLIC_URL", value)
    if taken:
        assert load_settings().public_url == value
        return
    with pytest.raises(SettingsError) as caught:
        load_settings()
    worded = word_error(caught.value)
    assert caught.value.details["name"] == "CCS_QA_PUBLIC_URL"
    assert all("HTTPS" in item.detail for item in worded.values())
    assert worded["fr"].detail != worded["en"].detail
    assert "secret" not in str(worded)
