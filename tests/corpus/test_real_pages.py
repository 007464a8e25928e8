"""The real pages are read without losing a line or a character."""

import contextlib
import datetime as dt
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccs_qa.corpus.library import Corpus
from ccs_qa.corpus.reader import Page, read_page
from ccs_qa.errors import PageError
from ccs_qa.records import Rendition
from tests.conftest import PAGES, page_text

TEXTS = {name: page_text(file) for name, file in PAGES}
MARKER = re.compile(r"[-–—•·▪*\s\ufeff]*")


def conserves(text: str, page: Page) -> None:
    """Assert that blocks and the marks between them make up the whole text."""
    position = 0
    for block in page.blocks:
        assert text[block.start : block.end] == block.text
        assert MARKER.fullmatch(text[position : block.start])
        position = block.end
    assert not text[position:].strip().strip("\ufeff")
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip().strip("\ufeff")]
    assert len(page.blocks) == len(lines)


@pytest.mark.parametrize("name", TEXTS)
def test_every_line_of_the_page_is_accounted_for(name: str) -> None:
    """Blocks, bullets and white space make up the page, character by character."""
    conserves(TEXTS[name], read_page(name, TEXTS[name]))


def _renditions(corpus: Corpus) -> list[Rendition]:
    found = []
    for meeting in corpus.meetings:
        headings = [section.heading for section in meeting.sections if section.heading]
        for both in (meeting.heading, *headings):
            found += [item for item in (both.fr, both.en) if item]
    for passage in corpus.passages:
        found += [item for item in (passage.renditions.fr, passage.renditions.en) if item]
    return found


def test_every_rendition_equals_its_slice(corpus: Corpus) -> None:
    """The text between the offsets of a rendition is the rendition, in both languages."""
    renditions = _renditions(corpus)
    assert {item.language for item in renditions} == {"fr", "en"}
    for item in renditions:
        assert corpus.documents[item.document].text[item.start : item.end] == item.text


def test_every_passage_has_both_renditions_under_one_id(corpus: Corpus) -> None:
    """118 passages, 118 ids, two renditions each."""
    assert len(corpus.passages) == len({passage.id for passage in corpus.passages}) == 118
    assert all(passage.renditions.fr and passage.renditions.en for passage in corpus.passages)


def test_eight_meetings_with_their_titles(corpus: Corpus) -> None:
    """Dates, newest first; the meeting that has sessions instead of a title is named by its aim."""
    assert [meeting.date.isoformat() for meeting in corpus.meetings] == [
        "2025-06-02",
        "2025-03-25",
        "2025-01-31",
        "2024-11-01",
        "2024-06-27",
        "2023-10-03",
        "2023-04-03",
        "2023-01-19",
    ]
    untitled = [meeting.date for meeting in corpus.meetings if meeting.title is None]
    assert untitled == [dt.date(2025, 3, 25)]
    named = corpus.meeting(untitled[0])
    assert named.name == named.objective[0].renditions
    passports = corpus.meeting(dt.date(2023, 1, 19)).title
    assert passports is not None
    assert passports.renditions.en is not None
    assert passports.renditions.en.text == "Passports: Lessons Learned"


def test_lead_ins_of_the_real_pages(corpus: Corpus) -> None:
    """Two objective items and three qualities stand under a sentence that introduces them."""
    led = [passage for passage in corpus.passages if passage.lead_in]
    assert [(str(item.meeting), item.kind) for item in led] == [
        ("2025-01-31", "statement"),
        ("2025-01-31", "statement"),
        ("2025-01-31", "statement"),
        ("2024-06-27", "objective"),
        ("2024-06-27", "objective"),
    ]


HARMLESS = st.sampled_from(
    [
        ("'", "\u2019"),
        (" :", "\u00a0:"),
        (" :", "\u202f:"),
        ("\n- ", "\n• "),
        ("\n- ", "\n  –  "),
        ("\n", "\r\n"),
        ("\n", "\n\n"),
        ("\n", "  \n\t\n"),
        (";\n", " ;\n"),
    ]
)


@given(name=st.sampled_from(sorted(TEXTS)), changes=st.lists(HARMLESS, max_size=3))
@settings(max_examples=40)
def test_typesetting_changes_lose_nothing(name: str, changes: list[tuple[str, str]]) -> None:
    """Other spaces, bullets, apostrophes and line ends keep every line and its role."""
    text = TEXTS[name]
    for old, new in changes:
        text = text.replace(old, new)
    page = read_page(name, text)
    conserves(text, page)
    assert [block.role for block in page.blocks] == [
        block.role for block in read_page(name, TEXTS[name]).blocks
    ]


@given(
    name=st.sampled_from(sorted(TEXTS)),
    edits=st.lists(
        st.tuples(
            st.sampled_from(["delete", "insert", "swap"]),
            st.integers(0, 156),
            st.text(max_size=30),
        ),
        min_size=1,
        max_size=4,
    ),
)
@settings(max_examples=60)
def test_a_damaged_page_is_read_whole_or_refused(
    name: str, edits: list[tuple[str, int, str]]
) -> None:
    """Whatever happens to its lines, nothing of a page is lost silently."""
    lines = TEXTS[name].split("\n")
    for kind, at, extra in edits:
        place = at % len(lines)
        if kind == "delete":
            del lines[place]
        elif kind == "insert":
            lines.insert(place, extra)
        else:
            lines[place], lines[place - 1] = lines[place - 1], lines[place]
    text = "\n".join(lines)
    with contextlib.suppress(PageError):
        conserves(text, read_page(name, text))
