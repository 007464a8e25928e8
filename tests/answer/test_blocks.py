"""Quotes made whole, on a page full of lists that the importer read."""

from dataclasses import replace

import pytest

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.compose import compose
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Coverage, Hit, Passage
from tests.lists import LISTS, page_of_lists


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The corpus full of lists."""
    return page_of_lists(tmp_path_factory.mktemp("lists"))


def find(corpus: Corpus, words: str) -> Passage:
    """Find the passage that begins or ends with some words."""
    return next(
        item
        for item in corpus.passages
        if said(item).startswith(words) or said(item).endswith(words)
    )


def said(passage: Passage) -> str:
    """The French text of a passage."""
    assert passage.renditions.fr is not None
    return passage.renditions.fr.text


def found(*passages: Passage) -> list[Hit]:
    """Rank passages as they are given."""
    return [Hit(item, float(-at), {}) for at, item in enumerate(passages)]


def test_every_lead_in_has_the_items_of_its_list_and_no_other(lists: Corpus) -> None:
    """In page order, with the lists inside it; what follows the list is none of it."""
    read = {
        next(end for end in LISTS if said(item).endswith(end)): lists.items(item)
        for item in lists.passages
        if said(item).endswith(":")
    }
    assert read.keys() == LISTS.keys()
    for end, items in read.items():
        assert len(items) == len(LISTS[end])
        assert all(map(str.startswith, map(said, items), LISTS[end]))


def test_an_item_knows_every_lead_in_above_it(lists: Corpus) -> None:
    """The outermost first; a bullet that stands for itself has none."""
    outer, inner = find(lists, "qualités suivantes :"), find(lists, "instruments que voici :")
    assert lists.lead_ins(find(lists, "le marégraphe")) == (outer, inner)
    assert lists.lead_ins(find(lists, "le goût")) == (outer,)
    assert lists.lead_ins(find(lists, "Les balises")) == ()


def test_a_lead_in_brings_its_items_and_none_stands_twice(lists: Corpus) -> None:
    """Whatever was found first, quotes follow the page."""
    lead_in = find(lists, "inspections des bateaux :")
    items = lists.items(lead_in)
    other = find(lists, "Les inspecteurs")
    blocks = Blocks(lists)
    quotes, dropped = blocks.whole(found(other, items[1], lead_in))
    ((_, group),) = blocks.ordered(quotes)
    assert [hit.passage for hit in group] == [lead_in, *items, other]
    assert dropped == 0


def test_a_lead_in_stands_once_above_its_items(lists: Corpus) -> None:
    """Above the first of them, without a number; not where it is quoted itself."""
    outer, inner = find(lists, "qualités suivantes :"), find(lists, "instruments que voici :")
    items = (find(lists, "le marégraphe"), find(lists, "le baromètre"), find(lists, "le goût"))
    blocks = Blocks(lists)
    assert [around.lead_ins for around in blocks.around(items)] == [(outer, inner), (), ()]
    everything = (outer, *lists.items(outer))
    assert blocks.around(everything) == (((), ()),) * 6
    assert blocks.around([outer]) == (((), lists.items(outer)),)
    hits = found(*items[:2])
    composed = compose("answered", hits, Coverage(2, None, None, 9), catalogue("fr"), blocks)
    said_in_order = [f"«\u00a0{said(item)}\u00a0»" for item in (outer, inner, *items[:2])]
    assert composed.statements[1].text == "\n".join(said_in_order[:3])
    assert composed.text.split("\n")[1:] == [
        *said_in_order[:2],
        f"{said_in_order[2]} [1]",
        f"{said_in_order[3]} [2]",
    ]


def test_what_a_list_brings_is_checked(lists: Corpus) -> None:
    """An item that does not match its document is left out and counted, a lead-in is not shown."""
    lead_in = find(lists, "inspections des bateaux :")
    first, *rest = lists.items(lead_in)
    text = said(first)
    document = lists.documents["listes.fr"]
    changed = replace(document, text=document.text.replace(text, text.upper()))
    blocks = Blocks(replace(lists, documents={document.id: changed}))
    quotes, dropped = blocks.whole(found(lead_in))
    assert ([hit.passage for hit in quotes], dropped) == ([lead_in, *rest], 1)
    gone = document.text.replace(said(lead_in), said(lead_in).upper())
    blocks = Blocks(replace(lists, documents={document.id: replace(document, text=gone)}))
    assert blocks.lead_ins(first) == ()
