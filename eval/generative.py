"""Asks gold questions in the generative mode and scores what a model's sentences are worth."""

import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ccs_qa.errors import ModeError
from ccs_qa.generation import DROP_REASONS, GenerationOutcome
from ccs_qa.llm import open_endpoint
from ccs_qa.phrase.phraser import Phrased, Phraser
from ccs_qa.phrase.support import embedding_support
from ccs_qa.records import Answer, Citation, Query
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval.adversary import Adversary
from eval.alterations import ALTERED, FAITHFUL
from eval.facts import held_facts
from eval.intervals import interval_text, wilson
from eval.run import Outcome, citation_scores

OUTCOMES: tuple[GenerationOutcome, ...] = ("used", "unsupported", "unavailable", "unneeded")
# A sentence that reached a person and that the adversary never wrote so.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an adversary.

    Attributes:
        kind: What was done to it.
        passed: Whether it passed every check.
        reached: Whether a person was shown it.
    """

    kind: str
    passed: bool
    reached: bool


@dataclass(frozen=True, slots=True)
class Generated:
    """What one question gave in the generative mode.

    Attributes:
        outcome: The same question as `eval.run` scores it: `cited` are the passages that the
            statements name, `verified` how many of them equal their document.
        generation: What became of phrasing it.
        kept: Sentences that passed every check.
        dropped: Why each other one did not.
        named: For each sentence shown, the passages that it names.
        sound: How many sentences shown name nothing but quotes that equal their document.
        offered: The sentences of the adversary; none for another model.
    """

    outcome: Outcome
    generation: GenerationOutcome
    kept: int
    dropped: tuple[str, ...]
    named: tuple[tuple[str, ...], ...]
    sound: int
    offered: tuple[Sentence, ...] = ()


class _Recorder:
    """A phraser that remembers the last answer it phrased."""

    def __init__(self, inner: Phraser) -> None:
        self._inner = inner
        self.last: Phrased | None = None

    def phrase(self, query: Query, citations: Sequence[Citation]) -> Generator[None, None, Phrased]:
        self.last = yield from self._inner.phrase(query, citations)
        return self.last


def ask_generative(
    service: QAService,
    settings: Settings,
    outcomes: Sequence[Outcome],
    progress: Callable[[], None],
    adversary: Adversary | None = None,
) -> tuple[Generated, ...]:
    """Ask every question again, phrased by the model of the settings.

    Args:
        service: The service.
        settings: Where the model is.
        outcomes: The questions as asked in quotes.
        progress: Called after each.
        adversary: Who replies, if it is one.

    Returns:
        One entry a question, in order.

    Raises:
        ModeError: The settings name no model.
        SettingsError: The model of the settings cannot be used.
    """
    endpoint = open_endpoint(settings)
    if endpoint is None:
        raise ModeError
    support = embedding_support(service.retriever.encoder)
    recorder = _Recorder(Phraser(endpoint, support))
    asked = service.phrased_by(recorder, endpoint)
    found = []
    for outcome in outcomes:
        recorder.last = None
        replies = len(adversary.replies) if adversary else 0
        start = time.perf_counter()
        answer = asked.ask(outcome.row.question, history=outcome.row.history, mode="generative")
        milliseconds = (time.perf_counter() - start) * 1000
        facts = held_facts(outcome.row, answer, service.corpus, support)
        asked_again = replace(outcome, milliseconds=milliseconds, facts=facts)
        entry = _generated(service, asked_again, answer)
        if adversary is not None and recorder.last is not None:
            written = [item for reply in adversary.replies[replies:] for item in reply]
            left = {text for text, _ in recorder.last.left_out}
            shown = {item.text for item in recorder.last.statements}
            offered = [
                Sentence(item.kind, item.text not in left, item.text in shown) for item in written
            ]
            known = {item.text for item in written}
            offered += [Sentence(UNKNOWN, passed=True, reached=True) for _ in shown - known]
            entry = replace(entry, offered=tuple(offered))
        found.append(entry)
        progress()
    return tuple(found)


def _generated(service: QAService, outcome: Outcome, answer: Answer) -> Generated:
    passages = {item.number: item.hit.passage for item in answer.citations}
    sound = {
        number: service.corpus.verify(passage.renditions.best(answer.language))
        for number, passage in passages.items()
    }
    named = list(
        dict.fromkeys(number for statement in answer.statements for number in statement.citations)
    )
    generation = answer.generation
    used = answer.mode == "generative"
    return Generated(
        outcome=replace(
            outcome,
            cited=tuple(passages[number].id for number in named),
            verified=sum(sound[number] for number in named),
        ),
        generation=generation.outcome if generation else "unneeded",
        kept=generation.kept if generation else 0,
        dropped=generation.dropped if generation else (),
        named=tuple(
            tuple(passages[number].id for number in statement.citations)
            for statement in answer.statements
        )
        if used
        else (),
        sound=sum(
            all(sound[number] for number in statement.citations) for statement in answer.statements
        )
        if used
        else 0,
    )


def summarise_generated(found: Sequence[Generated]) -> dict[str, Any]:
    """Put the figures of the generative mode together.

    Args:
        found: What the questions gave.

    Returns:
        `outcomes`: questions by what became of them. `sentences`: how many were offered, kept
        and shown, and why others were dropped. `citations`: as in `eval.run`, over the quotes
        that the sentences shown name; `sentence_precision`, the share of sentences shown, to
        answerable questions, that name a relevant passage; `sentences_verified`, the share that
        name nothing but quotes that equal their document. `adversary`: by kind of sentence how
        many were offered, passed every check, and reached a person.
    """
    used = [item for item in found if item.generation == "used"]
    shown = sum(len(item.named) for item in used)
    hits = [
        any(name in item.outcome.relevant for name in names)
        for item in used
        if item.outcome.row.answerable
        for names in item.named
    ]
    dropped = Counter(reason for item in found for reason in item.dropped)
    kept = sum(item.kept for item in found)
    sound = sum(item.sound for item in used)
    return {
        "outcomes": {name: sum(item.generation == name for item in found) for name in OUTCOMES},
        "sentences": {
            "offered": kept + dropped.total(),
            "kept": kept,
            "shown": shown,
            "dropped": {name: dropped[name] for name in DROP_REASONS},
        },
        "citations": {
            **citation_scores([item.outcome for item in used]),
            "sentence_precision": round(sum(hits) / len(hits), 4) if hits else 0.0,
            "sentences_verified": round(sound / shown, 4) if shown else 1.0,
        },
        "adversary": _by_kind([item for entry in found for item in entry.offered]),
    }


def _by_kind(offered: Sequence[Sentence]) -> dict[str, dict[str, int]]:
    return {
        kind: {
            "offered": len(mine),
            "passed": sum(item.passed for item in mine),
            "reached": sum(item.reached for item in mine),
        }
        for kind in (*FAITHFUL, *ALTERED, UNKNOWN)
        if (mine := [item for item in offered if item.kind == kind])
    }


def adversary_rows(kinds: dict[str, dict[str, int]]) -> list[list[str]]:
    """Lay out what became of the sentences of an adversary.

    Args:
        kinds: Counts by kind.

    Returns:
        Rows, the first of titles: true sentences by kind and altogether, then altered ones.
    """
    rows = [["sentence", "kind", "offered", "passed", "95 %", "reached a person", "95 %"]]
    for label, names in (("true", FAITHFUL), ("altered", (*ALTERED, UNKNOWN))):
        mine = [(name, kinds[name]) for name in names if name in kinds]
        total = {
            key: sum(counts[key] for _, counts in mine) for key in ("offered", "passed", "reached")
        }
        for name, counts in [*mine, ("all", total)]:
            row = [label, name, str(counts["offered"])]
            for key in ("passed", "reached"):
                bounds = wilson(counts[key], counts["offered"])
                row += [str(counts[key]), interval_text(*bounds, ".3f")]
            rows.append(row)
    return rows


def sentence_rows(summary: dict[str, Any]) -> list[list[str]]:
    """Lay out how many sentences a model offered and what became of them.

    Args:
        summary: What `summarise_generated` gives.

    Returns:
        Rows, the first of titles.
    """
    counts = summary["sentences"]
    rows = [["sentences", "number", "95 %"]]
    for name, value in (
        ("offered", counts["offered"]),
        ("kept", counts["kept"]),
        *((f"dropped: {reason}", number) for reason, number in counts["dropped"].items()),
    ):
        bounds = wilson(value, counts["offered"])
        rows.append([name, str(value), "" if name == "offered" else interval_text(*bounds)])
    return [*rows, ["shown", str(counts["shown"]), ""]]
