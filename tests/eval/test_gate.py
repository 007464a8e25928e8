"""The quality gate: bounds of both kinds on figures made by hand, and parts broken for real."""

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from pydantic import ValidationError

from ccs_qa.answer.judge import FEATURES, Fit
from ccs_qa.answer.timeline import Timeline
from ccs_qa.records import (
    LANGUAGES,
    Bilingual,
    Intent,
    Meeting,
    Passage,
    Question,
    Rendition,
    Section,
)
from ccs_qa.search.fusion import Signals
from ccs_qa.search.legs import HYBRID
from ccs_qa.service import QAService
from eval.gate import (
    COLD,
    CONTENT,
    LEGS,
    Bound,
    absent_figures,
    absent_questions,
    broken,
    check_gate,
    compare_baseline,
    denials,
    fusion_without,
    intent_figures,
    labelled,
    load_gate,
    lowest_without_hints,
    ranking_baseline,
    standing_words,
    without_content,
)
from eval.gold import GoldRow, Relevant, answered_by
from tests.eval.outcomes import outcome
from tests.search.signals import signals

SUMMARY = {
    "retrieval": {"fr": {"ndcg@10": 0.5}},
    "refusal": {"all": {"false_answer_rate": 0.5}},
}
ROW = {"figure": "retrieval/fr/ndcg@10", "measured": 0.75, "tolerance": 0.25, "better": "higher"}


@pytest.mark.parametrize(
    ("measured", "tolerance", "passed", "limit"),
    [
        (0.75, 0.25, True, "(>= 0.500)"),
        (0.75, 0.125, False, "(>= 0.625)"),
        (0.25, 0.0, True, "(>= 0.250)"),
    ],
)
def test_a_figure_that_should_be_high_has_a_floor(
    measured: float, tolerance: float, passed: bool, limit: str
) -> None:
    """The figure is .5, the floor what was measured less the tolerance, itself allowed."""
    bound = Bound(
        figure="retrieval/fr/ndcg@10", measured=measured, tolerance=tolerance, better="higher"
    )
    (verdict,) = check_gate(SUMMARY, [bound])
    assert verdict.passed is passed
    assert "retrieval/fr/ndcg@10 = 0.500" in verdict.text
    assert limit in verdict.text


@pytest.mark.parametrize(
    ("measured", "tolerance", "passed", "limit"),
    [
        (0.25, 0.25, True, "(<= 0.500)"),
        (0.25, 0.125, False, "(<= 0.375)"),
        (0.75, 0.0, True, "(<= 0.750)"),
    ],
)
def test_a_figure_that_should_be_low_has_a_ceiling(
    measured: float, tolerance: float, passed: bool, limit: str
) -> None:
    """The figure is .5, the ceiling what was measured and the tolerance, itself allowed."""
    name = "refusal/all/false_answer_rate"
    bound = Bound(figure=name, measured=measured, tolerance=tolerance, better="lower")
    (verdict,) = check_gate(SUMMARY, [bound])
    assert verdict.passed is passed
    assert f"{name} = 0.500" in verdict.text
    assert limit in verdict.text


def test_a_gate_is_read_in_order(tmp_path: Path) -> None:
    """One bound a row of the file."""
    file = tmp_path / "gate.json"
    file.write_text(json.dumps([ROW, {**ROW, "better": "lower"}]), "utf-8")
    bounds = load_gate(file)
    assert [bound.better for bound in bounds] == ["higher", "lower"]
    assert (bounds[0].figure, bounds[0].measured, bounds[0].tolerance) == (
        "retrieval/fr/ndcg@10",
        0.75,
        0.25,
    )


@pytest.mark.parametrize("row", [{**ROW, "floor": 0.5}, {**ROW, "better": "more"}, {}])
def test_a_gate_that_says_something_else_is_refused(row: dict[str, object], tmp_path: Path) -> None:
    """An unknown key, an unknown direction, a row without its figure."""
    file = tmp_path / "gate.json"
    file.write_text(json.dumps([row]), "utf-8")
    with pytest.raises(ValidationError):
        load_gate(file)


BEFORE = {**{f"q{at}-fr": 0.5 for at in range(8)}, **{f"q{at}-en": 0.5 for at in range(8)}}


def test_every_answerable_question_is_kept() -> None:
    """With its score, to four digits."""
    found = [outcome("a-fr", score=2 / 3), outcome("b-en", answerable=False)]
    assert ranking_baseline(found) == {"a-fr": 0.6667}


def test_the_ranking_accepted_last_passes_against_itself() -> None:
    """No change: the interval is [0, 0], for all and for each language."""
    verdicts = list(compare_baseline("hybrid", BEFORE, BEFORE))
    assert [(item.passed, item.text) for item in verdicts] == [
        (True, f"ok   hybrid ndcg@10/{name} +0.000 [+0.000, +0.000]")
        for name in ("all", "fr", "en")
    ]


