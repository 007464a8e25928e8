"""Cuts what exceeds the encoder's window, keeping offsets."""

from collections.abc import Callable

from langchain_text_splitters import RecursiveCharacterTextSplitter

_SEPARATORS = ["\n\n", "\n", ". ", "; ", ", ", " ", ""]


def split_spans(
    text: str, length: Callable[[str], int], window: int, overlap: int
) -> tuple[tuple[int, int], ...]:
    """Cut a text into pieces that fit a window.

    Args:
        window: Longest piece, in tokens.
        overlap: Tokens shared by neighbouring pieces, less than the window.

    Returns:
        Offsets (start, end) of the pieces, in order; the whole text when it fits.
    """
    if length(text) <= window:
        return ((0, len(text)),)
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=window,
        chunk_overlap=overlap,
        length_function=length,
        separators=_SEPARATORS,
        keep_separator="end",
        strip_whitespace=False,
    )
    spans: list[tuple[int, int]] = []
    search_from = 0
    for piece in splitter.split_text(text):
        # The library gives texts; each starts after the start of the one before it.
        start = text.index(piece, search_from)
        spans.append((start, start + len(piece)))
        search_from = start + 1
    return tuple(spans)
