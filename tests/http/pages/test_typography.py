"""Every page in both languages: which language each text is in, and how it is typeset."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Match

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.channels import CHANNELS
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language
from ccs_qa.text.strings import detect_language
from tests.addresses import ADDRESSES, DOWNLOADS, ERRORS, ROOT
from tests.http.pages.test_pages import BOTH, one
from tests.http.pages.walk import Text, held, line, texts, typed

VISITED = (*ADDRESSES, *ERRORS)
EVERY = pytest.mark.parametrize("address", VISITED)
SPACE = "\u00a0"
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
# Their words are the other's: what a placeholder holds is all that they say.
SHAPELESS = 3


@pytest.fixture(scope="module")
def published(corpus: Corpus) -> dict[str, frozenset[str]]:
    """The texts of the corpus and the questions proposed about it, by language."""
    found = held(corpus)
    return {name: found[name] | {item.get(name) for item in corpus.samples} for name in LANGUAGES}


PAGES: dict[str, BeautifulSoup] = {}


def visit(client: TestClient, address: str, language: str) -> BeautifulSoup:
    """Fetch a page once for all tests."""
    path = address.format(language=language)
    if path not in PAGES:
        response = client.get(path)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        PAGES[path] = BeautifulSoup(response.text, "html.parser")
    return PAGES[path]


@cache
def patterns(language: Language) -> tuple[re.Pattern[str], ...]:
    """Make a pattern of each text of a catalogue, the most telling first."""
    words = catalogue(language)
    made = []
    for key in words.keys:
        fixed = re.split(r"\{\w+\}", words.raw(key))
        if len(re.findall(r"[^\W\d_]", "".join(fixed))) >= SHAPELESS or len(fixed) == 1:
            made.append(re.compile("(.+?)".join(map(re.escape, fixed))))
    return tuple(made)


def known(text: str, language: Language) -> bool:
    """Tell whether a text is made of texts of a catalogue, dates and punctuation."""
    bare = text.strip(" –·(),")
    if not re.search(r"[^\W\d_]", bare) or re.fullmatch(day_of(language), bare):
        return True
    if any(pattern.fullmatch(bare) or pattern.fullmatch(text) for pattern in patterns(language)):
        return True
    # A detail and the next step stand in one paragraph; a title before the name of the site.
    return any(
        known(bare[: cut.start()], language) and known(bare[cut.end() :], language)
        for cut in re.finditer(r"(?<=[.?!]) | – ", bare)
    )


def day_of(language: str) -> str:
    """Say how a day is written."""
    months = MONTHS[language].replace(" ", "|")
    if language == "fr":
        return rf"(?:1er|[2-9]|[12]\d|3[01]) (?:{months}) 20\d\d"
    return rf"(?:{months}) (?:[1-9]|[12]\d|3[01]), 20\d\d"


def own(
    found: Iterator[Text], address: str, published: dict[str, frozenset[str]]
) -> Iterator[Text]:
    """Leave out what was typed, what is code and what is quoted."""
    said = typed(address)
    every = published["fr"] | published["en"]
    for item in found:
        # The limits that a question names stand between quotation marks, as typed.
        bare = re.sub(r"[“”«»\u00a0]", "", item.words).strip()
        whole = item.words.rpartition(" – ")[0] if item.tag.name == "title" else bare
        in_question = any(bare in text for text in said) and item.tag.name == "span"
        # Of a quote, what is marked and the rest are texts apart.
        quoted = item.tag.name in {"blockquote", "mark"} and any(
            item.words in text for text in every
        )
        name = re.fullmatch(r"\d{4}-\d\d-\d\d-[a-z]-[0-9a-f]+", item.words)
        if (
            quoted
            or name
            or item.tag.name == "code"
            or in_question
            or {whole, line(whole), item.words} & (said | every)
        ):
            continue
        yield item


@BOTH
@EVERY
def test_each_text_says_its_language(
    client: TestClient, address: str, language: Language, published: dict[str, frozenset[str]]
) -> None:
    """Our words come from the page's catalogue; quotes name the language they are in."""
    soup = visit(client, address, language)
    assert one(soup, "html")["lang"] == language
    for item in texts(soup):
        in_corpus = [name for name in LANGUAGES if item.words in published[name]]
        assert not in_corpus or item.language in in_corpus, item
    for item in own(texts(soup), address, published):
        spoken: Language = "fr" if item.language == "fr" else "en"
        assert known(item.words, spoken), item
        if spoken != language:
            assert item.words == catalogue(spoken).raw("page.language.name"), item


@BOTH
@EVERY
def test_a_long_text_is_in_the_language_it_says(
    client: TestClient, address: str, language: Language
) -> None:
    """A detector that knows no markup agrees, for our words and for those of the corpus."""
    said = typed(address)
    for item in texts(visit(client, address, language)):
        if len(item.words.split()) > 6 and not any(text in item.words for text in said):
            assert detect_language(item.words) == item.language, item


