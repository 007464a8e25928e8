"""No meeting is denied a word that its page holds, whichever way is asked."""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache

import anyio
import pytest
from fastapi.testclient import TestClient
from mcp import Client

from ccs_qa.http.app import build_app
from ccs_qa.http.mcp.server import build_server
from ccs_qa.records import LANGUAGES, Answer, Language, Query, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.text.day_lines import parse_day
from ccs_qa.text.strings import STOPS, fold, words
from tests.conftest import page_text

PAGE: Mapping[Language, str] = {"fr": "ccs-resumes.fr.txt", "en": "sac-summaries.en.txt"}
ASKED: Mapping[Language, str] = {
    "en": "Which meetings mention “{}”?",
    "fr": "Quelles réunions parlent de « {} » ?",
}


@cache
def spoken(language: Language) -> Mapping[str, frozenset[dt.date]]:
    """Tell the meetings of each content word of a page, read off the file line by line."""
    found: dict[str, set[dt.date]] = {}
    day = None
    for line in page_text(PAGE[language]).splitlines():
        day = parse_day(line) or day
        if day is not None:
            for word in words(line):
                found.setdefault(word, set()).add(day)
    return {
        word: frozenset(days)
        for word, days in found.items()
        if 2 <= len(days) <= 7 and word not in STOPS and not word.isdecimal() and len(word) > 2
    }


def sample(language: Language, number: int) -> list[str]:
    """Draw some of the words."""
    known = sorted(spoken(language))
    return [known[at * len(known) // number] for at in range(number)]


def listed(answer: Answer) -> set[dt.date]:
    """List the meetings that an answer quotes."""
    quoted = (citation.hit.passage.meeting for citation in answer.citations)
    return {day for day in quoted if day is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_meeting_is_silent_of_its_words(service: QAService, language: Language) -> None:
    """For every word that stands in two to seven meetings of the page, whatever is ranked."""
    assert len(spoken(language)) > 250
    every = sorted(meeting.date for meeting in service.corpus.meetings)
    wrong = []
    for word, days in spoken(language).items():
        query = Query(word, word, word, language, language, intent="evolution")
        traced = service.resolver.topics.resolve(query, (), every).timeline
        if not days <= {hit.passage.meeting for hit in traced.entries} or days & {*traced.absent}:
            wrong.append(word)
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_timeline_denies_no_meeting_its_word(service: QAService, language: Language) -> None:
    """As it is shown: none is said to be absent, none is missing where the topic is answered."""
    wrong = []
    for word in sample(language, 60):
        days = spoken(language)[word]
        _, status, traced = service.timeline(Question(word, language=language))
        shown = {hit.passage.meeting for hit in traced.entries}
        denied, missed = days & {*traced.absent}, days - shown
        if denied or (status == "answered" and missed):
            wrong.append((word, status, sorted(map(str, denied)), sorted(map(str, missed))))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_misses_no_meeting(service: QAService, language: Language) -> None:
    """A list of the meetings that mention a word names each of them and denies none.

    One question in twenty at most is taken for one about what comes back in all of them.
    """
    wrong, misread = [], []
    for word in sample(language, 60):
        answer = service.ask(Question(ASKED[language].format(word), language=language))
        if answer.kind == "themes":
            misread.append(word)
            continue
        missed = spoken(language)[word] - listed(answer)
        denied = spoken(language)[word] & {*answer.absent}
        if denied or (answer.status == "answered" and missed):
            wrong.append((word, answer.query.intent, answer.query.topic, sorted(map(str, missed))))
    assert wrong == []
    assert len(misread) <= 3, misread


def test_every_channel_names_the_same_meetings(settings: Settings, service: QAService) -> None:
    """The timeline of the service, of the API and of the tool; a list names none beyond it."""
    asked: list[tuple[Language, str]] = [
        *(("fr", word) for word in sample("fr", 8)),
        *(("en", word) for word in sample("en", 7)),
    ]

    async def through_tool() -> list[list[str]]:
        async with Client(build_server(lambda: service)) as client:
            found = []
            for language, word in asked:
                arguments = {"topic": word, "language": language}
                result = await client.call_tool("timeline", arguments)
                assert result.structured_content is not None
                found.append(
                    [hit["meeting"]["date"] for hit in result.structured_content["entries"]]
                )
            return found

    of_tool = anyio.run(through_tool)
    wrong = []
    with TestClient(build_app(settings, lambda _: service)) as client:
        for (language, word), tool in zip(asked, of_tool, strict=True):
            _, _, traced = service.timeline(Question(word, language=language))
            ours = [str(hit.passage.meeting) for hit in traced.entries]
            body = client.get("/api/v1/timeline", params={"topic": word, "language": language})
            api = [hit["meeting"]["date"] for hit in body.json()["entries"]]
            answer = service.ask(Question(ASKED[language].format(word), language=language))
            named = sorted(map(str, listed(answer)))
            # A timeline is judged as an answer is; a list of what holds a word needs no judging.
            both = answer.status == "answered" and ours
            if not ours == api == tool or (both and not {*named} <= {*ours}):
                wrong.append((word, ours, api, tool, named))
    assert wrong == []


def test_the_words_are_read_off_the_pages() -> None:
    """By hand: passports stand in one meeting, trust in all but that of Gatineau."""
    assert fold("Passeports") not in spoken("fr")
    assert len(spoken("en")["trust"]) == 7
    assert dt.date(2025, 3, 25) not in spoken("en")["trust"]


# A name begins with a capital, in the middle of a sentence.
NAME = re.compile(r"(?<=[a-zéè,] )(?:the |l')?([A-Z]\w+(?: (?:of |du |de |des )?[A-Z]\w+)+)")
SAID: Mapping[Language, str] = {"en": "What was said about {}?", "fr": "Que dit-on de {} ?"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_of_the_pages_is_denied(service: QAService, language: Language) -> None:
    """However rare a name is, and whatever the judge has learnt: alone and in a frame."""
    statements = (item for item in service.corpus.passages if item.kind == "statement")
    said = (item.renditions.get(language) for item in statements)
    names = sorted({name for item in said if item for name in NAME.findall(item.text)})
    assert len(names) >= 3
    asked = [form.format(name) for name in names for form in (SAID[language], "{}")]
    found = {text: service.ask(Question(text, language=language)).status for text in asked}
    assert [text for text, status in found.items() if status != "answered"] == []
