"""`POST /feedback`: what a person says of an answer, without personal information."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from ccs_qa.api.problems import documented
from ccs_qa.api.routes import Service
from ccs_qa.contract.feedback import FeedbackRequest, FeedbackResponse
from ccs_qa.errors import StoreError
from ccs_qa.store import Remark, Store, StoreDoor, make_feedback


def get_store(request: Request) -> Store:
    """Find what is kept, opened when it is first needed."""
    door = getattr(request.app.state, "store", None)
    if not isinstance(door, StoreDoor):
        raise StoreError(problem="unreachable", where="")
    return door.store()


OpenStore = Annotated[Store, Depends(get_store)]
feedback_router = APIRouter(
    prefix="/api/v1", responses=documented(401, 403, 413, 415, 422, 429, 500, 503)
)


@feedback_router.post(
    "/feedback",
    tags=["feedback"],
    summary="Say whether an answer helped",
    operation_id="sendFeedback",
    response_description="It is kept.",
    status_code=201,
)
def feedback(body: FeedbackRequest, service: Service, store: OpenStore) -> FeedbackResponse:
    """Keep what a person says of an answer, without personal information."""
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
