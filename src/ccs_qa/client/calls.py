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
from ccs_qa.present.schemas import (
    AskResponse,
    FeedbackResponse,
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
    """

    k: int
    language: Language | None
    history: Sequence[str]
    filters: FiltersIn


class AskOptions(SearchOptions, total=False):
    """What may go with a question to answer."""

    mode: AnswerMode


class FeedbackOptions(TypedDict, total=False):
    """What may go with a judgement; earlier questions stand oldest first."""

    reason: FeedbackReason | None
    comment: str
    history: Sequence[str]


@dataclass(frozen=True, slots=True)
class Call(Generic[_Model]):
    """One request, with or without JSON to send, and the kind of its response."""

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
    """Ask for an answer."""
    return Call("POST", "/api/v1/ask", AskResponse, _body(question=question, **options))


def stream(question: str, options: AskOptions) -> Call[AskResponse]:
    """Ask for an answer step by step."""
    return Call("POST", "/api/v1/ask/stream", AskResponse, _body(question=question, **options))


def search(question: str, options: SearchOptions) -> Call[SearchResponse]:
    """Ask for the nearest passages."""
    return Call("POST", "/api/v1/search", SearchResponse, _body(question=question, **options))


def meetings() -> Call[MeetingsResponse]:
    """Ask for the list of meetings."""
    return Call("GET", "/api/v1/meetings", MeetingsResponse)


def meeting(date: dt.date | str) -> Call[MeetingOut]:
    """Ask for a meeting."""
    return Call("GET", f"/api/v1/meetings/{quote(str(date), safe='')}", MeetingOut)


def passage(passage_id: str) -> Call[PassageOut]:
    """Ask for a passage."""
    return Call("GET", f"/api/v1/passages/{quote(passage_id, safe='')}", PassageOut)


def timeline(topic: str, language: Language | None) -> Call[TimelineResponse]:
    """Ask for a topic from meeting to meeting, in its own language when none is named."""
    params = {"topic": topic} | ({"language": language} if language else {})
    return Call("GET", "/api/v1/timeline", TimelineResponse, params=params)


def feedback(
    answer: AskResponse, options: FeedbackOptions, *, useful: bool
) -> Call[FeedbackResponse]:
    """Say whether an answer helped."""
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
    """Ask whether the service can answer."""
    return Call("GET", "/health/ready", ReadyResponse)


def read(call: Call[_Model], response: httpx2.Response) -> _Model:
    """Read a response.

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
    """Read why there is no answer; one without words when it sent none."""
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
