"""What a question asks for, takes from its conversation and names as its topic; what a line means.

Logistic regressions over the question's own vectors (pooled, or one a word for the topic) and over
its words. Their weights lie in `heads.json`, written by `python -m training.heads` from the
examples in `training/data/`; they belong to one model, and with another one every question is a
topic that stands alone.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ccs_qa.encoder.encoder import Vectors
from ccs_qa.records import FORMED, Intent, Line
from ccs_qa.text.strings import fold

_WORD = re.compile(r"[^\W_]+")
# A question asks for its topic when that is this likely; chosen with `python -m training.heads` so
# that few topics and few questions of record are lost.
TOPIC_FROM = 0.4
# A form of answer is asked for when that is this likely: one that nobody asked for hides what was.
_FORM_FROM = 0.45
# A text is surely said to the service, and asks nothing of the summaries, when that is this likely;
# it may be when it is that likely. Chosen with `python -m training.heads` like the one above.
_SAID_FROM = 0.85
_MAY_BE_SAID_FROM = 0.45
# A question asks for what is not so when the odds are e to this at least, and to that where a word
# of denial stands in it: many leave something out in words that nobody used before.
_DENIES_FROM = -0.5
_SAYS_NOT_FROM = -2.0
# It is replied to as one sort of line when that is this likely, else as any.
_LINE_FROM = 0.5
# A word beside the topic is left out of a search when the odds against it are e to this at least;
# chosen on the development questions.
_LEEWAY = 2.0
# What stands out from the frame of a question of record does so by e to this at least.
_STANDS_OUT = 2.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question, its end exclusive; folded, `#` for a number."""

    start: int
    end: int
    folded: str


def split_words(text: str) -> tuple[Word, ...]:
    """List the words of a text with their places."""
    return tuple(
        Word(match.start(), match.end(), "#" if match[0].isdecimal() else fold(match[0]))
        for match in _WORD.finditer(text)
    )


def phrases(words: Sequence[Word]) -> tuple[str, ...]:
    """List what the intent is read from besides the vector: runs of one to three words."""
    line = ["<", *(word.folded for word in words), ">"]
    runs = {" ".join(line[at : at + size]) for size in (2, 3) for at in range(len(line) - size + 1)}
    # Sorted: sums of floats come out alike each time.
    return tuple(sorted(runs | set(line[1:-1])))


def surroundings(words: Sequence[Word], at: int) -> Iterator[str]:
    """List what tells whether a word belongs to the topic besides its vector."""
    before = words[at - 1].folded if at else "<"
    after = words[at + 1].folded if at + 1 < len(words) else ">"
    here = words[at].folded
    yield from (f"={here}", f"-{before}", f"+{after}", f"{before} {here}", f"{here} {after}/")
    yield from (f"#{min(at, 3)}", f"${min(len(words) - 1 - at, 3)}")


