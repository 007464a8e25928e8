"""Who says a quote stands with it in whatever is written."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.compose import compose
from ccs_qa.corpus.library import Corpus
from ccs_qa.http.openai.writing import Writer
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.present.export.table import to_csv
from ccs_qa.present.presenter import Presenter
from ccs_qa.records import LANGUAGES, Answer, Attribution, Coverage, Hit, Language, Question
from ccs_qa.service import QAService
from tests.http.pages import test_lists as written

Read = Callable[[Answer, Corpus], str]


def openai(answer: Answer, corpus: Corpus) -> str:
    """Read the titles of the annotations."""
    writer = Writer(corpus, "index", written.ORIGIN, 1, "ccs-qa-extractive")
    notes = writer.whole(answer).choices[0].message.annotations
    return "\n".join(note.url_citation.title for note in notes)


def table(answer: Answer, corpus: Corpus) -> str:
    """Read the column of a table."""
    content = written.taken(answer, corpus)
    rows = csv.DictReader(io.StringIO(to_csv(content, written.WORDS).lstrip("\ufeff")))
    return "\n".join(row[written.WORDS.text("export.attribution")] for row in rows)


WRITERS: dict[str, Read] = {
    "page": written.page,
    "openai": openai,
    "mcp": written.mcp,
    "terminal": written.terminal,
    "word": written.word,
    "markdown": written.markdown,
    "table": table,
    "text": written.text,
}
LABELS: tuple[Attribution, ...] = ("presented", "observed", "advised")


def quoting(service: QAService, attribution: Attribution | None) -> Answer:
    """Quote one passage as if the page said so of it."""
    some = service.ask(Question("Que dit-on des services ?", language="fr"))
    found = next(item for item in service.corpus.passages if item.attribution == "advised")
    hits = (Hit(replace(found, attribution=attribution), 9.0, {}),)
    blocks = Blocks(service.corpus)
    composed = compose("answered", hits, Coverage(1, None, None, 1), written.WORDS, blocks)
    return replace(
        some,
        status="answered",
        kind="quotes",
        nearest=(),
        text=composed.text,
        statements=composed.statements,
        citations=composed.citations,
    )


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("attribution", [*LABELS, None])
def test_every_writer_shows_it(
    service: QAService, name: str, attribution: Attribution | None
) -> None:
    """The label of the quote is there in the reader's words, and no other one."""
    shown = WRITERS[name](quoting(service, attribution), service.corpus)

    for item in LABELS:
        assert (written.WORDS.text(f"attribution.{item}") in shown) == (item == attribution)


@pytest.mark.parametrize("attribution", [*LABELS, None])
def test_the_api_names_it(service: QAService, attribution: Attribution | None) -> None:
    """By a word of the contract, null for none; hits, citations and passages alike."""
    answer = quoting(service, attribution)
    present = Presenter(service.corpus)
    (citation,) = answer.citations

    assert [item.attribution for item in present.answer(answer).citations] == [attribution]
    assert present.hit(citation.hit, "en").attribution == attribution
    assert present.passage(citation.hit.passage).attribution == attribution


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_worded_in_both_languages(service: QAService, language: Language) -> None:
    """Each label has its words, and a passage without one has none."""
    words = catalogue(language)
    viewer = Viewer(service.corpus, words)
    shown = {viewer.attribution(item) for item in service.corpus.passages}

    assert shown == {"", words.text("attribution.observed"), words.text("attribution.advised")}
