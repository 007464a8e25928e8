"""What each tool takes: the fields of the API, side by side instead of nested.

Tools are called by models, and those fill flat arguments more reliably.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ccs_qa.present.schemas import MOST_CHARACTERS, MOST_HISTORY, FiltersIn
from ccs_qa.records import Language

_MOST_NAME = 200
_LANGUAGE = "Language of the answer, fr or en; that of the question when left out."


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AskArguments(FiltersIn):
    """A question to answer."""

    question: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MOST_CHARACTERS,
            description="The question, in French or English, in the person's own words.",
            examples=["How could AI help call centres?"],
        ),
    ]
    language: Annotated[Language | None, Field(description=_LANGUAGE)] = None
    history: Annotated[
        list[Annotated[str, Field(max_length=MOST_CHARACTERS)]],
        Field(
            default_factory=list,
            max_length=MOST_HISTORY,
            description="Earlier questions of the person, oldest first, for a follow-up.",
        ),
    ]


class SearchArguments(AskArguments):
    """A question to find passages for."""

    k: Annotated[int, Field(ge=1, le=100, description="Most passages to return.")] = 10


class PassageArguments(_Arguments):
    """The name of a passage."""

    passage_id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=_MOST_NAME,
            description="`passage_id` of a citation or of a passage found.",
            examples=["2024-11-01-s-9f742ebe"],
        ),
    ]


class MeetingsArguments(_Arguments):
    """Nothing."""


class TimelineArguments(_Arguments):
    """A topic to follow."""

    topic: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MOST_CHARACTERS,
            description="The topic, or a question about it.",
            examples=["passports"],
        ),
    ]
    language: Annotated[
        Language | None,
        Field(description="Language of the texts, fr or en; that of the topic when left out."),
    ] = None
