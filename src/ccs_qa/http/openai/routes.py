"""The routes that clients of OpenAI call, unmodified."""

import json
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from ccs_qa.http.api import get_service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.openai import examples
from ccs_qa.http.openai.errors import error_body
from ccs_qa.http.openai.reading import check_model, model_names, read_chat
from ccs_qa.http.openai.schemas import (
    MODEL,
    ChatChunk,
    ChatCompletion,
    ChatRequest,
    ErrorBody,
    ModelOut,
    ModelsOut,
    describe,
)
from ccs_qa.http.openai.writing import Writer
from ccs_qa.http.problems import identify
from ccs_qa.http.sse import get_heartbeat
from ccs_qa.records import Answer, Answered, Question, Steps
from ccs_qa.service import QAService

PREFIX = "/v1"
_LINE = "\n"
_DONE = "[DONE]"
_DESCRIPTION = """The answer of `/api/v1/ask` for programs that speak to OpenAI: point their
`base_url` at `/v1` and name the model `ccs-qa-extractive`; or `ccs-qa-generative`, where it is
listed, to have a language model phrase the answer around its quotes.

The last `user` message is the question, earlier ones are its history; `system`, `developer` and
`assistant` messages are accepted and not read, nor are options that steer a language model
(`temperature`, `max_tokens` …): an answer is made of quotes, and a quote is not cut. Each marker
`[1]` of the text has an annotation of the type `url_citation`. `usage` counts words, not tokens.
Above the answer the text says its status and how the question was understood, below it what was
searched and whose views these are. The key `ccs_qa` holds the whole answer, with its `status`: one
that is `not_found` says so in its text and has no annotation, nor have the nearest passages that
follow it; so has `conversation`, the reply to a greeting or the like.

With `stream`, the role comes once the question is understood, then the text, then a chunk with
`finish_reason`, the annotations and `ccs_qa`, then the usage where
`stream_options.include_usage` asks for it, and `data: [DONE]`. What cannot be used is refused
before; what fails later ends the stream with `data: {"error": …}`."""


async def get_models(request: Request) -> tuple[str, ...]:
    """Name the models; one that is not open yet offers what needs no language model."""
    service = getattr(request.app.state, "service", None)
    return model_names(generative=isinstance(service, QAService) and service.generative)


Known = Annotated[tuple[str, ...], Depends(get_models)]
openai_router = APIRouter(prefix=PREFIX, tags=["openai"])


def _errors(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    # Without the range, FastAPI would add a 422 in a form that this channel never gives.
    return {
        status: {
            "model": ErrorBody,
            "description": examples.ERRORS[status],
            "content": {"application/json": {"example": examples.error(status)}},
        }
        for status in (*statuses, "4XX")
    }


@openai_router.get(
    "/models",
    summary="List the models, as OpenAI does",
    operation_id="listModels",
    response_description="The models.",
    responses=_errors(500),
)
def models(known: Known) -> ModelsOut:
    """List the ways of answering there are."""
    return ModelsOut(data=[describe(name) for name in known])


@openai_router.get(
    "/models/{model}",
    summary="Describe a model, as OpenAI does",
    operation_id="retrieveModel",
    response_description="The model.",
    responses=_errors(404, 500),
)
def model(
    model: Annotated[str, Path(description="Its name.", examples=[MODEL])], known: Known
) -> ModelOut:
    """Describe a way of answering."""
    check_model(model, known)
    return describe(model)


@openai_router.post(
    "/chat/completions",
    summary="Answer a conversation, as OpenAI does",
    description=_DESCRIPTION,
    operation_id="createChatCompletion",
    response_model=None,
    responses={
        200: {
            "model": ChatCompletion,
            "description": "The answer, or that the summaries give none.",
            "content": {
                "text/event-stream": {
                    "schema": {
                        "description": "One event; `data` is a `chat.completion.chunk`, the last "
                        "one `[DONE]`.",
                        "type": "object",
                        "properties": {"data": {"type": "string"}},
                    },
                    "example": examples.CHUNKS,
                },
            },
        },
        **_errors(400, 404, 413, 500, 503),
    },
)
async def chat(
    body: ChatRequest,
    service: Annotated[QAService, Depends(get_service)],
    heartbeat: Annotated[float, Depends(get_heartbeat)],
    request: Request,
) -> Response:
    """Answer the last question of a conversation.

    Args:
        heartbeat: Seconds between the comments that keep a stream open.
    """
    asked = read_chat(body, model_names(generative=service.generative))
    writer = Writer(
        corpus=service.corpus,
        index_id=service.index_id,
        origin=site_of(request),
        asked=asked.length,
        model=body.model,
    )
    question = Question(asked.question, history=asked.history, mode=asked.mode)
    headers = {"Cache-Control": "no-store"}
    if not body.stream:
        answer = await run_in_threadpool(service.ask, question)
        content = writer.whole(answer).model_dump_json()
        return Response(content, media_type="application/json", headers=headers)
    steps = service.steps(question)
    # What cannot be used raises here, while there still is a status to say so.
    await run_in_threadpool(next, steps)
    usage = bool(body.stream_options and body.stream_options.include_usage)
    return EventSourceResponse(
        _sent(_data(steps, writer, request.url.path, usage=usage)),
        headers=headers,
        ping=heartbeat,
        ping_message_factory=_still_here,
        sep=_LINE,
    )


def _still_here() -> ServerSentEvent:
    return ServerSentEvent(comment="still here", sep=_LINE)


def _data(steps: Steps, writer: Writer, path: str, *, usage: bool) -> Generator[str, None, None]:
    """Write what each event carries; a fault ends the stream with the error and no `[DONE]`."""
    try:
        yield _chunk(writer.opening(), usage=usage)
        for step in steps:
            if isinstance(step, Answered):
                yield from _answered(step.answer, writer, usage=usage)
            else:
                yield ""  # nothing to say yet, but a place to stop when the client has left
        yield _DONE
    except Exception as error:  # noqa: BLE001 - the status is sent, so this is the one way left
        yield error_body(identify(error, "POST").error, path).model_dump_json()
    finally:
        steps.close()


def _answered(answer: Answer, writer: Writer, *, usage: bool) -> Iterator[str]:
    for chunk in writer.pieces(answer):
        yield _chunk(chunk, usage=usage)
    if usage:
        yield _chunk(writer.closing(answer), usage=usage)


def _chunk(chunk: ChatChunk, *, usage: bool) -> str:
    # A chunk has the keys that it needs; `usage` is null in all but the last one that has it.
    left_out = {name for name in ("usage", "ccs_qa") if getattr(chunk, name) is None}
    if usage:
        left_out -= {"usage"}
    body = chunk.model_dump(mode="json", exclude=left_out)
    for choice, written in zip(chunk.choices, body["choices"], strict=True):
        written["delta"] = choice.delta.model_dump(mode="json", exclude_none=True)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


async def _sent(data: Generator[str, None, None]) -> AsyncIterator[ServerSentEvent]:
    """Take events one by one in a thread; when the client has left, take no more."""
    try:
        async for item in iterate_in_threadpool(data):
            if item:
                yield ServerSentEvent(item, sep=_LINE)
    finally:
        data.close()
