"""What the walks over the pages share: texts with their language, and what was typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, Doctype, NavigableString

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import LANGUAGES
from ccs_qa.text.strings import clean

_SPOKEN = ("aria-label", "alt", "title", "placeholder")


@dataclass(frozen=True)
class Text:
    """A text of a page."""

    words: str
    language: str
    tag: Tag


def effective(tag: Tag) -> str:
    """Tell the language of an element: that of the nearest one that names it."""
    for item in (tag, *tag.parents):
        if item.get("lang"):
            return str(item["lang"])
    raise AssertionError(tag)


def line(text: str) -> str:
    """Bring a text onto one line; a no-break space stays what it is."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def texts(soup: BeautifulSoup) -> Iterator[Text]:
    """List what is read on a page: text nodes, and attributes that are read out."""
    for node in soup.find_all(string=True):
        tag = node.parent
        if isinstance(node, Comment | Doctype) or tag is None or not isinstance(tag, Tag):
            continue
        if isinstance(node, NavigableString) and line(node):
            yield Text(line(node), effective(tag), tag)
    for tag in soup.select("*"):
        for name in _SPOKEN:
            if tag.get(name):
                yield Text(line(str(tag[name])), effective(tag), tag)


def typed(address: str) -> frozenset[str]:
    """List what an address has typed into it, cleaned."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query)
    values = [value for _, value in pairs]
    # A follow-up is searched with the questions before it.
    whole = " ".join(value for wanted in "hq" for name, value in pairs if name == wanted)
    found = (*values, whole, *parts.path.split("/")[2:])
    return frozenset(clean(value) for value in found if value)


def held(corpus: Corpus) -> dict[str, frozenset[str]]:
    """List the texts of the corpus by language, as published or translated."""
    found: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for passage in corpus.passages:
        for value in (passage.renditions, passage.section, passage.lead_in):
            for item in (value.fr, value.en) if value else ():
                if item:
                    found[item.language].add(line(item.text))
    for meeting in corpus.meetings:
        for item in (meeting.heading.fr, meeting.heading.en):
            if item:
                found[item.language].add(line(item.text))
    for document in corpus.documents.values():
        found[document.language] |= {line(document.title), line(document.publisher)}
    return {language: frozenset(items) for language, items in found.items()}
