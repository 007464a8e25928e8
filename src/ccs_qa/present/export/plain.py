"""Writes plain text to copy into a message."""

from collections.abc import Sequence

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, TextView, spoken
from ccs_qa.present.export.content import Cited, Export, addresses, in_marks, said, source, whose
from ccs_qa.present.export.inert import one_line


def to_plain(content: Export, words: Catalogue) -> str:
    """Write the content as plain text."""
    blocks = [
        one_line(content.exchanges[0].question) if content.titled else words.text("export.title"),
        "\n".join(whose(content, words)),
    ]
    for exchange in content.exchanges:
        if not content.titled:
            asked = words.text("export.named", name=words.text("export.question"))
            blocks.append(f"{asked} {one_line(exchange.question)}")
        blocks += _exchange(exchange, content.origin, words)
    if content.disclaimer:
        blocks.append(said(content.disclaimer))
    blocks.append(words.text("page.footer.licence"))
    return "\n\n".join(blocks) + "\n"


def plain_quote(view: TextView) -> str:
    """Write a quote alone, a line for each of its list."""
    return "\n".join(
        f"{'– ' * bool(place)}{before}{one_line(line.text)}{after}"
        for place, (before, line, after) in enumerate(in_marks(view))
    )


def plain_citation(cited: Sequence[Cited], origin: str) -> str:
    """Write one passage with its source, once for each language that it is cited in."""
    blocks = []
    for item in cited:
        other = item.quote.counterpart if len(cited) == 1 else None
        # What is not the published text goes with that which is.
        original = other if other and other.official and not item.quote.text.official else None
        blocks.append(plain_quote(item.quote.text))
        blocks.append(_source(item.quote, item.meeting, original, origin, item.words))
    blocks += [said(item.disclaimer) for item in cited if item.disclaimer]
    return "\n\n".join(blocks) + "\n"


def _exchange(exchange: AnswerView, origin: str, words: Catalogue) -> list[str]:
    first = (exchange.status_text, *exchange.reading, exchange.lead, exchange.notice)
    blocks = ["\n".join(one_line(line) for line in first if line)]
    if exchange.near:
        blocks.append(words.text("page.nearest"))
    for meeting in exchange.groups:
        blocks += map(one_line, meeting.leads)
        blocks += [one_line(meeting.theme)] * meeting.begins
        blocks.append(f"{meeting.date} – {one_line(meeting.title.text)}")
        for quote in meeting.passages:
            told = _source(quote, meeting, quote.counterpart, origin, words)
            blocks.append(f"{plain_quote(quote.text)}\n{told}")
    blocks += map(one_line, exchange.notes)
    blocks.append(exchange.searched)
    return blocks


def _source(
    quote: PassageView,
    meeting: MeetingView,
    beside: TextView | None,
    origin: str,
    words: Catalogue,
) -> str:
    lines = [one_line(source(quote, meeting, words))]
    if beside:
        name = words.text("export.named", name=spoken(beside, words))
        lines.append(f"{name} {plain_quote(beside)}")
    lines += map(" ".join, addresses(quote, origin, words))
    return "\n".join(lines)
