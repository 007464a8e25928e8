"""HTML: the lines of a page by its elements, wherever it was saved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString
from bs4.element import Tag as Element

from ccs_qa.corpus.sources.lines import Line, Source, tidy
from ccs_qa.corpus.sources.rules import INLINE, LISTS, Tag, left_out
from ccs_qa.corpus.sources.seen import seen_words
from ccs_qa.errors import PageError

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# What in an item is no part of its text.
_OWN_LINES = {*LISTS, *_HEADINGS, "li", "table", "dl", "summary"}
# Below every heading that HTML counts.
_SUMMARY, _TERM = 8, 9


def read_html(name: str, html: str) -> Source:
    """Read a page or a fragment; a table of several columns raises `PageError`."""
    soup = BeautifulSoup(html, "html.parser")
    main = soup.find("main") or soup.find(role="main") or soup.find("body") or soup
    walker = _Walker(name)
    walker.block(main, _Around())
    return Source(name, tuple(walker.lines()), tuple(seen_words(html)))


@dataclass(frozen=True, slots=True)
class _Around:
    """What the text at a place belongs to."""

    kind: Literal["heading", "paragraph", "item", "term", "definition"] = "paragraph"
    depth: int = 0
    lists: int = 0
    bold: bool = False
    place: int = 1


class _Walker:
    """Collects text until a block begins or ends."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[tuple[_Around, list[str], bool]] = []
        self.parts: list[str] = [""]
        # Whether there was emphasised text, and text that was not.
        self.bold: set[bool] = set()

    def block(self, tag: Element, around: _Around) -> None:
        self.flush(around)
        self.inside(tag, around)
        self.flush(around)

    def flush(self, around: _Around) -> None:
        parts = [text for part in self.parts if (text := tidy(part))]
        if parts:
            self.found.append((around, parts, self.bold == {True}))
        self.parts, self.bold = [""], set()

    def inside(self, tag: Element, around: _Around) -> None:
        for child in tag.children:
            if isinstance(child, Element):
                self.element(child, around)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self.parts[-1] += child
                if child.strip():
                    self.bold.add(around.bold)

    def element(self, tag: Element, around: _Around) -> None:
        name = tag.name
        if left_out(_seen(tag)):
            self.parts[-1] += "" if name in INLINE else " "
            return
        if name == "br":
            self.parts.append("")
        elif name in INLINE:
            self.inside(tag, replace(around, bold=around.bold or name in {"b", "strong"}))
        elif name == "table" and (row := _wide_row(tag)) is not None:
            self.refuse(row)
        elif around.kind == "item" and name not in _OWN_LINES:
            # Paragraphs of one item are one passage.
            self.parts.append("")
            self.inside(tag, around)
            self.parts.append("")
        else:
            self.flush(around)
            self.block(tag, _entered(tag, around))

    def refuse(self, row: Element) -> NoReturn:
        text = tidy(row.get_text(" "))
        raise PageError(document=self.name, line=_place(row, 1), text=text, reason="table")

    def lines(self) -> Iterator[Line]:
        term = ""
        for around, parts, bold in self.found:
            if around.kind == "term" and parts[-1].endswith(":"):
                term = " ".join((term, *parts)).strip()
                continue
            said = (f"{term} {parts[0]}", *parts[1:]) if term else tuple(parts)
            term = ""
            if around.kind == "term":
                yield Line("heading", said, around.place, _TERM)
            elif around.kind == "heading":
                yield Line("heading", said, around.place, around.depth)
            elif around.kind == "item":
                yield Line("item", said, around.place, around.lists)
            else:
                yield Line("paragraph", said, around.place, bold=bold)
        if term:
            yield Line("paragraph", (term,), around.place)


def _entered(tag: Element, around: _Around) -> _Around:
    name, place = tag.name, _place(tag, around.place)
    inner = replace(around, place=place, bold=False)
    changes: dict[str, Any] = {}
    level = str(tag.get("aria-level", "2")) if tag.get("role") == "heading" else ""
    if name in LISTS:
        changes = {"lists": around.lists + 1}
    elif name == "li":
        changes = {"kind": "item", "lists": max(around.lists, 1)}
    elif name in _HEADINGS or level.isdigit():
        changes = {"kind": "heading", "depth": _HEADINGS.get(name) or int(level)}
    elif name in {"summary", "caption"}:
        changes = {"kind": "heading", "depth": _SUMMARY}
    elif name in {"dt", "dd"}:
        changes = {"kind": "term" if name == "dt" else "definition"}
    return replace(inner, **changes)


def _place(tag: Element, outside: int) -> int:
    told = str(tag.get("data-line", ""))
    return int(told) if told.isdigit() else tag.sourceline or outside


def _wide_row(table: Element) -> Element | None:
    """Find a row whose cells stand side by side: in one line they would say something else."""
    for row in table.find_all("tr"):
        cells = row.find_all(["td", "th"], recursive=False)
        if sum(bool(cell.get_text(strip=True)) for cell in cells) > 1:
            return row
    return None


def _seen(tag: Element) -> Tag:
    given = {
        key: " ".join(value) if isinstance(value, list) else str(value)
        for key, value in tag.attrs.items()
    }
    return Tag(
        tag.name,
        given,
        tag.parent.name if tag.parent else "",
        tag.get_text,
        lambda: "".join(link.get_text() for link in tag.select('a[href*="#"]')),
    )
