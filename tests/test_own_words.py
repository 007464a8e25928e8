"""What the service says of itself, sentence by sentence, beside the data that proves it."""

from collections import Counter

import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES
from ccs_qa.service import QAService
from tests.own_proofs import CLAIMLESS, PROOFS, rule_of, unproved
from tests.own_questions import questions
from tests.own_words import Heard, Records, hear

# What an answer is made of; other keys are of other pages, of errors or of the terminal.
_OF_ANSWERS = (
    *("answer", "attribution", "confidence", "conversation", "digest", "draft", "list", "quotes"),
    *("record", "rendition", "sample", "status", "themes", "page.understood"),
)
# What this corpus brings about in no answer: each of its meetings has an objective and a form.
_UNREACHED = {"record.aimless", "record.placeless"}


@pytest.fixture(scope="module")
def heard(service: QAService, corpus: Corpus) -> list[Heard]:
    """Every answer, with all that it says of its own in the forms that it is shown in."""
    patch = pytest.MonkeyPatch()
    return [hear(service, asked, patch) for asked in questions(corpus)]


def test_no_sentence_of_its_own_is_unproved(heard: list[Heard], corpus: Corpus) -> None:
    """A thousand answers and more say nothing of themselves that the records do not show."""
    records = Records(corpus)
    wrong = {item.asked: found for item in heard if (found := unproved(item, records))}

    assert len({item.asked for item in heard}) >= 1000
    assert not wrong


def test_answers_of_every_kind_are_walked(heard: list[Heard]) -> None:
    """A proof that no question reaches proves nothing."""
    answers = [item.answer for item in heard]
    languages = Counter(answer.language for answer in answers)
    reached = {rule_of(said.key) for item in heard for said in item.said}

    assert min(languages[language] for language in LANGUAGES) >= 400
    assert {answer.status for answer in answers} == {
        *("answered", "related", "not_found", "conversation")
    }
    assert {answer.kind for answer in answers} == {
        *("quotes", "record", "timeline", "comparison", "digest", "list", "themes")
    }
    assert {*PROOFS} - reached <= _UNREACHED


def test_no_sentence_can_be_added_without_its_proof() -> None:
    """Each message that an answer is made of is proved, or claims nothing for a reason told."""
    keys = {key for key in catalogue("en").keys if key.startswith(_OF_ANSWERS)}

    assert {key for key in keys if rule_of(key) is None} == set()
    assert not {*PROOFS} & {*CLAIMLESS}
    assert all(any(key.startswith(rule) for key in catalogue("en").keys) for rule in CLAIMLESS)


def test_a_count_that_is_wrong_by_one_is_not_proved(heard: list[Heard], corpus: Corpus) -> None:
    """The proofs can fail: each of a sentence that counts refuses another count."""
    records, counting, refusing = Records(corpus), set[str | None](), set[str | None]()
    for item in heard:
        for said in item.said:
            wrong = {
                name: at + 1
                for name, at in said.values.items()
                if type(at) is int and f"{{{name}}}" in said.words.raw(said.key)
            }
            rule = rule_of(said.key)
            if not wrong or rule in CLAIMLESS or rule in refusing:
                continue
            counting.add(rule)
            if unproved(
                item._replace(said=(said._replace(values={**said.values, **wrong}),)), records
            ):
                refusing.add(rule)

    # How many more there may be, and how many meetings come near by meaning, is only bounded.
    bounded = {"answer.more", "themes.more", "record.first", "record.last"}
    assert counting - refusing <= bounded
