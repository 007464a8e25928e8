"""The pages as the server renders them, read as a browser would."""

import copy
import io
import re
from dataclasses import replace
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from docx import Document
from fastapi.testclient import TestClient
from rich.console import Console

from ccs_qa.answer.conversation import sample_questions
from ccs_qa.cli.views import print_answer
from ccs_qa.corpus.library import Corpus
from ccs_qa.http.app import build_app
from ccs_qa.http.mcp.texts import Texts
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.records import Language, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import moved

QUESTION = "How could AI help call centres?"
ABSENT = "Quelle est la recette de la tarte aux pommes?"
STATUS_WORDS = {
    ("fr", "fr"): "Texte officiel",
    ("fr", "en"): "Traduction non officielle",
    ("en", "fr"): "Official text",
    ("en", "en"): "Unofficial translation",
}
BOTH = pytest.mark.parametrize("language", ["fr", "en"])


def unopened(settings: Settings, service: QAService) -> TestClient:
    """A client of an application that opens a service when it starts."""
    return TestClient(build_app(settings, lambda _: service))


def page(
    client: TestClient,
    path: str,
    status: int = 200,
    accept: str = "",
    **parameters: str | list[str],
) -> BeautifulSoup:
    """Fetch a page and assert what every page has."""
    headers = {"accept": "text/html", "accept-language": accept}
    response = client.get(path, params=parameters or None, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    soup = BeautifulSoup(response.text, "html.parser")
    language = str(one(soup, "html")["lang"])
    toggle = one(soup, "nav a[hreflang]")
    assert toggle["lang"] == toggle["hreflang"] == ("en" if language == "fr" else "fr")
    assert toggle.text == ("English" if language == "fr" else "Français")
    assert one(soup, "h1").text
    assert one(soup, "title").text.endswith(" – " + words(language, "page.site"))
    assert one(soup, "a.skip")["href"] == "#" + str(one(soup, "main")["id"])
    names = [str(tag["id"]) for tag in soup.select("[id]")]
    assert len(names) == len(set(names))
    return soup


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    """Find the only element that fits."""
    (found,) = soup.select(selector)
    return found


def words(language: str, key: str) -> str:
    """Look a text up."""
    return catalogue("fr" if language == "fr" else "en").raw(key)


def hidden(soup: BeautifulSoup) -> list[str]:
    """List the earlier questions that the form carries."""
    return [str(item["value"]) for item in soup.select('form input[type="hidden"][name="h"]')]


def check_renditions(article: Tag, language: str) -> None:
    """Assert that a passage shows the reader's language first, then the other, with status."""
    quotes = article.select("blockquote")
    other = "en" if language == "fr" else "fr"
    assert [quote["lang"] for quote in quotes] == [language, other]
    assert all(quote.text for quote in quotes)
    assert [item.text for item in article.select(".status")] == [
        STATUS_WORDS[language, language],
        STATUS_WORDS[language, other],
    ]
    (official,) = article.select(".status.official")
    assert official.text == STATUS_WORDS[language, "fr"]


@pytest.mark.parametrize(
    ("accepted", "path"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "/fr/"),
        ("fr", "/fr/"),
        ("en-CA, fr", "/en/"),
        ("de, fr;q=0.5", "/fr/"),
        ("de", "/en/"),
        ("*", "/en/"),
        (";;,,", "/en/"),
        ("", "/en/"),
    ],
)
def test_the_root_sends_the_reader_to_their_language(
    client: TestClient, accepted: str, path: str
) -> None:
    """The first of the two that the browser names; English when it names neither."""
    headers = {"accept-language": accepted}
    response = client.get("/", headers=headers, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (307, path)
    assert response.headers["vary"] == "Accept-Language"


@BOTH
def test_the_ask_page_offers_a_form_and_examples(
    client: TestClient, corpus: Corpus, language: str
) -> None:
    """A labelled field, a button, no history, and samples that ask themselves."""
    soup = page(client, f"/{language}/")
    assert one(soup, "html")["lang"] == language
    assert one(soup, "h1").text == words(language, "page.ask.title")
    form = one(soup, "form.ask")
    assert (form["method"], form["action"]) == ("get", f"/{language}/#asked")
    assert one(form, 'label[for="q"]').text == words(language, "page.ask.label")
    field = one(form, "textarea#q[name=q]")
    assert (field.text, field["maxlength"]) == ("", "5000")
    assert one(form, "button").text == words(language, "page.ask.button")
    assert hidden(soup) == []
    assert not soup.select(".answer")
    examples = soup.select('section[aria-labelledby="examples"] li a')
    spoken = catalogue("fr" if language == "fr" else "en")
    assert tuple(item.text for item in examples) == sample_questions(corpus, spoken)
    for item in examples:
        link = urlsplit(str(item["href"]))
        assert (link.path, parse_qs(link.query)) == (f"/{language}/", {"q": [item.text]})


@BOTH
def test_every_example_is_answered(client: TestClient, language: str) -> None:
    """The site offers no question that its own judge refuses."""
    for item in page(client, f"/{language}/").select("#examples + ul a"):
        assert page(client, str(item["href"])).select(".verdict.answered")


@BOTH
def test_an_answered_page_shows_verdict_and_numbered_quotes(
    client: TestClient, language: str
) -> None:
    """It agrees with the API: same passages, same numbers, both renditions."""
    soup = page(client, f"/{language}/", q=QUESTION)
    body = client.post("/api/v1/ask", json={"question": QUESTION, "language": language}).json()
    answer = one(soup, ".answer")
    assert "answered" in one(answer, ".verdict")["class"]
    assert QUESTION in one(answer, "h2").text
    assert one(answer, ".verdict strong").text == words(language, "status.answered")
    articles = answer.select("article.passage")
    assert [article["id"] for article in articles] == [
        citation["passage_id"] for citation in body["citations"]
    ]
    for citation, article in zip(body["citations"], articles, strict=True):
        assert one(article, ".number").text.split()[-1] == str(citation["number"])
        assert article.parent is not None
        assert article.parent["id"] == f"c{citation['number']}"
        assert one(article, ".source a")["href"] == f"/{language}/meetings/{article['id'][:10]}"
        assert one(article, f'blockquote[lang="{language}"]').text == citation["text"]
        assert one(article, ".link a")["href"] == citation["url"]
        check_renditions(article, language)
    assert re.search(r" 2023 .* 2025\)?\.", one(answer, ".understood").text)
    # The language of a question is told where it is not the reader's.
    asked_in = words(language, "page.understood.en")
    assert (asked_in in one(answer, ".understood").text) == (language == "fr")


@BOTH
def test_a_page_without_an_answer_shows_the_nearest_passages(
    client: TestClient, language: str
) -> None:
    """It says so in words, gives no citation number, and still shows both renditions."""
    soup = page(client, f"/{language}/", q=ABSENT)
    answer = one(soup, ".answer")
    status = next(str(name) for name in one(answer, ".verdict")["class"] if name != "verdict")
    assert status in {"related", "not_found"}
    assert one(answer, ".verdict strong").text == words(language, f"status.{status}")
    assert words(language, f"answer.{status}") in one(answer, ".verdict").text
    assert not answer.select(".number")
    articles = answer.select("article.passage")
    assert articles
    for article in articles:
        check_renditions(article, language)


def test_a_follow_up_carries_the_questions_before_it(client: TestClient) -> None:
    """The form empties, is labelled anew, and remembers the last six questions, oldest first."""
    soup = page(client, "/en/", q="And by phone?", h=["What about passports?"])
    assert hidden(soup) == ["What about passports?", "And by phone?"]
    assert one(soup, "textarea#q").text == ""
    assert one(soup, 'label[for="q"]').text == words("en", "page.ask.followup")
    assert "What about passports? And by phone?" in one(soup, ".understood").text
    assert one(soup, ".new a")["href"] == "/en/"
    earlier = [f"Question {number}?" for number in range(6)]
    assert hidden(page(client, "/en/", q="trust", h=earlier)) == [*earlier[1:], "trust"]


@BOTH
def test_the_toggle_keeps_question_and_history(client: TestClient, language: Language) -> None:
    """It leads to the same question and conversation in the other language."""
    question, history = "Et l'accès & l'équité?", ["Que dit-on de l'IA?", "a=b&c"]
    soup = page(client, f"/{language}/", q=question, h=history)
    toggle = one(soup, "nav a[hreflang]")
    other = str(toggle["hreflang"])
    turned = page(client, str(toggle["href"]))
    assert one(turned, "html")["lang"] == other != language
    assert question in one(turned, "#asked").text
    assert hidden(turned) == hidden(soup) == [*history, question]
    back = urlsplit(str(one(turned, "nav a[hreflang]")["href"]))
    assert (back.path, parse_qs(back.query)) == (f"/{language}/", {"q": [question], "h": history})


@BOTH
def test_the_toggle_of_other_pages_keeps_the_place(client: TestClient, language: str) -> None:
    """A meeting stays that meeting."""
    other = "en" if language == "fr" else "fr"
    for path in ("/meetings", "/meetings/2024-11-01", "/passages/page-d-1d75aefa"):
        soup = page(client, f"/{language}{path}")
        assert one(soup, "nav a[hreflang]")["href"] == f"/{other}{path}"


@BOTH
def test_the_list_has_eight_meetings(
    client: TestClient, corpus: Corpus, language: Language
) -> None:
    """Newest first, dated in words, titled, each with the number of its passages."""
    items = page(client, f"/{language}/meetings").select("ul.meetings > li")
    assert len(items) == 8
    for meeting, item in zip(corpus.meetings, items, strict=True):
        link = one(item, "h2 a")
        assert link.text == catalogue(language).date(meeting.date)
        assert link["href"] == f"/{language}/meetings/{meeting.date}"
        assert one(item, "h2 + p span")["lang"] == language
        assert f" {len(meeting.passages)} passages" in one(item, ".status").text


@BOTH
def test_a_passage_page_names_both_pages(
    client: TestClient, corpus: Corpus, language: Language
) -> None:
    """What each text is and its title; of the published one, by whom and when it was taken."""
    passage = corpus.passages[5]
    soup = page(client, f"/{language}/passages/{passage.id}")
    check_renditions(one(soup, "article"), language)
    assert one(soup, ".intro a")["href"] == (f"/{language}/meetings/{passage.meeting}#{passage.id}")
    sources = soup.select(".sources li")
    assert len(sources) == 2
    for source, rendition in zip(
        sources, (passage.renditions.fr, passage.renditions.en), strict=True
    ):
        assert rendition is not None
        document = corpus.documents[rendition.document]
        official = rendition.status == "official"
        named = [document.title, *([document.publisher] if official else [])]
        assert [item.text for item in source.select("span[lang]")] == named
        assert all(item["lang"] == document.language for item in source.select("span[lang]"))
        assert words(language, f"rendition.{rendition.status}") in source.text
        assert (catalogue(language).date(document.retrieved) in source.text) == official
        # The manifest gives no address, and none is made up.
        assert not source.select("a")


@BOTH
def test_every_citation_leads_to_the_published_page(
    settings: Settings, service: QAService, corpus: Corpus, language: Language
) -> None:
    """Where the manifest gives its address: under quotes of an answer, on the page of each."""
    address = "https://published.example/resumes.html"
    documents = dict(corpus.documents)
    french = documents["ccs-resumes.fr"]
    documents[french.id] = replace(french, source_url=address)
    other = copy.copy(service)
    other.corpus = replace(corpus, documents=documents)
    with unopened(settings, other) as known:
        soup = page(known, f"/{language}/?q=How+could+AI+help+call+centres%3F")
        articles = soup.select("article.passage")
        assert articles
        for article in articles:
            assert one(article, ".published a")["href"] == address
            assert one(article, ".published a")["data-address"] == address
        passage = page(known, f"/{language}/passages/{articles[0]['id']}")
        assert [item["href"] for item in passage.select(".sources a, .published a")] == [
            address,
            address,
        ]
        for form in ("txt", "md", "docx", "csv"):
            taken = known.get(f"/{language}/download.{form}?q=trust")
            text = taken.text
            if form == "docx":
                text = "\n".join(
                    item.text for item in Document(io.BytesIO(taken.content)).paragraphs
                )
            assert address in text
        for form in ("citation.txt", "citation.txt?both=1"):
            cited = known.get(f"/{language}/passages/{articles[0]['id']}/{form}").text
            assert f"{address}\n" in cited
        found = known.get(f"/api/v1/passages/{articles[0]['id']}").json()
        assert found["published"] == {"fr": address, "en": address}
        sent = {"question": "trust", "language": language}
        assert {
            item["published"] for item in known.post("/api/v1/ask", json=sent).json()["citations"]
        } == {address}
    answer = service.ask(Question("trust", language))
    assert answer.citations
    out = io.StringIO()
    words_of = catalogue(language)
    view = Viewer(other.corpus, words_of).answer(answer)
    print_answer(Console(file=out, width=1000), view, words_of)
    for text in (Texts(other.corpus).answer(answer), out.getvalue()):
        assert len(re.findall(rf"^ +{re.escape(address)}$", text, re.MULTILINE)) == len(
            answer.citations
        )


def test_a_passage_that_left_its_documents_is_not_shown(
    settings: Settings, service: QAService, corpus: Corpus
) -> None:
    """One letter more in the English page leaves the French; one in both leaves nothing."""
    name = corpus.passages[5].id
    cases: tuple[tuple[tuple[Language, ...], int], ...] = ((("en",), 200), (("fr", "en"), 404))
    for languages, status in cases:
        with unopened(settings, moved(service, settings, *languages)) as client:
            soup = page(client, f"/en/passages/{name}", status)
        quotes = [quote["lang"] for quote in soup.select("blockquote")]
        assert quotes == (["fr"] if status == 200 else [])


@BOTH
@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nothing", 404, "error.address.title"),
        ("/meetings/2024-01-01", 404, "error.not-found.title"),
        ("/meetings/2024-02-30", 404, "error.not-found.title"),
        ("/passages/nothing", 404, "error.not-found.title"),
        ("/?q=%3F%21", 422, "error.question.title"),
        (f"/?q={'a' * 5001}", 422, "error.question.title"),
    ],
)
def test_an_error_page_is_worded_in_the_language_of_the_page(
    client: TestClient, language: str, path: str, status: int, title: str
) -> None:
    """Title, what happened and what to do; the form takes another question."""
    soup = page(client, f"/{language}{path}", status, "en" if language == "fr" else "fr")
    assert one(soup, "html")["lang"] == language
    assert one(soup, "h1").text == words(language, title)
    code = title.removesuffix(".title")
    assert one(soup, ".intro").text
    assert one(soup, "[data-problem] p:not(.intro)").text.startswith(
        words(language, f"{code}.next").split("{")[0]
    )
    assert one(soup, "form")["action"] == f"/{language}/"


