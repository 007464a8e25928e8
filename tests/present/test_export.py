"""The files that are taken away, read back by parsers that did not write them."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from docx import Document
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, TextView
from ccs_qa.present.export import table
from ccs_qa.present.export.content import Export
from ccs_qa.present.export.inert import disposition, file_name
from ccs_qa.present.export.markdown import escaped, quoted, to_markdown
from ccs_qa.present.export.plain import to_plain
from ccs_qa.present.export.table import COLUMNS, to_csv
from ccs_qa.present.export.word import to_word
from ccs_qa.records import LANGUAGES, Rendition
from ccs_qa.text.strings import visible

WORDS = {language: catalogue(language) for language in LANGUAGES}
DAY = dt.date(2026, 11, 24)
ADDRESS = "https://example.ca/fr/passages/2024-11-01-s-9f742ebe"
PUBLISHED = "https://published.example/page.html?a=1&b=(2)"
HOSTILE = (
    "<script>alert(1)</script>",
    "</p><img src=x onerror=alert(1)> <!-- x -->",
    '=HYPERLINK("http://evil";"x")',
    "+1+1|cmd",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "[x](http://evil) ![y](http://evil) [z]: http://evil",
    "<http://evil> http://evil www.evil.ca a@evil.ca",
    "| a | b |\n|---|---|\n| c | d |",
    "`code` ``` ~~~ **bold** __b__ *i* ~~s~~ $x$ {{ 7*7 }} {% raw %} \\",
    "# heading #",
    "heading\n===\nother\n---\n",
    "- item\n1. item\n(2) item\nb) item\n> quote\n    code\n\n\tcode",
    "&lt;b&gt; &#60; &copy;",
    "abc\u202edef\u200b\u2066g\u00ad\ufeff\U000e0041",
    "\ud800 \x00 \x0b \x7f \ufffe",
    "ends with backslash\\\nnext\\",
    "é" * 500,
    "e" + "\u0301" * 500,
    "=cmd|'/C calc'!A0",
    "\t@SUM(1)",
    "\r\n+1",
    "a\u202a\u202b\u202d\u2067\u2068\u2069\u200c\u200d\u2060b\U000e0001\U000e0020\U000e007f",
    '"><svg/onload=alert(1)> javascript:alert(1) [x](javascript:alert(1))',
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=500),
    st.lists(
        st.sampled_from(["\n", " ", "    ", *"#-+=*_`<>[]()!|\\&~:.@1a", "http://a.b", "\u202e"])
    ).map("".join),
)


def exported(text: str, *, number: int = 1) -> Export:
    """Say the same text everywhere that someone else's text may stand."""
    view = TextView(text, "en")
    english = Rendition("en", text, "sac-summaries.en", 3, 40, "unofficial_translation")
    french = Rendition("fr", text, "ccs-resumes.fr", 5, 60, "official")
    quote = PassageView(
        id="2024-11-01-s-9f742ebe",
        number=number,
        url="/fr/passages/2024-11-01-s-9f742ebe",
        section=view,
        headed=True,
        attribution="",
        text=TextView(visible(text), "en", "Unofficial translation", english),
        counterpart=TextView(visible(text), "fr", "Official text", french),
        introduction=text,
        published=PUBLISHED,
    )
    meeting = MeetingView("2024-11-01", "November 1, 2024", view, "", None, (quote,), "")
    exchange = AnswerView(
        question=text,
        asked_in="en",
        reading=(),
        status="answered" if number else "related",
        status_text="Answer found",
        lead="The summary says:",
        sentences=(),
        notice="",
        groups=(meeting,),
        after=(text,),
        searched="8 were searched.",
        dropped="",
        silent="",
        more="",
        replies=(),
        disclaimer=None,
        index_id="abc",
    )
    said = TextView("Views.", "en", "Unofficial translation")
    return Export("en", (exchange,), said, DAY, DAY, "https://example.ca")


def lines_of(text: str) -> list[str]:
    """Split a text made visible into lines."""
    return re.split(r"\r\n|[\n\r]", visible(text))


