"""The addresses under which an answer is taken away as a file."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from ccs_qa.answer.verify import verify_passage
from ccs_qa.errors import NotFoundError
from ccs_qa.http.api import Service
from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.addresses import Asked, AskedTurn
from ccs_qa.http.pages.routes import Reader, page_router
from ccs_qa.http.problems import AddressError
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.present.export.content import Export, cite, gather, safe
from ccs_qa.present.export.inert import Form, disposition, file_name
from ccs_qa.present.export.markdown import to_markdown
from ccs_qa.present.export.plain import plain_citation, plain_quote, to_plain
from ccs_qa.present.export.table import to_csv
from ccs_qa.present.export.word import to_word
from ccs_qa.records import Language, Passage, Question, other

download_pages = page_router()
TYPES: dict[Form, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
    "txt": "text/plain; charset=utf-8",
}
FILES: dict[Form, str] = {
    "docx": "export.word",
    "md": "export.markdown",
    "txt": "export.text",
    "csv": "export.csv",
}
_WRITERS: dict[Form, Callable[[Export, Catalogue], bytes | str]] = {
    "docx": to_word,
    "md": to_markdown,
    "csv": to_csv,
    "txt": to_plain,
}
COPIES: dict[Form, str] = {"txt": "take.as-text", "md": "take.as-markdown"}


@dataclass(frozen=True, slots=True)
class TakeView:
    """Ways to take an answer along, under one label: the name and the address of each.

    Attributes:
        copied: Whether what they lead to is text that is shown, to be copied.
    """

    label: str
    links: tuple[tuple[str, str], ...]
    copied: bool = False


def view_take(turn: Asked, words: Catalogue) -> tuple[TakeView, ...]:
    """Make the menu that takes an answer along, and its conversation where there is one."""

    def linked(key: str, forms: Mapping[Form, str], more: str = "") -> TakeView:
        links = (
            (words.text(name), turn.address(words.language, f"download.{form}") + more)
            for form, name in forms.items()
        )
        return TakeView(words.text(key), tuple(links), copied=forms is COPIES)

    found = (linked("take.copy", COPIES, "&shown=1"), linked("take.save", FILES))
    return (*found, linked("take.save.all", FILES, "&all=1")) if turn.history else found


def today() -> dt.date:
    """Read the calendar."""
    return dt.datetime.now().date()


def known_form(form: str) -> Form:
    """Recognise a format by the ending of an address, else raise `AddressError`."""
    for known in TYPES:
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
    mode = turn.mode(service)
    before = [
        service.ask(Question(question, language, turn.history[:place], mode=mode))
        for place, question in enumerate(turn.history if everything else ())
    ]
    asked = service.ask(turn.asked(language, service))
    # The address is free of what the person could not see; the answer tells of it all the same.
    query = replace(asked.query, invisible=turn.invisible)
    answers = [*before, replace(asked, query=query)]
    body = _WRITERS[form](gather(answers, viewer, site_of(request), day), viewer.words)
    name = file_name(answers[-1].query.question, day, form, whole=len(answers) > 1)
    return give_file(body, name, form, shown=shown)


def give_file(body: bytes | str, name: str, form: Form, *, shown: bool) -> Response:
    """Give a file, or its text to be shown and copied: nobody reads the others in a browser."""
    plain = shown and form in COPIES
    headers = {"Content-Disposition": disposition(name, shown=plain)}
    return Response(body, media_type=TYPES["txt" if plain else form], headers=headers)


def read_cited(name: str, viewer: Reader) -> Passage:
    """Find a passage of a meeting, else `NotFoundError`; so where it matches no document."""
    passage, _ = verify_passage(viewer.corpus.passage(name), viewer.corpus.verify)
    if passage is None or passage.meeting is None:
        raise NotFoundError(what="passage", name=name)
    return passage


CitedPassage = Annotated[Passage, Depends(read_cited)]


@download_pages.get("/{language}/passages/{name}/quote.txt")
def quote(passage: CitedPassage, viewer: Reader) -> Response:
    """Write one passage, and nothing beside it, as text to copy."""
    body = plain_quote(viewer.passage(passage).text)
    return Response(body, media_type=TYPES["txt"])


@download_pages.get("/{language}/passages/{name}/citation.txt")
def citation(
    request: Request,
    passage: CitedPassage,
    viewer: Reader,
    both: Annotated[bool, Query()] = False,
) -> Response:
    """Write one passage with its source as text to copy, in one language or in both."""
    cited = [cite(passage, viewer)]
    second = cite(passage, Viewer(viewer.corpus, catalogue(other(viewer.words.language))))
    # The same text is not quoted twice where there is no other.
    if both and second.quote.text.language != cited[0].quote.text.language:
        cited.append(second)
    body = plain_citation(cited, safe(site_of(request)))
    return Response(body, media_type=TYPES["txt"])