def best_run(gains: Sequence[float]) -> tuple[int, int]:
    """Find the run with the largest sum (Kadane's scan): start, end exclusive; else (0, 0)."""
    best, found, total, start = 0.0, (0, 0), 0.0, 0
    for at, gain in enumerate(gains):
        if total <= 0:
            total, start = 0.0, at
        total += gain
        if total > best:
            best, found = total, (start, at + 1)
    return found


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a question in a conversation leans on, and what it brings.

    Attributes:
        topic: Whether its subject is that of the question before.
        names: Whether it names a subject of its own, alone or within that.
        meetings: Whether the meetings that the question before was limited to still hold.
        ask: Whether it only swaps a detail, and asks what the question before asked.
    """

    topic: bool = False
    names: bool = True
    meetings: bool = False
    ask: bool = False

    @property
    def any(self) -> bool:
        """Whether it leans on the question before at all."""
        return self.topic or self.meetings or self.ask


@dataclass(frozen=True, slots=True)
class Linear:
    """Regressions that read a whole question: by its pooled vector, and by its phrases.

    Attributes:
        vector: (classes, dimension) weights.
        phrases: (classes,) weights of each.
    """

    bias: Vectors
    vector: Vectors
    phrases: Mapping[str, Vectors]

    def scores(self, words: Sequence[Word], pooled: Vectors) -> npt.NDArray[np.float64]:
        """Give the (classes,) log odds by the words and the (dimension,) pooled vector."""
        scores = self.bias + self.vector @ pooled
        found = phrases(words)
        known = [self.phrases[item] for item in found if item in self.phrases]
        if known:
            # By the root, or a long question would be sure of everything.
            scores = scores + np.sum(known, axis=0) / np.sqrt(len(found))
        return scores.astype(np.float64)

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Self:
        """Read what the training wrote: of each phrase, position and weight in turn."""
        weights = {}
        for phrase, pairs in stored["phrases"].items():
            row = np.zeros(len(stored["bias"]), np.float32)
            row[pairs[::2]] = pairs[1::2]
            weights[phrase] = row
        return cls(
            np.asarray(stored["bias"], np.float32),
            np.asarray(stored["vector"], np.float32),
            weights,
        )


@dataclass(frozen=True, slots=True)
class Heads:
    """Fitted heads; those of a topic weigh the vector of each word and what stands around it."""

    model: str
    intents: tuple[Intent, ...]
    intent_head: Linear
    lines: tuple[Line, ...]
    line_head: Linear
    leaning_head: Linear
    denial_head: Linear
    topic_bias: float
    topic_vector: Vectors
    topic_words: Mapping[str, float]
    frame_words: frozenset[str]

    def probabilities(self, words: Sequence[Word], pooled: Vectors) -> npt.NDArray[np.float64]:
        """Say how likely each intent is: (intents,) probabilities that sum to 1."""
        return _shares(self.intent_head.scores(words, pooled))

    def intent(self, words: Sequence[Word], pooled: Vectors) -> Intent:
        """Say what a question asks for: `topic` when that is likely enough, `chat` only if sure."""
        likely = dict(zip(self.intents, self.probabilities(words, pooled).tolist(), strict=True))
        topic = likely.pop("topic")
        if topic < TOPIC_FROM and max(likely, key=likely.__getitem__) == "chat":
            if likely["chat"] >= _SAID_FROM:
                return "chat"
            # Chat is ruled out: its share goes to the others.
            topic /= 1 - likely.pop("chat")
        found = max(likely, key=likely.__getitem__)
        unsure = found in FORMED and likely[found] < _FORM_FROM
        return "topic" if topic >= TOPIC_FROM or unsure else found

    def line(self, words: Sequence[Word], pooled: Vectors) -> Line | None:
        """Say how a text is meant that may be said to the service; None when it is surely not."""
        said = self.probabilities(words, pooled)[self.intents.index("chat")]
        if said < _MAY_BE_SAID_FROM:
            return None
        shares = _shares(self.line_head.scores(words, pooled))
        best = int(shares.argmax())
        return self.lines[best] if shares[best] >= _LINE_FROM else "outside"

    def leaning(self, words: Sequence[Word], pooled: Vectors) -> Leaning:
        """Say what a question takes from its conversation."""
        return Leaning(*(score > 0 for score in self.leaning_head.scores(words, pooled).tolist()))

    def needs_more(self, words: Sequence[Word], pooled: Vectors) -> float:
        """Say whether a question has to be told its subject by another, in log odds."""
        return float(self.leaning_head.scores(words, pooled)[0])

    def denies(self, words: Sequence[Word], pooled: Vectors, *, says_not: bool = False) -> bool:
        """Tell whether a question asks for the meetings of which something is not so.

        A word of denial outside its topic (`says_not`) makes that likelier.
        """
        least = _SAYS_NOT_FROM if says_not else _DENIES_FROM
        return bool(self.denial_head.scores(words, pooled)[0] >= least)

    @staticmethod
    def leniently(gains: Sequence[float]) -> list[float]:
        """Where no word speaks for the topic, let those do that stand out from the others.

        They must not be surely none of it.
        """
        if best_run(gains)[1] or not gains:
            return [*gains]
        floor = max(-_LEEWAY, sum(gains) / len(gains) + _STANDS_OUT)
        return [gain - floor for gain in gains]

    @staticmethod
    def frame(gains: Sequence[float]) -> tuple[int, int]:
        """Find the topic and the words next to it that are not surely none of it."""
        begin, end = best_run(gains)
        while 0 < begin < end and gains[begin - 1] > -_LEEWAY:
            begin -= 1
        while begin < end < len(gains) and gains[end] > -_LEEWAY:
            end += 1
        return begin, end

    def only_framed(self, words: Sequence[Word], gains: Sequence[float]) -> bool:
        """Tell whether the words around the topic are none of it, and say nothing of their own."""
        begin, end = best_run(gains)
        around = [*range(begin), *range(end, len(words))]
        return begin < end and all(
            gains[at] < 0 and words[at].folded in self.frame_words for at in around
        )

    def gains(self, words: Sequence[Word], vectors: Vectors) -> list[float]:
        """Say by vector and neighbours how much each word speaks for the topic, in log odds."""
        gains = self.topic_bias + vectors @ self.topic_vector
        return [
            float(gain) + sum(self.topic_words.get(item, 0.0) for item in surroundings(words, at))
            for at, gain in enumerate(gains)
        ]

    @classmethod
    def parse(cls, stored: Mapping[str, Any]) -> Self:
        """Read what the training wrote."""
        topic = stored["topic"]
        return cls(
            model=stored["model"],
            intents=tuple(stored["intent"]["names"]),
            intent_head=Linear.parse(stored["intent"]),
            lines=tuple(stored["line"]["names"]),
            line_head=Linear.parse(stored["line"]),
            leaning_head=Linear.parse(stored["leaning"]),
            denial_head=Linear.parse(stored["denial"]),
            topic_bias=topic["bias"],
            topic_vector=np.asarray(topic["vector"], np.float32),
            topic_words=topic["words"],
            frame_words=frozenset(topic["frame"]),
        )


def _shares(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Turn log odds into probabilities that sum to 1."""
    # Less the largest: nothing overflows, and the shares stay the same.
    odds = np.exp(scores - scores.max())
    share: npt.NDArray[np.float64] = odds / odds.sum()
    return share


@cache
def open_heads(model: str) -> Heads | None:
    """Read the heads that ship with the package; None when they were fitted on another model."""
    file = resources.files("ccs_qa.search.understand") / "heads.json"
    heads = Heads.parse(json.loads(file.read_text("utf-8")))
    # Weights mean nothing for the vectors of another model.
    return heads if heads.model == model else None
