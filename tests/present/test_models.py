"""What is taken along, word for word, beside the models written by hand."""

import datetime as dt
import io
import re
from dataclasses import replace

import pytest
from docx import Document

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.present.export.content import Cited, Export, cite, gather
from ccs_qa.present.export.markdown import to_markdown
from ccs_qa.present.export.plain import plain_citation, plain_quote, to_plain
from ccs_qa.present.export.word import to_word
from ccs_qa.records import LANGUAGES, Language, Question, other
from ccs_qa.service import QAService
from tests.present.models import PASSAGE, QUESTIONS, model, word_lines

ORIGIN = "https://ccs.example.ca"
DAY = dt.date(2026, 11, 30)
BOTH = pytest.mark.parametrize("language", LANGUAGES)


def cited(service: QAService, language: Language) -> Cited:
    """Cite the passage in a language."""
    corpus = service.corpus
    return cite(corpus.passage(PASSAGE), Viewer(corpus, catalogue(language)))


def answered(service: QAService, language: Language) -> Export:
    """Take the answer along, on November 30, 2026."""
    answer = service.ask(Question(QUESTIONS[language], language))
    return gather([answer], Viewer(service.corpus, catalogue(language)), ORIGIN, DAY)


def expected(name: str, language: Language) -> str:
    """Read the model, as it is on that day."""
    return model(name, language, origin=ORIGIN, day=catalogue(language).date(DAY))


@BOTH
def test_copied_texts_are_the_models(service: QAService, language: Language) -> None:
    """The quote, its citation in one language and in both, and the whole answer."""
    first, second = cited(service, language), cited(service, other(language))
    assert plain_quote(first.quote.text) + "\n" == expected("quote", language)
    assert plain_citation([first], ORIGIN) == expected("citation", language)
    assert plain_citation([first, second], ORIGIN) == expected("both", language)
    assert to_plain(answered(service, language), catalogue(language)) == expected(
        "answer", language
    )


@BOTH
def test_the_word_file_is_the_model(service: QAService, language: Language) -> None:
    """Every paragraph, in its style, and no other."""
    data = to_word(answered(service, language), catalogue(language))
    assert word_lines(data) == expected("word", language).splitlines()


@BOTH
def test_what_is_forwarded_holds_nothing_of_the_machine(
    service: QAService, language: Language
) -> None:
    """No offset, file name, score, index or document name; the disclaimer stands once."""
    words, content = catalogue(language), answered(service, language)
    written = (
        "\n".join(item.text for item in Document(io.BytesIO(to_word(content, words))).paragraphs),
        to_markdown(content, words),
        to_plain(content, words),
        plain_citation([cited(service, language)], ORIGIN),
    )
    passage = service.corpus.passage(PASSAGE)
    places = {str(place) for item in passage.renditions.spoken for place in (item.start, item.end)}
    assert service.corpus.disclaimer is not None
    said = service.corpus.disclaimer.renditions.best(language).text
    for text in written:
        assert not places & set(re.findall(r"\d+", re.sub(r"[,\u00a0](?=\d{3})", "", text)))
        assert not [name for name in service.corpus.documents if name in text]
        assert content.exchanges[0].index_id not in text
        assert text.count(said) == 1


@BOTH
def test_a_passage_in_one_language_is_cited_as_what_it_is(
    service: QAService, language: Language
) -> None:
    """The French text alone, on the English page: labelled French, and not quoted twice."""
    passage = service.corpus.passage(PASSAGE)
    french = passage.renditions.fr
    assert french is not None
    alone = replace(passage, renditions=replace(passage.renditions, en=None))
    found = plain_citation([cite(alone, Viewer(service.corpus, catalogue(language)))], ORIGIN)
    assert found.count(french.text) == 1
    assert found.startswith("«\u00a0")
    label = "Official text, in French." if language == "en" else "Texte officiel."
    assert f" {label}\n" in found


def test_a_long_question_stands_below_the_title(service: QAService) -> None:
    """As several do; what is too long for a title is no title."""
    long = "What was said about trust? " * 8
    answer = replace(
        service.ask(Question("trust", "en")),
        query=replace(service.ask(Question("trust", "en")).query, question=long.strip()),
    )
    words = catalogue("en")
    content = gather([answer], Viewer(service.corpus, words), ORIGIN, DAY)
    assert not content.titled
    document = Document(io.BytesIO(to_word(content, words)))
    assert document.paragraphs[0].text == words.raw("export.title")
    assert long.strip() in [item.text for item in document.paragraphs]
    assert to_markdown(content, words).startswith(f"# {words.raw('export.title')}\n")
    assert f"Question: {long.strip()}" in to_plain(content, words)
