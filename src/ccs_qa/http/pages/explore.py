"""Two pages beside the answer: search with limits, and a topic through the meetings."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Annotated
from urllib.parse import quote_plus, urlencode

import fastapi
from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from ccs_qa.answer.timeline import Timeline
from ccs_qa.errors import InputError, QuestionError
from ccs_qa.http.api import Service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.addresses import Asked, Chip, everywhere, limits
from ccs_qa.http.pages.routes import Reader, page_router, render_page
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
    Rendition,
)
from ccs_qa.service import QAService
from ccs_qa.text.strings import clean, visible

explore_pages = page_router()
_A_PAGE = 20
_BY_WORDS = "words"
_STATES = {
    "words": "page.timeline.words",
    "meaning": "page.timeline.meaning",
    "unsure": "page.timeline.unsure",
    "silent": "page.timeline.silent",
}
# Another depth would rank otherwise, and a page repeat what stood on the page before it.
_DEPTH = 200
_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class FoundView:
    """A passage found, with the day of its meeting and its place on the page of that.

    Attributes:
        parts: Its text, cut where words that were sought begin and end; true for those.
        marked: Whether any are in it.
    """

    passage: PassageView
    date: str
    place: str
    parts: tuple[tuple[str, bool], ...]
    marked: bool


@dataclass(frozen=True, slots=True)
class ResultsView:
    """What a search found.

    Attributes:
        count: How many passages there are; where words are looked for, these stand after it.
        range: Which of them this page shows; empty where it shows all.
        sought: The words that are looked for.
        holding: How many passages of each meeting hold them, in words.
        other: What the other way to search finds, before these words, and its address.
        named: The words of the question that limit it; None where none do or limits are set.
        chips: The meetings that these words leave.
        meetings: How many these are, in words.
    """

    count: str
    range: str
    sought: TextView
    holding: Mapping[dt.date | None, str]
    other: tuple[str, str]
    passages: tuple[FoundView, ...]
    named: TextView | None
    chips: tuple[Chip, ...]
    meetings: str
    everywhere: str
    timeline: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StopView:
    """A meeting on the way of a topic, with what it says of it.

    Attributes:
        state: `words` where it has the words of the topic, `meaning` where it comes near in
            meaning alone, `unsure` where that is not certain, `silent` where nothing does.
        label: The same in words.
        search: The address that searches this meeting alone.
    """

    meeting: MeetingView
    state: str
    label: str
    search: str


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A topic through the meetings, oldest first.

    Attributes:
        lead: In how many meetings it comes up, and whether by its words or in meaning.
        near: How many others come near; empty for none.
    """

    topic: TextView
    status: str
    lead: str
    near: str
    scope: TextView | None
    stops: tuple[StopView, ...]


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
    by: str = "",
    page: Annotated[int, fastapi.Query(ge=1, le=_MOST_PAGES)] = 1,
) -> Response:
    """Search within limits that the reader sets; what cannot be used is said on the page."""
    words = viewer.words
    days = tuple(dict.fromkeys(day for day in map(clean, meeting or ()) if day))
    by = by if by == _BY_WORDS else ""
    asked = Asked(clean(q), meetings=days, year=clean(year), text=clean(text), by=by)
    found, problem, status = None, None, 200
    shown = language
    try:
        shown = asked.shown(language)
        filters = asked.filters()
        if asked.question:
            question = Question(asked.question, shown, filters=filters, k=_DEPTH)
            found = _results(service, question, asked, viewer, page)
    except InputError as error:
        problem, status = _problem(error, words), status_of(error)
    every = everywhere(asked, viewer.corpus).meetings
    # Naming every meeting limits nothing.
    unlimited = not asked.year and set(every) <= set(days)
    # A year without meetings stays chosen, as it was typed.
    years = {day[:4] for day in every} | {asked.year}
    chips = _chips(asked, () if unlimited else days, words)
    body = render_page(
        "search.html",
        viewer,
        "/search",
        asked.parameters + (f"&page={page}" if page > 1 else ""),
        asked=asked,
        shown=shown,
        by_words=_BY_WORDS,
        meetings=[
            (viewer.meeting(item), found.holding.get(item.date, "") if found else "")
            for item in viewer.corpus.meetings
        ],
        years=["", *sorted(years - {""}, reverse=True)],
        chips=chips,
        everywhere=unlimited,
        freed=replace(asked, meetings=(), year="").address(language, "search"),
        results=found,
        problem=problem,
        examples=_examples(
            f"/{language}/search?q=",
            words.text("page.search.example.1"),
            words.text("page.search.example.2"),
        ),
    )
    return HTMLResponse(body, status_code=status)


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


