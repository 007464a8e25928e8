"""Understanding and ranking."""

import datetime as dt

import numpy as np
import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.errors import FilterError, QuestionError
from ccs_qa.records import Filters, Query, Question
from ccs_qa.search.fusion import standardise
from ccs_qa.search.rank import shortlist
from ccs_qa.search.understand.understander import Understander, allowed
from ccs_qa.service import QAService


class Ask:
    """Understands a question of forty characters at most."""

    def __init__(self, corpus: Corpus, encoder: Encoder) -> None:
        """Without heads: every question is its own topic."""
        self._understander = Understander(corpus.meetings, 40, encoder, None)

    def __call__(self, question: str, filters: Filters | None = None) -> Query:
        """Understand a question."""
        return self._understander.understand(Question(question, filters=filters or Filters())).query


@pytest.fixture(scope="module")
def ask(corpus: Corpus, encoder: Encoder) -> Ask:
    """Understands questions about the real meetings."""
    return Ask(corpus, encoder)


def test_legs_are_standardised() -> None:
    """Mean 0 and deviation 1; equal scores become 0."""
    assert standardise(np.asarray([1, 3], np.float32)).tolist() == [-1, 1]
    assert standardise(np.asarray([2, 2], np.float32)).tolist() == [0, 0]


def test_the_shortlist_takes_the_best_that_are_allowed() -> None:
    """A passage outside the filter is not taken, however good."""
    scores = np.asarray([9, 1, 5, 7], np.float32)
    permitted = np.asarray([False, True, True, True])
    assert shortlist(scores, permitted, 2).tolist() == [2, 3]
    assert shortlist(scores, permitted, 9).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("question", "problem"), [("", "empty"), (" ?! \u200b", "empty"), ("a" * 41, "long")]
)
def test_a_question_without_words_or_too_long_is_refused(
    ask: Ask, question: str, problem: str
) -> None:
    """The error says which."""
    with pytest.raises(QuestionError) as caught:
        ask(question)
    assert caught.value.details["problem"] == problem


def test_impossible_filters_are_refused(ask: Ask) -> None:
    """An unknown meeting and a reversed period."""
    with pytest.raises(FilterError):
        ask("passports", Filters(meetings=(dt.date(2024, 1, 1),)))
    with pytest.raises(FilterError):
        ask("passports", Filters(start=dt.date(2025, 1, 1), end=dt.date(2024, 1, 1)))


def test_filters_limit_the_passages(ask: Ask, corpus: Corpus) -> None:
    """A period lets through its own meetings; no filter is no test."""
    query = ask("passports", Filters(start=dt.date(2025, 1, 1)))
    test = allowed(query)
    assert test is not None
    dates = {str(passage.meeting) for passage in corpus.passages if test(passage)}
    assert dates == {"2025-01-31", "2025-03-25", "2025-06-02"}
    assert allowed(ask("passports")) is None


def test_the_same_passage_comes_first_in_both_languages(service: QAService) -> None:
    """A question and its translation reach one passage."""
    french = service.search(
        Question("Combien coûte un passeport pour les personnes démunies?", k=1)
    )
    english = service.search(
        Question("How costly is a passport for people with little money?", k=1)
    )
    assert french.hits[0].passage.id == english.hits[0].passage.id


def test_k_limits_and_filters_hold(service: QAService) -> None:
    """As many hits as asked for, all from the meeting asked for."""
    day = dt.date(2023, 1, 19)
    found = service.search(Question("trust", k=5, filters=Filters(meetings=(day,)))).hits
    assert len(found) == 5
    assert {hit.passage.meeting for hit in found} == {day}
    assert len(service.search(Question("trust", k=100)).hits) == 100
