"""The addresses under which an answer is taken away as a file."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from ccs_qa.api.problems import AddressError
from ccs_qa.api.routes import Service
from ccs_qa.messages import Catalogue, catalogue
from ccs_qa.records import Language
from ccs_qa.text import clean
from ccs_qa.web.contexts import Viewer
from ccs_qa.web.takeaway import (
    Form,
    disposition,
    file_name,
    gather,
    to_csv,
    to_markdown,
    to_plain,
    to_word,
)

download_pages = APIRouter(include_in_schema=False)
# As many as the page remembers: each one is asked again.
MOST_EARLIER = 6
_TYPES: dict[Form, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "txt": "text/plain; charset=utf-8",
}
_NAMES: dict[Form, str] = {
    "docx": "takeaway.word",
    "md": "takeaway.markdown",
    "csv": "takeaway.csv",
    "txt": "takeaway.text",
}


@dataclass(frozen=True, slots=True)
class DownloadsView:
    """Links to the files of an answer, or of a conversation.

    Attributes:
        label: What they hold.
        links: Name and address of each.
    """

    label: str
    links: tuple[tuple[str, str], ...]


def view_downloads(
    question: str, earlier: Sequence[str], words: Catalogue
) -> tuple[DownloadsView, ...]:
    """Make the links under an answer.

    Args:
        question: The question.
        earlier: The questions before it, oldest first.
        words: The words of the reader's language.

    Returns:
        Links to the answer and, when questions came before it, to the whole conversation.
    """
    pairs = [("q", question), *(("h", item) for item in earlier)]
    views = [DownloadsView(words.text("takeaway.answer.links"), _links(pairs, words))]
    if any(clean(item) for item in earlier):
        label = words.text("takeaway.conversation.links")
        views.append(DownloadsView(label, _links([*pairs, ("all", "1")], words)))
    return tuple(views)


def _links(pairs: list[tuple[str, str]], words: Catalogue) -> tuple[tuple[str, str], ...]:
    query = urlencode(pairs)
    return tuple(
        (words.text(key), f"/{words.language}/download.{form}?{query}")
        for form, key in _NAMES.items()
    )


def today() -> dt.date:
    """Read the calendar.

    Returns:
        The day where the service runs.
    """
    return dt.datetime.now().date()


def known_form(form: str) -> Form:
    """Recognise a format by the ending of an address.

    Args:
        form: The ending, without its dot.

    Returns:
        The format.

    Raises:
        AddressError: There is no such address.
    """
    for known in _TYPES:
        if form == known:
            return known
    raise AddressError


@download_pages.get("/{language}/download.{form}")
def download(
    *,
    request: Request,
    language: Language,
    form: Annotated[Form, Depends(known_form)],
    service: Service,
    day: Annotated[dt.date, Depends(today)],
    q: Annotated[str, Query()] = "",
    h: Annotated[list[str] | None, Query()] = None,
    everything: Annotated[bool, Query(alias="all")] = False,
) -> Response:
    """Ask again, and give the answer as a file.

    Args:
        request: The request, for the address of the site.
        language: Language of the answer.
        form: The format.
        service: The service.
        day: The day of the download.
        q: The question.
        h: Earlier questions, oldest first.
        everything: Whether the earlier questions are answered as well.

    Returns:
        The file.

    Raises:
        InputError: A question cannot be used.
    """
    words = catalogue(language)
    earlier = tuple(item for item in (h or ()) if clean(item))[-MOST_EARLIER:]
    asked = [*(earlier if everything else ()), q]
    before = len(earlier) if not everything else 0
    answers = [
        service.ask(question, language=language, history=earlier[: before + place])
        for place, question in enumerate(asked)
    ]
    origin = str(request.base_url)
    content = gather(answers, Viewer(service.corpus, words), origin, day)
    if form == "docx":
        body = to_word(content, words)
    else:
        write = {"md": to_markdown, "csv": to_csv, "txt": to_plain}[form]
        body = write(content, words).encode()
    whole = len(answers) > 1
    name = file_name(answers[-1].query.question, day, form, whole=whole)
    # Text is shown, to be copied; nobody reads the other files in a browser.
    headers = {"Content-Disposition": disposition(name, shown=form == "txt")}
    return Response(body, media_type=_TYPES[form], headers=headers)
