"""What a person says of an answer, as the API takes it."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from ccs_qa.contract.schemas import MOST_CHARACTERS, MOST_HISTORY
from ccs_qa.records import MOST_COMMENT, AnswerStatus, FeedbackReason, Language, PersonalKind

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


class FeedbackRequest(BaseModel):
    """What a person says of an answer; no answer is made again from it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    useful: Annotated[bool, Field(strict=True, description="Whether the answer helped.")]
    reason: Annotated[FeedbackReason | None, Field(description="Why, from a fixed list.")] = None
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
    status: Annotated[AnswerStatus, Field(description="Status of the answer.")]
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
        list[PersonalKind],
        Field(description="Kinds of personal information taken out before keeping."),
    ]
