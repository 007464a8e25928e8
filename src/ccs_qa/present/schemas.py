"""What the API takes and gives."""

import datetime as dt
import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from ccs_qa.records import (
    MOST_COMMENT,
    AnswerKind,
    AnswerMode,
    AnswerStatus,
    Attribution,
    DropReason,
    EndpointFault,
    FeedbackReason,
    GenerationOutcome,
    Intent,
    Language,
    PassageKind,
    PersonalKind,
    RenditionStatus,
)

MOST_CHARACTERS = 6000
# A topic stands in an address, where a letter may take twelve characters and servers stop at 64 kB.
MOST_TOPIC = 5000
MOST_HISTORY = 50


def _iso_day(value: object) -> object:
    """Refuse what pydantic would take for a day beyond ISO: seconds since 1970, a time."""
    text = isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII)
    if not text and type(value) is not dt.date:
        raise ValueError("not a day")
    return value


def _number(value: object) -> object:
    """Refuse a text and `true`, which pydantic would count; `10.0` is an integer of JSON."""
    if isinstance(value, bool | str):
        raise ValueError("not a number")  # noqa: TRY004 - pydantic reports this kind
    return value


Day = Annotated[dt.date, BeforeValidator(_iso_day)]
History = Annotated[
    tuple[Annotated[str, Field(max_length=MOST_CHARACTERS)], ...],
    Field(max_length=MOST_HISTORY, description="Earlier questions, oldest first."),
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Response(BaseModel):
    model_config = ConfigDict(
        frozen=True, serialize_by_alias=True, populate_by_name=True, from_attributes=True
    )

    @classmethod
    def of(cls, record: object, **others: object) -> Self:
        """Give a record of ours: its fields under the same names, and others."""
        names = cls.model_fields.keys() - others.keys()
        return cls.model_validate({name: getattr(record, name) for name in names} | others)


class FiltersIn(_Request):
    """Limits on the meetings to search."""

    start: Annotated[Day | None, Field(alias="from", description="First day, inclusive.")] = None
    end: Annotated[Day | None, Field(alias="to", description="Last day, inclusive.")] = None
    meetings: Annotated[
        list[Day],
        Field(max_length=100, description="Dates of the only meetings to search."),
    ] = []


class SearchRequest(_Request):
    """A question to find passages for."""

    question: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MOST_CHARACTERS,
            description="The question, in French or English.",
            examples=["How could AI help call centres?"],
        ),
    ]
    k: Annotated[
        int,
        Field(ge=1, le=100, description="Most passages to return."),
        BeforeValidator(_number),
    ] = 10
    language: Annotated[
        Language | None, Field(description="Language of the answer; detected when left out.")
    ] = None
    history: History = ()
    filters: Annotated[FiltersIn, Field(description="Limits on the meetings.")] = FiltersIn()


class AskRequest(SearchRequest):
    """A question to answer."""

    mode: Annotated[AnswerMode, Field(description="How the answer is worded.")] = "extractive"


class ReadAs(_Response):
    """A word that was read as another, one slip of the keyboard away."""

    typed: str
    read: str


class QueryOut(_Response):
    """What was understood of a question."""

    question: str
    standalone: Annotated[str, Field(description="The wording that was searched.")]
    language: Language
    limited: Annotated[bool, Field(description="Whether only some meetings were searched.")]
    limit: Annotated[str, Field(description="The words of the question that say so.")]
    meetings: Annotated[
        list[dt.date],
        Field(description="The meetings searched when limited; none when none fits."),
    ]
    start: Annotated[dt.date | None, Field(alias="from", description="First day of the limit.")]
    end: Annotated[dt.date | None, Field(alias="to", description="Last day of the limit.")]
    intent: Annotated[Intent, Field(description="What kind of thing is asked for.")]
    invisible: Annotated[
        int, Field(description="Invisible characters that were removed from the question.")
    ]
    read_as: Annotated[
        list[ReadAs],
        Field(
            description="Words taken for slips, and what they were read as; "
            "a word between quotation marks is taken as it is."
        ),
    ]


class MeetingRef(_Response):
    """The meeting of a passage, in the language of the text."""

    date: dt.date
    title: Annotated[str, Field(description="Empty where the summary gives none.")]
    format: str
    objective: Annotated[str, Field(description="As printed; empty where there is none.")]


class RenditionOut(_Response):
    """A text in one language and where it stands."""

    language: Language
    text: str
    status: RenditionStatus
    document: str
    start: Annotated[int, Field(description="First character in the document, inclusive.")]
    end: Annotated[int, Field(description="Last character in the document, exclusive.")]


class ListPartOut(_Response):
    """A lead-in or an item of a list, checked against its documents."""

    passage_id: str
    renditions: Annotated[
        list[RenditionOut], Field(description="That in the language of the text around it first.")
    ]


LeadIns = Annotated[
    list[ListPartOut],
    Field(description="The passages that introduce this one, an item of a list; outermost first."),
]
Items = Annotated[
    list[ListPartOut],
    Field(description="The items that this one, a lead-in, introduces, in the order of the page."),
]
Attributed = Annotated[
    Attribution | None,
    Field(
        description="Who says it, where the page makes it plain: `presented` by the department, "
        "`observed` or `advised` by members; null where it does not."
    ),
]
Published = Annotated[
    str | None,
    Field(description="Address of the page that published it; null where that is not known."),
]


