"""Quotes made whole: a lead-in brings its items, an item its lead-in, in the order of the page."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ccs_qa.answer.verify import verify_hits, verify_passage
from ccs_qa.corpus.library import Corpus
from ccs_qa.records import Hit, Passage

Groups = list[tuple[dt.date | None, list[Hit]]]


class Around(NamedTuple):
    """What is shown with a quote: its lead-ins above it, outermost first, and its items below."""

    lead_ins: tuple[Passage, ...]
    items: tuple[Passage, ...]


class Blocks:
    """The lists of a corpus; whatever it gives matches its document."""

    def __init__(self, corpus: Corpus) -> None:
        """Bind the corpus."""
        self._corpus = corpus

    def lead_ins(self, passage: Passage) -> tuple[Passage, ...]:
        """List what introduces a passage, outermost first."""
        return self._checked(self._corpus.lead_ins(passage))

    def items(self, passage: Passage) -> tuple[Passage, ...]:
        """List what a passage introduces, in page order."""
        return self._checked(self._corpus.items(passage))

    def around(self, passages: Sequence[Passage]) -> tuple[Around, ...]:
        """Choose what to show with each of some quotes, so that nothing stands twice."""
        found = []
        quoted = {item.id for item in passages}
        standing: set[str] = set()
        for passage in passages:
            above = tuple(item for item in self.lead_ins(passage) if item.id not in standing)
            below = tuple(item for item in self.items(passage) if item.id not in quoted)
            standing |= {passage.id, *(item.id for item in (*above, *below))}
            found.append(Around(above, below))
        return tuple(found)

    def ordered(self, hits: Iterable[Hit]) -> Groups:
        """Put the quotes of each meeting in page order, meetings by their best passage."""
        groups = group_by_meeting(hits)
        for _, group in groups:
            group.sort(key=lambda hit: self._corpus.place(hit.passage))
        return groups

    def whole(self, hits: Sequence[Hit]) -> tuple[tuple[Hit, ...], int]:
        """Let lead-ins bring their items.

        Returns:
            The passages and after them the items that were not among them, and how many
            renditions of those were dropped because they did not match their document.
        """
        found = {hit.passage.id for hit in hits}
        items = [item for hit in hits for item in self._corpus.items(hit.passage)]
        brought = {item.id: Hit(item) for item in items if item.id not in found}
        checked, dropped = verify_hits(tuple(brought.values()), self._corpus.verify)
        return (*hits, *checked), dropped

    def _checked(self, passages: Iterable[Passage]) -> tuple[Passage, ...]:
        checked = (verify_passage(item, self._corpus.verify)[0] for item in passages)
        return tuple(item for item in checked if item is not None)


def group_by_meeting(hits: Iterable[Hit]) -> Groups:
    """Group passages by meeting; the meeting of the best passage comes first."""
    groups: dict[dt.date | None, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(hit.passage.meeting, []).append(hit)
    return list(groups.items())