@pytest.mark.parametrize("path", ["/nothing", "/de/", "/de/meetings", "/favicon.ico"])
@BOTH
def test_an_address_without_language_is_not_found_in_that_of_the_browser(
    client: TestClient, path: str, language: str
) -> None:
    """A third language is an unknown address."""
    soup = page(client, path, 404, language)
    assert one(soup, "html")["lang"] == language
    assert one(soup, "h1").text == words(language, "error.address.title")


@BOTH
def test_a_page_of_a_service_that_was_never_opened_says_so(
    settings: Settings, service: QAService, language: str
) -> None:
    """503, worded for a person."""
    soup = page(unopened(settings, service), f"/{language}/", 503)
    assert one(soup, "h1").text == words(language, "error.not-ready.title")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> trust",
        '"><img src=x onerror=alert(1)> trust',
        "</title><script>alert(1)</script> trust",
        "&lt;b&gt; & {{ 7 * 7 }} {% raw %} trust",
    ],
)
def test_what_a_person_types_is_shown_and_never_run(client: TestClient, text: str) -> None:
    """In heading, title, history and refusal, markup comes back as the text it is."""
    for parameters, status in (
        ({"q": text, "h": [text]}, 200),
        ({"q": text + " a" * 2500}, 422),
    ):
        soup = page(client, "/en/", status, **parameters)
        assert not soup.select("script:not([src]), img, b")
        assert not [tag for tag in soup.find_all() if any(k.startswith("on") for k in tag.attrs)]
        shown = one(soup, "#asked").text if status == 200 else str(one(soup, "#q")["value"])
        assert text in shown
        assert hidden(soup) == ([text, text] if status == 200 else [])
    soup = BeautifulSoup(client.get(f"/en/passages/{text}").text, "html.parser")
    assert not soup.select("script:not([src]), img, b")


