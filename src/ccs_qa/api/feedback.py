"""`POST /feedback`: what a person says of an answer, without personal information."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from ccs_qa.api.routes import Service
from ccs_qa.api.schemas import MOST_CHARACTERS, MOST_HISTORY, ProblemOut
from ccs_qa.errors import StoreError
from ccs_qa.personal import Kind
from ccs_qa.records import Language
from ccs_qa.store import MOST_COMMENT, Reason, Remark, Store, StoreDoor, make_feedback

MOST_CITATIONS = 200
_EXAMPLE: JsonDict = {
    "useful": False,
    "reason": "missing-passage",
    "comment": "The meeting of June 2025 speaks of it too.",
    "question": "How could AI help call centres?",
    "language": "en",
    "status": "answered",
    "index_id": "a3976c6ed939",
    "citations": ["2024-11-01-s-9f742ebe"],
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemOut,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
        },
        "description": description,
    }
    for status, description in (
        (413, "The body is too large."),
        (415, "The body is not JSON."),
        (422, "A passage, the reason or a field cannot be used."),
        (503, "Nothing can be kept just now; questions are still answered."),
    )
}


class FeedbackRequest(BaseModel):
    """What a person says of an answer; no answer is made again from it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    useful: Annotated[bool, Field(description="Whether the answer helped.")]
    reason: Annotated[Reason | None, Field(description="Why, from a fixed list.")] = None
    comment: Annotated[
        str,
        Field(
            max_length=MOST_COMMENT,
            description="In their own words; personal information is taken out.",
        ),
    ] = ""
    question: Annotated[
        str, Field(min_length=1, max_length=MOST_CHARACTERS, description="The question answered.")
    ]
    history: Annotated[
        list[Annotated[str, Field(max_length=MOST_CHARACTERS)]],
        Field(max_length=MOST_HISTORY, description="Earlier questions, oldest first."),
    ] = []
    language: Annotated[Language, Field(description="Language of the answer.")]
    status: Annotated[
        Literal["answered", "related", "not_found"], Field(description="Status of the answer.")
    ]
    answer_id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{0,64}$", description="`id` of the answer.")
    ] = ""
    index_id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{0,64}$", description="`index_id` of the answer.")
    ]
    citations: Annotated[
        list[str],
        Field(max_length=MOST_CITATIONS, description="`passage_id` of each passage cited."),
    ] = []


class FeedbackResponse(BaseModel):
    """What was kept."""

    model_config = ConfigDict(frozen=True)

    id: str
    time: Annotated[dt.datetime, Field(description="When it was received, UTC.")]
    removed: Annotated[
        list[Kind], Field(description="Kinds of personal information taken out before keeping.")
    ]


def get_store(request: Request) -> Store:
    """Find what is kept, opened when it is first needed.

    Args:
        request: The request.

    Returns:
        The store.

    Raises:
        StoreError: It cannot be opened.
    """
    door = getattr(request.app.state, "store", None)
    if not isinstance(door, StoreDoor):
        raise StoreError(problem="unreachable", where="")
    return door.store()


OpenStore = Annotated[Store, Depends(get_store)]
feedback_router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)


@feedback_router.post(
    "/feedback", tags=["feedback"], summary="Say whether an answer helped", status_code=201
)
def feedback(body: FeedbackRequest, service: Service, store: OpenStore) -> FeedbackResponse:
    """Keep what a person says of an answer, without personal information.

    Args:
        body: What is said.
        service: The service, for the passages there are.
        store: Where it is kept.

    Returns:
        Its id, and what was taken out.
    """
    remark = Remark(
        useful=body.useful,
        reason=body.reason,
        comment=body.comment,
        question=body.question,
        history=tuple(body.history),
        language=body.language,
        status=body.status,
        answer_id=body.answer_id,
        index_id=body.index_id,
        citations=tuple(body.citations),
    )
    kept = make_feedback(remark, {passage.id for passage in service.corpus.passages})
    store.save_feedback(kept)
    return FeedbackResponse(id=kept.id, time=kept.time, removed=list(kept.removed))
