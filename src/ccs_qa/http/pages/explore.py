"""Two pages beside the answer: search with limits, and a topic through the meetings."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from ccs_qa.errors import InputError, QuestionError
from ccs_qa.http.api import Service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.addresses import Asked
from ccs_qa.http.pages.explore_views import ResultsView, TimelineView
from ccs_qa.http.pages.explorer import Explorer, follow
from ccs_qa.http.pages.routes import render_page
from ccs_qa.http.problems import status_of
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.present.contexts import Viewer
from ccs_qa.records import Language, Question
from ccs_qa.text.strings import clean

explore_pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class ProblemView:
    """Why nothing could be looked up."""

    title: str
    detail: str
    next: str


def _problem(error: InputError, words: Catalogue) -> ProblemView:
    # The next step of the catalogue speaks of the API; here the form stands above.
    worded = word_error(error)[words.language]
    question = isinstance(error, QuestionError)
    following = words.text(
        "page.explore.next.question" if question else "page.explore.next.limit", **error.details
    )
    return ProblemView(worded.title, worded.detail, following)


@explore_pages.get("/{language}/search")
def search_page(
    language: Language,
    service: Service,
    *,
    q: Annotated[str, Query()] = "",
    meeting: Annotated[list[str] | None, Query()] = None,
    year: Annotated[str, Query()] = "",
    text: Annotated[str, Query()] = "",
) -> Response:
    """Search the passages within limits that the reader sets.

    Args:
        meeting: Days of the only meetings to search, ISO.

    Returns:
        The page; what cannot be used is said on it, beside what was typed.
    """
    words = catalogue(language)
    days = tuple(dict.fromkeys(day for day in map(clean, meeting or ()) if day))
    asked = Asked(clean(q), days, clean(year), clean(text))
    viewer = Viewer(service.corpus, words)
    explorer = Explorer(viewer, asked)
    problem, status = None, 200
    shown = language
    results: ResultsView | None = None
    facets = None
    try:
        shown = asked.shown(language)
        filters = asked.filters()
        if asked.question:
            question = Question(asked.question, shown, filters=filters, k=_MOST_FOUND)
            found = service.search(question)
            results = explorer.results(found.query, found.hits, shown)
            facets = explorer.facets(found.hits, shown)
    except InputError as error:
        problem, status = _problem(error, words), status_of(error)
    page = render_page(
        "search.html",
        words,
        "/search",
        asked.parameters,
        asked=asked,
        facets=facets or explorer.facets((), shown),
        chips=explorer.chips(),
        everywhere=explorer.everywhere,
        freed=Asked(asked.question, text=asked.text).address(language),
        results=results,
        problem=problem,
        examples=_examples(
            f"/{language}/search?q=",
            words.text("page.search.example.1"),
            words.text("page.search.example.2"),
        ),
        disclaimer=viewer.disclaimer(),
    )
    return HTMLResponse(page, status_code=status)


@explore_pages.get("/{language}/timeline")
def timeline_page(
    request: Request, language: Language, service: Service, topic: Annotated[str, Query()] = ""
) -> Response:
    """Follow a topic through the meetings; what cannot be used is said on the page."""
    words = catalogue(language)
    viewer = Viewer(service.corpus, words)
    wanted = clean(topic)
    problem, status = None, 200
    view: TimelineView | None = None
    try:
        if wanted:
            view = follow(viewer, *service.timeline(Question(wanted, language)))
    except InputError as error:
        problem, status = _problem(error, words), status_of(error)
    page = render_page(
        "timeline.html",
        words,
        "/timeline",
        urlencode({"topic": wanted}) if wanted else "",
        topic=wanted,
        timeline=view,
        problem=problem,
        origin=site_of(request),
        examples=_examples(
            f"/{language}/timeline?topic=",
            words.text("page.timeline.example.1"),
            words.text("page.timeline.example.2"),
        ),
        disclaimer=viewer.disclaimer(),
    )
    return HTMLResponse(page, status_code=status)


def _examples(address: str, *texts: str) -> list[tuple[str, str]]:
    return [(text, address + urlencode({"": text})[1:]) for text in texts]