class HitOut(RenditionOut):
    """A passage found."""

    passage_id: str
    meeting: MeetingRef | None
    section: str
    attribution: Attributed
    lead_ins: LeadIns
    items: Items
    counterpart: Annotated[
        RenditionOut | None, Field(description="The same passage in the other language.")
    ]
    published: Published
    score: float
    reasons: Annotated[dict[str, float], Field(description="Score of each leg.")]


class MarkOut(_Response):
    """The sentence of a long quote that comes nearest to the question."""

    language: Annotated[Language, Field(description="Of `text` or of `counterpart.text`.")]
    start: Annotated[int, Field(description="First character in that text, inclusive.")]
    end: Annotated[int, Field(description="Last character in that text, exclusive.")]


class CitationOut(HitOut):
    """A numbered quote, checked against its document."""

    number: int
    marks: Annotated[
        list[MarkOut],
        Field(description="At most one in each language; none in a quote of one sentence."),
    ]
    verified: Literal[True]
    url: Annotated[str, Field(description="Address of the passage on the page.")]


class StatementOut(_Response):
    """A sentence of an answer."""

    text: Annotated[
        str,
        Field(
            description="Of a quote in a list, a line for each lead-in that does not stand above "
            "already, the quote, and a line for each item that is not quoted itself."
        ),
    ]
    citations: list[int]


class GroupOut(_Response):
    """Quotes that stand under one line."""

    heading: Annotated[
        str,
        Field(
            description="A meeting, a heading of its summary, a theme with its meetings, or the "
            "first sentence of the answer to a further question, where several are in one."
        ),
    ]
    level: Annotated[
        int, Field(ge=1, le=3, description="From 1; what stands within a group follows it.")
    ]
    citations: Annotated[
        list[int], Field(description="Numbers of the quotes; none for a question without any.")
    ]


class CoverageOut(_Response):
    """What was searched."""

    meetings: int
    start: Annotated[dt.date | None, Field(alias="from")]
    end: Annotated[dt.date | None, Field(alias="to")]
    passages: int


class SearchResponse(_Response):
    """Passages found."""

    query: QueryOut
    hits: list[HitOut]
    index_id: str
    timings_ms: dict[str, float]


class PassageOut(_Response):
    """A passage, with every rendition."""

    passage_id: str
    kind: PassageKind
    meeting: dt.date | None
    section: Annotated[dict[Language, str], Field(description="Heading, by language.")]
    attribution: Attributed
    renditions: list[RenditionOut]
    lead_ins: LeadIns
    items: Items
    url: dict[Language, str]
    published: dict[Language, Published]


class GenerationOut(_Response):
    """What became of generating an answer with a language model."""

    outcome: Annotated[
        GenerationOutcome,
        Field(
            description="`used`: its sentences are the answer. `unneeded`: there is nothing to "
            "phrase. `unavailable`: it failed. `unsupported`: too little passed the checks."
        ),
    ]
    notice: Annotated[str, Field(description="The same in words, in the answer's language.")]
    model: Annotated[str, Field(description="The model asked; empty when none was.")]
    kept: Annotated[int, Field(description="Sentences that passed every check.")]
    dropped: Annotated[
        dict[DropReason, int], Field(description="Sentences left out, by the check they failed.")
    ]
    fault: Annotated[
        EndpointFault | None, Field(description="Why the model failed, when it is unavailable.")
    ]


class AskResponse(_Response):
    """An answer made of verified quotes."""

    id: str
    question: str
    query: QueryOut
    status: Annotated[
        AnswerStatus,
        Field(
            description="`answered`: passages are quoted. `related`: none was recognised as an "
            "answer; the nearest follow. `not_found`: neither. `conversation`: what was sent "
            "asks nothing of the summaries (a greeting, thanks, another language …); `answer` "
            "is a fixed reply with questions that may be asked, without any passage."
        ),
    ]
    language: Language
    confidence: Annotated[float, Field(ge=0, le=1)]
    answer: Annotated[str, Field(description="The whole answer as plain text.")]
    statements: list[StatementOut]
    citations: list[CitationOut]
    nearest: list[HitOut]
    coverage: CoverageOut
    disclaimer: Annotated[PassageOut | None, Field(description="Whose views the summaries give.")]
    mode: Annotated[AnswerMode, Field(description="How this answer is worded.")]
    index_id: str
    timings_ms: dict[str, float]
    dropped: Annotated[int, Field(description="Quotes left out: they failed the check.")]
    absent: Annotated[
        list[dt.date], Field(description="In a timeline, the meetings that are silent.")
    ]
    kind: Annotated[
        AnswerKind,
        Field(
            description="`quotes`: what was said. `record`: read off or computed from the records. "
            "`timeline`: a topic from meeting to meeting. `comparison`: two sides. `digest`: an "
            "outline of meetings. `list`: everything on a topic. `themes`: what comes back from "
            "meeting to meeting."
        ),
    ]
    groups: Annotated[
        list[GroupOut],
        Field(description="The quotes by the line that they stand under, in the order to show."),
    ]
    more: Annotated[
        int,
        Field(
            ge=0,
            description="How many further passages there are: left out of a digest or of themes, "
            "else those that may bear on the question.",
        ),
    ]
    generation: Annotated[
        GenerationOut | None,
        Field(description="What became of phrasing it; null unless `generative` was asked for."),
    ]


