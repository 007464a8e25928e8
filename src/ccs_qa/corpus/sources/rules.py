"""What of a page in HTML is no part of its text, by rule, however it is parsed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ccs_qa.text.strings import fold

INLINE = frozenset(
    """a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark nobr q rb rp rt
    rtc ruby samp small span strong sub sup time tt u var wbr""".split()
)
LISTS = frozenset({"ul", "ol", "menu"})
# Frames around a page, what a person fills in, pictures and programs, and deleted text.
_TAGS = frozenset(
    """head script style template noscript nav footer aside form button select input textarea dialog
    svg math iframe object audio video canvas map area del s strike gcds-date-modified rp""".split()
)
_ROLES = frozenset(
    """banner navigation contentinfo search complementary dialog doc-noteref doc-endnote
    doc-endnotes doc-footnote doc-backlink doc-toc""".split()
)
# Class names and ids of labels for screen readers, notes, and the frame of canada.ca.
_NAMES = frozenset(
    """wb-inv wb-invisible sr-only visually-hidden visuallyhidden screen-reader-text
    element-invisible hidden fn-lnk fn-rtn footnote-ref footnote-backref footnotes wb-fnote
    pagedetails breadcrumb breadcrumbs gc-byline gc-pg-hlpfl wb-share gc-prtts wb-lng wb-bnr wb-bc
    wb-dtmd wb-info wb-srch wb-sm wb-sec wb-tphp""".split()
)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE = re.compile(r"#_?(?:fn|ftn|edn|footnote|endnote|note)", re.IGNORECASE)
_CONTENTS = frozenset(
    {"sur cette page", "dans cette page", "on this page", "table des matieres", "table of contents"}
)


@dataclass(frozen=True, slots=True)
class Tag:
    """An element, whatever parser found it.

    Attributes:
        parent: Name of the element around it.
        text: Gives all of its text.
        linked: Gives the text of its links to places in a page.
    """

    name: str
    attributes: Mapping[str, str]
    parent: str
    text: Callable[[], str]
    linked: Callable[[], str]


def left_out(tag: Tag) -> bool:
    """Tell whether an element and all in it stay out of the text of a page."""
    given = tag.attributes
    named = {*given.get("class", "").split(), given.get("id", "")}
    return (
        tag.name in _TAGS
        or "hidden" in given
        or given.get("role", "") in _ROLES
        or bool(named & _NAMES)
        or bool(_UNSEEN.search(given.get("style", "")))
        or (tag.name == "a" and _is_note(tag))
        or (tag.name == "header" and tag.parent in {"body", "html", "[document]"})
        or _is_contents(tag)
    )


def _is_note(tag: Tag) -> bool:
    address = tag.attributes.get("href", "")
    return bool(_NOTE.search(address)) or ("#" in address and tag.parent == "sup")


def _is_contents(tag: Tag) -> bool:
    if tag.name in LISTS:
        linked = tag.linked()
        return bool(linked.strip()) and _packed(linked) == _packed(tag.text())
    if tag.name in {"h2", "h3", "h4", "p", "summary"}:
        return fold(" ".join(tag.text().split())).strip(" :") in _CONTENTS
    return False


def _packed(text: str) -> str:
    return re.sub(r"\W", "", text)
