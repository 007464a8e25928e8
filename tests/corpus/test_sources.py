"""What each kind of file says, what stays out of it by rule, and what is refused."""

import io
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.corpus.convert import convert, page_text
from ccs_qa.corpus.sources.decode import decode
from ccs_qa.corpus.sources.html import read_html
from ccs_qa.corpus.sources.plain import read_text_file
from ccs_qa.corpus.sources.word import read_word
from ccs_qa.errors import CorpusError, PageError

ROOT = Path(__file__).parents[2]
HEAD = "Comité\n14 mai 2026\nPhares\nObjectif : Voir.\nChoix\n"


def said_in_html(body: str) -> list[str]:
    """List the lines of a fragment, with their words seen by both readings."""
    source = read_html("a.html", body)
    lines = [" ".join(line.parts) for line in source.lines]
    assert [word.text for word in source.words] == " ".join(lines).split()
    return lines


@pytest.mark.parametrize("file", ["ccs-resumes.fr.txt", "sac-summaries.en.txt"])
def test_pages_of_the_corpus_stay_as_they_are(file: str) -> None:
    """Byte for byte."""
    path = ROOT / "corpus" / file
    assert page_text(path).encode() == path.read_bytes()


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>un<br>deux</p><div>trois</div>", ["un deux", "trois"]),
        ("<ul><li><p>un.</p><p>Deux.</p></li></ul>", ["un. Deux."]),
        ("<ul><li>un :<ul><li>deux;</li></ul>trois.</li></ul>", ["un :", "deux;", "trois."]),
        ("<div>un<p>deux</p>trois</div>quatre", ["un", "deux", "trois", "quatre"]),
        ("<p>é<b>cou</b>ter <i>un</i><wbr>deux</p>", ["écouter undeux"]),
        (
            "<blockquote>un</blockquote><figure><figcaption>deux</figcaption></figure>",
            ["un", "deux"],
        ),
        (
            "<dl><dt>un</dt><dd>deux</dd><dt>trois :</dt><dd>quatre</dd></dl>",
            ["un", "deux", "trois : quatre"],
        ),
        ("<details><summary>un</summary>deux</details>", ["un", "deux"]),
        ("<table><tr><td>un</td></tr><tr><td>deux</td></tr></table>", ["un", "deux"]),
        ("<p>1<sup>er</sup> mai, 5&nbsp;m<sup>2</sup> &amp; plus</p>", ["1er mai, 5 m2 & plus"]),
    ],
)
def test_text_is_kept_wherever_it_stands(html: str, lines: list[str]) -> None:
    """Blocks and line breaks part words, inline elements do not; what is no paragraph is kept."""
    assert said_in_html(html) == lines


@pytest.mark.parametrize(
    "out",
    [
        "<del>deux</del>",
        "<s>deux</s>",
        "<span hidden>deux</span>",
        '<span class="wb-inv">deux</span>',
        '<span class="a sr-only">deux</span>',
        '<span style="display: none">deux</span>',
        '<sup id="fn1-rf"><a class="fn-lnk" href="#fn1">2</a></sup>',
        '<sup><a href="page.html#n2">2</a></sup>',
        '<a href="#_ftn2" name="_ftnref2">[2]</a>',
        '<a role="doc-noteref" href="#x">2</a>',
        "<!-- deux -->",
        "<script>deux</script>",
        "<nav>deux</nav>",
        "<aside><p>deux</p></aside>",
        "<form><label>deux</label></form>",
        "<footer>deux</footer>",
        '<div class="pagedetails"><p>deux</p></div>',
        '<ul><li><a href="#a">deux</a></li><li><a href="https://b.example/c#d">trois</a></li></ul>',
        "<h2>Sur cette page :</h2>",
    ],
)
def test_what_is_no_text_of_the_page_stays_out_by_rule(out: str) -> None:
    """Deleted, hidden, said to screen readers only, notes, frames of the page."""
    said = said_in_html(f"<main><div>un {out} fin</div></main>")
    assert " ".join(said) == "un fin"


def test_only_the_main_part_of_a_page_is_read() -> None:
    """By its element, else by its role, else all of the body but its header."""
    around = "<body><header><p>zéro</p></header><p>un</p>{}</body>"
    assert said_in_html(around.format("<main><header><h1>deux</h1></header></main>")) == ["deux"]
    assert said_in_html(around.format('<div role="main"><p>deux</p></div>')) == ["deux"]
    assert said_in_html(around.format("<p>deux</p>")) == ["un", "deux"]


def test_what_a_word_processor_saves_as_html_has_its_lists() -> None:
    """Paragraphs with the signs of their items, the hollow one a letter."""
    item = "<p class=MsoListParagraph><span>{}<span>&nbsp;&nbsp; </span></span>{}</p>"
    html = (
        "<div class=WordSection1><p>Comité</p><h1>14 mai 2026</h1><p>Phares</p>"
        "<p>Objectif&nbsp;: Voir.</p><h2>Choix</h2>"
        f"{item.format('·', 'Un')}{item.format('o', 'Deux')}</div>"
    )
    assert convert(read_html("a.html", html)) == f"{HEAD}- Un\n  - Deux"


def test_a_title_that_begins_small_is_not_joined_to_the_format() -> None:
    """It may be either, so it is refused."""
    text = "Comité\n14 mai 2026\nFormat : virtuel\naccueil\nObjectif : Voir.\nChoix\n- Un"
    with pytest.raises(PageError) as caught:
        convert(read_text_file("a.txt", text))
    assert caught.value.details["line"] == 4


