"""The addresses under which the summary of a meeting is taken along."""

import datetime as dt
from typing import Annotated, get_args

from fastapi import Depends, Query, Request, Response

from ccs_qa.errors import NotFoundError
from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.downloads import COPIES, FILES, TYPES, TakeView, give_file, known_form, today
from ccs_qa.http.pages.routes import Reader, page_router
from ccs_qa.http.problems import AddressError
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.export.content import safe
from ccs_qa.present.export.inert import Form, file_name
from ccs_qa.present.export.summary import (
    Shown,
    named_file,
    of_summary,
    summary_to_markdown,
    summary_to_plain,
    write_summary,
)
from ccs_qa.present.export.word import summary_to_word
from ccs_qa.records import Language, Meeting

summary_files = page_router()


def read_meeting(date: str, viewer: Reader) -> Meeting:
    """Find a meeting by its day, else `NotFoundError`."""
    try:
        return viewer.corpus.meeting(dt.date.fromisoformat(date))
    except ValueError:
        raise NotFoundError(what="meeting", name=date) from None


def read_shown(language: Language, text: str = "") -> Shown:
    """Read which languages of a summary are wanted; that of the page where none is named."""
    return next((known for known in get_args(Shown) if known == text), language)


MeetingRead = Annotated[Meeting, Depends(read_meeting)]
ShownRead = Annotated[Shown, Depends(read_shown)]


def take_summary(url: str, query: str, words: Catalogue) -> tuple[TakeView, ...]:
    """Make the menu that takes a summary along, in the languages that are shown."""

    def linked(forms: dict[Form, str], more: str = "") -> tuple[tuple[str, str], ...]:
        tail = "&".join(part for part in (query, more) if part)
        return tuple(
            (words.text(name), f"{url}/download.{form}?{tail}".removesuffix("?"))
            for form, name in forms.items()
        )

    reference = (words.text("take.reference"), f"{url}/citation.txt?{query}".removesuffix("?"))
    copies = (reference, *linked(COPIES, "shown=1"))
    files: dict[Form, str] = {form: name for form, name in FILES.items() if form != "csv"}
    return (
        TakeView(words.text("take.summary.copy"), copies, copied=True),
        TakeView(words.text("take.summary.save"), linked(files)),
    )


@summary_files.get("/{language}/meetings/{date}/citation.txt")
def reference(request: Request, meeting: MeetingRead, shown: ShownRead, viewer: Reader) -> Response:
    """Write whose summary it is, of which meeting, and where it stands, as text to copy."""
    lines = of_summary(meeting, viewer, shown, safe(site_of(request)))
    return Response(summary_to_plain(lines), media_type=TYPES["txt"])


@summary_files.get("/{language}/meetings/{date}/download.{form}")
def download(
    *,
    request: Request,
    form: Annotated[Form, Depends(known_form)],
    meeting: MeetingRead,
    wanted: ShownRead,
    viewer: Reader,
    day: Annotated[dt.date, Depends(today)],
    shown: Annotated[bool, Query()] = False,
) -> Response:
    """Give the summary as a file, or as text that is shown, to be copied."""
    if form == "csv":
        raise AddressError
    words = viewer.words
    lines = write_summary(meeting, viewer, wanted, safe(site_of(request)), day)
    if form == "docx":
        body: bytes | str = summary_to_word(lines, words, day)
    else:
        body = {"md": summary_to_markdown, "txt": summary_to_plain}[form](lines)
    return give_file(body, file_name(named_file(meeting, words), day, form), form, shown=shown)
