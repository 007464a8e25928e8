"""The pages: each one asks the service, makes a view, fills a template."""

import datetime as dt
from functools import cache
from typing import Annotated
from urllib.parse import urlencode

from babel import negotiate_locale
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ccs_qa.answer import searched, verify_passage
from ccs_qa.api import status_of
from ccs_qa.api.routes import Service
from ccs_qa.errors import CcsQaError, NotFoundError
from ccs_qa.messages import Catalogue, catalogue
from ccs_qa.records import Language, other
from ccs_qa.settings import data_folder
from ccs_qa.web.contexts import Viewer
from ccs_qa.web.downloads import view_downloads
from ccs_qa.wording import word_error

pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
# Examples come from the catalogue: `page.example.1` and so on.
_EXAMPLES = 4
_HISTORY = 6


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(data_folder("web") / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_page(
    template: str, words: Catalogue, path: str, query: str = "", **context: object
) -> str:
    """Fill a template.

    Args:
        template: Its name.
        words: The words of the reader's language.
        path: The address after the language, for the toggle.
        query: The query string, for the toggle.
        **context: The views.

    Returns:
        The page.
    """
    toggle = other(words.language)
    tail = f"?{query}" if query else ""
    return (
        _environment()
        .get_template(template)
        .render(
            t=words.text,
            language=words.language,
            toggle_language=toggle,
            toggle_url=f"/{toggle}{path}{tail}",
            toggle_name=catalogue(toggle).text("page.language.name"),
            **context,
        )
    )


def preferred_language(accept: str) -> Language:
    """Choose the language of a reader who has not chosen yet.

    Args:
        accept: The `Accept-Language` header.

    Returns:
        The first of the two that it names, weights aside; English otherwise.
    """
    wanted = [part.split(";")[0].strip().replace("-", "_") for part in accept.split(",")]
    return "fr" if negotiate_locale([item[:2] for item in wanted], ["fr", "en"]) == "fr" else "en"


@pages.get("/")
def root(request: Request) -> Response:
    """Send the reader to the page in their language.

    Args:
        request: The request.

    Returns:
        A redirection.
    """
    language = preferred_language(request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{language}/", headers={"Vary": "Accept-Language"})


@pages.get("/{language}/")
def ask_page(
    request: Request,
    language: Language,
    service: Service,
    q: Annotated[str, Query()] = "",
    h: Annotated[list[str] | None, Query()] = None,
) -> str:
    """Show the question form and, once a question is asked, the answer.

    Args:
        request: The request, for the address of the site.
        language: Language of the page and of the answer.
        service: The service.
        q: The question.
        h: Earlier questions, oldest first.

    Returns:
        The page.
    """
    words = catalogue(language)
    history = tuple(h or ())
    viewer = Viewer(service.corpus, words)
    examples = [words.text(f"page.example.{number}") for number in range(1, _EXAMPLES + 1)]
    view, asked = None, q.strip()
    if asked:
        answer = service.ask(asked, language=language, history=history)
        view = viewer.answer(answer, searched(answer.coverage, words))
        history = (*history, answer.query.question)[-_HISTORY:]
    pairs = [("q", asked)] * bool(asked) + [("h", item) for item in (h or ())]
    return render_page(
        "ask.html",
        words,
        "/",
        urlencode(pairs),
        question=asked,
        history=history,
        answer=view,
        downloads=view_downloads(asked, h or (), words) if view else (),
        origin=str(request.base_url).rstrip("/"),
        examples=[(text, f"/{language}/?{urlencode({'q': text})}") for text in examples],
        disclaimer=disclaimer_of(viewer),
    )


def disclaimer_of(viewer: Viewer) -> object:
    """View the sentence that says whose views the page gives.

    Args:
        viewer: Makes views.

    Returns:
        The view; None when the corpus has no such sentence.
    """
    found = viewer.corpus.disclaimer
    return next(iter(viewer.passages([found])), None) if found is not None else None


@pages.get("/{language}/meetings")
def meetings_page(language: Language, service: Service) -> str:
    """List the meetings.

    Args:
        language: Language of the page.
        service: The service.

    Returns:
        The page.
    """
    words = catalogue(language)
    viewer = Viewer(service.corpus, words)
    return render_page(
        "meetings.html",
        words,
        "/meetings",
        meetings=[viewer.meeting(meeting) for meeting in service.corpus.meetings],
        disclaimer=disclaimer_of(viewer),
    )


@pages.get("/{language}/meetings/{date}")
def meeting_page(request: Request, language: Language, date: str, service: Service) -> str:
    """Show a meeting in full.

    Args:
        request: The request, for the address of the site.
        language: Language of the page.
        date: Its day.
        service: The service.

    Returns:
        The page.

    Raises:
        NotFoundError: There was no meeting on that day.
    """
    try:
        meeting = service.corpus.meeting(dt.date.fromisoformat(date))
    except ValueError:
        raise NotFoundError(what="meeting", name=date) from None
    words = catalogue(language)
    viewer = Viewer(service.corpus, words)
    return render_page(
        "meeting.html",
        words,
        f"/meetings/{date}",
        meeting=viewer.meeting(meeting),
        origin=str(request.base_url).rstrip("/"),
        objective=viewer.passages(meeting.objective),
        sections=[viewer.section(section) for section in meeting.sections],
        disclaimer=disclaimer_of(viewer),
    )


@pages.get("/{language}/passages/{name}")
def passage_page(language: Language, name: str, service: Service) -> str:
    """Show a passage in both languages.

    Args:
        language: Language of the page.
        name: Its id.
        service: The service.

    Returns:
        The page.

    Raises:
        NotFoundError: There is none of that name, or it no longer matches its document.
    """
    words = catalogue(language)
    viewer = Viewer(service.corpus, words)
    passage, _ = verify_passage(service.corpus.passage(name), service.corpus.verify)
    if passage is None:
        raise NotFoundError(what="passage", name=name)
    meeting = service.corpus.meeting(passage.meeting) if passage.meeting else None
    found = [item for item in (passage.renditions.fr, passage.renditions.en) if item is not None]
    return render_page(
        "passage.html",
        words,
        f"/passages/{name}",
        passage=viewer.passage(passage),
        meeting=viewer.meeting(meeting) if meeting else None,
        sources=[(service.corpus.documents[item.document], item.start, item.end) for item in found],
        disclaimer=disclaimer_of(viewer),
    )


def error_page(request: Request, error: CcsQaError) -> Response:
    """Show an error to a person.

    Args:
        request: The request.
        error: The error.

    Returns:
        The page, with the status of the error.
    """
    parts = request.url.path.split("/")
    language: Language = "fr" if parts[1:2] == ["fr"] else "en"
    if parts[1:2] not in (["fr"], ["en"]):
        language = preferred_language(request.headers.get("accept-language", ""))
    words = catalogue(language)
    path = "/" + "/".join(parts[2:]) if parts[1:2] == [language] else "/"
    page = render_page(
        "error.html",
        words,
        path,
        request.url.query,
        error=word_error(error)[language],
        question=request.query_params.get("q", ""),
        disclaimer=None,
    )
    return HTMLResponse(page, status_code=status_of(error))
