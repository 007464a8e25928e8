"""The maintainer's desk: bring a page in, see what it changes, try it, publish it, undo."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict

from ccs_qa.corpus.alignment import Embed, remembering
from ccs_qa.corpus.compare import compare, notice
from ccs_qa.corpus.desk import at_desk, begin, draft_of, drafting, give_up
from ccs_qa.corpus.editing import changing
from ccs_qa.corpus.fetch import fetched
from ccs_qa.corpus.importer import import_page, known_source
from ccs_qa.corpus.known import Hints
from ccs_qa.corpus.library import Corpus, check_corpus, load_corpus
from ccs_qa.corpus.manifest import read_manifest, write_hints
from ccs_qa.corpus.pairing import approve_pairs, doubtful_pairs, pair_corpus
from ccs_qa.errors import CcsQaError
from ccs_qa.http.api import Service
from ccs_qa.http.pages.desk_views import view_changes
from ccs_qa.http.pages.feedback import refuse_other_sites
from ccs_qa.http.pages.routes import PageRoute, PageViewer, Reader, render_page
from ccs_qa.index.build import is_published
from ccs_qa.index.publish import Task, read_work, start, tried
from ccs_qa.index.storage import CORPUS, current_edition, editions, use_edition
from ccs_qa.messages.wording import Wording, word_error
from ccs_qa.opening import open_edition
from ccs_qa.present.contexts import Viewer
from ccs_qa.records import SEARCHED_KINDS, Language, Question, RenditionStatus
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.text.strings import clean

desk_pages = APIRouter(
    prefix="/{language}/desk",
    include_in_schema=False,
    default_response_class=HTMLResponse,
    route_class=PageRoute,
)
OURS = [Depends(refuse_other_sites)]


@dataclass(frozen=True)
class Desk:
    """The desk of one request."""

    settings: Settings
    service: QAService
    viewer: PageViewer
    state: Any

    @cached_property
    def worked_on(self) -> Path:
        """The draft; the corpus where there is none."""
        return draft_of(self.settings.desk) or self.settings.corpus

    @cached_property
    def corpus(self) -> Corpus:
        """What publishing would publish."""
        return load_corpus(self.worked_on)

    @cached_property
    def published(self) -> Corpus:
        """What the edition in use was built from."""
        return load_corpus(current_edition(self.settings.index) / CORPUS)

    @property
    def embed(self) -> Embed:
        """Reads lines; those that were read before it remembers."""
        if not hasattr(self.state, "embed"):
            encoder = self.service.retriever.encoder
            self.state.embed = remembering(lambda texts: encoder.encode(texts, "passage").pooled)
        found: Embed = self.state.embed
        return found

    def drafted(self) -> QAService:
        """Open the edition in which the draft is tried, once."""
        edition = current_edition(tried(self.settings).index)
        kept: QAService | None = getattr(self.state, "drafted", None)
        if kept is None or kept.edition != edition.name:
            kept = open_edition(edition, self.service.retriever.encoder, self.settings)
            self.state.drafted = kept
        return kept

    def show(self, name: str, status: int = 200, /, query: str = "", **context: object) -> Response:
        """Fill the template of a page; `query` is what its address asks for."""
        page = render_page(
            f"desk/{name}.html",
            self.viewer,
            "/desk" if name == "home" else f"/desk/{name}",
            query,
            drafted=draft_of(self.settings.desk) is not None,
            work=read_work(self.settings.desk),
            said=self.viewer.words,
            **context,
        )
        return HTMLResponse(page, status, {"Cache-Control": "no-store"})

    def go(self, page: str = "") -> Response:
        """Lead to a page of the desk after a form."""
        viewer = self.viewer
        return RedirectResponse(f"{viewer.root}/{viewer.words.language}/desk{page}", 303)


async def get_desk(request: Request, service: Service, viewer: Reader) -> Desk:
    """Lay out the desk."""
    return Desk(request.app.state.settings, service, viewer, request.app.state)


AtDesk = Annotated[Desk, Depends(get_desk)]


@desk_pages.get("")
def home(desk: AtDesk) -> Response:
    """Show what is published, what was, what is prepared, and what a person should look at."""
    settings, words = desk.settings, desk.viewer.words
    if draft_of(settings.desk) is None:
        desk.state.drafted = None  # it takes memory
    return desk.show(
        "home",
        used=current_edition(settings.index).name,
        editions=[
            (name, words.moment(manifest.made.astimezone()), manifest.counts)
            for name, manifest in editions(settings.index)
        ],
        changed=words.count("cli.diff", len(compare(desk.published, desk.corpus))),
        unpublished=not is_published(settings.model_copy(update={"corpus": desk.worked_on})),
        findings=check_corpus(desk.worked_on),
        doubtful=len(doubtful_pairs(desk.worked_on, desk.embed)),
        feedback=settings.feedback_page,
    )


@desk_pages.post("/use", dependencies=OURS)
def use(desk: AtDesk, name: Annotated[str, Form(max_length=64)]) -> Response:
    """Put another edition in use."""
    use_edition(desk.settings.index, name)
    return desk.go()


@desk_pages.post("/begin", dependencies=OURS)
def begin_anew(desk: AtDesk) -> Response:
    """Begin a draft that takes the corpus back to the edition in use."""
    with at_desk(desk.settings.desk):
        edition = current_edition(desk.settings.index)
        begin(desk.settings.desk, desk.settings.corpus, edition / CORPUS)
    return desk.go("/changes")


@desk_pages.post("/discard", dependencies=OURS)
def discard(desk: AtDesk) -> Response:
    """Give up the draft."""
    with at_desk(desk.settings.desk):
        give_up(desk.settings.desk)
    return desk.go()


@desk_pages.post("/work", dependencies=OURS)
def work(desk: AtDesk, task: Annotated[Task, Form()]) -> Response:
    """Begin to publish, or to make the draft ready to be tried."""
    start(desk.settings, task)
    return desk.go("" if task == "publish" else "/try")


class Brought(BaseModel):
    """A page as the form tells of it: a file, else a text, else an address."""

    model_config = ConfigDict(frozen=True)

    lang: Language
    status: RenditionStatus | Literal[""] = ""
    replaces: str = ""
    text: str = ""
    address: str = ""
    file: UploadFile | None = None


@desk_pages.get("/bring")
def bring_page(desk: AtDesk) -> Response:
    """Show the form that brings a page in."""
    return _bringing(desk, Brought(lang=desk.viewer.words.language))


def _bringing(
    desk: Desk, sent: Brought, problem: Wording | None = None, status: int = 200
) -> Response:
    return desk.show(
        "bring",
        status,
        sent=sent,
        problem=problem,
        documents=[item for item in read_manifest(desk.worked_on).documents if not item.made_from],
    )


@desk_pages.post("/bring", dependencies=OURS)
def bring(
    desk: AtDesk, sent: Annotated[Brought, Form(media_type="multipart/form-data")]
) -> Response:
    """Bring a page into the draft; refused, the form says which words of which line are why."""
    settings = desk.settings
    try:
        with (
            drafting(settings.desk, settings.corpus) as draft,
            _as_file(desk, sent) as (page, address),
        ):
            known = known_source(draft, sent.lang, sent.status or None, address, sent.replaces)
            import_page(draft, page, known)
            pair_corpus(draft, desk.embed)
    except CcsQaError as error:
        return _bringing(desk, sent, word_error(error)[desk.viewer.words.language], 422)
    return desk.go("/changes")


@contextmanager
def _as_file(desk: Desk, sent: Brought) -> Iterator[tuple[Path, str]]:
    """Give what was brought as a file under the name that the clerk knows it by."""
    name, data = desk.viewer.words.text("desk.bring.pasted"), sent.text.encode()
    if sent.file and sent.file.filename:
        # A name and no path, that a folder takes: some browsers tell all of theirs.
        told = re.split(r"[/\\]", sent.file.filename)[-1]
        name = re.sub(r"[\x00-\x1f]", "", told)[-60:].lstrip(".") or name
        data = sent.file.file.read()
    if not data.strip():
        with fetched(sent.address.strip(), desk.settings.import_hosts) as found:
            yield found
        return
    with TemporaryDirectory() as folder:
        page = Path(folder) / name
        page.write_bytes(data)
        yield page, ""


@desk_pages.get("/changes")
def changes(desk: AtDesk) -> Response:
    """Show what publishing would change, what to look at first."""
    words, found = desk.viewer.words, compare(desk.published, desk.corpus)
    return desk.show(
        "changes",
        count=words.count("cli.diff", len(found)),
        notices=[
            words.notice(item.kind, item.meeting, len(item.passages))
            for item in notice(desk.published, desk.corpus, found)
        ],
        pairs=doubtful_pairs(desk.worked_on, desk.embed),
        changes=tuple(view_changes(found, words)),
    )


@desk_pages.post("/approve", dependencies=OURS)
def approve(desk: AtDesk, meeting: Annotated[dt.date, Form()]) -> Response:
    """Keep the pairs of a meeting as they are, as seen by a person."""
    with drafting(desk.settings.desk, desk.settings.corpus) as draft:
        approve_pairs(draft, desk.embed, meeting)
    return desk.go("/changes#pairs")


@desk_pages.get("/hints")
def hints_page(desk: AtDesk, passage: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Show the form with the hints of a passage; without one, which passages there are."""
    corpus, known = desk.corpus, desk.corpus.known.hints
    viewer = Viewer(corpus, desk.viewer.words)
    listed = () if passage else corpus.meetings
    return desk.show(
        "hints",
        query=urlencode({"passage": passage} if passage else {}),
        passage=viewer.passage(corpus.passage(passage)) if passage else None,
        hints=known.get(passage, Hints()),
        meetings=[
            (
                viewer.meeting(meeting),
                [
                    (viewer.passage(item), item.id in known)
                    for item in meeting.passages
                    if item.kind in SEARCHED_KINDS
                ],
            )
            for meeting in listed
        ],
    )


