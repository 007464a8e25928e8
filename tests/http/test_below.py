"""`CCS_QA_PUBLIC_URL` with a path: the whole service lies below it, whatever a proxy takes away."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from starlette.datastructures import MutableHeaders

from ccs_qa.http.app import build_app
from ccs_qa.http.middleware import path_below, put_below, redirect_below
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.addresses import ADDRESSES, DISTRESS, ENGLISH, ERRORS

SITE, ROOT = "https://example.ca", "/tools/ccs"
LINKS = ("href", "src", "action", "data-stream", "data-address")
# A proxy hands an address over as it is, or without the path that it stands for.
WAYS = pytest.mark.parametrize("way", [ROOT, ""], ids=["kept", "taken away"])


@pytest.fixture(scope="module")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of a service that is below a path, asked by the name of the site."""
    changed = settings.model_copy(update={"public_url": SITE + ROOT})
    with TestClient(build_app(changed, lambda _: service), base_url=SITE) as found:
        yield found


def links(page: str) -> Iterator[str]:
    """Each address of ours that a page, or a piece of one, leads to or loads."""
    for tag in BeautifulSoup(page, "html.parser").select("*"):
        for name in LINKS:
            address = str(tag.get(name, ""))
            if address.startswith(("/", SITE)):
                yield address.removeprefix(SITE)


@WAYS
def test_every_link_of_every_page_is_below(client: TestClient, way: str) -> None:
    """And what they load or lead to without a question is there, through the path alone."""
    led: set[str] = set()
    for address in (*ADDRESSES, *ERRORS, "/docs"):
        for language in ("fr", "en"):
            page = client.get(way + address.format(language=language))
            found = set(links(page.text))
            assert len(found) > 3, address
            assert {item for item in found if not item.startswith(f"{ROOT}/")} == set(), address
            led |= found
    plain = {item.partition("#")[0] for item in led if "?" not in item and "nowhere" not in item}
    assert len(plain) > 50
    # What takes a form or a question is no link; what is not there leads to itself.
    odd = {item for item in plain if client.get(item).status_code != 200}
    unknown = {item.partition("/{language}")[2] for item in ERRORS}
    assert {item.removeprefix(ROOT)[3:] for item in odd} <= {"/feedback", "/stream", *unknown}


@WAYS
@pytest.mark.parametrize(
    ("asked", "led"),
    [("/", "/en/"), ("/fr", "/fr/"), ("/api/v1/meetings/", "/api/v1/meetings")],
)
def test_a_redirection_leads_to_the_site(
    client: TestClient, way: str, asked: str, led: str
) -> None:
    """By its name and by HTTPS, whatever the request says of either."""
    found = client.get(way + asked, headers={"Host": "127.0.0.1:8000"}, follow_redirects=False)
    assert (found.status_code, found.headers["location"]) == (307, SITE + ROOT + led)


def test_the_path_alone_leads_to_the_first_page(client: TestClient) -> None:
    """With and without a slash at its end."""
    assert client.get(ROOT, headers={"Accept-Language": "fr"}).url == f"{SITE}{ROOT}/fr/"
    assert client.get(f"{ROOT}/", headers={"Accept-Language": "fr"}).url == f"{SITE}{ROOT}/fr/"


def test_no_redirection_leads_to_another_site(client: TestClient) -> None:
    """Two slashes at the beginning would name one."""
    for asked in ("//evil.example/..", "//evil.example/fr", "/fr//evil.example", "//evil.example"):
        found = client.get(SITE + asked, follow_redirects=False)
        assert found.headers.get("location", SITE + ROOT).startswith(SITE + ROOT), asked
    kept = MutableHeaders({"location": "https://here//evil.example/x?y=/z"})
    redirect_below(kept)
    assert kept["location"] == "/evil.example/x?y=/z"
    redirect_below(kept, SITE)
    assert kept["location"] == f"{SITE}/evil.example/x?y=/z"


@WAYS
def test_a_stream_brings_pieces_whose_links_are_below(client: TestClient, way: str) -> None:
    """And the address that the browser shows when all is there."""
    body = client.get(f"{way}/en/stream", params={"q": ENGLISH}).text
    data = re.sub(r"^data: ?", "", body.replace("\r", ""), flags=re.MULTILINE)
    found = set(links(data))
    assert len(found) > 3
    assert all(item.startswith(f"{ROOT}/en/") or f"{ROOT}/fr/" in item for item in found)
    (done,) = [json.loads(line) for line in data.splitlines() if line.startswith("{")]
    assert done["address"].startswith(f"{ROOT}/en/?q=")


@WAYS
def test_programs_are_given_whole_addresses_that_can_be_opened(
    client: TestClient, way: str
) -> None:
    """The channels of OpenAI and of assistants; the API names addresses below the service."""
    said = {"model": "ccs-qa-extractive", "messages": [{"role": "user", "content": ENGLISH}]}
    chat = client.post(f"{way}/v1/chat/completions", json=said).json()
    urls = [note["url_citation"]["url"] for note in chat["choices"][0]["message"]["annotations"]]
    call = {"name": "get_passage", "arguments": {"passage_id": DISTRESS}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    # The name of the site is one by which assistants may come, too.
    for path in ("/mcp", "/mcp/"):
        told = client.post(way + path, json=message).json()["result"]["content"][0]["text"]
        urls += re.findall(rf"{SITE}\S+/passages/\S+", told)
    assert len(urls) >= 5
    assert all(item.startswith(f"{SITE}{ROOT}/") for item in urls)
    assert {client.get(url).status_code for url in urls} == {200}
    body = client.post(f"{way}/api/v1/ask", json={"question": ENGLISH}).json()
    assert body["citations"][0]["url"] == urljoin("/en/", f"passages/{DISTRESS}")


@WAYS
def test_the_document_says_where_it_is(client: TestClient, way: str) -> None:
    """One server, the path; an unknown address is told in the form of its channel."""
    document = client.get(f"{way}/openapi.json").json()
    assert [item["url"] for item in document["servers"]] == [ROOT]
    assert "error" in client.get(f"{way}/v1/nothing").json()
    problem = client.get(f"{way}/api/v1/nothing")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["instance"] == f"{ROOT}/api/v1/nothing"


@pytest.mark.parametrize(
    ("root", "asked", "given", "below"),
    [
        ("", "/fr/", "/fr/", "/fr/"),
        ("/ccs", "/fr/", "/ccs/fr/", "/fr/"),
        ("/ccs", "/ccs/fr/", "/ccs/fr/", "/fr/"),
        ("/ccs", "/ccs", "/ccs", "/"),
        ("/ccs", "/ccs2/fr/", "/ccs/ccs2/fr/", "/ccs2/fr/"),
        ("/ccs", "//x", "/ccs//x", "//x"),
    ],
)
def test_an_address_is_put_below_a_path_once(root: str, asked: str, given: str, below: str) -> None:
    """A name that begins with that of the path is another."""
    for scope in ({"path": asked}, {"path": asked, "root_path": root}):
        put = put_below(scope, root)
        assert (put["path"], path_below(put)) == (given, below)
        assert urlsplit(put["path"]).query == ""
