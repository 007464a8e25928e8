"""What moved the judge: by hand, and with the real one."""

import pytest

from ccs_qa.answer import FEATURES, load_judge
from ccs_qa.records import AnswerStatus
from ccs_qa.service import QAService
from eval.cards import wrong_rows
from eval.verdicts import Contribution, WrongVerdict, find_wrong, largest, wrong
from tests.eval.outcomes import outcome


def test_the_largest_contributions_by_hand() -> None:
    """Weights 2, -1, 1 and .5, values 3, 1, 1 and 1 beside means of 1, 3, 1 and 0.

    They add 2 x 2, -1 x -2, 0 and .5; features without weight add nothing.
    """
    rest = [0.0] * (len(FEATURES) - 4)
    found = largest(
        [2.0, -1.0, 1.0, 0.5, *rest], [3.0, 1.0, 1.0, 1.0, *rest], [1.0, 3.0, 1.0, 0.0, *rest]
    )
    assert found == (
        Contribution(FEATURES[0], 3.0, 4.0),
        Contribution(FEATURES[1], 1.0, 2.0),
        Contribution(FEATURES[3], 1.0, 0.5),
    )


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
    assert wrong(outcome("q-fr", answerable=answerable, status=status)) is expected


def test_wrong_statuses_are_worded() -> None:
    """Class of an unanswerable question, type of another; history before the question."""
    refused = outcome(
        "a-fr", answerable=False, note="near miss: amount", status="answered", confidence=0.9
    )
    lost = outcome("b-en", kind="list", status="related", confidence=0.5)
    rows = wrong_rows(
        [
            WrongVerdict(refused, (Contribution("dense", 0.875, 0.5), Contribution("vote", 0, -1))),
            WrongVerdict(lost, ()),
        ]
    )
    assert rows[1:] == [
        ["Quoi?", "near miss", "answered", "0.90", "dense +0.50 (at 0.88); vote -1.00 (at 0.00)"],
        ["Quoi?", "list", "related", "0.50", "read from the records: the judge was not asked"],
    ]


def test_a_real_verdict_is_explained_by_three_features(service: QAService) -> None:
    """The confidence is the judge's own; one from elsewhere is not explained by features."""
    question = "How could AI help call centres?"
    confidence = service.ask(question).confidence
    asked = [
        outcome("a-en", question=question, status="related", confidence=confidence),
        outcome("b-en", question=question, status="related", confidence=1 - confidence / 2),
        outcome("c-fr", question="Et les passeports ?", status="answered"),
    ]
    found = find_wrong(service, load_judge(), asked)
    assert [len(item.contributions) for item in found] == [3, 0]
