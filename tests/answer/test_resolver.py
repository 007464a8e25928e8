"""Which meetings speak of a topic, in three small meetings whose scores are made by hand."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ccs_qa.answer.timeline import FAR, NEAR_ENOUGH, Spoken, TopicResolver
from ccs_qa.corpus.library import Corpus
from ccs_qa.records import (
    Bilingual,
    Hit,
    Intent,
    Meeting,
    Passage,
    PassageKind,
    Query,
    Rendition,
    Section,
)
from ccs_qa.search.meetings.names import Names

A, B, C = (dt.date(2031, month, 1) for month in (1, 5, 9))
DAYS = (A, B, C)
TOP = 8.0


def english(text: str) -> Bilingual:
    """Make a text."""
    return Bilingual(None, Rendition("en", text, "e", 0, len(text), "official"))


def passage(name: str, kind: PassageKind, day: dt.date, text: str) -> Passage:
    """Make a passage."""
    return Passage(name, kind, day, None, None, english(text))


def meeting(day: dt.date, name: str, aim: str, *said: str) -> Meeting:
    """Make a meeting; passages are called by its letter."""
    statements = tuple(
        passage(f"{name}{at}", "statement", day, text) for at, text in enumerate(said, 1)
    )
    objective = passage(f"{name}0", "objective", day, aim)
    return Meeting(day, english("day"), None, None, (objective,), (Section(None, statements),))


MEETINGS = (
    meeting(A, "a", "To talk of lighthouses.", "Keepers need rest.", "Paint fades."),
    meeting(B, "b", "To talk of ferries.", "A lighthouse helps ferries.", "Canoes are slow."),
    meeting(C, "c", "To talk of harbours.", "Harbours are deep.", "Docks creak."),
)
PASSAGES = {item.id: item for held in MEETINGS for item in held.passages}


@pytest.fixture(scope="module")
def resolver(corpus: Corpus) -> TopicResolver:
    """Resolves topics in three meetings."""
    small = replace(corpus, meetings=MEETINGS)
    return TopicResolver(small, Names.read(MEETINGS))


def resolve(
    resolver: TopicResolver,
    topic: str,
    scores: dict[str, float],
    *,
    intent: Intent = "evolution",
    meetings: Sequence[dt.date] = DAYS,
    searched: str = "",
) -> Spoken:
    """Resolve a topic among passages that scored so."""
    query = Query(topic, topic, topic, "en", "en", searched=searched, intent=intent)
    hits = [Hit(PASSAGES[name], score, {}) for name, score in scores.items()]
    return resolver.resolve(query, sorted(hits, key=lambda hit: -hit.score), meetings)


def entries(spoken: Spoken) -> list[str]:
    """Name the passages of a timeline."""
    return [hit.passage.id for hit in spoken.timeline.entries]


def test_without_its_words_a_topic_is_told_by_meaning(resolver: TopicResolver) -> None:
    """The best statement of each near meeting, oldest first; an objective is none."""
    scores = {
        "c0": 9.0,
        "c1": TOP,
        "a1": TOP - NEAR_ENOUGH,
        "b1": TOP - NEAR_ENOUGH - 0.01,
        "c2": 1,
    }
    found = resolve(resolver, "zeppelins", scores)
    assert entries(found) == ["a1", "c1"]
    assert (found.held, found.by) == (False, "near")
    assert found.timeline.total == 3


def test_only_what_is_far_is_silent(resolver: TopicResolver) -> None:
    """Between near and far nothing is said; what was not ranked at all is silent."""
    far = {"c1": TOP, "a1": TOP - FAR, "b1": TOP - FAR - 0.01}
    found = resolve(resolver, "zeppelins", far)
    assert entries(found) == ["c1"]
    assert found.timeline.absent == (B,)
    assert resolve(resolver, "zeppelins", {"c1": TOP}).timeline.absent == (A, B)


def test_meetings_that_hold_the_words_speak_however_low_they_rank(
    resolver: TopicResolver,
) -> None:
    """`lighthouse` stands in an objective of A and a statement of B.

    C comes near in meaning, and does not speak of it for that.

    Where no statement holds them the objective is quoted.
    """
    scores = {"c1": TOP, "a1": 1.0, "a0": 0.5, "b2": 1.0, "b1": 0.5}
    found = resolve(resolver, "lighthouse", scores)
    assert entries(found) == ["a0", "b1"]
    assert found.held
    assert found.timeline.absent == ()


def test_a_list_is_of_those_that_hold_the_words(resolver: TopicResolver) -> None:
    """However near another comes; without the words it is told by meaning."""
    scores = {"c1": TOP, "b1": TOP, "a1": TOP}
    assert entries(resolve(resolver, "lighthouses", scores, intent="which_meeting")) == ["a0", "b1"]
    assert entries(resolve(resolver, "zeppelins", scores, intent="which_meeting")) == [
        "a1",
        "b1",
        "c1",
    ]


def test_the_meeting_on_a_topic_is_that_whose_subject_it_is(resolver: TopicResolver) -> None:
    """Title and objective say so; where none does, every meeting that holds the words is meant."""
    scores = {"c1": TOP, "b1": TOP, "a1": TOP}
    found = resolve(resolver, "lighthouses", scores, intent="about")
    assert (entries(found), found.by) == (["a0"], "speak")
    assert entries(resolve(resolver, "canoes", scores, intent="about")) == ["b2"]


def test_meetings_that_are_not_searched_take_no_part(resolver: TopicResolver) -> None:
    """Neither for their words nor as silent ones."""
    found = resolve(resolver, "lighthouses", {"b1": TOP}, meetings=[B, C])
    assert entries(found) == ["b1"]
    assert (found.timeline.absent, found.timeline.total) == ((C,), 2)


def test_words_that_name_nothing_hold_nothing(resolver: TopicResolver) -> None:
    """Every passage has a `to`; no topic has it."""
    assert not resolve(resolver, "to", {"c1": TOP}).held
    assert not resolve(resolver, "", {"c1": TOP}).held
    assert resolve(resolver, "", {}).timeline.entries == ()


def test_the_wider_wording_is_looked_for_before_the_topic(resolver: TopicResolver) -> None:
    """Lighthouses stand in A and B, with ferries in B alone; with zeppelins nowhere."""
    scores = {"a1": TOP, "b1": TOP, "c1": TOP}
    named = resolve(resolver, "lighthouses", scores, intent="count", searched="lighthouses ferries")
    assert entries(named) == ["b1"]
    wide = "lighthouses for zeppelins"
    other = resolve(resolver, "lighthouses", scores, intent="count", searched=wide)
    assert entries(other) == ["a0", "b1"]


def test_speakers_are_the_entries_by_day(resolver: TopicResolver) -> None:
    """Each meeting with its best passage."""
    found = resolve(resolver, "lighthouses", {"b1": TOP}, intent="which_meeting")
    assert {day: item.id for day, item in found.speakers.items()} == {A: "a0", B: "b1"}


@pytest.mark.parametrize(
    ("topic", "asking", "name", "spelled"),
    [
        ("canoes slow", "canoes slow", "b2", True),  # "are" between them does not count
        ("slow canoes", "slow canoes", "b2", False),
        ("lighthouses help", "the lighthouses help", "b1", True),
        ("lighthouses help", "lighthouses help", "a1", False),
        ("lighthouse", "lighthouse", "b1", True),
        ("lighthouses", "lighthouses", "b1", False),  # a single word stands there as it is
        ("lighthouse", "how tall a lighthouse", "b1", False),  # asked for more
        ("Who is slow", "Who is slow", "b2", False),
        ("", "", "b1", False),
    ],
)
def test_a_topic_is_spelled_where_its_words_follow_each_other(
    resolver: TopicResolver, topic: str, asking: str, name: str, spelled: bool
) -> None:
    """And where nothing is asked beyond it; a single word in the language of the question."""
    query = Query(topic, topic, topic, "en", "en")
    assert resolver.spelled(query, asking, PASSAGES[name]) is spelled
    if " " not in topic:
        assert not resolver.spelled(replace(query, asked_in="fr"), asking, PASSAGES[name])
