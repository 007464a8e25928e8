"""Conversations as six chat programs and libraries send them, to the real application.

The shapes are written here after what such programs are known to send; each conversation ends in
one question, and gets the answer that the question alone gets.
"""

from typing import Any

import httpx2
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from ccs_qa.messages.catalogue import catalogue

Json = dict[str, Any]
QUESTION = "How could AI help call centres?"
ASKED: Json = {"role": "user", "content": QUESTION}
CLOCK: Json = {
    "type": "function",
    "function": {"name": "clock", "description": "Tells the time.", "parameters": {}},
}
CALL: Json = {"id": "call_1", "type": "function", "function": {"name": "clock", "arguments": "{}"}}
IMAGE: Json = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
PART: Json = {"type": "text", "text": QUESTION}
# What each sends beside the model, and the fields of it that are passed over.
PROGRAMS: dict[str, tuple[Json, list[str]]] = {
    "official client, after a tool was called": (
        {
            "messages": [
                {"role": "user", "content": "What time is it?"},
                {"role": "assistant", "content": None, "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "call_1", "content": "noon"},
                {"role": "assistant", "content": "Noon.", "refusal": None, "annotations": []},
                ASKED,
            ],
            "tools": [CLOCK],
            "tool_choice": "none",
            "parallel_tool_calls": False,
            "metadata": {"from": "a test"},
            "store": False,
        },
        ["tools", "messages"],
    ),
    "LiteLLM, as a proxy": (
        {
            "messages": [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]},
                {"role": "assistant", "content": "A logo.", "function_call": None},
                ASKED,
            ],
            "user": "someone",
            "metadata": {"user_api_key_alias": "x"},
            "drop_params": True,
            "temperature": 0.2,
            "top_p": None,
            "stop": None,
            "functions": [{"name": "clock", "parameters": {}}],
            "function_call": "auto",
        },
        ["functions", "messages"],
    ),
    "langchain-openai, with tools bound": (
        {
            "messages": [
                {"role": "system", "content": [{"type": "text", "text": "Be kind."}]},
                {"role": "user", "content": "Hello", "name": "me"},
                {"role": "assistant", "content": ""},
                {"role": "user", "content": [PART]},
            ],
            "tools": [{**CLOCK, "function": {**CLOCK["function"], "strict": True}}],
            "n": 1,
            "stream": True,
            "stream_options": {"include_usage": True},
            "reasoning_effort": None,
        },
        ["tools"],
    ),
    "Open WebUI": (
        {
            "messages": [
                {"role": "system", "content": "You are a helper. Today is Monday."},
                {"role": "user", "content": ""},
                {"role": "assistant", "content": "<details>…</details>"},
                ASKED,
            ],
            "stream": True,
            "params": {},
            "features": {"web_search": False},
            "chat_id": "7",
        },
        [],
    ),
    "LibreChat, with an agent": (
        {
            "messages": [
                {"role": "developer", "content": "Be kind."},
                {"role": "user", "content": [IMAGE]},
                {"role": "assistant", "content": None, "function_call": {"name": "clock"}},
                {"role": "function", "name": "clock", "content": "noon"},
                {"role": "user", "name": "me", "content": [PART]},
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
            "user": "6650",
            "tools": [CLOCK],
            "tool_choice": "auto",
        },
        ["tools", "messages"],
    ),
    "Continue, in an editor": (
        {
            "messages": [
                {"role": "system", "content": "You write code."},
                {"role": "thinking", "content": "…", "signature": "x"},
                {"role": "user", "content": [PART]},
                {"role": "assistant", "content": " ", "tool_calls": []},
            ],
            "max_tokens": 4096,
            "stream": True,
            "tools": [CLOCK, CLOCK],
            "prediction": {"type": "content", "content": ""},
        },
        ["tools", "messages"],
    ),
}


def send(openai: OpenAI, body: Json) -> tuple[str, Json]:
    """Send a body as it is, and read content and metadata of the reply, streamed or whole."""
    create = openai.chat.completions.create
    given: Json = {"model": "ccs-qa-extractive", "messages": body["messages"]}
    if not body.get("stream"):
        whole: ChatCompletion = create(**given, extra_body=body)
        return whole.choices[0].message.content or "", whole.model_extra or {}
    chunks: list[ChatCompletionChunk] = list(create(**given, stream=True, extra_body=body))
    (last,) = [item for item in chunks if item.choices and item.choices[0].finish_reason]
    content = [item.choices[0].delta.content or "" for item in chunks if item.choices]
    return "".join(content), last.model_extra or {}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_last_question_of_a_conversation_is_answered(openai: OpenAI, program: str) -> None:
    """The answer is that of the question alone; what was passed over is named, in two languages."""
    body, passed_over = PROGRAMS[program]
    content, told = send(openai, body)
    alone = send(openai, {"messages": [ASKED]})
    assert told["ccs_qa"]["answer"] == alone[1]["ccs_qa"]["answer"]
    assert told["ccs_qa"]["status"] == "answered"
    assert alone[1]["ccs_qa"]["answer"] in content
    assert [note["field"] for note in told["ccs_qa_notes"]] == passed_over
    for note in told["ccs_qa_notes"]:
        key = "chat.note.messages" if note["field"] == "messages" else "chat.note.tools"
        assert note["text"] == {item: catalogue(item).text(key) for item in ("fr", "en")}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("body", "reply"),
    [
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": "### Task:\nGive the chat a short title.\n### Output:\n"
                        'JSON: { "title": "…" }\n### Chat:\n<chat_history>\n'
                        f"USER: {QUESTION}\nASSISTANT: Answer found\n</chat_history>",
                    }
                ],
                "max_completion_tokens": 1000,
            },
            f'{{"title": "{QUESTION}"}}',
        ),
        (
            {
                "messages": [
                    ASKED,
                    {"role": "assistant", "content": "Answer found"},
                    {
                        "role": "user",
                        "content": "Sum up our conversation in a title of four words, without "
                        "quotation marks or punctuation.",
                    },
                ]
            },
            QUESTION,
        ),
        (
            {
                "messages": [
                    {"role": "system", "content": "Name conversations: a short title only."},
                    {"role": "user", "content": f"user: {QUESTION}\nassistant: Answer found"},
                ],
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {
                        "name": "name",
                        "schema": {"type": "object", "properties": {"title": {"type": "string"}}},
                    },
                },
            },
            f'{{"title": "{QUESTION}"}}',
        ),
    ],
)
def test_a_program_that_wants_a_title_gets_one_and_no_answer(
    openai: OpenAI, *, stream: bool, body: Json, reply: str
) -> None:
    """Alone in the reply, without an answer behind it."""
    content, told = send(openai, {**body, "stream": stream})
    assert content == reply
    assert told["ccs_qa"] is None


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize(
    "path",
    ["embeddings", "responses", "completions", "models/a/b", "audio/speech", "x", ".env", "%00"],
)
def test_what_is_not_here_is_told_as_openai_does(openai: OpenAI, method: str, path: str) -> None:
    """A 404 with an error in its form, whatever the method and whoever accepts what."""
    found = httpx2.request(method, f"{openai.base_url}{path}", headers={"Accept": "text/html"})
    assert found.status_code == 404
    assert found.json()["error"]["code"] == "address"
