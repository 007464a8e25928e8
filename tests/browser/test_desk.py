"""A clerk brings a meeting in, reads, approves, publishes it under load and undoes it, plain."""

import html
import http.client
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.http import running_server
from ccs_qa.corpus.reader import read_page
from ccs_qa.settings import Settings
from tests.browser.axe import violations
from tests.conftest import ROOT
from tests.ninth import NINTH, ninth_pages
from tests.serving import own_index

pytestmark = pytest.mark.browser
ASKED = "Les phares devraient-ils rester allumés toute l'année ?"
FRENCH, ENGLISH = ninth_pages()


@pytest.fixture(scope="module")
def origin(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with a corpus, an index and a desk of its own."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    own_index(settings.index, folder / "index")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("corpus", "index", "desk"):
            patch.setenv(f"CCS_QA_{name.upper()}", str(folder / name))
        patch.setenv("CCS_QA_DATABASE", f"sqlite:///{folder / 'kept.sqlite3'}")
        patch.setenv("CCS_QA_LOCAL_ADMIN", "true")  # no proxy runs here
        with running_server() as port:
            yield f"http://127.0.0.1:{port}"


def as_saved(page: str) -> str:
    """Write a page as a browser saves it."""
    lines, tags = [], {"page_title": "h1", "year": "h2", "date": "h3", "heading": "h4"}
    for block in read_page("page", page).blocks:
        said = html.escape(block.text)
        tag = tags.get(block.role, "p")
        listed = block.role in {"statement", "objective_item"}
        lines.append(f"<ul><li>{said}</li></ul>" if listed else f"<{tag}>{said}</{tag}>")
    body = "".join(lines)
    return f"<!DOCTYPE html><html><body><nav><a>Menu</a></nav><main>{body}</main></body></html>"


@dataclass
class Readers:
    """Who asks the same again and again, and what became of it."""

    origin: str
    statuses: list[int] = field(default_factory=list)
    found: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Ask until told to stop; note the first answer from the new meeting."""
        body = json.dumps({"question": ASKED})
        with closing(http.client.HTTPConnection(self.origin.removeprefix("http://"))) as line:
            while not self.ended.is_set():
                line.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
                response = line.getresponse()
                self.statuses.append(response.status)
                answer = json.loads(response.read())
                given = (*answer["citations"], *answer["nearest"])
                if any(item["meeting"]["date"] == NINTH for item in given):
                    self.found.set()


def press(page: Page, name: str) -> None:
    """Press a button with the keyboard."""
    page.get_by_role("button", name=name).first.focus()
    page.keyboard.press("Enter")


def bring(page: Page, language: str, name: str, text: str, status: str) -> None:
    """Fill the form in and send it."""
    page.goto("/fr/desk")
    page.get_by_role("link", name="Verser une page").press("Enter")
    page.locator("#file").set_input_files(
        {"name": name, "mimeType": "text/html", "buffer": text.encode()}
    )
    page.locator(f"#lang-{language}").press("Space")
    page.locator(f"#status-{status}").press("Space")
    press(page, "Verser au brouillon")


def refresh(page: Page, shown: Callable[[], bool]) -> None:
    """Follow the link that shows how far the work is, until it is there."""
    while not shown():
        page.get_by_role("link", name="Actualiser").press("Enter")
        time.sleep(0.3)


def test_a_clerk_publishes_a_meeting_while_people_ask(
    page: Page, origin: str, record_property: Callable[[str, object], None]
) -> None:
    """French, then English, read, approved, tried, published: no request fails; and undone."""
    bring(page, "fr", "reunions.html", as_saved(FRENCH), "official")
    expect(page.get_by_role("heading", name="20 novembre 2025")).to_be_visible()
    expect(page.locator("ins").first).to_be_visible()
    bring(page, "en", "meetings.html", as_saved(ENGLISH), "unofficial_translation")
    expect(page.locator("ins", has_text="Ferry timetables")).to_be_visible()
    press(page, "Approuver ces paires")
    expect(page.locator("#pairs")).to_have_count(0)

    readers = Readers(origin)
    threads = [threading.Thread(target=readers.ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        press(page, "Publier")
        pressed = time.monotonic()
        refresh(page, lambda: "Publication terminée" in page.locator("#work").inner_text())
        published = time.monotonic()
        assert readers.found.wait(60)
        answered = time.monotonic()
    finally:
        readers.ended.set()
        for thread in threads:
            thread.join()
    record_property("seconds to publish", round(published - pressed, 1))
    record_property("seconds from then to an answer", round(answered - published, 1))
    record_property("requests", len(readers.statuses))
    assert set(readers.statuses) == {200}

    page.goto(f"/fr/?q={ASKED}")
    expect(page.locator("main")).to_contain_text("gardiens devraient être consultés")
    page.goto("/fr/desk")
    press(page, "Remettre en service")
    expect(page.locator("main")).to_contain_text("ne sont pas ceux de l’édition en service")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_no_violation(browser: Browser, origin: str, language: str) -> None:
    """Every page of the desk, with a draft under way, wide and narrow."""
    context = browser.new_context(base_url=origin)
    tab = context.new_page()
    tab.goto(f"/{language}/desk/bring")
    tab.locator("#text").fill(ENGLISH)
    tab.locator("#lang-fr").check()
    tab.locator("main button").click()
    expect(tab.locator("#problem")).to_be_visible()
    assert violations(tab) == []
    for tongue, text in (("fr", FRENCH), ("en", ENGLISH)):
        tab.goto(f"/{language}/desk/bring")
        tab.locator("#text").fill(text)
        tab.locator(f"#lang-{tongue}").check()
        tab.locator("main button").click()
    passage = (
        tab.locator("section:not(#pairs) article h3")
        .first.inner_text()
        .partition("(")[2]
        .removesuffix(")")
    )
    pages = ("", "/bring", "/changes", "/hints", f"/hints?passage={passage}", "/try")
    for width in (1280, 320):
        tab.set_viewport_size({"width": width, "height": 800})
        for path in pages:
            tab.goto(f"/{language}/desk{path}")
            assert violations(tab) == [], path
            assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
    tab.goto(f"/{language}/desk")
    tab.locator("form[action$=discard] button").click()
    context.close()
