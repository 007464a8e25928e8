"""Command: fit the heads of understanding on the written examples and store them.

Each example says what a question asks for; most name its topic as well. Figures are
cross-validated by writer: every writer's questions are judged by heads that saw none of them.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol

import numpy as np
import numpy.typing as npt
import typer
from scipy.sparse import csr_array, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from ccs_qa.answer.record import RECORD_INTENTS
from ccs_qa.corpus.library import load_corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.encoder.opening import open_encoder
from ccs_qa.search.understand.heads import (
    TOPIC_FROM,
    Heads,
    Word,
    best_run,
    phrases,
    split_words,
    surroundings,
)
from ccs_qa.search.understand.wording import encode_texts
from ccs_qa.settings import load_settings
from ccs_qa.text.strings import fold

# Who wrote examples of every intent.
WRITERS = ("o", "a", "b", "c", "f", "g", "h", "l", "m", "n", "p", "s2", "u", "v", "w", "x", "y")
# Who wrote what is easily mistaken: topics that mention meetings, details that no record holds.
HARD = ("d", "e")
# Who wrote what is easily mistaken for a question for what is not so.
DENYING = ("m", "n", "p")
# Who wrote what is said to the service, and questions that begin so.
SPEAKING = ("q", "r", "s", "t")
# Who wrote the plainest wordings, which writers leave out.
PLAIN = ("aa",)
# Who wrote conversations.
FOLLOWING = ("i", "j", "k", "q2", "z")
DATA = Path(__file__).resolve().parent / "data"
HOME = Path(__file__).resolve().parents[1] / "src" / "ccs_qa" / "search" / "understand"
# What is told of a follow-up, in the order of `Leaning`.
LEANINGS = ("keeps_topic", "names_topic", "keeps_meetings", "keeps_ask")
# A question that may limit itself to meetings.
_LIMIT = re.compile(
    r"\d{4}|meeting|session|reunion|rencontre|seance|\b(?:in|at|en|de|du|a) [a-z]+$"
)
# Of the hints, which ask what was said, so many a passage and language are topics as well.
_HINTS = 5
# In so many frames each absent subject is read.
_FRAMED = 3
# What the answer to is the same.
_SAME = {"list_meetings": "which_meeting"}
# Topics that nobody wrote to be told from other intents count for this much of one.
_LESS = 0.1
_SEEN = 3
# Weights below this are left out of the file.
_SMALL = 0.25
# Share of the standardised vector beside the phrases, and inverse strengths of regularisation.
_VECTOR_SHARE = {"intent": 0.03, "topic": 0.05}
_STRENGTH = {"intent": 10.0, "topic": 1.0}


@dataclass(frozen=True, slots=True)
class Example:
    """A question of which it is known what it asks for.

    Attributes:
        topic: The words that name its topic; empty for none, None where that is not known.
        line: How it is meant, where it is said to the service; else empty.
        denies: Whether it asks for what is not so.
        pooled: (dimension,) its vector.
        vectors: (words, dimension) mean token vector of each word.
    """

    writer: str
    question: str
    intent: str
    topic: str | None
    line: str
    denies: bool
    words: tuple[Word, ...]
    pooled: npt.NDArray[np.float32]
    vectors: npt.NDArray[np.float32]

    @property
    def marks(self) -> list[int]:
        """For each word 1 when it belongs to the topic, else 0."""
        begin = self.question.find(self.topic or "")
        end = begin + len(self.topic or "")
        return [int(begin <= word.start and word.end <= end) for word in self.words]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The last question of a conversation.

    Attributes:
        pooled: (dimension,) its vector.
        told: What it takes from the conversation, of `LEANINGS`; what the conversation does not
            tell is missing.
    """

    writer: str
    words: tuple[Word, ...]
    pooled: npt.NDArray[np.float32]
    told: dict[str, bool]


