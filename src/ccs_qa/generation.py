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
    """What a model is asked: instructions of ours, never of a person or page, then data."""

    instructions: str
    examples: tuple[tuple[str, str], ...]
    request: str
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """What became of the attempt to have an answer phrased.

    Attributes:
        model: The model asked; empty when none was.
        fault: Why the endpoint gave nothing, when it is unavailable.
    """

    outcome: GenerationOutcome
    model: str = ""
    kept: int = 0
    dropped: tuple[DropReason, ...] = ()
    fault: EndpointFault | None = None
