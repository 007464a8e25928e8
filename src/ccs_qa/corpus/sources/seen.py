"""The words of HTML that can be seen, in order: by another parser and without its structure.

What became lines is held against these: what one reading loses, the other has.
"""

from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from ccs_qa.corpus.sources.lines import Word, split_words
from ccs_qa.corpus.sources.rules import INLINE, Tag, left_out


def seen_words(html: str) -> Iterator[Word]:
    """List the visible words of a page or a fragment with the lines of their elements."""
    yield from split_words(_pieces(html))


def _pieces(html: str) -> Iterator[tuple[str, int]]:
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = lxml_html.document_fromstring(html.encode(), parser=parser)
    except etree.ParserError:  # nothing in it is an element or a word
        return
    mains = root.xpath("(//main | //*[@role='main'])[1]") or root.xpath("//body") or [root]
    walk = etree.iterwalk(mains[0], events=("start", "end", "comment", "pi"))
    place, out = 1, None
    for event, node in walk:
        if event in {"comment", "pi"}:
            yield (node.tail or "") if out is None else "", place
            continue
        inline = node.tag in INLINE
        if event == "start":
            place = int(node.get("data-line") or node.sourceline or place)
            if out is None and node is not mains[0] and left_out(_tag(node)):
                out = node
            if out is None:
                yield ("" if inline else " ") + (node.text or ""), place
            continue
        if out is node:
            out = None
        if out is None and node is not mains[0]:
            yield ("" if inline else " ") + (node.tail or ""), place


def _tag(node: lxml_html.HtmlElement) -> Tag:
    parent = node.getparent()
    return Tag(
        str(node.tag),
        {str(key): str(value) for key, value in node.attrib.items()},
        str(parent.tag) if parent is not None else "",
        lambda: "".join(node.itertext()),
        lambda: "".join(node.xpath(".//a[contains(@href, '#')]//text()")),
    )
