"""The quality gate: figures that may not get worse.

Two kinds of check. A bound holds a figure to what it was, less half the width of its interval:
coarse, but it tells what is wrong. The baseline keeps the score of every question, so that a
ranking is compared with the one accepted last, question by question: a paired comparison sees
losses a fraction of that size. Two rankings are kept so: the one in use, and the one without
hints, where a new summary starts and where late interaction with the text has to carry it.

Bounds hold besides the development questions:

- `cold`: those that two meetings answer, asked where nobody has written hints for these two yet.
- `absent`: subjects of which the summaries say nothing. The judge was fitted on these very
  questions: the share answered is no estimate of what others would see. It guards against
  breakage alone.
- `denied`: words that stand in some meetings, each followed through all. No meeting that holds the
  word may be said to be silent on it.
- `intents`: what development questions with a label ask for.
"""

import contextlib
import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import ge, le
from pathlib import Path
from typing import Any, Literal, NamedTuple
from unittest.mock import patch

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter

from ccs_qa.answer.judge import FEATURES, Fit
from ccs_qa.answer.record import RECORD_INTENTS
from ccs_qa.encoder.encoder import Vectors
from ccs_qa.records import Intent, Meeting, Question
from ccs_qa.search.fusion import Signals, standardise
from ccs_qa.search.legs import HINTS, Fusion
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.text.strings import STOPS, drop_elisions, fold
from eval.compare import VALUES, chill, serve
from eval.gold import GoldRow, answered_by
from eval.judge import ABSENT
from eval.metrics import Estimate, mean_of, share_of
from eval.run import SLICES, InProcess, Outcome, ask_all

MEASURE = "ndcg@10"


class Bound(BaseModel):
    """How much worse than it was a figure may be; `figure` is its path in the summary."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    figure: str
    measured: float
    tolerance: float
    better: Literal["higher", "lower"]


class Verdict(NamedTuple):
    """Whether a figure holds."""

    passed: bool
    text: str


def load_gate(file: Path) -> tuple[Bound, ...]:
    """Read the bounds."""
    return TypeAdapter(tuple[Bound, ...]).validate_python(json.loads(file.read_text("utf-8")))


def check_gate(summary: Mapping[str, Any], bounds: Sequence[Bound]) -> Iterator[Verdict]:
    """Compare figures with their bounds."""
    for bound in bounds:
        value: Any = summary
        for part in bound.figure.split("/"):
            value = value[part]
        sign, holds, side = (">=", ge, -1) if bound.better == "higher" else ("<=", le, 1)
        limit = bound.measured + side * bound.tolerance
        yield _verdict(holds(value, limit), f"{bound.figure} = {value:.3f} ({sign} {limit:.3f})")


def _verdict(passed: bool, text: str) -> Verdict:
    return Verdict(passed, f"{'ok  ' if passed else 'FAIL'} {text}")


def ranking_baseline(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Note what each answerable question scores, to four digits."""
    return {x.row.id: round(x.scores[MEASURE], 4) for x in outcomes if x.row.answerable}


def compare_baseline(
    ranking: str, now: Mapping[str, float], before: Mapping[str, float]
) -> Iterator[Verdict]:
    """Compare a ranking with the one accepted last: it fails where a loss is certain."""
    if now.keys() != before.keys():
        told = "the questions are others: look at the figures, then run with --accept"
        yield Verdict(passed=False, text=f"FAIL {ranking}: {told}")
        return
    for name in SLICES:
        asked = [row for row in now if name == "all" or row.endswith(f"-{name}")]
        change = mean_of([round(now[row] - before[row], 4) for row in asked])
        yield _verdict(change.high >= 0, f"{ranking} {MEASURE}/{name} {change.text('+.3f')}")


# The meeting that most development questions are about, and the newest, which fewest are.
COLD = (dt.date(2023, 4, 3), dt.date(2025, 6, 2))
_EVERY_SUBJECT = 6
_EVERY_WORD = 3
# A word counts that stands in so many meetings: in fewer nothing can be denied.
_LEAST, _MOST = 2, 7
_WORD = re.compile(r"[^\W_]+")
# One label; a remark may follow.
_LABEL = re.compile(r"intent=(\w+)(?:;.*)?")
_LONG = frozenset({"follow-up", "long"})
_SHOWN = 10
Figures = dict[str, Estimate]


def _share(marks: Sequence[bool]) -> Estimate:
    return share_of(sum(marks), len(marks))


def cold_world(service: QAService, settings: Settings) -> QAService:
    """Open a service where the cold meetings have no hints."""
    corpus = service.corpus
    for day in COLD:
        corpus = chill(corpus, day, translated=True)
    return serve(corpus, service.retriever.encoder, settings)


def absent_questions(lines: Sequence[str]) -> list[str]:
    """List what is asked of absent subjects."""
    drawn = map(json.loads, lines[::_EVERY_SUBJECT])
    return [text for row in drawn for text in (*row["fr"], *row["en"])]


def absent_figures(service: QAService, questions: Sequence[str]) -> Figures:
    """Ask about absent subjects."""
    statuses = [service.ask(Question(text)).status for text in questions]
    return {"answered": _share([status == "answered" for status in statuses])}