def test_a_small_loss_on_every_question_of_a_language_fails() -> None:
    """Each French question loses .01: certain for French, and so for all."""
    now = {row: score - 0.01 * row.endswith("-fr") for row, score in BEFORE.items()}
    verdicts = list(compare_baseline("hybrid", now, BEFORE))
    assert [item.passed for item in verdicts] == [False, False, True]
    assert verdicts[1].text == "FAIL hybrid ndcg@10/fr -0.010 [-0.010, -0.010]"


def test_losses_and_gains_that_may_be_chance_pass() -> None:
    """One French question loses .5 and another gains .4."""
    now = {**BEFORE, "q0-fr": 0.0, "q1-fr": 0.9}
    assert all(item.passed for item in compare_baseline("hybrid", now, BEFORE))


def test_other_questions_are_not_compared() -> None:
    """A question more: one verdict, which says what to do."""
    (verdict,) = compare_baseline("hybrid", {**BEFORE, "new-en": 1.0}, BEFORE)
    assert not verdict.passed
    assert "--accept" in verdict.text


OLD, MIDDLE, NEW = dt.date(2023, 1, 1), dt.date(2024, 1, 1), dt.date(2025, 1, 1)


def test_a_question_of_both_cold_meetings_is_asked_once() -> None:
    """In the order of the file; what another meeting answers, or none, is left out."""

    def row(name: str, *meetings: dt.date) -> GoldRow:
        relevant = tuple(Relevant(meeting=day, snippet="x", grade=2) for day in meetings)
        made = outcome(name, answerable=bool(meetings)).row
        return made.model_copy(update={"relevant": relevant})

    rows = [row("new", COLD[1]), row("none"), row("both", *COLD), row("other", OLD)]
    assert [item.id for item in answered_by(rows, *COLD)] == ["new", "both"]


def test_every_sixth_absent_subject_is_asked_in_all_wordings() -> None:
    """Of eight subjects the first and the seventh, French first."""
    lines = [json.dumps({"fr": [f"f{at}"], "en": [f"e{at}", f"E{at}"]}) for at in range(8)]
    assert absent_questions(lines) == ["f0", "e0", "E0", "f6", "e6", "E6"]


def test_what_is_answered_of_absent_subjects_is_counted() -> None:
    """One of four; `related` is no answer."""
    statuses = {"a": "answered", "b": "related", "c": "not_found", "d": "related"}
    asked = SimpleNamespace(ask=lambda question: SimpleNamespace(status=statuses[question.text]))
    found = absent_figures(cast("QAService", asked), [*statuses])
    assert found["answered"].mean == 0.25


def said(french: str | None, english: str | None = None) -> Bilingual:
    """Say something in one or both languages."""
    fr, en = (
        None if text is None else Rendition(language, text, "page", 0, len(text), "official")
        for language, text in zip(LANGUAGES, (french, english), strict=True)
    )
    return Bilingual(fr, en)


def meeting(day: dt.date, text: Bilingual, heading: str, lead_in: str | None = None) -> Meeting:
    """Make a meeting of one passage."""
    before = said(None, lead_in) if lead_in else None
    passage = Passage(day.isoformat(), "statement", day, None, before, text)
    section = Section(said(None, heading), (passage,))
    return Meeting(day, said(None, day.isoformat()), None, None, (), (section,))


def test_words_are_read_off_the_texts_of_both_languages() -> None:
    """Folded, without elisions, stop words and numbers; from headings and lead-ins as well."""
    found = standing_words(
        [
            meeting(OLD, said("L'accès en 2024", "The trust"), "Phones"),
            meeting(MIDDLE, said("des Acces pour 2024", None), "phones"),
            meeting(NEW, said(None, "of trust"), "Mail", "phones:"),
        ]
    )
    assert found == [
        ("accès", {OLD, MIDDLE}),
        ("Phones", {OLD, MIDDLE, NEW}),
        ("trust", {OLD, NEW}),
    ]


def test_a_word_of_one_meeting_or_of_eight_does_not_count() -> None:
    """`alone` stands in one, `seven` in seven, `every` in all eight."""
    made = [
        meeting(dt.date(2020 + at, 1, 1), said(None, "seven" if at else "alone"), "Every")
        for at in range(8)
    ]
    assert [word for word, _ in standing_words(made)] == ["seven"]


def test_a_meeting_that_holds_the_word_may_not_be_called_silent() -> None:
    """It is once; another that does not hold it may be."""
    absent = {"trust": (OLD, NEW), "phones": (NEW,)}
    followed = SimpleNamespace(
        timeline=lambda question: (None, "answered", Timeline((), absent[question.text]))
    )
    standing = [
        ("trust", {OLD, MIDDLE}),
        ("phones", {OLD, MIDDLE}),
    ]
    assert denials(cast("QAService", followed), standing) == [("trust", OLD)]


