"""The page on which people ask, and the stream that brings it the answer piece by piece."""

import json
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from ccs_qa.http.api import Service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.routes import render, render_page
from ccs_qa.http.pages.turn_views import TurnView, UnderstoodView, view_turn, view_understood
from ccs_qa.http.pages.turns import BY_MODEL, AskedTurn, Turn
from ccs_qa.http.problems import identify
from ccs_qa.http.sse import get_heartbeat
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.present.contexts import Viewer
from ccs_qa.records import Answered, Generating, Language, Step, Steps, Understood
from ccs_qa.service import QAService

ask_pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
# None while a model writes: nothing is sent, but a reader who left is noticed.
Piece = tuple[str, str] | None


@ask_pages.get("/{language}/")
def ask_page(request: Request, language: Language, service: Service, turn: AskedTurn) -> str:
    """Show the question form and, once a question is asked, the answer."""
    words = catalogue(language)
    viewer = Viewer(service.corpus, words)
    view: TurnView | None = None
    if turn.question:
        answer = service.ask(turn.asked(language, service))
        view = view_turn(turn, answer, viewer)
    return render_page(
        "ask.html",
        words,
        "/",
        turn.parameters,
        turn=view,
        understood=view.understood if view else None,
        following=turn.following if view else (),
        by_model=BY_MODEL if service.generative else "",
        generated=turn.generated,
        examples=viewer.samples(),
        origin=site_of(request),
        disclaimer=viewer.disclaimer(),
    )


@ask_pages.get("/{language}/stream")
async def ask_stream(
    request: Request,
    language: Language,
    service: Service,
    turn: AskedTurn,
    heartbeat: Annotated[float, Depends(get_heartbeat)],
) -> EventSourceResponse:
    """Answer piece by piece: what was understood, the verdict, the quotes, the rest.

    The pieces are those of the page, so that what streams in is what a page would show.

    Args:
        heartbeat: Seconds between the comments that keep the stream open.

    Returns:
        Events `query`, `delta`, `citation` (one a meeting) with pieces of HTML, and `done`
        with what the page says aloud; `error` in place of what cannot be brought.

    Raises:
        InputError: The question or a limit cannot be used.
    """
    steps = service.steps(turn.asked(language, service))
    # What cannot be used raises here, while there still is a status to say so.
    first = await run_in_threadpool(next, steps)
    page = _Pieces(turn, service, catalogue(language), site_of(request))
    return EventSourceResponse(
        _sent(page.streamed(first, steps)),
        headers={"Cache-Control": "no-store"},
        ping=heartbeat,
        sep="\n",
    )


async def _sent(pieces: Generator[Piece, None, None]) -> AsyncIterator[ServerSentEvent]:
    """Take pieces one by one in a thread; when the reader has left, take no more."""
    try:
        async for piece in iterate_in_threadpool(pieces):
            if piece is not None:
                event, data = piece
                yield ServerSentEvent(data, event=event)
    finally:
        pieces.close()


class _Pieces:
    """Renders the pieces of one turn."""

    def __init__(self, turn: Turn, service: QAService, words: Catalogue, origin: str) -> None:
        self._turn = turn
        self._words = words
        self._origin = origin
        self._viewer = Viewer(service.corpus, words)

    def streamed(self, first: Step, steps: Steps) -> Generator[Piece, None, None]:
        """Render each step as soon as it is done."""
        try:
            yield from self._rendered(first)
            for step in steps:
                yield from self._rendered(step)
        except Exception as error:  # noqa: BLE001 - the status is sent, so this is the one way left
            worded = word_error(identify(error, "GET").error)[self._words.language]
            yield "error", self._piece("problem.html", error=worded)
        finally:
            steps.close()

    def _rendered(self, step: Step) -> Iterator[Piece]:
        if isinstance(step, Understood):
            view = view_understood(self._turn, step.query, self._viewer)
            yield "query", self._understood(view)
        elif isinstance(step, Generating):
            yield None
        elif isinstance(step, Answered):
            yield from self._answered(view_turn(self._turn, step.answer, self._viewer))

    def _understood(self, view: UnderstoodView) -> str:
        return self._piece("turn/query.html", understood=view)

    def _answered(self, view: TurnView) -> Iterator[Piece]:
        yield "delta", self._piece("turn/lead.html", turn=view)
        for meeting in view.answer.groups:
            yield "citation", self._piece("turn/quotes.html", turn=view, meeting=meeting)
        yield "delta", self._piece("turn/rest.html", turn=view)
        done = {
            "announcement": view.announcement,
            "asked_in": view.question.language,
            "address": self._turn.address(self._words.language),
            "title": f"{view.question.text} – {self._words.text('page.site')}",
            "following": self._turn.following,
        }
        yield "done", json.dumps(done, ensure_ascii=False)

    def _piece(self, template: str, **context: object) -> str:
        return render(template, self._words, origin=self._origin, **context)
