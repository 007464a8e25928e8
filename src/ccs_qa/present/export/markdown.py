"""Writes Markdown in which no text of others is anything but text."""

import re

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, cut
from ccs_qa.present.export.content import Export, place, placed
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


def quoted(text: str, mark: tuple[int, int] | None = None) -> str:
    """Write a text as a block quote; the mark, first character and end, is bold."""
    lines = [_line(line) for line in re.split(r"\r\n|[\n\r]", visible(text))]
    if mark and len(lines) == 1:
        lines = [_marked(*cut(text, mark))]
    return "\n".join(
        f"> {line}" + ("\\" if line and following else "")
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    )


def _marked(before: str, marked: str, after: str) -> str:
    """Write one line, what is marked in bold where Markdown takes it for that: between spaces."""
    parts = [_line(visible(part)) for part in (before, marked, after)]
    apart = before[-1:].strip() == after[:1].strip() == "" and marked == marked.strip() != ""
    return (
        f"{parts[0]}**{parts[1]}**{parts[2]}" if apart else _line(visible(before + marked + after))
    )


def to_markdown(content: Export, words: Catalogue) -> str:
    """Write the content as CommonMark without HTML; passages are the only links."""
    parts = [f"# {escaped(words.count('export.title', len(content.exchanges)))}"]
    for exchange in content.exchanges:
        parts += _exchange(exchange, content.origin, words)
    parts += [f"## {escaped(words.text('export.about'))}"]
    said = content.disclaimer
    if said:
        parts += [quoted(said.text), f"*{escaped(said.status)}*"]
    parts.append(escaped(words.text("page.footer.licence")))
    parts.append(_named("export.day", words.date(content.day), words))
    return "\n\n".join(parts) + "\n"


def markdown_citation(meeting: MeetingView, origin: str, words: Catalogue) -> str:
    """Write one passage as Markdown.

    Returns:
        CommonMark text: block quotes, and what they are under a bold line that names the
        meeting.
    """
    _, *parts = _quote(meeting.passages[0], meeting, origin, "", words)
    name = f"**{escaped(meeting.date)} – {escaped(meeting.title.text)}**"
    return "\n\n".join((name, *parts)) + "\n"


def _exchange(exchange: AnswerView, origin: str, words: Catalogue) -> list[str]:
    level = "###"
    parts = [
        f"## {escaped(exchange.question)}",
        f"**{escaped(exchange.status_text)}**",
        *map(escaped, exchange.reading),
        escaped(exchange.lead),
        *[escaped(exchange.notice)] * bool(exchange.notice),
    ]
    if exchange.near:
        parts.append(f"{level} {escaped(words.text('page.nearest'))}")
        level = "####"
    for meeting in exchange.groups:
        parts += map(escaped, meeting.leads)
        for quote in meeting.passages:
            parts += _quote(quote, meeting, origin, level, words)
    parts += map(escaped, exchange.notes)
    parts.append(escaped(exchange.searched))
    parts.append(_named("export.index", exchange.index_id, words))
    return parts


def _quote(
    quote: PassageView, meeting: MeetingView, origin: str, level: str, words: Catalogue
) -> list[str]:
    number = f"{escaped(words.text('page.citation'))} {quote.number} – " if quote.number else ""
    parts = [f"{level} {number}{escaped(meeting.date)} – {escaped(meeting.title.text)}"]
    parts += [_named(key, view.text, words) for key, view in placed(quote, meeting, words)]
    for view in quote.shown:
        source = f"*{escaped(view.status)}*, {escaped(place(view, words))}"
        parts += [quoted(view.exact, view.mark), source]
    name = words.text("export.named", name=words.text("export.address"))
    parts.append(f"{escaped(name)} <{origin}{quote.url}>")
    return parts


def _named(key: str, value: str, words: Catalogue) -> str:
    name = words.text("export.named", name=words.text(key))
    return f"{escaped(name)} {escaped(value)}"
