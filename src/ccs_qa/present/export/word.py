"""Writes a Word document: real headings, a language for each run, no macro, field or link."""

import datetime as dt
import io
import re
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, TextView, spoken
from ccs_qa.present.export.content import Export, addresses, in_marks, said, source, whose
from ccs_qa.present.export.summary import Line, Role
from ccs_qa.records import Language
from ccs_qa.text.strings import visible

_LOCALES: dict[Language, str] = {"fr": "fr-CA", "en": "en-CA"}
# Longest property that the format allows.
_LONGEST_PROPERTY = 255
_BLACK = RGBColor(0, 0, 0)
_GREY = RGBColor(0x44, 0x44, 0x44)
_ROLES: dict[Role, str] = {
    "title": "Title",
    "whose": "Subtitle",
    "heading": "Heading 1",
    "text": "Normal",
    "point": "List Bullet",
    "deep": "List Bullet 2",
    "beside": "Quote Beside",
    "source": "Source",
}
# Points of the fonts, and above and below a paragraph, by style.
_SIZES: dict[str, tuple[float, float, float]] = {
    "Title": (20, 0, 4),
    "Subtitle": (10.5, 0, 14),
    "Heading 1": (14, 18, 6),
    "Heading 2": (12.5, 14, 4),
    "Heading 3": (11.5, 12, 4),
    "Normal": (11, 0, 6),
    "List Bullet": (11, 0, 4),
    "List Bullet 2": (11, 0, 4),
    "Quote": (12, 14, 4),
    "Quote Beside": (10.5, 0, 8),
    "Source": (9.5, 0, 2),
}


def to_word(content: Export, words: Catalogue) -> bytes:
    """Write the content as a Word document."""
    writer = _Writer(content.language, content.origin, words)
    writer.prepare(content)
    for exchange in content.exchanges:
        writer.exchange(exchange, titled=content.titled)
    writer.about(content)
    return writer.saved()


def summary_to_word(lines: Sequence[Line], words: Catalogue, day: dt.date) -> bytes:
    """Write the summary of a meeting as a Word document."""
    writer = _Writer(words.language, "", words)
    writer.begin(lines[0].text, lines[0].text, day)
    for line in lines:
        writer.line(line)
    return writer.saved()


