"""An answer that a model phrased, through every channel; and what a client that leaves stops."""

import io
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from docx import Document
from fastapi.testclient import TestClient
from openai import NotFoundError, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam

from ccs_qa.client import Client, DeltaEvent, DoneEvent
from ccs_qa.http.app import build_app
from ccs_qa.http.mcp.arguments import AskArguments
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Language
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.store import LazyStore
from tests.generate.conftest import Clients, Phrasing
from tests.generate.fault_server import PATIENCE, FaultServer, misbehaving
from tests.serving import recorded, served, until

QUESTIONS: dict[Language, str] = {
    "en": "How could AI help call centres?",
    "fr": "Que dit-on des passeports et de la confiance ?",
}
LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])
INVENTED = {"en": "The committee spent $9 million on it. [1]", "fr": "Cela a coûté 9 millions. [1]"}


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    """A model that says what it is told to."""
    with misbehaving() as found:
        yield found


@pytest.fixture(scope="module")
def client(clients: Clients, server: FaultServer) -> Iterator[TestClient]:
    """A client of an application that asks it."""
    with clients(server.url, llm_failures=100) as found:
        yield found


def quoted(client: TestClient, language: Language) -> tuple[dict[str, Any], list[str]]:
    """The answer in quotes, and the first sentence of each of its first two passages."""
    body = client.post("/api/v1/ask", json={"question": QUESTIONS[language]}).json()
    texts = [item["text"] for item in body["citations"]]
    return body, [re.split(r"(?<=\.)\s", text)[0] for text in texts[:2]]


def tell(server: FaultServer, client: TestClient, language: Language) -> list[str]:
    """Have the model repeat sentences of the quotes, and invent one."""
    _, sentences = quoted(client, language)
    said = [f"{text} [{number}]" for number, text in enumerate(sentences, 1)]
    server.reply = " ".join([*said, INVENTED[language]])
    return sentences


@LANGUAGES
def test_the_api_gives_what_passed_and_says_what_did_not(
    server: FaultServer, client: TestClient, language: Language
) -> None:
    """Sentences with their numbers; quotes, their numbers and their places stay as they are."""
    sentences = tell(server, client, language)
    plain, _ = quoted(client, language)
    body = {"question": QUESTIONS[language], "mode": "generative"}
    given = client.post("/api/v1/ask", json=body).json()
    assert given["mode"] == "generative"
    assert [item["text"] for item in given["statements"]] == sentences
    assert [item["citations"] for item in given["statements"]] == [
        [number] for number, _ in enumerate(sentences, 1)
    ]
    assert given["citations"] == plain["citations"]
    assert INVENTED[language][:12] not in str(given)
    generation = given["generation"]
    assert generation["notice"] == catalogue(language).text("generation.used")
    assert (generation["outcome"], generation["fault"]) == ("used", None)
    assert (generation["kept"], sum(generation["dropped"].values())) == (len(sentences), 1)
    assert "phrase" in given["timings_ms"]


@LANGUAGES
def test_a_model_that_only_invents_is_not_heard(
    server: FaultServer, client: TestClient, language: Language
) -> None:
    """The answer in quotes, and a word about it."""
    server.reply = INVENTED[language]
    body = {"question": QUESTIONS[language], "mode": "generative"}
    given = client.post("/api/v1/ask", json=body).json()
    plain, _ = quoted(client, language)
    assert (given["mode"], given["answer"]) == ("extractive", plain["answer"])
    assert given["generation"]["outcome"] == "unsupported"
    assert given["generation"]["notice"] == catalogue(language).text("generation.unsupported")


@LANGUAGES
def test_a_model_that_repeats_its_prompt_is_not_heard(
    server: FaultServer, client: TestClient, language: Language
) -> None:
    """Our instructions and examples support nothing, with or without a number behind them."""
    body = {"question": QUESTIONS[language], "mode": "generative"}
    client.post("/api/v1/ask", json=body)
    system, *turns = json.loads(server.requests[-1][1])["messages"]
    told = [system["content"], *(item["content"] for item in turns[1:-1:2])]
    for text in told:
        for reply in (text, text.replace(".", ". [1]")):
            server.reply = reply
            given = client.post("/api/v1/ask", json=body).json()
            assert (given["mode"], given["generation"]["kept"]) == ("extractive", 0)
            assert given["generation"]["outcome"] == "unsupported"


@pytest.mark.parametrize(
    "question",
    [
        "How many meetings were held in 2023?",
        "How did the discussion of AI evolve over the meetings?",
        "Compare what was said about AI in 2023 and in 2024",
        "What is the committee's annual budget?",
        "Where was the March 2025 meeting held?",
    ],
)
def test_lists_and_refusals_are_not_generated(
    server: FaultServer, client: TestClient, question: str
) -> None:
    """Nothing is asked of the model."""
    before = len(server.requests)
    given = client.post("/api/v1/ask", json={"question": question, "mode": "generative"}).json()
    plain = client.post("/api/v1/ask", json={"question": question}).json()
    assert len(server.requests) == before
    assert (given["generation"]["outcome"], given["generation"]["model"]) == ("unneeded", "")
    assert (given["mode"], given["answer"]) == ("extractive", plain["answer"])


