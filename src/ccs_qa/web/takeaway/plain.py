"""Writes plain text to copy into a message."""

import re

from ccs_qa.messages import Catalogue
from ccs_qa.text import visible
from ccs_qa.web.takeaway.content import Exchange, Quote, Takeaway
from ccs_qa.web.takeaway.inert import one_line


def to_plain(content: Takeaway, words: Catalogue) -> str:
    """Write the content as plain text.

    Args:
        content: What to say.
        words: The words of its language.

    Returns:
        Text in blocks separated by blank lines.
    """
    blocks = [words.count("takeaway.title", len(content.exchanges))]
    for exchange in content.exchanges:
        blocks += _exchange(exchange, words)
    if content.disclaimer:
        blocks.append(f"{visible(content.disclaimer.text)} ({content.disclaimer.status})")
    blocks.append(words.text("page.footer.licence"))
    blocks.append(_named("takeaway.day", words.date(content.day), words))
    return "\n\n".join(blocks) + "\n"


def plain_citation(quote: Quote, words: Catalogue) -> str:
    """Write one quote as plain text.

    Args:
        quote: The quote.
        words: The words of its language.

    Returns:
        Lines: meeting, section, each rendition with its status and place, address.
    """
    return _quote(quote, words) + "\n"


def _exchange(exchange: Exchange, words: Catalogue) -> list[str]:
    verdict = " – ".join(item for item in (exchange.status, exchange.confidence) if item)
    blocks = [
        "\n".join(
            (
                _named("takeaway.question", exchange.question, words),
                _named("takeaway.status", verdict, words),
            )
        ),
        one_line(exchange.lead),
        *[exchange.notice] * bool(exchange.notice),
    ]
    blocks += [_quote(quote, words) for quote in exchange.quotes]
    blocks += [one_line(note) for note in exchange.notes]
    blocks.append(f"{exchange.searched}\n{_named('takeaway.index', exchange.index_id, words)}")
    return blocks


def _quote(quote: Quote, words: Catalogue) -> str:
    number = f"[{quote.number}] " if quote.number else ""
    lines = [f"{number}{quote.date} – {one_line(quote.meeting.text)}"]
    if quote.theme:
        lines.append(_named("takeaway.theme", quote.theme, words))
    if quote.section:
        lines.append(_named("takeaway.section", quote.section.text, words))
    if quote.attribution:
        lines.append(_named("takeaway.attribution", quote.attribution, words))
    for source in quote.shown:
        where = words.text("page.offsets", start=source.start, end=source.end)
        # Indented, so that a line of a quote never looks like one of ours.
        lines += [f"    {line}" for line in re.split(r"\r\n|[\n\r]", visible(source.text))]
        lines.append(f"{source.status}, {one_line(source.document)}, {where}")
    lines.append(_named("takeaway.address", quote.address, words))
    return "\n".join(lines)


def _named(key: str, value: str, words: Catalogue) -> str:
    return f"{words.text('takeaway.named', name=words.text(key))} {one_line(value)}"
