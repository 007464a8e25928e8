"""Every state of an answer: axe looks at it at 400 %, at a desk, in the dark, in forced colours."""

from collections.abc import Callable
from itertools import pairwise
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language
from tests.browser.axe import violations
from tests.browser.screenshots import SLOW
from tests.browser.test_answer_in_view import KINDS
from tests.browser.test_explore import BOTH, SEEN

pytestmark = pytest.mark.browser
OTHERS = {
    "related": (
        "Quelles écoles offrent de la formation sur l’IA ?",
        "Does the committee advise on housing?",
    ),
    "not found": ("Comment fait-on une tourtière ?", "How do I make a tourtière?"),
    "conversation": ("Bonjour", "Hello"),
    "several": (
        "Que dit-on des passeports ? Et que dit-on de la fraude ?",
        "What is said about passports? And what is said about fraud?",
    ),
    "slip": ("Le cout du pasesport est-il un obstacle ?", "Who should own benifit data?"),
}


def sound(tab: Page, state: str) -> None:
    """Check a state: axe is content, nothing scrolls sideways, headings are in order."""
    assert violations(tab) == [], state
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
    levels = tab.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((item) => +item.tagName[1])"
    )
    assert all(after - before <= 1 for before, after in pairwise(levels)), state


def evidence(tab: Page) -> None:
    """Open the passage among its neighbours, and its menu there."""
    tab.locator("[data-evidence]").first.click()
    tab.locator("dialog .take summary").click()


def menus(tab: Page) -> None:
    """Open the menu of the answer, and copy from it."""
    tab.keyboard.press("Escape")
    tab.locator(".turn > .take summary").click()
    tab.locator(".turn > .take [data-copy]").first.click()
    expect(tab.locator(".copied:not(:empty)")).to_be_visible()


def said(tab: Page) -> None:
    """Say that the answer is not useful."""
    tab.locator(".tap button").last.click()
    expect(tab.locator(".said")).to_be_focused()


def followed(tab: Page) -> None:
    """Ask on, and unfold the answer before."""
    tab.locator("#q").fill("2023 ?")
    tab.locator("#q").press("Enter")
    tab.locator(".earlier summary").click()
    tab.locator(".earlier .turn").wait_for()


def lost(tab: Page) -> None:
    """Ask where the service cannot be reached."""
    tab.context.set_offline(True)
    tab.locator("#q").fill("2024 ?")
    tab.locator("#q").press("Enter")
    tab.locator(".problem button").wait_for()
    tab.context.set_offline(False)


def resumed(tab: Page) -> None:
    """Begin at home, where the conversation is offered."""
    tab.locator(".menu a").first.click()
    expect(tab.locator("#resume a")).to_be_visible()


def long(tab: Page) -> None:
    """Paste more than can be asked."""
    tab.locator("#q").fill("a b " * 1251)
    expect(tab.locator("#length")).to_be_visible()


# Each goes on from the one before.
STEPS: tuple[Callable[[Page], None], ...] = (evidence, menus, said, followed, lost, resumed, long)


@pytest.mark.parametrize("seen", SEEN.values(), ids=list(SEEN))
@BOTH
def test_axe_finds_nothing_in_any_state(
    browser: Browser, origin: str, language: Language, seen: dict[str, object]
) -> None:
    """The kinds of answer, all unfolded; then one visit, looked at after each step."""
    context = browser.new_context(base_url=origin, reduced_motion="reduce", **seen)  # type: ignore[arg-type]  # options
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab, place = context.new_page(), LANGUAGES.index(language)
    asked = {name: questions for name, (questions, _) in KINDS.items()} | OTHERS
    for name, questions in asked.items():
        tab.goto(f"/{language}/?q={quote(questions[place])}")
        tab.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
        sound(tab, name)
    tab.goto(f"/{language}/?q={quote(KINDS['quotes'][0][place])}")
    for step in STEPS:
        step(tab)
        sound(tab, step.__name__)
    context.close()


@pytest.mark.parametrize("seen", SEEN.values(), ids=list(SEEN))
@BOTH
def test_axe_finds_nothing_while_an_answer_is_awaited(
    browser: Browser, origin: str, language: Language, seen: dict[str, object]
) -> None:
    """What was understood stands there, the rest is still to come, and that is said."""
    context = browser.new_context(base_url=origin, reduced_motion="reduce", **seen)  # type: ignore[arg-type]  # options
    context.add_init_script(SLOW)
    tab = context.new_page()
    tab.goto(f"/{language}/")
    tab.locator("#q").fill(KINDS["quotes"][0][LANGUAGES.index(language)])
    tab.locator("#q").press("Enter")
    tab.locator(".turn .understood").wait_for()
    expect(tab.locator(".turn[aria-busy] .wait")).to_contain_text(
        catalogue(language).raw("page.ask.wait")
    )
    sound(tab, "awaited")
    context.close()
