"""Explanations of failures: by hand, and with the real service."""

import datetime as dt
import math

import pytest

from ccs_qa.records import Bilingual, Hit, Passage, Rendition
from ccs_qa.service import QAService
from eval.cards import failure_card, leg_rows
from eval.failures import (
    Failure,
    Leg,
    compare_legs,
    failed,
    find_failures,
    say_why,
    wanted_passage,
)
from tests.eval.outcomes import outcome


def passage(name: str, text: str = "Texte") -> Passage:
    """Make a passage with a French rendition only."""
    french = Rendition("fr", text, "f", 0, len(text), "official")
    return Passage(name, "statement", dt.date(2024, 5, 2), None, None, Bilingual(french, None))


def hit(name: str, score: float, **legs: float) -> Hit:
    """Make a hit of a passage."""
    return Hit(passage(name), score, legs)


@pytest.mark.parametrize(
    ("ranking", "expected"), [(("a", "b"), False), (("b", "a"), True), ((), True)]
)
def test_a_failure_has_a_first_that_is_not_relevant(
    ranking: tuple[str, ...], *, expected: bool
) -> None:
    """Any grade will do; nothing found is a failure."""
    assert failed(outcome("q-fr", relevant={"a": 1}, ranking=ranking)) is expected


def test_an_unanswerable_question_cannot_fail() -> None:
    """It has no passage to find."""
    assert not failed(outcome("q-fr", answerable=False, ranking=("a",)))


def test_the_wanted_passage_is_the_best_graded_then_the_earliest() -> None:
    """Grade 2 before grade 1; without one in the ranking, by name and without a rank."""
    graded = {"a": 1, "d": 2, "c": 2}
    assert wanted_passage(outcome("q-fr", relevant=graded, ranking=("x", "a", "d"))) == ("d", 3)
    assert wanted_passage(outcome("q-fr", relevant=graded, ranking=("x", "a"))) == ("c", None)


def test_pulls_and_the_rest_by_hand() -> None:
    """Late is 2, 1, 0: deviation sqrt(2/3), a difference of 2 pulls 2 / .816 = 2.449.

    Hints are 0, 0, 3: deviation sqrt(2), a difference of -3 pulls -3 / 1.414 = -2.121.
    BM25 counts half: 4, 0, 0 has deviation sqrt(32/9) = 1.886, so that 4 pulls 1.061. Dense
    is no leg. Companions count as they stand, a unit each: 0.5. Of a difference in score of
    3, 3 - 2.449 + 2.121 - 1.061 - 0.5 is left.
    """
    hits = [
        hit("wrong", 5.0, late=2.0, hint=0.0, dense=0.9, lexical=4.0, companions=0.5),
        hit("other", 3.0, late=1.0, hint=0.0, dense=0.8, lexical=0.0),
        hit("right", 2.0, late=0.0, hint=3.0, dense=0.7, lexical=0.0),
    ]
    legs, rest = compare_legs(hits, "wrong", "right")
    assert [(leg.name, leg.first, leg.wanted) for leg in legs] == [
        ("late", 2.0, 0.0),
        ("hint", 0.0, 3.0),
        ("lexical", 4.0, 0.0),
        ("companions", 0.5, 0.0),
    ]
    pulls = [2 / math.sqrt(2 / 3), -3 / math.sqrt(2), 0.5 * 4 / math.sqrt(32 / 9), 0.5]
    assert [leg.pull for leg in legs] == pytest.approx(pulls)
    assert rest == pytest.approx(3 - sum(pulls))


def test_a_leg_that_scores_all_alike_pulls_nowhere() -> None:
    """Also one that did not take part."""
    legs, rest = compare_legs([hit("a", 2.0, late=1.0), hit("b", 1.0, late=1.0)], "a", "b")
    assert [leg.pull for leg in legs] == [0.0] * 4
    assert rest == 1.0


def test_the_sentence_names_who_preferred_what() -> None:
    """Strongest first; what else counted is said last."""
    legs = (
        Leg("late", 0.5, 0.4, 0.5),
        Leg("hint", 0.2, 0.6, -0.25),
        Leg("lexical", 3.0, 1.0, 1.125),
    )
    assert say_why(legs, 0.0) == (
        "Lexical (+1.12) and late (+0.50) preferred the wrong passage; "
        "hint (-0.25) preferred the wanted one."
    )
    assert say_why((Leg("late", 0.2, 0.4, -0.5),), 2.0) == (
        "Late (-0.50) preferred the wanted one; "
        "the rest (kind of passage, what texts foretell) spoke for the wrong one (+2.00)."
    )
    assert say_why((), 0.0) == "No leg told the two apart."


def test_a_card_says_the_rank_and_shortens_the_passages() -> None:
    """A rank in words, the text cut between words, a row for the kind where it counted."""
    row = outcome("q-fr", question="Qui?").row
    legs = (Leg("late", 0.5, 0.25, 1.0), Leg("hint", 0.5, 0.25, 0.0))
    found = Failure(row, passage("a", "mot " * 200), passage("b"), 4, legs, -1.0, "Why.")
    card = failure_card(found)
    assert (card.rank, card.why) == ("came at rank 4", "Why.")
    assert card.first is not None
    assert card.first.french.endswith("mot …")
    assert len(card.first.french) <= 320
    assert (card.wanted.meeting, card.wanted.french, card.wanted.english) == (
        "2024-05-02",
        "Texte",
        "",
    )
    assert leg_rows(found)[1:] == [
        ["late", "0.500", "0.250", "+1.00"],
        ["hint", "0.500", "0.250", "+0.00"],
        ["the rest", "", "", "-1.00"],
    ]


def test_a_real_failure_is_explained_with_four_legs(service: QAService) -> None:
    """The second passage of a real ranking, taken for the only relevant one, came at rank 2."""
    question = "How could AI help call centres?"
    names = tuple(item.passage.id for item in service.search(question).hits)
    asked = outcome("q-en", question=question, relevant={names[1]: 2}, ranking=names)
    (found,) = find_failures(service, [asked, outcome("r-en", answerable=False)], 20)
    assert found.first is not None
    assert (found.first.id, found.wanted.id, found.rank) == (names[0], names[1], 2)
    named = [leg.name for leg in found.legs]
    assert named == ["late", "hint", "lexical", "companions"]
    assert "preferred the wrong passage" in found.why


def test_a_passage_outside_the_meetings_meant_is_said_to_be_so(service: QAService) -> None:
    """The question names 2023; the passage wanted is of 2025."""
    question = "What was said about passports in 2023?"
    names = tuple(item.passage.id for item in service.search(question).hits)
    later = next(
        item.id
        for item in service.corpus.passages
        if item.kind == "statement" and item.meeting and item.meeting.year == 2025
    )
    asked = outcome("q-en", question=question, relevant={later: 2}, ranking=names)
    (found,) = find_failures(service, [asked], 20)
    assert found.legs == ()
    assert found.rank is None
    assert found.why.startswith("The wanted passage lies outside")
    assert "2023" in found.why
