"""Two pages beside the answer: search with limits, and a topic through the meetings."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote_plus, urlencode

import fastapi
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ccs_qa.answer.compose import followed
from ccs_qa.answer.timeline import Timeline
from ccs_qa.errors import InputError, QuestionError
from ccs_qa.http.api import Service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.addresses import Asked, Chip, everywhere, limits
from ccs_qa.http.pages.routes import Reader, render_page
from ccs_qa.http.problems import status_of
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.messages.wording import Wording, word_error
from ccs_qa.present.contexts import MeetingView, PassageView, TextView, Viewer
from ccs_qa.records import (
    LANGUAGES,
    AnswerStatus,
    Language,
    Passage,
    Query,
    Question,
    SearchResult,
)
from ccs_qa.text.strings import clean

explore_pages = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class FoundView:
    """A passage found, with the day of its meeting and its place on the page of that."""

    passage: PassageView
    date: str
    place: str


@dataclass(frozen=True, slots=True)
class ResultsView:
    """What a search found.

    Attributes:
        named: The words of the question that limit it; None where none do or limits are set.
        chips: The meetings that these words leave.
    """

    count: str
    passages: tuple[FoundView, ...]
    named: TextView | None
    chips: tuple[Chip, ...]
    everywhere: str
    timeline: str


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A topic through the meetings, each with the address that searches it alone."""

    topic: TextView
    status: str
    lead: str
    scope: TextView | None
    entries: tuple[tuple[MeetingView, str], ...]
    absent: tuple[tuple[MeetingView, str], ...]


@explore_pages.get("/{language}/search")
def search_page(
    language: Language,
    service: Service,
    viewer: Reader,
    *,
    q: str = "",
    meeting: Annotated[list[str] | None, fastapi.Query()] = None,
    year: str = "",
    text: str = "",
) -> Response:
    """Search within limits that the reader sets; what cannot be used is said on the page."""
    words = viewer.words
    days = tuple(dict.fromkeys(day for day in map(clean, meeting or ()) if day))
    asked = Asked(clean(q), meetings=days, year=clean(year), text=clean(text))
    found, problem, status = None, None, 200
    shown = language
    try:
        shown = asked.shown(language)
        filters = asked.filters()
        if asked.question:
            question = Question(asked.question, shown, filters=filters, k=_MOST_FOUND)
            found = service.search(question)
    except InputError as error:
        problem, status = _problem(error, words), status_of(error)
    tally = Counter(hit.passage.meeting for hit in found.hits) if found else Counter()
    counts = {day: words.count("page.passages", count) for day, count in tally.items()}
    every = everywhere(asked, viewer.corpus).meetings
    # Naming every meeting limits nothing.
    unlimited = not asked.year and set(every) <= set(days)
    # A year without meetings stays chosen, as it was typed.
    years = {day[:4] for day in every} | {asked.year}
    page = render_page(
        "search.html",
        viewer,
        "/search",
        asked.parameters,
        asked=asked,
        shown=shown,
        meetings=[
            (viewer.meeting(item), counts.get(item.date, "")) for item in viewer.corpus.meetings
        ],
        years=["", *sorted(years - {""}, reverse=True)],
        chips=_chips(asked, () if unlimited else days, words),
        everywhere=unlimited,
        freed=Asked(asked.question, text=asked.text).address(language, "search"),
        results=_results(asked, found, shown, viewer) if found else None,
        problem=problem,
        examples=_examples(
            f"/{language}/search?q=",
            words.text("page.search.example.1"),
            words.text("page.search.example.2"),
        ),
    )
    return HTMLResponse(page, status_code=status)


@explore_pages.get("/{language}/timeline")
def timeline_page(
    request: Request, language: Language, service: Service, viewer: Reader, topic: str = ""
) -> Response:
    """Follow a topic through the meetings; what cannot be used is said on the page."""
    words, wanted = viewer.words, clean(topic)
    view, problem, status = None, None, 200
    try:
        if wanted:
            view = _followed(viewer, *service.timeline(Question(wanted, language)))
    except InputError as error:
        problem, status = _problem(error, words), status_of(error)
    page = render_page(
        "timeline.html",
        viewer,
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
    )
    return HTMLResponse(page, status_code=status)


