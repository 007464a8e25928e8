"""Server-sent events: how every channel streams, and the answers of the API as events."""

import itertools
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from pydantic_core import to_json
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from ccs_qa.answer.coverage import searched_by
from ccs_qa.errors import CcsQaError
from ccs_qa.http.admission import one_by_one, turn_of
from ccs_qa.http.api import Service, question_of, router
from ccs_qa.http.problems import GoneError, documented, identify, problem
from ccs_qa.present import schemas
from ccs_qa.present.presenter import Presenter, query_out
from ccs_qa.records import Answer, Found, Generating, Step, Steps, Understood
from ccs_qa.service import QAService

LINE = "\n"
_RETRY_MS = 3000  # the default of browsers, said aloud
stream = APIRouter(prefix="/api/v1", responses=router.responses)
Named = tuple[str, BaseModel | Sequence[BaseModel]]


class _Events(EventSourceResponse):
    media_type = "text/event-stream"  # named on the class too, where OpenAPI looks for it


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_DATA: dict[str, dict[str, Any]] = {
    # No other route gives these two, so the document would hold no schema to refer to.
    "status": schemas.StatusOut.model_json_schema(),
    "query": _ref("QueryOut"),
    "sources": {"type": "array", "items": _ref("HitOut")},
    "citation": _ref("CitationOut"),
    "delta": schemas.DeltaOut.model_json_schema(),
    "done": _ref("AskResponse"),
    "error": _ref("ProblemOut"),
}
_EVENT = {
    "description": "One event; `data` is one line of JSON.",
    "oneOf": [
        {
            "type": "object",
            "title": event,
            "required": ["id", "event", "data"],
            "properties": {
                "id": {"type": "string"},
                "event": {"const": event},
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": data,
                },
                "retry": {"type": "integer"},
            },
        }
        for event, data in _DATA.items()
    ],
}


class _Stream(EventSourceResponse):
    """A stream whose work ends with it, also where its reader leaves between two events."""

    def __init__(
        self, steps: Steps, events: AsyncGenerator[ServerSentEvent, None], heartbeat: float
    ) -> None:
        super().__init__(
            events,
            ping=heartbeat,
            ping_message_factory=lambda: ServerSentEvent(comment="still here", sep=LINE),
            sep=LINE,
        )
        self._steps, self._events = steps, events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()
            # Of events that were never begun nothing else closes them.
            with suppress(ValueError):  # at work: closed there
                self._steps.close()


async def stream_steps(
    request: Request,
    steps: Steps,
    write: Callable[[Step], Iterable[ServerSentEvent | None]],
    fail: Callable[[CcsQaError], ServerSentEvent],
) -> EventSourceResponse:
    """Send what is written of each step as soon as it is done.

    Args:
        write: Writes a step; None where there is nothing to say yet, but a place to stop when
            the client has left.
        fail: Writes the last event, where a step fails and the status is sent already.

    Raises:
        InputError: The question or a limit cannot be used.
    """
    # What cannot be used raises here, while there still is a status to say so.
    first = await run_in_threadpool(next, steps)

    def written() -> Generator[ServerSentEvent | None, None, None]:
        try:
            for step in itertools.chain([first], steps):
                yield from write(step)
        except Exception as error:  # noqa: BLE001 - this is the one way left to say so
            yield fail(identify(error, request.method).error)
        finally:
            # Now, not when somebody collects it: a model may be at work behind it.
            steps.close()

    async def sent() -> AsyncGenerator[ServerSentEvent, None]:
        ended: CcsQaError | None = None
        try:
            async with aclosing(one_by_one(written(), turn_of(request.scope))) as events:
                async for event in events:
                    if event is not None:
                        yield event
        except CcsQaError as error:  # whatever a model is at, time is up
            ended = error
        if ended is not None and not isinstance(ended, GoneError):
            yield fail(ended)

    return _Stream(steps, sent(), request.app.state.settings.heartbeat)


def deltas(answer: Answer) -> Iterator[schemas.DeltaOut]:
    """Cut an answer into its lines with statements; joined by line feeds they are the text."""
    # By the end of each line that carries statements, the numbers of their quotes.
    lines: dict[int, list[int]] = {}
    at = 0
    for statement in answer.statements:
        # From the last one on: two statements may read alike.
        at = answer.text.index(statement.text, at) + len(statement.text)
        numbers = lines.setdefault((answer.text + "\n").index("\n", at), [])
        numbers += [number for number in statement.citations if number not in numbers]
    ends = [*list(lines)[:-1], len(answer.text)]
    start = 0
    for end, citations in zip(ends, list(lines.values()) or [[]], strict=True):
        yield schemas.DeltaOut(text=answer.text[start:end], citations=citations)
        start = end + 1


def _worded(answer: Answer, present: Presenter) -> Iterator[Named]:
    """Send each quote before the first lines that name it, then the whole answer."""
    body = present.answer(answer)
    waiting = {item.number: item for item in body.citations}
    for delta in deltas(answer):
        for number in delta.citations:
            if number in waiting:
                yield "citation", waiting.pop(number)
        yield "delta", delta
    # A model need not have named every quote.
    yield from (("citation", item) for item in waiting.values())
    yield "done", body


def _presented(step: Step, service: QAService) -> Iterator[Named | None]:
    present = Presenter(service.corpus)
    if isinstance(step, Understood):
        meetings = len(searched_by(step.query, service.corpus))
        yield "status", schemas.StatusOut(status="searching", meetings=meetings)
        yield "query", query_out(step.query)
    elif isinstance(step, Found):
        yield "sources", [present.hit(hit, step.query.language) for hit in step.hits]
    elif isinstance(step, Generating):
        yield None
    else:
        yield from _worded(step.answer, present)


def _written(number: int, event: Named) -> ServerSentEvent:
    name, body = event
    data = to_json(body).decode()
    retry = _RETRY_MS if number == 1 else None
    return ServerSentEvent(data, event=name, id=str(number), retry=retry, sep=LINE)


@stream.post(
    "/ask/stream",
    tags=["questions"],
    summary="Answer a question in verified quotes, step by step",
    operation_id="streamAnswer",
    response_class=_Events,
    responses={
        200: {
            "description": "The events.",
            "content": {"text/event-stream": {"schema": _EVENT}},
        },
        **documented(415, 422),
    },
)
async def ask_stream(
    body: schemas.AskRequest, service: Service, request: Request
) -> EventSourceResponse:
    """Understand the question, then stream the rest."""
    numbers = itertools.count(1)

    def write(step: Step) -> Iterator[ServerSentEvent | None]:
        for event in _presented(step, service):
            yield None if event is None else _written(next(numbers), event)

    def fail(error: CcsQaError) -> ServerSentEvent:
        return _written(next(numbers), ("error", problem(error, request.url.path)))

    steps = service.steps(replace(question_of(body), mode=body.mode))
    return await stream_steps(request, steps, write, fail)
