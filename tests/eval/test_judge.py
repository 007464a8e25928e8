"""How questions end and why they are refused, and the floors of meaning, by hand."""

import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.generate.support import embedding_support
from ccs_qa.records import LANGUAGES, AnswerStatus
from eval.gold import load_gold
from eval.judge import (
    CLASSES,
    OTHER,
    Assessed,
    Weighed,
    assessed_table,
    choose_held,
    kappa,
    load_assessed,
    refusal_class,
    status_table,
    weigh,
)
from eval.run import HELD
from tests.conftest import ROOT
from tests.eval.outcomes import outcome


@pytest.mark.parametrize(
    ("note", "name"),
    [
        ("near miss: amount", "near miss"),
        ("near miss (year not covered): earliest meeting is January 2023", "near miss"),
        ("false premise", "false premise"),
        ("underspecified: no history, no referent", "underspecified"),
        ("nonsense: keyboard noise", "nonsense"),
        ("modality-limited: asks for audio", "modality"),
        ("modality: asks for a chart", "modality"),
        ("safety/injection: prompt extraction", "safety"),
        ("out of corpus: weather", "out of corpus"),
        ("  Near miss: names", "near miss"),
        ("a false premise", OTHER),
        ("", OTHER),
    ],
)
def test_a_note_starts_with_its_class(note: str, name: str) -> None:
    """Whatever follows it; a class named later in the note does not count."""
    assert refusal_class(note) == name


def test_every_development_question_has_a_class(corpus: Corpus) -> None:
    """None is left over, and no class is empty."""
    rows = load_gold([ROOT / "eval" / "gold" / "dev.jsonl"], corpus)
    found = {refusal_class(row.note) for row in rows if not row.answerable}
    assert found == set(CLASSES)


def test_statuses_are_shares_of_a_language_or_a_class() -> None:
    """Wilson at 95 %, z squared 3.84: 1 of 2 is .09 to .91, 0 of 2 goes up to 3.84 / 5.84 = .66.

    1 of 3 is .06 to .79, 0 of 1 goes up to 3.84 / 4.84 = .79, and 1 of 1 starts at .21.
    """
    rows = status_table(
        [
            outcome("a-fr", status="answered"),
            outcome("b-fr", status="related"),
            outcome("c-fr", answerable=False, note="near miss: a", status="answered"),
            outcome("d-fr", answerable=False, note="near miss: b", status="related"),
            outcome("e-en", answerable=False, note="near miss: c", status="not_found"),
            outcome("f-en", answerable=False, note="unheard of", status="not_found"),
        ]
    ).rows
    half, none = "1/2 = 0.50 [0.09, 0.91]", "0/2 = 0.00 [0.00, 0.66]"
    third, never = "1/3 = 0.33 [0.06, 0.79]", "0/1 = 0.00 [0.00, 0.79]"
    assert rows[0][:3] == ["questions", "number", "answered, 95 %"]
    assert rows[1:6] == [
        ["answerable, all", "2", half, half, none, none],
        ["answerable, fr", "2", half, half, none, none],
        ["answerable, en", "0", *["none"] * 4],
        ["near miss", "3", third, third, third, "0/3 = 0.00 [0.00, 0.56]"],
        ["other", "1", never, never, "1/1 = 1.00 [0.21, 1.00]", never],
    ]
    assert rows[6][:2] == ["unanswerable, all", "4"]


@pytest.mark.parametrize(
    ("answerable", "status", "expected"),
    [
        (True, "answered", False),
        (True, "related", True),
        (False, "answered", True),
        (False, "not_found", False),
    ],
)
def test_a_status_is_wrong_when_it_contradicts_the_gold(
    status: AnswerStatus, *, answerable: bool, expected: bool
) -> None:
    """An answer where there is none, and none where there is."""
    assert outcome("q-fr", answerable=answerable, status=status).wrong is expected


def test_the_floor_of_least_error_by_hand() -> None:
    """Held ones at .62 and .40, an unheld one at .50.

    Up to .40 the second is wrong alone, from .41 to .50 two are, from .51 to .62 one, the first
    held one. Of 41 + 12 floors of one error, .00 to .40 and .51 to .62, the middle one is .26.
    """
    weighed = [weighed_at(0.62, held=True), weighed_at(0.5, held=False), weighed_at(0.4, held=True)]
    assert choose_held(weighed) == 0.26
    assert choose_held(weighed[:2]) == 0.57


def weighed_at(value: float, *, held: bool) -> Weighed:
    """Make a fact that was assessed, in English."""
    return Weighed("en", held, value)


def test_what_is_wrong_at_a_floor() -> None:
    """Text decides before support does."""
    assert not weighed_at(0.7, held=True).wrong(0.7)
    assert weighed_at(0.6, held=True).wrong(0.7)
    assert weighed_at(0.7, held=False).wrong(0.7)
    assert not weighed_at(2.0, held=True).wrong(0.7)
    assert weighed_at(-1.0, held=True).wrong(0.7)


def test_agreement_by_hand() -> None:
    """Three of four agree; 3/4 and 2/4 say yes, so that half would agree by chance."""
    judged = zip((True, True, True, False), (True, True, False, False), strict=True)
    made = [
        Assessed(fact="x", lang="en", quotes=(), said="", one=one, two=two) for one, two in judged
    ]
    assert kappa(made) == pytest.approx(0.5)


def test_the_rule_errs_little_and_alike_in_both_languages(corpus: Corpus, encoder: Encoder) -> None:
    """The floor in use is the one that what was read gives; at most a tenth is misjudged."""
    assessed = load_assessed()
    found = weigh(assessed, corpus, embedding_support(encoder))
    assert len(assessed) >= 120
    assert kappa(assessed) >= 0.8
    assert choose_held(found) == HELD
    wrong = {name: [item.wrong(HELD) for item in found if item.lang == name] for name in LANGUAGES}
    shares = {name: sum(items) / len(items) for name, items in wrong.items()}
    assert max(shares.values()) <= 0.1
    assert abs(shares["fr"] - shares["en"]) <= 0.05
    assert assessed_table(found).rows[1][:2] == ["all", str(len(found))]
