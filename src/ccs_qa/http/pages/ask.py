"""The page on which people ask, and the stream that brings it the answer piece by piece."""

import json
from collections.abc import Iterator

from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from ccs_qa.errors import CcsQaError
from ccs_qa.http.api import Service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.addresses import BY_MODEL, AskedTurn
from ccs_qa.http.pages.routes import Reader, page_router, render, render_page
from ccs_qa.http.pages.turn_views import TurnView, view_turn, view_understood
from ccs_qa.http.sse import stream_steps
from ccs_qa.messages.wording import word_error
from ccs_qa.records import Answered, Generating, Language, Step, Understood

ask_pages = page_router()


@ask_pages.get("/{language}/")
def ask_page(
    request: Request, language: Language, service: Service, viewer: Reader, turn: AskedTurn
) -> str:
    """Show the question form and, once a question is asked, the answer."""
    view: TurnView | None = None
    if turn.question:
        answer = service.ask(turn.asked(language, service))
        view = view_turn(turn, answer, viewer)
    return render_page(
        "ask.html",
        viewer,
        "/",
        turn.parameters,
        turn=view,
        understood=view.understood if view else None,
        following=turn.following if view else (),
        longest=service.longest,
        by_model=BY_MODEL if service.generative else "",
        generated=turn.generated,
        examples=viewer.samples(),
        origin=site_of(request),
    )


@ask_pages.get("/{language}/stream")
async def ask_stream(
    request: Request, language: Language, service: Service, viewer: Reader, turn: AskedTurn
) -> EventSourceResponse:
    """Answer piece by piece: what was understood, the answer, the rest.

    The pieces are those of the page, so that what streams in is what a page would show.

    Returns:
        Events `query` and `delta` with pieces of HTML, and `done` with what the page says aloud;
        `error` in place of what cannot be brought.
    """
    words, origin = viewer.words, site_of(request)

    def piece(event: str, template: str, **context: object) -> ServerSentEvent:
        return ServerSentEvent(render(template, words, viewer.root, **context), event=event)

    def write(step: Step) -> Iterator[ServerSentEvent | None]:
        if isinstance(step, Understood):
            understood = view_understood(turn, step.query, viewer)
            yield piece("query", "turn/query.html", understood=understood)
        elif isinstance(step, Generating):
            yield None
        elif isinstance(step, Answered):
            view = view_turn(turn, step.answer, viewer)
            yield piece("delta", "turn/answer.html", turn=view, origin=origin)
            yield piece("delta", "turn/rest.html", turn=view)
            done = {
                "announcement": view.announcement,
                "asked_in": view.question.language,
                "address": viewer.root + turn.address(language),
                "title": f"{view.question.text} – {words.text('page.site')}",
                "following": turn.following,
            }
            yield ServerSentEvent(json.dumps(done, ensure_ascii=False), event="done")

    def fail(error: CcsQaError) -> ServerSentEvent:
        return piece("error", "problem.html", error=word_error(error)[language])

    return await stream_steps(request, service.steps(turn.asked(language, service)), write, fail)
