"""Word documents: paragraphs by their styles and numbering, words by the runs that show them."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Literal

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement as Element
from docx.text.paragraph import Paragraph

from ccs_qa.corpus.sources.lines import Line, Source, split_words, tidy
from ccs_qa.errors import CorpusError, PageError

_HEADING = re.compile(r"(?:heading|titre) (\d)", re.IGNORECASE)
_LISTED = re.compile(r"(?:list|liste)\b.*?(\d)?$", re.IGNORECASE)
_DELETED = {qn("w:del"), qn("w:moveFrom")}
_GAPS = {qn(f"w:{name}"): gap for name, gap in (("tab", " "), ("br", "\n"), ("cr", "\n"))}
# What Word shows that is no text of its own, or a second time.
_UNSHOWN = {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    qn("w:instrText"),
    qn("w:footnoteReference"),
}


def read_word(name: str, data: bytes) -> Source:
    """Read a Word document; a table of several columns raises `PageError`."""
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile):
        raise CorpusError(problem="word", file=name) from None
    lines = tuple(_lines(name, document))
    return Source(name, lines, tuple(split_words(_shown(document.element.body))), "paragraph")


def _lines(name: str, document: Document) -> Iterator[Line]:
    for place, element in enumerate(document.element.body.iter(qn("w:p")), 1):
        _refuse_columns(name, element, place)
        paragraph = Paragraph(element, document)
        parts = tuple(text for part in _text(element).split("\n") if (text := tidy(part)))
        if not parts:
            continue
        kind, depth = _kind(paragraph)
        bold = all(run.bold for run in paragraph.runs if run.text.strip()) and bool(paragraph.runs)
        yield Line(kind, parts, place, depth, bold and kind == "paragraph")


def _kind(paragraph: Paragraph) -> tuple[Literal["heading", "paragraph", "item"], int]:
    style = (paragraph.style.name or "") if paragraph.style else ""
    if style.casefold() in {"title", "titre"}:
        return "heading", 0
    heading = _HEADING.match(style)
    if heading:
        return "heading", int(heading[1])
    numbering = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}")  # noqa: SLF001 - no way but the element
    if numbering is not None:
        level = numbering.find(qn("w:ilvl"))
        return "item", 1 + int(level.get(qn("w:val"), "0") if level is not None else 0)
    listed = _LISTED.match(style)
    if listed and "paragraph" not in style.casefold():
        return "item", int(listed[1] or 1)
    return "paragraph", 0


def _text(paragraph: Element) -> str:
    """Give the text of one paragraph, without those of boxes that are anchored in it."""
    said = []
    for node in paragraph.iter():
        above = list(node.iterancestors(qn("w:p")))
        if above and above[0] is not paragraph:
            continue
        if node.tag in {qn("w:t"), qn("w:noBreakHyphen"), *_GAPS} and _is_shown(node):
            said.append(_GAPS.get(node.tag, node.text or "-"))
    return "".join(said)


def _is_shown(node: Element) -> bool:
    for above in node.iterancestors():
        if above.tag in _DELETED or above.tag in _UNSHOWN:
            return False
        if above.tag == qn("w:tabs"):
            return False
        vanish = above.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
        if vanish is not None and vanish.get(qn("w:val"), "1") not in {"0", "false"}:
            return False
    return True


def _refuse_columns(name: str, paragraph: Element, place: int) -> None:
    for row in paragraph.iterancestors(qn("w:tr")):
        cells = [
            "".join(text.text or "" for text in cell.iter(qn("w:t"))).strip()
            for cell in row.iterchildren(qn("w:tc"))
        ]
        if sum(map(bool, cells)) > 1:
            text = tidy(" ".join(cells))
            raise PageError(document=name, line=place, text=text, reason="table", unit="paragraph")


def _shown(body: Element) -> Iterator[tuple[str, int]]:
    """Give the runs of text that can be seen, whatever they stand in."""
    place, deleted, hidden = 0, 0, False
    stack = [(body, True)]
    while stack:
        node, entering = stack.pop()
        if not entering:
            deleted -= 1
            continue
        if node.tag in _UNSHOWN:
            continue
        if node.tag in _DELETED:
            deleted += 1
            stack.append((node, False))
        if node.tag == qn("w:p"):
            place += 1
            yield " ", place
        if node.tag == qn("w:r"):
            mark = node.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
            hidden = mark is not None and mark.get(qn("w:val"), "1") not in {"0", "false"}
        if not deleted and not hidden and node.getparent().tag != qn("w:tabs"):
            if node.tag in {qn("w:t"), qn("w:noBreakHyphen")}:
                yield node.text or "-", place
            elif node.tag in _GAPS:
                yield " ", place
        stack += [(child, True) for child in reversed(list(node))]
