"""Turns HTML and Markdown into the plain text of a page: one line, one block."""

import re
from pathlib import Path

from bs4 import BeautifulSoup
from langchain_text_splitters import MarkdownHeaderTextSplitter

from ccs_qa.corpus.manifest import read_text
from ccs_qa.errors import CorpusError

# What stands before an item for each list around its own.
_NESTED = "  "
_SPACES = re.compile(r"\s+")
_HEADERS = [("#" * depth, str(depth)) for depth in range(1, 7)]
_MARKS = re.compile(r"(\*\*|__|`)")


def page_text(path: Path) -> str:
    """Read a file of text, which stays as it is, HTML or Markdown as the plain text of a page.

    Raises:
        CorpusError: The file is missing, of another kind, or not UTF-8.
    """
    text = read_text(path)
    kind = path.suffix.lower()
    if kind == ".txt":
        return text
    if kind in (".html", ".htm"):
        return html_text(text)
    if kind in (".md", ".markdown"):
        return markdown_text(text)
    raise CorpusError(problem="kind", file=path.name)


def html_text(html: str) -> str:
    """Take headings, paragraphs and list items out of an HTML page.

    Returns:
        One line each, list items marked with `- `, those of a list inside another further in;
        scripts, styles, navigation and footers left out.
    """
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup(["script", "style", "nav", "footer", "template", "noscript"]):
        tag.decompose()
    lines = []
    found = soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6", "p", "li"])
    depths = [len(tag.find_parents("li")) if tag.name == "li" else 0 for tag in found]
    for tag, depth in zip(found, depths, strict=True):
        if tag.name == "p" and tag.find_parent("li"):
            continue
        for nested in tag.find_all(["ul", "ol"]):
            nested.extract()
        text = _SPACES.sub(" ", tag.get_text()).strip()
        if text:
            lines.append(f"{_NESTED * depth}- {text}" if tag.name == "li" else text)
    return "\n".join(lines)


def markdown_text(markdown: str) -> str:
    """Take headings, paragraphs and list items out of Markdown, one a line, without emphasis."""
    lines: list[str] = []
    above: dict[str, str] = {}
    for part in MarkdownHeaderTextSplitter(_HEADERS).split_text(markdown):
        headers = {str(depth): str(title) for depth, title in part.metadata.items()}
        renewed = False
        for depth, title in sorted(headers.items()):
            renewed = renewed or above.get(depth) != title
            if renewed:
                lines.append(title)
        above = headers
        lines += [line.strip() for line in part.page_content.splitlines() if line.strip()]
    return "\n".join(_MARKS.sub("", line) for line in lines)
