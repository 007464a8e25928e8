"""Writes what a language model is asked: our instructions, examples of ours, then data.

Pages and questions are data and may hold anything. Each stands on one line, and no text of theirs
can start another or hold a mark of ours: line breaks, brackets and what looks like brackets are
taken out of them. So no quote can end the data, number itself or speak as somebody else.

Each sentence of a quote carries the number of the quote, since a small model copies what it sees:
with the number at the start of the quote only, it left out three citations in four.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from ccs_qa.records import Citation, Language, Prompt, Query
from ccs_qa.text.strings import clean, sentences

# Square, angle and curly brackets, those of other scripts and widths, and what marks roles,
# headings or code for some model: `|` and a backtick.
_MARKS = str.maketrans(
    {
        **dict.fromkeys("[{<⟨〈〈《【〔〖⟦⁅［｛＜‹≪˂ᐸ❮❰❬❲❴", "("),
        **dict.fromkeys("]}>⟩〉〉》】〕〗⟧⁆］｝＞›≫˃ᐳ❯❱❭❳❵", ")"),
        **dict.fromkeys("|`¦｜｀", "'"),
    }
)
_FENCES = re.compile(r"#{2,}|={3,}|-{3,}|\*{3,}|~{3,}|\"{3,}|'{3,}")
QUESTION, QUOTES, END = "<question>", "<quotes>", "</quotes>"


class _Example(BaseModel):
    """A question of ours with its quotes and the reply that fits them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    quotes: tuple[str, ...]
    reply: str


class _Words(BaseModel):
    """The constant words of a prompt in one language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instructions: str
    reply: str
    examples: tuple[_Example, ...]


@cache
def _words(language: Language) -> _Words:
    file = resources.files("ccs_qa.generate") / "prompt.toml"
    return _Words.model_validate(tomllib.loads(file.read_text("utf-8"))[language])


def write_prompt(query: Query, citations: Sequence[Citation]) -> Prompt:
    """Write what a model is asked so that it phrases an answer around quotes.

    Earlier questions are not part of it: the standalone wording holds what is needed of them.
    """
    words = _words(query.language)
    quotes = [
        (citation.number, citation.hit.passage.renditions.best(query.language).text)
        for citation in citations
    ]
    return Prompt(
        instructions=words.instructions,
        examples=tuple(
            (
                _request(example.question, list(enumerate(example.quotes, 1)), words.reply),
                example.reply,
            )
            for example in words.examples
        ),
        request=_request(query.standalone, quotes, words.reply),
        # An empty line, a number or a mark at the start of a line: the model starts over.
        stop=("\n\n", "\n[", "\n<", f"\n{words.reply}"),
    )


def as_data(text: str) -> str:
    """Bring a text onto one line without what could be read as a mark of the prompt."""
    return clean(_FENCES.sub(" ", clean(text).translate(_MARKS)))


def _request(question: str, quotes: Sequence[tuple[int, str]], reply: str) -> str:
    lines = [f"{QUESTION} {as_data(question)}", QUOTES]
    for number, text in quotes:
        lines.append(" ".join(f"{sentence} [{number}]" for sentence in sentences(as_data(text))))
    return "\n".join([*lines, END, reply])
