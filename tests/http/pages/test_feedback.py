"""Feedback on the pages: the form, what is refused, the thanks, the maintainers' list."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ccs_qa.http.access import on_this_machine
from ccs_qa.http.app import build_app
from ccs_qa.http.pages.feedback_views import from_our_pages
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.service import QAService
from ccs_qa.settings import Settings

QUESTION = "How could AI help call centres?"
HOME = "http://127.0.0.1:8000"
BOTH = pytest.mark.parametrize("language", ["fr", "en"])
FIELDS = dict[str, str | list[str]]


def opened(settings: Settings, service: QAService, database: str, **more: object) -> TestClient:
    """A browser on the machine of the service."""
    changed = settings.model_copy(update={"database": SecretStr(database), **more})
    app = build_app(changed, lambda _: service)
    return TestClient(app, base_url=HOME, client=("127.0.0.1", 50000))


@pytest.fixture
def client(settings: Settings, service: QAService, tmp_path: Path) -> Iterator[TestClient]:
    """A browser on the machine of a service that nobody has said anything of yet."""
    with opened(settings, service, f"sqlite:///{tmp_path / 'kept.sqlite3'}") as found:
        yield found


def words(language: str, key: str) -> str:
    """Look a text up."""
    return catalogue("fr" if language == "fr" else "en").raw(key)


def soup_of(text: str) -> BeautifulSoup:
    """Read a page."""
    return BeautifulSoup(text, "html.parser")


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    """Find the only element that fits."""
    (found,) = soup.select(selector)
    return found


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


@BOTH
def test_each_answer_has_a_form_of_its_own(client: TestClient, language: str) -> None:
    """Question, earlier ones, status and citations hidden; choice, reason, comment, button."""
    found = fields(client, language, h="Before?")
    assert (found["question"], found["status"]) == (QUESTION, "answered")
    assert found["earlier"] == ["Before?"]
    soup = soup_of(client.get(f"/{language}/", params={"q": QUESTION}).text)
    form = one(soup, "form.feedback")
    shown = [item["id"] for item in soup.select(".answer article.passage")]
    assert [item["value"] for item in form.select("input[name=citation]")] == shown
    assert [item["value"] for item in form.select("input[type=radio][name=useful]")] == [
        "yes",
        "no",
    ]
    assert len(form.select("select[name=reason] option")) == 7
    for item in form.select("input:not([type=hidden]), select, textarea"):
        assert one(form, f'label[for="{item["id"]}"]').text
    assert one(form, "#feedback-hint").text == words(language, "feedback.comment.hint")
    assert not soup_of(client.get(f"/{language}/").text).select("form.feedback")


@BOTH
def test_feedback_is_kept_redacted_and_thanked_for(client: TestClient, language: str) -> None:
    """303 to the thanks, which say what was kept and removed and lead back to the question."""
    sent = {
        **fields(client, language, h="Before?"),
        "useful": "no",
        "reason": "unclear",
        "comment": "NAS 130 692 544\r\n<b>a@b.ca</b>",
    }
    response = client.post(f"/{language}/feedback", data=sent, follow_redirects=False)
    assert response.status_code == 303
    place = response.headers["location"]
    assert place.startswith(f"/{language}/feedback/thanks?id=")
    thanks = client.get(place)
    assert thanks.headers["cache-control"] == "no-store"
    soup = soup_of(thanks.text)
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
    back = urlsplit(str(one(soup, f'main a[href^="/{language}/?"]')["href"]))
    assert parse_qs(back.query) == {"q": [QUESTION], "h": ["Before?"]}
    listed = client.get(f"/{language}/feedback")
    assert listed.headers["cache-control"] == "no-store"
    assert len(soup_of(listed.text).select("section.kept")) == 1
    assert "<b>" not in listed.text


@BOTH
def test_nothing_removed_is_said(client: TestClient, language: str) -> None:
    """No reason, no comment: the choice alone."""
    sent = {**fields(client, language), "useful": "yes", "reason": "", "comment": ""}
    response = client.post(f"/{language}/feedback", data=sent)
    assert words(language, "feedback.removed.none") in soup_of(response.text).text


@BOTH
@pytest.mark.parametrize(
    ("changes", "key", "target"),
    [
        ({}, "feedback.error.useful", "feedback-yes"),
        ({"useful": "maybe"}, "feedback.error.useful", "feedback-yes"),
        ({"useful": "yes", "reason": "x"}, "feedback.error.reason", "feedback-reason"),
        ({"useful": "yes", "comment": "é" * 2001}, "feedback.error.comment", "feedback-comment"),
    ],
)
def test_a_form_to_correct_keeps_what_was_typed(
    client: TestClient, language: str, changes: dict[str, str], key: str, target: str
) -> None:
    """422, the error in words linked to its field, the comment and the answer's fields kept."""
    sent = {**fields(client, language), "comment": "\nligne </textarea>", **changes}
    response = client.post(f"/{language}/feedback", data=sent)
    assert response.status_code == 422
    soup = soup_of(response.text)
    assert one(soup, f'#problem a[href="#{target}"]').text == words(language, key)
    assert one(soup, f"#{target}")
    form = one(soup, "form.feedback")
    assert one(form, ".error").text == words(language, key)
    assert one(form, "input[name=question]")["value"] == QUESTION
    assert [item["value"] for item in form.select("input[name=citation]")] == sent["citation"]
    if "comment" not in changes:
        assert "ligne </textarea>" in one(form, "textarea").text
    assert one(soup, "nav a[hreflang]")


