"""Sections of an outline: all opened and closed at once, each by itself, every one on paper."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language

pytestmark = pytest.mark.browser
ASKED: dict[Language, tuple[str, str]] = {
    "fr": ("Résume la réunion du 1er novembre 2024", "Quels thèmes reviennent le plus souvent ?"),
    "en": ("Summarize the meeting of November 1, 2024", "Which themes come up most often?"),
}


def outlines(language: Language) -> list[str]:
    """Address a digest, themes and a meeting."""
    asked = [f"/{language}/?q={quote(question)}" for question in ASKED[language]]
    return [*asked, f"/{language}/meetings/2025-03-25"]


@pytest.fixture
def phone(browser: Browser, origin: str) -> Iterator[Page]:
    """A tab on a phone, with JavaScript."""
    context = browser.new_context(base_url=origin, viewport={"width": 375, "height": 740})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_sections_are_opened_and_closed_at_once(phone: Page, language: Language) -> None:
    """The button says what it does next, also where a reader opens the last one by hand."""
    words = catalogue(language)
    for address in outlines(language):
        phone.goto(address)
        folds, button = phone.locator("details:is(.fold, .folded)"), phone.locator("[data-unfold]")
        number = folds.count()
        assert number > 2
        shut = phone.locator("details:is(.fold, .folded):not([open])")
        expect(button).to_have_text(words.raw("page.folds.open"))
        button.press("Enter")
        expect(shut).to_have_count(0)
        expect(button).to_be_focused()
        expect(button).to_have_text(words.raw("page.folds.close"))
        button.click()
        expect(shut).to_have_count(number)
        for fold in folds.all():
            fold.locator("summary").first.click()
        expect(button).to_have_text(words.raw("page.folds.close"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_themes_are_an_outline(phone: Page, language: Language) -> None:
    """Each theme is a line with its count; its quotes, a tap away, do not push the others down."""
    phone.goto(outlines(language)[1])
    folds = phone.locator(".themes .fold")
    counts = folds.locator("summary .count").all_inner_texts()
    assert len(counts) == folds.count() > 5
    for fold, count in zip(folds.all(), counts, strict=True):
        assert int(count.split()[0]) == fold.locator(".quoted > li").count()
        expect(fold.locator("blockquote").first).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_shows_every_section(phone: Page, language: Language) -> None:
    """Nothing is left folded, whatever was open, and no button is printed."""
    for address in outlines(language):
        phone.goto(address)
        phone.emulate_media(media="print")
        for item in phone.locator(".fold .mine blockquote, .folded blockquote").all():
            expect(item).to_be_visible()
        expect(phone.locator("[data-unfold]")).to_be_hidden()
        phone.emulate_media(media="screen")


def test_paper_shows_every_section_where_style_sheets_cannot(phone: Page) -> None:
    """A browser without the means opens them while it prints, and folds them afterwards."""
    phone.add_init_script("CSS.supports = () => false")
    phone.goto(outlines("en")[0])
    shut = phone.locator("details.fold:not([open])")
    before = shut.count()
    assert before
    phone.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(shut).to_have_count(0)
    phone.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(shut).to_have_count(before)


def test_without_javascript_each_section_opens_by_itself(page: Page) -> None:
    """No button that does nothing."""
    page.goto(outlines("en")[0])
    expect(page.locator("[data-unfold]")).to_be_hidden()
    last = page.locator("details.fold").last
    expect(last.locator("blockquote").first).to_be_hidden()
    last.locator("summary").first.click()
    expect(last.locator("blockquote").first).to_be_visible()