def tokens(markdown: str) -> Iterator[Token]:
    """Parse Markdown with HTML, tables and strikethrough allowed, and give every token."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for token in parser.parse(markdown):
        yield token
        yield from token.children or ()


def shown(markdown: str) -> str:
    """Read the text of a piece of Markdown as a reader sees it."""
    kinds = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(
        kinds.get(token.type, token.content if token.type in {"text", *kinds} else "")
        for token in tokens(markdown)
        if token.type != "inline"
    )


@given(TEXTS)
def test_a_quote_in_marks_shows_the_text_between_them(text: str) -> None:
    """Once each, whatever the lines of the text."""
    found = shown(quoted(text, ("“", "”")))
    assert found[:1] + found[-1:] == "“”"
    assert found[1:-1].split() == shown(quoted(text)).split()


@given(TEXTS)
def test_escaped_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    """One line of any text is a paragraph of plain text, the text itself."""
    expected = re.sub(r"[\t\n\r]+", " ", visible(text)).strip()
    assert shown(escaped(text)) == expected
    kinds = {token.type for token in tokens(escaped(text))}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text"}


@given(TEXTS)
def test_a_quote_in_markdown_is_the_exact_text(text: str) -> None:
    """Every line that is not blank comes back character by character."""
    kinds = [token.type for token in tokens(quoted(text))]
    assert set(kinds) <= {
        *("blockquote_open", "blockquote_close", "paragraph_open", "paragraph_close"),
        *("inline", "text", "hardbreak"),
    }
    found = [
        "".join("\n" if part.type == "hardbreak" else part.content for part in token.children or ())
        for token in tokens(quoted(text))
        if token.type == "inline"
    ]
    assert "\n".join(found).split("\n") == ([li for li in lines_of(text) if li.strip()] or [""])


@given(TEXTS)
def test_a_markdown_file_has_no_html_and_no_link_but_two(text: str) -> None:
    """Whatever is asked or quoted: to the passage, and to the page that published it."""
    found = list(tokens(to_markdown(exported(text), WORDS["en"])))
    allowed = {"heading", "paragraph", "blockquote", "strong", "em", "link"}
    titled = len(text) <= 200
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in found}
    assert kinds <= {*allowed, "inline", "text", "hardbreak"}
    links = [token.attrs["href"] for token in found if token.type == "link_open"]
    assert links == [ADDRESS, PUBLISHED]
    headings = [token.tag for token in found if token.type == "heading_open"]
    assert headings == (["h1", "h2", "h2"] if titled else ["h1", "h2", "h3", "h2"])


@given(TEXTS)
@settings(max_examples=40)
@example("\r\n=1\r\n")
def test_a_word_file_holds_the_exact_text_and_nothing_that_acts(text: str) -> None:
    """Read back, both quotes are the text in marks; no field, link, object or macro."""
    data = to_word(exported(text), WORDS["en"])
    document = Document(io.BytesIO(data))
    styles = {"Quote", "Quote Beside"}
    quotes = [item.text for item in document.paragraphs if item.style and item.style.name in styles]
    inside = "\n".join(lines_of(text))
    assert quotes == [f"“{inside}”", f"«\u00a0{inside}\u00a0»"]
    body = document.part.element.xml
    for tag in ("instrText", "fldSimple", "hyperlink", "object", "altChunk", "drawing", "pict"):
        assert f"<w:{tag}" not in body
    assert not [rel for rel in document.part.rels.values() if rel.is_external]
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert not [name for name in names if "vba" in name.lower() or name.endswith(".bin")]


@given(TEXTS)
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    """Each row has every column; a dangerous cell is the text behind an apostrophe."""
    data = to_csv(exported(text), WORDS["en"])
    assert data.startswith("\ufeff")
    header, row = csv.reader(io.StringIO(data[1:], newline=""))
    assert len(header) == len(row) == len(COLUMNS)
    assert not [cell for cell in (*header, *row) if cell.startswith(tuple("=+-@\t\r\n"))]
    dangerous = visible(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))
    expected = ("'" if dangerous else "") + visible(text)
    named = dict(zip(COLUMNS, row, strict=True))
    for key in ("question", "meeting", "section", "lead-in", "quote-fr", "quote-en", "notes"):
        assert named[f"export.{key}"] == expected
    assert named["export.published"] == PUBLISHED
    assert (named["export.start-fr"], named["export.end-fr"]) == ("5", "60")
    assert (named["export.start-en"], named["export.end-en"]) == ("3", "40")


@pytest.mark.parametrize("sign", [*"=+-@", *"\uff1d\uff0b\uff0d\uff20"])
def test_a_cell_that_opens_with_a_sign_of_formulas_is_text(sign: str) -> None:
    """The wide forms as well, which some spreadsheets take for the others."""
    text = f'{sign}HYPERLINK("https://evil.example")'
    cells = list(csv.reader(io.StringIO(to_csv(exported(text), WORDS["en"])[1:], newline="")))[1]
    assert f"'{text}" in cells
    assert [cell for cell in cells if cell.startswith(sign)] == []


@given(TEXTS)
def test_every_file_shows_what_cannot_be_seen(text: str) -> None:
    """No control, zero-width or bidirectional character is left in any text format."""
    for write in (to_markdown, to_csv, to_plain):
        found = write(exported(text), WORDS["en"]).removeprefix("\ufeff")
        assert not re.search(
            "[\u0000-\u0008\u000b\u000c\u200b-\u200f\u202a-\u202e\u2066-\u2069]", found
        )
        assert found.encode("utf-8").decode("utf-8") == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("\x00\ufeff", "[U+0000][U+FEFF]"),
        ("\U000e0041", "[U+E0041]"),
        ("\ufe0f\u3164", "[U+FE0F][U+3164]"),
        ("« l'été »\u00a0: 5\u202f%\n", "« l'été »\u00a0: 5\u202f%\n"),
    ],
)
def test_the_invisible_is_written_by_number(text: str, expected: str) -> None:
    """French spaces are kept, since they are seen."""
    assert visible(text) == expected


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Passeports ?", "ccs-2026-11-24-passeports.docx"),
        ("Et l'accès à l'Œuvre d'été ?", "ccs-2026-11-24-et-l-acces-a-l-oeuvre-d-ete.docx"),
        ("Qu'a-t-on dit ?", "ccs-2026-11-24-qu-a-t-on-dit.docx"),
        ("What is the committee’s budget?", "ccs-2026-11-24-what-is-the-committees-budget.docx"),
        ("../../etc/passwd\r\nX: y", "ccs-2026-11-24-etc-passwd-x-y.docx"),
        ("<script>", "ccs-2026-11-24-script.docx"),
        ("日本", "ccs-2026-11-24.docx"),
        # 120 - len("ccs-2026-11-24-") - len(".docx") = 100 letters of the only word.
        ("a" * 500, "ccs-2026-11-24-" + "a" * 100 + ".docx"),
        ("b" * 100 + " c", "ccs-2026-11-24-" + "b" * 100 + ".docx"),
        ("b" * 99 + " ccc", "ccs-2026-11-24-" + "b" * 99 + ".docx"),
    ],
)
def test_a_file_is_named_after_its_question(question: str, name: str) -> None:
    """Folded, in whole words."""
    assert file_name(question, DAY, "docx") == name


@given(TEXTS, st.sampled_from(["docx", "md", "csv", "txt"]), st.booleans())
def test_a_file_name_is_safe(text: str, form: str, whole: bool) -> None:
    """Lower-case letters, digits and hyphens, 120 characters at most."""
    name = file_name(text, DAY, form, whole=whole)  # type: ignore[arg-type]  # a parameter of the test
    assert re.fullmatch(r"ccs-2026-11-24(-[a-z0-9]+)*\." + form, name)
    assert len(name) <= 120


def test_the_header_names_the_file_twice() -> None:
    """Once for old browsers, once by RFC 6266."""
    assert disposition("a.md") == "attachment; filename=\"a.md\"; filename*=UTF-8''a.md"
    assert disposition("a.txt", shown=True).startswith("inline; ")


def test_every_column_is_documented() -> None:
    """The table in the module names each one, in order."""
    rows = re.findall(r"^\| ([a-z, -]+) \|", str(table.__doc__), re.MULTILINE)[1:]
    named = [f"export.{name}" for row in rows for name in row.split(", ")]
    assert named == list(COLUMNS)


def test_plain_text_keeps_what_is_quoted_on_a_line() -> None:
    """A line of a quote cannot pass for one of ours."""
    found = to_plain(exported("one\nAnswer found"), WORDS["en"])
    assert found.count("“one Answer found”\n") == 1
    assert found.count("«\u00a0one Answer found\u00a0»\n") == 1
    assert re.findall(r"^Answer found$", found, re.MULTILINE) == ["Answer found"]


def test_nearest_passages_have_no_number() -> None:
    """They are no citations: no number in any format, a heading that says so."""
    content = exported("text", number=0)
    assert "Nearest passages" in to_markdown(content, WORDS["en"])
    assert not re.search(r"^\[", to_plain(content, WORDS["en"]), re.MULTILINE)
    _, row = csv.reader(io.StringIO(to_csv(content, WORDS["en"])[1:], newline=""))
    assert row[COLUMNS.index("export.number")] == ""
    document = Document(io.BytesIO(to_word(content, WORDS["en"])))
    texts = [item.text for item in document.paragraphs]
    assert "Nearest passages" in texts
    assert not [text for text in texts if text.startswith("[")]
