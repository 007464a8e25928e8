"""The pages about feedback: one tap sends it, words may follow; read what was kept, list it."""

from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from ccs_qa.errors import StoreError
from ccs_qa.http.api import Kept, beside_answers, keep_feedback
from ccs_qa.http.pages.feedback_views import (
    FILTERS,
    FeedbackIn,
    Filtered,
    WordsIn,
    feedback_view,
    filter_views,
    from_our_pages,
    words_view,
)
from ccs_qa.http.pages.routes import Reader, page_router, render_page
from ccs_qa.http.problems import AddressError, CrossSiteError
from ccs_qa.messages.wording import word_error
from ccs_qa.records import Language
from ccs_qa.settings import Settings
from ccs_qa.store.records import add_words, make_feedback
from ccs_qa.text.strings import detect_language

feedback_pages = page_router()
_A_PAGE = 20
_NOT_KEPT = {"Cache-Control": "no-store"}


def refuse_other_sites(request: Request) -> None:
    """Raise `CrossSiteError` for a form of which nothing tells that a page of ours sent it."""
    headers, public = request.headers, urlsplit(request.app.state.public_url).netloc
    site, origin = headers.get("sec-fetch-site"), headers.get("origin", "")
    if not from_our_pages(site, origin, {headers.get("host", ""), public}):
        raise CrossSiteError


def refuse_others(request: Request) -> None:
    """Raise `AddressError` for all but maintainers, or where closed."""
    settings: Settings = request.app.state.settings
    if not settings.feedback_page or "admin" not in request.state.scopes:
        raise AddressError


@feedback_pages.post("/{language}/feedback", dependencies=[Depends(refuse_other_sites)])
@beside_answers
def send_feedback(
    request: Request,
    language: Language,
    viewer: Reader,
    lazy: Kept,
    sent: Annotated[FeedbackIn, Form()],
) -> Response:
    """Keep at once whether an answer was useful; offer the same again where that cannot be done."""
    passages = {passage.id for passage in viewer.corpus.passages}
    kept = make_feedback(sent.remark(language), passages)
    try:
        keep_feedback(request, lazy, kept)
    except StoreError as error:
        # The toggle leads home: the address alone does not hold what was chosen.
        page = render_page(
            "feedback_again.html",
            viewer,
            "/",
            failure=word_error(error)[language],
            feedback=sent,
            asked_in=detect_language(sent.question),
        )
        return HTMLResponse(page, 503, _NOT_KEPT)
    return RedirectResponse(f"{viewer.root}/{language}/feedback/thanks?id={kept.id}", 303)


@feedback_pages.post("/{language}/feedback/words", dependencies=[Depends(refuse_other_sites)])
@beside_answers
def send_words(
    language: Language, viewer: Reader, lazy: Kept, sent: Annotated[WordsIn, Form()]
) -> Response:
    """Add a reason and a comment to what was sent before, once; give the form again to correct."""
    store = lazy.store()
    kept = store.one(sent.id)
    problems = sent.problems(viewer.words)
    if problems:
        form = words_view(kept, viewer.words, sent, problems)
        page = render_page("feedback_form.html", viewer, "/", form=form)
        return HTMLResponse(page, 422, _NOT_KEPT)
    store.add_words(add_words(kept, sent.reason_given, sent.comment))
    return RedirectResponse(f"{viewer.root}/{language}/feedback/thanks?id={kept.id}", 303)


@feedback_pages.get("/{language}/feedback/thanks")
@beside_answers
def thanks_page(
    viewer: Reader,
    lazy: Kept,
    name: Annotated[str, Query(alias="id", max_length=64)],
) -> Response:
    """Thank, offer to say why as long as nobody has, and say what was kept and taken out."""
    kept = lazy.store().one(name)
    view = feedback_view(kept, viewer.words)
    page = render_page(
        "feedback_thanks.html",
        viewer,
        "/feedback/thanks",
        urlencode({"id": name}),
        kept=view,
        form=None if kept.remark.worded else words_view(kept, viewer.words),
    )
    return HTMLResponse(page, headers=_NOT_KEPT)


@feedback_pages.get("/{language}/feedback", dependencies=[Depends(refuse_others)])
@beside_answers
def feedback_page(
    language: Language,
    viewer: Reader,
    lazy: Kept,
    wanted: Filtered,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """List what people said, for maintainers, counted and filtered."""
    words = viewer.words
    store = lazy.store()
    tally = store.tally()
    total = wanted.count(tally)
    found = store.feedback(limit=_A_PAGE, offset=(page - 1) * _A_PAGE, **wanted.limits)
    here = f"/{language}/feedback"

    def address(number: int) -> str:
        return f"{here}?{urlencode({**wanted.chosen, 'page': number})}"

    body = render_page(
        "feedback_list.html",
        viewer,
        "/feedback",
        urlencode({**wanted.chosen, "page": page}),
        kept=[feedback_view(item, words) for item in found],
        count=words.count("feedback.count", total),
        filters=[filter_views(name, wanted, tally, here, words) for name in FILTERS],
        newer=address(page - 1) if page > 1 else "",
        older=address(page + 1) if page * _A_PAGE < total else "",
    )
    return HTMLResponse(body, headers=_NOT_KEPT)
