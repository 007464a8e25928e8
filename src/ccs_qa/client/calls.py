"""Each call of the API as a value: what is sent, and what comes back. Nothing is sent here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypedDict, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from ccs_qa import __version__
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
DEFAULT_URL = "http://127.0.0.1:8000"
DEFAULT_SECONDS = 30.0


class ApiError(Exception):
    """The service refused or failed, and said why in both languages.

    Attributes:
        type: Its stable name, e.g. `/problems/question`; `about:blank` (RFC 9457) when what
            answered was no service.
        status: The HTTP status; that of the problem when a stream was cut short by it.
        title: What kind of thing went wrong, by language.
        detail: What exactly, by language.
        next: What to do about it, by language.
    """

    def __init__(self, problem: ProblemOut) -> None:
        """Take over the problem."""
        self.problem = problem
        self.type, self.status = problem.type, problem.status
        self.title, self.detail, self.next = problem.title, problem.detail, problem.next
        words = (part.get("en", "") for part in (self.title, self.detail, self.next))
        told = ". ".join(text.rstrip(".") for text in words if text)
        super().__init__(f"{self.status} {self.type}{f': {told}.' if told else ''}")


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


def headers_for(api_key: str | None) -> dict[str, str]:
    """Give the headers of every request, with a key where there is one."""
    headers = {"User-Agent": f"ccs-qa/{__version__}"}
    return headers | {"Authorization": f"Bearer {api_key}"} if api_key else headers


@dataclass(frozen=True, slots=True)
class Call(Generic[_Model]):
    """One request, with JSON to send unless that is None, and the kind of its response."""

    method: str
    path: str
    model: type[_Model]
    json: object = None
    params: Mapping[str, str] = field(default_factory=dict)


MEETINGS = Call("GET", "/api/v1/meetings", MeetingsResponse)
READY = Call("GET", "/health/ready", ReadyResponse)


def ask(question: str, options: AskOptions, path: str = "/api/v1/ask") -> Call[AskResponse]:
    """Ask for an answer, whole or, at another path, step by step."""
    return _post(path, AskResponse, question=question, **options)


def search(question: str, options: SearchOptions) -> Call[SearchResponse]:
    """Ask for the nearest passages."""
    return _post("/api/v1/search", SearchResponse, question=question, **options)


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
    return _post(
        "/api/v1/feedback",
        FeedbackResponse,
        useful=useful,
        question=answer.question,
        language=answer.language,
        status=answer.status,
        answer_id=answer.id,
        index_id=answer.index_id,
        citations=[item.passage_id for item in answer.citations],
        **options,
    )


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
            type="about:blank",
            title={},
            status=response.status_code,
            detail={},
            next={},
            instance=response.url.path,
        )
    return ApiError(problem)


def cut_short(response: httpx2.Response) -> httpx2.RemoteProtocolError:
    """Name a stream that ended without the answer."""
    told = "The stream ended before the answer."
    return httpx2.RemoteProtocolError(told, request=response.request)


def _post(path: str, model: type[_Model], **fields: object) -> Call[_Model]:
    # The service checks them, and words what it refuses in both languages.
    return Call("POST", path, model, to_jsonable_python(fields, by_alias=True))
