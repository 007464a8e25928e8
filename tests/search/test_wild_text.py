"""Whatever is typed is understood, or refused as a question; never a fault of ours."""

import datetime as dt
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spellchecker import SpellChecker

from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.errors import QuestionError
from ccs_qa.index.lexical import LexicalIndex
from ccs_qa.records import LANGUAGES, Language, Question
from ccs_qa.search.meetings.periods import find_periods
from ccs_qa.search.meetings.scope import ScopeFinder
from ccs_qa.search.understand.heads import Heads
from ccs_qa.search.understand.slips import Reading, Speller
from ccs_qa.search.understand.understander import Understander
from ccs_qa.text.numbers import small_number as number
from ccs_qa.text.strings import clean, count_invisible, detect_language, fold, words

TODAY = dt.date(2026, 11, 24)
LONGEST = 5000
PHRASES = (
    *("two years ago", "last year", "this year", "in 2024", "2023-2024", "2099-2000", "mid-2024"),
    *("in the fall of 2024", "winter 2099", "February 29", "and", "June", "May", "March 2023,"),
    *(
        "2025-06-02",
        "31/02/2024",
        "first half of 2024",
        "Q3 2023",
        "fiscal year 2023-24",
        "FY 99-00",
    ),
    *("the past 99 years", "past six months", "99 years ago", "last month", "yesterday", "today"),
    *("the last two meetings", "the second meeting", "between", "from", "to", "before", "after"),
    *(
        "since",
        "until",
        "except",
        "the",
        "of",
        "meeting",
        "held in Gatineau",
        "0 meetings",
        "part 1",
    ),
    *(
        "il y a deux ans",
        "l'an dernier",
        "cette année",
        "en 2024",
        "à l'automne 2024",
        "hiver 1900",
    ),
    *("29 février", "et", "juin", "mars", "le 2 juin 2025", "T2 2024", "exercice 2024-2025"),
    *("la fin de l'an dernier", "les 12 derniers mois", "ce mois-ci", "hier", "entre", "de", "à"),
    *("les trois dernières réunions", "la réunion", "avant", "après", "depuis", "jusqu'en", "sauf"),
    *(",", "?", "it", "cela", "where was", "which meetings", "quand", "evolve", "prestaiton"),
)
any_text = st.text(st.characters(exclude_categories=()), max_size=120)
digits = st.characters(categories=("Nd", "Nl", "No"))
numbers = st.text(st.one_of(digits, st.sampled_from(" -/.,x")), max_size=40)
periods = st.lists(st.one_of(st.sampled_from(PHRASES), digits), max_size=12).map(" ".join)
unbroken = st.builds(
    "{}{}".format, st.sampled_from(["", "Word ", "# "]), st.text("aZé你9", min_size=21, max_size=60)
) | st.builds(str.__mul__, st.sampled_from("aZé你9'-«! "), st.integers(21, LONGEST))
wild = st.one_of(any_text, numbers, periods, unbroken)


@pytest.fixture(scope="module")
def understander(corpus: Corpus, encoder: Encoder, heads: Heads, speller: Speller) -> Understander:
    """Understands questions of any length there may be, with slips read."""
    return Understander(
        corpus.meetings, LONGEST, encoder, heads, today=lambda: TODAY, speller=speller
    )


@pytest.mark.parametrize(
    "question",
    [
        "hahahahahahahahahahahahaha no",
        "#WhatDoesTheCommitteeThinkOfPassports",
        "委员会对护照服务有什么看法我想知道他们的建议以及今后的计划安排",
        "What happened two years ago, in 2024, in the fall of 2024?",
        "፩ meetings before June",
        "9" * 4500 + " meetings before June",
        "passe\ud800ports Gatineau",
    ],
    ids=["laughter", "hashtag", "Chinese", "periods", "Ethiopic", "digits", "half"],
)
def test_a_question_is_no_fault_of_ours(understander: Understander, question: str) -> None:
    """Nor are those after it, whose conversation it stays in."""
    found = understander.understand(Question(question))
    assert found.query.question == clean(question)
    later = understander.understand(Question("and for staff?", history=(question,)))
    assert later.query.standalone.endswith("and for staff?")


