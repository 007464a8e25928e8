"""Answers taken away from the pages, read back and compared with the API."""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from bs4 import BeautifulSoup
from docx import Document
from fastapi.testclient import TestClient
from httpx2 import Response
from markdown_it import MarkdownIt

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.app import build_app
from ccs_qa.http.pages.downloads import today
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.export.table import COLUMNS
from ccs_qa.records import Language
from ccs_qa.service import QAService
from ccs_qa.settings import Settings

QUESTION = "How could AI help call centres?"
ABSENT = "Quelle est la recette de la tarte aux pommes?"
DISTRESS = "2024-11-01-s-9f742ebe"
EARLIER = ["What about passports?", "How could AI help call centres?"]
FOLLOW_UP = "And for staff?"
FORMS = ("docx", "md", "csv", "txt")
HOSTILE = (
    '<script>alert(1)</script> <img src=x onerror="alert(1)"> trust',
    '=HYPERLINK("http://evil.example") trust',
    "+1 | trust | `x` [a](http://evil.example)",
    "@trust \u202eevil\u202c \u200b[x]: http://evil.example",
    "trust " * 83,
)
BOTH = pytest.mark.parametrize("language", ["fr", "en"])


@pytest.fixture(scope="module")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of the application, started, on November 24, 2026."""
    site = settings.model_copy(update={"hosts": "sommaires.example.ca"})
    app = build_app(site, lambda _: service)
    app.dependency_overrides[today] = lambda: dt.date(2026, 11, 24)
    with TestClient(app, base_url="https://sommaires.example.ca") as found:
        yield found


def fetch(
    client: TestClient, form: str, q: str, *h: str, language: str = "en", **more: str
) -> Response:
    """Download a file."""
    parameters: dict[str, str | list[str]] = {"q": q, "h": list(h), **more}
    response = client.get(f"/{language}/download.{form}", params=parameters)
    assert response.status_code == 200, response.text
    return response


def ask(client: TestClient, question: str, language: str, *history: str) -> dict[str, Any]:
    """Ask the API, an independent way to the same answer."""
    sent = {"question": question, "language": language, "history": list(history)}
    body: dict[str, Any] = client.post("/api/v1/ask", json=sent).json()
    return body


def rows(response: Response) -> list[dict[str, str]]:
    """Read a table by column key."""
    assert response.content.startswith(b"\xef\xbb\xbf")
    table = csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))
    next(table)
    return [
        dict(zip((key.removeprefix("export.") for key in COLUMNS), row, strict=True))
        for row in table
    ]


def block_quotes(markdown: str) -> list[str]:
    """Read the block quotes of Markdown."""
    html = MarkdownIt("commonmark").render(markdown)
    return [
        item.get_text().strip("\n")
        for item in BeautifulSoup(html, "html.parser").select("blockquote")
    ]


def both(found: dict[str, Any]) -> list[str]:
    """List the two texts of a citation or hit, each in the quotation marks of its language."""
    return [marked(item) for item in (found, found["counterpart"])]


def marked(view: dict[str, Any]) -> str:
    """Put a text between the quotation marks of its language."""
    return f"“{view['text']}”" if view["language"] == "en" else f"«\u00a0{view['text']}\u00a0»"


@BOTH
def test_the_word_file_quotes_exactly(client: TestClient, language: Language) -> None:
    """Every rendition of every citation, its source below it; titled and dated, nothing else."""
    body = ask(client, QUESTION, language)
    response = fetch(client, "docx", QUESTION, language=language)
    document = Document(io.BytesIO(response.content))
    by_style: dict[str, list[str]] = {}
    for item in document.paragraphs:
        assert item.style
        by_style.setdefault(str(item.style.name), []).append(item.text)
    quotes = [both(citation) for citation in body["citations"]]
    words = catalogue(language)
    assert by_style["Quote"] == [first for first, _ in quotes]
    assert by_style["Quote Beside"] == [second for _, second in quotes]
    assert by_style["Title"] == [document.core_properties.title] == [QUESTION]
    assert by_style["Heading 1"][-1] == words.raw("export.about")
    sources = [line for line in by_style["Source"] if line.startswith("[")]
    for line, citation in zip(sources, body["citations"], strict=True):
        assert line.startswith(f"[{citation['number']}] {words.raw('cite.body')}, ")
        assert citation["section"] in line
    assert document.core_properties.language == f"{language}-CA"
    whole = "\n".join(item.text for item in document.paragraphs)
    assert words.date(dt.date(2026, 11, 24)) in whole
    assert all(f"https://sommaires.example.ca{item['url']}" in whole for item in body["citations"])
    assert body["statements"][0]["text"] in whole
    assert words.raw("rendition.official") in whole
    assert words.raw("rendition.unofficial_translation") in whole


def test_every_run_of_a_word_file_has_its_language(client: TestClient) -> None:
    """French quotes are fr-CA, English ones en-CA, and no run is without."""
    body = ask(client, QUESTION, "en")
    document = Document(io.BytesIO(fetch(client, "docx", QUESTION).content))
    runs = {item.text: [run._r.xml for run in item.runs] for item in document.paragraphs}
    assert runs
    assert all("w:lang" in xml for written in runs.values() for xml in written)
    for citation in body["citations"]:
        views = ((citation, "en"), (citation["counterpart"], "fr"))
        for view, language in views:
            assert all(f'w:lang w:val="{language}-CA"' in xml for xml in runs[marked(view)])
    assert 'w:val="en-US"' not in document.styles.element.xml


@BOTH
def test_the_markdown_file_quotes_exactly(client: TestClient, language: Language) -> None:
    """Rendered by an independent parser, the quotes are those of the API."""
    body = ask(client, QUESTION, language)
    markdown = fetch(client, "md", QUESTION, language=language).text
    quotes = [text for citation in body["citations"] for text in both(citation)]
    assert block_quotes(markdown) == quotes
    for citation in body["citations"]:
        assert f"<https://sommaires.example.ca{citation['url']}>" in markdown


@BOTH
def test_the_table_has_one_row_a_quote(client: TestClient, language: Language) -> None:
    """Number, both texts, statuses, document and offsets as the API gives them."""
    body = ask(client, QUESTION, language)
    found = rows(fetch(client, "csv", QUESTION, language=language))
    words = catalogue(language)
    assert [row["number"] for row in found] == [str(item["number"]) for item in body["citations"]]
    for row, citation in zip(found, body["citations"], strict=True):
        for part in (citation, citation["counterpart"]):
            side = part["language"]
            assert row[f"quote-{side}"] == part["text"]
            assert row[f"document-{side}"] == part["document"]
            assert (row[f"start-{side}"], row[f"end-{side}"]) == (
                str(part["start"]),
                str(part["end"]),
            )
            assert row[f"status-{side}"] == words.raw(f"rendition.{part['status']}")
        day = dt.date.fromisoformat(citation["meeting"]["date"])
        assert row["date"] == words.date(day)
        assert row["address"] == f"https://sommaires.example.ca{citation['url']}"
        assert row["question"] == QUESTION
        assert row["index"] == body["index_id"]
        assert row["disclaimer"]


@BOTH
def test_what_is_not_answered_is_taken_away_as_such(client: TestClient, language: str) -> None:
    """The fixed wording, the nearest passages without a number, what was searched."""
    body = ask(client, ABSENT, language)
    assert body["status"] != "answered"
    words = catalogue("fr" if language == "fr" else "en")
    for row in rows(fetch(client, "csv", ABSENT, language=language)):
        assert row["number"] == ""
        assert row["status"] == words.raw(f"status.{body['status']}")
        assert row["answer"] == words.raw(f"answer.{body['status']}")
        assert row["answer"] in body["answer"]
        assert row["searched"] in body["answer"]
    for form in ("md", "txt"):
        text = fetch(client, form, ABSENT, language=language).text
        assert words.raw(f"answer.{body['status']}") in text


def test_a_conversation_is_asked_again_in_order(client: TestClient) -> None:
    """Each question after those before it; without `all`, the last one only."""
    asked = [*EARLIER, FOLLOW_UP]
    expected = []
    for place, question in enumerate(asked):
        body = ask(client, question, "en", *asked[:place])
        found = body["citations"] or body["nearest"]
        expected += [(question, item["passage_id"]) for item in found]
    table = rows(fetch(client, "csv", FOLLOW_UP, *EARLIER, all="1"))
    assert {(row["question"], row["passage"]) for row in table} == set(expected)
    assert list(dict.fromkeys(row["question"] for row in table)) == asked
    single = rows(fetch(client, "csv", FOLLOW_UP, *EARLIER))
    assert {row["question"] for row in single} == {FOLLOW_UP}
    assert single == [row for row in table if row["question"] == FOLLOW_UP]
    document = Document(io.BytesIO(fetch(client, "docx", FOLLOW_UP, *EARLIER, all="1").content))
    headings = [
        item.text for item in document.paragraphs if item.style and item.style.name == "Heading 1"
    ]
    assert headings[:-1] == asked


def test_only_the_last_six_earlier_questions_are_asked_again(client: TestClient) -> None:
    """What the page remembers is what a request may cost."""
    earlier = [f"trust {number}" for number in range(9)]
    table = rows(fetch(client, "csv", "trust", *earlier, all="1"))
    assert list(dict.fromkeys(row["question"] for row in table)) == [*earlier[3:], "trust"]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_says_what_it_is(client: TestClient, form: str) -> None:
    """Type, name twice, and the headers of every page."""
    headers = fetch(client, form, "Passeports ?", language="fr").headers
    name = f"ccs-2026-11-24-passeports.{form}"
    named = f"filename=\"{name}\"; filename*=UTF-8''{name}"
    assert headers["content-disposition"] == f"attachment; {named}"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"].split(";")[0] in {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/markdown",
        "text/csv",
        "text/plain",
    }
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("question", HOSTILE)
def test_a_hostile_question_is_inert_in_every_file(client: TestClient, question: str) -> None:
    """No markup, no link, no formula, no hidden character, a safe name."""
    for form in FORMS:
        response = fetch(client, form, question, question, all="1")
        assert response.headers["content-disposition"].isascii()
        name = response.headers["content-disposition"].split('"')[1]
        assert len(name) <= 120
        if form == "docx":
            document = Document(io.BytesIO(response.content))
            assert "w:hyperlink" not in document.part.element.xml
            assert not [rel for rel in document.part.rels.values() if rel.is_external]
            continue
        assert not {"\u202e", "\u202c", "\u200b"} & set(response.text)
        if form == "csv":
            cells = [cell for row in rows(response) for cell in row.values()]
            assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))]
        if form == "md":
            soup = BeautifulSoup(MarkdownIt("commonmark").render(response.text), "html.parser")
            assert not soup.select("script, img, code, table")
            links = {urlsplit(str(item["href"])).netloc for item in soup.select("a")}
            assert links <= {"sommaires.example.ca"}


def test_the_address_of_the_site_cannot_carry_markup(client: TestClient) -> None:
    """A forged Host is written as an address or not at all."""
    response = client.get(
        "/en/download.md", params={"q": QUESTION}, headers={"host": "evil.ca>[x](y)<b"}
    )
    soup = BeautifulSoup(MarkdownIt("commonmark").render(response.text), "html.parser")
    assert not soup.select("b")
    assert not soup.find("a", href="y")


@BOTH
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/download.docx", 422),
        ("/download.csv?q=%3F", 422),
        (f"/download.md?q={'a' * 5001}", 422),
        (f"/download.md?q=trust&all=1&h={'a' * 5001}", 422),
        ("/download.pdf?q=trust", 404),
        ("/download.?q=trust", 404),
    ],
)
def test_what_cannot_be_downloaded_is_worded_for_a_person(
    client: TestClient, language: str, path: str, status: int
) -> None:
    """An error page in the language of the address, not half a file."""
    response = client.get(f"/{language}{path}")
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert f'<html lang="{language}">' in response.text


@BOTH
def test_the_page_offers_copies_and_files_under_an_answer(
    client: TestClient, language: str
) -> None:
    """Two texts to copy and four files; four more for the conversation once there is one."""
    soup = BeautifulSoup(client.get(f"/{language}/").text, "html.parser")
    assert not soup.select(".take")
    address = f"/{language}/?q={quote(FOLLOW_UP)}"
    offered = [["txt", "md"], ["docx", "md", "txt", "csv"], ["docx", "md", "txt", "csv"]]
    for history, count in (([], 2), (EARLIER, 3)):
        page = client.get(address + "".join(f"&h={quote(item)}" for item in history))
        lists = BeautifulSoup(page.text, "html.parser").select(".turn > details.take > ul")
        assert len(lists) == count
        for place, found in enumerate(lists):
            links = [urlsplit(str(item["href"])) for item in found.select("a")]
            assert [link.path for link in links] == [
                f"/{language}/download.{form}" for form in offered[place]
            ]
            for link in links:
                sent = parse_qs(link.query)
                assert sent["q"] == [FOLLOW_UP]
                assert sent.get("h", []) == history
                assert sent.get("all") == (["1"] if place == 2 else None)
                answer = client.get(link.geturl())
                assert answer.status_code == 200
                if place == 0:
                    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
                    assert answer.headers["content-disposition"].startswith("inline")


@BOTH
def test_a_quote_offers_four_texts(client: TestClient, corpus: Corpus, language: Language) -> None:
    """Of a quote in an answer and on its page: alone, with its source in one language or both."""
    disclaimer, other = corpus.disclaimer, "en" if language == "fr" else "fr"
    assert disclaimer is not None
    passage = f"passages/{DISTRESS}"
    for path in (f"/{language}/?q={quote(QUESTION)}", f"/{language}/{passage}"):
        soup = BeautifulSoup(client.get(path).text, "html.parser")
        found = [item for item in soup.select(".take a") if passage in str(item["href"])]
        assert [str(item["href"]) for item in found] == [
            f"/{language}/{passage}/quote.txt",
            f"/{language}/{passage}/citation.txt",
            f"/{other}/{passage}/citation.txt",
            f"/{language}/{passage}/citation.txt?both=1",
        ]
        for link in found:
            assert link.has_attr("data-copy")
            answer = client.get(str(link["href"]))
            assert answer.headers["content-type"] == "text/plain; charset=utf-8"
            assert answer.headers.get("content-disposition", "inline").startswith("inline")
    for name in ("nothing", disclaimer.id):
        for text in ("quote", "citation"):
            assert client.get(f"/{language}/passages/{name}/{text}.txt").status_code == 404


def test_a_limit_taken_off_on_the_page_holds_in_the_file(client: TestClient) -> None:
    """The file quotes the meeting that the chips left, and no other."""
    text = client.get("/en/download.txt?q=trust+in+2023&meeting=2023-10-03").text
    assert "October 3, 2023" in text
    assert "April 3, 2023" not in text


def test_the_page_carries_the_addresses_that_are_printed(client: TestClient) -> None:
    """Absolute, so that paper leads back to the passage."""
    page = client.get("/en/", params={"q": QUESTION}).text
    links = BeautifulSoup(page, "html.parser").select(".link a")
    assert links
    for link in links:
        assert link["data-address"] == f"https://sommaires.example.ca{link['href']}"
