"""The plain pages: how it works, privacy, accessibility, changes. Their text is in templates."""

import datetime as dt
from functools import cache
from pathlib import Path

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.api import Service
from ccs_qa.http.pages.imprint import view_edition
from ccs_qa.http.pages.routes import Reader, page_router, render_page
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import SEARCHED_KINDS
from ccs_qa.settings import Settings
from ccs_qa.text.strings import visible

# What a run on the sealed test splits printed last; `eval/TEST_REPORT.md` holds the same.
_MEASURED = Path(__file__).with_name("measured.json")
plain_pages = page_router()


def searched_values(corpus: Corpus, words: Catalogue) -> dict[str, str]:
    """Say how much is searched: `meetings`, first and last date, `passages`, in words."""
    passages = sum(passage.kind in SEARCHED_KINDS for passage in corpus.passages)
    return {
        "meetings": view_edition(corpus, words).meetings,
        "passages": words.count("page.passages", passages),
    }


class Rate(BaseModel):
    """A share of what was counted, and its 95 % interval."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    share: float
    low: float
    high: float

    @property
    def of_hundred(self) -> dict[str, int]:
        """Say it of a hundred: `n`, at least `low`, at most `high`."""
        return {
            "n": round(100 * self.share),
            "low": round(100 * self.low),
            "high": round(100 * self.high),
        }


class Measured(BaseModel):
    """How often the service was wrong, and the command that counted it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str
    day: dt.date
    questions: int
    false_answers: Rate
    false_refusals: Rate
    precision: Rate
    recall: Rate


@cache
def read_measured() -> Measured:
    """Read the figures that ship with the page."""
    return Measured.model_validate_json(_MEASURED.read_text("utf-8"))


@plain_pages.get("/{language}/about")
@plain_pages.get("/{language}/privacy")
@plain_pages.get("/{language}/accessibility")
@plain_pages.get("/{language}/changes")
def plain_page(request: Request, service: Service, viewer: Reader) -> str:
    """Show the page that the address names, as true of this service as it is set up."""
    name = request.url.path.rpartition("/")[2]
    settings: Settings = request.app.state.settings
    kept = settings.audit_days if settings.audit != "off" else 0
    measured = read_measured()
    return render_page(
        f"plain/{name}.html",
        viewer,
        f"/{name}",
        **searched_values(viewer.corpus, viewer.words),
        generated=service.generative,
        model=visible(service.endpoint.model) if service.endpoint else "",
        measured=measured,
        measured_on=viewer.words.date(measured.day),
        kept_for=viewer.words.count("plain.privacy.audit.days", kept) if kept else "",
    )
