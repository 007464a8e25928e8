"""Search with limits, and a topic through the meetings, read as a browser would."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient

from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Language, other
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.conftest import DATES, PAGES, page_text
from tests.http.pages.test_pages import BOTH, STATUS_WORDS, one, page, unopened, words
from tests.serving import over

IN_2023 = ["2023-01-19", "2023-04-03", "2023-10-03"]
HOSTILE = pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> trust",
        '"><img src=x onerror=alert(1)> trust',
        "</title><script>alert(1)</script> trust",
        "&lt;b&gt; & {{ 7 * 7 }} {% raw %} trust",
    ],
)


@pytest.fixture(scope="module")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of the application, started."""
    with unopened(settings, service) as found:
        yield found


def found(soup: BeautifulSoup) -> list[str]:
    """List the passages found, best first."""
    return [str(item["id"]) for item in soup.select("ol.found > li > article.passage")]


def days(names: list[str]) -> set[str]:
    """Tell the meetings of passages, whose names begin with their day."""
    return {name[:10] for name in names}


def ticked(soup: BeautifulSoup) -> list[str]:
    """List the meetings ticked in the form."""
    boxes = soup.select('form input[type="checkbox"][name="meeting"]')
    assert [box["value"] for box in boxes] == list(DATES)
    return [str(box["value"]) for box in boxes if box.has_attr("checked")]


def limits(soup: BeautifulSoup, name: str = "limits") -> list[Tag]:
    """List the links that remove a limit."""
    return soup.select(f'ul.chips[aria-labelledby="{name}"] a')


def parameters(link: Tag | str) -> list[tuple[str, str]]:
    """Read what an address asks."""
    address = link if isinstance(link, str) else str(link["href"])
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


def check_quote(quote: Tag, corpus: Corpus, name: str) -> None:
    """Assert that a quote is the slice of the page file where its passage stands."""
    rendition = corpus.passage(name).renditions.get("fr" if quote["lang"] == "fr" else "en")
    assert rendition is not None
    text = page_text(dict(PAGES)[rendition.document])
    assert quote.text == text[rendition.start : rendition.end] != ""


@BOTH
def test_the_search_page_opens_with_a_form_and_two_examples(
    client: TestClient, language: str
) -> None:
    """Eight boxes unticked, every year, the page's own language, and examples that find."""
    soup = page(client, f"/{language}/search")
    form = one(soup, "form")
    assert (form["method"], form["action"]) == ("get", f"/{language}/search")
    assert ticked(soup) == []
    assert [item["value"] for item in form.select("#year option")] == ["", "2025", "2024", "2023"]
    assert one(form, "input[name=text][checked]")["value"] == language
    for field in form.select("input, select"):
        assert len(form.select(f'label[for="{field["id"]}"]')) == 1
    assert [item.name for item in form.select("legend")] == ["legend"] * 2
    assert found(soup) == []
    examples = soup.select(".results ul a")
    assert len(examples) == 2
    for item in examples:
        assert parameters(item) == [("q", item.text)]
        assert len(found(page(client, str(item["href"])))) == 20


@BOTH
def test_ticked_meetings_are_the_only_ones_searched(client: TestClient, language: str) -> None:
    """Passages come from the two meetings asked for, and their boxes stay ticked."""
    wanted = ["2023-01-19", "2025-03-25"]
    soup = page(client, f"/{language}/search", q="trust in 2024", meeting=wanted)
    assert days(found(soup)) == set(wanted)
    assert sorted(ticked(soup)) == wanted
    assert not limits(soup, "named")


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"year": "2025"}, {"2025-01-31", "2025-03-25", "2025-06-02"}),
        ({"year": "2024", "meeting": ["2024-06-27", "2025-01-31"]}, {"2024-06-27"}),
        ({"year": "2024", "meeting": ["2025-01-31"]}, set()),
        ({"year": "1999"}, set()),
    ],
)
def test_a_year_narrows_the_meetings(
    client: TestClient, asked: dict[str, str | list[str]], wanted: set[str]
) -> None:
    """A year and meetings hold together; where they contradict each other nothing is found."""
    soup = page(client, f"/en/search?q=trust&{urlencode(asked, doseq=True)}")
    assert days(found(soup)) == wanted
    assert one(soup, "#year option[selected]")["value"] == asked["year"]
    assert (words("en", "page.search.none") in soup.text) is (not wanted)


