"""What hostile words can do to a page: stand there as text, and nothing else."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from ccs_qa.answer.timeline import Timeline
from ccs_qa.corpus.library import Corpus
from ccs_qa.records import (
    LANGUAGES,
    Answer,
    AnswerStatus,
    Bilingual,
    Document,
    Meeting,
    Passage,
    Query,
    Question,
    Rendition,
    SearchResult,
    Section,
)
from ccs_qa.search.legs import HYBRID, Fusion
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.text.strings import clean
from tests.http.pages.test_pages import BOTH, unopened

HARMLESS = "words"
PAYLOADS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror='window.ran=1'>",
    '"><svg/onload=window.ran=1>',
    "' autofocus onfocus=window.ran=1 x='",
    "</title></textarea></template><script>window.ran=1</script>",
    "{{7*7}} {% raw %} ${7*7} <!-- --> ]]>",
    "javascript:window.ran=1",
    "=cmd|'/C calc'!A0 @SUM(1) +1 -1",
    "[x](javascript:window.ran=1) ![y](http://evil.example/x.png)",
    "a\u202e\u202a\u2066\u2067\u2068b\u200b\u200c\u200d\u2060\ufeffc",
    "a\U000e0001\U000e0020\U000e007fb\x00\x07\x1b\x7f\x85c",
    "e" + "\u0301" * 500,
)
# Controls but white space, bidirectional and zero-width characters, tags, surrogates.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
EACH = pytest.mark.parametrize("text", PAYLOADS)
TYPED = (
    "/meetings/{text}",
    "/passages/{text}",
    "/search?q={text}&meeting={text}",
    "/search?q=x&year={text}&text={text}",
    "/timeline?topic=%3F&x={text}",
    "/nowhere/{text}?q={text}",
)
FOUND = ("/?q={text}&h={text}", "/search?q={text}", "/timeline?topic={text}")
HELD = (
    "/?q=words",
    "/meetings",
    "/meetings/2024-11-01",
    "/search?q=words",
    "/timeline?topic=words",
)


def shape(soup: BeautifulSoup) -> list[tuple[str, list[str]]]:
    """List elements and the names of their attributes; a list may be sorted by what is typed."""
    return sorted((tag.name, sorted(tag.attrs)) for tag in soup.select("*"))


def hostile(corpus: Corpus, text: str) -> Corpus:
    """Let every passage, heading and title of a corpus say the same."""
    documents: dict[str, Document] = {
        name: replace(item, title=text, publisher=text, text=text)
        for name, item in corpus.documents.items()
    }

    def rendition(item: Rendition | None) -> Rendition | None:
        return replace(item, text=text, start=0, end=len(text)) if item else None

    def bilingual(item: Bilingual) -> Bilingual:
        return Bilingual(rendition(item.fr), rendition(item.en))

    def passage(item: Passage) -> Passage:
        heading, lead_in = (bilingual(x) if x else None for x in (item.section, item.lead_in))
        said = bilingual(item.renditions)
        return replace(item, section=heading, lead_in=lead_in, renditions=said)

    def section(item: Section) -> Section:
        heading = bilingual(item.heading) if item.heading else None
        return Section(heading, tuple(map(passage, item.passages)))

    def meeting(item: Meeting) -> Meeting:
        return replace(
            item,
            heading=bilingual(item.heading),
            title=passage(item.title) if item.title else None,
            format=passage(item.format) if item.format else None,
            objective=tuple(map(passage, item.objective)),
            sections=tuple(map(section, item.sections)),
        )

    said = passage(corpus.disclaimer) if corpus.disclaimer else None
    meetings = tuple(map(meeting, corpus.meetings))
    return replace(corpus, documents=documents, meetings=meetings, disclaimer=said)


class Parrot(QAService):
    """Finds the same passages whatever is asked, and repeats what is asked."""

    def search(self, question: Question, fusion: Fusion = HYBRID) -> SearchResult:
        """Search for what is fixed."""
        said = clean(question.text)
        found = super().search(replace(question, text="trust in 2023"), fusion)
        hits = tuple(
            replace(hit, passage=self.corpus.passage(hit.passage.id)) for hit in found.hits
        )
        assert found.query.scope is not None
        query = replace(
            found.query,
            question=said,
            scope=replace(found.query.scope, text=said),
        )
        return replace(found, query=query, hits=hits)

    def timeline(self, question: Question) -> tuple[Query, AnswerStatus, Timeline]:
        """Follow what is fixed."""
        query, status, found = super().timeline(replace(question, text="passports"))
        entries = tuple(
            replace(hit, passage=self.corpus.passage(hit.passage.id)) for hit in found.entries
        )
        return (
            replace(query, question=clean(question.text)),
            status,
            replace(found, entries=entries),
        )

    def ask(self, question: Question) -> Answer:
        """Answer what is fixed."""
        # What was asked before would change what is found.
        found = super().ask(Question("How could AI help call centres?", question.language))
        said = clean(question.text)
        return replace(found, query=replace(found.query, question=said, standalone=said + " x"))


def parrot(service: QAService, corpus: Corpus) -> QAService:
    """Make a service of another corpus that repeats what is asked."""
    made = copy.copy(service)
    made.__class__ = Parrot
    made.corpus = corpus
    return made


@dataclass
class Site:
    """An application that runs, and what was seen of its pages: each is fetched once."""

    client: TestClient
    seen: dict[str, list[tuple[str, list[str]]]] = field(default_factory=dict)

    def shape(self, path: str) -> list[tuple[str, list[str]]]:
        """Fetch a page: nothing unseen, no link that leaves the site; gives its elements."""
        if path not in self.seen:
            response = self.client.get(path)
            assert response.status_code in {200, 404, 422}, path
            assert not UNSEEN.search(response.text), path
            soup = BeautifulSoup(response.text, "html.parser")
            links = [str(tag[name]) for name in ("href", "src") for tag in soup.select(f"[{name}]")]
            assert not [link for link in links if not link.startswith(("/", "#"))], path
            self.seen[path] = shape(soup)
        return self.seen[path]


@pytest.fixture(scope="module")
def repeating(settings: Settings, service: QAService, corpus: Corpus) -> Iterator[Site]:
    """It repeats what is asked."""
    with unopened(settings, parrot(service, corpus)) as client:
        yield Site(client)


@pytest.fixture(scope="module")
def harmless(settings: Settings, service: QAService, corpus: Corpus) -> Iterator[Site]:
    """It repeats what is asked, over a corpus whose every text is harmless."""
    with unopened(settings, parrot(service, hostile(corpus, HARMLESS))) as client:
        yield Site(client)


@EACH
@BOTH
def test_what_is_typed_adds_no_element(repeating: Site, text: str, language: str) -> None:
    """Refused, not found or looked up: the page is the one for harmless words."""
    for form in (*TYPED, *FOUND):
        said, same = (
            f"/{language}" + form.format(text=quote(item, safe="")) for item in (text, HARMLESS)
        )
        assert repeating.shape(said) == repeating.shape(same), said


@EACH
def test_what_is_quoted_adds_no_element(
    settings: Settings, service: QAService, corpus: Corpus, harmless: Site, text: str
) -> None:
    """A corpus whose every text is hostile gives the pages of a harmless one."""
    with unopened(settings, parrot(service, hostile(corpus, text))) as client:
        site = Site(client)
        for language in LANGUAGES:
            for form in (*HELD, "/passages/2024-11-01-s-9f742ebe"):
                path = f"/{language}{form}"
                assert site.shape(path) == harmless.shape(path), path


def test_lone_surrogates_in_json_break_nothing(settings: Settings, service: QAService) -> None:
    """Half a character is a question that cannot be read, or is read without it."""
    with unopened(settings, service) as client:
        response = client.post(
            "/api/v1/ask",
            content=b'{"question": "What about \\ud800 passports?", "language": "en"}',
            headers={"content-type": "application/json"},
        )
    assert response.status_code in {200, 422}
    assert not UNSEEN.search(response.text)
