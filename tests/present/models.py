"""The texts that a reader takes along, written by hand, one file each beside this one."""

import io
from pathlib import Path

from docx import Document

from ccs_qa.records import Language

QUESTIONS: dict[Language, str] = {
    "en": "How could AI help call centres?",
    "fr": "Comment l'IA pourrait-elle aider les centres d'appels ?",
}
PASSAGE = "2024-11-01-s-9f742ebe"
_FOLDER = Path(__file__).with_name("models")


def model(name: str, language: Language, **values: str) -> str:
    """Read what a text must be.

    Args:
        values: What differs from one run to the next: `origin`, and `day` for what is dated.
    """
    return (_FOLDER / f"{name}.{language}.txt").read_text("utf-8").format(**values)


def word_lines(data: bytes) -> list[str]:
    """Read the paragraphs of a Word document, each after its style, as the models have them."""
    return [
        f"{item.style.name if item.style else ''} | {item.text}".replace("\n", "⏎")
        for item in Document(io.BytesIO(data)).paragraphs
    ]
