"""Pairs of a question and a text that answers it, from the hints of the corpus."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccs_qa.corpus.known import KnownQuestions
from ccs_qa.corpus.library import Corpus
from ccs_qa.index.build import searched
from ccs_qa.index.views import View, make_views

BATCH = 32


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a text that answers it; texts with one label answer each other's question."""

    question: str
    passage: str
    label: int
    meeting: int


def hint_pairs(corpus: Corpus, without: frozenset[dt.date]) -> list[Pair]:
    """Pair every hint with two renditions of its passage."""
    passages = [item for item in searched(corpus) if item.meeting not in without]
    titles = {
        meeting.date: meeting.title.renditions if meeting.title else None
        for meeting in corpus.meetings
    }
    above = [titles[item.meeting] if item.meeting else None for item in passages]
    views = make_views(passages, above, KnownQuestions(corpus.known.hints), lambda text: [text])
    dates = sorted(titles)
    pairs = []
    for label, group in itertools.groupby(views, key=lambda view: view.passages[0]):
        date = passages[label].meeting
        meeting = dates.index(date) if date else -1
        pairs += [Pair(*texts, label, meeting) for texts in _of_passage(list(group))]
    return pairs


def _of_passage(views: Sequence[View]) -> Iterator[tuple[str, str]]:
    texts = {(view.language, view.kind): view.text for view in views if view.kind != "hint"}
    for hint in (view for view in views if view.kind == "hint"):
        other = "en" if hint.language == "fr" else "fr"
        for key in ((hint.language, "context"), (other, "plain")):
            if key in texts:
                yield hint.text, texts[key]


def in_batches(pairs: Sequence[Pair], seed: int) -> list[Pair]:
    """Order pairs so that half of the batches are hard.

    A hard batch draws on two meetings only: its in-batch negatives speak of the same things.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    mixed = list(pairs)
    chance.shuffle(mixed)
    half = len(mixed) // (2 * BATCH) * BATCH
    hard, easy = mixed[:half], mixed[half:]
    hard.sort(key=lambda pair: pair.meeting)
    batches = [hard[at : at + BATCH] for at in range(0, len(hard), BATCH)]
    batches += [easy[at : at + BATCH] for at in range(0, len(easy), BATCH)]
    chance.shuffle(batches)
    return [pair for batch in batches if len(batch) == BATCH for pair in batch]