def standing_words(meetings: Sequence[Meeting]) -> list[tuple[str, set[dt.date]]]:
    """List the content words that stand in some meetings and not in all, each with these.

    They are read off the texts, without anything that the service looks words up with.
    """
    first: dict[str, str] = {}
    held: dict[str, set[dt.date]] = defaultdict(set)
    for meeting in meetings:
        for text in _texts(meeting):
            for token in _WORD.findall(drop_elisions(text)):
                word = fold(token)
                if token.isalpha() and len(token) > 1 and word not in STOPS:
                    first.setdefault(word, token)
                    held[word].add(meeting.date)
    return [
        (first[word], days) for word, days in sorted(held.items()) if _LEAST <= len(days) <= _MOST
    ]


def _texts(meeting: Meeting) -> Iterator[str]:
    told = [meeting.heading, *(section.heading for section in meeting.sections)]
    for passage in meeting.passages:
        told += [passage.renditions, passage.lead_in]
    return (said.text for item in told if item is not None for said in item.spoken)


def denials(
    service: QAService, standing: Sequence[tuple[str, set[dt.date]]]
) -> list[tuple[str, dt.date]]:
    """Follow words through the meetings, and note where one is denied."""
    return [
        (word, day)
        for word, meetings in standing
        for day in service.timeline(Question(word))[2].absent
        if day in meetings
    ]


def labelled(rows: Sequence[GoldRow]) -> Iterator[tuple[GoldRow, str]]:
    """Keep the questions of which it is noted what they ask for."""
    for row in rows:
        label = _LABEL.fullmatch(row.note)
        if label and not row.history and row.type not in _LONG:
            yield row, label[1].replace("list_meetings", "which_meeting")


def intent_figures(pairs: Sequence[tuple[str, Intent]]) -> Figures:
    """Compare what questions ask for with what was understood."""
    records = [(asked, found) for asked, found in pairs if asked in RECORD_INTENTS]
    return {
        "found": _share([found in RECORD_INTENTS for _, found in records]),
        "right": _share([found == asked for asked, found in records]),
        "kept": _share([found == "topic" for asked, found in pairs if asked == "topic"]),
    }


def measure_guards(
    service: QAService,
    rows: Sequence[GoldRow],
    settings: Settings,
    *,
    fusion: Fusion,
    part: str | None,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Measure what is bounded besides the figures of a run, and tell what is found."""
    asked = [(said, Question(row.question)) for row, said in labelled(rows)]
    questions = absent_questions(ABSENT.read_text("utf-8").splitlines())
    standing = standing_words(service.corpus.meetings)[::_EVERY_WORD]
    denied, world = denials(service, standing), cold_world(service, settings)
    with broken(world, part):
        cold = ask_all(InProcess(world, fusion), answered_by(rows, *COLD), world.corpus)
    found = {
        "intents": intent_figures([(x, service.understand(y).query.intent) for x, y in asked]),
        "absent": absent_figures(service, questions),
        "cold": {name: mean_of([*map(value, cold)]) for name, value in VALUES.items()},
    }
    for word, day in denied[:_SHOWN]:
        tell(f"denied: {word}, {day}")
    for name, figures in found.items():
        for figure, value in figures.items():
            tell(f"{name}/{figure} = {value.mean:.3f} ± {value.half:.3f}")
    means = {x: {name: value.mean for name, value in y.items()} for x, y in found.items()}
    return {**means, "denied": len(denied)}


# One part of the service broken, to show that the gate notices. Nothing in the package knows of
# this: a leg is left out or replaced, or an object that the service holds is, for a while.

Replaced = list[tuple[object, str, object]]
# The legs of a fusion that are left out.
LEGS = ("late", "hints", "lexical", "shared_hints")
PARTS = (*LEGS, "scale", "content", "words", "heads")
# What the judge reads of the words of a topic, and whether summaries hold such things at all:
# by these it knows a subject that is absent.
CONTENT = frozenset({"least_supported", "mean_supported", "topic_words", "asks"})


def fusion_without(fusion: Fusion, part: str | None) -> Fusion:
    """Leave a leg out of a ranking, or what brings its hints to one scale."""
    if part == "scale":
        legs = (
            replace(leg, score=lowest_without_hints) if leg == HINTS else leg for leg in fusion.legs
        )
        return replace(fusion, legs=tuple(legs))
    return fusion.without(part) if part in LEGS else fusion


@contextlib.contextmanager
def broken(service: QAService, part: str | None) -> Iterator[None]:
    """Break a part of a service for a while."""
    judge = service.judge
    blind = replace(judge, warm=without_content(judge.warm), cold=without_content(judge.cold))
    topics, heads = service.resolver.topics, service.understander
    # Whether a record answers is judged as well.
    judges: Replaced = [(owner, "judge", blind) for owner in (service, service.resolver)]
    replaced: dict[str | None, Replaced] = {
        "content": judges,
        "words": [(topics._words, "holding", lambda *_asked: {})],  # noqa: SLF001 - broken on purpose
        "heads": [(heads, "_heads", None)],
    }
    with contextlib.ExitStack() as stack:
        for target, name, value in replaced.get(part, ()):
            stack.enter_context(patch.object(target, name, value))
        yield


def without_content(fit: Fit) -> Fit:
    """Have a judge not look at content."""
    weights = zip(FEATURES, fit.weights, strict=True)
    return replace(fit, weights=tuple(0.0 if name in CONTENT else w for name, w in weights))


def lowest_without_hints(told: Signals, _fused: Vectors) -> Vectors:
    """Score hints where passages without any are worse than every other."""
    known = told.hints[~np.isnan(told.hints)]
    return standardise(np.nan_to_num(told.hints, nan=float(known.min()) if known.size else 0.0))
