"""The meetings that a question of record is about, and the lines that show each of them."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from ccs_qa.answer.timeline import FoundBy
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import Intent, Meeting, Passage, Query
from ccs_qa.text.strings import fold

# How the meetings were singled out: not at all, by the limits of the question, because they speak
# of its topic, or because they do not.
Ground = Literal["all", "fit", FoundBy, "silent"]
# "How long did it not meet?" asks for what lies between the meetings.
_BETWEEN: frozenset[Intent] = frozenset({"duration", "most"})


# What meetings are called.
TITLE = r"titles?|titled|called|entitled|titres?|intitule\w*|appel\w*"
# What says of a meeting that the topic is all of it.
_WHOLLY = (
    r"(?:devoted|dedicated) to|(?:entirely|wholly|all|solely) (?:on|about)|focus\w*"
    r"|consacree?s? (?:a|au|aux)|(?:entierement|uniquement|exclusivement) sur"
)


@dataclass(frozen=True, slots=True)
class Record:
    """An answer read from the records.

    Attributes:
        within: Whether the topic is sought in these passages, rather than all of them shown.
    """

    lead: str
    passages: tuple[Passage, ...]
    meetings: tuple[dt.date, ...]
    within: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """What a question of record is about.

    Attributes:
        said: Its words, folded, without those that limit it.
        nearest: Passages by how near they come to it.
    """

    query: Query
    said: str
    meetings: tuple[Meeting, ...]
    searched: tuple[Meeting, ...]
    every: tuple[Meeting, ...]
    spoken: Mapping[dt.date, Passage]
    about: AbstractSet[dt.date]
    ground: Ground
    words: Catalogue
    today: dt.date | None
    nearest: Sequence[Passage]

    def says(self, pattern: str) -> bool:
        """Tell whether the question says something; the pattern matches whole, folded words."""
        return re.search(rf"\b(?:{pattern})\b", self.said) is not None

    def of(self, meetings: Iterable[Meeting]) -> str:
        """Name meetings after `meeting of`."""
        return self.words.of_dates(item.date for item in meetings)

    def lines(self, meeting: Meeting) -> tuple[Passage, ...]:
        """Choose the lines that show a meeting.

        Returns:
            How it was held, where that is what singles it out, its objective, and what it says of
            the topic, which stands first where it is a detail; where it has none of these, its
            first passage.
        """
        held = self.query.scope is not None and self.query.scope.by_form
        spoken = self.spoken.get(meeting.date)
        shown = (*meeting.objective[:1], spoken)
        if meeting.date not in self.about:
            shown = (spoken, *meeting.objective[:1])
        title = meeting.title if self.says(TITLE) else None
        lines = (title, *shown, meeting.format if held else None)
        return tuple(line for line in lines if line is not None) or meeting.passages[:1]

    def record(self, lead: Sequence[str], meetings: Sequence[Meeting]) -> Record:
        """Answer with the usual lines of each meeting."""
        return show(lead, meetings, (line for item in meetings for line in self.lines(item)))


def show(lead: Sequence[str], meetings: Sequence[Meeting], lines: Iterable[Passage]) -> Record:
    """Make a record; a line that stands twice is shown once."""
    unique = tuple({line.id: line for line in lines}.values())
    return Record(" ".join(lead), unique, tuple(item.date for item in meetings))


def read_matter(
    query: Query,
    meetings: Sequence[Meeting],
    speakers: Mapping[dt.date, Passage] | None,
    words: Catalogue,
    *,
    about: AbstractSet[dt.date],
    by: FoundBy,
    today: dt.date | None,
    nearest: Sequence[Passage],
) -> Matter:
    """Find the meetings that a question of record is about.

    Args:
        speakers: The meetings that speak of the topic; None when the question names none.
        by: By what these were found.

    Returns:
        The matter; a meeting without any passage takes no part.
    """
    said = fold(query.question)
    if query.scope and query.scope.text:
        said = said.replace(fold(query.scope.text), " ")
    every = tuple(sorted((item for item in meetings if item.passages), key=lambda item: item.date))
    limits = None if query.scope is None else set(query.scope.meetings)
    searched = tuple(item for item in every if limits is None or item.date in limits)
    ground: Ground = "all" if limits is None else "fit"
    meant, spoken = searched, {}
    if speakers is not None:
        ground = "silent" if query.negated else by
        wholly = about and not query.negated and re.search(rf"\b(?:{_WHOLLY})\b", said)
        days = about if wholly else speakers
        meant = tuple(item for item in searched if (item.date in days) != query.negated)
        spoken = {} if query.negated else dict(speakers)
    elif query.negated and (limits is not None or query.intent not in _BETWEEN):
        meant = tuple(item for item in every if item not in searched)
        searched = every
    return Matter(query, said, meant, searched, every, spoken, about, ground, words, today, nearest)
