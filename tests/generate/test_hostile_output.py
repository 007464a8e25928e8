"""Even where a check failed to stop it, what a model wrote is shown as text and does nothing."""

import csv
import io
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from docx import Document
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt

from ccs_qa.generate.ask import AnswerGenerator, GeneratedAnswer
from ccs_qa.generate.breaker import Breaker, Guarded
from ccs_qa.http.app import build_app
from ccs_qa.records import Citation, Generating, Generation, Prompt, Query, Statement
from ccs_qa.service import QAService
from ccs_qa.settings import Settings

HOSTILE = (
    '=HYPERLINK("https://evil.example","x") <img src=x onerror=alert(1)><script>alert(1)</script> '
    "[click](javascript:alert(1)) {{ 7 * 7 }} \u202e\u0007 **bold** https://evil.example"
)
ASKED = {"q": "How could AI help call centres?", "wording": "model"}


class Silent:
    """A model that is never asked."""

    model = '<b>model</b>"'

    def stream(self, _prompt: Prompt) -> Generator[str, None, None]:
        """Write nothing."""
        yield from ()


class Unchecked(AnswerGenerator):
    """Gives whatever it likes as an answer."""

    def phrase(
        self, _query: Query, _citations: Sequence[Citation]
    ) -> Generator[Generating, None, GeneratedAnswer]:
        """Phrase it in hostile words."""
        yield Generating()
        generation = Generation("used", Silent.model, kept=1)
        return GeneratedAnswer(f"{HOSTILE} [1]", (Statement(HOSTILE, (1,)),), generation)


@pytest.fixture(scope="module")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of an application whose answers nobody checked."""
    endpoint = Guarded(Silent(), Breaker(1, 1.0))
    made = replace(service, generator=Unchecked(endpoint), endpoint=endpoint)
    with TestClient(build_app(settings, lambda _: made)) as found:
        yield found


@pytest.mark.parametrize("path", ["/en/", "/fr/", "/en/stream", "/en/privacy", "/fr/privacy"])
def test_pages_show_it_as_text(client: TestClient, path: str) -> None:
    """No element of its own, no template run, nothing invisible."""
    text = client.get(path, params=ASKED).text
    page = BeautifulSoup(text, "html.parser")
    assert page.select("img, b") == []
    assert [item for item in page.select("script") if not item.has_attr("src")] == []
    assert "\u202e" not in text
    assert "\u0007" not in text
    if "privacy" not in path:
        assert "<img" in page.text
        assert "{{ 7 * 7 }}" in page.text
        assert "[U+202E]" in page.text
        assert [link for link in page.select("a[href]") if "evil" in str(link["href"])] == []


def test_files_hold_it_as_text(client: TestClient) -> None:
    """No link, no HTML, no formula, no field."""
    files = {
        form: client.get(f"/en/download.{form}", params=ASKED).content
        for form in ("md", "csv", "docx", "txt")
    }
    tokens = MarkdownIt("commonmark").parse(files["md"].decode())
    kinds = {child.type for token in tokens for child in (token, *(token.children or []))}
    assert not {kind for kind in kinds if "html" in kind}
    links = [
        str(child.attrs["href"])
        for token in tokens
        for child in token.children or []
        if child.type == "link_open"
    ]
    assert all("/en/passages/" in link for link in links)
    cells = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))))[1]
    assert [cell for cell in cells if cell.startswith("=")] == []
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    document = Document(io.BytesIO(files["docx"]))
    assert any("=HYPERLINK" in item.text for item in document.paragraphs)
    assert "w:hyperlink" not in document.element.xml
    for form in ("md", "csv", "txt"):
        assert "\u202e" not in files[form].decode()
