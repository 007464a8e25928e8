"""After asking, the answer is on the screen, has the focus, is announced once and stands still."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language
from tests.browser.axe import violations

pytestmark = pytest.mark.browser

SIZES = {"phone": (375, 740), "tablet": (768, 1024), "desk": (1280, 800)}
# Of each kind of answer a question in either language, and what of it must be in view.
KINDS = {
    "quotes": (
        ("Que dit-on des passeports et de la confiance ?", "How could AI help call centres?"),
        "blockquote",
    ),
    "record": (
        ("Quand a eu lieu la dernière réunion ?", "When was the last meeting?"),
        ".lead.record",
    ),
    "digest": (
        ("Résume la réunion du 1er novembre 2024", "Summarize the meeting of November 1, 2024"),
        ".digest blockquote",
    ),
    "list": (
        ("Donne tout ce qui a été dit de la fraude", "List everything said about fraud"),
        ".list h3",
    ),
    "timeline": (
        (
            "Comment a évolué le regard sur les partenariats ?",
            "How has the advice on AI evolved over time?",
        ),
        ".timeline h3",
    ),
    "comparison": (
        (
            "Compare ce que disent les réunions de 2023 et de 2024 sur la confiance",
            "Compare what the 2023 and 2024 meetings say about trust",
        ),
        ".comparison blockquote",
    ),
    "themes": (
        ("Quels thèmes reviennent le plus souvent ?", "Which themes come up most often?"),
        ".themes summary",
    ),
}
# Adds up what moves by itself, and hears what is announced.
WATCH = """
window.moved = 0; window.said = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
addEventListener("DOMContentLoaded", () => {
  const region = document.getElementById("said");
  new MutationObserver(() => region.textContent && window.said.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true });
});
"""
# Holds each piece of an answer back until no move can be laid to the key that was pressed.
SLOW = """
const real = window.fetch;
window.fetch = async (address, options) => {
  const answer = await real(address, options);
  if (!String(address).includes("/stream?")) return answer;
  const pieces = (await answer.text()).split(/(?=event: )/);
  return new Response(new ReadableStream({
    async start(held) {
      for (const piece of pieces) {
        await new Promise((done) => setTimeout(done, 600));
        held.enqueue(new TextEncoder().encode(piece));
      }
      held.close();
    },
  }));
};
"""


def ask(tab: Page, question: str) -> None:
    """Type a question, press Enter, wait for the whole answer."""
    tab.locator("#q").fill(question)
    tab.locator("#q").press("Enter")
    expect(tab.locator(".turn:not([aria-busy])")).to_be_visible()


def whole_line_in_view(found: Locator) -> bool:
    """Whether the first line of a text stands in the window, with nothing above it."""
    seen: bool = found.evaluate(
        """(item) => {
          const { top, left } = item.getBoundingClientRect();
          const size = parseFloat(getComputedStyle(item).lineHeight);
          const at = document.elementFromPoint(left + 2, top + size - 2);
          return top >= 0 && top + size <= innerHeight && (item === at || item.contains(at));
        }"""
    )
    return seen


@pytest.fixture(params=list(SIZES))
def tab(request: pytest.FixtureRequest, browser: Browser, origin: str) -> Iterator[Page]:
    """A visitor with a phone, a tablet or a desk."""
    width, height = SIZES[request.param]
    context = browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": height},
        has_touch=request.param != "desk",
        reduced_motion="reduce",
    )
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_is_in_view_whatever_its_kind(tab: Page, language: Language) -> None:
    """By keyboard: its first line, the focus on its heading, one announcement, the field free."""
    words = catalogue(language)
    for questions, first in KINDS.values():
        question = questions[LANGUAGES.index(language)]
        tab.goto(f"/{language}/")
        ask(tab, question)
        shown = tab.locator(f".turn {first}").first
        expect(shown).to_be_visible()
        assert whole_line_in_view(shown), question
        expect(tab.locator("#asked")).to_be_focused()
        said = tab.evaluate("window.said")
        assert len(said) == 1
        assert said[0].startswith(words.text("status.answered"))
        expect(tab.locator("#q")).to_have_value("")
        assert tab.locator("#conversation + #ask").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_moves_while_an_answer_streams_in(tab: Page, language: Language) -> None:
    """Piece by piece, each later than what the browser lays to the key; then a follow-up."""
    tab.add_init_script(SLOW)
    tab.goto(f"/{language}/")
    for kind in ("quotes", "record", "themes"):
        ask(tab, KINDS[kind][0][LANGUAGES.index(language)])
        assert tab.evaluate("window.moved") <= 0.05, kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_javascript_the_answer_is_in_view(
    browser: Browser, origin: str, language: Language
) -> None:
    """The form leads to the heading of the answer; its first line is in the window."""
    context = browser.new_context(base_url=origin, java_script_enabled=False)
    tab = context.new_page()
    for (width, height), (questions, first) in product(SIZES.values(), KINDS.values()):
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(f"/{language}/")
        tab.locator("#q").fill(questions[LANGUAGES.index(language)])
        tab.locator("#ask button").click()
        expect(tab.locator("#asked")).to_be_in_viewport()
        assert tab.url.endswith("#asked")
        expect(tab.locator(f".turn {first}").first).to_be_in_viewport()
    context.close()


def test_the_quotes_are_the_largest_text(tab: Page) -> None:
    """Of all that is seen of an answer in quotes, nothing is larger, the question included."""
    tab.goto("/en/")
    ask(tab, "What was said about trust in 2023?")
    largest = """() => {
      const sizes = [...document.querySelectorAll('.turn *')]
        .filter((item) => item.checkVisibility() && item.textContent.trim())
        .map((item) => [parseFloat(getComputedStyle(item).fontSize), item.tagName]);
      const most = Math.max(...sizes.map(([size]) => size));
      return [...new Set(sizes.filter(([size]) => size === most).map(([, name]) => name))];
    }"""
    assert set(tab.evaluate(largest)) <= {"BLOCKQUOTE", "MARK"}


def test_the_other_language_is_folded_on_a_phone_and_chosen_at_a_desk(
    browser: Browser, origin: str
) -> None:
    """The choice is made without JavaScript, and kept with it; without, both stand there."""
    question = "/en/?q=How+could+AI+help+call+centres%3F"
    for script in (True, False):
        context = browser.new_context(
            base_url=origin, viewport={"width": 1280, "height": 800}, java_script_enabled=script
        )
        tab = context.new_page()
        tab.goto(question)
        mine = tab.locator("article blockquote[lang=en]").first
        other = tab.locator("article blockquote[lang=fr]").first
        expect(mine).to_be_visible()
        expect(other).to_be_visible()
        tab.get_by_text("French", exact=True).click()
        expect(mine).to_be_hidden()
        expect(other).to_be_visible()
        tab.get_by_text("English", exact=True).click()
        expect(mine).to_be_visible()
        expect(other).to_be_hidden()
        tab.reload()
        expect(mine).to_be_visible()
        if script:
            expect(other).to_be_hidden()
        else:
            expect(other).to_be_visible()
        tab.set_viewport_size({"width": 375, "height": 740})
        expect(mine).to_be_visible()
        expect(other).to_be_hidden()
        tab.get_by_text("See in French").first.click()
        expect(other).to_be_visible()
        context.close()


def test_a_pasted_message_is_asked_whole(tab: Page) -> None:
    """Near the limit it is counted; beyond, it stands whole and is not sent; at it, it is."""
    tab.goto("/en/")
    field = tab.locator("#q")
    expect(tab.locator("#length")).to_be_hidden()
    message = ("Hello,\nwhat did members say about trust? " * 200)[:5001].replace("\n", " \n")
    message = message[:5001] + "." * (5001 - len(message[:5001]))
    field.fill(message)
    expect(tab.locator("#length")).to_have_text("5,001 of 5,000 characters")
    field.press("Enter")
    expect(tab.locator(".turn")).to_have_count(0)
    assert tab.evaluate("document.querySelector('#q').validationMessage") == catalogue("en").text(
        "error.question.long", longest=5000
    )
    expect(field).to_have_value(message)
    field.fill(message[:-1])
    field.press("Enter")
    expect(tab.locator(".turn:not([aria-busy])")).to_be_visible(timeout=60_000)
    expect(tab.locator(".turn .problem")).to_have_count(0)
    tab.locator(".whole summary").click()
    expect(tab.locator(".whole p")).to_have_text(" ".join(message[:-1].split()))


def test_several_questions_are_several_answers(tab: Page) -> None:
    """Each under its own heading, with its own quotes; nothing scrolls sideways, axe is content."""
    tab.goto("/en/")
    ask(tab, "What is said about passports? And what is said about artificial intelligence?")
    expect(tab.locator(".turn > h3")).to_have_count(2)
    expect(tab.locator(".turn > .form")).to_have_count(2)
    expect(tab.locator(".turn > h3").first).to_have_text("What is said about passports?")
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