def test_questions_with_one_label_count() -> None:
    """Whatever is remarked; not with two labels or none, nor follow-ups, nor long ones."""

    def row(note: str, **others: Any) -> GoldRow:  # noqa: ANN401 - any field of a row
        return outcome("q-fr", note=note).row.model_copy(update=others)

    rows = [
        row("intent=count"),
        row("intent=list_meetings"),
        row("intent=count+topic"),
        row("intent=topic; absent: sea"),
        row("look-alike control"),
        row(""),
        row("intent=when", history=("Quoi?",)),
        row("intent=when", type="follow-up"),
        row("intent=topic", type="long"),
    ]
    assert [label for _, label in labelled(rows)] == ["count", "which_meeting", "topic"]


def test_intents_are_found_right_and_kept() -> None:
    """Of four of record three are found and two right; of two topics one; a chat is left out."""
    pairs: list[tuple[str, Intent]] = [
        ("count", "count"),
        ("when", "when"),
        ("when", "count"),
        ("about", "compare"),
        ("topic", "topic"),
        ("topic", "about"),
        ("chat", "count"),
        ("evolution", "count"),
    ]
    found = intent_figures(pairs)
    assert {name: figure.mean for name, figure in found.items()} == {
        "found": 0.75,
        "right": 0.5,
        "kept": 0.5,
    }


NAN = float("nan")
NONE = np.zeros(0, np.float32)


def intent(service: QAService, question: str) -> str:
    """Tell what a question is taken to ask for."""
    return service.understand(Question(question)).query.intent


def hinted(*scores: float) -> Signals:
    """Make candidates with these scores of their hints."""
    raw = np.asarray(scores, np.float32)
    said = dict.fromkeys(("late", "back", "dense", "lexical", "hints", "asked"), raw)
    return signals(len(raw), **said, counts=(~np.isnan(raw)).astype(np.int64))


@pytest.mark.parametrize("leg", LEGS)
def test_a_leg_is_left_out_of_the_fusion(leg: str) -> None:
    """And no other."""
    assert [item for item in HYBRID.legs if item.name != leg] == [*fusion_without(HYBRID, leg).legs]
    assert HYBRID.weight(leg) > 0 == fusion_without(HYBRID, leg).weight(leg)


def test_the_scale_of_hints_is_left_out_of_the_fusion() -> None:
    """Their leg is scored otherwise, with the weight that it has."""
    (own,) = set(fusion_without(HYBRID, "scale").legs) - set(HYBRID.legs)
    assert (own.name, own.weight, own.score) == ("hints", 1.0, lowest_without_hints)


@pytest.mark.parametrize("part", [None, "content", "words", "heads"])
def test_other_parts_leave_the_fusion_alone(part: str | None) -> None:
    """They are replaced on the service."""
    assert fusion_without(HYBRID, part) == HYBRID


def test_without_one_scale_no_hints_are_as_bad_as_the_worst() -> None:
    """1 and 0 and none: 2⁻¹ᐟ² times 2, -1 and -1; where nobody has hints nothing is said."""
    assert lowest_without_hints(hinted(1, 0, NAN), NONE) == pytest.approx(
        [2**0.5, -(2**-0.5), -(2**-0.5)]
    )
    assert not lowest_without_hints(hinted(NAN, NAN), NONE).any()


def test_a_judge_without_content_does_not_look_at_it() -> None:
    """Every weight but those of content stays; so do bias and thresholds."""
    found = without_content(Fit(tuple(1.0 for _ in FEATURES), 0.5, 0.75, 0.25))
    assert {name for name, w in zip(FEATURES, found.weights, strict=True) if w == 0} == CONTENT
    assert (found.bias, found.answered, found.related) == (0.5, 0.75, 0.25)


def test_content_is_broken_in_both_fits_for_a_while(service: QAService) -> None:
    """Features are what they were."""
    whole = service.judge
    with broken(service, "content"):
        assert service.judge.warm == without_content(whole.warm)
        assert service.judge.cold == without_content(whole.cold)
    assert service.judge is whole


def test_without_the_words_no_meeting_holds_a_topic(service: QAService) -> None:
    """`passports` stands in some of them."""
    words = service.resolver.topics._words
    with broken(service, "words"):
        assert words.holding("passports", "en") == {}
    assert words.holding("passports", "en")


def test_without_heads_every_question_is_its_topic(service: QAService) -> None:
    """A count is one again afterwards."""
    question = "How many meetings were there?"
    with broken(service, "heads"):
        assert intent(service, question) == "topic"
    assert intent(service, question) == "count"


def test_nothing_is_broken_unless_told(service: QAService) -> None:
    """A leg is broken in the fusion alone."""
    parts = dict(vars(service))
    for part in (None, "late"):
        with broken(service, part):
            assert vars(service) == parts