def _problem(error: InputError, words: Catalogue) -> Wording:
    # The next step of the catalogue speaks of the API; here the form stands above.
    question = isinstance(error, QuestionError)
    following = words.text(
        "page.explore.next.question" if question else "page.explore.next.limit", **error.details
    )
    return replace(word_error(error)[words.language], next=following)


def _examples(address: str, *texts: str) -> list[tuple[str, str]]:
    return [(text, address + quote_plus(text)) for text in texts]


def _chips(asked: Asked, days: Sequence[str], words: Catalogue) -> list[Chip]:
    """View the limits that the address names; what cannot be read is shown as typed."""
    language = words.language
    chips = [
        Chip(_meeting(day, words), asked.without(day).address(language, "search")) for day in days
    ]
    if asked.year:
        label = words.text("page.search.chip.year", year=asked.year)
        chips.append(Chip(label, replace(asked, year="").address(language, "search")))
    if asked.text and asked.text != language:
        known = asked.text in LANGUAGES
        name = words.text(f"page.search.text.{asked.text}") if known else asked.text
        label = words.text("page.search.chip.text", language=name)
        chips.append(Chip(label, replace(asked, text="").address(language, "search")))
    return chips


def _meeting(day: str, words: Catalogue) -> str:
    with suppress(ValueError):
        day = words.date(dt.date.fromisoformat(day))
    return words.text("answer.meeting", date=day)


def _results(asked: Asked, found: SearchResult, shown: Language, viewer: Viewer) -> ResultsView:
    words, language, query = viewer.words, viewer.words.language, found.query
    # Limits that are set replace those that the question names.
    scope = None if asked.meetings or asked.year else query.scope
    return ResultsView(
        count=words.count("page.search.count", len(found.hits)),
        passages=tuple(
            _found(hit.passage, day, shown, viewer)
            for hit in found.hits
            if (day := hit.passage.meeting) is not None
        ),
        named=TextView(scope.text, query.asked_in) if scope else None,
        chips=limits(asked, scope, viewer.corpus, words, "search") if scope else (),
        everywhere=everywhere(asked, viewer.corpus).address(language, "search"),
        timeline=f"/{language}/timeline?{urlencode({'topic': query.question})}",
    )


def _found(passage: Passage, day: dt.date, shown: Language, viewer: Viewer) -> FoundView:
    meeting = viewer.meeting(viewer.corpus.meeting(day))
    (around,) = viewer.blocks.around([passage])
    view = replace(
        viewer.passage(passage),
        text=viewer.quote(passage.renditions.best(shown), around),
        section=Viewer(viewer.corpus, catalogue(shown)).heading(passage.section),
    )
    # A meeting's page gives its form in the head, without an anchor.
    anchor = "" if passage.kind == "format" else f"#{passage.id}"
    return FoundView(view, meeting.date, meeting.url + anchor)


def _followed(
    viewer: Viewer, query: Query, status: AnswerStatus, timeline: Timeline
) -> TimelineView:
    words = viewer.words
    lead = followed(timeline, words)
    if not timeline.total:
        lead = words.text("answer.coverage.none")
    elif status != "answered":
        lead = words.text("page.timeline.unsure")

    def entry(day: dt.date, *passages: Passage) -> tuple[MeetingView, str]:
        asked = Asked(query.question, meetings=(day.isoformat(),))
        shown = [viewer.passage(passage) for passage in passages]
        view = viewer.meeting(viewer.corpus.meeting(day), shown)
        return view, asked.address(words.language, "search")

    return TimelineView(
        topic=TextView(query.question, query.asked_in),
        status=status,
        lead=lead,
        scope=TextView(query.scope.text, query.asked_in) if query.scope else None,
        entries=tuple(
            entry(day, hit.passage)
            for hit in timeline.entries
            if (day := hit.passage.meeting) is not None
        ),
        absent=tuple(entry(day) for day in timeline.absent),
    )