@settings(max_examples=50)  # each is encoded, with what was asked before
@given(wild, st.lists(wild, max_size=3))
def test_any_text_is_understood_or_refused(
    understander: Understander, question: str, history: list[str]
) -> None:
    """Only a question without words is refused; what is understood can be written down."""
    try:
        found = understander.understand(Question(question, history=tuple(history)))
    except QuestionError:
        assert not any(letter.isalnum() for letter in clean(question))
        return
    for query in (found.query, *found.query.parts):
        for text in (query.question, query.standalone, query.topic, query.alone, *query.history):
            assert text.encode().decode() == text
    for item in found.wordings:
        assert np.isfinite(item.pooled).all()
        assert len(item.tokens) == len(item.owners) > 0
        assert item.owners.max() < len(item.words)


@given(wild)
@example("e\u200b\u0301")
def test_any_text_is_cleaned_and_folded(text: str) -> None:
    """Cleaning leaves nothing to clean, words are folded, and a language is told."""
    once = clean(text)
    assert clean(once) == once
    assert count_invisible(once) == 0
    for word in words(text):
        assert fold(word) == word
    assert {detect_language(text), detect_language(once)} <= set(LANGUAGES)


@given(wild)
@example("June until the end of February")
def test_periods_lie_side_by_side(text: str) -> None:
    """In any text: in order, in the text, none overlapping another, none reversed."""
    folded = fold(text)
    found = find_periods(folded, TODAY)
    edges = [edge for period in found for edge in (period.begin, period.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(folded) for edge in edges)
    assert all(period.first <= period.last for period in found)


@given(wild)
def test_a_scope_of_any_text_holds_real_meetings(
    corpus: Corpus, finder: ScopeFinder, text: str
) -> None:
    """And is named by words of the text."""
    scope = finder.find(text, TODAY)
    if scope is not None:
        assert set(scope.meetings) <= {meeting.date for meeting in corpus.meetings}
        assert scope.text in text


@pytest.mark.parametrize("word", ["de ", "the end of ", "l'", "meeting held ", "juin "])
def test_words_that_lead_nowhere_cost_little(finder: ScopeFinder, word: str) -> None:
    """However often they stand there, no pattern tries every way to read them."""
    started = time.process_time()
    finder.find(word * (LONGEST // len(word)) + "x 2024", TODAY, intent="when")
    assert time.process_time() - started < 5


@given(st.text(digits, min_size=1, max_size=6))
def test_only_digits_that_count_are_a_number(text: str) -> None:
    """Those of any script count; signs such as `②`, `፩` or `½` do not."""
    assert number(text) == (int(text) if text.isdecimal() and len(text) < 5 else 0)


@given(wild, st.sampled_from(LANGUAGES))
def test_slips_are_read_as_words_of_the_corpus(
    speller: Speller, text: str, language: Language
) -> None:
    """In any text, and everything else stays as it is."""
    reading = speller.read(text, language)
    assert bool(reading.changes) == (reading.text != text)
    for typed, read in reading.changes:
        assert typed in text
        assert speller.read(read, language) == Reading(read)


def test_words_longer_than_any_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that has two letters more than the longest has none one slip away."""
    asked: list[str] = []
    looked_up = SpellChecker.edit_distance_1

    def noted(checker: SpellChecker, word: str) -> set[str]:
        asked.append(word)
        return looked_up(checker, word)

    monkeypatch.setattr(SpellChecker, "edit_distance_1", noted)
    speller = Speller({"fr": ["prestations"]})
    typed = ("prestationss", "prestationsss", "p" * LONGEST)
    assert [speller.read(word, "fr").text for word in typed] == ["prestations", *typed[1:]]
    assert asked == ["prestationss"]


@given(wild)
def test_any_text_is_scored(text: str) -> None:
    """Strangeness is a share, and every passage has a score."""
    index = LexicalIndex.build(["la prestation", "les passeports"], "fr")
    assert 0 <= index.strange(text) <= 1
    assert index.scores(text).shape == (2,)
