"""What passes between a language model and an answer.

A model may phrase an answer around quotes that were verified; each of its sentences is checked
before a person sees it, and the quotes themselves are served when it cannot be used.
"""

from dataclasses import dataclass
from typing import Literal

# Why a sentence is left out: no sentence at all (empty, cut, a list mark, markup); not in the
# language of the answer; no citation, or one of no quote; a number, a date, a name or a negation
# that its quotes do not hold; too little of its meaning in them.
DropReason = Literal[
    "form", "language", "citation", "number", "date", "name", "negation", "support"
]
DROP_REASONS: tuple[DropReason, ...] = (
    "form",
    "language",
    "citation",
    "number",
    "date",
    "name",
    "negation",
    "support",
)
# `used`: the model's sentences are the answer. `unneeded`: nothing to phrase (a list, a timeline,
# no answer). `unavailable`: the endpoint failed. `unsupported`: too little passed the checks.
GenerationOutcome = Literal["used", "unneeded", "unavailable", "unsupported"]
# Why an endpoint gave no text that can be used; `paused` and `busy` when it was not asked.
EndpointFault = Literal[
    "down", "slow", "refused", "malformed", "cut", "endless", "model", "paused", "busy"
]
BreakerState = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: instructions of ours, then data.

    Attributes:
        instructions: What to do; never anything that a person or a page said.
        examples: Pairs of a request and the reply that fits it.
        request: The question and the numbered quotes, marked as data.
        stop: Texts at which a reply ends.
    """

    instructions: str
    examples: tuple[tuple[str, str], ...]
    request: str
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """What became of the attempt to have an answer phrased.

    Attributes:
        outcome: Whether the model's sentences are the answer, and why not.
        model: The model asked; empty when none was.
        kept: How many sentences passed every check.
        dropped: Why each other sentence was left out, in their order.
        fault: Why the endpoint gave nothing, when it is unavailable.
    """

    outcome: GenerationOutcome
    model: str = ""
    kept: int = 0
    dropped: tuple[DropReason, ...] = ()
    fault: EndpointFault | None = None
