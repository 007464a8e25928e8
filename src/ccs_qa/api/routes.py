"""The routes of the API; each one calls the service and presents what comes back."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from ccs_qa.api import schemas
from ccs_qa.api.present import Presenter
from ccs_qa.api.problems import NotReadyError
from ccs_qa.records import Filters, Language
from ccs_qa.service import QAService

_PROBLEM_BODY = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": schemas.ProblemOut,
        "content": _PROBLEM_BODY,
        "description": description,
    }
    for status, description in (
        (413, "The body is too large."),
        (415, "The body is not JSON."),
        (422, "The question, a filter or a field cannot be used."),
        (503, "The service cannot answer yet."),
    )
}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {
        "model": schemas.ProblemOut,
        "content": _PROBLEM_BODY,
        "description": "There is none of that name.",
    }
}


async def get_service(request: Request) -> QAService:
    """Find the service of the application.

    Args:
        request: The request.

    Returns:
        The service.

    Raises:
        NotReadyError: It has not been opened.
    """
    service = getattr(request.app.state, "service", None)
    if not isinstance(service, QAService):
        raise NotReadyError
    return service


Service = Annotated[QAService, Depends(get_service)]
router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)
health = APIRouter(prefix="/health", tags=["health"])


def filters_of(given: schemas.FiltersIn) -> Filters:
    """Read the limits of a request.

    Args:
        given: The limits as given.

    Returns:
        The limits.
    """
    return Filters(given.start, given.end, tuple(given.meetings))


@router.post("/search", tags=["questions"], summary="Find the passages nearest to a question")
def search(body: schemas.SearchRequest, service: Service) -> schemas.SearchResponse:
    """Rank passages; nothing is judged and nothing is worded.

    Args:
        body: The question.
        service: The service.

    Returns:
        The passages, best first.
    """
    result = service.search(
        body.question,
        k=body.k,
        language=body.language,
        history=tuple(body.history),
        filters=filters_of(body.filters),
    )
    return Presenter(service.corpus).search(result)


@router.post("/ask", tags=["questions"], summary="Answer a question in verified quotes")
def ask(body: schemas.AskRequest, service: Service) -> schemas.AskResponse:
    """Answer a question, or say that the summaries do not.

    Args:
        body: The question.
        service: The service.

    Returns:
        The answer.
    """
    answer = service.ask(
        body.question,
        k=body.k,
        language=body.language,
        history=tuple(body.history),
        filters=filters_of(body.filters),
        mode=body.mode,
    )
    return Presenter(service.corpus).answer(answer)


@router.get("/meetings", tags=["evidence"], summary="List the meetings")
def meetings(service: Service) -> schemas.MeetingsResponse:
    """List every meeting, newest first.

    Args:
        service: The service.

    Returns:
        The meetings.
    """
    present = Presenter(service.corpus)
    return schemas.MeetingsResponse(
        meetings=[present.meeting_summary(meeting) for meeting in service.corpus.meetings],
        disclaimer=present.disclaimer(),
    )


@router.get("/meetings/{date}", tags=["evidence"], summary="Read one meeting", responses=_NOT_FOUND)
def meeting(date: dt.date, service: Service) -> schemas.MeetingOut:
    """Give every passage of a meeting.

    Args:
        date: Its day.
        service: The service.

    Returns:
        The meeting.
    """
    return Presenter(service.corpus).meeting(service.corpus.meeting(date))


@router.get(
    "/passages/{passage_id}",
    tags=["evidence"],
    summary="Read one passage",
    responses=_NOT_FOUND,
)
def passage(passage_id: str, service: Service) -> schemas.PassageOut:
    """Give every rendition of a passage.

    Args:
        passage_id: Its name.
        service: The service.

    Returns:
        The passage.
    """
    return Presenter(service.corpus).passage(service.corpus.passage(passage_id))


@router.get("/timeline", tags=["evidence"], summary="Follow a topic through the meetings")
def timeline(
    service: Service,
    topic: Annotated[str, Query(min_length=1, max_length=schemas.MOST_CHARACTERS)],
    language: Annotated[Language | None, Query()] = None,
) -> schemas.TimelineResponse:
    """Give one passage of each meeting that speaks of a topic, and the meetings that do not.

    Args:
        service: The service.
        topic: The topic, or a question about it.
        language: Language of the texts; that of the topic when left out.

    Returns:
        The timeline.
    """
    query, found = service.timeline(topic, language=language)
    return Presenter(service.corpus).timeline(query, found, service.index_id)


@health.get("/live", summary="The process runs")
def live() -> schemas.LiveResponse:
    """Tell that the process runs.

    Returns:
        A constant.
    """
    return schemas.LiveResponse(status="live")


@health.get("/ready", summary="The service can answer", responses={503: _PROBLEMS[503]})
def ready(service: Service) -> schemas.ReadyResponse:
    """Tell that the corpus, the model and the index are loaded.

    Args:
        service: The service.

    Returns:
        What is loaded.
    """
    manifest = service.retriever.index.manifest
    return schemas.ReadyResponse(
        status="ready",
        index_id=service.index_id,
        model=service.model,
        meetings=len(service.corpus.meetings),
        passages=manifest.counts["passages"],
    )
