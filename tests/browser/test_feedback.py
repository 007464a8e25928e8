"""Feedback from the form under an answer to the maintainers' page, without JavaScript."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.addresses import ENGLISH
from tests.browser.axe import violations

pytestmark = pytest.mark.browser


def send(page: Page, language: str, comment: str) -> None:
    """Ask, tap, and say why on the page that follows."""
    page.goto(f"/{language}/?q={ENGLISH}")
    page.locator("form.feedback button").nth(1).click()
    form = page.locator("form.feedback")
    form.get_by_role("combobox").select_option("missing-passage")
    form.get_by_role("textbox").fill(comment)
    form.get_by_role("button").click()


def test_a_reader_sends_feedback_and_the_maintainer_reads_it(page: Page, origin: str) -> None:
    """Kept without the number typed; thanked for; listed; and back to the question."""
    send(page, "fr", "Il manque la réunion de juin.\nNAS 130 692 544")
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci de votre avis")
    expect(page.locator("form.feedback")).to_have_count(0)
    expect(page.locator("dl.facts")).to_contain_text("Il manque la réunion de juin.")
    expect(page.locator("dl.facts")).to_contain_text("numéro d’assurance sociale")
    expect(page.locator("main")).not_to_contain_text("130 692 544")
    page.get_by_role("link", name="Revenir à la question").click()
    expect(page.locator("section.answer h2").first).to_contain_text(ENGLISH)
    page.goto("/en/feedback?useful=no")
    kept = page.locator("section.kept").first
    expect(kept).to_contain_text("Il manque la réunion de juin.")
    expect(kept).to_contain_text("A passage is missing")
    kept.get_by_role("link").first.click()
    expect(page).to_have_url(f"{origin}/en/passages/2024-11-01-s-9f742ebe")
    page.goto("/en/feedback?useful=no")
    page.get_by_role("link", name="Ask the question again").first.click()
    expect(page.locator("section.answer h2").first).to_contain_text(ENGLISH)


def test_a_page_of_another_origin_cannot_send_it(browser: Browser, origin: str) -> None:
    """A form on a page without an origin of ours is refused."""
    tab = browser.new_page()
    tab.set_content(
        f'<form method="post" action="{origin}/en/feedback"><input name="useful" value="yes">'
        '<input name="question" value="x"><input name="status" value="answered">'
        "<button>Send</button></form>"
    )
    tab.get_by_role("button").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(
        "Nothing shows that the form comes from this site"
    )
    tab.close()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_no_violation(browser: Browser, origin: str, language: str, width: int) -> None:
    """On the list, the thanks and the form to correct; nothing scrolls sideways."""
    context = browser.new_context(base_url=origin, viewport={"width": width, "height": 900})
    # Without the client the form leads to pages of its own; the checker still needs scripts.
    context.route("**/built/*.js", lambda route: route.abort())
    tab = context.new_page()

    def check() -> None:
        assert violations(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width

    tab.goto(f"/{language}/?q={ENGLISH}")
    tab.locator("form.feedback button").nth(1).click()
    tab.wait_for_url("**/feedback/thanks?id=*")
    check()
    send(tab, language, "x" * 300)
    expect(tab.locator("form.feedback")).to_have_count(0)
    check()
    tab.goto(f"/{language}/feedback")
    check()
    send(tab, language, "x" * 2001)
    expect(tab.locator("#problem")).to_be_visible()
    check()
    context.close()