FAULTS = {
    "fr": r"\s[;?!]|(?<![\u00a0/\d])(?<!https):(?!//)|«(?!\u00a0)|(?<!\u00a0)»|[“”\"‘]| :|\w'\w",
    "en": r"\s[:;?!]|[«»\"‘]|\u00a0|\u202f|\w'\w",
}


@BOTH
@EVERY
def test_our_words_are_typeset_for_their_language(
    client: TestClient, address: str, language: Language, published: dict[str, frozenset[str]]
) -> None:
    """No-break spaces, quotation marks of the language, apostrophes of one kind, full dates.

    Canadian usage: in French a no-break space before a colon and inside guillemets, none before
    a semicolon, a question or an exclamation mark. Apostrophes are typographic.
    """
    for item in own(texts(visit(client, address, language)), address, published):
        words = item.words
        quoted = {text for text in published[item.language] if "'" in text}
        for text in sorted({*typed(address), *quoted}, key=len, reverse=True):
            words = words.replace(text, "x")
        if item.tag.name == "title":  # quotes a piece of the corpus
            words = words.replace("'", "’")
        assert not re.search(FAULTS[item.language], words), item
        assert not re.search(r"\b\d{4}-\d\d-\d\d\b(?!-[a-z])", words), item
        assert not re.search(r"(?<![\w-])\d{5,}(?![\w-])", words), item
        for name in LANGUAGES:
            months = MONTHS[name].replace(" ", "|")
            # A month in words belongs to a full date, or to a period, of the language.
            if name != item.language and not set(months.split("|")) & set(words.split()):
                assert not re.search(day_of(name), words), item


@BOTH
def test_each_page_has_a_title_of_its_own(
    client: TestClient, language: Language, corpus: Corpus
) -> None:
    """Within a language no two pages share one, passages and meetings included."""
    paths = [
        *(item for item in ADDRESSES if "?" not in item or "/search?q=trust" in item),
        *(f"/{{language}}/passages/{item.id}" for item in corpus.passages),
        *(f"/{{language}}/meetings/{item.date}" for item in corpus.meetings),
    ]
    titles = {
        path: one(visit(client, path, language), "title").text for path in dict.fromkeys(paths)
    }
    assert len(set(titles.values())) == len(titles)


@BOTH
@EVERY
def test_headings_form_an_outline(client: TestClient, address: str, language: Language) -> None:
    """One first-level heading, first; no level is skipped on the way down."""
    found = visit(client, address, language).select("h1, h2, h3, h4, h5, h6")
    levels = [int(item.name[1]) for item in found]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(line(item.text) for item in found)


@BOTH
@EVERY
def test_links_are_told_apart_by_their_words(
    client: TestClient, address: str, language: Language
) -> None:
    """The same words lead to the same place, or a description or the name of a list differs."""
    places: dict[tuple[str, str], str] = {}
    soup = visit(client, address, language)
    for link in soup.select("a[href]"):
        words = line(str(link.get("aria-label") or link.text))
        assert words, link
        list_of = link.find_parent(["ul", "ol"], attrs={"aria-labelledby": True})
        about = str(link.get("aria-describedby") or (list_of["aria-labelledby"] if list_of else ""))
        if about:
            assert len(soup.select(f"[id='{about}']")) == 1, link
        named = link.find_parent("nav", attrs={"aria-label": True})
        about = about or (str(named["aria-label"]) if named else "")
        assert places.setdefault((words, about), str(link["href"])) == link["href"], link


def test_no_kind_of_page_is_forgotten() -> None:
    """Each address that gives a page or a file is one that the walks visit."""
    routers = [router for row in CHANNELS if row.name == "page" for router in row.routers]
    routes = [
        item
        for router in routers
        for item in router.routes
        if isinstance(item, APIRoute)
        and "GET" in (item.methods or ())
        and not item.include_in_schema
    ]
    paths = [
        quote(item.format(language="fr").partition("?")[0])
        for item in (ROOT, *ADDRESSES, *ERRORS, *DOWNLOADS)
    ]
    missed = {
        route.path
        for route in routes
        if not any(
            route.matches({"type": "http", "method": "GET", "path": path})[0] == Match.FULL
            for path in paths
        )
    }
    assert len(routes) >= 12
    assert sorted(missed) == []


@BOTH
@pytest.mark.parametrize("address", DOWNLOADS)
def test_a_file_is_a_file(client: TestClient, address: str, language: Language) -> None:
    """What the walks leave out as a file is none of the pages."""
    response = client.get(address.format(language=language))
    assert response.status_code == 200
    assert not response.headers["content-type"].startswith("text/html")
