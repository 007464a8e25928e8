"""The addresses under which an answer is taken away as a file."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from ccs_qa.answer.verify import verify_passage
from ccs_qa.errors import NotFoundError
from ccs_qa.http.api import Service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.addresses import Asked, AskedTurn
from ccs_qa.http.pages.routes import Reader
from ccs_qa.http.problems import AddressError
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.export.content import cite, gather, safe
from ccs_qa.present.export.inert import Form, disposition, file_name
from ccs_qa.present.export.markdown import markdown_citation, to_markdown
from ccs_qa.present.export.plain import plain_citation, to_plain
from ccs_qa.present.export.table import to_csv
from ccs_qa.present.export.word import to_word
from ccs_qa.records import Language, Question

download_pages = APIRouter(include_in_schema=False)
_TYPES: dict[Form, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "txt": "text/plain; charset=utf-8",
}
_FILES: dict[Form, str] = {"docx": "export.word", "md": "export.markdown", "csv": "export.csv"}
_COPIES: dict[Form, str] = {"txt": "export.copy.text", "md": "export.copy.markdown"}


Links = tuple[tuple[str, str], ...]


def view_downloads(turn: Asked, words: Catalogue) -> tuple[tuple[str, Links], ...]:
    """Make the links to the files of an answer, and of its conversation, each under a label."""
    views = [(words.text("export.answer.links"), _links(turn, words, _FILES))]
    if turn.history:
        label = words.text("export.conversation.links")
        views.append((label, _links(turn, words, _FILES, "&all=1")))
    return tuple(views)


def view_copies(turn: Asked, words: Catalogue) -> Links:
    """Make the links to text that is shown, to be copied."""
    return _links(turn, words, _COPIES, "&shown=1")


def _links(turn: Asked, words: Catalogue, forms: Mapping[Form, str], more: str = "") -> Links:
    return tuple(
        (words.text(key), turn.address(words.language, f"download.{form}") + more)
        for form, key in forms.items()
    )


def today() -> dt.date:
    """Read the calendar."""
    return dt.datetime.now().date()


def known_form(form: str) -> Form:
    """Recognise a format by the ending of an address, else raise `AddressError`."""
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
    viewer: Reader,
    day: Annotated[dt.date, Depends(today)],
    turn: AskedTurn,
    everything: Annotated[bool, Query(alias="all")] = False,
    shown: Annotated[bool, Query()] = False,
) -> Response:
    """Ask again, and give the answer as a file, or as text that is shown, to be copied."""
    words = viewer.words
    mode = turn.mode(service)
    before = [
        service.ask(Question(question, language, turn.history[:place], mode=mode))
        for place, question in enumerate(turn.history if everything else ())
    ]
    asked = service.ask(turn.asked(language, service))
    # The address is free of what the person could not see; the answer tells of it all the same.
    query = replace(asked.query, invisible=turn.invisible)
    answers = [*before, replace(asked, query=query)]
    origin = site_of(request)
    content = gather(answers, viewer, origin, day)
    if form == "docx":
        body = to_word(content, words)
    else:
        write = {"md": to_markdown, "csv": to_csv, "txt": to_plain}[form]
        body = write(content, words).encode()
    whole = len(answers) > 1
    name = file_name(answers[-1].query.question, day, form, whole=whole)
    # Text is shown, to be copied; nobody reads the other files in a browser.
    plain = form == "txt" or (shown and form == "md")
    headers = {"Content-Disposition": disposition(name, shown=plain)}
    return Response(body, media_type=_TYPES["txt" if plain else form], headers=headers)


@download_pages.get("/{language}/passages/{name}/citation.{form}")
def citation(request: Request, name: str, form: Literal["txt", "md"], viewer: Reader) -> Response:
    """Write one passage as text to copy; `NotFoundError` where it matches no document."""
    passage, _ = verify_passage(viewer.corpus.passage(name), viewer.corpus.verify)
    if passage is None or passage.meeting is None:
        raise NotFoundError(what="passage", name=name)
    meeting = cite(passage, viewer)
    write = plain_citation if form == "txt" else markdown_citation
    body = write(meeting, safe(site_of(request)), viewer.words)
    return Response(body.encode(), media_type=_TYPES["txt"])
