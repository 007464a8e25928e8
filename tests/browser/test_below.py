"""A visit in a browser behind nginx, below a path of a site."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.proxied import PATH, proxied

pytestmark = pytest.mark.browser
QUESTION = "Que dit-on des passeports et de la confiance ?"


@pytest.fixture(params=["kept", "taken away"])
def below(
    request: pytest.FixtureRequest, settings: Settings, service: QAService, tmp_path: Path
) -> Iterator[str]:
    """Address of the service, with nginx set up in either way."""
    changed = settings.model_copy(update={"public_url": f"https://127.0.0.1{PATH}"})
    workers = [build_app(changed, lambda _: service) for _ in range(2)]
    with proxied(tmp_path, *workers) as found:
        yield found[request.param]


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
    tab.goto(f"{below}/")
    assert tab.url == f"{below}/fr/"
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
