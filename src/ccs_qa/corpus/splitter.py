"""Cuts what exceeds the encoder's window."""

from collections.abc import Callable

from langchain_text_splitters import RecursiveCharacterTextSplitter

_SEPARATORS = ["\n\n", "\n", ". ", "; ", ", ", " ", ""]


def split_text(text: str, length: Callable[[str], int], window: int, overlap: int) -> list[str]:
    """Cut a text into pieces that fit a window; the whole text where it fits.

    Args:
        window: Longest piece, in tokens.
        overlap: Tokens shared by neighbouring pieces, less than the window.
    """
    if length(text) <= window:
        return [text]
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=window,
        chunk_overlap=overlap,
        length_function=length,
        separators=_SEPARATORS,
        keep_separator="end",
        strip_whitespace=False,
    )
    return splitter.split_text(text)
