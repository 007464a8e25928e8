"""The routes that clients of OpenAI call, unmodified."""

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from ccs_qa.errors import CcsQaError
from ccs_qa.http.api import get_service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.openai.errors import documented, error_body
from ccs_qa.http.openai.reading import check_model, model_names, read_chat
from ccs_qa.http.openai.schemas import (
    MODEL,
    ChatCompletion,
    ChatRequest,
    ModelOut,
    ModelsOut,
    describe,
)
from ccs_qa.http.openai.writing import Json, Writer
from ccs_qa.http.sse import LINE, stream_steps
from ccs_qa.records import Answer, Answered, Step, Understood
from ccs_qa.service import QAService

PREFIX = "/v1"


async def get_models(request: Request) -> tuple[str, ...]:
    """Name the models; one that is not open yet offers what needs no language model."""
    service = getattr(request.app.state, "service", None)
    return model_names(generative=isinstance(service, QAService) and service.generative)


Known = Annotated[tuple[str, ...], Depends(get_models)]
openai_router = APIRouter(prefix=PREFIX, tags=["openai"])


@openai_router.get(
    "/models",
    summary="List the models, as OpenAI does",
    operation_id="listModels",
    response_description="The models.",
    responses=documented(500),
)
def models(known: Known) -> ModelsOut:
    """List the ways of answering there are."""
    return ModelsOut(data=[describe(name) for name in known])


@openai_router.get(
    "/models/{model}",
    summary="Describe a model, as OpenAI does",
    operation_id="retrieveModel",
    response_description="The model.",
    responses=documented(404, 500),
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
                },
            },
        },
        **documented(400, 404, 413, 500, 503),
    },
)
async def chat(
    body: ChatRequest, service: Annotated[QAService, Depends(get_service)], request: Request
) -> Response:
    """Answer the last question of a conversation."""
    chat = read_chat(body, model_names(generative=service.generative))
    writer = Writer(
        corpus=service.corpus,
        index_id=service.index_id,
        origin=site_of(request),
        asked=chat.length,
        model=body.model,
        notes=chat.notes,
        counting=bool(body.stream_options and body.stream_options.include_usage),
    )
    reply = chat.reply
    if not body.stream:
        answer: Answer | str = (
            await run_in_threadpool(service.ask, chat.question) if reply is None else reply
        )
        content = writer.whole(answer).model_dump_json()
        headers = {"Cache-Control": "no-store"}
        return Response(content, media_type="application/json", headers=headers)
    if reply is not None:
        chunks = map(_json, [writer.opening(), *writer.pieces(reply)])
        return EventSourceResponse(map(_event, [*chunks, "[DONE]"]), sep=LINE)

    def write(step: Step) -> Iterator[ServerSentEvent | None]:
        if isinstance(step, Understood):
            yield _event(_json(writer.opening()))
        elif isinstance(step, Answered):
            yield from (_event(_json(chunk)) for chunk in writer.pieces(step.answer))
            yield _event("[DONE]")
        else:
            yield None

    def fail(error: CcsQaError) -> ServerSentEvent:
        return _event(error_body(error, request.url.path).model_dump_json())

    return await stream_steps(request, service.steps(chat.question), write, fail)


def _event(data: str) -> ServerSentEvent:
    return ServerSentEvent(data, sep=LINE)


def _json(chunk: Json) -> str:
    return json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
