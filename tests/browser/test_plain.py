"""The plain pages by keyboard."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_keyboard_reaches_the_links_at_the_foot(page: Page, language: str) -> None:
    """Tab from the top passes the header, then the four plain pages; Enter opens one."""
    page.goto(f"/{language}/accessibility")
    links = page.locator("footer nav a")
    expect(links).to_have_count(4)
    for _ in range(page.locator("a").count() - 3):
        page.keyboard.press("Tab")
    for number in range(4):
        expect(links.nth(number)).to_be_focused()
        if number < 3:
            page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/' + language)[0]}/{language}/changes")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
