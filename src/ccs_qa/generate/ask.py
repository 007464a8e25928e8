"""Has a model phrase an answer and keeps what its quotes hold."""

import re
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from ccs_qa.errors import EndpointError
from ccs_qa.generate.breaker import Model
from ccs_qa.generate.check import check
from ccs_qa.generate.prompt import write_prompt
from ccs_qa.generate.reading import read_sentences
from ccs_qa.records import (
    Answer,
    Citation,
    DropReason,
    Generating,
    Generation,
    Query,
    Statement,
)

# A longer answer is read less than the quotes below it.
MOST_SENTENCES = 6
_MOST_CHARACTERS = 6000
# Where more of a reply is wrong than right, what is left of it was chosen by chance.
LEAST_SHARE = 0.5
_ENDS = re.compile(r"[.!?…;\]\n]")


@dataclass(frozen=True, slots=True)
class GeneratedAnswer:
    """What a model made of quotes.

    Attributes:
        text: The sentences that passed, each followed by its numbers; empty when the model's
            words are not used.
        left_out: Each other sentence and why, for evaluation only: never shown or stored.
    """

    text: str
    statements: tuple[Statement, ...]
    generation: Generation
    left_out: tuple[tuple[str, DropReason], ...] = ()


class AnswerGenerator:
    """Phrases answers; it may be used from several threads."""

    def __init__(self, model: Model) -> None:
        """Bind the model."""
        self.model = model

    def phrase(
        self, query: Query, citations: Sequence[Citation]
    ) -> Generator[Generating, None, GeneratedAnswer]:
        """Phrase an answer; an endpoint that fails is told there, never raised.

        Yields:
            A step after each piece of the reply; whoever closes it there closes the stream.
        """
        written = ""
        try:
            with closing(self.model.stream(write_prompt(query, citations))) as pieces:
                for piece in pieces:
                    written += piece
                    yield Generating()
                    # Only where a sentence may have ended: to find out, the whole reply is read
                    # again.
                    if _ENDS.search(piece) and _enough(written):
                        break
        except EndpointError as error:
            failed = Generation("unavailable", self.model.model, fault=error.fault)
            return GeneratedAnswer("", (), failed)
        return self._checked(written, query, citations)

    def _checked(
        self, written: str, query: Query, citations: Sequence[Citation]
    ) -> GeneratedAnswer:
        """Keep of a reply what its quotes hold; nothing where fewer than half of it passes."""
        kept: list[Statement] = []
        left: list[tuple[str, DropReason]] = []
        for sentence in read_sentences(written)[:MOST_SENTENCES]:
            # A model that repeats itself would fill an answer with one sentence.
            again = any(_ended(sentence.text) == other.text for other in kept)
            reason = "form" if again else check(sentence, citations, query.language)
            if reason is None:
                kept.append(Statement(_ended(sentence.text), sentence.citations))
            else:
                left.append((sentence.text, reason))
        used = bool(kept) and len(kept) >= LEAST_SHARE * (len(kept) + len(left))
        generation = Generation(
            outcome="used" if used else "unsupported",
            model=self.model.model,
            kept=len(kept),
            dropped=tuple(reason for _, reason in left),
        )
        shown = tuple(kept) if used else ()
        text = "\n".join(f"{item.text} {_numbers(item.citations)}" for item in shown)
        return GeneratedAnswer(text, shown, generation, tuple(left))


def _can_be_generated(answer: Answer) -> bool:
    """Tell whether an answer quotes what was said on one topic; others keep their form."""
    query = answer.query
    sides = query.scope.sides if query.scope else ()
    return answer.status == "answered" and query.intent == "topic" and not sides


def generate(answer: Answer, generator: AnswerGenerator) -> Generator[Generating, None, Answer]:
    """Phrase an answer with a model; its quotes stay as they are.

    It yields a step now and then: whoever stops there stops the model.
    """
    if not _can_be_generated(answer):
        return replace(answer, generation=Generation("unneeded"))
    start = time.perf_counter()
    made = yield from generator.phrase(answer.query, answer.citations)
    timings = {**answer.timings_ms, "phrase": round((time.perf_counter() - start) * 1000, 3)}
    told = replace(answer, generation=made.generation, timings_ms=timings)
    if made.generation.outcome != "used":
        return told
    return replace(told, text=made.text, statements=made.statements, mode="generative")


def _enough(written: str) -> bool:
    """Tell whether more of a reply would not be read: the last sentence may still go on."""
    if len(written) > _MOST_CHARACTERS:
        return True
    following = read_sentences(written)[MOST_SENTENCES:]
    # A bracket alone may open the citation of the sentence before it.
    return any(letter.isalpha() for sentence in following for letter in sentence.text)


def _ended(text: str) -> str:
    """End with a full stop what a list of the page ends otherwise."""
    return f"{text[:-1]}." if text.endswith(";") else text


def _numbers(citations: Sequence[int]) -> str:
    return "".join(f"[{number}]" for number in citations)
