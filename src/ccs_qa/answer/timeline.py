"""Follows a topic through the meetings: one quote each, and the meetings that are silent."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ccs_qa.records import Hit

# A meeting speaks of the topic when its best statement comes this near to the best of all, in
# deviations of the legs summed. On the development questions, of the meetings told apart this
# way, 7 in 10 hold a relevant passage, and 8 in 10 of those that hold one are found.
NEAR_ENOUGH = 3.5


@dataclass(frozen=True, slots=True)
class Timeline:
    """A topic from meeting to meeting.

    Attributes:
        entries: The best statement of each meeting that speaks of it, oldest first.
        absent: The meetings that do not, oldest first.
    """

    entries: tuple[Hit, ...]
    absent: tuple[dt.date, ...]


def trace(hits: Sequence[Hit], meetings: Sequence[dt.date]) -> Timeline:
    """Follow a topic.

    Args:
        hits: Every passage that may be found, best first.
        meetings: The meetings searched.

    Returns:
        The timeline; without entries when nothing was found.
    """
    best: dict[dt.date, Hit] = {}
    for hit in hits:
        day = hit.passage.meeting
        if day is not None and hit.passage.kind == "statement":
            best.setdefault(day, hit)
    top = max((hit.score for hit in best.values()), default=0.0)
    kept = {day: hit for day, hit in best.items() if hit.score >= top - NEAR_ENOUGH}
    return Timeline(
        tuple(kept[day] for day in sorted(kept)),
        tuple(day for day in sorted(meetings) if day not in kept),
    )