@BOTH
def test_pages_keep_to_the_content_security_policy(client: TestClient, language: str) -> None:
    """No inline script, style or handler, and nothing loaded from elsewhere."""
    for path in ("/", f"/?q={QUESTION}", "/meetings", "/meetings/2024-11-01", "/nothing"):
        soup = BeautifulSoup(client.get(f"/{language}{path}").text, "html.parser")
        assert not soup.select("style, [style], script:not([src])")
        loaded = [str(tag.get("src") or tag.get("href")) for tag in soup.select("[src], link")]
        assert loaded
        assert all(address.startswith("/static/") for address in loaded)


@BOTH
def test_no_link_of_the_site_is_broken(client: TestClient, language: str) -> None:
    """Pages, files, passages and anchors that pages lead to are there."""
    found: set[str] = set()
    name = "2024-11-01-s-9f742ebe"
    for path in ("/", f"/?q={QUESTION}", "/meetings", "/meetings/2024-11-01", f"/passages/{name}"):
        soup = page(client, f"/{language}{path}")
        found |= {urljoin(f"/{language}{path}", str(tag["href"])) for tag in soup.select("[href]")}
    assert len(found) > 30
    for address in found:
        link = urlsplit(address)
        assert not link.netloc
        response = client.get(address)
        assert response.status_code == 200, address
        if link.fragment:
            soup = BeautifulSoup(response.text, "html.parser")
            assert soup.find(id=link.fragment), address


def test_a_meeting_page_leaves_out_what_does_not_match(
    service: QAService, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    """With no quote verified, the page of a meeting quotes nothing, disclaimer included."""
    monkeypatch.setattr(type(service.corpus), "verify", lambda _corpus, _rendition: False)
    page = BeautifulSoup(client.get("/en/meetings/2025-03-25").text, "html.parser")
    assert page.find_all("blockquote") == []
    assert "solely those of certain members" not in page.get_text()
