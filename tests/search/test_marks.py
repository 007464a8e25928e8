"""The sentence of a long quote that is marked, with the real model and index."""

import pytest

from ccs_qa.present.presenter import Presenter
from ccs_qa.present.schemas import CitationOut
from ccs_qa.records import LANGUAGES, Bilingual, Passage, Question
from ccs_qa.search.marks import Marker
from ccs_qa.service import QAService
from ccs_qa.text.strings import sentences

# A question, and how the sentence that answers it begins in each language.
ASKED = (
    (
        "Pourquoi créer un Bureau de la technologie ?",
        {"fr": "Pour appuyer cet investissement", "en": "To support this investment"},
    ),
    (
        "What is said about rural internet access?",
        {"fr": "Par exemple, dans certaines communautés", "en": "For example, in some rural"},
    ),
)


def _texts(quote: CitationOut) -> dict[str, str]:
    """Read both renditions of a quote, by language."""
    return {item.language: item.text for item in (quote, quote.counterpart) if item}


@pytest.mark.parametrize(("question", "begins"), ASKED)
def test_the_sentence_that_answers_is_marked(
    service: QAService, question: str, begins: dict[str, str]
) -> None:
    """In both renditions of the quote that holds it, a whole sentence; the quote stays whole."""
    body = Presenter(service.corpus).answer(service.ask(Question(question)))
    (quote,) = (
        item
        for item in body.citations
        if any(begins[mark.language] in _texts(item)[mark.language] for mark in item.marks)
    )
    texts = _texts(quote)
    assert {mark.language for mark in quote.marks} == {*LANGUAGES}
    for mark in quote.marks:
        sentence = texts[mark.language][mark.start : mark.end]
        assert sentence.startswith(begins[mark.language])
        assert sentence in sentences(texts[mark.language])


def test_nothing_is_marked_where_there_is_nothing_to_choose(service: QAService) -> None:
    """A quote of one sentence, and a passage that the index does not hold."""
    marker = Marker(service.retriever.encoder, service.retriever.index)
    asked = service.retriever.encoder.encode(["accès rural"], "query").tokens[0]
    for passage in service.corpus.passages:
        marks = marker.mark(asked, passage)
        for mark in marks:
            rendition = passage.renditions.get(mark.language)
            assert rendition is not None
            assert len(sentences(rendition.text)) > 1
    unknown = Passage("none", "statement", None, None, None, Bilingual(None, None))
    assert marker.mark(asked, unknown) == ()


def test_where_tokens_stand_is_told_without_the_network(service: QAService) -> None:
    """As encoding tells it."""
    encoder = service.retriever.encoder
    text = "L'accès rural. Il est coûteux."
    assert (encoder.spans(text, "passage") == encoder.encode([text], "passage").spans[0]).all()
