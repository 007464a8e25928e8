"""What is marked in the API is marked on the page, and nowhere that quotes for others."""

import io

import pytest
from bs4 import BeautifulSoup
from docx import Document
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt

QUESTIONS = ("What is said about rural internet access?", "How could AI help call centres?")


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_words_are_marked_on_the_page_alone(client: TestClient, question: str) -> None:
    """In the order of the quotes, in both renditions; a file has no emphasis of ours."""
    body = client.post("/api/v1/ask", json={"question": question, "language": "en"}).json()
    marked = []
    for citation in body["citations"]:
        marks = {item["language"]: slice(item["start"], item["end"]) for item in citation["marks"]}
        views = (citation, citation["counterpart"])
        marked += [
            view["text"][marks[view["language"]]] for view in views if view["language"] in marks
        ]
    assert marked

    page = BeautifulSoup(client.get("/en/", params={"q": question}).text, "html.parser")
    assert [item.get_text() for item in page.select("blockquote mark")] == marked
    text = client.get("/en/download.md", params={"q": question}).text
    soup = BeautifulSoup(MarkdownIt("commonmark").render(text), "html.parser")
    assert soup.select("blockquote")
    assert not soup.select("blockquote :is(strong, em)")
    file = client.get("/en/download.docx", params={"q": question}).content
    quotes = [
        item
        for item in Document(io.BytesIO(file)).paragraphs
        if item.style and str(item.style.name).startswith("Quote")
    ]
    assert len(quotes) >= len(marked)
    assert not [run for item in quotes for run in item.runs if run.bold or run.italic]
