"""What the routes give, read with the client of the package: every quote is exact."""

import asyncio
import datetime as dt
from collections.abc import Iterator

import httpx2
import pytest
from pydantic import BaseModel

from ccs_qa.client import (
    AsyncClient,
    CitationEvent,
    Client,
    DeltaEvent,
    DoneEvent,
    Event,
    FiltersIn,
    QueryEvent,
    SourcesEvent,
    StatusEvent,
)
from ccs_qa.present.schemas import AskResponse, RenditionOut
from tests.conftest import DATES, PAGES, page_text

DOCUMENTS = {name: page_text(file) for name, file in PAGES}
QUESTIONS = (
    "How could AI help call centres?",
    "Que dit-on des passeports et de la confiance ?",
    "How did the discussion of AI evolve over the meetings?",
    "Quelle est la recette de la tarte aux pommes ?",
)


def renditions(value: object) -> Iterator[RenditionOut]:
    """Find every rendition of a response, however deep it lies."""
    if isinstance(value, RenditionOut):
        yield value
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from renditions(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            yield from renditions(item)


def check_quotes(value: object) -> int:
    """Assert that every rendition equals its slice of the page file; count them."""
    found = list(renditions(value))
    for item in found:
        assert DOCUMENTS[item.document][item.start : item.end] == item.text
    return len(found)


def same(answer: AskResponse) -> AskResponse:
    """What two answers to one question have in common."""
    return answer.model_copy(update={"id": "", "timings_ms": {}})


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_read_whole(client: Client, origin: str, question: str) -> None:
    """Written out again it is what the service sent, and each quote is exact."""
    answer = client.ask(question)
    sent = httpx2.post(f"{origin}/api/v1/ask", json={"question": question}).json()
    written = answer.model_dump(mode="json")
    for name in ("id", "timings_ms"):
        assert written.pop(name) != sent.pop(name)
    assert written == sent
    # Two renditions of each passage, and of the disclaimer.
    hits = [*answer.citations, *answer.nearest]
    listed = sum(len(hit.lead_ins) + len(hit.items) for hit in hits)
    assert check_quotes(answer) == 2 * (len(hits) + listed + 1)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_comes_as_typed_events(client: Client, question: str) -> None:
    """In the order of the contract; the pieces make the answer, the last event holds it whole."""
    events = list(client.stream(question))
    kinds = [type(event) for event in events]
    assert kinds[:3] == [StatusEvent, QueryEvent, SourcesEvent]
    assert set(kinds[3:-1]) <= {CitationEvent, DeltaEvent}
    last = events[-1]
    assert isinstance(last, DoneEvent)
    assert same(last.answer) == same(client.ask(question))
    pieces = [event.delta.text for event in events if isinstance(event, DeltaEvent)]
    assert "\n".join(pieces) == last.answer.answer
    cited = [event.citation for event in events if isinstance(event, CitationEvent)]
    assert cited == last.answer.citations
    assert isinstance(events[2], SourcesEvent)
    assert list(events[2].hits) == client.search(question).hits


def test_what_goes_with_a_question_reaches_it(client: Client) -> None:
    """Language, most passages, history and filters, under their names in Python."""
    answer = client.ask(
        "Et au téléphone?",
        k=1,
        language="en",
        history=("Que dit-on de l'IA?",),
        filters=FiltersIn(start=dt.date(2023, 1, 1), meetings=[dt.date(2024, 11, 1)]),
        mode="extractive",
    )
    assert answer.language == "en"
    assert len(answer.citations + answer.nearest) == 1
    assert "Que dit-on de l'IA?" in answer.query.standalone
    assert answer.query.meetings == [dt.date(2024, 11, 1)]
    assert answer.query.start == dt.date(2023, 1, 1)
    found = client.search("trust", k=3, filters=FiltersIn(end=dt.date(2023, 4, 3)))
    assert len(found.hits) == 3
    assert {str(hit.meeting.date) for hit in found.hits if hit.meeting} <= set(DATES[6:])


def test_the_evidence_is_read(client: Client) -> None:
    """Eight meetings, each by its date; a passage by its name; a topic through all of them."""
    listed = client.meetings().meetings
    assert tuple(str(item.date) for item in listed) == DATES
    whole = client.meeting(listed[0].date)
    assert whole == client.meeting(DATES[0])
    assert check_quotes(whole) == 2 * (whole.passages + 1)
    passage = whole.sections[0].passages[0]
    assert client.passage(passage.passage_id) == passage
    timeline = client.timeline("intelligence artificielle", language="en")
    assert {entry.language for entry in timeline.entries} == {"en"}
    assert len(timeline.entries) + len(timeline.absent) == 8


def test_the_service_is_ready(client: Client) -> None:
    """What is loaded is what answers name."""
    ready = client.ready()
    assert (ready.status, ready.meetings, ready.passages) == ("ready", 8, 110)
    assert ready.index_id == client.search("trust").index_id


def test_an_answer_is_judged(client: Client) -> None:
    """Feedback names the answer by itself; a telephone number is taken out of the comment."""
    answer = client.ask(QUESTIONS[0])
    kept = client.feedback(
        answer, useful=False, reason="unclear", comment="Call me: 613-555-0123", history=("AI?",)
    )
    assert kept.removed == ["telephone"]
    assert client.feedback(answer, useful=True).id != kept.id


def test_the_client_that_does_not_wait_gives_the_same(client: Client, origin: str) -> None:
    """Every call of one client, made with the other."""
    question = QUESTIONS[0]

    async def calls() -> tuple[list[object], list[Event]]:
        async with AsyncClient(origin) as other:
            answer = await other.ask(question, language="fr")
            events = [event async for event in other.stream(question)]
            values = [
                same(answer),
                (await other.search(question)).hits,
                await other.meetings(),
                await other.meeting(DATES[0]),
                await other.passage(answer.citations[0].passage_id),
                await other.timeline("IA"),
                await other.ready(),
                (await other.feedback(answer, useful=True)).removed,
            ]
            return values, events

    values, events = asyncio.run(calls())
    answer = client.ask(question, language="fr")
    assert values == [
        same(answer),
        client.search(question).hits,
        client.meetings(),
        client.meeting(DATES[0]),
        client.passage(answer.citations[0].passage_id),
        client.timeline("IA"),
        client.ready(),
        [],
    ]
    assert events[:-1] == list(client.stream(question))[:-1]
    assert isinstance(events[-1], DoneEvent)
