"""What the pages that search and follow a topic are given: everything decided."""

from dataclasses import dataclass

from ccs_qa.web.contexts import MeetingView, TextView


@dataclass(frozen=True, slots=True)
class Chip:
    """A limit that a link removes.

    Attributes:
        label: The limit, in words.
        url: The same search without it.
    """

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of the form.

    Attributes:
        value: What is sent.
        label: What is read.
        chosen: Whether it is chosen now.
        title: Name of the meeting, for a meeting.
        count: How many of the passages found are its, in words; empty for none.
    """

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
        years: The years of the meetings, newest first, after the choice of all.
        texts: The languages of the texts.
    """

    meetings: tuple[Option, ...]
    years: tuple[Option, ...]
    texts: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class NamedView:
    """The limits that the question itself names.

    Attributes:
        words: The words that name them.
        chips: One for each meeting.
        everywhere: The same search in every meeting.
    """

    words: TextView
    chips: tuple[Chip, ...]
    everywhere: str


@dataclass(frozen=True, slots=True)
class FoundView:
    """A passage found.

    Attributes:
        id: Its name.
        url: Its address.
        date: Day of its meeting, in words.
        meeting_url: Where it stands in its meeting.
        section: Heading above it, if any.
        attribution: Who says it, in words; empty where the page does not make it plain.
        text: Its text in the language asked for, else in the other.
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
        count: How many passages, in words.
        passages: The passages, best first.
        named: The limits of the question itself; None when it names none or others are set.
        timeline: Where the same words are followed through the meetings.
    """

    count: str
    passages: tuple[FoundView, ...]
    named: NamedView | None
    timeline: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """A meeting of a timeline.

    Attributes:
        meeting: The meeting, with its quote; without one where it is absent.
        search: Where the topic is searched in that meeting alone.
    """

    meeting: MeetingView
    search: str


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A topic through the meetings.

    Attributes:
        topic: The topic, as typed.
        status: Machine name of the judge's verdict on the topic.
        lead: What was found, in words.
        scope: The words of the topic that limit it to some meetings; None for all meetings.
        entries: The meetings that have something near the topic, oldest first.
        absent: The others, oldest first.
    """

    topic: TextView
    status: str
    lead: str
    scope: TextView | None
    entries: tuple[EntryView, ...]
    absent: tuple[EntryView, ...]
