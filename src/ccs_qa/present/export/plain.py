"""Writes plain text to copy into a message."""

import re

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView
from ccs_qa.present.export.content import Export, place, placed
from ccs_qa.present.export.inert import one_line


def to_plain(content: Export, words: Catalogue) -> str:
    """Write the content as plain text."""
    blocks = [words.count("export.title", len(content.exchanges))]
    for exchange in content.exchanges:
        blocks += _exchange(exchange, content.origin, words)
    if content.disclaimer:
        blocks.append(f"{content.disclaimer.text} ({content.disclaimer.status})")
    blocks.append(words.text("page.footer.licence"))
    blocks.append(_named("export.day", words.date(content.day), words))
    return "\n\n".join(blocks) + "\n"


def plain_citation(meeting: MeetingView, origin: str, words: Catalogue) -> str:
    """Write one passage as plain text."""
    return _quote(meeting.passages[0], meeting, origin, words) + "\n"


def _exchange(exchange: AnswerView, origin: str, words: Catalogue) -> list[str]:
    blocks = [
        "\n".join(
            (
                _named("export.question", exchange.question, words),
                _named("export.status", exchange.status_text, words),
            )
        ),
        *map(one_line, exchange.reading),
        one_line(exchange.lead),
        *[exchange.notice] * bool(exchange.notice),
    ]
    if exchange.near:
        blocks.append(words.text("page.nearest"))
    for meeting in exchange.groups:
        blocks += map(one_line, meeting.leads)
        blocks += [_quote(quote, meeting, origin, words) for quote in meeting.passages]
    blocks += map(one_line, exchange.notes)
    blocks.append(f"{exchange.searched}\n{_named('export.index', exchange.index_id, words)}")
    return blocks


def _quote(quote: PassageView, meeting: MeetingView, origin: str, words: Catalogue) -> str:
    number = f"[{quote.number}] " if quote.number else ""
    lines = [f"{number}{meeting.date} – {one_line(meeting.title.text)}"]
    lines += [_named(key, view.text, words) for key, view in placed(quote, meeting, words)]
    for view in quote.shown:
        # Indented, so that a line of a quote never looks like one of ours.
        lines += [f"    {line}" for line in re.split(r"\r\n|[\n\r]", view.text)]
        lines.append(f"{view.status}, {one_line(place(view, words))}")
    lines.append(_named("export.address", origin + quote.url, words))
    return "\n".join(lines)


def _named(key: str, value: str, words: Catalogue) -> str:
    return f"{words.text('export.named', name=words.text(key))} {one_line(value)}"
