"""Writes CSV, one row a quote.

Values are separated by commas (RFC 4180), in UTF-8 behind a byte order mark, which Excel needs.
The first row names the columns in the language of the file; their order never changes:

| column | meaning |
|---|---|
| question | the question asked |
| status | whether the summaries answer it, in words |
| answer | the fixed wording of the answer, or the sentences of a language model |
| number | citation number on the page; empty for a nearest passage, which is no answer, and for |
| | a lead-in or an item that stands with the quote below or above it |
| date | day of the meeting, in words |
| meeting | name of the meeting |
| section | heading above the passage |
| lead-in | the lead-ins of its list |
| quote-fr, status-fr | the French rendition, character by character, and its status in words |
| document-fr, start-fr, end-fr | where it stands: document, first character, end (exclusive) |
| quote-en, status-en | the English rendition and its status, likewise |
| document-en, start-en, end-en | where it stands |
| passage | stable id of the passage |
| address | address of its page |
| searched | what was searched |
| notes | how it was worded and understood, limits, silent meetings, what is left out |
| index | identifier of the index that was searched |
| day | the day of the download, in words |
| disclaimer | whose views the summaries give |
| theme | the theme that the quote stands under, with its meetings; empty for none |
| attribution | who says it, in words; empty where the page does not make it plain |
| published | address of the page that published it; empty where that is not known |

An answer without any passage has one row, whose columns from `number` to `address` are empty.
A text that a spreadsheet could take for a formula begins with an apostrophe that is not part of
it; an invisible character stands as e.g. `[U+202E]`.
"""

import csv
import io

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView
from ccs_qa.present.export.content import Export
from ccs_qa.present.export.inert import defused
from ccs_qa.records import LANGUAGES

COLUMNS = (
    "export.question",
    "export.status",
    "export.answer",
    "export.number",
    "export.date",
    "export.meeting",
    "export.section",
    "export.lead-in",
    "export.quote-fr",
    "export.status-fr",
    "export.document-fr",
    "export.start-fr",
    "export.end-fr",
    "export.quote-en",
    "export.status-en",
    "export.document-en",
    "export.start-en",
    "export.end-en",
    "export.passage",
    "export.address",
    "export.searched",
    "export.notes",
    "export.index",
    "export.day",
    "export.disclaimer",
    "export.theme",
    "export.attribution",
    "export.published",
)
Listed = tuple[MeetingView, PassageView]
# From the number to the address.
_OF_A_QUOTE = 17


def to_csv(content: Export, words: Catalogue) -> str:
    """Write the content as CSV, with a byte order mark."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(defused(words.text(key)) for key in COLUMNS)
    for exchange in content.exchanges:
        listed: list[Listed | None] = [
            (meeting, part)
            for meeting in exchange.groups
            for quote in meeting.passages
            for part in (*quote.above, quote, *quote.below)
        ]
        for found in listed or [None]:
            row = _row(exchange, found, content, words)
            writer.writerow(defused(cell) for cell in row)
    return out.getvalue()


def _row(
    exchange: AnswerView, found: Listed | None, content: Export, words: Catalogue
) -> tuple[str, ...]:
    meeting, quote = found or (None, None)
    leads = (line for item in exchange.groups for line in item.leads)
    return (
        exchange.question,
        exchange.status_text,
        " ".join((exchange.lead, *leads)),
        *(_quote(quote, meeting, content.origin) if meeting and quote else ("",) * _OF_A_QUOTE),
        exchange.searched,
        " ".join(note for note in (exchange.notice, *exchange.reading, *exchange.notes) if note),
        exchange.index_id,
        words.date(content.day),
        content.disclaimer.text if content.disclaimer else "",
        meeting.theme if meeting else "",
        quote.attribution if quote else "",
        quote.published if quote else "",
    )


def _quote(quote: PassageView, meeting: MeetingView, origin: str) -> tuple[str, ...]:
    by_language = {view.language: view for view in quote.spoken}
    texts: list[str] = []
    for language in LANGUAGES:
        view = by_language.get(language)
        if view is None or view.source is None:
            texts += [""] * 5
        else:
            source = view.source
            where = (source.document, str(source.start), str(source.end))
            texts += [source.text, view.status, *where]
    return (
        str(quote.number or ""),
        meeting.date,
        meeting.title.text,
        quote.section.text if quote.section else "",
        quote.introduction,
        *texts,
        quote.id,
        origin + quote.url,
    )
