"""What a person does on the page with JavaScript: ask, check, take away, say, clear."""

import datetime as dt
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language, other
from tests.browser.axe import violations
from tests.present.models import PASSAGE, QUESTIONS, model

pytestmark = pytest.mark.browser

FRENCH = "Que dit-on des passeports et de la confiance ?"
ENGLISH = "How could AI help call centres?"
LIMITED = "What was said about trust in 2023?"
DISTRESS = "2024-11-01-s-9f742ebe"
# Counts what the live region says, and what the policy of the page refuses.
WATCH = """
window.said = []; window.refused = [];
addEventListener("securitypolicyviolation", (event) => window.refused.push(event.blockedURI));
addEventListener("DOMContentLoaded", () => {
  const region = document.getElementById("said");
  if (region) new MutationObserver(() => region.textContent && window.said.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true });
});
"""


@pytest.fixture
def context(browser: Browser, origin: str) -> Iterator[BrowserContext]:
    """A visitor with JavaScript, who lets the page write to the clipboard."""
    # Without motion: a colour half way through its transition is no colour of the page.
    context = browser.new_context(
        base_url=origin, locale="en-CA", accept_downloads=True, reduced_motion="reduce"
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    """A tab on the English page."""
    tab = context.new_page()
    tab.goto("/en/")
    return tab


def ask(tab: Page, question: str) -> None:
    """Type a question, press Enter, wait for the whole answer."""
    field = tab.locator("#q")
    field.fill(question)
    field.press("Enter")
    expect(tab.locator(".turn > h2")).to_contain_text(question)
    expect(tab.locator(".turn")).not_to_have_attribute("aria-busy", "true")


def quotes(tab: Page, language: str) -> list[str]:
    """The quotes of the answer shown."""
    texts = tab.locator(f".turn article.passage[id] blockquote[lang={language}]").all_inner_texts()
    assert texts
    return texts


def test_an_answer_streams_in_without_leaving_the_page(tab: Page) -> None:
    """The page is not loaded again; the address names the question; the field is free."""
    tab.evaluate("window.same = true")
    with tab.expect_response("**/en/stream?**") as answered:
        ask(tab, ENGLISH)
    assert answered.value.headers["content-type"].startswith("text/event-stream")
    assert tab.evaluate("window.same") is True
    assert tab.url.endswith("/en/?q=How+could+AI+help+call+centres%3F")
    expect(tab.locator("#q")).to_have_value("")
    expect(tab.locator("#asked")).to_be_focused()
    assert tab.locator("article.passage").first.get_attribute("id") == DISTRESS
    expect(tab).to_have_title(f"{ENGLISH} – SAC summaries")
    assert quotes(tab, "en")
    assert quotes(tab, "fr")


def test_what_streams_in_is_what_the_page_shows(tab: Page) -> None:
    """The same pieces, but for the name of the answer: streamed, then loaded again."""
    script = "document.querySelector('.turn').outerHTML.replace(/[0-9a-f]{32}/g, '')"
    tidy = "({}).replace(/\\s+/g, ' ').replace(/> </g, '><').replace(/ data-question=\"\"/g, '')"
    for question in (ENGLISH, LIMITED, "What is the committee's annual budget?"):
        ask(tab, question)
        tab.locator("[data-clear]").click()
        ask(tab, question)
        streamed = tab.evaluate(tidy.format(script))
        tab.reload()
        assert tab.evaluate(tidy.format(script)) == streamed


def test_the_live_region_speaks_once_an_answer(tab: Page) -> None:
    """Three questions, three announcements; a restored conversation is not announced."""
    for question in (ENGLISH, "And for staff?", "What is the committee's annual budget?"):
        ask(tab, question)
    said = tab.evaluate("window.said")
    assert len(said) == 3
    assert said[0].startswith("Answer found. ")
    tab.reload()
    expect(tab.locator(".turn")).to_be_visible()
    assert tab.evaluate("window.said") == []


def test_evidence_opens_above_the_answer_and_closes_to_where_one_was(tab: Page) -> None:
    """The quote stands once, in its section and in both languages; Escape gives focus back."""
    ask(tab, ENGLISH)
    quote = quotes(tab, "fr")[0]
    link = tab.locator("[data-evidence]").first
    link.focus()
    link.press("Enter")
    dialog = tab.get_by_role("dialog", name="The passage in context")
    expect(dialog.locator("blockquote[lang=fr]")).to_have_text(quote)
    shown = dialog.locator("[aria-current=true] blockquote").first
    assert dialog.inner_text().count(shown.inner_text()) == 1
    expect(dialog.locator("[aria-current=true]")).to_be_focused()
    expect(shown).to_be_in_viewport(ratio=1)
    assert violations(tab) == []
    tab.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_follow_ups_keep_the_thread_and_earlier_answers_unfold(tab: Page) -> None:
    """The follow-up is resolved, the wording searched is shown, the first answer is at hand."""
    ask(tab, ENGLISH)
    first = quotes(tab, "fr")[0]
    ask(tab, "And in 2023?")
    expect(tab.locator(".understood")).to_contain_text(f"{ENGLISH} And in 2023?")
    tab.locator(".earlier summary").first.click()
    expect(tab.locator(".earlier .turn blockquote[lang=fr]").first).to_have_text(first)
    for menu in tab.locator(".passage .take").all():
        expect(menu).to_have_css("border-top-width", "0px")
    assert violations(tab) == []


def test_a_chip_is_removed_and_put_back(tab: Page) -> None:
    """Three meetings of 2023, then two, then what the question names again."""
    ask(tab, LIMITED)
    chips = tab.locator(".chips a")
    expect(chips).to_have_count(3)
    chips.first.click()
    expect(chips).to_have_count(2)
    expect(tab.locator(".understood")).to_contain_text("2 meeting summaries were searched")
    tab.get_by_role("link", name="Apply the limits taken from the question").click()
    expect(chips).to_have_count(3)
    tab.get_by_role("link", name="Search every meeting instead").click()
    expect(tab.locator(".understood")).to_contain_text("8 meeting summaries were searched")


def test_the_toggle_keeps_the_question(tab: Page) -> None:
    """After two streamed answers the other language shows the same conversation."""
    ask(tab, ENGLISH)
    ask(tab, "And in 2023?")
    name = tab.locator("article.passage").first.get_attribute("id")
    tab.get_by_role("link", name="Français", exact=True).click()
    expect(tab.locator("html")).to_have_attribute("lang", "fr")
    expect(tab.locator(".turn > h2")).to_contain_text("And in 2023?")
    assert tab.locator("article.passage").first.get_attribute("id") == name
    expect(tab.locator(".earlier")).to_contain_text(ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_copied_is_what_was_written_down(
    context: BrowserContext, origin: str, language: Language
) -> None:
    """The quote, its source in one language and in both, the answer: the models, each said once."""
    tab = context.new_page()
    tab.goto(f"/{language}/")
    ask(tab, QUESTIONS[language])
    words, second = catalogue(language), other(language)
    copies: tuple[tuple[str, str, Language], ...] = (
        ("take.alone", "quote", language),
        ("take.here", "citation", language),
        ("take.there", "citation", second),
        ("take.both", "both", language),
        ("take.as-text", "answer", language),
    )
    region = tab.locator(".copied:not(:empty)")
    for key, name, spoken in copies:
        menu = ".turn > .take" if name == "answer" else f".passage[id='{PASSAGE}'] .take"
        tab.locator(menu).evaluate("menu => { menu.open = true; }")
        tab.evaluate("navigator.clipboard.writeText('')")
        link = tab.locator(menu).get_by_role("link", name=words.raw(key))
        link.click()
        expect(region).to_have_text(words.raw("export.copied"))
        expect(region).to_have_attribute("role", "status")
        copied = tab.evaluate("navigator.clipboard.readText()").rstrip("\n")
        # An answer is dated on the day that it is taken along.
        day = words.date(dt.datetime.now().date())
        assert copied == model(name, spoken, origin=origin, day=day).rstrip("\n")
    expect(region).to_have_count(0)


def test_one_menu_is_open_at_a_time(tab: Page) -> None:
    """Opening one closes the other; a menu in the evidence copies as well, and says so."""
    ask(tab, ENGLISH)
    tab.locator(".passage .take summary").first.click()
    expect(tab.locator(".take[open]")).to_have_count(1)
    tab.locator(".turn > .take summary").click()
    expect(tab.locator(".take[open]")).to_have_count(1)
    expect(tab.locator("[data-print]")).to_be_visible()
    tab.locator("[data-evidence]").first.click()
    dialog = tab.get_by_role("dialog")
    dialog.locator(".take summary").click()
    dialog.get_by_role("link", name="Quote only").click()
    expect(dialog.locator(".copied")).to_have_text("Copied")
    assert violations(tab) == []


def test_word_opens_with_the_exact_quotes(tab: Page, tmp_path: Path) -> None:
    """A conversation of two questions, saved and opened again with python-docx."""
    ask(tab, ENGLISH)
    shown = quotes(tab, "fr") + quotes(tab, "en")
    ask(tab, FRENCH)
    shown += quotes(tab, "fr") + quotes(tab, "en")
    with tab.expect_download() as started:
        tab.locator(".turn > .take summary").click()
        tab.get_by_role("link", name="Word").last.click()
    saved = tmp_path / started.value.suggested_filename
    started.value.save_as(saved)
    document = Document(BytesIO(saved.read_bytes()))
    held = "\n".join(item.text for item in document.paragraphs) + "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert [quote for quote in shown if quote not in held] == []


def test_feedback_is_sent_from_the_answer(tab: Page) -> None:
    """One tap; the answer stays; what is said afterwards is redacted, and that is said."""
    ask(tab, ENGLISH)
    tab.get_by_role("button", name="Not useful").click()
    expect(tab.locator(".said")).to_be_focused()
    assert violations(tab) == []
    tab.get_by_label("Comment").fill("Write to me at someone@example.ca")
    tab.locator("form.feedback button").click()
    expect(tab.locator(".said")).to_contain_text("email address")
    expect(tab.locator(".said")).to_be_focused()
    expect(tab.locator(".said")).not_to_contain_text("someone@example.ca")
    assert quotes(tab, "fr")
    assert violations(tab) == []


def test_a_conversation_survives_and_is_cleared(tab: Page) -> None:
    """A reload keeps it; home is fresh and offers it; once cleared, nothing is left."""
    ask(tab, ENGLISH)
    ask(tab, "And in 2023?")
    tab.reload()
    expect(tab.locator(".turn > h2")).to_contain_text("And in 2023?")
    tab.get_by_role("link", name="Meetings", exact=True).click()
    tab.get_by_role("link", name="Ask a question").click()
    expect(tab.locator(".turn")).to_have_count(0)
    expect(tab.locator("#resume")).to_have_text("Resume the conversation: And in 2023?")
    tab.locator("#resume a").click()
    expect(tab.locator(".turn > h2")).to_contain_text("And in 2023?")
    tab.locator("[data-clear]").click()
    expect(tab.locator(".turn")).to_have_count(0)
    expect(tab.locator("#resume")).to_be_hidden()
    assert tab.evaluate("sessionStorage.length + localStorage.length") == 0
    tab.reload()
    expect(tab.locator(".turn")).to_have_count(0)


def test_a_lost_connection_loses_nothing(tab: Page, context: BrowserContext) -> None:
    """Off line the question stays in its field and a button asks again."""
    context.set_offline(True)
    tab.locator("#q").fill(ENGLISH)
    tab.locator("#q").press("Enter")
    expect(tab.locator(".problem")).to_contain_text("The service cannot be reached")
    expect(tab.locator("#q")).to_have_value(ENGLISH)
    assert violations(tab) == []
    context.set_offline(False)
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator("article.passage").first).to_be_visible()
    expect(tab.locator(".problem")).to_have_count(0)


def test_a_question_without_words_is_refused_in_place(tab: Page) -> None:
    """The words of the error page, without leaving; the question stays in its field."""
    tab.locator("#q").fill("?")
    tab.locator("#q").press("Enter")
    expect(tab.locator(".problem")).to_contain_text("The question has no words in it.")
    expect(tab.locator("#q")).to_have_value("?")


def test_back_returns_to_the_answer_before(tab: Page) -> None:
    """Each question is a step of the browser's history."""
    ask(tab, ENGLISH)
    ask(tab, FRENCH)
    tab.go_back()
    expect(tab.locator(".turn > h2")).to_contain_text(ENGLISH)


def test_the_same_path_by_keyboard_alone(tab: Page) -> None:
    """Ask, remove a chip, open and close the evidence, follow up, clear: no mouse."""

    def tab_to(selector: str) -> None:
        for _ in range(80):
            if tab.evaluate(f"document.activeElement.matches({selector!r})"):
                outline = "getComputedStyle(document.activeElement).outlineStyle"
                assert tab.evaluate(outline) != "none"
                return
            tab.keyboard.press("Tab")
        pytest.fail(f"Tab never reaches {selector}")

    tab_to("#q")
    tab.keyboard.type(LIMITED)
    tab.keyboard.press("Enter")
    expect(tab.locator(".chips a")).to_have_count(3)
    expect(tab.locator(".turn")).not_to_have_attribute("aria-busy", "true")
    tab_to(".chips a")
    tab.keyboard.press("Enter")
    expect(tab.locator(".chips a")).to_have_count(2)
    expect(tab.locator(".turn")).not_to_have_attribute("aria-busy", "true")
    expect(tab.locator(".turn > h2")).to_be_focused()
    tab_to("[data-evidence]")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_be_hidden()
    tab_to(".passage .take summary")
    tab.keyboard.press("Enter")
    tab_to("[data-copy]")
    tab.keyboard.press("Enter")
    expect(tab.locator(".copied:not(:empty)")).to_have_text("Copied")
    expect(tab.locator("[data-copy]").first).to_be_focused()
    tab_to("form.feedback button")
    tab.keyboard.press("Enter")
    expect(tab.locator(".said")).to_be_focused()
    tab.reload()
    tab_to("#q")
    tab.keyboard.type("And in 2024?")
    tab.keyboard.press("Enter")
    expect(tab.locator(".turn > h2")).to_contain_text("And in 2024?")
    expect(tab.locator(".turn")).not_to_have_attribute("aria-busy", "true")
    tab_to("[data-clear]")
    tab.keyboard.press("Enter")
    expect(tab.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_whole_visit_stays_with_us(context: BrowserContext, origin: str, language: str) -> None:
    """Every request goes to our origin and the policy of the page refuses nothing."""
    tab = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(f"/{language}/")
    ask(tab, FRENCH)
    tab.locator("[data-evidence]").first.click()
    expect(tab.get_by_role("dialog")).to_be_visible()
    tab.keyboard.press("Escape")
    ask(tab, ENGLISH)
    assert tab.evaluate("window.refused") == []
    for path in ("search?q=trust", "timeline?topic=passeports", "meetings", "about"):
        tab.goto(f"/{language}/{path}")
        assert tab.evaluate("window.refused") == []
    assert [url for url in asked if not url.startswith(f"{origin}/")] == []
    assert said == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing_at_twice_the_size(browser: Browser, origin: str, language: str) -> None:
    """640 CSS pixels are a window of 1280 at 200 %; nothing scrolls sideways."""
    context = browser.new_context(
        base_url=origin, viewport={"width": 640, "height": 450}, device_scale_factor=2
    )
    tab = context.new_page()
    tab.goto(f"/{language}/")
    ask(tab, FRENCH)
    ask(tab, LIMITED)
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 640
    context.close()
