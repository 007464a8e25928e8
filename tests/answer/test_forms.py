"""Everything on a topic, so many quotes, material to write from."""

import pytest

from ccs_qa.answer.forms import FORMS, number_asked, of_topic
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Query, Question
from ccs_qa.service import QAService


def query(question: str, topic: str = "") -> Query:
    """A question about a topic."""
    return Query(question, question, topic, "en", "en")


@pytest.mark.parametrize(
    ("question", "topic", "number"),
    [
        ("three quotes on trust", "trust", 3),
        ("Trouve-moi deux ou trois citations sur la confiance", "la confiance", 3),
        ("4 extraits, pas plus", "", 4),
        ("a few quotes on the three pillars", "the three pillars", 0),
        ("quotes from 2023", "", 0),
        ("une citation sur l'IA", "l'IA", 1),
        ("the first quote on AI", "AI", 0),
    ],
)
def test_a_number_of_quotes_is_read_beside_the_topic(
    question: str, topic: str, number: int
) -> None:
    """The largest cardinal up to twenty; ordinals, years and the topic's own numbers are none."""
    assert number_asked(query(question, topic)) == number


def test_what_needs_a_topic_takes_the_question_for_one() -> None:
    """An outline and themes need none."""
    for intent in FORMS:
        asked = Query("?", "?", "", "en", "en", intent=intent)
        assert of_topic(asked) == (intent in {"list", "quotes", "draft"})
    assert not of_topic(query("What about trust?", "trust"))


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("three quotes on trust", 3),
        ("Give me two quotes about partnerships", 2),
        ("Trouve-moi quatre citations sur l'intelligence artificielle", 4),
    ],
)
def test_so_many_quotes_are_given(service: QAService, question: str, number: int) -> None:
    """And it is said how many more come near."""
    answer = service.ask(Question(question))

    assert (answer.status, answer.kind) == ("answered", "quotes")
    assert len(answer.citations) == number
    assert answer.more > 0
    assert catalogue(answer.language).count("answer.more", answer.more) in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "List everything that was said about artificial intelligence",
        "Donne-moi tout ce qui s'est dit sur la confiance",
        "Write a paragraph on partnerships",
        "Rédige une note de breffage sur les obstacles à l'accès",
    ],
)
def test_everything_on_a_topic_is_counted_by_meeting(service: QAService, question: str) -> None:
    """Meetings in order of date, quotes in page order, both counted in the lead."""
    answer = service.ask(Question(question))
    words = catalogue(answer.language)
    shown = [item.hit.passage for item in answer.citations]

    assert (answer.status, answer.kind) == ("answered", "list")
    assert len(shown) > 3
    places = [(item.meeting, service.corpus.place(item)) for item in shown]
    assert places == sorted(places, key=lambda place: (str(place[0]), place[1]))
    lead = answer.statements[0].text
    assert str(len(shown)) in lead
    assert words.count("record.meetings", len({item.meeting for item in shown})) in lead
    assert lead.startswith(words.text("draft.note")) == (answer.query.intent == "draft")


@pytest.mark.parametrize(
    "question", ["List everything about lobster fishing quotas", "Rédige un texte sur le hockey"]
)
def test_of_what_nobody_speaks_nothing_is_listed(service: QAService, question: str) -> None:
    """A form is no reason to answer."""
    assert service.ask(Question(question)).status != "answered"
