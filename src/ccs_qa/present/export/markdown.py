"""Writes Markdown in which no text of others is anything but text."""

import re

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, TextView, spoken
from ccs_qa.present.export.content import Export, addresses, in_marks, said, source, whose
from ccs_qa.present.export.inert import one_line
from ccs_qa.text.strings import visible

# Marks that mean something anywhere in CommonMark, GitHub's dialect, Pandoc's or MyST's.
_ANYWHERE = re.compile(r"[\\`*_\[\]<>|~&$={}^@!\"#]")
# Bare addresses, that some dialects make links of.
_ADDRESS = re.compile(r":(?=//)|(?<=www)\.|(?<=mailto):", re.IGNORECASE)
# What begins an item of a list, up to the mark that makes it one.
_ITEM = re.compile(r"\(?(?:\d{1,9}|[A-Za-z]|[IVXLCDMivxlcdm]{1,9})(?=[.)])")


def escaped(text: str) -> str:
    """Escape a text for one line of Markdown."""
    return _line(one_line(text))


def _line(text: str) -> str:
    body = text.strip()
    if not body:
        return ""
    found = _ANYWHERE.sub(lambda match: "\\" + match[0], body)
    found = _ADDRESS.sub(lambda match: "\\" + match[0], found)
    item = _ITEM.match(found)
    if item:
        found = f"{item[0]}\\{found[item.end() :]}"
    elif found[0] in "+-:%":
        found = "\\" + found
    # White space at either end of a line would go, or make code of it.
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return _spaces(before) + found + _spaces(after)


def _spaces(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def quoted(text: str, between: tuple[str, str] = ("", "")) -> str:
    """Write a text as a block quote, between what opens and what closes it."""
    lines = [_line(line) for line in re.split(r"\r\n|[\n\r]", visible(text))]
    lines[0] = between[0] + lines[0]
    lines[-1] += between[1]
    return "\n".join(
        f"> {line}" + ("\\" if line and following else "")
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    )


def to_markdown(content: Export, words: Catalogue) -> str:
    """Write the content as CommonMark without HTML; addresses of quotes are the only links."""
    title = content.exchanges[0].question if content.titled else words.text("export.title")
    parts = [
        f"# {escaped(title)}",
        "\\\n".join(map(escaped, whose(content, words))),
    ]
    for exchange in content.exchanges:
        if not content.titled:
            parts.append(f"## {escaped(exchange.question)}")
        parts += _exchange(exchange, content.origin, 2 if content.titled else 3, words)
    parts += [f"## {escaped(words.text('export.about'))}"]
    if content.disclaimer:
        parts.append(escaped(said(content.disclaimer)))
    parts.append(escaped(words.text("page.footer.licence")))
    return "\n\n".join(parts) + "\n"


def _exchange(exchange: AnswerView, origin: str, level: int, words: Catalogue) -> list[str]:
    parts = [
        f"**{escaped(exchange.status_text)}**",
        *map(escaped, exchange.reading),
        escaped(exchange.lead),
        *[escaped(exchange.notice)] * bool(exchange.notice),
    ]
    if exchange.near:
        parts.append(f"{'#' * level} {escaped(words.text('page.nearest'))}")
    below = "#" * (level + (exchange.near or exchange.themed))
    for meeting in exchange.groups:
        parts += map(escaped, meeting.leads)
        if meeting.begins:
            parts.append(f"{'#' * level} {escaped(meeting.theme)}")
        parts.append(f"{below} {escaped(meeting.date)} – {escaped(meeting.title.text)}")
        for quote in meeting.passages:
            parts += _quote(quote, meeting, origin, words)
    parts += map(escaped, exchange.notes)
    parts.append(escaped(exchange.searched))
    return parts


def _quote(quote: PassageView, meeting: MeetingView, origin: str, words: Catalogue) -> list[str]:
    lines = [f"*{escaped(source(quote, meeting, words))}*"]
    lines += [f"{escaped(name)} <{url}>" for name, url in addresses(quote, origin, words)]
    parts = [*_lines(quote.text), "\\\n".join(lines)]
    if quote.counterpart:
        name = words.text("export.named", name=spoken(quote.counterpart, words))
        parts += [escaped(name), *_lines(quote.counterpart)]
    return parts


def _lines(view: TextView) -> list[str]:
    return [quoted(line.exact, (before, after)) for before, line, after in in_marks(view)]