@LANGUAGES
def test_the_page_labels_it_and_links_each_sentence_to_its_quotes(
    server: FaultServer, client: TestClient, language: Language
) -> None:
    """A label above, sentences with numbers, the quotes below; without the choice none of it."""
    sentences = tell(server, client, language)
    response = client.get(f"/{language}/", params={"q": QUESTIONS[language], "wording": "model"})
    page = BeautifulSoup(response.text, "html.parser")
    words = catalogue(language)
    assert [item.text for item in page.select(".note.wording")] == [words.text("generation.used")]
    (shown,) = page.select("p.generated")
    for number, sentence in enumerate(sentences, 1):
        assert sentence in shown.text
        assert page.select(f'p.generated a[href="#c{number}"]')
        assert page.select(f"#c{number} > .passage")
    assert INVENTED[language][:12] not in page.text
    (box,) = page.select("input[name=wording]")
    assert (box["type"], box["value"], box.has_attr("checked")) == ("checkbox", "model", True)
    (label,) = page.select(f'label[for="{box["id"]}"]')
    assert label.text.startswith(words.text("page.ask.wording"))
    # The choice stays: in the other language, and in files.
    for link in (page.select(".toggle a")[0], page.select(".take a[href*=docx]")[0]):
        assert "wording=model" in str(link["href"])
    plain = client.get(f"/{language}/", params={"q": QUESTIONS[language]})
    without = BeautifulSoup(plain.text, "html.parser")
    assert without.select(".wording, .generated") == []
    assert not without.select("input[name=wording]")[0].has_attr("checked")


@LANGUAGES
def test_plain_pages_say_what_is_sent_and_what_is_checked(
    client: TestClient, settings: Settings, service: QAService, language: Language
) -> None:
    """By the name of the model; where there is none, neither page mentions one."""
    words = catalogue(language)
    titles = {name: words.text(f"plain.{name}.generated.title") for name in ("about", "privacy")}
    with TestClient(build_app(settings, lambda _: service)) as without:
        for name, title in titles.items():
            shown, other = (
                BeautifulSoup(found.get(f"/{language}/{name}").text, "html.parser")
                for found in (client, without)
            )
            headings = [item.text for item in shown.select("main h2")]
            assert title in headings
            headings.remove(title)
            assert headings == [item.text for item in other.select("main h2")]
            assert ("small-model" in shown.text) is (name == "privacy")
            assert "phrase" not in other.text
            assert "modèle de langue" not in other.text


def test_assistants_get_quotes(client: TestClient) -> None:
    """They word their own answers: the tool takes no mode."""
    assert client.get("/health/ready").json()["generation"]["state"] == "ready"
    assert "mode" not in AskArguments.model_json_schema()["properties"]


def test_a_streamed_page_shows_the_same(server: FaultServer, client: TestClient) -> None:
    """The pieces are those of the page."""
    tell(server, client, "en")
    parameters = {"q": QUESTIONS["en"], "wording": "model"}
    streamed = client.get("/en/stream", params=parameters).text
    page = BeautifulSoup(client.get("/en/", params=parameters).text, "html.parser")
    (shown,) = page.select("p.generated")
    lines = [line.removeprefix("data: ") for line in streamed.split("\n")]
    (piece,) = BeautifulSoup("\n".join(lines), "html.parser").select("p.generated")
    assert isinstance(shown, Tag)
    assert piece.decode() == shown.decode()
    assert catalogue("en").text("generation.used") in streamed.rpartition("event: done")[2]


@LANGUAGES
@pytest.mark.parametrize("form", ["md", "docx", "csv", "txt"])
def test_files_say_that_a_model_wrote_it(
    server: FaultServer, client: TestClient, language: Language, form: str
) -> None:
    """The sentences, and whose they are, in every format."""
    sentences = tell(server, client, language)
    parameters = {"q": QUESTIONS[language], "wording": "model"}
    content = client.get(f"/{language}/download.{form}", params=parameters).content
    if form == "docx":
        text = "\n".join(item.text for item in Document(io.BytesIO(content)).paragraphs)
    else:
        text = content.decode("utf-8-sig").replace("\\", "")
    assert catalogue(language).text("generation.used") in text
    assert sentences[0] in text


def test_a_stream_sends_every_quote_and_the_sentences(
    server: FaultServer, phrasing: Phrasing, settings: Settings
) -> None:
    """With our own client over a real server; a quote that no sentence names comes as well."""
    app = build_app(settings, lambda _: phrasing(server.url))
    with served(app) as origin, Client(origin) as ours:
        plain = ours.ask(QUESTIONS["en"])
        first = re.split(r"(?<=\.)\s", plain.citations[0].text)[0]
        server.reply = f"{first} [1]"
        events = list(ours.stream(QUESTIONS["en"], mode="generative"))
        asked = ours.ask(QUESTIONS["en"], mode="generative")
        ready = ours.ready()
    done = events[-1]
    assert isinstance(done, DoneEvent)
    assert done.answer.generation is not None
    assert (done.answer.mode, done.answer.generation.outcome) == ("generative", "used")
    pieces = [item.delta.text for item in events if isinstance(item, DeltaEvent)]
    assert "\n".join(pieces) == done.answer.answer == asked.answer == f"{first} [1]"
    assert asked.citations == plain.citations
    assert (ready.generation.state, ready.generation.model) == ("ready", "small-model")


