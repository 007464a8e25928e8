"""Meetings, search and timeline as they look: on a phone, on a desk, on paper, in any colours."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.addresses import DISTRESS, ENGLISH
from tests.browser.axe import violations

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 375, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
BOTH = pytest.mark.parametrize("language", ["fr", "en"])
# Pixels of the page of the meeting of March 25, 2025, on a phone, when each of its sixteen bullets
# was a box in two languages.
BOXES = 10313
MEETING = "/meetings/2025-03-25"
# How a page may be looked at: the options of a visitor.
SEEN: dict[str, dict[str, object]] = {
    "400 %": {"viewport": {"width": 320, "height": 256}},  # 1280 by 1024
    "desk": {"viewport": DESK},
    "dark": {"viewport": PHONE, "color_scheme": "dark"},
    "forced": {"viewport": DESK, "forced_colors": "active"},
}
PAGES = (
    "/",
    f"/?q={ENGLISH}",
    "/?q=recette+de+tarte+aux+pommes",
    "/?q=%3F",
    f"/passages/{DISTRESS}",
    "/meetings",
    MEETING,
    f"{MEETING}?text=both",
    "/search",
    "/search?q=trust+in+2023",
    "/search?q=passports&by=words&page=1",
    "/search?q=IA&meeting=2024-06-27&year=2024&text=fr",
    "/search?q=tourti%C3%A8re+passeport&by=words",
    "/search?q=%3F&meeting=2020-01-01",
    "/timeline",
    "/timeline?topic=remote+areas",
    "/timeline?topic=getting+answers+at+the+counter",
    "/about",
    "/privacy",
    "/accessibility",
    "/changes",
    "/nowhere",
)


@pytest.fixture
def phone(browser: Browser, origin: str) -> Iterator[Page]:
    """A tab on a phone."""
    context = browser.new_context(base_url=origin, viewport=PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser, origin: str) -> Iterator[Page]:
    """A tab on a desk."""
    context = browser.new_context(base_url=origin, viewport=DESK)
    yield context.new_page()
    context.close()


def height(tab: Page) -> int:
    """Measure the page."""
    return int(tab.evaluate("document.documentElement.scrollHeight"))


@BOTH
def test_a_meeting_is_short_on_a_phone_and_unfolds(phone: Page, language: str) -> None:
    """A third of what it was, headings in view; a section opens on a tap and from an anchor."""
    phone.goto(f"/{language}{MEETING}")
    assert 3 * height(phone) <= BOXES
    expect(phone.locator(".body h2")).to_have_count(4)
    quotes = phone.locator(".folded blockquote")
    expect(quotes.first).to_be_hidden()
    phone.locator(".folded summary").first.click()
    expect(quotes.first).to_be_visible()
    phone.goto(f"/{language}/meetings/{DISTRESS[:10]}#{DISTRESS}")
    expect(phone.locator("li:target blockquote")).to_be_in_viewport()


@BOTH
def test_a_meeting_lies_open_on_a_desk_and_on_paper(desk: Page, language: str) -> None:
    """Every bullet shows without a click, contents and question beside them."""
    desk.goto(f"/{language}{MEETING}")
    for quote in desk.locator(".bullets blockquote").all():
        expect(quote).to_be_visible()
    expect(desk.locator(".folded summary").first).to_be_hidden()
    expect(desk.locator(".contents a")).to_have_count(3)
    desk.locator(".contents a").last.click()
    expect(desk.locator(".body h2").last).to_be_in_viewport()
    expect(desk.locator(".aside form")).to_be_in_viewport()
    desk.emulate_media(media="print")
    desk.set_viewport_size(PHONE)
    for quote in desk.locator(".bullets blockquote").all():
        expect(quote).to_be_visible()
    for selector in (".languages", ".contents", ".aside form", ".folded summary"):
        expect(desk.locator(selector).first).to_be_hidden()


@BOTH
@pytest.mark.parametrize(
    "query",
    [
        "passports",
        "trust+in+2023",
        "accessibilit%C3%A9&by=words",
        "confiance&meeting=2023-01-19&text=en",
    ],
)
def test_the_first_result_is_on_the_first_screen_of_a_phone(
    phone: Page, language: str, query: str
) -> None:
    """Filters are folded: the first passage begins within 740 pixels."""
    phone.goto(f"/{language}/search?q={query}")
    expect(phone.locator(".found blockquote").first).to_be_in_viewport()
    expect(phone.locator(".facets input").first).to_be_hidden()


def test_a_reader_chooses_words_or_meaning(phone: Page) -> None:
    """The choice is one tap beside the field, and stays chosen."""
    phone.goto("/en/search?q=passports")
    phone.get_by_label("by words").check()
    phone.get_by_role("search").get_by_role("button", name="Search", exact=True).click()
    expect(phone.locator(".results h2").last).to_contain_text("passages contain “passports”")
    expect(phone.get_by_label("by words")).to_be_checked()
    assert "by=words" in phone.url


@pytest.mark.parametrize("seen", SEEN.values(), ids=list(SEEN))
@BOTH
def test_axe_finds_no_violation(
    browser: Browser, origin: str, language: str, seen: dict[str, object]
) -> None:
    """Nothing scrolls sideways, headings are in order, folded or not, in any colours."""
    context = browser.new_context(base_url=origin, **seen)  # type: ignore[arg-type]  # options
    tab = context.new_page()
    for address in PAGES:
        tab.goto(f"/{language}{address}")
        tab.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
        assert violations(tab) == [], address
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        levels = tab.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((item) => +item.tagName[1])"
        )
        assert levels[0] == 1, address
        assert levels.count(1) == 1, address
        assert all(after - before <= 1 for before, after in pairwise(levels)), address
    context.close()
