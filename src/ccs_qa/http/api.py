"""The routes of the API; each one calls the service and presents what comes back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Annotated, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from ccs_qa.errors import StoreError
from ccs_qa.http.admission import RETRY_SECONDS, Answers, while_awaited
from ccs_qa.http.editions import Editions
from ccs_qa.http.problems import NotReadyError, StoppingError, documented
from ccs_qa.http.watch import Watch
from ccs_qa.present import schemas
from ccs_qa.present.presenter import Presenter
from ccs_qa.present.schemas import FeedbackRequest, FeedbackResponse
from ccs_qa.records import Filters, Language, Question
from ccs_qa.service import QAService
from ccs_qa.store.records import Feedback, Remark, make_feedback
from ccs_qa.store.store import LazyStore


async def get_service(request: Request) -> QAService:
    """Find the service of the application, which stops where the turn of this request ends."""
    service = getattr(request.app.state, "service", None)
    if not isinstance(service, QAService):
        raise NotReadyError
    return while_awaited(service, request.scope)


Service = Annotated[QAService, Depends(get_service)]
MOST_MEETINGS = 100
MOST_OFFSET = 10_000
router = APIRouter(prefix="/api/v1", responses=documented(401, 403, 413, 421, 429, 500, 503))
health = APIRouter(prefix="/health", tags=["health"], responses=documented(413, 500))


def ask_anew(response: Response) -> None:
    """Have what the corpus holds asked for anew each time: another corpus is seen at once."""
    response.headers["Cache-Control"] = "no-cache"


def filters_of(given: schemas.FiltersIn) -> Filters:
    """Read the limits of a request."""
    return Filters(given.start, given.end, tuple(given.meetings))


def question_of(body: schemas.SearchRequest) -> Question:
    """Read the question of a request, but for the mode of its answer."""
    filters = filters_of(body.filters)
    return Question(body.question, body.language, tuple(body.history), filters, body.k)


@router.post(
    "/search",
    tags=["questions"],
    summary="Find the passages nearest to a question",
    operation_id="searchPassages",
    response_description="The passages, best first.",
    responses=documented(415, 422),
)
def search(body: schemas.SearchRequest, service: Service) -> schemas.SearchResponse:
    """Rank passages; nothing is judged and nothing is worded."""
    return Presenter(service.corpus).search(service.search(question_of(body)))


@router.post(
    "/ask",
    tags=["questions"],
    summary="Answer a question in verified quotes",
    operation_id="askQuestion",
    response_description="The answer, or that the summaries give none.",
    responses=documented(415, 422),
)
def ask(body: schemas.AskRequest, service: Service) -> schemas.AskResponse:
    """Answer a question, or say that the summaries do not."""
    answer = service.ask(replace(question_of(body), mode=body.mode))
    return Presenter(service.corpus).answer(answer)


@router.get(
    "/meetings",
    tags=["evidence"],
    summary="List the meetings",
    operation_id="listMeetings",
    response_description="The meetings, newest first.",
    responses=documented(422),
    dependencies=[Depends(ask_anew)],
)
def meetings(
    service: Service,
    limit: Annotated[
        int | None,
        Query(ge=1, le=MOST_MEETINGS, description="Most meetings to list; all when left out."),
    ] = None,
    offset: Annotated[
        int, Query(ge=0, le=MOST_OFFSET, description="How many of the newest to pass over.")
    ] = 0,
) -> schemas.MeetingsResponse:
    """List every meeting, or a page of the list, newest first."""
    return Presenter(service.corpus).meetings(offset, limit)


@router.get(
    "/meetings/{date}",
    tags=["evidence"],
    summary="Read one meeting",
    operation_id="readMeeting",
    response_description="The meeting.",
    responses=documented(404, 422),
    dependencies=[Depends(ask_anew)],
)
def meeting(
    date: Annotated[schemas.Day, Path(description="Its day.", examples=["2024-11-01"])],
    service: Service,
) -> schemas.MeetingOut:
    """Give every passage of a meeting."""
    return Presenter(service.corpus).meeting(service.corpus.meeting(date))


@router.get(
    "/passages/{passage_id}",
    tags=["evidence"],
    summary="Read one passage",
    operation_id="readPassage",
    response_description="The passage.",
    responses=documented(404, 422),
    dependencies=[Depends(ask_anew)],
)
def passage(
    passage_id: Annotated[str, Path(description="Its name.", examples=["2024-11-01-s-9f742ebe"])],
    service: Service,
) -> schemas.PassageOut:
    """Give every rendition of a passage."""
    return Presenter(service.corpus).passage(service.corpus.passage(passage_id))


@router.get(
    "/timeline",
    tags=["evidence"],
    summary="Follow a topic through the meetings",
    operation_id="followTopic",
    response_description="The timeline.",
    responses=documented(422),
)
def timeline(
    service: Service,
    topic: Annotated[
        str,
        Query(
            min_length=1,
            max_length=schemas.MOST_TOPIC,
            description="The topic, or a question about it.",
            examples=["passports"],
        ),
    ],
    language: Annotated[
        Language | None, Query(description="Language of the texts; detected when left out.")
    ] = None,
) -> schemas.TimelineResponse:
    """Give one passage of each meeting that speaks of a topic, and the meetings that do not."""
    found = service.timeline(Question(topic, language))
    return Presenter(service.corpus).timeline(*found, service.index_id)


@health.get(
    "/live",
    summary="The process runs",
    operation_id="checkLive",
    response_description="It runs.",
)
async def live() -> schemas.LiveResponse:
    """Tell that the process runs."""
    return schemas.LiveResponse(status="live")


@health.get(
    "/ready",
    summary="The service can answer",
    operation_id="checkReady",
    response_description="It can.",
    responses=documented(503),
)
async def ready(request: Request, service: Service) -> schemas.ReadyResponse:
    """Tell that the corpus, the model and the index are loaded, and whether asking is paused."""
    answers: Answers = request.app.state.answers
    if answers.stopping:
        raise StoppingError(seconds=RETRY_SECONDS)
    manifest = service.retriever.index.manifest
    model = service.endpoint
    paused = model is not None and model.state == "open"
    editions: Editions = request.app.state.editions
    watch: Watch = request.app.state.watch
    pause = watch.paused
    return schemas.ReadyResponse(
        status="paused" if pause else "ready",
        pause=schemas.PauseOut(since=pause.since, reason=dict(pause.reason)) if pause else None,
        records=schemas.RecordsState(
            mode=request.app.state.settings.audit, lost=request.app.state.recorder.lost
        ),
        index_id=service.index_id,
        edition=editions.serving,
        refused=editions.refused,
        model=service.model,
        meetings=len(service.corpus.meetings),
        passages=manifest.counts["passages"],
        generation=schemas.GenerationState(
            state="off" if model is None else "paused" if paused else "ready",
            model=model.model if model else "",
        ),
    )


async def get_store(request: Request) -> LazyStore:
    """Find what is kept, not opened yet."""
    lazy = getattr(request.app.state, "store", None)
    if not isinstance(lazy, LazyStore):
        raise StoreError(problem="unreachable", where="")
    return lazy


Kept = Annotated[LazyStore, Depends(get_store)]
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
_MOST_AT_STORE = 4
_AT_STORE: RunVar[CapacityLimiter] = RunVar("at-store")


def beside_answers(endpoint: Callable[_Given, _Made]) -> Callable[_Given, Awaitable[_Made]]:
    """Run an endpoint that needs the store in few threads that are not those of answers.

    However long the store keeps them waiting, questions are answered.
    """

    @wraps(endpoint)
    async def run(*args: _Given.args, **given: _Given.kwargs) -> _Made:
        threads = _AT_STORE.get(None)
        if threads is None:
            _AT_STORE.set(threads := CapacityLimiter(_MOST_AT_STORE))
        return await to_thread.run_sync(partial(endpoint, *args, **given), limiter=threads)

    return run


def keep_feedback(request: Request, lazy: LazyStore, kept: Feedback) -> None:
    """Keep a piece of feedback; `StoreError` where that cannot be done or there are too many."""
    store, settings = lazy.store(), request.app.state.settings
    if store.count() >= settings.feedback_most:
        raise StoreError(problem="enough", where="")
    store.save_feedback(kept)


@router.post(
    "/feedback",
    tags=["feedback"],
    summary="Say whether an answer helped",
    operation_id="sendFeedback",
    response_description="It is kept.",
    responses=documented(415, 422),
    status_code=201,
)
@beside_answers
def feedback(
    body: FeedbackRequest, service: Service, request: Request, lazy: Kept
) -> FeedbackResponse:
    """Keep what a person says of an answer, without personal information."""
    kept = make_feedback(Remark(**dict(body)), {passage.id for passage in service.corpus.passages})
    keep_feedback(request, lazy, kept)
    return FeedbackResponse(id=kept.id, time=kept.time, removed=list(kept.removed))
