"""Each part that the gate can do without, broken on the real service and whole again after."""

import numpy as np
import pytest

from ccs_qa.answer import FEATURES
from ccs_qa.answer.judge import Fit
from ccs_qa.search import HYBRID, rank
from ccs_qa.search.fusion import Legs, hint_leg
from ccs_qa.service import QAService
from ccs_qa.steps import Understood
from eval.broken import (
    CONTENT,
    LEGS,
    PARTS,
    broken,
    lowest_without_hints,
    recipe_without,
    without_content,
)

NAN = float("nan")


def intent(service: QAService, question: str) -> str:
    """Tell what a question is taken to ask for."""
    steps = service.steps(question)
    return next(step.query.intent for step in steps if isinstance(step, Understood))


def hinted(*scores: float) -> Legs:
    """Make candidates with these scores of their hints."""
    raw = np.asarray(scores, np.float32)
    counts = (~np.isnan(raw)).astype(np.int64)
    return Legs(raw, raw, raw, raw, raw, raw, counts, 1.0, np.eye(len(raw), dtype=np.float32))


@pytest.mark.parametrize("leg", LEGS)
def test_a_leg_is_left_out_of_the_recipe(leg: str) -> None:
    """Its weight is 0 and no other changes."""
    found = recipe_without(HYBRID, leg)
    changed = {name for name in LEGS if getattr(found, name) != getattr(HYBRID, name)}
    assert changed == {leg}
    assert getattr(found, leg) == 0


@pytest.mark.parametrize("part", [None, *PARTS[len(LEGS) :]])
def test_other_parts_leave_the_recipe_alone(part: str | None) -> None:
    """They are replaced on the service."""
    assert recipe_without(HYBRID, part) == HYBRID


def test_without_one_scale_no_hints_are_as_bad_as_the_worst() -> None:
    """1 and 0 and none: 2⁻¹ᐟ² times 2, -1 and -1; where nobody has hints nothing is said."""
    assert lowest_without_hints(hinted(1, 0, NAN)) == pytest.approx(
        [2**0.5, -(2**-0.5), -(2**-0.5)]
    )
    assert not lowest_without_hints(hinted(NAN, NAN)).any()


def test_the_scale_is_broken_for_a_while(service: QAService) -> None:
    """Wherever passages are fused."""
    with broken(service, "scale"):
        assert vars(rank)["hint_leg"] is lowest_without_hints
    assert vars(rank)["hint_leg"] is hint_leg


def test_a_judge_without_content_does_not_look_at_it() -> None:
    """Every weight but those of content stays; so do bias and thresholds."""
    found = without_content(Fit(tuple(1.0 for _ in FEATURES), 0.5, 0.75, 0.25))
    assert {name for name, w in zip(FEATURES, found.weights, strict=True) if w == 0} == CONTENT
    assert (found.bias, found.answered, found.related) == (0.5, 0.75, 0.25)


def test_content_is_broken_in_both_fits_for_a_while(service: QAService) -> None:
    """Features are what they were."""
    whole = service._judge
    with broken(service, "content"):
        assert service._judge.warm == without_content(whole.warm)
        assert service._judge.cold == without_content(whole.cold)
    assert service._judge is whole


def test_without_the_words_no_meeting_holds_a_topic(service: QAService) -> None:
    """`passports` stands in some of them."""
    words = service._resolver._words
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
    """A leg is broken in the recipe alone."""
    parts = dict(vars(service))
    for part in (None, "late"):
        with broken(service, part):
            assert vars(service) == parts
