"""The pages: each one asks the service, makes a view, fills a template."""

import re
from functools import cache
from typing import Annotated
from urllib.parse import quote

from babel import negotiate_locale
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.routing import Match
from starlette.types import Scope

from ccs_qa.answer.verify import verify_passage
from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import CcsQaError, NotFoundError
from ccs_qa.http.api import Service
from ccs_qa.http.middleware import path_below, root_of, site_of
from ccs_qa.http.pages.assets import load_assets
from ccs_qa.http.pages.imprint import imprint
from ccs_qa.http.problems import status_of
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.present.contexts import PassageView, Viewer
from ccs_qa.records import LANGUAGES, Language, Meeting, Passage, Section, other
from ccs_qa.service import QAService
from ccs_qa.settings import Settings, data_folder
from ccs_qa.text.strings import clean, visible


class PageRoute(APIRoute):
    """A route below a language; of any other first segment there is no page, nor a way to one."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether an address is one of a page."""
        match, child = super().matches(scope)
        language = child.get("path_params", {}).get("language", LANGUAGES[0])
        return (match, child) if language in LANGUAGES else (Match.NONE, {})


def page_router() -> APIRouter:
    """Make the router of some pages."""
    return APIRouter(
        include_in_schema=False, default_response_class=HTMLResponse, route_class=PageRoute
    )


pages = page_router()
# What stands before an address of ours.
_ADDRESS = re.compile(r'\b(?:href|src|action|data-stream|data-address)="(?=/)')
# Words of a passage in its title.
_OPENING = 8


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(data_folder("web") / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.globals["asset"] = load_assets().address
    return environment


def render(template: str, words: Catalogue, root: str = "", /, **context: object) -> str:
    """Fill a template, or a piece of one, whose addresses are below `root`; empty for none."""
    found = _environment().get_template(template)
    page = found.render(t=words.text, language=words.language, **context)
    # What a person typed cannot look like an attribute: its quotation marks are escaped.
    return _ADDRESS.sub(lambda before: before[0] + root, page) if root else page


class PageViewer(Viewer):
    """A viewer that knows where its pages are, and what stands at their foot."""

    def __init__(self, corpus: Corpus, words: Catalogue, settings: Settings, root: str) -> None:
        """Bind corpus, words, settings, and the path that all pages are below."""
        super().__init__(corpus, words)
        self.imprint = imprint(settings, corpus, words)
        self.root = root


def render_page(
    template: str, viewer: PageViewer, path: str, query: str = "", **context: object
) -> str:
    """Fill the template of a page, whose address is its path below the language."""
    return _framed(
        template,
        viewer.words,
        viewer.root,
        path,
        query,
        disclaimer=viewer.disclaimer(),
        imprint=viewer.imprint,
        **context,
    )


def _framed(
    template: str, words: Catalogue, root: str, path: str, query: str, **context: object
) -> str:
    toggle = other(words.language)
    tail = f"?{query}" if query else ""
    return render(
        template,
        words,
        root,
        path=path,
        toggle_language=toggle,
        # What was typed into an address may hold characters that hide or turn others around.
        toggle_url=f"/{toggle}{quote(path)}{tail}",
        toggle_name=catalogue(toggle).text("page.language.name"),
        **context,
    )


async def get_viewer(request: Request, language: Language, service: Service) -> PageViewer:
    """Show the corpus in the language of the page."""
    settings: Settings = request.app.state.settings
    return PageViewer(service.corpus, catalogue(language), settings, root_of(request.scope))


Reader = Annotated[PageViewer, Depends(get_viewer)]


def preferred_language(accept: str) -> Language:
    """Choose a new reader's language: the first of the two named, else English."""
    wanted = [part.split(";")[0].strip().replace("-", "_") for part in accept.split(",")]
    return "fr" if negotiate_locale([item[:2] for item in wanted], ["fr", "en"]) == "fr" else "en"


@pages.get("/")
def root(request: Request) -> Response:
    """Send the reader to the page in their language."""
    language = preferred_language(request.headers.get("accept-language", ""))
    return RedirectResponse(
        f"{root_of(request.scope)}/{language}/", headers={"Vary": "Accept-Language"}
    )


@pages.get("/{language}/passages/{name}")
def passage_page(request: Request, name: str, viewer: Reader) -> str:
    """Show a passage in both languages, or raise `NotFoundError` where it cannot be quoted."""
    words, corpus = viewer.words, viewer.corpus
    passage, _ = verify_passage(corpus.passage(name), corpus.verify)
    if passage is None:
        raise NotFoundError(what="passage", name=name)
    meeting = corpus.meeting(passage.meeting) if passage.meeting else None
    view = viewer.passage(passage)
    return render_page(
        "passage.html",
        viewer,
        f"/passages/{name}",
        title=_title(view, words.date(passage.meeting) if passage.meeting else "", words),
        passage=view,
        meeting=viewer.meeting(meeting) if meeting else None,
        section=viewer.section(_around(passage, meeting)) if meeting else None,
        sources=viewer.sources(passage),
        origin=site_of(request),
    )


def _around(passage: Passage, meeting: Meeting) -> Section:
    """Find the section of a passage; the objective counts as one."""
    for section in meeting.sections:
        if passage in section.passages:
            return section
    return Section(None, meeting.objective if passage in meeting.objective else (passage,))


def _title(view: PassageView, date: str, words: Catalogue) -> str:
    # A tab, a bookmark and a list of results show the title alone: it tells passages apart.
    if not date:
        return words.text("page.passage.title")
    parts = view.text.text.split()
    opening = " ".join(parts[:_OPENING]) + ("…" if len(parts) > _OPENING else "")
    return words.text("page.passage.titled", date=date, text=opening)


def error_page(request: Request, error: CcsQaError) -> Response:
    """Show an error to a person."""
    parts = path_below(request.scope).split("/")
    language: Language = "fr" if parts[1:2] == ["fr"] else "en"
    if parts[1:2] not in (["fr"], ["en"]):
        language = preferred_language(request.headers.get("accept-language", ""))
    path = "/" + "/".join(parts[2:]) if parts[1:2] == [language] else "/"
    words, state = catalogue(language), request.app.state
    service: QAService | None = getattr(state, "service", None)
    page = _framed(
        "error.html",
        words,
        root_of(request.scope),
        path,
        request.url.query,
        error=word_error(error)[language],
        question=clean(request.query_params.get("q", "")),
        disclaimer=None,
        imprint=imprint(state.settings, service.corpus if service else None, words),
    )
    return HTMLResponse(page, status_code=status_of(error))
