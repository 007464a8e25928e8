"""Feedback on the pages: the form, what is refused, the thanks, the maintainers' list."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from ccs_qa.http.access import on_this_machine
from ccs_qa.http.app import build_app
from ccs_qa.http.pages.feedback_views import from_our_pages
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.http.pages.test_pages import BOTH, one, words

QUESTION = "How could AI help call centres?"
HOME = "http://127.0.0.1:8000"
FIELDS = dict[str, str | list[str]]


def opened(settings: Settings, service: QAService, database: str, **more: object) -> TestClient:
    """A browser on the machine of the service."""
    update = {"database": SecretStr(database), "local_admin": True, **more}
    app = build_app(settings.model_copy(update=update), lambda _: service)
    ours = {"sec-fetch-site": "same-origin"}
    return TestClient(app, base_url=HOME, client=("127.0.0.1", 50000), headers=ours)


@pytest.fixture
def client(settings: Settings, service: QAService, tmp_path: Path) -> Iterator[TestClient]:
    """A browser on the machine of a service that nobody has said anything of yet."""
    with opened(settings, service, f"sqlite:///{tmp_path / 'kept.sqlite3'}") as found:
        yield found


def soup_of(text: str) -> BeautifulSoup:
    """Read a page."""
    return BeautifulSoup(text, "html.parser")


def fields(client: TestClient, language: str, **query: str) -> FIELDS:
    """Ask, and take what the form under the answer holds before anyone touches it."""
    soup = soup_of(client.get(f"/{language}/", params={"q": QUESTION, **query}).text)
    form = one(soup, "form.feedback")
    assert (form["method"], form["action"]) == ("post", f"/{language}/feedback")
    found: FIELDS = {}
    for name in ("question", "status", "answer", "index"):
        found[name] = str(one(form, f"input[type=hidden][name={name}]")["value"])
    for name in ("earlier", "citation"):
        found[name] = [str(item["value"]) for item in form.select(f"input[name={name}]")]
    return found


def tap(client: TestClient, language: str, useful: str, **query: str) -> BeautifulSoup:
    """Press a button under an answer, and read the page that follows."""
    sent = {**fields(client, language, **query), "useful": useful}
    response = client.post(f"/{language}/feedback", data=sent)
    assert response.status_code == 200
    return soup_of(response.text)


def add(client: TestClient, thanks: BeautifulSoup, **typed: str) -> Response:
    """Fill in the form of the thanks, and send it."""
    form = one(thanks, "form.feedback")
    name = str(one(form, "input[type=hidden][name=id]")["value"])
    return client.post(str(form["action"]), data={"id": name, "reason": "", "comment": "", **typed})


@BOTH
def test_each_answer_has_two_buttons(client: TestClient, language: str) -> None:
    """Question, earlier ones, status and citations hidden; nothing to fill in."""
    found = fields(client, language, h="Before?")
    assert (found["question"], found["status"]) == (QUESTION, "answered")
    assert found["earlier"] == ["Before?"]
    soup = soup_of(client.get(f"/{language}/", params={"q": QUESTION}).text)
    form = one(soup, "form.feedback")
    shown = [item["id"] for item in soup.select(".answer article.passage")]
    assert [item["value"] for item in form.select("input[name=citation]")] == shown
    buttons = [(item["name"], item["value"], item.text) for item in form.select("button")]
    assert buttons == [
        ("useful", "yes", words(language, "feedback.useful")),
        ("useful", "no", words(language, "feedback.not-useful")),
    ]
    assert not form.select("input:not([type=hidden]), select, textarea")
    assert not form.find_parent("details")
    assert not soup_of(client.get(f"/{language}/").text).select("form.feedback")


@BOTH
def test_one_tap_is_kept_and_the_reason_asked_afterwards(client: TestClient, language: str) -> None:
    """Kept before anything is typed; what was not useful is asked why, all else for a comment."""
    thanks = tap(client, language, "no", h="Before?")
    assert one(thanks, "h1").text == words(language, "feedback.thanks")
    assert words(language, "feedback.not-useful") in [item.text for item in thanks.select("dd")]
    assert words(language, "feedback.removed.none") in thanks.text
    form = one(thanks, "form.feedback")
    assert len(form.select("select[name=reason] option")) == 7
    for item in form.select("select, textarea"):
        assert one(form, f'label[for="{item["id"]}"]').text
    assert one(form, "#feedback-hint").text == words(language, "feedback.comment.hint")
    back = urlsplit(str(one(thanks, f'main a[href^="/{language}/?"]')["href"]))
    assert parse_qs(back.query) == {"q": [QUESTION], "h": ["Before?"]}
    assert len(soup_of(client.get(f"/{language}/feedback").text).select("section.kept")) == 1
    assert not tap(client, language, "yes").select("select")


@BOTH
def test_what_is_added_is_kept_redacted_once(client: TestClient, language: str) -> None:
    """The thanks say what was kept and removed; what is added later changes nothing."""
    thanks = tap(client, language, "no")
    added = add(client, thanks, reason="unclear", comment="NAS 130 692 544\r\n<b>a@b.ca</b>")
    assert added.headers["cache-control"] == "no-store"
    soup = soup_of(added.text)
    assert one(soup, "h1").text == words(language, "feedback.thanks")
    facts = [item.get_text("\n") for item in soup.select("dl.facts dd")]
    assert QUESTION in facts
    assert words(language, "feedback.not-useful") in facts
    assert words(language, "feedback.reason.unclear") in facts
    assert any("[NAS/SIN]" in item and "<b>[courriel/e-mail]</b>" in item for item in facts)
    assert "130" not in "".join(facts)
    joined = catalogue("fr" if language == "fr" else "en").join(
        [words(language, "feedback.kind.sin"), words(language, "feedback.kind.email")]
    )
    assert joined in facts
    assert not soup.select("form.feedback")
    again = soup_of(add(client, thanks, reason="other", comment="later").text)
    assert [item.get_text("\n") for item in again.select("dl.facts dd")] == facts
    listed = client.get(f"/{language}/feedback")
    assert listed.headers["cache-control"] == "no-store"
    assert len(soup_of(listed.text).select("section.kept")) == 1
    assert "<b>" not in listed.text


@BOTH
@pytest.mark.parametrize(
    ("typed", "key", "target"),
    [
        ({"reason": "x"}, "feedback.error.reason", "feedback-reason"),
        ({"comment": "é" * 2001}, "feedback.error.comment", "feedback-comment"),
    ],
)
def test_a_form_to_correct_keeps_what_was_typed(
    client: TestClient, language: str, typed: dict[str, str], key: str, target: str
) -> None:
    """422, the error in words linked to its field, the comment and the feedback meant kept."""
    thanks = tap(client, language, "no")
    response = add(client, thanks, **{"comment": "\nligne </textarea>", **typed})
    assert response.status_code == 422
    soup = soup_of(response.text)
    assert one(soup, f'#problem a[href="#{target}"]').text == words(language, key)
    assert one(soup, f"#{target}")
    form = one(soup, "form.feedback")
    assert one(form, ".error").text == words(language, key)
    assert one(form, "input[name=id]")["value"] == one(thanks, "input[name=id]")["value"]
    if "comment" not in typed:
        assert "ligne </textarea>" in one(form, "textarea").text
    assert one(soup, "nav a[hreflang]")
    mended = add(client, soup, comment="mended")
    assert "mended" in mended.text
    assert not soup_of(mended.text).select("form.feedback")


def test_a_comment_of_two_thousand_characters_counts_an_end_of_line_once(
    client: TestClient,
) -> None:
    """Browsers send two characters for it."""
    response = add(client, tap(client, "en", "yes"), comment="a\r\n" * 999 + "bc")
    assert response.status_code == 200


def test_words_for_feedback_that_was_never_sent_are_not_found(client: TestClient) -> None:
    """Nothing is kept under a name that the service did not give."""
    response = client.post("/en/feedback/words", data={"id": "none", "comment": "x"})
    assert response.status_code == 404
    headers = {"sec-fetch-site": "cross-site"}
    refused = client.post("/en/feedback/words", data={"id": "none"}, headers=headers)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"citation": ["2020-01-01-s-00000000"]},
        {"status": "rejected"},
        {"question": ""},
        {"index": "130 692 544"},
        {"useful": "maybe"},
    ],
)
def test_a_field_that_only_tampering_changes_is_an_error(
    client: TestClient, changes: dict[str, str]
) -> None:
    """The error page, and nothing is kept."""
    sent = {**fields(client, "en"), "useful": "yes", **changes}
    assert client.post("/en/feedback", data=sent).status_code == 422
    assert not soup_of(client.get("/en/feedback").text).select("section.kept")


@pytest.mark.parametrize(
    ("site", "origin", "expected"),
    [
        ("same-origin", "", True),
        ("none", "", True),
        ("same-site", "http://h:1", False),
        ("cross-site", "", False),
        ("same-origin", "null", True),
        (None, "", False),
        (None, "http://h:1", True),
        (None, "https://h:1", True),
        (None, "http://h", False),
        (None, "http://evil", False),
        (None, "null", False),
        (None, "https://site", True),
    ],
)
def test_where_a_form_may_come_from(site: str | None, origin: str, *, expected: bool) -> None:
    """The fetch metadata decides; without it the origin has to be the host asked, or the site."""
    assert from_our_pages(site, origin, {"h:1", "site"}) is expected
    assert not from_our_pages(None, "", {"", "h:1"})


@BOTH
def test_another_site_cannot_send_feedback(client: TestClient, language: str) -> None:
    """403 in words, and nothing is kept."""
    sent = {**fields(client, language), "useful": "yes"}
    headers = {"sec-fetch-site": "cross-site"}
    response = client.post(f"/{language}/feedback", data=sent, headers=headers)
    assert response.status_code == 403
    assert one(soup_of(response.text), "h1").text == words(language, "error.cross-site.title")
    assert not soup_of(client.get(f"/{language}/feedback").text).select("section.kept")


@pytest.mark.parametrize(
    ("address", "headers", "expected"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8000"}, True),
        ("127.0.0.1", {"host": "localhost"}, True),
        ("::1", {"host": "[::1]:8000"}, True),
        ("::1", {"host": "[::1]"}, True),
        ("10.0.0.1", {"host": "127.0.0.1"}, False),
        (None, {"host": "127.0.0.1"}, False),
        ("127.0.0.1", {}, False),
        ("127.0.0.1", {"host": "evil.example:8000"}, False),
        ("127.0.0.1", {"host": "localhost", "forwarded": "for=1"}, False),
        ("127.0.0.1", {"host": "localhost", "x-forwarded-for": "1"}, False),
        ("127.0.0.1", {"host": "localhost", "x-real-ip": "1"}, False),
        ("127.0.0.1", {"host": "localhost", "via": "1.1 p"}, False),
    ],
)
def test_who_is_on_this_machine(
    address: str | None, headers: dict[str, str], *, expected: bool
) -> None:
    """Loopback at both ends, and no sign of a proxy."""
    assert on_this_machine(address, headers) is expected


@BOTH
def test_the_list_is_hidden_from_others_and_can_be_closed(
    settings: Settings, service: QAService, tmp_path: Path, language: str
) -> None:
    """404 like any address that is none, for this machine too unless its callers are believed."""
    database = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    path = f"/{language}/feedback"
    with opened(settings, service, database) as found:
        assert found.get(path).status_code == 200
        assert found.get(path, headers={"x-forwarded-for": "10.0.0.1"}).status_code == 404
    with opened(settings, service, database, local_admin=False) as found:
        assert found.get(path).status_code == 404
    with opened(settings, service, database, feedback_page=False) as found:
        response = found.get(path)
    assert response.status_code == 404
    assert one(soup_of(response.text), "h1").text == words(language, "error.address.title")


def test_the_list_is_newest_first_filtered_and_in_pages(client: TestClient) -> None:
    """Twenty-five: twenty, then five; thirteen were useful; each filter counts what it shows."""
    for number in range(25):
        thanks = tap(client, "en", "yes" if number % 2 == 0 else "no")
        reason = "unclear" if number % 4 == 1 else ""
        add(client, thanks, comment=f"no. {number}", reason=reason)
    first = soup_of(client.get("/en/feedback").text)
    assert len(first.select("section.kept")) == 20
    assert "no. 24" in first.select("section.kept")[0].text
    assert first.select("h2")[-1].text == "25 pieces of feedback"
    choices = {item.text.strip(): str(item["href"]) for item in first.select(".filters a")}
    assert [*choices] == [
        "All (25)",
        "Useful (13)",
        "Not useful (12)",
        "It is hard to follow (6)",
        "Answer found (25)",
    ]
    for label, address in choices.items():
        narrowed = soup_of(client.get(address).text)
        count = int(re.findall(r"\d+", label)[0])
        assert narrowed.select("h2")[-1].text == f"{count} pieces of feedback"
        assert len(narrowed.select("section.kept")) == min(20, count)
    assert not first.select("a[rel=prev]")
    second = soup_of(client.get(str(one(first, "a[rel=next]")["href"])).text)
    assert len(second.select("section.kept")) == 5
    assert one(second, "a[rel=prev]")
    assert not second.select("a[rel=next]")
    useful_only = soup_of(client.get("/en/feedback?useful=yes&reason=none").text)
    assert [item.text.strip() for item in useful_only.select("main nav [aria-current]")] == [
        "Useful (13)",
        "All (13)",
        "All (13)",
    ]
    toggle = str(one(useful_only, "nav a[hreflang]")["href"])
    assert toggle == "/fr/feedback?useful=yes&page=1"
    links = useful_only.select('section.kept a[href^="/en/passages/"]')
    assert client.get(str(links[0]["href"])).status_code == 200
    again = useful_only.select('section.kept > p a[href^="/en/?q="]')
    assert QUESTION in soup_of(client.get(str(again[0]["href"])).text).text


@BOTH
def test_a_store_that_is_out_keeps_nothing_and_says_so(
    settings: Settings, service: QAService, tmp_path: Path, language: str
) -> None:
    """Questions are answered; the form comes back with what was typed; the API says 503."""
    (tmp_path / "text").write_text("not a database" * 100)
    with opened(settings, service, f"sqlite:///{tmp_path / 'text'}") as found:
        sent = {**fields(found, language), "useful": "yes"}
        response = found.post(f"/{language}/feedback", data=sent)
        assert response.status_code == 503
        soup = soup_of(response.text)
        assert one(soup, "h1").text == words(language, "error.store.title")
        assert words(language, "error.store.next") in one(soup, "#problem").text
        assert one(soup, "form.feedback input[name=question]")["value"] == QUESTION
        assert str(tmp_path) not in response.text
        assert found.get(f"/{language}/feedback").status_code == 503


@BOTH
def test_a_thanks_page_of_nothing_is_not_found(client: TestClient, language: str) -> None:
    """An id that was never given, or is erased by now."""
    response = client.get(f"/{language}/feedback/thanks?id=none")
    assert response.status_code == 404
    assert "none" in one(soup_of(response.text), ".intro").text
