"""The pages about feedback: send it, read what was kept, list it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from ccs_qa.errors import StoreError
from ccs_qa.http.access import on_this_machine
from ccs_qa.http.api import OpenStore, get_store
from ccs_qa.http.pages.feedback_views import FeedbackIn, feedback_view, form_view, from_our_pages
from ccs_qa.http.pages.routes import Reader, render_page
from ccs_qa.http.problems import AddressError, CrossSiteError
from ccs_qa.messages.wording import word_error
from ccs_qa.records import Language
from ccs_qa.store.records import make_feedback

feedback_pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_A_PAGE = 20
_USEFUL = {"yes": True, "no": False}
_NOT_KEPT = {"Cache-Control": "no-store"}


def refuse_other_sites(request: Request) -> None:
    """Raise `CrossSiteError` for a form that another site made a browser send."""
    headers = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if not from_our_pages(site, origin, headers.get("host", "")):
        raise CrossSiteError


def refuse_others(request: Request) -> None:
    """Raise `AddressError` for all but a browser on this machine, or where closed."""
    client = request.client.host if request.client else None
    shown = getattr(request.app.state, "feedback_page", False)
    if not shown or not on_this_machine(client, request.headers):
        raise AddressError


@feedback_pages.post("/{language}/feedback", dependencies=[Depends(refuse_other_sites)])
def send_feedback(
    request: Request, language: Language, viewer: Reader, sent: Annotated[FeedbackIn, Form()]
) -> Response:
    """Keep what a person says and thank; give the form again where that cannot be done."""
    problems, failure, status = sent.problems(viewer.words), None, 422
    if not problems:
        passages = {passage.id for passage in viewer.corpus.passages}
        kept = make_feedback(sent.remark(language), passages)
        try:
            get_store(request).save_feedback(kept)
        except StoreError as error:
            failure, status = word_error(error)[language], 503
        else:
            return RedirectResponse(f"/{language}/feedback/thanks?id={kept.id}", 303)
    # The toggle leads home: the address alone does not hold what was typed.
    page = render_page(
        "feedback_form.html",
        viewer,
        "/",
        feedback=form_view(sent, viewer.words, problems),
        failure=failure,
    )
    return HTMLResponse(page, status, _NOT_KEPT)


@feedback_pages.get("/{language}/feedback/thanks")
def thanks_page(
    language: Language,
    viewer: Reader,
    store: OpenStore,
    name: Annotated[str, Query(alias="id", max_length=64)],
) -> Response:
    """Say what was kept and what was taken out."""
    kept = store.one(name)
    pairs = [("q", kept.remark.question), *(("h", item) for item in kept.remark.history)]
    page = render_page(
        "feedback_thanks.html",
        viewer,
        "/feedback/thanks",
        urlencode({"id": name}),
        kept=feedback_view(kept, viewer.words),
        back=f"/{language}/?{urlencode(pairs)}",
    )
    return HTMLResponse(page, headers=_NOT_KEPT)


@feedback_pages.get("/{language}/feedback", dependencies=[Depends(refuse_others)])
def feedback_page(
    language: Language,
    viewer: Reader,
    store: OpenStore,
    useful: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List what people said, for maintainers on this machine: all, or what was useful or not."""
    words = viewer.words
    wanted = _USEFUL.get(useful)
    total = store.count(useful=wanted)
    found = store.feedback(limit=_A_PAGE, offset=(page - 1) * _A_PAGE, useful=wanted)
    chosen = {"useful": useful} if wanted is not None else {}

    def address(number: int) -> str:
        return f"/{language}/feedback?{urlencode({**chosen, 'page': number})}"

    body = render_page(
        "feedback_list.html",
        viewer,
        "/feedback",
        urlencode({**chosen, "page": page}),
        kept=[feedback_view(item, words) for item in found],
        count=words.count("feedback.count", total),
        filters=[
            (words.text(key), f"/{language}/feedback{query}", current)
            for key, query, current in (
                ("feedback.filter.all", "", wanted is None),
                ("feedback.useful", "?useful=yes", wanted is True),
                ("feedback.not-useful", "?useful=no", wanted is False),
            )
        ],
        newer=address(page - 1) if page > 1 else "",
        older=address(page + 1) if page * _A_PAGE < total else "",
    )
    return HTMLResponse(body, headers=_NOT_KEPT)
