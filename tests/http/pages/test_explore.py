"""Search with limits, and a topic through the meetings, read as a browser would."""

import datetime as dt
import re
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
from tests.serving import moved

IN_2023 = ["2023-01-19", "2023-04-03", "2023-10-03"]
PASSPORT = re.compile(r"\bpasse?ports?\b", re.IGNORECASE)
PASSPORTS = {"fr": "passeports", "en": "passports"}
HOSTILE = pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> trust",
        '"><img src=x onerror=alert(1)> trust',
        "</title><script>alert(1)</script> trust",
        "&lt;b&gt; & {{ 7 * 7 }} {% raw %} trust",
    ],
)


def found(soup: BeautifulSoup) -> list[str]:
    """List the passages found, best first."""
    return [str(item["id"]) for item in soup.select("ol.found > li")]


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
    assert [item.name for item in form.select("legend")] == ["legend"] * 3
    assert [item["id"] for item in form.select("input[name=by][checked]")] == ["by-1"]
    assert not one(form, "details.facets").has_attr("open")
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


def saying_passport(corpus: Corpus) -> list[str]:
    """List the passages with the word in either language, read letter by letter."""
    return [
        item.id
        for item in corpus.passages
        if item.kind in {"format", "objective", "statement"}
        and any(
            re.search(r"\bpasse?ports?\b", said.text, re.IGNORECASE)
            for said in item.renditions.spoken
        )
    ]


@BOTH
def test_a_search_by_words_finds_every_passage_that_has_them(
    client: TestClient, corpus: Corpus, language: Language
) -> None:
    """All of them, newest meeting first, counted; the words are marked where they stand."""
    wanted = saying_passport(corpus)
    soup = page(client, f"/{language}/search", q=PASSPORTS[language], by="words")
    names = found(soup)
    assert sorted(names) == sorted(wanted)
    assert [name[:10] for name in names] == sorted((name[:10] for name in names), reverse=True)
    assert one(soup, ".results h2").text.startswith(
        catalogue(language).count("page.search.holding", len(wanted))
    )
    for item in soup.select("ol.found > li"):
        marks = [mark.text for mark in item.select("mark")]
        assert marks == PASSPORT.findall(one(item, "blockquote").text)
    assert one(soup, "input[name=by][checked]")["value"] == "words"
    assert ("by", "words") not in parameters(one(soup, ".sought a"))


@BOTH
def test_a_search_by_meaning_says_how_many_have_the_words(
    client: TestClient, corpus: Corpus, language: Language
) -> None:
    """Of 110 passages in order twenty are shown; a link leads to those that have the word."""
    wanted = saying_passport(corpus)
    soup = page(client, f"/{language}/search", q="passports")
    assert one(soup, ".results h2").text == catalogue(language).count("page.search.nearest", 110)
    assert len(found(soup)) == 20
    assert {item.text.lower() for item in soup.select("mark")} <= {
        "passport",
        "passports",
        "passeport",
        "passeports",
    }
    link = one(soup, ".sought a")
    assert link.text.startswith(f"{len(wanted)} ")
    assert sorted(found(page(client, str(link["href"])))) == sorted(wanted)
    for day in DATES:
        label = one(soup, f'label[for="meeting-{day}"]').text
        number = sum(name.startswith(day) for name in wanted)
        shown = f"({catalogue(language).count('page.passages', number)})"
        assert (shown in label) is (number > 0), day
    assert {one(item, ".link a")["href"] for item in soup.select("ol.found > li")} == {
        f"/{language}/passages/{name}" for name in found(soup)
    }


@BOTH
def test_pages_of_a_search_show_each_passage_once(client: TestClient, language: str) -> None:
    """Six pages of 110 passages: the links between them lose none and repeat none."""
    address, names = f"/{language}/search?q=accessibility", []
    for number in range(1, 7):
        soup = page(client, address)
        names += found(soup)
        assert bool(soup.select("a[rel=prev]")) is (number > 1)
        toggle = str(one(soup, "nav a[hreflang]")["href"])
        assert ("page", str(number)) in [*parameters(toggle), ("page", "1")]
        address = str(soup.select("a[rel=next]")[0]["href"]) if number < 6 else ""
    assert not soup.select("a[rel=next]")
    assert len(names) == len(set(names)) == 110