@BOTH
def test_the_facets_count_what_was_found(client: TestClient, language: Language) -> None:
    """The count of each meeting is the number of its passages in the list, all counted once."""
    soup = page(client, f"/{language}/search", q="accessibility")
    names = found(soup)
    assert len(names) == len(set(names)) == 20
    assert catalogue(language).count("page.search.count", 20) in [
        item.text for item in soup.select(".results h2")
    ]
    for day in DATES:
        label = one(soup, f'label[for="meeting-{day}"]').text
        number = sum(name.startswith(day) for name in names)
        shown = f"({catalogue(language).count('page.passages', number)})"
        assert (shown in label) is (number > 0), day
    assert {one(item, ".link a")["href"] for item in soup.select("ol.found article")} == {
        f"/{language}/passages/{name}" for name in names
    }


@BOTH
def test_a_chip_drops_exactly_one_parameter(client: TestClient, language: Language) -> None:
    """Each of the four limits has one link that asks the same but for itself."""
    asked = [
        ("q", "passeports & confiance"),
        ("meeting", "2025-01-31"),
        ("meeting", "2025-06-02"),
        ("year", "2025"),
        ("text", other(language)),
    ]
    response = client.get(f"/{language}/search?{urlencode(asked)}")
    chips = limits(BeautifulSoup(response.text, "html.parser"))
    assert [parameters(chip) for chip in chips] == [
        [pair for pair in asked if pair != gone] for gone in asked[1:]
    ]
    for chip, (name, value) in zip(chips, asked[1:], strict=True):
        assert str(chip["href"]).startswith(f"/{language}/search?")
        assert one(chip, ".hidden").text.strip() == words(language, "page.search.remove")
        if name == "meeting":
            assert catalogue(language).date(dt.date.fromisoformat(value)) in chip.text
        rest = page(client, str(chip["href"]))
        assert len(limits(rest)) == 3
        assert found(rest)


@BOTH
def test_limits_of_the_question_are_shown_and_can_be_replaced(
    client: TestClient, language: str
) -> None:
    """Without one of three meetings the two others are named; without all, all eight are."""
    soup = page(client, f"/{language}/search", q="trust in 2023")
    assert days(found(soup)) <= set(IN_2023)
    assert limits(soup) == []
    quoted = one(soup, "#named span")
    assert "2023" in quoted.text
    assert quoted["lang"] == "en"
    chips = limits(soup, "named")
    for chip, gone in zip(chips, IN_2023, strict=True):
        kept = [day for day in IN_2023 if day != gone]
        assert parameters(chip) == [("q", "trust in 2023"), *(("meeting", day) for day in kept)]
        assert days(found(page(client, str(chip["href"])))) == set(kept)
    link = one(soup, ".wider a")
    assert sorted(value for name, value in parameters(link) if name == "meeting") == sorted(DATES)
    freed = page(client, str(link["href"]))
    assert days(found(freed)) - set(IN_2023)
    assert limits(freed) == limits(freed, "named") == []
    assert words(language, "page.search.everywhere") in freed.text
    back = next(
        item for item in freed.select("a") if item.text == words(language, "page.search.freed")
    )
    assert parameters(back) == [("q", "trust in 2023")]


def test_the_only_limit_of_a_question_gives_way_to_every_meeting(client: TestClient) -> None:
    """One meeting named, or a year without any: the link names all eight."""
    for question, chips in (("trust in June 2025", 1), ("trust in 1999", 0)):
        soup = page(client, "/en/search", q=question)
        found_chips = limits(soup, "named")
        assert len(found_chips) == chips
        for link in (*found_chips, one(soup, ".wider a")):
            assert {value for name, value in parameters(link) if name == "meeting"} == set(DATES)
            assert found(page(client, str(link["href"])))


@BOTH
@pytest.mark.parametrize("text", ["", "fr", "en"])
def test_quotes_equal_their_documents(
    client: TestClient, corpus: Corpus, language: str, text: str
) -> None:
    """One quote a passage, in the language asked for, else the page's, with its status."""
    soup = page(client, f"/{language}/search", q="IA", text=text)
    shown = text or language
    assert one(soup, "input[name=text][checked]")["value"] == shown
    articles = soup.select("ol.found article")
    assert len(articles) == 20
    for article in articles:
        quote = one(article, "blockquote")
        assert quote["lang"] == shown
        check_quote(quote, corpus, str(article["id"]))
        assert one(article, ".status").text == STATUS_WORDS[language, shown]
        link = urlsplit(str(one(article, "h3 a")["href"]))
        assert link.path == f"/{language}/meetings/{str(article['id'])[:10]}"


