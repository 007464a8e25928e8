"""The choice to have an answer phrased, with a real model behind a real server in between."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ccs_qa.http.app import build_app
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Language, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.addresses import ENGLISH
from tests.browser.axe import violations
from tests.generate.fault_server import FaultServer, misbehaving
from tests.phrasing import phrasing_service
from tests.serving import served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(service: QAService) -> Iterator[FaultServer]:
    """A model that repeats the first sentence of the first quote, and names it."""
    quote = service.ask(Question(ENGLISH)).citations[0].hit.passage.renditions
    sentence = re.split(r"(?<=\.)\s", quote.best("en").text)[0]
    with misbehaving(reply=f"{sentence} [1]") as found:
        yield found


@pytest.fixture(scope="module")
def site(settings: Settings, service: QAService, server: FaultServer) -> Iterator[str]:
    """Address of an application that asks it."""
    made = phrasing_service(service, settings, server.url, llm_failures=100)
    with served(build_app(settings, lambda _: made)) as origin:
        yield origin


def visit(browser: Browser, site: str, *, script: bool) -> Page:
    """A fresh tab, which the browser fixture closes in the end."""
    return browser.new_context(base_url=site, java_script_enabled=script).new_page()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_the_choice_is_made_kept_and_taken_back(
    browser: Browser, site: str, server: FaultServer, *, script: bool
) -> None:
    """Ticked, the answer is the model's and says so; it stays ticked; unticked, quotes alone."""
    server.behaviour = "fine"
    tab = visit(browser, site, script=script)
    tab.goto("/en/")
    box = tab.get_by_role("checkbox", name=catalogue("en").text("page.ask.wording"))
    expect(box).not_to_be_checked()
    box.check()
    tab.locator("#q").fill(ENGLISH)
    tab.locator("#ask button").click()
    shown = tab.locator("p.generated")
    expect(shown).to_contain_text(server.reply.removesuffix(" [1]"))
    expect(tab.locator(".note.wording")).to_have_text(catalogue("en").text("generation.used"))
    expect(tab).to_have_url(re.compile("wording=model"))
    shown.get_by_role("link").first.click()
    expect(tab.locator("#c1")).to_be_in_viewport()
    tab.reload()
    expect(shown).to_be_visible()
    expect(box).to_be_checked()
    tab.locator(".toggle a").click()
    expect(tab.locator("html")).to_have_attribute("lang", "fr")
    expect(tab.locator("#wording")).to_be_checked()
    tab.go_back()
    box.uncheck()
    tab.locator("#q").fill(ENGLISH)
    tab.locator("#ask button").click()
    expect(tab).not_to_have_url(re.compile("wording"))
    expect(tab.locator("article.passage").first).to_be_visible()
    expect(tab.locator(".generated, .note.wording")).to_have_count(0)
    tab.context.close()


def test_links_heed_what_is_ticked_now(browser: Browser, site: str, server: FaultServer) -> None:
    """With JavaScript, an example that is followed with the box ticked is phrased."""
    server.behaviour = "fine"
    tab = visit(browser, site, script=True)
    tab.goto("/en/")
    tab.locator("#wording").check()
    tab.get_by_role("link", name=ENGLISH).click()
    expect(tab.locator("p.generated")).to_be_visible()
    expect(tab).to_have_url(re.compile("wording=model"))
    tab.context.close()


@pytest.mark.parametrize("behaviour", ["fine", "refused"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_no_violation(
    browser: Browser, site: str, server: FaultServer, language: Language, behaviour: str
) -> None:
    """With the choice, a phrased answer or a notice, on a phone and on a screen."""
    server.behaviour = behaviour
    for width in (320, 1280):
        context = browser.new_context(base_url=site, viewport={"width": width, "height": 900})
        tab = context.new_page()
        for address in ("about", "privacy", f"?q={ENGLISH}&wording=model"):
            tab.goto(f"/{language}/{address}")
            assert violations(tab) == [], address
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, address
        notice = "generation.used" if behaviour == "fine" else "generation.unavailable"
        # A sentence in English is no answer in French.
        if language == "fr" and behaviour == "fine":
            notice = "generation.unsupported"
        expect(tab.locator(".note.wording")).to_have_text(catalogue(language).text(notice))
        context.close()