def _results(
    service: QAService, question: Question, asked: Asked, viewer: Viewer, page: int
) -> ResultsView:
    words, language = viewer.words, viewer.words.language
    by_words = asked.by == _BY_WORDS
    found = None if by_words else service.search(question)
    query = found.query if found else service.understand(question).query
    sought, saying = service.saying(query)
    newest = sorted(saying, key=lambda item: item.meeting or dt.date.min, reverse=True)
    every = [hit.passage for hit in found.hits] if found else newest
    before = (page - 1) * _A_PAGE
    shown = every[before : before + _A_PAGE]
    last = before + len(shown)
    marks = partial(service.resolver.topics.marks, sought)
    # Limits that are set replace those that the question names.
    scope = None if asked.meetings or asked.year else query.scope
    address = asked.address(language, "search")
    holding = words.count("page.search.holding", len(saying))
    instead = words.text("page.search.by.meaning.instead")
    swapped = replace(asked, by="" if by_words else _BY_WORDS).address(language, "search")
    tally = Counter(passage.meeting for passage in saying)
    return ResultsView(
        count=holding if by_words else words.count("page.search.nearest", len(every)),
        range=words.text("page.search.range", first=before + 1, last=last)
        if len(every) > len(shown)
        else "",
        sought=TextView(visible(sought), query.asked_in),
        holding={day: words.count("page.passages", number) for day, number in tally.items()},
        other=(instead if by_words else holding if saying else "", swapped),
        passages=tuple(
            _found(passage, day, marks, asked.shown(language), viewer)
            for passage in shown
            if (day := passage.meeting) is not None
        ),
        named=TextView(scope.text, query.asked_in) if scope else None,
        chips=limits(asked, scope, viewer.corpus, words, "search") if scope else (),
        meetings=words.count("page.ask.meeting", len(scope.meetings)) if scope else "",
        everywhere=everywhere(asked, viewer.corpus).address(language, "search"),
        timeline=f"/{language}/timeline?{urlencode({'topic': query.question})}",
        before=f"{address}&page={page - 1}" if page > 1 else "",
        after=f"{address}&page={page + 1}" if last < len(every) and page < _MOST_PAGES else "",
    )


def _found(
    passage: Passage,
    day: dt.date,
    marks: Callable[[Rendition], Sequence[tuple[int, int]]],
    shown: Language,
    viewer: Viewer,
) -> FoundView:
    meeting = viewer.meeting(viewer.corpus.meeting(day))
    (around,) = viewer.blocks.around([passage])
    said = passage.renditions.best(shown)
    view = replace(
        viewer.passage(passage),
        text=viewer.quote(said, around),
        section=Viewer(viewer.corpus, catalogue(shown)).heading(passage.section),
    )
    # A meeting's page gives its form in the head, without an anchor.
    anchor = "" if passage.kind == "format" else f"#{passage.id}"
    spans = marks(said)
    return FoundView(view, meeting.date, meeting.url + anchor, _cut(said.text, spans), bool(spans))


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """Cut a text where its marks begin and end; what cannot be seen is made visible."""
    edges = [0, *(place for span in spans for place in span), len(text)]
    pieces = [visible(text[start:end]) for start, end in pairwise(edges)]
    return tuple((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)


def _followed(
    viewer: Viewer, query: Query, status: AnswerStatus, timeline: Timeline
) -> TimelineView:
    words = viewer.words
    how = "words" if timeline.held else "meaning"
    key = "page.timeline.by.words" if timeline.held else "page.timeline.by.meaning"
    lead = words.count(key, len(timeline.entries), total=timeline.total)
    near = ""
    if not timeline.total:
        lead = words.text("answer.coverage.none")
    elif status != "answered":
        lead = words.text("page.timeline.unsure.all")
    elif timeline.held and timeline.near:
        near = words.count("page.timeline.near", len(timeline.near))

    def stop(day: dt.date, state: str, *passages: Passage) -> StopView:
        return StopView(
            viewer.meeting(viewer.corpus.meeting(day), [viewer.passage(item) for item in passages]),
            state,
            words.text(_STATES[state]),
            Asked(query.question, meetings=(day.isoformat(),)).address(words.language, "search"),
        )

    # Where some meetings have the words, the others that come near do so in meaning.
    stops = {day: stop(day, "silent") for day in timeline.absent}
    for hit in timeline.near:
        if day := hit.passage.meeting:
            stops[day] = stop(day, "meaning", hit.passage) if timeline.held else stop(day, "unsure")
    for hit in timeline.entries:
        if day := hit.passage.meeting:
            stops[day] = stop(day, how, hit.passage)
    return TimelineView(
        topic=TextView(query.question, query.asked_in),
        status=status,
        lead=lead,
        near=near,
        scope=TextView(query.scope.text, query.asked_in) if query.scope else None,
        stops=tuple(stops[day] for day in sorted(stops)),
    )
