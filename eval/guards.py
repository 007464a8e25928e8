"""What the gate holds besides the development questions.

- `cold`: the development questions that two meetings answer, asked where nobody has written hints
  for these two yet.
- `absent`: subjects of which the summaries say nothing. The judge was fitted on these very
  questions: the share answered is no estimate of what others would see. It guards against
  breakage alone.
- `denied`: words that stand in some meetings, each followed through all. No meeting that holds the
  word may be said to be silent on it.
- `intents`: what development questions with a label ask for.
"""

import datetime as dt
import json
import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ccs_qa.answer.record import RECORD_INTENTS
from ccs_qa.corpus import Corpus
from ccs_qa.index import stop_words
from ccs_qa.records import LANGUAGES, Intent, Meeting
from ccs_qa.search import Recipe
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.steps import Understood
from ccs_qa.text import drop_elisions, fold
from eval.broken import broken
from eval.calibrate import ABSENT
from eval.cold import answered_by
from eval.cold_worlds import chill, serve
from eval.gold import GoldRow
from eval.intervals import bootstrap, wilson
from eval.run import Outcome, ask_all

# The meeting that most development questions are about, and the newest, which fewest are.
COLD = (dt.date(2023, 4, 3), dt.date(2025, 6, 2))
_EVERY_SUBJECT = 6
_EVERY_WORD = 3
# A word counts that stands in so many meetings: in fewer nothing can be denied.
_LEAST, _MOST = 2, 7
_STOPS = stop_words("fr") | stop_words("en")
_WORD = re.compile(r"[^\W_]+")
# One label; a remark may follow.
_LABEL = re.compile(r"intent=(\w+)(?:;.*)?")
_LONG = frozenset({"follow-up", "long"})
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, and how much worse it may become.

    Attributes:
        value: The figure.
        half: Half the width of its 95 % interval.
    """

    value: float
    half: float


Figures = dict[str, Figure]


def mean_of(values: Sequence[float]) -> Figure:
    """Average a measure over questions.

    Args:
        values: One value a question, at least one.

    Returns:
        The mean, with its bootstrap interval.
    """
    low, high = bootstrap(values)
    return Figure(statistics.fmean(values), (high - low) / 2)


def share_of(marks: Sequence[bool]) -> Figure:
    """Count how often something holds.

    Args:
        marks: One mark a question, at least one.

    Returns:
        The share, with its Wilson interval, which is not empty where all or none hold.
    """
    low, high = wilson(sum(marks), len(marks))
    return Figure(sum(marks) / len(marks), (high - low) / 2)


def cold_world(corpus: Corpus, service: QAService, settings: Settings) -> QAService:
    """Open a service where the cold meetings have no hints.

    Args:
        corpus: The corpus.
        service: The service on it, whose model is used.
        settings: Limits.

    Returns:
        The other service.
    """
    for day in COLD:
        corpus = chill(corpus, day, translated=True)
    return serve(corpus, service.retriever.encoder, settings)


def cold_rows(rows: Sequence[GoldRow]) -> list[GoldRow]:
    """Keep what a cold meeting answers, alone or with others.

    Args:
        rows: The questions.

    Returns:
        Those asked where they are cold, each once.
    """
    found = {row.id for day in COLD for row in answered_by(rows, day)}
    return [row for row in rows if row.id in found]


def cold_figures(outcomes: Sequence[Outcome]) -> Figures:
    """Score what was asked where meetings are cold.

    Args:
        outcomes: What each question gave.

    Returns:
        How well they are ranked, and the shares answered and refused.
    """
    return {
        "cold/ndcg@10": mean_of([item.scores["ndcg@10"] for item in outcomes]),
        "cold/answered": share_of([item.status == "answered" for item in outcomes]),
        "cold/not_found": share_of([item.status == "not_found" for item in outcomes]),
    }


def absent_questions(lines: Sequence[str]) -> list[str]:
    """List what is asked of absent subjects.

    Args:
        lines: The subjects, one JSON object a line.

    Returns:
        All wordings of every sixth.
    """
    drawn = [json.loads(line) for line in lines[::_EVERY_SUBJECT]]
    return [text for row in drawn for text in (*row["fr"], *row["en"])]


def absent_figures(service: QAService, questions: Sequence[str]) -> Figures:
    """Ask about absent subjects.

    Args:
        service: The service.
        questions: The questions.

    Returns:
        The share answered.
    """
    answered = [service.ask(text).status == "answered" for text in questions]
    return {"absent/answered": share_of(answered)}


@dataclass(frozen=True, slots=True)
class Standing:
    """A word, and the meetings that hold it.

    Attributes:
        word: As it first stands.
        meetings: The meetings.
    """

    word: str
    meetings: frozenset[dt.date]


def standing_words(meetings: Sequence[Meeting]) -> list[Standing]:
    """List the content words that stand in some meetings and not in all.

    They are read off the texts, without anything that the service looks words up with.

    Args:
        meetings: The meetings.

    Returns:
        The words of both languages that two to seven meetings hold, in the order of the alphabet.
    """
    first: dict[str, str] = {}
    held: dict[str, set[dt.date]] = defaultdict(set)
    for meeting in meetings:
        for text in _texts(meeting):
            for token in _WORD.findall(drop_elisions(text)):
                word = fold(token)
                if token.isalpha() and len(token) > 1 and word not in _STOPS:
                    first.setdefault(word, token)
                    held[word].add(meeting.date)
    return [
        Standing(first[word], frozenset(days))
        for word, days in sorted(held.items())
        if _LEAST <= len(days) <= _MOST
    ]


def _texts(meeting: Meeting) -> Iterator[str]:
    told = [meeting.heading, *(section.heading for section in meeting.sections)]
    for passage in meeting.passages:
        told += [passage.renditions, passage.lead_in]
    for item in told:
        for language in LANGUAGES:
            rendition = item.get(language) if item is not None else None
            if rendition is not None:
                yield rendition.text


def denials(service: QAService, standing: Sequence[Standing]) -> list[tuple[str, dt.date]]:
    """Follow words through the meetings, and note where one is denied.

    Args:
        service: The service.
        standing: The words.

    Returns:
        Each word and meeting that holds it and is said to be silent on it.
    """
    return [
        (item.word, day)
        for item in standing
        for day in service.timeline(item.word)[2].absent
        if day in item.meetings
    ]


def labelled(rows: Sequence[GoldRow]) -> list[tuple[GoldRow, str]]:
    """Keep the questions of which it is noted what they ask for.

    Args:
        rows: The questions.

    Returns:
        Those with one label, follow-ups and long ones left out, and what the service calls it.
    """
    found = []
    for row in rows:
        label = _LABEL.fullmatch(row.note)
        if label and not row.history and row.type not in _LONG:
            found.append((row, label[1].replace("list_meetings", "which_meeting")))
    return found


def intent_figures(pairs: Sequence[tuple[str, Intent]]) -> Figures:
    """Compare what questions ask for with what was understood.

    Args:
        pairs: What each question asks for, and what was understood.

    Returns:
        Of questions of record, the shares taken for one and for the right one; of topics the
        share kept as topics. Other questions do not count.
    """
    records = [(asked, found) for asked, found in pairs if asked in RECORD_INTENTS]
    return {
        "intents/found": share_of([found in RECORD_INTENTS for _, found in records]),
        "intents/right": share_of([found == asked for asked, found in records]),
        "intents/kept": share_of([found == "topic" for asked, found in pairs if asked == "topic"]),
    }


def _understood(service: QAService, question: str) -> Intent:
    steps = service.steps(question)
    return next(step.query.intent for step in steps if isinstance(step, Understood))


def measure_guards(
    service: QAService,
    rows: Sequence[GoldRow],
    settings: Settings,
    *,
    recipe: Recipe,
    part: str | None,
    timed: Callable[[str], AbstractContextManager[None]],
    tell: Callable[[str], None],
) -> Figures:
    """Measure all of it.

    Args:
        service: The service, with the part already broken.
        rows: Development questions.
        settings: Limits.
        recipe: How the cold meetings are ranked.
        part: What is broken there as well.
        timed: Surrounds each piece of the work, given its name.
        tell: Is told what is denied, and of every figure its interval.

    Returns:
        The figures, by their path in the summary.
    """
    with timed("intents"):
        understood = [(label, _understood(service, row.question)) for row, label in labelled(rows)]
        found = intent_figures(understood)
    with timed("absent"):
        asked = absent_questions(ABSENT.read_text("utf-8").splitlines())
        found |= absent_figures(service, asked)
    with timed("denied"):
        denied = denials(service, standing_words(service.corpus.meetings)[::_EVERY_WORD])
        found["denied"] = Figure(len(denied), 0.0)
    with timed("cold: build"):
        world = cold_world(service.corpus, service, settings)
    with timed("cold"), broken(world, part):
        found |= cold_figures(ask_all(world, cold_rows(rows), lambda: None, recipe))
    for word, day in denied[:_SHOWN]:
        tell(f"denied: {word}, {day}")
    for name, figure in found.items():
        tell(f"{name} = {figure.value:.3f} ± {figure.half:.3f}")
    return found


def with_figures(summary: Mapping[str, object], figures: Figures) -> dict[str, object]:
    """Put figures into the summary of a run.

    Args:
        summary: The summary.
        figures: The figures; of each, the part before the stroke is not in it yet.

    Returns:
        A summary with both.
    """
    nested: dict[str, dict[str, float]] = defaultdict(dict)
    plain: dict[str, float] = {}
    for path, figure in figures.items():
        name, _, rest = path.partition("/")
        if rest:
            nested[name][rest] = figure.value
        else:
            plain[name] = figure.value
    return {**summary, **nested, **plain}