def test_a_comment_of_two_thousand_characters_counts_an_end_of_line_once(
    client: TestClient,
) -> None:
    """Browsers send two characters for it."""
    sent = {**fields(client, "en"), "useful": "yes", "comment": "a\r\n" * 999 + "bc"}
    response = client.post("/en/feedback", data=sent, follow_redirects=False)
    assert response.status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"citation": ["2020-01-01-s-00000000"]},
        {"status": "rejected"},
        {"question": ""},
        {"index": "130 692 544"},
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
        ("same-origin", None, True),
        ("none", None, True),
        ("same-site", "http://h:1", False),
        ("cross-site", None, False),
        ("same-origin", "null", True),
        (None, None, True),
        (None, "http://h:1", True),
        (None, "https://h:1", True),
        (None, "http://h", False),
        (None, "http://evil", False),
        (None, "null", False),
    ],
)
def test_where_a_form_may_come_from(
    site: str | None, origin: str | None, *, expected: bool
) -> None:
    """The fetch metadata decides; without it the origin has to be the host asked."""
    assert from_our_pages(site, origin, "h:1") is expected


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
    """404 like any address that is none."""
    database = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    path = f"/{language}/feedback"
    with opened(settings, service, database) as found:
        assert found.get(path).status_code == 200
        assert found.get(path, headers={"x-forwarded-for": "10.0.0.1"}).status_code == 404
    with opened(settings, service, database, feedback_page=False) as found:
        response = found.get(path)
    assert response.status_code == 404
    assert one(soup_of(response.text), "h1").text == words(language, "error.address.title")


def test_the_list_is_newest_first_filtered_and_in_pages(client: TestClient) -> None:
    """Twenty-five: twenty, then five; thirteen were useful."""
    sent = fields(client, "en")
    for number in range(25):
        useful = "yes" if number % 2 == 0 else "no"
        data = {**sent, "useful": useful, "comment": f"no. {number}"}
        assert client.post("/en/feedback", data=data, follow_redirects=False).status_code == 303
    first = soup_of(client.get("/en/feedback").text)
    assert len(first.select("section.kept")) == 20
    assert "no. 24" in first.select("section.kept")[0].text
    assert one(first, "h2").text == "25 pieces of feedback"
    assert not first.select("a[rel=prev]")
    second = soup_of(client.get(str(one(first, "a[rel=next]")["href"])).text)
    assert len(second.select("section.kept")) == 5
    assert one(second, "a[rel=prev]")
    assert not second.select("a[rel=next]")
    useful_only = soup_of(client.get("/en/feedback?useful=yes").text)
    assert one(useful_only, "h2").text == "13 pieces of feedback"
    assert one(useful_only, "main nav [aria-current]").text == "Useful"
    toggle = str(one(useful_only, "nav a[hreflang]")["href"])
    assert toggle == "/fr/feedback?useful=yes&page=1"
    links = useful_only.select('section.kept a[href^="/en/passages/"]')
    assert client.get(str(links[0]["href"])).status_code == 200


@BOTH
def test_a_store_that_is_out_keeps_nothing_and_says_so(
    settings: Settings, service: QAService, tmp_path: Path, language: str
) -> None:
    """Questions are answered; the form comes back with what was typed; the API says 503."""
    (tmp_path / "text").write_text("not a database" * 100)
    with opened(settings, service, f"sqlite:///{tmp_path / 'text'}") as found:
        sent = {**fields(found, language), "useful": "yes", "comment": "mes mots"}
        response = found.post(f"/{language}/feedback", data=sent)
        assert response.status_code == 503
        soup = soup_of(response.text)
        assert one(soup, "h1").text == words(language, "error.store.title")
        assert words(language, "error.store.next") in one(soup, "#problem").text
        assert "mes mots" in one(soup, "textarea").text
        assert str(tmp_path) not in response.text
        assert found.get(f"/{language}/feedback").status_code == 503


@BOTH
def test_a_thanks_page_of_nothing_is_not_found(client: TestClient, language: str) -> None:
    """An id that was never given, or is erased by now."""
    response = client.get(f"/{language}/feedback/thanks?id=none")
    assert response.status_code == 404
    assert "none" in one(soup_of(response.text), ".intro").text
