"""The plain pages: how it works, privacy, accessibility, changes. Their text is in templates."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.api import Service
from ccs_qa.http.pages.routes import Reader, render_page
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import SEARCHED_KINDS
from ccs_qa.text.strings import visible

plain_pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def searched_values(corpus: Corpus, words: Catalogue) -> dict[str, str]:
    """Say how much is searched: `meetings`, first and last date, `passages`, in words."""
    dates = sorted(meeting.date for meeting in corpus.meetings)
    passages = sum(passage.kind in SEARCHED_KINDS for passage in corpus.passages)
    start, end = words.date(dates[0]), words.date(dates[-1])
    return {
        "meetings": words.count("plain.about.meetings", len(dates), start=start, end=end),
        "passages": words.count("page.passages", passages),
    }


@plain_pages.get("/{language}/about")
@plain_pages.get("/{language}/privacy")
@plain_pages.get("/{language}/accessibility")
@plain_pages.get("/{language}/changes")
def plain_page(request: Request, service: Service, viewer: Reader) -> str:
    """Show the page that the address names, as true of this service as it is set up."""
    name = request.url.path.rpartition("/")[2]
    days: int | None = request.app.state.audit_days
    return render_page(
        f"plain/{name}.html",
        viewer,
        f"/{name}",
        **searched_values(viewer.corpus, viewer.words),
        generated=service.generative,
        model=visible(service.endpoint.model) if service.endpoint else "",
        kept_for="" if days is None else viewer.words.count("plain.privacy.audit.days", days),
    )