@BOTH
def test_words_that_no_passage_has_are_said_to_be_in_none(
    client: TestClient, language: Language
) -> None:
    """And the same search by meaning is one link away."""
    soup = page(client, f"/{language}/search", q="tourtières passports", by="words")
    assert found(soup) == []
    assert words(language, "page.search.none.words") in soup.text
    link = next(
        item
        for item in soup.select(".results a")
        if item.text == words(language, "page.search.by.meaning.instead")
    )
    assert len(found(page(client, str(link["href"])))) == 20


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
    articles = soup.select("ol.found > li")
    assert len(articles) == 20
    for article in articles:
        quote = one(article, "blockquote")
        assert quote["lang"] == shown
        check_quote(quote, corpus, str(article["id"]))
        assert one(article, ".status").text == STATUS_WORDS[language, shown]
        link = urlsplit(str(one(article, "h3 a")["href"]))
        assert link.path == f"/{language}/meetings/{str(article['id'])[:10]}"


def test_a_text_in_the_other_language_stands_in_for_a_missing_one(
    settings: Settings, service: QAService
) -> None:
    """When the French page no longer matches, the English text is shown as what it is."""
    with unopened(settings, moved(service, settings, "fr")) as client:
        soup = page(client, "/fr/search", q="confiance")
    assert {item["lang"] for item in soup.select("ol.found blockquote")} == {"en"}
    assert {item.text for item in soup.select("ol.found .status")} == {"Traduction non officielle"}


@BOTH
@pytest.mark.parametrize(
    ("topic", "state"),
    [
        ("passeports", "words"),
        ("AI", "words"),
        ("trust in 2023", "words"),
        ("remote areas", "words"),
        ("getting answers at the counter", "meaning"),
    ],
)
def test_a_timeline_tells_words_from_meaning_and_both_from_silence(
    client: TestClient, corpus: Corpus, language: Language, topic: str, state: str
) -> None:
    """Each meeting searched once, oldest first; its entries and absences are those of the API."""
    soup = page(client, f"/{language}/timeline", topic=topic)
    body = client.get("/api/v1/timeline", params={"topic": topic}).json()
    stops = soup.select("ol.timeline > li")
    shown = [(str(one(stop, "h3 a")["href"])[-10:], str(stop["class"][0])) for stop in stops]
    scope = IN_2023 if "2023" in topic else sorted(DATES)
    assert shown == sorted(shown)
    assert len(shown) == len({day for day, _ in shown})
    assert {day for day, _ in shown} == {*scope}
    entries = [day for day, found_so in shown if found_so == state]
    if state == "meaning":
        assert "words" not in {found_so for _, found_so in shown}
        assert {*entries} == {item["meeting"]["date"] for item in body["entries"]}
    else:
        assert entries == [item["meeting"]["date"] for item in body["entries"]]
    assert [day for day, found_so in shown if found_so == "silent"] == body["absent"]
    lead = one(soup, ".lead").text
    assert str(len(entries)) in lead
    assert str(len(scope)) in lead
    for stop, (day, found_so) in zip(stops, shown, strict=True):
        assert one(stop, ".state > span").text == words(language, f"page.timeline.{found_so}")
        assert len(stop.select("article")) == (found_so in {"words", "meaning"})
        for article in stop.select("article"):
            assert str(article["id"]).startswith(day)
            for quote in article.select("blockquote"):
                check_quote(quote, corpus, str(article["id"]))
            assert article.select("blockquote")[0]["lang"] == language
        link = one(stop, ".state a")
        assert parameters(link) == [("q", topic), ("meeting", day)]
        assert days(found(page(client, str(link["href"])))) == {day}


@BOTH
@pytest.mark.parametrize("topic", ["artificial intelligence", "partnerships", "passports"])
def test_the_timeline_is_that_of_the_answer(
    client: TestClient, language: Language, topic: str
) -> None:
    """The question how a topic evolved quotes the passages that the page shows with its words."""
    asked = page(client, f"/{language}/", q=f"How did {topic} evolve over the meetings?")
    quoted = [str(item["id"]) for item in asked.select(".answer article.passage")]
    soup = page(client, f"/{language}/timeline", topic=topic)
    assert [str(item["id"]) for item in soup.select("ol.timeline > .words article")] == quoted


@BOTH
def test_a_topic_that_no_summary_treats_is_said_to_be_none(
    client: TestClient, language: str
) -> None:
    """No meeting is shown to speak or to be silent; a topic that is there has a lead."""
    strange = page(client, f"/{language}/timeline", topic="tourtière")
    assert one(strange, ".followed > .note").text == words(language, "page.timeline.unsure.all")
    assert not strange.select(".lead, ol.timeline")
    known = page(client, f"/{language}/timeline", topic="passeports")
    assert re.findall(r"\d+", one(known, ".lead").text) == ["1", "8"]
    nowhere = page(client, f"/{language}/timeline", topic="trust in 1999")
    assert not nowhere.select("ol.timeline")
    assert one(nowhere, ".followed > .note").text == words(language, "answer.coverage.none")


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
        assert page(client, str(item["href"])).select(".followed.answered ol.timeline > li")


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
