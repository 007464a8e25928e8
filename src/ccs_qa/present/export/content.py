"""What every file says, whatever the format: answers as every channel presents them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, TextView, Viewer
from ccs_qa.records import Answer, Language, Passage


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that a file says."""

    language: Language
    exchanges: tuple[AnswerView, ...]
    disclaimer: TextView | None
    day: dt.date
    origin: str


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
        origin=safe(origin),
    )


def cite(passage: Passage, viewer: Viewer) -> MeetingView:
    """Gather what a citation of one passage says."""
    # Only what belongs to a meeting is cited.
    meeting = viewer.corpus.meeting(passage.meeting or dt.date.min)
    return viewer.meeting(meeting, [viewer.passage(passage)])


def placed(
    quote: PassageView, meeting: MeetingView, words: Catalogue
) -> list[tuple[str, TextView]]:
    """Say what a quote stands under beside its meeting, and who says it."""
    language = words.language
    found = (
        ("export.theme", TextView(meeting.theme, language)),
        ("export.section", quote.section or TextView("", language)),
        ("export.attribution", TextView(quote.attribution, language)),
    )
    return [(key, view) for key, view in found if view.text]


def place(view: TextView, words: Catalogue) -> str:
    """Say where a quote stands."""
    if view.source is None:
        return ""
    where = words.text("page.offsets", start=view.source.start, end=view.source.end)
    return f"{view.source.document}, {where}"


def safe(origin: str) -> str:
    """Leave nothing but an address of what a request says that the site is.

    Returns:
        The address, without a slash at its end.
    """
    return quote(origin.rstrip("/"), safe=":/[]%")
