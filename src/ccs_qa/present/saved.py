"""Reads answers that were saved, and checks their quotes against editions of the summaries."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ccs_qa.corpus.compare import SAME_FROM, compare
from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import SavedAnswerError
from ccs_qa.records import Passage, Rendition
from ccs_qa.text.strings import visible

# What became of a quote: it is there word for word, reads otherwise, or is there no more.
Fate = Literal["stands", "changed", "gone"]
_QUOTES = ("Quote", "Quote Beside")
_MISREAD = (OSError, ValueError, KeyError, TypeError, AttributeError)
_MARKS = re.compile(r"^[«“]\s*|\s*[»”]$")


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer as a file holds it.

    Attributes:
        index_id: The edition that it was given from; empty where the file does not tell.
        quotes: Each quote once, without quotation marks, in the order of the file.
    """

    index_id: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A quote and what became of it.

    Attributes:
        passage: The passage that it is; None where no edition has it.
        now: What stands there in its place; empty where nothing does.
    """

    quote: str
    fate: Fate
    passage: Passage | None
    now: str


def read_saved(file: Path) -> Saved:
    """Read an answer from what `/ask` gave (.json) or from a download (.docx, .md).

    Raises:
        SavedAnswerError: It is no such file, or there is no quote in it.
    """
    read = {".json": _read_json, ".docx": _read_word, ".md": _read_markdown}.get(
        file.suffix.lower()
    )
    if read is None:
        raise SavedAnswerError(problem="kind", file=file.name)
    try:
        index_id, quotes = read(file)
    except (*_MISREAD, BadZipFile, PackageNotFoundError):
        raise SavedAnswerError(problem="unreadable", file=file.name) from None
    kept = tuple(dict.fromkeys(_plain(text) for text in quotes if text.strip()))
    if not kept:
        raise SavedAnswerError(problem="empty", file=file.name)
    return Saved(index_id, kept)


def _plain(text: str) -> str:
    """Bring a text to what every form of file keeps of it: its words."""
    return " ".join(visible(text).split())


def _read_json(file: Path) -> tuple[str, list[str]]:
    body = json.loads(file.read_bytes())
    return str(body["index_id"]), [text for item in body["citations"] for text in _texts(item)]


def _texts(item: Mapping[str, Any]) -> Iterator[str]:
    parts = [*item["lead_ins"], item, *item["items"]]
    for part in parts:
        for rendition in part.get("renditions", (part, part.get("counterpart"))):
            if rendition is not None:
                yield rendition["text"]


def _read_word(file: Path) -> tuple[str, list[str]]:
    document = Document(str(file))
    lines = [
        paragraph.text
        for paragraph in document.paragraphs
        if paragraph.style is not None and paragraph.style.name in _QUOTES
    ]
    return document.core_properties.identifier, lines


def _read_markdown(file: Path) -> tuple[str, list[str]]:
    found, depth = [], 0
    for token in MarkdownIt("commonmark").parse(file.read_text("utf-8")):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if depth and token.type == "inline":
            found.append(_spoken(token.children or []))
    return "", found


def _spoken(tokens: Sequence[Token]) -> str:
    return "".join(" " if token.type.endswith("break") else token.content for token in tokens)


class _Edition:
    """The texts of a corpus by their words."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.texts: dict[str, tuple[Passage, Rendition]] = {}
        for passage in corpus.passages:
            for rendition in passage.renditions.spoken:
                self.texts.setdefault(_plain(rendition.text), (passage, rendition))

    def find(self, quote: str) -> tuple[Passage, Rendition] | None:
        """Find a quote word for word, with or without the marks around it."""
        bare = _MARKS.sub("", quote)
        left, right = re.sub(r"^[«“]\s*", "", quote), re.sub(r"\s*[»”]$", "", quote)
        return next(
            (self.texts[text] for text in (quote, left, right, bare) if text in self.texts), None
        )

    def nearest(self, quote: str) -> tuple[Passage, Rendition] | None:
        """Find the text that a quote most likely was before somebody changed either."""
        words, best, found = _MARKS.sub("", quote).split(), SAME_FROM, None
        for text, place in self.texts.items():
            matcher = SequenceMatcher(a=words, b=text.split(), autojunk=False)
            if matcher.quick_ratio() >= best and (ratio := matcher.ratio()) >= best:
                best, found = ratio, place
        return found


def held(saved: Saved, corpus: Corpus) -> int:
    """Count the quotes that an edition holds word for word."""
    edition = _Edition(corpus)
    return sum(edition.find(quote) is not None for quote in saved.quotes)


def check_quotes(saved: Saved, corpus: Corpus) -> tuple[Checked, ...]:
    """Compare each quote with the edition that it was taken from."""
    edition = _Edition(corpus)
    return tuple(_check(quote, edition) for quote in saved.quotes)


def _check(quote: str, edition: _Edition) -> Checked:
    found = edition.find(quote)
    if found is not None:
        return Checked(found[1].text, "stands", found[0], found[1].text)
    near = edition.nearest(quote)
    if near is None:
        return Checked(_MARKS.sub("", quote), "gone", None, "")
    return Checked(_MARKS.sub("", quote), "changed", near[0], near[1].text)


def follow_quotes(saved: Saved, own: Corpus, today: Corpus) -> tuple[Checked, ...]:
    """Tell what has become of each quote since the edition that it was taken from."""
    was, now = _Edition(own), _Edition(today)
    changes = {change.before.id: change.after for change in compare(own, today) if change.before}
    return tuple(_follow(quote, was, now, changes) for quote in saved.quotes)


def _follow(
    quote: str, was: _Edition, now: _Edition, changes: Mapping[str, Passage | None]
) -> Checked:
    found = was.find(quote)
    if found is None:  # not of that edition: all that can be said is what today's says
        return _check(quote, now)
    passage, rendition = found
    after = changes.get(passage.id, passage)
    there = after.renditions.get(rendition.language) if after else None
    if there is None:
        return Checked(rendition.text, "gone", passage, "")
    same = _plain(there.text) == _plain(rendition.text)
    return Checked(rendition.text, "stands" if same else "changed", after, there.text)