def test_programs_that_speak_to_openai_find_it_as_a_second_model(
    server: FaultServer, phrasing: Phrasing, settings: Settings
) -> None:
    """Listed where there is an endpoint only; each marker has its annotation, streamed or not."""
    asked: list[ChatCompletionMessageParam] = [{"role": "user", "content": QUESTIONS["en"]}]
    app = build_app(settings, lambda _: phrasing(server.url))
    with served(app) as origin, OpenAI(base_url=f"{origin}/v1", api_key="none") as theirs:
        listed = [item.id for item in theirs.models.list()]
        assert listed == ["ccs-qa-extractive", "ccs-qa-generative"]
        assert theirs.models.retrieve("ccs-qa-generative").id == "ccs-qa-generative"
        plain = theirs.chat.completions.create(model="ccs-qa-extractive", messages=asked)
        first = re.split(r"(?<=\.)\s", extra(plain)["citations"][0]["text"])[0]
        server.reply = f"{first} [1]"
        made = theirs.chat.completions.create(model="ccs-qa-generative", messages=asked)
        stream = theirs.chat.completions.create(
            model="ccs-qa-generative", messages=asked, stream=True
        )
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
    message = made.choices[0].message
    assert made.model == "ccs-qa-generative"
    assert extra(made)["generation"]["outcome"] == "used"
    assert message.content == "".join(pieces)
    assert f"\n{first} [1]\n" in message.content
    (note,) = message.annotations or []
    marked = note.url_citation
    assert message.content[marked.start_index : marked.end_index] == "[1]"


def extra(completion: ChatCompletion) -> dict[str, Any]:
    """What the service adds to the form of OpenAI."""
    found: dict[str, Any] = (completion.model_extra or {})["ccs_qa"]
    return found


def test_without_an_endpoint_there_is_one_model(settings: Settings, service: QAService) -> None:
    """And the other is refused by its name."""
    with (
        served(build_app(settings, lambda _: service)) as origin,
        OpenAI(base_url=f"{origin}/v1", api_key="none") as theirs,
    ):
        assert [item.id for item in theirs.models.list()] == ["ccs-qa-extractive"]
        with pytest.raises(NotFoundError):
            theirs.chat.completions.create(
                model="ccs-qa-generative", messages=[{"role": "user", "content": "AI?"}]
            )


def test_a_record_says_how_it_was_worded_and_by_which_model(
    server: FaultServer,
    settings: Settings,
    phrasing: Phrasing,
    tmp_path: Path,
) -> None:
    """The model beside the index's own; without a phrased answer none."""
    database = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    kept = recorded(settings, database, tmp_path)
    with TestClient(build_app(kept, lambda _: phrasing(server.url))) as client:
        tell(server, client, "en")
        client.post("/api/v1/ask", json={"question": QUESTIONS["en"], "mode": "generative"})
        server.reply = INVENTED["en"]
        client.post("/api/v1/ask", json={"question": QUESTIONS["en"], "mode": "generative"})
    lazy = LazyStore(database)
    records = list(lazy.store().audit.records())
    lazy.close()
    assert [item.mode for item in records] == ["extractive", "generative", "extractive"]
    assert ["small-model" in item.model for item in records] == [False, True, True]


@pytest.mark.parametrize("behaviour", ["slowly", "mute", "silent"])
@pytest.mark.parametrize("channel", ["api", "page", "openai"])
def test_a_client_that_leaves_stops_the_model(
    settings: Settings, phrasing: Phrasing, channel: str, behaviour: str
) -> None:
    """Over real servers on both sides: the endpoint sees its connection closed before a limit."""
    asked: dict[str, Any] = {"question": QUESTIONS["en"], "mode": "generative"}
    messages = [{"role": "user", "content": QUESTIONS["en"]}]
    chat = {"model": "ccs-qa-generative", "stream": True, "messages": messages}
    query = urlencode({"q": QUESTIONS["en"], "wording": "model"})
    kind, address, body = {
        "api": ("POST", "/api/v1/ask/stream", json.dumps(asked)),
        "openai": ("POST", "/v1/chat/completions", json.dumps(chat)),
        "page": ("GET", f"/en/stream?{query}", ""),
    }[channel]
    with misbehaving(behaviour) as server:
        app = build_app(settings, lambda _: phrasing(server.url))
        with served(app) as origin:
            found = urlsplit(origin)
            with socket.create_connection((found.hostname, found.port), timeout=10) as one:
                head = f"{kind} {address} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                one.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
                until(lambda: bool(server.requests))
                assert not server.gone.is_set()
            assert server.gone.wait(PATIENCE)