@desk_pages.post("/hints", dependencies=OURS)
def write(
    desk: AtDesk,
    passage: Annotated[str, Form(max_length=64)],
    fr: Annotated[str, Form()] = "",
    en: Annotated[str, Form()] = "",
) -> Response:
    """Write the hints of a passage of the draft, a question a line."""
    desk.corpus.passage(passage)
    asked = (dict.fromkeys(map(clean, text.splitlines())) for text in (fr, en))
    hints = Hints(*(tuple(filter(None, lines)) for lines in asked))
    with drafting(desk.settings.desk, desk.settings.corpus) as draft, changing(draft) as copy:
        write_hints(copy, passage, hints)
        load_corpus(copy)
    return desk.go("/hints")


@desk_pages.get("/try")
def try_page(desk: AtDesk, q: str = "") -> Response:
    """Ask the draft and the published edition the same, side by side."""
    question, ready = clean(q), False
    with suppress(CcsQaError):
        ready = is_published(tried(desk.settings))
    asked = Question(question, desk.viewer.words.language)
    return desk.show(
        "try",
        query=urlencode({"q": question} if question else {}),
        question=question,
        ready=ready,
        answers=[
            (name, Viewer(service.corpus, desk.viewer.words).answer(service.ask(asked)))
            for name, service in (
                (("desk.published", desk.service), ("desk.draft", desk.drafted()))
                if ready and question
                else ()
            )
        ],
    )
