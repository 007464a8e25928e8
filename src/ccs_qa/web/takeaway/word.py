"""Writes a Word document: real headings, a language for each run, no macro, field or link."""

import datetime as dt
import io
import re

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from ccs_qa.messages import Catalogue
from ccs_qa.records import Language
from ccs_qa.text import visible
from ccs_qa.web.contexts import cut
from ccs_qa.web.takeaway.content import Exchange, Quote, Source, Takeaway

_LOCALES: dict[Language, str] = {"fr": "fr-CA", "en": "en-CA"}
# Longest property that the format allows.
_LONGEST_PROPERTY = 255
_BLACK = RGBColor(0, 0, 0)


def to_word(content: Takeaway, words: Catalogue) -> bytes:
    """Write the content as a Word document.

    Args:
        content: What to say.
        words: The words of its language.

    Returns:
        The bytes of the file.
    """
    writer = _Writer(content.language, words)
    writer.prepare(content)
    for exchange in content.exchanges:
        writer.exchange(exchange)
    writer.about(content)
    out = io.BytesIO()
    writer.document.save(out)
    return out.getvalue()


class _Writer:
    """Writes one document."""

    def __init__(self, language: Language, words: Catalogue) -> None:
        self.document: WordDocument = Document()
        self._language: Language = language
        self._words = words

    def prepare(self, content: Takeaway) -> None:
        """Set title, properties, styles and default language."""
        title = self._words.count("takeaway.title", len(content.exchanges))
        properties = self.document.core_properties
        properties.title = title
        properties.subject = visible(content.exchanges[-1].question)[:_LONGEST_PROPERTY]
        properties.author = properties.last_modified_by = self._words.text("page.site")
        properties.language = _LOCALES[self._language]
        properties.comments = properties.keywords = ""
        at = dt.datetime.combine(content.day, dt.time(), dt.UTC)
        properties.created = properties.modified = at
        self._styles()
        self._heading(title, 0, self._language)

    def _styles(self) -> None:
        for style in self.document.styles:
            if isinstance(style, ParagraphStyle):
                style.font.color.rgb = _BLACK
                if style.name == "Quote":
                    _shape_quote(style)
        for language in self.document.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), _LOCALES[self._language])

    def exchange(self, exchange: Exchange) -> None:
        """Write a question and its answer."""
        words = self._words
        self._heading(exchange.question, 1, exchange.asked_in)
        verdict = " – ".join(item for item in (exchange.status, exchange.confidence) if item)
        self._named("takeaway.status", verdict)
        self._paragraph(exchange.lead, bold=True)
        if exchange.notice:
            self._paragraph(exchange.notice)
        if exchange.quotes and not exchange.answered:
            self._heading(words.text("page.nearest"), 2, self._language)
        for quote in exchange.quotes:
            self._quote(quote, 2 if exchange.answered else 3)
        for text in (*exchange.notes, exchange.searched):
            self._paragraph(text)
        self._named("takeaway.index", exchange.index_id)
        cited = [quote for quote in exchange.quotes if quote.number]
        if cited:
            self._heading(words.text("takeaway.citations"), 2, self._language)
            self._list(cited)

    def about(self, content: Takeaway) -> None:
        """Write whose views these are, whose text, and when it was taken."""
        words = self._words
        self._heading(words.text("takeaway.about"), 1, self._language)
        said = content.disclaimer
        if said:
            self._paragraph(said.text, "Quote", said.language)
            self._paragraph(said.status)
        self._paragraph(words.text("page.footer.licence"))
        self._named("takeaway.day", words.date(content.day))

    def _quote(self, quote: Quote, level: int) -> None:
        words = self._words
        number = f"{words.text('page.citation')} {quote.number} – " if quote.number else ""
        heading = self._heading(f"{number}{quote.date} – ", level, self._language)
        self._run(heading, quote.meeting.text, quote.meeting.language)
        if quote.theme:
            self._named("takeaway.theme", quote.theme).paragraph_format.keep_with_next = True
        section = quote.section
        if section:
            named = self._named("takeaway.section", section.text, section.language)
            named.paragraph_format.keep_with_next = True
        if quote.attribution:
            named = self._named("takeaway.attribution", quote.attribution)
            named.paragraph_format.keep_with_next = True
        for source in quote.shown:
            self._source(source)
            where = words.text("page.offsets", start=source.start, end=source.end)
            self._paragraph(f"{source.status}, {source.document}, {where}")
        if not quote.number:
            self._named("takeaway.address", quote.address)

    def _source(self, source: Source) -> None:
        if source.mark is None:
            self._paragraph(source.text, "Quote", source.language)
            return
        paragraph = self.document.add_paragraph(style="Quote")
        for part, bold in zip(cut(source.text, source.mark), (False, True, False), strict=True):
            if part:
                self._run(paragraph, part, source.language, bold)

    def _list(self, quotes: list[Quote]) -> None:
        """Number the citations of an answer as the answer does: from 1, each time."""
        number = self._new_numbering()
        for quote in quotes:
            paragraph = self._paragraph(f"{quote.date} – ", "List Number")
            self._run(paragraph, quote.meeting.text, quote.meeting.language)
            if quote.section:
                self._run(paragraph, ", ", self._language)
                self._run(paragraph, quote.section.text, quote.section.language)
            where = "; ".join(
                f"{source.document}, "
                + self._words.text("page.offsets", start=source.start, end=source.end)
                for source in quote.sources
            )
            self._run(paragraph, f" ({where}). {quote.address}", self._language)
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - no public way
            properties.get_or_add_ilvl().val = 0
            properties.get_or_add_numId().val = number

    def _new_numbering(self) -> int:
        """Make a list that begins at 1 with the form of the list style."""
        style = self.document.styles["List Number"].element
        used = style.pPr.numPr.numId.val
        numbering = self.document.part.numbering_part.element
        made = numbering.add_num(numbering.num_having_numId(used).abstractNumId.val)
        made.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(made.numId)

    def _heading(self, text: str, level: int, language: Language) -> Paragraph:
        style = f"Heading {level}" if level else "Title"
        paragraph = self.document.add_paragraph(style=style)
        self._run(paragraph, re.sub(r"[\t\n\r]+", " ", text), language)
        return paragraph

    def _named(self, key: str, value: str, language: Language | None = None) -> Paragraph:
        name = self._words.text("takeaway.named", name=self._words.text(key))
        paragraph = self._paragraph(f"{name} ", bold=True)
        self._run(paragraph, value, language or self._language)
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


def _shape_quote(style: ParagraphStyle) -> None:
    # Upright, since italics tire over a paragraph; on one page with its status below.
    style.font.italic = False
    style.paragraph_format.left_indent = Cm(1)
    style.paragraph_format.space_after = Pt(2)
    style.paragraph_format.keep_together = True
    style.paragraph_format.keep_with_next = True


def _lang(language: Language) -> BaseOxmlElement:
    element = OxmlElement("w:lang")
    element.set(qn("w:val"), _LOCALES[language])
    return element
