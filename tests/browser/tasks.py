"""What a person comes for, done on the page: `python -m tests.browser.tasks [CHECKOUT]` times it.

Prints how many actions each task takes, and the median of its seconds, with the code here or, for
the figures of before, with that of another checkout that has its index and assets.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect
from rich.console import Console
from rich.table import Table

from bench.http import running_server
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language
from tests.browser.chromium import running_chromium
from tests.present.models import PASSAGE, QUESTIONS

FOLLOW_UPS: dict[Language, str] = {"fr": "Et pour le personnel ?", "en": "And for staff?"}
COMMENTS: dict[Language, str] = {"fr": "Il manque 2023.", "en": "2023 is missing."}
_VISITS = 5


@dataclass(slots=True)
class Person:
    """Someone at a desk with the page open, whose actions are counted."""

    tab: Page
    language: Language
    actions: int = field(default=0)

    def click(self, what: Locator) -> None:
        """Click once."""
        self.actions += 1
        what.click()

    def type(self, into: Locator, text: str) -> None:
        """Click into a field and type."""
        self.click(into)
        self.actions += 1
        into.fill(text)

    def press(self, key: str) -> None:
        """Press one key."""
        self.actions += 1
        self.tab.keyboard.press(key)

    def named(self, key: str) -> str:
        """Say what something is called on the page."""
        return catalogue(self.language).raw(key)

    def answered(self, question: str) -> Locator:
        """Wait for the whole answer to a question, and give it."""
        turn = self.tab.locator(".turn:not([aria-busy])")
        expect(turn.locator("> h2")).to_contain_text(question)
        return turn


def find(person: Person) -> str:
    """Ask, and read the first quote."""
    question = QUESTIONS[person.language]
    person.type(person.tab.locator("#q"), question)
    person.press("Enter")
    return person.answered(question).locator("blockquote").first.inner_text()


def check(person: Person) -> str:
    """See the quote among its neighbours, and come back."""
    person.click(person.tab.locator("[data-evidence]").first)
    shown = person.tab.locator("dialog [aria-current=true] blockquote").first.inner_text()
    person.press("Escape")
    expect(person.tab.locator("dialog")).to_be_hidden()
    return shown


def copy(person: Person) -> str:
    """Copy the quote with its source, for a note."""
    menu = person.tab.locator(f".passage[id='{PASSAGE}'] .take")
    person.click(menu.locator("summary"))
    person.click(menu.get_by_role("link", name=person.named("take.here")))
    expect(menu.locator(".copied")).to_have_text(person.named("export.copied"))
    return str(person.tab.evaluate("navigator.clipboard.readText()"))


def forward(person: Person) -> str:
    """Save the answer as a Word file, and say where it lies."""
    menu = person.tab.locator(".turn > .take")
    person.click(menu.locator("summary"))
    with person.tab.expect_download() as started:
        person.click(menu.get_by_role("link", name=person.named("export.word")).first)
    return str(started.value.path())


def follow_up(person: Person) -> str:
    """Ask on, and read what was understood."""
    question = FOLLOW_UPS[person.language]
    person.type(person.tab.locator("#q"), question)
    person.press("Enter")
    return person.answered(question).locator(".understood").inner_text()


def come_back(person: Person) -> str:
    """Begin at home the next day, and take the conversation up again."""
    person.actions += 1
    person.tab.goto(f"/{person.language}/")
    person.click(person.tab.locator("#resume a"))
    return person.answered(FOLLOW_UPS[person.language]).locator("> h2").inner_text()


def report(person: Person) -> str:
    """Say that the answer is wrong, and why."""
    person.click(person.tab.locator(".tap button").last)
    person.actions += 1
    person.tab.locator("#feedback-reason").select_option(index=1)
    person.type(person.tab.locator("#feedback-comment"), COMMENTS[person.language])
    person.click(person.tab.locator("form.feedback button"))
    kept = person.tab.locator(".said .facts")
    expect(kept).to_be_visible()
    return kept.inner_text()


TASKS: tuple[Callable[[Person], str], ...] = (
    find,
    check,
    copy,
    forward,
    follow_up,
    come_back,
    report,
)


@dataclass(frozen=True, slots=True)
class Done:
    """A task done: how many actions and seconds it took, and what came of it."""

    task: str
    actions: int
    seconds: float
    result: str


def visit(browser: Browser, origin: str, language: Language) -> list[Done]:
    """Do every task, one after the other, as one person on one visit."""
    context = browser.new_context(base_url=origin, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(f"/{language}/")
    done = []
    for task in TASKS:
        person, start = Person(tab, language), time.perf_counter()
        result = task(person)
        spent = time.perf_counter() - start
        if task is forward:
            # The file goes with the visit.
            result = Path(result).read_bytes().hex()
        done.append(Done(task.__name__, person.actions, spent, result))
    context.close()
    return done


def main(checkout: Path | None = None) -> None:
    """Print the table."""
    table = Table("task", "language", "actions", "seconds", title=f"Medians of {_VISITS} visits")
    with tempfile.TemporaryDirectory() as folder:
        # What is reported here is kept by nobody.
        os.environ["CCS_QA_DATABASE"] = f"sqlite:///{folder}/kept.sqlite3"
        with running_server(checkout) as port, running_chromium() as browser:
            origin = f"http://127.0.0.1:{port}"
            for language in LANGUAGES:
                visits = [visit(browser, origin, language) for _ in range(_VISITS)]
                for each in zip(*visits, strict=True):
                    seconds = statistics.median(done.seconds for done in each)
                    table.add_row(each[0].task, language, str(each[0].actions), f"{seconds:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None)
