"""Turns a file into the text of a page: whole, in order, or not at all."""

from pathlib import Path

from ccs_qa.corpus.conserve import require_words
from ccs_qa.corpus.reader import Page, read_page
from ccs_qa.corpus.sources.decode import decode
from ccs_qa.corpus.sources.html import read_html
from ccs_qa.corpus.sources.lines import Source
from ccs_qa.corpus.sources.markdown import read_markdown
from ccs_qa.corpus.sources.plain import read_text_file
from ccs_qa.corpus.sources.word import read_word
from ccs_qa.corpus.structure import SetLine, set_lines
from ccs_qa.errors import CorpusError, PageError

_READERS = {
    ".txt": read_text_file,
    ".text": read_text_file,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".md": read_markdown,
    ".markdown": read_markdown,
}


def page_text(path: Path) -> str:
    """Read a file of text, HTML, Markdown or Word as the text of a page, one line a block.

    A text that is such a page already stays as it is, byte for byte.

    Raises:
        CorpusError: The file is missing, of another kind, or not text that can be read.
        PageError: A line of the file fits no record, or the page would not say its words.
    """
    kind = path.suffix.lower()
    if kind in {".doc", ".rtf", ".odt"}:
        raise CorpusError(problem="old-word", file=path.name)
    if kind != ".docx" and kind not in _READERS:
        raise CorpusError(problem="kind", file=path.name)
    try:
        data = path.read_bytes()
    except OSError:
        raise CorpusError(problem="unreadable", file=path.name) from None
    if kind == ".docx":
        return convert(read_word(path.name, data))
    text = decode(data, path.name)
    try:
        made = convert(_READERS[kind](path.name, text))
    except RecursionError:
        raise CorpusError(problem="form", file=path.name) from None
    return text if made == text.rstrip("\n") else made


def convert(source: Source) -> str:
    """Set the lines of a file as a page, and hold it against the words of the file."""
    lines = set_lines(source)
    text = "\n".join(line.text for line in lines)
    page = _read(source, text, lines)
    require_words(source, page, [line.place for line in lines])
    return text


def _read(source: Source, text: str, lines: tuple[SetLine, ...]) -> Page:
    try:
        page = read_page(source.name, text)
    except PageError as error:
        # Told of the file that the clerk has, not of what was made of it.
        told = error.details
        number = int(str(told["line"]))
        place = lines[number - 1].place if number <= len(lines) else 1
        raise source.refusal(str(told["reason"]), str(told["text"]), place) from None
    for block, line in zip(page.blocks, lines, strict=True):
        if line.role and block.role != line.role:
            raise source.refusal("role", block.text, line.place)
    return page