def read_follow_ups(encoder: Encoder) -> tuple[FollowUp, ...]:
    """Read and encode the examples of conversations.

    Returns:
        The last question of each; what it keeps of meetings only where any are named before it.
    """
    found = []
    for line in (DATA / "followups.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        (read,) = encode_texts([row["question"]], encoder)
        told = {key: row[key] for key in LEANINGS}
        leans = row["keeps_topic"] or row["keeps_ask"]
        if leans and not row["keeps_meetings"] and not _LIMIT.search(fold(row["history"][-1])):
            del told["keeps_meetings"]
        found.append(FollowUp(row["writer"], read.words, read.pooled, told))
    return tuple(found)


def read_examples(encoder: Encoder) -> tuple[Example, ...]:
    """Read and encode every example."""
    rows = [*_written(), *_absent()]
    corpus = load_corpus(load_settings().corpus)
    statements = {item.id for item in corpus.passages if item.kind == "statement"}
    hints = [item for name, item in corpus.known.hints.items() if name in statements]
    for source, known in (("hints", hints), ("near misses", corpus.known.near_misses.values())):
        asked = [text for item in known for text in (*item.fr[:_HINTS], *item.en[:_HINTS])]
        rows += [(source, text, "topic", None, "", False) for text in asked]
    read = (encode_texts([row[1]], encoder)[0] for row in rows)
    return tuple(
        Example(*row, found.words, found.pooled, found.word_vectors)
        for row, found in zip(rows, read, strict=True)
    )


# Writer, question, intent, topic, line, and whether it denies: as in `Example`.
_Row = tuple[str, str, str, str | None, str, bool]


def _written() -> Iterator[_Row]:
    for name in ("intents", "followups"):
        for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            # What only swaps a detail asks what the question before it asked.
            intent = "" if row.get("keeps_ask") else _SAME.get(row["intent"], row["intent"])
            said = row["line"] if intent == "chat" and name == "intents" else ""
            denies = row.get("negated", False)
            yield (row["writer"], row["question"], intent, row.get("topic"), said, denies)


def _frames(language: str = "") -> list[str]:
    """List what says nothing of its own, with a place for a topic; in both languages if unset."""
    rows = map(json.loads, (DATA / "frames.jsonl").read_text("utf-8").splitlines())
    return [row["frame"] for row in rows if language in {"", row["lang"]}]


def _absent() -> Iterator[_Row]:
    for at, line in enumerate((DATA / "absent.jsonl").read_text("utf-8").splitlines()):
        row, writer = json.loads(line), f"absent {at % 4}"
        for language in ("fr", "en"):
            bare, *framed, natural = row[language]
            # Each subject in some of the frames that say nothing of their own.
            fit = _frames(language)
            filled = [fit[(at * _FRAMED + step) % len(fit)].format(bare) for step in range(_FRAMED)]
            yield from ((writer, text, "topic", bare, "", False) for text in (bare, *filled))
            yield from ((writer, text, "topic", None, "", False) for text in (*framed, natural))


@dataclass(frozen=True, slots=True)
class _Fit:
    """A logistic regression over a vector and named features, in raw terms."""

    classes: list[Any]
    bias: npt.NDArray[np.float64]
    vector: npt.NDArray[np.float64]
    named: dict[str, npt.NDArray[np.float64]]


def _regress(
    vectors: npt.NDArray[np.float32],
    named: Sequence[dict[str, float]],
    labels: Sequence[Any],
    weights: Sequence[float],
    kind: str,
) -> _Fit:
    counts = Counter(name for row in named for name in row)
    kept = sorted(name for name, number in counts.items() if number >= _SEEN)
    columns = {name: at for at, name in enumerate(kept)}
    places = [
        (at, columns[name], value)
        for at, row in enumerate(named)
        for name, value in row.items()
        if name in columns
    ]
    rows, cells, values = zip(*places, strict=True)
    sparse = csr_array((values, (rows, cells)), (len(named), len(kept)), np.float32)
    scale = vectors.std(axis=0) / _VECTOR_SHARE[kind]
    mean = vectors.mean(axis=0)
    model = LogisticRegression(C=_STRENGTH[kind], max_iter=150)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a few more steps change no figure
        model.fit(
            hstack([csr_array((vectors - mean) / scale), sparse], format="csr"),
            labels,
            sample_weight=weights,
        )
    width = vectors.shape[1]
    vector = model.coef_[:, :width] / scale
    return _Fit(
        list(model.classes_),
        model.intercept_ - vector @ mean,
        vector,
        {name: model.coef_[:, width + at] for name, at in columns.items()},
    )


def fit_whole(
    examples: Sequence[Example], labels: Sequence[str], weights: Sequence[float]
) -> dict[str, Any]:
    """Fit a regression that sorts whole questions."""
    told = [dict.fromkeys(found := phrases(item.words), len(found) ** -0.5) for item in examples]
    fit = _regress(np.stack([item.pooled for item in examples]), told, labels, weights, "intent")
    return {
        "names": fit.classes,
        "bias": _short(fit.bias),
        "vector": [_short(row) for row in fit.vector],
        "phrases": {name: _pairs(row) for name, row in fit.named.items()},
    }


class Read(Protocol):
    """A question that was read: its words, and its vector, (dimension,)."""

    @property
    def words(self) -> tuple[Word, ...]:
        """Its words."""

    @property
    def pooled(self) -> npt.NDArray[np.float32]:
        """Its vector."""


def fit_either(told: Sequence[tuple[Read, bool]], weights: Sequence[float] = ()) -> _Fit:
    """Fit a regression that says yes or no of whole questions; all count alike without weights."""
    found = [dict.fromkeys(runs := phrases(item.words), len(runs) ** -0.5) for item, _ in told]
    vectors = np.stack([item.pooled for item, _ in told])
    labels = [label for _, label in told]
    return _regress(vectors, found, labels, weights or [1.0] * len(told), "intent")


def store_either(fits: Sequence[_Fit]) -> dict[str, Any]:
    """Write regressions that say yes or no side by side."""
    names = sorted({name for fit in fits for name in fit.named})
    nothing = np.zeros(1)
    return {
        "bias": _short(np.concatenate([fit.bias for fit in fits])),
        "vector": [_short(fit.vector[0]) for fit in fits],
        "phrases": {
            name: _pairs(np.concatenate([fit.named.get(name, nothing) for fit in fits]))
            for name in names
        },
    }


def fit_leaning(examples: Sequence[FollowUp]) -> dict[str, Any]:
    """Fit the regressions that tell what a question takes from its conversation."""
    told = ([(item, item.told[key]) for item in examples if key in item.told] for key in LEANINGS)
    return store_either([fit_either(those) for those in told])


def fit_denial(examples: Sequence[Example]) -> dict[str, Any]:
    """Fit the regression that tells questions for what is not so, on those of record."""
    told = [
        (item, item.denies)
        for item in examples
        if item.intent in {*RECORD_INTENTS, ""} or item.denies or item.writer in DENYING
    ]
    return store_either([fit_either(told)])


def fit_heads(
    examples: Sequence[Example], follow_ups: Sequence[FollowUp], model: str
) -> dict[str, Any]:
    """Fit all heads."""
    asked = [item for item in examples if item.intent]
    weights = [
        1.0 if item.writer in (*WRITERS, *HARD, *SPEAKING, *PLAIN, *FOLLOWING) else _LESS
        for item in asked
    ]
    spoken = [item for item in examples if item.line]
    marked = [item for item in examples if item.topic is not None and item.intent != "chat"]
    around = [
        dict.fromkeys(surroundings(item.words, at), 1.0)
        for item in marked
        for at in range(len(item.words))
    ]
    topic = _regress(
        np.concatenate([item.vectors for item in marked]),
        around,
        [mark for item in marked for mark in item.marks],
        [1.0] * len(around),
        "topic",
    )
    return {
        "model": model,
        "intent": fit_whole(asked, [item.intent for item in asked], weights),
        "line": fit_whole(spoken, [item.line for item in spoken], [1.0] * len(spoken)),
        "leaning": fit_leaning(follow_ups),
        "denial": fit_denial(examples),
        "topic": {
            "bias": round(float(topic.bias[0]), 4),
            "vector": _short(topic.vector[0]),
            "words": {name: round(float(row[0]), 2) for name, row in topic.named.items()},
            "frame": sorted(
                {word.folded for frame in _frames() for word in split_words(frame.format(""))}
            ),
        },
    }


def _short(values: npt.NDArray[np.float64]) -> list[float]:
    return [round(float(value), 3) for value in values]


def _pairs(row: npt.NDArray[np.float64]) -> list[float]:
    """Keep the weights that matter: position, weight, position, weight …."""
    return [
        part
        for at in np.flatnonzero(np.abs(row) >= _SMALL)
        for part in (int(at), round(float(row[at]), 1))
    ]


def figures(heads: Heads, examples: Sequence[Example]) -> dict[str, list[float]]:
    """Judge heads on examples.

    Returns:
        For each figure one 0 or 1 a question: records found, right class of records, topics
        kept, topics named exactly; questions for what is not so, and others, told so; of what is
        said to the service what may be taken for that, and how it is meant; questions not surely
        taken for that.
    """
    names = ("found", "class", "kept", "named", "denied", "affirmed", "spoken", "line", "asked")
    found: dict[str, list[float]] = {name: [] for name in names}
    for item in examples:
        told = heads.intent(item.words, item.pooled)
        if item.line:
            line = heads.line(item.words, item.pooled)
            found["spoken"].append(line is not None)
            found["line"].append(line == item.line)
        elif item.intent:
            found["asked"].append(told != "chat")
        if item.intent == "topic":
            found["kept"].append(told == "topic")
        elif item.intent:
            found["found"].append(told != "topic")
            found["class"].append(told == item.intent)
        if item.denies or item.intent in RECORD_INTENTS:
            denied = heads.denies(item.words, item.pooled)
            found["denied" if item.denies else "affirmed"].append(denied == item.denies)
        if item.topic is not None and item.intent != "chat":
            begin, end = best_run(heads.gains(item.words, item.vectors))
            marks = [int(begin <= at < end) for at in range(len(item.words))]
            found["named"].append(marks == item.marks)
    return found


def cross_validate(
    examples: Sequence[Example], follow_ups: Sequence[FollowUp], model: str
) -> dict[str, float]:
    """Judge each writer's questions by heads that saw none of them."""
    totals: dict[str, list[float]] = {}
    for writer in (*WRITERS, *HARD, *SPEAKING, *FOLLOWING):
        rest = [item for item in examples if item.writer != writer]
        others = [item for item in follow_ups if item.writer != writer]
        heads = Heads.parse(fit_heads(rest, others, model))
        seen = figures(heads, [item for item in examples if item.writer == writer])
        for item in follow_ups:
            if item.writer == writer:
                leaning = dataclasses.astuple(heads.leaning(item.words, item.pooled))
                for key, value in zip(LEANINGS, leaning, strict=True):
                    if key in item.told:
                        seen.setdefault(key, []).append(value == item.told[key])
        for name, values in seen.items():
            totals.setdefault(name, []).extend(values)
        shown = {name: round(float(np.mean(values)), 3) for name, values in seen.items() if values}
        typer.echo(f"{writer}: {json.dumps(shown)}")
    return {name: round(float(np.mean(values)), 4) for name, values in totals.items()}


def main(
    out: Annotated[Path, typer.Option(help="Folder for the heads.")] = HOME,
    *,
    check: Annotated[bool, typer.Option(help="Cross-validate by writer, which takes long.")] = True,
) -> None:
    """Fit the heads on all examples; print what each writer's are worth to the others."""
    settings = load_settings()
    encoder = open_encoder(settings.model, settings.cache, settings.threads)
    examples, follow_ups = read_examples(encoder), read_follow_ups(encoder)
    stored = fit_heads(examples, follow_ups, encoder.identity)
    stored["record"] = {
        "made": dt.datetime.now().date().isoformat(),
        "examples": len(examples),
        "follow_ups": len(follow_ups),
        "data": {
            name: hashlib.sha256((DATA / f"{name}.jsonl").read_bytes()).hexdigest()
            for name in ("intents", "followups", "absent", "frames")
        },
        "topic_from": TOPIC_FROM,
        "by_writer": cross_validate(examples, follow_ups, encoder.identity) if check else None,
    }
    (out / "heads.json").write_text(json.dumps(stored, ensure_ascii=False) + "\n", "utf-8")
    typer.echo(json.dumps(stored["record"]))


if __name__ == "__main__":
    typer.run(main)
