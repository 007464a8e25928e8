"""The plain pages: how it works, privacy, accessibility, changes.

Their outlines lie in `plain_views`; what the corpus decides (how much is searched) is filled
in when a page is asked for.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.api import Service
from ccs_qa.http.pages.plain_views import (
    ACCESSIBILITY,
    CHANGES,
    PlainSection,
    PlainView,
    about,
    privacy,
)
from ccs_qa.http.pages.routes import render_page
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.records import SEARCHED_KINDS, Language
from ccs_qa.text.strings import visible

plain_pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def fill(outline: PlainView, words: Catalogue, values: Mapping[str, object]) -> PlainView:
    """Put the texts in the place of their keys."""

    def texts(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(words.text(key, **values) for key in keys)

    return PlainView(
        words.text(outline.title),
        words.text(outline.intro),
        tuple(
            PlainSection(words.text(part.heading), texts(part.paragraphs), texts(part.items))
            for part in outline.sections
        ),
    )


def searched_values(corpus: Corpus, words: Catalogue) -> dict[str, object]:
    """Say how much is searched: `meetings`, first and last date, `passages`, in words."""
    dates = sorted(meeting.date for meeting in corpus.meetings)
    passages = sum(passage.kind in SEARCHED_KINDS for passage in corpus.passages)
    return {
        "meetings": words.count(
            "plain.about.meetings",
            len(dates),
            start=words.date(dates[0]),
            end=words.date(dates[-1]),
        ),
        "passages": words.count("page.passages", passages),
    }


def named_values(words: Catalogue) -> dict[str, object]:
    """Name statuses as the answers and the quotes name them."""
    keys = {
        "answered": "status.answered",
        "related": "status.related",
        "not_found": "status.not_found",
        "conversation": "status.conversation",
        "official": "rendition.official",
        "unofficial": "rendition.unofficial_translation",
    }
    return {name: words.text(key) for name, key in keys.items()}


def _page(
    outline: PlainView,
    path: str,
    language: Language,
    corpus: Corpus,
    *,
    days: int = 0,
    model: str = "",
) -> str:
    words = catalogue(language)
    values = searched_values(corpus, words) | named_values(words) | {"model": visible(model)}
    values["kept_for"] = words.count("plain.privacy.audit.days", days)
    return render_page(
        "plain.html",
        words,
        path,
        page=fill(outline, words, values),
        disclaimer=Viewer(corpus, words).disclaimer(),
    )


@plain_pages.get("/{language}/about")
def about_page(language: Language, service: Service) -> str:
    """Explain how it works and where it ends."""
    return _page(about(generated=service.generative), "/about", language, service.corpus)


@plain_pages.get("/{language}/privacy")
def privacy_page(request: Request, language: Language, service: Service) -> str:
    """Say what is kept of a visit and what is not."""
    days: int | None = getattr(request.app.state, "audit_days", None)
    outline = privacy(audited=days is not None, generated=service.generative)
    model = service.endpoint.model if service.endpoint else ""
    return _page(outline, "/privacy", language, service.corpus, days=days or 0, model=model)


@plain_pages.get("/{language}/accessibility")
def accessibility_page(language: Language, service: Service) -> str:
    """State the standard aimed at, how it is tested, and the known limits."""
    return _page(ACCESSIBILITY, "/accessibility", language, service.corpus)


@plain_pages.get("/{language}/changes")
def changes_page(language: Language, service: Service) -> str:
    """Tell the people who use the pages what changed."""
    return _page(CHANGES, "/changes", language, service.corpus)
