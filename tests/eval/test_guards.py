"""What the gate holds besides the development questions, on figures made by hand."""

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ccs_qa.answer import Timeline
from ccs_qa.records import LANGUAGES, Bilingual, Intent, Meeting, Passage, Rendition, Section
from ccs_qa.service import QAService
from eval.gold import GoldRow, Relevant
from eval.guards import (
    COLD,
    Figure,
    Standing,
    absent_figures,
    absent_questions,
    cold_figures,
    cold_rows,
    denials,
    intent_figures,
    labelled,
    mean_of,
    share_of,
    standing_words,
    with_figures,
)
from tests.eval.outcomes import outcome

OLD, MIDDLE, NEW = dt.date(2023, 1, 1), dt.date(2024, 1, 1), dt.date(2025, 1, 1)


def test_a_mean_may_lose_half_its_bootstrap_interval() -> None:
    """Equal values have an empty interval; a half of zeros and ones has not."""
    assert mean_of([0.5, 0.5]) == Figure(0.5, 0.0)
    found = mean_of([0.0] * 50 + [1.0] * 50)
    assert found.value == 0.5
    assert found.half == pytest.approx(0.1, abs=0.01)


def test_a_share_may_lose_half_its_wilson_interval() -> None:
    """Of ten all: [.722, 1]; of ten a half: [.237, .763]."""
    assert share_of([True] * 10).value == 1.0
    assert share_of([True] * 10).half == pytest.approx(0.139, abs=1e-3)
    assert share_of([True, False] * 5).half == pytest.approx(0.263, abs=1e-3)


def test_cold_questions_are_ranked_answered_and_refused() -> None:
    """Of four, scored 1, 1, .5 and 0, two are answered, one is related and one refused."""
    found = cold_figures(
        [
            outcome("a-fr", score=1.0),
            outcome("b-en", score=1.0),
            outcome("c-fr", score=0.5, status="related"),
            outcome("d-en", score=0.0, status="not_found"),
        ]
    )
    assert {name: figure.value for name, figure in found.items()} == {
        "cold/ndcg@10": 0.625,
        "cold/answered": 0.5,
        "cold/not_found": 0.25,
    }


def test_a_question_of_both_cold_meetings_is_asked_once() -> None:
    """In the order of the file; what another meeting answers, or none, is left out."""

    def row(name: str, *meetings: dt.date) -> GoldRow:
        relevant = tuple(Relevant(meeting=day, snippet="x", grade=2) for day in meetings)
        made = outcome(name, answerable=bool(meetings)).row
        return made.model_copy(update={"relevant": relevant})

    rows = [row("new", COLD[1]), row("none"), row("both", *COLD), row("other", OLD)]
    assert [item.id for item in cold_rows(rows)] == ["new", "both"]


def test_every_sixth_absent_subject_is_asked_in_all_wordings() -> None:
    """Of eight subjects the first and the seventh, French first."""
    lines = [json.dumps({"fr": [f"f{at}"], "en": [f"e{at}", f"E{at}"]}) for at in range(8)]
    assert absent_questions(lines) == ["f0", "e0", "E0", "f6", "e6", "E6"]


def test_what_is_answered_of_absent_subjects_is_counted() -> None:
    """One of four; `related` is no answer."""
    statuses = {"a": "answered", "b": "related", "c": "not_found", "d": "related"}
    asked = SimpleNamespace(ask=lambda text: SimpleNamespace(status=statuses[text]))
    found = absent_figures(cast("QAService", asked), [*statuses])
    assert found["absent/answered"].value == 0.25


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
        Standing("accès", frozenset({OLD, MIDDLE})),
        Standing("Phones", frozenset({OLD, MIDDLE, NEW})),
        Standing("trust", frozenset({OLD, NEW})),
    ]


def test_a_word_of_one_meeting_or_of_eight_does_not_count() -> None:
    """`alone` stands in one, `seven` in seven, `every` in all eight."""
    made = [
        meeting(dt.date(2020 + at, 1, 1), said(None, "seven" if at else "alone"), "Every")
        for at in range(8)
    ]
    assert [item.word for item in standing_words(made)] == ["seven"]


def test_a_meeting_that_holds_the_word_may_not_be_called_silent() -> None:
    """It is once; another that does not hold it may be."""
    absent = {"trust": (OLD, NEW), "phones": (NEW,)}
    followed = SimpleNamespace(timeline=lambda word: (None, "answered", Timeline((), absent[word])))
    standing = [
        Standing("trust", frozenset({OLD, MIDDLE})),
        Standing("phones", frozenset({OLD, MIDDLE})),
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
    assert {name: figure.value for name, figure in found.items()} == {
        "intents/found": 0.75,
        "intents/right": 0.5,
        "intents/kept": 0.5,
    }


def test_figures_go_into_the_summary_by_their_path() -> None:
    """Beside what stands there."""
    figures = {"denied": Figure(0, 0.0), "a/b@10": Figure(0.5, 0.1), "a/c": Figure(1.0, 0.1)}
    assert with_figures({"n": 3}, figures) == {"n": 3, "denied": 0, "a": {"b@10": 0.5, "c": 1.0}}
