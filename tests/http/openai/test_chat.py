"""The channel for clients of OpenAI, opened by the official package, unmodified."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from openai import (
    APIError,
    AsyncOpenAI,
    BadRequestError,
    InternalServerError,
    NotFoundError,
    OpenAI,
)
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from ccs_qa.http.app import build_app
from ccs_qa.http.problems import MOST_BODY_BYTES
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Question, Step
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.text.strings import words as split
from tests.conftest import PAGES, page_text
from tests.serving import SlowSteps, served, stand_in

Json = dict[str, Any]
MODEL = "ccs-qa-extractive"
CHAT = "/v1/chat/completions"
TEXTS = {"fr": page_text(PAGES[0][1]), "en": page_text(PAGES[1][1])}
QUOTED = {"fr": r"«\u00a0(.+?)\u00a0»", "en": r"“(.+?)”"}
QUESTIONS = (
    ("en", "How could AI help call centres?"),
    ("fr", "Que dit-on des passeports et de la confiance ?"),
    ("en", "How did the discussion of AI evolve over the meetings?"),
    ("fr", "Quelles sont les réunions ?"),
    ("en", "Compare what was said about AI in 2023 and in 2024"),
)


@dataclass(frozen=True)
class Reply:
    """What a client of OpenAI reads of an answer."""

    content: str
    annotations: list[Json]
    finish_reason: str | None
    usage: CompletionUsage | None
    ccs_qa: Json


def user(*texts: str) -> list[Any]:
    """A conversation of questions, each answered before the next."""
    turns = [[{"role": "user", "content": text}] for text in texts]
    said: list[Any] = [{"role": "assistant", "content": "…"}]
    return [message for turn in turns[:-1] for message in turn + said] + turns[-1]


def whole(completion: ChatCompletion) -> Reply:
    """Read a completion."""
    ChatCompletion.model_validate(completion.model_dump(), strict=True)
    (choice,) = completion.choices
    message = choice.message
    assert (message.role, message.refusal, message.tool_calls) == ("assistant", None, None)
    found = [item.model_dump() for item in message.annotations or []]
    extra = completion.model_extra or {}
    assert completion.system_fingerprint == extra["ccs_qa"]["index_id"]
    return Reply(
        message.content or "", found, choice.finish_reason, completion.usage, extra["ccs_qa"]
    )


def joined(chunks: list[ChatCompletionChunk]) -> Reply:
    """Read the chunks of a stream, in the order that they have to have."""
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1
    told = [chunk for chunk in chunks if chunk.choices]
    assert told[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].delta.role for chunk in told[1:]] == [None] * (len(told) - 1)
    *before, last = told
    assert {chunk.choices[0].finish_reason for chunk in before} == {None}
    return Reply(
        "".join(chunk.choices[0].delta.content or "" for chunk in told),
        (last.choices[0].delta.model_extra or {})["annotations"],
        last.choices[0].finish_reason,
        chunks[-1].usage,
        (last.model_extra or {})["ccs_qa"],
    )


def ask_whole(origin: str, messages: list[Any]) -> Reply:
    """Ask and wait."""
    with OpenAI(base_url=f"{origin}/v1", api_key="none", max_retries=0) as client:
        return whole(client.chat.completions.create(model=MODEL, messages=messages))


def ask_streamed(origin: str, messages: list[Any]) -> Reply:
    """Ask and listen."""
    with OpenAI(base_url=f"{origin}/v1", api_key="none", max_retries=0) as client:
        stream = client.chat.completions.create(
            model=MODEL,
            messages=messages,
            stream=True,
            stream_options={"include_usage": True},
        )
        return joined(list(stream))


def ask_async(origin: str, messages: list[Any]) -> Reply:
    """Ask with the client that does not wait."""

    async def call() -> Reply:
        async with AsyncOpenAI(base_url=f"{origin}/v1", api_key="none", max_retries=0) as client:
            return whole(await client.chat.completions.create(model=MODEL, messages=messages))

    return asyncio.run(call())


def ask_async_streamed(origin: str, messages: list[Any]) -> Reply:
    """Listen with the client that does not wait."""

    async def call() -> Reply:
        async with AsyncOpenAI(base_url=f"{origin}/v1", api_key="none", max_retries=0) as client:
            stream = await client.chat.completions.create(
                model=MODEL,
                messages=messages,
                stream=True,
                stream_options={"include_usage": True},
            )
            return joined([chunk async for chunk in stream])

    return asyncio.run(call())


WAYS = (ask_whole, ask_streamed, ask_async, ask_async_streamed)
Way = Callable[[str, list[Any]], Reply]
EACH_WAY = pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])


def our_answer(origin: str, question: str, **more: object) -> Json:
    """The answer at our own channel, but for what differs each time."""
    body: Json = httpx2.post(f"{origin}/api/v1/ask", json={"question": question, **more}).json()
    return same(body)


def same(body: Json) -> Json:
    """What two answers to one question have in common."""
    return {name: value for name, value in body.items() if name not in {"id", "timings_ms"}}


@EACH_WAY
@pytest.mark.parametrize(("language", "question"), QUESTIONS)
def test_an_answer_is_ours_and_every_marker_leads_to_its_quote(
    origin: str, way: Way, language: str, question: str
) -> None:
    """The answer as at our own channel, between what was understood and what was searched."""
    reply = way(origin, user(question))
    body = our_answer(origin, question)
    assert same(reply.ccs_qa) == body
    before, whole, after = reply.content.partition(body["answer"])
    assert (whole, reply.finish_reason) == (body["answer"], "stop")
    words = catalogue(language)
    assert before.startswith(words.text("status.answered"))
    assert before.endswith("\n\n")
    assert after.startswith("\n\n")
    (said,) = [item for item in body["disclaimer"]["renditions"] if item["language"] == language]
    assert after.endswith(f"\n\n{said['text']}")
    assert (body["status"], body["language"]) == ("answered", language)

    # The markers stand at the ends of lines, read here without the code that writes them.
    markers = list(re.finditer(r"\[(\d+)\]$", reply.content, re.MULTILINE))
    notes = [item["url_citation"] for item in reply.annotations]
    assert {item["type"] for item in reply.annotations} == {"url_citation"}
    assert [(note["start_index"], note["end_index"]) for note in notes] == [
        marker.span() for marker in markers
    ]
    cited = {str(item["number"]): item for item in body["citations"]}
    assert [marker.group(1) for marker in markers] == list(cited)
    for marker, note in zip(markers, notes, strict=True):
        citation = cited[marker.group(1)]
        assert note["url"] == f"{origin}/{language}/passages/{citation['passage_id']}"
        date, _, section = note["title"].partition(" – ")
        if citation["attribution"]:
            section, _, told = section.rpartition(" – ")
            assert told == catalogue(language).text(f"attribution.{citation['attribution']}")
        assert citation["meeting"]["date"][:4] in date
        meeting = citation["meeting"]
        assert section == (citation["section"] or meeting["title"] or meeting["objective"])

    quotes = re.findall(QUOTED[language], whole)
    assert len(quotes) >= len(markers) > 0
    assert [quote for quote in quotes if quote not in TEXTS[language]] == []


def test_an_address_of_an_annotation_shows_the_quote(origin: str) -> None:
    """Followed, it is the page of the passage; its title is read off the page by hand."""
    reply = ask_whole(origin, user("How could AI help call centres?"))
    note = reply.annotations[0]["url_citation"]
    assert note["title"] == "November 1, 2024 – Setting priorities and solutions to consider"
    page = httpx2.get(note["url"])
    assert page.status_code == 200
    assert "Artificial intelligence (AI) should be used to support clients" in page.text


@EACH_WAY
def test_what_the_summaries_do_not_say_reads_as_such(origin: str, way: Way) -> None:
    """The status in the extra key, the fixed words in the text, no annotation.

    Words counted by hand: 7 in the question (the possessive is not one: 6), and in the answer 3 of
    the status, 7 in the first sentence, 5 before its comma and 6 after it in the second; after them
    stand the nearest passages and whose views they are.
    """
    reply = way(origin, user("What is the committee's annual budget?"))
    assert reply.ccs_qa["status"] == "not_found"
    said = (
        "No answer found\n\nNo passage was recognized as an answer. "
        "8 meeting summaries were searched, from January 2023 to June 2025."
    )
    assert reply.content.startswith(f"{said}\n\n")
    near = [item["text"] for item in reply.ccs_qa["nearest"]]
    assert near
    assert all(f"“{text}”" in reply.content for text in near)
    assert (reply.annotations, reply.finish_reason) == ([], "stop")
    assert reply.usage is not None
    counts = (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.total_tokens)
    rest = len(split(reply.content.removeprefix(said)))
    assert counts == (6, 21 + rest, 27 + rest)


@EACH_WAY
def test_earlier_messages_of_the_user_are_the_history(origin: str, way: Way) -> None:
    """A follow-up is understood with the question that it leans on."""
    first, second = "Que dit-on de l'IA ?", "Et au téléphone ?"
    reply = way(origin, user(first, second))
    assert same(reply.ccs_qa) == our_answer(origin, second, history=[first])
    assert first in reply.ccs_qa["query"]["standalone"]
    assert reply.ccs_qa["query"]["question"] == second


def test_other_messages_and_options_are_accepted_and_not_read(openai: OpenAI, origin: str) -> None:
    """Instructions and settings for a language model change nothing; parts are joined by lines."""
    question = "What was said about trust?"
    completion = openai.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "Talk like a pirate about passports."},
            {"role": "developer", "content": [{"type": "text", "text": "Invent a number."}]},
            {"role": "assistant", "content": None, "refusal": "no"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What was said"},
                    {"type": "text", "text": "about trust?"},
                ],
            },
        ],
        temperature=2,
        max_tokens=1,
        stop=["t"],
        seed=1,
        n=1,
        tools=[],
        response_format={"type": "text"},
        user="someone",
    )
    body = whole(completion).ccs_qa
    assert body["answer"] == our_answer(origin, question)["answer"]
    assert body["query"]["question"].split() == question.split()


def test_a_long_conversation_goes_on(openai: OpenAI) -> None:
    """Sixty questions are not too many; the service heeds the latest."""
    texts = [f"What was said about passports in part {number}?" for number in range(60)]
    completion = openai.chat.completions.create(model=MODEL, messages=user(*texts))
    assert completion.choices[0].finish_reason == "stop"


def test_the_one_model_is_listed(openai: OpenAI) -> None:
    """By the list and by its name; no other is there."""
    (model,) = openai.models.list()
    assert (model.id, model.object, model.owned_by) == (MODEL, "model", "ccs-qa")
    assert openai.models.retrieve(MODEL) == model
    for call in (
        lambda: openai.models.retrieve("gpt-4o"),
        lambda: openai.chat.completions.create(model="gpt-4o", messages=user("AI?")),
    ):
        with pytest.raises(NotFoundError) as raised:
            call()
        assert (raised.value.code, raised.value.param) == ("model_not_found", "model")
        assert "gpt-4o" in raised.value.message
        assert MODEL in raised.value.message


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
TOOL = {"type": "function", "function": {"name": "f"}}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("change", "code", "param", "words"),
    [
        ({"n": 2}, "chat", "n", "error.chat.choices"),
        (
            {"tools": [TOOL], "tool_choice": "required"},
            "chat",
            "tool_choice",
            "error.chat.tools",
        ),
        ({"tools": [TOOL], "tool_choice": TOOL}, "chat", "tool_choice", "error.chat.tools"),
        (
            {
                "tools": [TOOL],
                "tool_choice": {
                    "type": "allowed_tools",
                    "allowed_tools": {"mode": "required", "tools": [TOOL]},
                },
            },
            "chat",
            "tool_choice",
            "error.chat.tools",
        ),
        (
            {"functions": [{"name": "f"}], "function_call": {"name": "f"}},
            "chat",
            "function_call",
            "error.chat.tools",
        ),
        (
            {"response_format": {"type": "json_object"}},
            "chat",
            "response_format",
            "error.chat.format",
        ),
        (
            {"messages": [{"role": "user", "content": [IMAGE]}]},
            "chat",
            "messages.0.content",
            "error.chat.content",
        ),
        (
            {"messages": [*user("AI?"), {"role": "user", "content": None}]},
            "chat",
            "messages.1.content",
            "error.chat.content",
        ),
        (
            {"messages": [{"role": "system", "content": "AI?"}]},
            "chat",
            "messages",
            "error.chat.empty",
        ),
        ({"messages": user(" ?! ")}, "question", None, "error.question.empty"),
        ({"messages": user("a" * 5001)}, "question", None, "error.question.title"),
        ({"messages": []}, "validation", "messages", "error.validation.title"),
        (
            {"messages": [{"role": "tool", "content": "x"}]},
            "chat",
            "messages",
            "error.chat.empty",
        ),
        ({"messages": user("AI?"), "n": "x"}, "validation", "n", "error.validation.title"),
    ],
)
def test_what_is_not_done_here_is_refused_in_both_languages(
    openai: OpenAI, *, stream: bool, change: Json, code: str, param: str | None, words: str
) -> None:
    """A 400 in the form of OpenAI before any stream, with our own problem beside it."""
    given: Json = {"model": MODEL, "messages": user("AI?"), "stream": stream, **change}
    with pytest.raises(BadRequestError) as raised:
        openai.chat.completions.create(**given)
    error = raised.value
    assert (error.code, error.param, error.type) == (code, param, "invalid_request_error")
    for language in ("fr", "en"):
        assert catalogue(language).text(words) in error.message
    assert isinstance(error.body, dict)
    problem = error.body["ccs_qa"]
    assert (problem["type"], problem["status"]) == (f"/problems/{code}", 400)
    assert problem["instance"] == CHAT


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("POST", CHAT, b"{", 400, "media_type"),
        ("POST", CHAT, b" " * (MOST_BODY_BYTES + 1), 413, "body_size"),
        ("GET", CHAT, b"", 405, "method"),
        ("GET", "/v1/nothing", b"", 404, "address"),
        ("POST", "/v1/embeddings", b"{}", 404, "address"),
    ],
)
def test_whatever_is_wrong_has_the_form_of_openai(
    client: TestClient, *, method: str, path: str, content: bytes, status: int, code: str
) -> None:
    """Limits hold as at our own channel; every error has the four keys."""
    headers = {"content-type": "application/json"}
    response = client.request(method, path, content=content, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code", "ccs_qa"}
    assert (error["code"], error["type"]) == (code, "invalid_request_error")


def test_a_service_that_was_never_opened_says_so(unopened: TestClient) -> None:
    """A 503, which clients of OpenAI try again."""
    response = unopened.post(CHAT, json={"model": MODEL, "messages": user("AI?")})
    assert response.status_code == 503
    assert response.json()["error"]["type"] == "server_error"
    assert unopened.get("/v1/models").status_code == 200


def test_the_events_are_those_of_openai(client: TestClient) -> None:
    """Data lines only, `[DONE]` last; usage and our key only where they are due."""
    given: Json = {"model": MODEL, "messages": user("What was said about trust?"), "stream": True}
    response = client.post(CHAT, json=given)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    lines = response.text.removesuffix("\n\n").split("\n\n")
    assert all(line.startswith("data: ") and "\n" not in line for line in lines)
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    assert chunks[0]["choices"] == [
        {
            "index": 0,
            "delta": {"role": "assistant", "content": ""},
            "logprobs": None,
            "finish_reason": None,
        }
    ]
    assert all(chunk["choices"][0]["delta"].keys() == {"content"} for chunk in chunks[1:-1])
    assert chunks[-1]["choices"][0]["delta"].keys() == {"annotations"}
    assert [index for index, chunk in enumerate(chunks) if "ccs_qa" in chunk] == [len(chunks) - 1]
    assert not any("usage" in chunk for chunk in chunks)

    counted = client.post(CHAT, json={**given, "stream_options": {"include_usage": True}}).text
    *before, last = [
        json.loads(line.removeprefix("data: "))
        for line in counted.removesuffix("\n\n").split("\n\n")[:-1]
    ]
    assert all(chunk["usage"] is None for chunk in before)
    assert last["choices"] == []
    assert last["usage"]["prompt_tokens"] == 5  # What was said about trust
    assert len(before) == len(chunks)


def test_what_fails_later_ends_the_stream_with_an_error(
    settings: Settings, service: QAService
) -> None:
    """The official client raises it; nothing private is in it."""

    def steps(question: Question) -> Iterator[Step]:
        yield next(service.steps(question))
        raise RuntimeError("at /secret/place")

    app = build_app(settings, lambda _: stand_in(service, steps=steps))
    with served(app) as origin, OpenAI(base_url=f"{origin}/v1", api_key="none") as client:
        stream = client.chat.completions.create(model=MODEL, messages=user("trust"), stream=True)
        assert next(stream).choices[0].delta.role == "assistant"
        with pytest.raises(APIError) as raised:
            next(stream)
    assert raised.value.code == "internal"
    assert "secret" not in str(raised.value.body)


def test_a_fault_of_ours_shows_nothing_private(settings: Settings, service: QAService) -> None:
    """A 500 with the fixed words."""

    def steps(_question: Question) -> Iterator[Step]:
        raise RuntimeError("at /secret/place")

    app = build_app(settings, lambda _: stand_in(service, steps=steps))
    with (
        served(app) as origin,
        OpenAI(base_url=f"{origin}/v1", api_key="none", max_retries=0) as client,
        pytest.raises(InternalServerError) as raised,
    ):
        client.chat.completions.create(model=MODEL, messages=user("trust"))
    assert catalogue("fr").text("error.internal.title") in raised.value.message
    assert "secret" not in str(raised.value.body)


def test_a_client_that_leaves_stops_the_work(settings: Settings, service: QAService) -> None:
    """Of fifty steps few are run once the stream is closed."""
    slow = SlowSteps(service)
    app = build_app(settings, lambda _: stand_in(service, steps=slow.steps))
    with served(app) as origin, OpenAI(base_url=f"{origin}/v1", api_key="none") as client:
        with client.chat.completions.create(
            model=MODEL, messages=user("trust"), stream=True
        ) as stream:
            next(stream)
        assert slow.ended.wait(5)
    assert len(slow.run) < 40


def test_the_openapi_document_shows_both_channels(client: TestClient) -> None:
    """Each route with an example that the official types accept; errors in their form."""
    document = client.get("/openapi.json").json()
    chat = document["paths"][CHAT]["post"]
    example = chat["responses"]["200"]["content"]["application/json"]["example"]
    completion = ChatCompletion.model_validate(example, strict=True)
    message = completion.choices[0].message
    assert message.content is not None
    assert message.annotations
    note = message.annotations[0].url_citation
    assert message.content[note.start_index : note.end_index] == "[1]"
    assert "text/event-stream" in chat["responses"]["200"]["content"]
    assert chat["requestBody"]["content"]["application/json"]["example"]["model"] == MODEL
    assert "words" in chat["description"]
    for path, method, statuses in (
        (CHAT, "post", {"200", "400", "404", "413", "503"}),
        ("/v1/models", "get", {"200"}),
        ("/v1/models/{model}", "get", {"200", "404"}),
    ):
        responses = document["paths"][path][method]["responses"]
        assert responses.keys() >= statuses
        for response in responses.values():
            assert response["content"]["application/json"]["example"]
        assert "422" not in responses
