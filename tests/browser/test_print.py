"""An answer on paper, fit for a briefing binder."""

import datetime as dt
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Language

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "colon"), [("fr", "\u00a0: "), ("en", ": ")])
def test_paper_shows_quotes_and_their_addresses_only(
    page: Page, origin: str, language: Language, colon: str
) -> None:
    """No navigation, form or download; black on white; no break inside a quote."""
    page.goto(f"/{language}/?q=How+could+AI+help+call+centres%3F&h=What+about+passports%3F")
    expect(page.locator(".take").first).to_be_visible()
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print")
    for selector in ("header", "form", ".new", ".take", ".skip"):
        for found in page.locator(selector).all():
            expect(found).to_be_hidden()
    words = catalogue(language)
    expect(page.locator(".printed")).to_contain_text(words.raw("cite.body"))
    expect(page.locator(".printed")).to_contain_text(words.date(dt.date(2026, 11, 23)))
    shown = page.locator("body").inner_text()
    assert not [name for name in ("ccs-resumes", "sac-summaries", "12541") if name in shown]
    passage = page.locator("article.passage").first
    expect(passage).to_have_css("break-inside", "avoid")
    for found in (passage.locator("blockquote").first, passage.locator(".status").first):
        expect(found).to_have_css("color", "rgb(0, 0, 0)")
        expect(found).to_have_css("break-inside", "avoid")
    marks = {"fr": '"«\u00a0" "\u00a0»"', "en": '"“" "”"'}
    for spoken, pair in marks.items():
        said = passage.locator(f"blockquote[lang={spoken}]")
        expect(said).to_have_css("quotes", pair)
        assert said.evaluate("item => getComputedStyle(item, '::before').content") == "open-quote"
    expect(page.locator("h1")).to_be_hidden()
    expect(page.locator("footer")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(page.locator("footer")).to_have_css("color", "rgb(0, 0, 0)")
    link = passage.locator(".link a")
    printed = link.evaluate("item => getComputedStyle(item, '::after').content")
    name = passage.get_attribute("id")
    assert printed.replace('" "', "") == f'"{colon}{origin}/{language}/passages/{name}"'


@pytest.mark.parametrize(
    "question",
    [
        "Que dit-on des passeports et de la confiance ?",
        "Compare what the 2023 and 2024 meetings say about trust",
        "Summarize the meeting of November 1, 2024",
    ],
)
def test_paper_holds_every_line(page: Page, question: str) -> None:
    """Letter paper within its margins is 665 pixels wide: nothing is cut off or shrunk."""
    page.set_viewport_size({"width": 665, "height": 900})
    page.emulate_media(media="print")
    page.goto(f"/fr/?q={quote(question)}")
    expect(page.locator("article.passage blockquote[lang=en]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("form", ["docx", "md", "csv", "txt"])
def test_a_reader_saves_a_file_without_javascript(page: Page, form: str) -> None:
    """A click under an answer saves a file with a readable name."""
    page.goto("/fr/?q=Que+dit-on+des+passeports+et+de+la+confiance+%3F")
    page.locator(".turn > .take summary").click()
    expect(page.locator("[data-print]")).to_be_hidden()
    with page.expect_download() as started:
        page.locator(f".take a[href*='download.{form}']:not([data-copy])").click()
    name = started.value.suggested_filename
    assert name.startswith("ccs-")
    assert "-que-dit-on-des-passeports-et-de-la-confiance." in name
    assert name.endswith(f".{form}")
