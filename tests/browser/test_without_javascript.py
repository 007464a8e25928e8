"""The whole path, plain: JavaScript is off and nothing is missed."""

import pytest
from docx import Document
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

DISTRESS = "2024-11-01-s-9f742ebe"


def ask(page: Page, question: str) -> None:
    """Type a question and send it: without JavaScript, Enter begins a line."""
    page.locator("#q").fill(question)
    page.locator("#ask button").click()
    expect(page.locator(".turn > h2")).to_contain_text(question)


def test_the_whole_path_works_plain(page: Page) -> None:
    """Ask in both languages, check, follow up, limit, copy, save, say, clear."""
    page.goto("/fr/")
    ask(page, "Que dit-on des passeports et de la confiance ?")
    expect(page.locator("article.passage").first.locator("blockquote")).to_have_count(2)

    page.goto("/en/")
    ask(page, "How could AI help call centres?")
    first = page.locator("article.passage").first
    quote = first.locator("blockquote[lang=fr]").inner_text()
    page.locator("[data-evidence]").first.click()
    expect(page.locator(".context [aria-current=true]")).to_have_count(1)
    expect(page.locator("article.passage blockquote[lang=fr]")).to_have_text(quote)
    page.go_back()

    first.locator(".take summary").click()
    page.get_by_role("link", name="With its source, in English 1", exact=True).click()
    expect(page.locator("body")).to_contain_text(quote)
    expect(page.locator("body")).to_contain_text(f"/en/passages/{DISTRESS}")
    page.go_back()

    ask(page, "And in 2023?")
    chips = page.locator(".chips a")
    expect(chips).to_have_count(3)
    chips.first.click()
    expect(chips).to_have_count(2)
    page.get_by_role("link", name="Apply the limits taken from the question").click()
    expect(chips).to_have_count(3)
    page.locator(".toggle a").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator(".turn > h2")).to_contain_text("And in 2023?")
    page.locator(".earlier a").first.click()
    expect(page.locator(".turn > h2")).to_contain_text("How could AI help call centres?")
    expect(page.locator("article.passage").first.locator("blockquote[lang=fr]")).to_have_text(quote)

    page.locator(".turn > .take summary").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Word").first.click()
    document = Document(str(started.value.path()))
    held = [item.text for item in document.paragraphs]
    held += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any(quote in text for text in held)

    page.locator("form.feedback button").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")

    page.goto("/fr/?q=passeports")
    page.locator("[data-clear]").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#q")).to_have_value("")
