"""No quote is a stump: a lead-in and its items stand together in whatever is written."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from docx import Document
from rich.console import Console

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.compose import compose, compose_record
from ccs_qa.cli.views import print_answer
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.http.mcp.texts import Texts
from ccs_qa.http.openai.writing import Writer
from ccs_qa.http.pages.addresses import Asked
from ccs_qa.http.pages.routes import render
from ccs_qa.http.pages.turn_views import view_turn
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.present.export.content import Export, gather
from ccs_qa.present.export.markdown import escaped, to_markdown
from ccs_qa.present.export.plain import to_plain
from ccs_qa.present.export.table import to_csv
from ccs_qa.present.export.word import to_word
from ccs_qa.present.presenter import Presenter
from ccs_qa.records import Answer, Coverage, Hit, Passage, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval.compare import serve
from tests.lists import page_of_lists

WORDS = catalogue("fr")
ORIGIN = "https://example.ca"
COVERAGE = Coverage(1, None, None, 1)


@pytest.fixture(scope="module")
def services(
    service: QAService,
    encoder: Encoder,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[QAService, QAService]:
    """The service over the real pages, and one over a page full of lists."""
    lists = page_of_lists(tmp_path_factory.mktemp("lists"))
    return service, serve(lists, encoder, settings)


def said(passage: Passage) -> str:
    """The French text of a passage."""
    assert passage.renditions.fr is not None
    return passage.renditions.fr.text


def answers(service: QAService) -> Iterator[tuple[Answer, list[str]]]:
    """Quote each list in four ways, each with the lines that must stand together."""
    corpus, blocks = service.corpus, Blocks(service.corpus)
    some = service.ask(Question("Que dit-on des services ?", language="fr"))
    for lead_in in corpus.passages:
        items = corpus.items(lead_in)
        if not items:
            continue
        whole = [said(item) for item in (lead_in, *items)]
        hits = {"lead": (Hit(lead_in, 9.0, {}),), "item": (Hit(items[-1], 9.0, {}),)}
        above = [said(item) for item in corpus.lead_ins(items[-1])]
        for name, lines in (("lead", whole), ("item", [*above, whole[-1]])):
            composed = compose("answered", hits[name], COVERAGE, WORDS, blocks)
            quoted = replace(
                some,
                status="answered",
                nearest=(),
                text=composed.text,
                statements=composed.statements,
                citations=composed.citations,
            )
            yield quoted, lines
            near = replace(some, status="related", text="Rien.", statements=(), citations=())
            yield replace(near, nearest=hits[name]), lines
        record = compose_record("Une réunion.", hits["lead"], WORDS, blocks)
        yield (
            replace(
                some,
                status="answered",
                kind="record",
                nearest=(),
                text=record.text,
                statements=record.statements,
                citations=record.citations,
            ),
            whole,
        )


def page(answer: Answer, corpus: Corpus) -> str:
    """Read what the page shows of an answer."""
    view = view_turn(Asked("q"), answer, Viewer(corpus, WORDS))
    shown = render("turn/answer.html", WORDS, origin=ORIGIN, turn=view)
    return BeautifulSoup(shown, "html.parser").get_text()


def api(answer: Answer, corpus: Corpus) -> str:
    """List the texts of the API, each in its place: every rendition equals its slice."""
    body = Presenter(corpus).answer(answer).model_dump()

    def renditions(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            if "start" in value and "document" in value:
                text = corpus.documents[value["document"]].text
                assert text[value["start"] : value["end"]] == value["text"]
            for item in value.get("lead_ins", ()):
                yield from renditions(item)
            yield value.get("text", "")
            for name, item in value.items():
                if name != "lead_ins":
                    yield from renditions(item)
        elif isinstance(value, list):
            for item in value:
                yield from renditions(item)

    return "\n".join(renditions([*body["citations"], *body["nearest"]]))


def openai(answer: Answer, corpus: Corpus) -> str:
    """Read a completion."""
    writer = Writer(corpus, "index", ORIGIN, 1, "ccs-qa-extractive")
    content = writer.whole(answer).choices[0].message.content
    joined = "".join(
        piece["choices"][0]["delta"].get("content", "") for piece in writer.pieces(answer)
    )
    assert joined == content
    return content


def mcp(answer: Answer, corpus: Corpus) -> str:
    """Read the text of a tool."""
    return Texts(corpus).answer(answer)


def terminal(answer: Answer, corpus: Corpus) -> str:
    """Read the terminal."""
    out = io.StringIO()
    console = Console(file=out, width=10_000, highlight=False, markup=False)
    print_answer(console, Viewer(corpus, WORDS).answer(answer), WORDS)
    return out.getvalue()


def taken(answer: Answer, corpus: Corpus) -> Export:
    """Gather what every file says."""
    return gather([answer], Viewer(corpus, WORDS), ORIGIN, dt.date(2026, 11, 29))


def word(answer: Answer, corpus: Corpus) -> str:
    """Read a Word document."""
    document = Document(io.BytesIO(to_word(taken(answer, corpus), WORDS)))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def markdown(answer: Answer, corpus: Corpus) -> str:
    """Read Markdown."""
    return to_markdown(taken(answer, corpus), WORDS)


def table(answer: Answer, corpus: Corpus) -> str:
    """Read the French quotes of a table."""
    rows = csv.DictReader(io.StringIO(to_csv(taken(answer, corpus), WORDS).lstrip("\ufeff")))
    return "\n".join(row[WORDS.text("export.quote-fr")] for row in rows)


def text(answer: Answer, corpus: Corpus) -> str:
    """Read plain text."""
    return to_plain(taken(answer, corpus), WORDS)


@pytest.mark.parametrize(
    "write",
    [page, api, openai, mcp, terminal, word, markdown, table, text],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("which", [0, 1], ids=["real", "lists"])
def test_a_lead_in_and_its_items_stand_together(
    services: tuple[QAService, QAService], which: int, write: Callable[[Answer, Corpus], str]
) -> None:
    """For each list: quoted, near or read off the records, found by its lead-in or an item."""
    service = services[which]
    shown = escaped if write is markdown else str
    for answer, lines in answers(service):
        written = write(answer, service.corpus)
        at = 0
        for line in map(shown, lines):
            found = written.find(line, at)
            assert found >= 0, (lines, written)
            at = found + len(line)
        if write is not api:
            assert written.count(shown(lines[0])) == 1


def test_what_is_asked_is_answered_with_whole_lists(
    services: tuple[QAService, QAService],
) -> None:
    """Asked in its own words, no lead-in is quoted or found without its items."""
    for service in services:
        present = Presenter(service.corpus)
        led = [item for item in service.corpus.passages if service.corpus.items(item)]
        for lead_in in led:
            answer = present.answer(service.ask(Question(said(lead_in), language="fr")))
            cited = [item.passage_id for item in answer.citations]
            assert (
                lead_in.id not in cited
                or answer.kind != "quotes"
                or {item.id for item in service.corpus.items(lead_in)} <= set(cited)
            )
            for hit in (*answer.citations, *answer.nearest):
                assert not hit.text.endswith(":") or hit.items


def test_the_pages_show_each_line_of_a_list_once(
    services: tuple[QAService, QAService],
) -> None:
    """A meeting is read as it was written: no lead-in is repeated above its items."""
    for service in services:
        viewer = Viewer(service.corpus, WORDS)
        for meeting in service.corpus.meetings:
            for section in meeting.sections:
                views = viewer.section(section).passages
                assert not any(view.text.lead_ins or view.text.items for view in views)
