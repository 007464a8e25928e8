"""Answers that are given again: to the same question, of the same day, so many at most."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.answer.findings import Finder
from ccs_qa.answer.recent import RECALL, Given, Recent
from ccs_qa.records import Answer, Question
from ccs_qa.service import QAService

MONDAY = dt.date(2026, 11, 30)
ASKED = Question("What was said about passports?", k=3)


def answer_to(text: str) -> Given:
    """Something that can be told from what is given to another text."""
    return cast("Given", (text,))


@given(st.lists(st.sampled_from("abcdefg")), st.integers(1, 4))
def test_the_latest_are_remembered(asked: list[str], most: int) -> None:
    """Those asked for last, so many at most, as a list kept by hand says."""
    recent, latest = Recent(most), list[str]()
    for text in asked:
        known = recent.find(Question(text))
        assert known == (answer_to(text) if text in latest else None)
        if known is None:
            recent.keep(Question(text), answer_to(text))
        latest = [*(item for item in latest if item != text), text][-most:]


def test_nothing_outlasts_its_day() -> None:
    """What is asked of "last year" is asked of another on the next day."""
    days: Iterator[dt.date] = iter([MONDAY, MONDAY, MONDAY + dt.timedelta(1)])
    recent = Recent(8, lambda: next(days))
    recent.keep(ASKED, answer_to("a"))
    assert recent.find(ASKED) == answer_to("a")
    assert recent.find(ASKED) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, language="fr"),
        replace(ASKED, k=4),
        replace(ASKED, history=("And in 2024?",)),
        replace(ASKED, mode="generative"),
    ],
)
def test_another_question_has_another_answer(other: Question) -> None:
    """Language, number, conversation and mode are part of a question."""
    recent = Recent(8)
    recent.keep(ASKED, answer_to("a"))
    assert recent.find(other) is None


def test_what_is_long_takes_no_memory() -> None:
    """A question and what was asked before it, 1,000 characters at most together."""
    recent = Recent(8)
    for asked, kept in (
        (Question("a" * 600, history=("b" * 400,)), True),
        (Question("a" * 1001), False),
    ):
        recent.keep(asked, answer_to("a"))
        assert (recent.find(asked) is not None) == kept


def test_several_threads_may_use_it() -> None:
    """Each finds nothing, or what was given to its own question."""
    recent = Recent(5)

    def ask(at: int) -> bool:
        asked = Question(str(at % 17))
        found = recent.find(asked)
        recent.keep(asked, answer_to(asked.text))
        return found in (None, answer_to(asked.text))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(4000)))
    assert sum(recent.find(Question(str(at))) is not None for at in range(17)) == 5


@pytest.fixture
def remembering(service: QAService) -> QAService:
    """The real service, which gives answers again."""
    return replace(service, recent=Recent(2))


def told(answer: Answer) -> Answer:
    """An answer without what differs each time."""
    return replace(answer, id="", timings_ms={})


def test_the_same_question_is_answered_once(remembering: QAService) -> None:
    """The second time nothing is searched, and what is given is the same under another id."""
    seen: list[Answer] = []
    first = remembering.ask(ASKED)
    idle = replace(
        remembering,
        finder=cast("Finder", None),
        observers=(lambda answer, hits: seen.append(answer) if len(hits) == 3 else None,),
    )
    steps = list(idle.steps(ASKED))
    assert [type(step).__name__ for step in steps] == ["Understood", "Found", "Answered"]
    second = idle.ask(ASKED)
    assert told(second) == told(first)
    assert len({first.id, second.id, *(item.id for item in seen)}) == 3
    assert [item.timings_ms.keys() for item in seen] == [{RECALL}, {RECALL}]
    with pytest.raises(AttributeError):
        idle.ask(replace(ASKED, k=4))


def test_a_quote_that_matches_no_longer_is_not_given_again(
    remembering: QAService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quotes are compared with their documents each time."""
    assert remembering.ask(ASKED).citations
    monkeypatch.setattr(type(remembering.corpus), "verify", lambda _corpus, _rendition: False)
    assert remembering.ask(ASKED).citations == ()


def test_without_it_each_is_answered_anew(service: QAService) -> None:
    """The service as it is opened remembers nothing: only an application does."""
    assert service.recent is None
    for _ in range(2):
        assert RECALL not in service.ask(ASKED).timings_ms
