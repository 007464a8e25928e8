"""Outlines of meetings: what every wording has to reach, for every meeting there is."""

import datetime as dt
from collections.abc import Sequence

import pytest

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Answer, Language, Meeting, Question
from ccs_qa.service import QAService
from tests.conftest import DATES

WORDINGS: dict[Language, tuple[str, ...]] = {
    "en": (
        "Summarise the meeting of {day}",
        "Give me the highlights of the {day} session",
        "tldr meeting {day}",
        "What are the key takeaways from the meeting on {day}?",
    ),
    "fr": (
        "Résume la réunion du {day}",
        "Les faits saillants de la rencontre du {day}, svp",
        "En bref, la réunion du {day}",
        "Qu'est-ce qu'il faut retenir de la séance du {day}?",
    ),
}


def wordings(day: str) -> list[tuple[Language, str]]:
    """Every wording that asks for one meeting, each with its language."""
    date = dt.date.fromisoformat(day)
    return [
        (language, wording.format(day=catalogue(language).date(date)))
        for language in LANGUAGES
        for wording in WORDINGS[language]
    ]


def missing(answer: Answer, meeting: Meeting, language: Language) -> list[str]:
    """List what a digest of a meeting lacks, and what it has of others."""
    cited = {item.hit.passage for item in answer.citations}
    found = [
        f"{name} is missing"
        for name, item in (("form", meeting.format), *(("objective", o) for o in meeting.objective))
        if item is not None and item not in cited
    ]
    for section in meeting.sections:
        if not cited & {*section.passages}:
            found.append(f"no quote of {section.heading}")
        if section.heading and section.heading.best(language).text not in answer.text:
            found.append(f"{section.heading} is not named")
    found += [f"{item.id} is of another meeting" for item in cited - {*meeting.passages}]
    left = len(meeting.passages) - len(cited) - (meeting.title is not None)
    if answer.more != left:
        found.append(f"{answer.more} more, where {left} are left")
    title = meeting.title
    if title is not None and title.renditions.best(language).text not in answer.statements[0].text:
        found.append("the title is missing")
    return found


def unlike(service: QAService, day: str, asked: Sequence[tuple[Language, str]]) -> list[str]:
    """Ask for the digest of a meeting, and list what is wrong with the answers."""
    meeting = service.corpus.meeting(dt.date.fromisoformat(day))
    wrong = []
    for language, question in asked:
        answer = service.ask(Question(question))
        if (answer.status, answer.kind, answer.language) != ("answered", "digest", language):
            wrong.append(f"{question}: {answer.status}, {answer.kind}, {answer.query.intent}")
        else:
            wrong += [f"{question}: {item}" for item in missing(answer, meeting, language)]
    return wrong


@pytest.mark.parametrize("day", DATES)
def test_every_meeting_is_outlined_however_that_is_asked(service: QAService, day: str) -> None:
    """Title, form, objective, every section by name with a quote, and nothing of another."""
    assert unlike(service, day, wordings(day)) == []


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("Give me an overview of all the meetings", DATES),
        ("Survol de toutes les réunions", DATES),
        ("2023 key takeaways", [day for day in DATES if day.startswith("2023")]),
        ("Résume-moi les deux dernières rencontres", DATES[:2]),
    ],
)
def test_several_meetings_are_outlined_one_after_another(
    service: QAService, question: str, days: Sequence[str]
) -> None:
    """In order of date, each under a line of its own, with its objective and no more than half."""
    answer = service.ask(Question(question))

    assert (answer.status, answer.kind) == ("answered", "digest")
    shown = [str(item.hit.passage.meeting) for item in answer.citations]
    assert list(dict.fromkeys(shown)) == sorted(days)
    assert sum(group.level == 1 for group in answer.groups) == len(days)
    cited = {item.hit.passage for item in answer.citations}
    for day in days:
        meeting = service.corpus.meeting(dt.date.fromisoformat(day))
        assert {*meeting.objective} <= cited
        said = [item for section in meeting.sections for item in section.passages]
        assert 0 < len(cited & {*said}) < len(said) or len(said) < 3
    every = sum(
        len(item.passages) - (item.title is not None)
        for item in service.corpus.meetings
        if str(item.date) in days
    )
    assert answer.more == every - len(cited)


@pytest.mark.parametrize(
    "question", ["Minutes from the December 2024 meeting", "Résume les réunions de décembre 2024"]
)
def test_a_period_without_meetings_says_so(service: QAService, question: str) -> None:
    """As the records do: nothing falls in it, and which meetings are nearest to it."""
    answer = service.ask(Question(question))

    assert (answer.status, answer.kind) == ("not_found", "record")
    words = catalogue(answer.language)
    assert answer.text.startswith(words.text("record.none", limits="\x00").split("\x00")[0])


@pytest.mark.parametrize(
    "question", ["Sum up what was said about passports", "Résume ce qui s'est dit sur la confiance"]
)
def test_a_summary_of_a_topic_is_a_list_of_it(service: QAService, question: str) -> None:
    """It names a topic and no meeting: nothing is outlined."""
    answer = service.ask(Question(question))

    assert (answer.status, answer.kind) != ("answered", "digest")
    assert answer.status == "answered"
