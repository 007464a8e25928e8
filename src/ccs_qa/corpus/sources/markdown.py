"""Markdown, read as the page that it is a source of."""

import re

from markdown_it import MarkdownIt

from ccs_qa.corpus.sources.html import read_html
from ccs_qa.corpus.sources.lines import BREAKS, Source

# Line breaks of the file count where they part a label from what follows, as in plain text.
_READER = MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"])
_FRONT = re.compile(r"\A\ufeff?---\n.*?^(?:---|\.\.\.)$", re.DOTALL | re.MULTILINE)
_NOTE = re.compile(r"^ {0,3}\[\^[^\]\s]+\]:.*(?:\n(?: {2,}|\t).*)*", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^[^\]\s]+\]")


def read_markdown(name: str, text: str) -> Source:
    """Read CommonMark with tables and deletions; its front matter and notes stay out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for pattern in (_FRONT, _NOTE):
        text = pattern.sub(lambda match: "\n" * match.group().count("\n"), text)
    text = BREAKS.sub(" ", _NOTE_MARK.sub("", text))
    tokens = _READER.parse(text)
    for token in tokens:
        if token.map and token.nesting >= 0:
            token.attrSet("data-line", str(token.map[0] + 1))
    return read_html(name, _READER.renderer.render(tokens, _READER.options, {}))
