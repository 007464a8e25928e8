"""The summary of a meeting taken along: whole, in order, in the languages chosen."""

import datetime as dt
import io
from collections.abc import Iterator, Sequence

import pytest
from docx import Document
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.app import build_app
from ccs_qa.http.pages.downloads import today
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language, Meeting, other
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.http.pages.test_pages import BOTH, one, page
from tests.present.models import model
from tests.serving import moved

ORIGIN = "https://sommaires.example.ca"
DAY = "2024-11-01"
SHOWN = pytest.mark.parametrize("shown", ["", "other", "both"])


def started(settings: Settings, service: QAService) -> TestClient:
    """Make a client of the application, on November 24, 2026."""
    site = settings.model_copy(update={"hosts": "sommaires.example.ca"})
    app = build_app(site, lambda _: service)
    app.dependency_overrides[today] = lambda: dt.date(2026, 11, 24)
    return TestClient(app, base_url=ORIGIN)


@pytest.fixture(scope="module")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """That client, of the whole corpus."""
    with started(settings, service) as found:
        yield found


def asked(language: Language, shown: str) -> tuple[str, list[Language]]:
    """Say how languages are asked for, and which are then to be read, in order."""
    if shown == "both":
        return "?text=both", [language, other(language)]
    return (f"?text={other(language)}", [other(language)]) if shown else ("", [language])


def texts(meeting: Meeting, languages: Sequence[Language]) -> list[str]:
    """List every text of a meeting in the order of the page, but for its title."""
    return [
        item.renditions.best(language).text
        for item in meeting.passages
        if item.kind != "title"
        for language in languages
    ]


@BOTH
@SHOWN
def test_every_format_holds_every_text_once_and_in_order(
    client: TestClient, corpus: Corpus, language: Language, shown: str
) -> None:
    """Headings between them; nothing of another meeting, and the reference at the end."""
    query, languages = asked(language, shown)
    for meeting in corpus.meetings:
        base = f"/{language}/meetings/{meeting.date}"
        word = Document(io.BytesIO(client.get(f"{base}/download.docx{query}").content))
        plain = client.get(f"{base}/download.txt{query}").text
        marked = client.get(f"{base}/download.md{query}").text
        tokens = MarkdownIt("commonmark").parse(marked)
        kept = client.get(f"{base}/citation.txt{query}").text.split("\n")[0]
        wanted = texts(meeting, languages)
        lines = [item.text for item in word.paragraphs]
        assert [line for line in lines if line in wanted] == wanted
        bare = [line.lstrip("– ") for line in plain.splitlines()]
        assert [line for line in bare if line in wanted] == wanted
        items = [
            "".join(part.content for part in token.children or ())
            for token in tokens
            if token.type == "inline"
        ]
        assert [line for line in items if line in wanted] == wanted
        headings = [s.heading.best(language).text for s in meeting.sections if s.heading]
        about = catalogue(language).raw("export.about-summary")
        begun = {
            place + 1
            for place, token in enumerate(tokens)
            if token.tag == "h2" and token.nesting == 1
        }
        assert [token.content for place, token in enumerate(tokens) if place in begun] == [
            *headings,
            about,
        ]
        assert [
            item.text for item in word.paragraphs if item.style and item.style.name == "Heading 1"
        ] == [*headings, about]
        for text in (lines, bare, items):
            assert text.count(kept) == 1
        alone = {
            text
            for other_one in corpus.meetings
            if other_one != meeting
            for text in texts(other_one, LANGUAGES)
        } - set(texts(meeting, LANGUAGES))
        assert not alone & {*lines, *bare, *items}


@BOTH
def test_the_reference_is_the_model(client: TestClient, language: Language) -> None:
    """Whose summary, of which meeting, which text, its address, whose views."""
    found = client.get(f"/{language}/meetings/{DAY}/citation.txt")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert found.text == model("reference", language, origin=ORIGIN)


@BOTH
@SHOWN
def test_the_menu_leads_to_what_is_shown(
    client: TestClient, language: Language, shown: str
) -> None:
    """Three copies that are shown as text, three files that are saved, all in those languages."""
    query, languages = asked(language, shown)
    soup = page(client, f"/{language}/meetings/{DAY}{query}")
    menu = one(soup, ".take.answered")
    copies = [str(item["href"]) for item in menu.select("a[data-copy]")]
    files = [str(item["href"]) for item in menu.select("a:not([data-copy])")]
    assert (len(copies), len(files)) == (3, 3)
    for address in copies:
        response = client.get(address)
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert "attachment" not in response.headers.get("content-disposition", "")
    place = {"fr": "reunion-du-1er-novembre-2024", "en": "meeting-of-november-1-2024"}[language]
    for address, form in zip(files, ("docx", "md", "txt"), strict=True):
        response = client.get(address)
        name = f"ccs-2026-11-24-{place}.{form}"
        assert name in response.headers["content-disposition"]
        assert response.headers["content-disposition"].startswith("attachment")
    held = client.get(files[-1]).text
    for name, sign in (("fr", "expérience client"), ("en", "client experience")):
        assert (f"current {sign}" in held or f"d'{sign}" in held) == (name in languages)


@BOTH
def test_what_left_its_document_is_not_taken_along(
    settings: Settings, service: QAService, corpus: Corpus, language: Language
) -> None:
    """The French page no longer matches: the English text stands for it, and says what it is."""
    (meeting,) = (item for item in corpus.meetings if str(item.date) == DAY)
    with started(settings, moved(service, settings, "fr")) as client:
        held = client.get(f"/{language}/meetings/{DAY}/download.txt?text=fr").text
    for item in meeting.passages:
        if item.kind == "statement":
            assert item.renditions.best("fr").text not in held
            assert item.renditions.best("en").text in held


@BOTH
@pytest.mark.parametrize("name", ["download.csv", "download.pdf", "download.docx", "citation.txt"])
def test_what_is_not_there_is_said(client: TestClient, language: Language, name: str) -> None:
    """A table of a summary, another format, a meeting that never was."""
    date = DAY if name.endswith(("csv", "pdf")) else "2020-01-01"
    assert client.get(f"/{language}/meetings/{date}/{name}").status_code == 404
