"""Each call of the API as a value: what is sent, and what comes back. Nothing is sent here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypedDict, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from ccs_qa.client.errors import UNNAMED, ApiError
from ccs_qa.contract.feedback import FeedbackResponse
from ccs_qa.contract.schemas import (
    AskResponse,
    FiltersIn,
    MeetingOut,
    MeetingsResponse,
    PassageOut,
    ProblemOut,
    ReadyResponse,
    SearchResponse,
    TimelineResponse,
)
from ccs_qa.records import AnswerMode, FeedbackReason, Language

_Model = TypeVar("_Model", bound=BaseModel)
_JSON = {"Content-Type": "application/json"}


class SearchOptions(TypedDict, total=False):
    """What may go with a question; what is left out is decided by the service.

    Attributes:
        k: Most passages, 1 to 100.
        language: Language of the texts; that of the question when None.
        history: Earlier questions, oldest first.
        filters: Limits on the meetings.
    """

    k: int
    language: Language | None
    history: Sequence[str]
    filters: FiltersIn


class AskOptions(SearchOptions, total=False):
    """What may go with a question to answer.

    Attributes:
        mode: How the answer is worded.
    """

    mode: AnswerMode


class FeedbackOptions(TypedDict, total=False):
    """What may go with a judgement.

    Attributes:
        reason: Why.
        comment: In a person's own words; personal information is taken out of it.
        history: Earlier questions, oldest first.
    """

    reason: FeedbackReason | None
    comment: str
    history: Sequence[str]


@dataclass(frozen=True, slots=True)
class Call(Generic[_Model]):
    """One request and the kind of its response.

    Attributes:
        method: HTTP method.
        path: Path, below the address of the service.
        model: What the response holds.
        body: The JSON to send; None for none.
        params: The parameters of the address.
    """

    method: str
    path: str
    model: type[_Model]
    body: bytes | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that the body needs."""
        return _JSON if self.body is not None else {}


def ask(question: str, options: AskOptions) -> Call[AskResponse]:
    """Ask for an answer.

    Args:
        question: The question.
        options: What goes with it.

    Returns:
        The call.
    """
    return Call("POST", "/api/v1/ask", AskResponse, _body(question=question, **options))


def stream(question: str, options: AskOptions) -> Call[AskResponse]:
    """Ask for an answer step by step.

    Args:
        question: The question.
        options: What goes with it.

    Returns:
        The call; its response is a stream of events.
    """
    return Call("POST", "/api/v1/ask/stream", AskResponse, _body(question=question, **options))


def search(question: str, options: SearchOptions) -> Call[SearchResponse]:
    """Ask for the nearest passages.

    Args:
        question: The question.
        options: What goes with it.

    Returns:
        The call.
    """
    return Call("POST", "/api/v1/search", SearchResponse, _body(question=question, **options))


def meetings() -> Call[MeetingsResponse]:
    """Ask for the list of meetings.

    Returns:
        The call.
    """
    return Call("GET", "/api/v1/meetings", MeetingsResponse)


def meeting(date: dt.date | str) -> Call[MeetingOut]:
    """Ask for a meeting.

    Args:
        date: Its day.

    Returns:
        The call.
    """
    return Call("GET", f"/api/v1/meetings/{quote(str(date), safe='')}", MeetingOut)


def passage(passage_id: str) -> Call[PassageOut]:
    """Ask for a passage.

    Args:
        passage_id: Its name.

    Returns:
        The call.
    """
    return Call("GET", f"/api/v1/passages/{quote(passage_id, safe='')}", PassageOut)


def timeline(topic: str, language: Language | None) -> Call[TimelineResponse]:
    """Ask for a topic from meeting to meeting.

    Args:
        topic: The topic.
        language: Language of the texts; that of the topic when None.

    Returns:
        The call.
    """
    params = {"topic": topic} | ({"language": language} if language else {})
    return Call("GET", "/api/v1/timeline", TimelineResponse, params=params)


def feedback(
    answer: AskResponse, options: FeedbackOptions, *, useful: bool
) -> Call[FeedbackResponse]:
    """Say whether an answer helped.

    Args:
        answer: The answer.
        options: What goes with it.
        useful: Whether it helped.

    Returns:
        The call.
    """
    body = _body(
        useful=useful,
        question=answer.question,
        language=answer.language,
        status=answer.status,
        answer_id=answer.id,
        index_id=answer.index_id,
        citations=[item.passage_id for item in answer.citations],
        **options,
    )
    return Call("POST", "/api/v1/feedback", FeedbackResponse, body)


def ready() -> Call[ReadyResponse]:
    """Ask whether the service can answer.

    Returns:
        The call.
    """
    return Call("GET", "/health/ready", ReadyResponse)


def read(call: Call[_Model], response: httpx2.Response) -> _Model:
    """Read a response.

    Args:
        call: What was asked.
        response: The response, whole.

    Returns:
        What it holds.

    Raises:
        ApiError: The service refused or failed, or something else answered.
    """
    if response.is_success:
        try:
            return call.model.model_validate_json(response.content)
        except ValidationError:
            pass  # a page of a proxy, say: no answer of ours
    raise refusal(response)


def refusal(response: httpx2.Response) -> ApiError:
    """Read why there is no answer.

    Args:
        response: The response, whole.

    Returns:
        The problem that the service sent; one without words when it sent none.
    """
    try:
        problem = ProblemOut.model_validate_json(response.content)
    except ValidationError:
        problem = ProblemOut(
            type=UNNAMED,
            title={},
            status=response.status_code,
            detail={},
            next={},
            instance=response.url.path,
        )
    return ApiError(problem)


def _body(**fields: object) -> bytes:
    # The service checks them, and words what it refuses in both languages.
    return to_json({name: _listed(value) for name, value in fields.items()}, by_alias=True)


def _listed(value: object) -> object:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
