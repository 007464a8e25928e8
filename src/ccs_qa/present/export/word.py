"""Writes a Word document: real headings, a language for each run, no macro, field or link."""

import datetime as dt
import io
import re
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, TextView, cut
from ccs_qa.present.export.content import Export, place, placed
from ccs_qa.records import Language
from ccs_qa.text.strings import visible

_LOCALES: dict[Language, str] = {"fr": "fr-CA", "en": "en-CA"}
# Longest property that the format allows.
_LONGEST_PROPERTY = 255
_BLACK = RGBColor(0, 0, 0)


def to_word(content: Export, words: Catalogue) -> bytes:
    """Write the content as a Word document."""
    writer = _Writer(content.language, content.origin, words)
    writer.prepare(content)
    for exchange in content.exchanges:
        writer.exchange(exchange)
    writer.about(content)
    out = io.BytesIO()
    writer.document.save(out)
    return out.getvalue()


class _Writer:
    """Writes one document."""

    def __init__(self, language: Language, origin: str, words: Catalogue) -> None:
        self._origin = origin
        self.document: WordDocument = Document()
        self._language: Language = language
        self._words = words

    def prepare(self, content: Export) -> None:
        """Set title, properties, styles and default language."""
        title = self._words.count("export.title", len(content.exchanges))
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

    def exchange(self, exchange: AnswerView) -> None:
        """Write a question and its answer."""
        words = self._words
        self._heading(exchange.question, 1, exchange.asked_in)
        self._named("export.status", exchange.status_text)
        for text in exchange.reading:
            self._paragraph(text)
        self._paragraph(exchange.lead, bold=True)
        if exchange.notice:
            self._paragraph(exchange.notice)
        if exchange.near:
            self._heading(words.text("page.nearest"), 2, self._language)
        for meeting in exchange.groups:
            for lead in meeting.leads:
                self._paragraph(lead, bold=True)
            for quote in meeting.passages:
                self._quote(quote, meeting, 2 if exchange.answered else 3)
        for text in (*exchange.notes, exchange.searched):
            self._paragraph(text)
        self._named("export.index", exchange.index_id)
        if exchange.answered and exchange.groups:
            self._heading(words.text("export.citations"), 2, self._language)
            self._list(exchange.groups)

    def about(self, content: Export) -> None:
        """Write whose views these are, whose text, and when it was taken."""
        words = self._words
        self._heading(words.text("export.about"), 1, self._language)
        said = content.disclaimer
        if said:
            self._paragraph(said.text, "Quote", said.language)
            self._paragraph(said.status)
        self._paragraph(words.text("page.footer.licence"))
        self._named("export.day", words.date(content.day))

    def _quote(self, quote: PassageView, meeting: MeetingView, level: int) -> None:
        words = self._words
        number = f"{words.text('page.citation')} {quote.number} – " if quote.number else ""
        heading = self._heading(f"{number}{meeting.date} – ", level, self._language)
        self._run(heading, meeting.title.text, meeting.title.language)
        for key, view in placed(quote, meeting, words):
            named = self._named(key, view.text, view.language)
            named.paragraph_format.keep_with_next = True
        for view in quote.shown:
            self._source(view)
            self._paragraph(f"{view.status}, {place(view, words)}")
        if not quote.number:
            self._named("export.address", self._origin + quote.url)

    def _source(self, view: TextView) -> None:
        if view.mark is None:
            self._paragraph(view.exact, "Quote", view.language)
            return
        paragraph = self.document.add_paragraph(style="Quote")
        for part, bold in zip(cut(view.exact, view.mark), (False, True, False), strict=True):
            if part:
                self._run(paragraph, part, view.language, bold)

    def _list(self, meetings: Sequence[MeetingView]) -> None:
        """Number the citations of an answer as the answer does: from 1, each time."""
        number = self._new_numbering()
        for meeting, quote in ((item, quote) for item in meetings for quote in item.passages):
            paragraph = self._paragraph(f"{meeting.date} – ", "List Number")
            self._run(paragraph, meeting.title.text, meeting.title.language)
            if quote.section:
                self._run(paragraph, ", ", self._language)
                self._run(paragraph, quote.section.text, quote.section.language)
            where = "; ".join(place(view, self._words) for view in quote.spoken)
            self._run(paragraph, f" ({where}). {self._origin}{quote.url}", self._language)
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
        name = self._words.text("export.named", name=self._words.text(key))
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