class _Writer:
    """Writes one document."""

    def __init__(self, language: Language, origin: str, words: Catalogue) -> None:
        self._origin = origin
        self.document: WordDocument = Document()
        self._language: Language = language
        self._words = words

    def prepare(self, content: Export) -> None:
        """Write the title of answers, whose they are, and when they were given."""
        words, last = self._words, content.exchanges[-1]
        title = last.question if content.titled else words.text("export.title")
        language = last.asked_in if content.titled else self._language
        self.begin(title, last.question, content.day)
        # Nobody reads it there; `ccs-qa answer verify` finds the edition by it.
        self.document.core_properties.identifier = last.index_id
        self._heading(title, 0, language)
        self._paragraph("\n".join(whose(content, words)), "Subtitle")

    def begin(self, title: str, subject: str, day: dt.date) -> None:
        """Set properties, styles and default language."""
        properties = self.document.core_properties
        properties.title = visible(title)[:_LONGEST_PROPERTY]
        properties.subject = visible(subject)[:_LONGEST_PROPERTY]
        properties.author = properties.last_modified_by = self._words.text("page.site")
        properties.language = _LOCALES[self._language]
        properties.comments = properties.keywords = ""
        at = dt.datetime.combine(day, dt.time(), dt.UTC)
        properties.created = properties.modified = at
        self._styles()

    def line(self, line: Line) -> None:
        """Write a line of a summary."""
        self._paragraph(line.text, _ROLES[line.role], line.language)

    def saved(self) -> bytes:
        """Give the file."""
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _styles(self) -> None:
        styles = self.document.styles
        styles.add_style("Source", WD_STYLE_TYPE.PARAGRAPH)
        # The same quote in the other language, smaller.
        styles.add_style("Quote Beside", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Quote"]
        for style in styles:
            if isinstance(style, ParagraphStyle):
                style.font.color.rgb = _BLACK
                if style.name in _SIZES:
                    _shape(style, *_SIZES[style.name])
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), _LOCALES[self._language])

    def exchange(self, exchange: AnswerView, *, titled: bool) -> None:
        """Write an answer, below its question where that is not the title."""
        words, level = self._words, 1 if titled else 2
        if not titled:
            self._heading(exchange.question, 1, exchange.asked_in)
        self._paragraph(exchange.status_text, bold=True)
        for text in (*exchange.reading, exchange.lead, exchange.notice):
            if text:
                self._paragraph(text)
        if exchange.near:
            self._heading(words.text("page.nearest"), level, self._language)
        below = level + (exchange.near or exchange.themed)
        for meeting in exchange.groups:
            for lead in meeting.leads:
                self._paragraph(lead, bold=True)
            if meeting.begins:
                self._heading(meeting.theme, level, self._language)
            heading = self._heading(f"{meeting.date} – ", below, self._language)
            self._run(heading, meeting.title.text, meeting.title.language)
            for quote in meeting.passages:
                self._quote(quote, meeting)
        for text in (*exchange.notes, exchange.searched):
            self._paragraph(text)

    def about(self, content: Export) -> None:
        """Write whose views these are, and whose text."""
        words, disclaimer = self._words, content.disclaimer
        self._heading(words.text("export.about"), 1, self._language)
        if disclaimer:
            self._paragraph(said(disclaimer), language=disclaimer.language)
        self._paragraph(words.text("page.footer.licence"))

    def _quote(self, quote: PassageView, meeting: MeetingView) -> None:
        words = self._words
        self._lines(quote.text)
        lines = [source(quote, meeting, words)]
        lines += map(" ".join, addresses(quote, self._origin, words))
        for line in lines:
            self._paragraph(line, "Source").paragraph_format.keep_with_next = line != lines[-1]
        if quote.counterpart:
            name = words.text("export.named", name=spoken(quote.counterpart, words))
            label = self._paragraph(name, "Source")
            label.paragraph_format.keep_with_next = True
            label.paragraph_format.space_before = Pt(6)
            last = self._lines(quote.counterpart, "Quote Beside")
            last.paragraph_format.keep_with_next = False

    def _lines(self, view: TextView, style: str = "Quote") -> Paragraph:
        """Write a quote, and give its last line."""
        for place, (before, line, after) in enumerate(in_marks(view)):
            text = f"{before}{line.exact}{after}"
            paragraph = self._paragraph(text, style, line.language)
            if place:
                paragraph.paragraph_format.left_indent = Cm(1.8)
                paragraph.paragraph_format.space_before = Pt(0)
        return paragraph

    def _heading(self, text: str, level: int, language: Language) -> Paragraph:
        style = f"Heading {level}" if level else "Title"
        paragraph = self.document.add_paragraph(style=style)
        self._run(paragraph, re.sub(r"[\t\n\r]+", " ", text), language)
        return paragraph

    def _paragraph(
        self, text: str, style: str = "Normal", language: Language | None = None, bold: bool = False
    ) -> Paragraph:
        paragraph = self.document.add_paragraph(style=style)
        self._run(paragraph, text, language or self._language, bold)
        return paragraph

    def _run(self, paragraph: Paragraph, text: str, language: Language, bold: bool = False) -> None:
        run = paragraph.add_run(visible(re.sub(r"\r\n?", "\n", text)))
        run.bold = bold or None
        run._r.get_or_add_rPr().append(_lang(language))  # noqa: SLF001 - no public way


def _shape(style: ParagraphStyle, size: float, above: float, below: float) -> None:
    style.font.size = Pt(size)
    style.paragraph_format.space_before = Pt(above)
    style.paragraph_format.space_after = Pt(below)
    style.font.italic = False  # tires over a paragraph
    for ornament in style.element.xpath("./w:pPr/w:pBdr | ./w:rPr/w:spacing | ./w:rPr/w:kern"):
        ornament.getparent().remove(ornament)
    if style.name in {"Quote", "Quote Beside", "Source"}:
        style.paragraph_format.left_indent = Cm(1)
    if style.name == "Source":
        style.font.color.rgb = _GREY
    if style.name == "Quote":
        # On one page with its source below.
        style.paragraph_format.keep_together = True
        style.paragraph_format.keep_with_next = True
    if style.name in {"Title", "Subtitle"}:
        style.font.bold = style.name == "Title"


def _lang(language: Language) -> BaseOxmlElement:
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), _LOCALES[language])
    return element
