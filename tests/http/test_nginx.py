"""Behind nginx, below `/ccs/`: pages, files, redirections, streams and both kinds of programs."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from bs4 import BeautifulSoup
from mcp import Client
from openai import OpenAI

from ccs_qa.client import Client as OurClient
from ccs_qa.client import DoneEvent
from ccs_qa.http.app import build_app
from ccs_qa.records import Question, Step
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.addresses import DISTRESS, ENGLISH
from tests.http.mcp.conftest import read, text
from tests.proxied import PATH, SITE, proxied
from tests.serving import served, stand_in


def test_a_visit_goes_from_link_to_link(below: str) -> None:
    """From the bare path to the page, its files, a meeting and back, on the site alone."""
    with httpx2.Client() as client:
        assert client.get(f"{below}/").headers["location"] == f"{SITE}/en/"
        first = client.get(f"{below}/fr/")
        host = below.removesuffix(PATH)
        page = BeautifulSoup(first.text, "html.parser")
        files = [str(tag.get("href") or tag.get("src")) for tag in page.select("link, script")]
        assert len(files) >= 3
        assert {client.get(host + file).status_code for file in files} == {200}
        led = [str(tag["href"]) for tag in page.select("a[href^='/']")]
        assert len(led) > 8
        for address in led:
            found = client.get(host + address.partition("#")[0])
            assert found.status_code == 200, address
        form = page.select_one("form#ask")
        assert form is not None
        asked = client.get(host + str(form["action"]).partition("#")[0], params={"q": ENGLISH})
        assert f'href="{PATH}/fr/passages/{DISTRESS}' in asked.text
        assert client.get(f"{below}/nothing", headers={"Accept": "*/*"}).status_code == 404


@pytest.mark.parametrize("way", ["kept", "taken away"])
def test_a_stream_comes_as_it_is_made(
    settings: Settings, service: QAService, tmp_path: Path, way: str
) -> None:
    """Its beginning is read while the rest waits for that; nothing on the way gathers it."""
    waiting = threading.Event()

    def steps(question: Question) -> Iterator[Step]:
        for number, step in enumerate(service.steps(question)):
            if number:
                assert waiting.wait(60)
            yield step

    changed = settings.model_copy(update={"public_url": SITE})
    seen = []
    with (
        served(build_app(changed, lambda _: stand_in(service, steps=steps))) as worker,
        proxied(tmp_path, worker) as found,
        httpx2.Client(timeout=120) as client,
        client.stream(
            "POST", f"{found[way]}/api/v1/ask/stream", json={"question": ENGLISH}
        ) as response,
    ):
        for line in response.iter_lines():
            if line.startswith("event: "):
                seen.append(line.removeprefix("event: "))
                waiting.set()
    assert seen[:3] == ["status", "query", "sources"]
    assert seen[-1] == "done"


def test_a_stream_ends_with_the_answer_that_is_given_at_once(below: str) -> None:
    """By whichever of the two processes."""
    with OurClient(below) as client:
        whole = client.ask(ENGLISH)
        last = list(client.stream(ENGLISH))[-1]
    assert isinstance(last, DoneEvent)
    assert last.answer.statements == whole.statements
    assert last.answer.citations == whole.citations
    assert httpx2.get(below + whole.citations[0].url).status_code == 200


def test_both_kinds_of_programs_pass(below: str) -> None:
    """The official clients, with the address as their only setting."""
    with OpenAI(base_url=f"{below}/v1", api_key="none", max_retries=0) as openai:
        completion = openai.chat.completions.create(
            model="ccs-qa-extractive", messages=[{"role": "user", "content": ENGLISH}]
        )
    (note, *_) = completion.choices[0].message.annotations or []
    assert note.url_citation.url == f"{SITE}/en/passages/{DISTRESS}"

    async def visit() -> tuple[str, str]:
        async with Client(f"{below}/mcp/", read_timeout_seconds=120) as client:
            answer = text(await client.call_tool("ask", {"question": ENGLISH, "language": ""}))
            return answer, await read(client, f"ccs://passages/{DISTRESS}")

    answer, passage = asyncio.run(visit())
    assert f"{SITE}/en/passages/{DISTRESS}" in answer
    assert f"{SITE}/fr/passages/{DISTRESS}" in passage


FORM = {"useful": "yes", "question": "passports", "status": "answered"}
SET_UP = pytest.mark.parametrize("way", ["kept", "taken away", "told", "bare"])


@SET_UP
def test_what_is_for_maintainers_is_not_relayed(proxies: dict[str, str], way: str) -> None:
    """However nginx is set up: it comes from this machine, and asks for it by its address."""
    for path in ("/fr/feedback", "/en/feedback"):
        assert httpx2.get(proxies[way] + path).status_code == 404
    for path in ("/metrics", "/en/desk", "/fr/desk/changes", "/api/v1/feedback", "/api/v1/audit"):
        assert httpx2.get(proxies[way] + path).status_code == 401
    assert httpx2.get(f"{proxies[way]}/health/live").status_code == 200


@SET_UP
def test_what_is_written_out_leads_to_the_site(proxies: dict[str, str], way: str) -> None:
    """Redirections and files, whatever nginx says of name, scheme and path."""
    led = httpx2.get(f"{proxies[way]}/", headers={"Accept-Language": "fr"})
    assert led.headers["location"] == f"{SITE}/fr/"
    text = httpx2.get(f"{proxies[way]}/en/passages/{DISTRESS}/citation.txt").text
    assert f"{SITE}/en/passages/{DISTRESS}" in text


@SET_UP
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": SITE.removesuffix(PATH)}, 303),
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": SITE.removesuffix(PATH)}, 403),
    ],
)
def test_a_form_passes_from_the_site_alone(
    proxies: dict[str, str], way: str, headers: dict[str, str], status: int
) -> None:
    """By the origin of the site too, where nginx keeps the name that was asked for to itself."""
    found = httpx2.post(f"{proxies[way]}/en/feedback", data=FORM, headers=headers)
    assert found.status_code == status
    if status == 303:
        assert found.headers["location"].startswith(f"{SITE}/en/feedback/thanks?id=")


@SET_UP
def test_a_name_from_elsewhere_is_refused_where_nginx_hands_it_on(
    proxies: dict[str, str], way: str
) -> None:
    """Where it does not, nginx itself has to: nothing of the name is left."""
    found = httpx2.get(f"{proxies[way]}/en/about", headers={"Host": "evil.example"})
    assert found.status_code == (200 if way == "bare" else 421)
    assert "evil.example" not in found.text


def test_addresses_are_told_apart_where_nginx_tells_them(proxies: dict[str, str]) -> None:
    """Two have a budget each, of each of the two workers, who are asked in turn.

    Where nginx tells none, by itself nobody is counted: a department has one address then.
    """

    def about(way: str, asker: str) -> httpx2.Headers:
        return httpx2.get(f"{proxies[way]}/en/about", headers={"X-Forwarded-For": asker}).headers

    for asker in ("192.0.2.1", "192.0.2.2"):
        left = sorted(about("told", asker)["ratelimit"].partition(";t=")[0] for _ in range(4))
        assert left == [f'"caller";r={number}' for number in (598, 598, 599, 599)]
    for way in ("kept", "taken away", "bare"):
        found = httpx2.get(f"{proxies[way]}/en/about", headers={"Accept": "*/*"})
        assert "ratelimit" not in found.headers
