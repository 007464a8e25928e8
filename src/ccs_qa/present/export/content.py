"""What every file and every copy says, whatever the format."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, TextView, Viewer, spoken
from ccs_qa.records import Answer, Language, Passage

# A longer question stands under the title, not in it.
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that a file says.

    Attributes:
        edition: The day on which the pages were last taken over as published.
    """

    language: Language
    exchanges: tuple[AnswerView, ...]
    disclaimer: TextView | None
    day: dt.date
    edition: dt.date
    origin: str

    @property
    def titled(self) -> bool:
        """Whether the question is the title: there is one, and it is not too long for that."""
        return len(self.exchanges) == 1 and len(self.exchanges[0].question) <= _LONGEST_TITLE


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage as it is cited in one language."""

    quote: PassageView
    meeting: MeetingView
    disclaimer: TextView | None
    words: Catalogue


def gather(answers: Sequence[Answer], viewer: Viewer, origin: str, day: dt.date) -> Export:
    """Gather what a file says.

    Args:
        answers: The answers, oldest first, at least one, all in the language of the viewer.
        origin: Where the site is, e.g. `https://example.ca`.
    """
    return Export(
        language=viewer.words.language,
        exchanges=tuple(map(viewer.answer, answers)),
        disclaimer=viewer.disclaimer(),
        day=day,
        edition=viewer.corpus.edition,
        origin=safe(origin),
    )


def cite(passage: Passage, viewer: Viewer) -> Cited:
    """Gather what a citation of one passage says."""
    # Only what belongs to a meeting is cited.
    meeting = viewer.corpus.meeting(passage.meeting or dt.date.min)
    quote = viewer.passage(passage)
    return Cited(quote, viewer.meeting(meeting), viewer.disclaimer(), viewer.words)


def dated(day: dt.date, edition: dt.date, words: Catalogue) -> str:
    """Say when an answer was given, and from which edition of the summaries."""
    return words.text("export.dated", day=words.date(day), edition=words.date(edition))


def whose(content: Export, words: Catalogue) -> tuple[str, str]:
    """Say whose answers these are, when they were given, and from which edition."""
    return words.text("cite.body"), dated(content.day, content.edition, words)


def copied(day: dt.date, edition: dt.date, words: Catalogue) -> str:
    """Say when a summary was taken along, and from which edition."""
    return words.text("export.copied-on", day=words.date(day), edition=words.date(edition))


def summary_named(meeting: MeetingView, words: Catalogue) -> str:
    """Name a summary: whose it is, of which meeting."""
    parts = [words.text("cite.body"), words.text("cite.meeting", date=meeting.date)]
    if meeting.titled:
        parts.append(words.quote(meeting.title.text))
    return ", ".join(parts)


def source(quote: PassageView, meeting: MeetingView, words: Catalogue) -> str:
    """Name a quote by its number, whose summary it is of, which meeting, where, which text."""
    parts = [summary_named(meeting, words)]
    if quote.section:
        heading = words.quote(quote.section.text)
        parts.append(words.text("cite.section", heading=heading))
    own = quote.text.language == words.language
    status = quote.text.status if own else spoken(quote.text, words)
    said = (", ".join(parts), quote.attribution, status)
    number = f"[{quote.number}]" if quote.number else ""
    return " ".join(filter(None, (number, *(f"{part}." for part in said if part))))


def in_marks(view: TextView) -> Iterator[tuple[str, TextView, str]]:
    """Put a quote, with what stands above and below it in its list, between quotation marks.

    Yields:
        Each line between what opens and what closes it; both are empty within the quote.
    """
    before, after = catalogue(view.language).raw("answer.quote").split("{text}")
    lines = (*view.lead_ins, view, *view.items)
    for place, line in enumerate(lines, 1):
        yield before if place == 1 else "", line, after if place == len(lines) else ""


def addresses(quote: PassageView, origin: str, words: Catalogue) -> list[tuple[str, str]]:
    """Lead to the addresses of a quote: of its page here, and of that which published it."""
    found = (("cite.passage", origin + quote.url), ("cite.published", quote.published))
    return [
        (words.text("export.named", name=words.text(key)), address)
        for key, address in found
        if address
    ]


def said(disclaimer: TextView) -> str:
    """Say whose views these are, with what that text is where it is not the published one."""
    return disclaimer.text if disclaimer.official else f"{disclaimer.text} ({disclaimer.status})"


def safe(origin: str) -> str:
    """Leave nothing but an address of what a request says that the site is.

    Returns:
        The address, without a slash at its end.
    """
    return quote(origin.rstrip("/"), safe=":/[]%")
