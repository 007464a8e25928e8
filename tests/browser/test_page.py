"""What a person does on the page, without JavaScript."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.addresses import ADDRESSES, DISTRESS, ENGLISH, FRENCH
from tests.browser.axe import violations

pytestmark = pytest.mark.browser


def ask(page: Page, question: str) -> None:
    """Type a question and send it."""
    page.get_by_role("search").get_by_role("textbox").fill(question)
    page.get_by_role("search").get_by_role("button").click()


def test_a_french_reader_asks_reads_and_opens_the_evidence(page: Page) -> None:
    """The root leads to French; the quote stands beside its translation and in its meeting."""
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    ask(page, FRENCH)
    first = page.locator("article.passage").first
    expect(first.locator("blockquote")).to_have_count(2)
    expect(first.locator("blockquote[lang=fr]")).to_contain_text("passeport")
    expect(first.locator("blockquote[lang=en]")).to_contain_text("passport")
    expect(first).to_contain_text("Texte officiel")
    expect(first).to_contain_text("Traduction non officielle")
    quote = first.locator("blockquote[lang=fr]").inner_text()
    first.locator(".link a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Passage cité")
    expect(page.locator("blockquote[lang=fr]")).to_have_text(quote)
    page.locator(".intro").get_by_role("link").click()
    expect(page.locator("li:target blockquote[lang=fr]")).to_have_text(quote)


def test_the_toggle_keeps_the_question_and_follow_ups_keep_the_thread(page: Page) -> None:
    """English page, French toggle, the same passage first; then a follow-up."""
    page.goto("/en/")
    ask(page, ENGLISH)
    name = page.locator("article.passage").first.get_attribute("id")
    assert name == DISTRESS
    page.get_by_role("link", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", level=2).first).to_contain_text(ENGLISH)
    assert page.locator("article.passage").first.get_attribute("id") == name
    ask(page, "Et pour le personnel ?")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Et pour le personnel ?")
    expect(page.locator(f"input[name=h][value='{ENGLISH}']")).to_have_count(1)


def test_what_the_summaries_do_not_say_is_said(page: Page) -> None:
    """The budget of the committee is in no summary: no quote is numbered."""
    page.goto("/en/")
    ask(page, "What is the committee's annual budget?")
    expect(page.locator(".number")).to_have_count(0)
    expect(page.locator("section.answer")).to_contain_text("8 meeting summaries were searched")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_no_violation(browser: Browser, origin: str, language: str) -> None:
    """At 200 % no rule is broken and nothing scrolls sideways, on any page.

    At 100 and 400 %, and in other colours: `test_explore.py` and, of answers, `test_states.py`.
    """
    width = 640  # half of a window of 1280
    context = browser.new_context(base_url=origin, viewport={"width": width, "height": 900})
    tab = context.new_page()
    for address in ADDRESSES:
        tab.goto(address.format(language=language))
        assert violations(tab) == [], address
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()


def test_every_request_goes_to_our_origin(browser: Browser, origin: str) -> None:
    """A whole visit, scripts allowed: nothing is asked of anyone else, nothing is refused."""
    context = browser.new_context(base_url=origin)
    tab = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    for address in ADDRESSES[:-1]:
        tab.goto(address.format(language="en"))
    assert len(asked) > len(ADDRESSES)
    assert [url for url in asked if not url.startswith(f"{origin}/")] == []
    assert [text for text in said if "422" not in text] == []
    context.close()


def test_the_keyboard_reaches_everything_in_order(browser: Browser, origin: str) -> None:
    """Tab goes through skip link, language, site name, navigation, question, button."""
    context = browser.new_context(base_url=origin)
    tab = context.new_page()
    tab.goto("/en/")
    seen = []
    for _ in range(tab.locator("header nav a").count() + 5):
        tab.keyboard.press("Tab")
        seen.append(tab.evaluate("document.activeElement.innerText || document.activeElement.id"))
    assert seen[:3] == ["Skip to main content", "Français", "SAC summaries"]
    at = seen.index("Meetings")
    assert seen[at : at + 3] == ["Meetings", "q", "Ask"]
    context.close()