def test_a_text_in_the_other_language_stands_in_for_a_missing_one(
    settings: Settings, service: QAService, corpus: Corpus
) -> None:
    """When the French page no longer matches, the English text is shown as what it is."""
    documents = {
        key: replace(item, text="x" + item.text) if item.language == "fr" else item
        for key, item in corpus.documents.items()
    }
    moved = over(service, replace(corpus, documents=documents), settings)
    with unopened(settings, moved) as client:
        soup = page(client, "/fr/search", q="confiance")
    assert {item["lang"] for item in soup.select("ol.found blockquote")} == {"en"}
    assert {item.text for item in soup.select("ol.found .status")} == {"Traduction non officielle"}


@BOTH
@pytest.mark.parametrize("topic", ["passeports", "AI", "trust in 2023"])
def test_a_timeline_and_its_absences_are_meetings_in_scope(
    client: TestClient, corpus: Corpus, language: str, topic: str
) -> None:
    """Oldest first, with one quote of its own or named as absent; of some neither is sure."""
    soup = page(client, f"/{language}/timeline", topic=topic)
    entries = soup.select("ol.timeline > li")
    present = [str(one(item, "h3 a")["href"])[-10:] for item in entries]
    absent = [str(item["href"])[-10:] for item in soup.select("ul.absent li > a:first-child")]
    scope = IN_2023 if "2023" in topic else sorted(DATES)
    assert present == sorted(present)
    assert absent == sorted(absent)
    assert len({*present, *absent}) == len(present + absent)
    assert {*present, *absent} <= {*scope}
    assert present
    lead = one(soup, ".lead").text
    assert (f" {len(present)} " in lead, f" {len(scope)} " in lead) == (True, True)
    for day, item in zip(present, entries, strict=True):
        article = one(item, "article.passage")
        assert str(article["id"]).startswith(day)
        quotes = article.select("blockquote")
        assert [quote["lang"] for quote in quotes] == [
            language,
            "en" if language == "fr" else "fr",
        ]
        for quote in quotes:
            check_quote(quote, corpus, str(article["id"]))
    body = client.get("/api/v1/timeline", params={"topic": topic}).json()
    assert absent == body["absent"]
    for link in soup.select("ol.timeline > li > p a, ul.absent li > a + a"):
        assert ("q", topic) in parameters(link)
        (day,) = (value for name, value in parameters(link) if name == "meeting")
        assert days(found(page(client, str(link["href"])))) == {day}


@BOTH
def test_a_topic_that_no_summary_treats_is_said_to_be_none(
    client: TestClient, language: str
) -> None:
    """No meeting is shown to speak or to be silent; a topic that is there has a lead."""
    strange = page(client, f"/{language}/timeline", topic="tourtière")
    assert one(strange, ".answer > .note").text == words(language, "page.timeline.unsure")
    assert not strange.select(".lead, ol.timeline, ul.absent")
    known = page(client, f"/{language}/timeline", topic="passeports")
    assert " 1 " in one(known, ".lead").text
    assert " 8 " in one(known, ".lead").text
    nowhere = page(client, f"/{language}/timeline", topic="trust in 1999")
    assert not nowhere.select("ol.timeline, ul.absent")
    assert one(nowhere, ".answer > .note").text == words(language, "answer.coverage.none")


@BOTH
def test_the_timeline_opens_with_two_examples(client: TestClient, language: str) -> None:
    """Each one is a topic that the summaries treat."""
    soup = page(client, f"/{language}/timeline")
    assert one(soup, "form")["action"] == f"/{language}/timeline"
    assert one(soup, 'label[for="topic"]').text == words(language, "page.timeline.label")
    examples = soup.select("#examples + ul a")
    assert len(examples) == 2
    for item in examples:
        assert parameters(item) == [("topic", item.text)]
        assert page(client, str(item["href"])).select(".answer.answered ol.timeline > li")


