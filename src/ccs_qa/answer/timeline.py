"""A topic from meeting to meeting."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from ccs_qa.records import Hit, Passage


@dataclass(frozen=True, slots=True)
class Timeline:
    """A topic from meeting to meeting; of some of the meetings searched it may be unsure."""

    entries: tuple[Hit, ...] = ()
    absent: tuple[dt.date, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where a topic comes up."""

    timeline: Timeline
    held: bool
    about: frozenset[dt.date] = frozenset()
    holding: frozenset[str] = frozenset()

    @property
    def speakers(self) -> Mapping[dt.date, Passage]:
        """The meetings that speak of it, each with its best passage."""
        return {
            hit.passage.meeting: hit.passage
            for hit in self.timeline.entries
            if hit.passage.meeting is not None
        }
