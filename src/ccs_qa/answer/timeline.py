"""A topic from meeting to meeting."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from ccs_qa.records import Hit, Passage


@dataclass(frozen=True, slots=True)
class Timeline:
    """A topic from meeting to meeting.

    Attributes:
        entries: The best passage of each meeting that speaks of it, oldest first.
        absent: The meetings that certainly do not, oldest first.
        total: How many meetings were searched; of some it may be unsure.
    """

    entries: tuple[Hit, ...] = ()
    absent: tuple[dt.date, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where a topic comes up.

    Attributes:
        timeline: By meeting.
        held: Whether some meeting holds its very words.
        about: The meetings whose title or objective it is, rather than a detail.
        holding: The ids of the passages that hold its very words.
    """

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
