"""A meeting read as a page: whole, in the languages chosen, each passage under its anchor."""

from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Language, Meeting
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.http.pages.test_explore import check_quote
from tests.http.pages.test_pages import BOTH, STATUS_WORDS, one, page, unopened, words
from tests.serving import moved


def read_in_place(meeting: Meeting) -> list[str]:
    """List the passages that are not the head of the page."""
    return [item.id for item in meeting.passages if item.kind in {"objective", "statement"}]


@BOTH
@pytest.mark.parametrize("shown", ["", "fr", "en", "both"])
def test_a_meeting_page_has_every_passage_under_its_id(
    client: TestClient, corpus: Corpus, language: Language, shown: str
) -> None:
    """Objective and statements of each meeting in page order, in the languages chosen."""
    order = [language, *(name for name in ("fr", "en") if name != language)]
    wanted = order if shown == "both" else [shown or language]
    for meeting in corpus.meetings:
        query = f"?text={shown}" if shown else ""
        soup = page(client, f"/{language}/meetings/{meeting.date}{query}")
        assert one(soup, "h1").text == catalogue(language).date(meeting.date)
        bullets = soup.select("ul.bullets > li")
        assert [item["id"] for item in bullets] == read_in_place(meeting)
        for item in bullets:
            quotes = item.select("blockquote")
            assert [quote["lang"] for quote in quotes] == wanted
            for quote in quotes:
                check_quote(quote, corpus, str(item["id"]))
            assert one(item, ".link a")["href"] == f"/{language}/passages/{item['id']}"
        said = one(soup, ".aside > .status").text
        assert [STATUS_WORDS[language, name] in said for name in wanted] == [True] * len(wanted)
        assert not soup.select(".bullets .status")
        headings = [item.text for item in soup.select(".body h2")]
        assert headings[0] == words(language, "page.objective")
        assert len(headings) == 1 + sum(1 for part in meeting.sections if part.heading)
        for link in soup.select(".contents a"):
            assert one(one(soup, str(link["href"])), "h2").text == link.text
        assert one(soup, ".languages [aria-current]")
        form = one(soup, "main form")
        assert form["action"] == f"/{language}/"
        assert one(form, "input[type=hidden]")["value"] == str(meeting.date)


@BOTH
def test_a_question_from_a_meeting_is_asked_of_that_meeting(
    client: TestClient, language: Language
) -> None:
    """What its form sends quotes from it alone."""
    form = one(page(client, f"/{language}/meetings/2024-11-01"), "main form")
    hidden = one(form, "input[type=hidden]")
    assert one(form, "label").text == words(language, "page.meeting.ask")
    sent = urlencode({"q": "What about trust?", str(hidden["name"]): str(hidden["value"])})
    soup = page(client, f"{form['action']}?{sent}")
    shown = [str(item["id"])[:10] for item in soup.select(".answer article.passage")]
    assert set(shown) == {"2024-11-01"}


def test_a_text_of_another_status_says_so_beside_it(
    settings: Settings, service: QAService, corpus: Corpus
) -> None:
    """Where the French page no longer matches, the English text stands for it, with its status."""
    with unopened(settings, moved(service, settings, "fr")) as client:
        soup = page(client, "/fr/meetings/2024-11-01")
    bullets = soup.select("ul.bullets > li")
    assert {item["lang"] for item in soup.select(".bullets blockquote")} == {"en"}
    assert len(bullets) == len(read_in_place(corpus.meetings[3]))
