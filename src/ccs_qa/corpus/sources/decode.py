"""Bytes of a file to text: the encodings that clerks' programs write, or a refusal."""

import codecs
import re
import unicodedata

from ccs_qa.errors import CorpusError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What French and English texts hold beyond ASCII. Other bytes tell of another encoding.
_EXPECTED = frozenset(
    "àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸñÑáíóúÁÍÓÚ«»‹›“”„‘’‚–—…•·°ºª²³±×€£¢§©®™¼½¾\u00a0\u00ad"
)
# UTF-8 that was once read as something else.
_TWICE = re.compile("Ã[\u0080-\u00bf]|â€[\u0080-\u00bf™œ\u009d˜“”¦]")


def decode(data: bytes, file: str) -> str:
    """Decode UTF-8, UTF-16 or Windows-1252; else raise `CorpusError`."""
    text = _decoded(data)
    if text is None or _TWICE.search(text):
        raise CorpusError(problem="encoding", file=file)
    return text


def _decoded(data: bytes) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _try(data, name)
    if b"\0" in data:
        # ASCII letters of UTF-16 have their zero at odd places where the low byte comes first.
        little = data[1::2].count(0) > data[::2].count(0)
        text = _try(data, "utf-16-le" if little else "utf-16-be")
        return text if text is not None and "\0" not in text else None
    text = _try(data, "utf-8")
    if text is not None:
        return text
    text = _try(data, "cp1252")
    beyond = {letter for letter in text or "" if not letter.isascii()}
    return text if beyond <= _EXPECTED and _french(text or "") else None


def _french(text: str) -> bool:
    """Tell whether letters with accents stand in words, as they do where the guess is right."""
    odd = re.findall(r"[a-zà-ÿ][À-ÖØ-Þ]", text)
    return not odd and not any(
        unicodedata.category(letter) == "Cc" for letter in set(text) - set("\t\n\r\f\v")
    )


def _try(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None
