"""What the pages that search and follow a topic are given: everything decided."""

from dataclasses import dataclass

from ccs_qa.present.contexts import MeetingView, TextView


@dataclass(frozen=True, slots=True)
class Chip:
    """A limit that a link removes."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of the form, with a count of what it would show where there is any."""

    value: str
    label: str
    chosen: bool
    title: TextView | None = None
    count: str = ""


@dataclass(frozen=True, slots=True)
class FacetsView:
    """The limits that may be chosen.

    Attributes:
        meetings: The meetings, newest first.
    """

    meetings: tuple[Option, ...]
    years: tuple[Option, ...]
    texts: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class NamedView:
    """The limits that the question itself names."""

    words: TextView
    chips: tuple[Chip, ...]
    everywhere: str


@dataclass(frozen=True, slots=True)
class FoundView:
    """A passage found.

    Attributes:
        attribution: Who says it, in words; empty where the page does not make it plain.
    """

    id: str
    url: str
    date: str
    meeting_url: str
    section: TextView | None
    attribution: str
    text: TextView


@dataclass(frozen=True, slots=True)
class ResultsView:
    """What a search found.

    Attributes:
        named: The limits of the question itself; None when it names none or others are set.
    """

    count: str
    passages: tuple[FoundView, ...]
    named: NamedView | None
    timeline: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """A meeting of a timeline."""

    meeting: MeetingView
    search: str


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A topic through the meetings, all of them unless it names a scope."""

    topic: TextView
    status: str
    lead: str
    scope: TextView | None
    entries: tuple[EntryView, ...]
    absent: tuple[EntryView, ...]
