"""What is said of an answer's reasons is what the judge and the ranking did."""

from dataclasses import replace

import pytest

from ccs_qa.answer.explain import Explanation
from ccs_qa.answer.judge import FEATURES
from ccs_qa.answer.judge import features as signs_of
from ccs_qa.records import Question
from ccs_qa.service import QAService

ASKED = "What did members say about trust in artificial intelligence?"


@pytest.fixture(scope="module")
def told(service: QAService) -> Explanation:
    """The explanation of an answer that is judged."""
    (part,) = service.explain(Question(ASKED, k=5))
    return part


def test_a_sign_that_turns_the_verdict_brings_it_to_the_threshold(
    service: QAService, told: Explanation
) -> None:
    """Of every sign: with that value, and the others as they are, the probability is the least."""
    (found,) = service.find(service.understand(Question(ASKED)), 16)
    fit = service.judge.fit(found.evidence)
    assert found.ranked is not None
    values = dict(
        zip(FEATURES, signs_of(found.query, found.ranked.hits[:10], found.evidence), strict=True)
    )
    assert told.judged
    assert len(told.signs) > 10
    for sign in told.signs:
        assert sign.value == values[sign.name]
        changed = {**values, sign.name: sign.turns_at}
        probability = fit.probability([changed[name] for name in FEATURES])
        assert probability == pytest.approx(told.answered, abs=1e-6)


def test_the_legs_add_up_and_the_answer_quotes_what_is_needed(
    service: QAService, told: Explanation
) -> None:
    """Five passages, best first; those above the threshold are the quotes, and the first is."""
    assert [sum(item.added.values()) for item in told.placed] == pytest.approx(
        [item.hit.score for item in told.placed], abs=1e-4
    )
    quoted = {item.hit.passage.id for item in service.ask(Question(ASKED)).citations}
    for at, item in enumerate(told.placed):
        assert item.needed is not None
        assert (item.hit.passage.id in quoted) == (at == 0 or item.needed >= told.quoted)


def test_what_the_records_answer_is_not_judged(service: QAService) -> None:
    """The explanation says so; of two questions there are two."""
    (part,) = service.explain(Question("When was the passport meeting?"))
    assert not part.judged
    assert part.verdict.confidence == 1
    both = service.explain(Question(f"{ASKED} And what did they say about fraud?"))
    assert [item.query.topic for item in both] == ["trust in artificial intelligence", "fraud"]


def test_where_nothing_is_searched_nothing_is_explained(service: QAService) -> None:
    """A period without meetings."""
    (part,) = service.explain(replace(Question(ASKED), text="What was said of trust in 1999?"))
    assert (part.signs, part.placed, part.judged) == ((), (), False)
