"""What a person comes for: in how few actions it is done, and that what comes of it is exact."""

import datetime as dt

import pytest
from playwright.sync_api import Browser

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language
from tests.browser.tasks import COMMENTS, FOLLOW_UPS, visit
from tests.present.models import QUESTIONS, model, word_lines

pytestmark = pytest.mark.browser
# A click, a key, a text typed, a choice, an address opened: each is one.
ACTIONS = {
    "find": 3,
    "check": 2,
    "copy": 2,
    "forward": 2,
    "follow_up": 3,
    "come_back": 2,
    "report": 5,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_does_what_they_came_for(
    browser: Browser, origin: str, language: Language
) -> None:
    """Clipboard and Word file are the models written by hand; nothing takes an action more."""
    done = visit(browser, origin, language)
    assert {each.task: each.actions for each in done} == ACTIONS
    results = {each.task: each.result for each in done}
    day = catalogue(language).date(dt.datetime.now().date())
    citation = model("citation", language, origin=origin)
    assert results["find"] in citation.splitlines()[0]
    assert results["check"] == results["find"]
    assert results["copy"].rstrip("\n") == citation.rstrip("\n")
    written = model("word", language, origin=origin, day=day).splitlines()
    assert word_lines(bytes.fromhex(results["forward"])) == written
    assert f"{QUESTIONS[language]} {FOLLOW_UPS[language]}" in results["follow_up"]
    assert FOLLOW_UPS[language] in results["come_back"]
    assert COMMENTS[language] in results["report"]
