"""A visit in a browser behind nginx, below a path of a site, served by two processes in turn."""

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
QUESTION = "Que dit-on des passeports et de la confiance ?"


def test_a_question_is_asked_answered_and_followed_to_its_evidence(
    browser: Browser, below: str
) -> None:
    """The answer streams in, its address is kept, the quote opens, the other language is a click.

    Nothing that the browser asks for lies outside of the path, and nothing fails.
    """
    context = browser.new_context(locale="fr-CA")
    tab = context.new_page()
    asked: list[str] = []
    failed: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("response", lambda it: failed.append(it.url) if it.status >= 400 else None)
    # The bare path leads to the site, by HTTPS, which nothing serves here.
    tab.goto(f"{below}/fr/")
    tab.locator("#q").fill(QUESTION)
    tab.locator("#q").press("Enter")
    quote = tab.locator(".turn:not([aria-busy]) article.passage blockquote[lang=fr]").first
    said = quote.inner_text()
    assert tab.url.startswith(f"{below}/fr/?q=")
    assert any(url.startswith(f"{below}/fr/stream?") for url in asked)
    assert tab.evaluate("document.fonts.check('1rem Lato')") is True
    tab.locator("nav.toggle a").click()
    tab.wait_for_url(f"{below}/en/?q=*")
    again = tab.locator("article.passage").first
    assert again.inner_text()
    tab.goto(f"{below}/docs")
    tab.locator(".opblock").first.wait_for()
    context.close()
    assert said
    assert [url for url in asked if not url.startswith((f"{below}/", "data:"))] == []
    assert failed == []