class TimelineResponse(_Response):
    """A topic from meeting to meeting."""

    query: QueryOut
    status: Annotated[AnswerStatus, Field(description="Whether the summaries speak of the topic.")]
    entries: Annotated[
        list[HitOut],
        Field(description="One passage a meeting, oldest first; none unless `answered`."),
    ]
    absent: Annotated[
        list[dt.date],
        Field(description="The meetings in which neither its words nor its meaning come near."),
    ]
    total: Annotated[int, Field(description="How many meetings were searched.")]
    index_id: str


class SectionOut(_Response):
    """A headed part of a meeting."""

    heading: dict[Language, str]
    passages: list[PassageOut]


class MeetingSummary(_Response):
    """A meeting in the list."""

    date: dt.date
    title: Annotated[dict[Language, str], Field(description="Empty where the summary gives none.")]
    format: dict[Language, str]
    objective: Annotated[dict[Language, str], Field(description="As printed.")]
    passages: int
    url: dict[Language, str]


class MeetingOut(MeetingSummary):
    """A meeting in full."""

    head: Annotated[list[PassageOut], Field(description="Title, format and objective.")]
    sections: list[SectionOut]
    disclaimer: PassageOut | None


class MeetingsResponse(_Response):
    """Every meeting, or a page of them, newest first."""

    meetings: list[MeetingSummary]
    total: Annotated[int, Field(description="How many there are, listed or not.")]
    disclaimer: PassageOut | None


class ProblemOut(_Response):
    """An error (RFC 9457), worded in both languages."""

    type: Annotated[str, Field(examples=["/problems/question"])]
    title: dict[Language, str]
    status: int
    detail: dict[Language, str]
    next: Annotated[dict[Language, str], Field(description="What to do about it.")]
    instance: str
    errors: Annotated[
        list[dict[str, str]], Field(description="Fields refused: `field` and `problem`.")
    ] = []


class StatusOut(_Response):
    """What is being done, while an answer is streamed."""

    status: Literal["searching"]
    meetings: Annotated[int, Field(description="How many meetings are searched.")]


class DeltaOut(_Response):
    """The next lines of a streamed answer."""

    text: str
    citations: Annotated[list[int], Field(description="Numbers of the quotes behind them.")]


class LiveResponse(_Response):
    """The process runs."""

    status: Literal["live"]


class GenerationState(_Response):
    """Whether answers can be had in the words of a language model."""

    state: Annotated[
        Literal["off", "ready", "paused"],
        Field(
            description="`off`: none is set up. `ready`: it is asked. `paused`: it failed and is "
            "left alone for a while; answers are given in quotes."
        ),
    ]
    model: Annotated[str, Field(description="Its name; empty for none.")]


class PauseOut(_Response):
    """Asking is paused."""

    since: Annotated[dt.datetime, Field(description="Since when, UTC.")]
    reason: Annotated[dict[Language, str], Field(description="Why, in each language.")]


class RecordsState(_Response):
    """The records of answers."""

    mode: Literal["off", "best-effort", "required"]
    lost: Annotated[
        int, Field(ge=0, description="Records that could not be kept since the process started.")
    ]


class ReadyResponse(_Response):
    """The service can answer; while it is paused it shows the evidence only."""

    status: Literal["ready", "paused"]
    pause: Annotated[PauseOut | None, Field(description="Null unless paused.")] = None
    records: Annotated[RecordsState | None, Field(description="Null from older servers.")] = None
    index_id: str
    # Clients of today understand servers of yesterday.
    edition: Annotated[str, Field(description="The edition that answers; empty for none.")] = ""
    refused: Annotated[
        str, Field(description="An edition put in use that cannot be; empty for none.")
    ] = ""
    model: str
    meetings: int
    passages: int
    generation: GenerationState


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
    history: History = ()
    language: Annotated[Language, Field(description="Language of the answer.")]
    status: Annotated[AnswerStatus, Field(description="Status of the answer.")]
    answer_id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{0,64}$", description="`id` of the answer.")
    ] = ""
    index_id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{0,64}$", description="`index_id` of the answer.")
    ]
    citations: Annotated[
        tuple[str, ...],
        Field(max_length=MOST_CITATIONS, description="`passage_id` of each passage cited."),
    ] = ()


class FeedbackResponse(BaseModel):
    """What was kept."""

    model_config = ConfigDict(frozen=True)

    id: str
    time: Annotated[dt.datetime, Field(description="When it was received, UTC.")]
    removed: Annotated[
        list[PersonalKind],
        Field(description="Kinds of personal information taken out before keeping."),
    ]
