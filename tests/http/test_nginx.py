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
from tests.proxied import PATH, SITE, proxied, two_workers
from tests.serving import served, stand_in


@pytest.fixture(scope="module")
def proxies(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Two processes behind nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    with two_workers(settings) as workers, proxied(folder, *workers) as found:
        yield found


@pytest.fixture(params=["kept", "taken away"])
def below(request: pytest.FixtureRequest, proxies: dict[str, str]) -> str:
    """Address of the service, with nginx set up in either way."""
    found: str = proxies[request.param]
    return found


def test_a_visit_goes_from_link_to_link(below: str) -> None:
    """From the bare path to the page, its files, a meeting and back, on the site alone."""
    with httpx2.Client(follow_redirects=True) as client:
        first = client.get(f"{below}/", headers={"Accept-Language": "fr"})
        assert str(first.url) == f"{below}/fr/"
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
            assert str(found.url).startswith(f"{below}/"), address
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