@given(st.text(alphabet="<>/ab pliu&;=\"'!-\n", max_size=80))
def test_no_markup_breaks_the_reading(html: str) -> None:
    """Whatever it is, it is read twice without a fault."""
    read_html("a.html", html)


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("- un\n- deux", ["- un", "- deux"]),
        ("• un\n◦ deux\n• trois", ["- un", "  - deux", "- trois"]),
        ("‣ un\n➢ deux", ["- un", "- deux"]),
        ("-\tun\n\t-\tdeux", ["- un", "  - deux"]),
        ("1. Un.\n2) Deux.\n(a) trois", ["- Un.", "- Deux.", "- trois"]),
        ("- un\v- deux\u2028- trois\f- quatre", ["- un", "- deux", "- trois", "- quatre"]),
        ("- auto\u00adma\u200btique", ["- automatique"]),
        ("- de\u0301ja\u0300 vu", ["- déjà vu"]),
        ("- un\n  deux\n  et trois\n- quatre", ["- un deux et trois", "- quatre"]),
        ("- un\ndeux", ["- un deux"]),
        ("- un\n  Deux", ["- un Deux"]),
    ],
)
def test_lists_of_plain_text_are_read(text: str, statements: list[str]) -> None:
    """Every sign and number, margins and tabs, breaks of every kind, wrapped lines."""
    assert convert(read_text_file("a.txt", HEAD + text)) == HEAD + "\n".join(statements)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- un.\ndeux", 7),
        ("- un.\n     Deux", 7),
        ("- un\n  2026", 7),
        ("- un\n\n  deux", 8),
        (f"- {'un ' * 25}deux\nTrois quatre cinq", 7),
    ],
)
def test_a_line_that_may_go_on_is_refused(text: str, place: int) -> None:
    """It is neither joined to the one before nor made a heading."""
    with pytest.raises(PageError) as caught:
        convert(read_text_file("a.txt", HEAD + text))
    assert (caught.value.details["line"], caught.value.details["reason"]) == (place, "wrapped")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_encodings_of_clerks_are_recognised(encoding: str) -> None:
    """With a mark or without."""
    assert decode("L’été « à Noël » – cœur".encode(encoding), "a.txt") == "L’été « à Noël » – cœur"


@pytest.mark.parametrize(
    "data",
    [
        "L’été à Noël".encode("mac-roman"),
        "L'été à Noël".encode("cp850"),
        "Лето".encode("cp1251"),
        "L’été".encode().decode("cp1252").encode(),
        b"a\0b\xff\xfe",
        b"\xff\xfea",
    ],
)
def test_other_encodings_are_refused(data: bytes) -> None:
    """Also what was decoded wrongly once."""
    with pytest.raises(CorpusError) as caught:
        decode(data, "a.txt")
    assert caught.value.details == {"problem": "encoding", "file": "a.txt"}


@pytest.mark.parametrize(
    ("name", "problem"),
    [("a.doc", "old-word"), ("a.pdf", "kind"), ("a.docx", "word"), ("b.txt", "unreadable")],
)
def test_files_of_other_kinds_are_refused(name: str, problem: str, tmp_path: Path) -> None:
    """Each with what to do."""
    (tmp_path / name).write_bytes(b"no document") if name != "b.txt" else None
    with pytest.raises(CorpusError) as caught:
        page_text(tmp_path / name)
    assert caught.value.details["problem"] == problem


def wrapped(paragraph: Paragraph, tag: str) -> None:
    """Put the last run of a paragraph into another element, as tracked changes do."""
    around = OxmlElement(tag)
    run = paragraph.runs[-1]._r
    run.addprevious(around)
    around.append(run)


def test_a_word_document_says_what_it_shows() -> None:
    """Inserted text and links, not deleted or hidden text; numbering makes items."""
    document = docx.Document()
    document.add_paragraph("Comité", "Title")
    document.add_heading("14 mai 2026", 1)
    document.add_paragraph("Phares")
    document.add_paragraph("Objectif : Voir.")
    document.add_paragraph().add_run("Choix").bold = True
    item = document.add_paragraph("Un", "List Number")
    for text, tag in ((" deux", "w:ins"), (" trois", "w:hyperlink"), (" quatre", "w:moveFrom")):
        item.add_run(text)
        wrapped(item, tag)
    item.add_run(" cinq").font.hidden = True
    item.add_run(" six\tsept\nhuit")
    nested = document.add_paragraph("neuf")
    numbering = nested._p.get_or_add_pPr().get_or_add_numPr()
    numbering.get_or_add_ilvl().val = 1
    box = document.add_paragraph("Dix est une phrase.")
    box._p.get_or_add_pPr().append(OxmlElement("w:tabs"))
    stream = io.BytesIO()
    document.save(stream)
    assert convert(read_word("a.docx", stream.getvalue())) == (
        HEAD + "- Un deux trois six sept huit\n  - neuf\n- Dix est une phrase."
    )
    assert qn("w:moveFrom") in {node.tag for node in document.element.iter()}


def test_a_table_in_a_word_document_is_refused_by_its_paragraph() -> None:
    """Its words are told; a single column is read as paragraphs."""
    document = docx.Document()
    for text, style in (("Comité", "Title"), ("14 mai 2026", "Heading 1")):
        document.add_paragraph(text, style)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Centre", "Délai"
    stream = io.BytesIO()
    document.save(stream)
    with pytest.raises(PageError) as caught:
        read_word("a.docx", stream.getvalue())
    told = caught.value.details
    assert (told["line"], told["unit"], told["text"]) == (3, "paragraph", "Centre Délai")