@BOTH
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"q": "?!"}, "error.question.title"),
        ({"q": "a" * 5001}, "error.question.title"),
        ({"q": "trust", "meeting": ["2024-01-01"]}, "error.filter.title"),
        ({"q": "trust", "meeting": ["2024-02-30", "2025-06-02"]}, "error.filter.title"),
        ({"q": "trust", "meeting": ["20250602"]}, "error.filter.title"),
        ({"q": "trust", "meeting": [""], "year": "0000"}, "error.filter.title"),
        ({"q": "trust", "year": "２０２４"}, "error.filter.title"),
        ({"q": "trust", "year": "2024", "text": "de"}, "error.filter.title"),
    ],
)
def test_an_error_stays_on_the_page_with_what_was_typed(
    client: TestClient, language: str, asked: dict[str, str | list[str]], shown: str
) -> None:
    """422, said above the form; the question is still in it and every limit can be removed."""
    soup = page(client, f"/{language}/search?{urlencode(asked, doseq=True)}", 422)
    assert one(soup, "#problem h2").text == words(language, shown)
    field = one(soup, "#q")
    assert (field["value"], field["aria-describedby"]) == (asked["q"], "problem")
    assert found(soup) == []
    typed = [day for day in asked.get("meeting", []) if day]
    typed += [str(asked[name]) for name in ("year", "text") if name in asked]
    assert len(limits(soup)) == len(typed)
    for value, chip in zip(typed, limits(soup), strict=True):
        assert value not in [item for _, item in parameters(chip)]


@BOTH
@pytest.mark.parametrize("topic", ["?", "a" * 5001])
def test_an_error_of_the_timeline_stays_on_the_page(
    client: TestClient, language: str, topic: str
) -> None:
    """The topic is still in the form, and what to do is said without naming the API."""
    soup = page(client, f"/{language}/timeline", 422, topic=topic)
    assert one(soup, "#problem h2").text == words(language, "error.question.title")
    assert one(soup, "#topic")["value"] == topic
    assert "extractive" not in soup.text
    assert not soup.select("ol.timeline, #examples")


@HOSTILE
def test_what_a_person_types_is_shown_and_never_run(client: TestClient, text: str) -> None:
    """In question, topic, meeting, year and language, markup comes back as the text it is."""
    pages = [
        page(client, "/en/search", q=text),
        page(client, "/en/search", 422, q=text, meeting=[text], year=text, text=text),
        page(client, "/en/timeline", topic=text),
        page(client, "/en/timeline", 422, topic=text + " a" * 2500),
    ]
    for soup in pages:
        assert not soup.select("script:not([src]), img, b")
        assert not [tag for tag in soup.find_all() if any(k.startswith("on") for k in tag.attrs)]
        assert not any(str(tag["href"]).startswith("java") for tag in soup.select("[href]"))
    assert one(pages[0], "#q")["value"] == one(pages[1], "#q")["value"] == text
    assert one(pages[2], "#topic")["value"] == one(pages[2], "#found").text == text
    chips = limits(pages[1])
    assert len(chips) == 3
    assert all(text in chip.text for chip in chips)
    assert text in one(pages[1], "#problem").text


@BOTH
@pytest.mark.parametrize(
    "path",
    [
        "/search?q=l%27IA+%26+la+confiance&meeting=2024-11-01&meeting=2025-06-02&year=2024&text=en",
        "/search?q=%3F&meeting=never",
        "/search",
        "/timeline?topic=l%27%C3%A9quit%C3%A9",
        "/timeline",
    ],
)
def test_the_toggle_keeps_the_place_and_every_parameter(
    client: TestClient, language: Language, path: str
) -> None:
    """The other language has the same page with the same limits."""
    soup = BeautifulSoup(client.get(f"/{language}{path}").text, "html.parser")
    assert one(soup, "nav a[hreflang]")["href"] == f"/{other(language)}{path}"


@BOTH
def test_both_pages_are_in_the_navigation_and_no_link_of_theirs_is_broken(
    client: TestClient, language: str
) -> None:
    """Pages, passages and anchors that they lead to are there; nothing comes from elsewhere."""
    nav = [str(item["href"]) for item in page(client, f"/{language}/").select("header nav a")]
    assert {f"/{language}/search", f"/{language}/timeline"} <= set(nav)
    addresses: set[str] = set()
    for path in (
        "/search?q=where+was+it+held&year=2023",
        "/timeline?topic=AI",
        "/search?q=in+2023",
    ):
        soup = page(client, f"/{language}{path}")
        assert not soup.select("style, [style], script:not([src])")
        addresses |= {str(tag["href"]) for tag in soup.select("main [href]")}
    assert len(addresses) > 40
    for address in addresses:
        link = urlsplit(address)
        assert not link.netloc
        response = client.get(address)
        assert response.status_code == 200, address
        if link.fragment and link.path:
            assert BeautifulSoup(response.text, "html.parser").find(id=link.fragment), address
