"""The questions that the page proposes, beside what a person read as their whole answer."""

from dataclasses import replace

import pytest

from ccs_qa.answer.conversation import sample_questions
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language, Question
from ccs_qa.service import QAService

BOTH = pytest.mark.parametrize("language", LANGUAGES)


@BOTH
def test_every_sample_is_answered_whole(
    service: QAService, corpus: Corpus, language: Language
) -> None:
    """Every passage that a whole answer needs is among the quotes, and none is a stump."""
    assert len(corpus.samples) >= 4
    for sample in corpus.samples:
        answer = service.ask(Question(sample.get(language)))
        cited = {item.hit.passage.id for item in answer.citations}

        assert (answer.status, answer.language) == ("answered", language), sample
        assert set(sample.passages) <= cited, sample
        for item in answer.citations:
            quoted = item.hit.passage.renditions.best(language).text
            assert not quoted.rstrip().endswith(":"), sample


@BOTH
def test_the_sample_about_the_latest_meeting_is_answered_from_its_record(
    service: QAService, corpus: Corpus, language: Language
) -> None:
    """Read off the page by hand: June 2, 2025, with its objective."""
    answer = service.ask(Question(sample_questions(corpus, catalogue(language))[-1]))
    cited = [item.hit.passage for item in answer.citations]

    assert answer.status == "answered"
    assert {item.meeting for item in cited} == {corpus.meetings[0].date}
    assert "2025-06-02-o-bc849d73" in {item.id for item in cited}


@BOTH
def test_a_sample_whose_passages_are_gone_is_not_proposed(
    corpus: Corpus, language: Language
) -> None:
    """An edition without the meeting of November 2024 proposes what the others answer."""
    words = catalogue(language)
    meetings = tuple(item for item in corpus.meetings if item.date.isoformat() != "2024-11-01")
    left = sample_questions(replace(corpus, meetings=meetings), words)

    assert left == tuple(
        text
        for text in sample_questions(corpus, words)
        if text
        not in {
            item.get(language)
            for item in corpus.samples
            if any(name.startswith("2024-11-01") for name in item.passages)
        }
    )
    assert 1 < len(left) <= len(corpus.samples)
