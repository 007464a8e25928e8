"""What OpenAI's chat completions take and give, as far as it is used here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ccs_qa.present.schemas import AskResponse, ProblemOut
from ccs_qa.records import Language

MODEL = "ccs-qa-extractive"
GENERATIVE = "ccs-qa-generative"  # where a language model may phrase answers
# The first day of the project: the model is a way of answering, not a file with a date.
CREATED = 1795392000


class _Given(BaseModel):
    # Programs send whatever their library knows of; what is not named here changes nothing.
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Made(BaseModel):
    model_config = ConfigDict(frozen=True, serialize_by_alias=True)


class MessageIn(_Given):
    """A message of the conversation; one that cannot be read is passed over, but for the last."""

    role: Annotated[
        Any, Field(description="`user` for questions; other messages are accepted and not read.")
    ] = None
    content: Annotated[
        Any,
        Field(
            description="Text, or a list of parts, of which those of the type `text` are joined; "
            "the last `user` message holds nothing else."
        ),
    ] = None


class StreamOptionsIn(_Given):
    """What to stream beside the answer."""

    include_usage: Annotated[
        bool | None, Field(description="Whether a last chunk gives the usage.")
    ] = None


class FormatIn(_Given):
    """The form of the answer."""

    type: str
    json_schema: Annotated[
        Any, Field(description="Heeded where a program asks for a title or the like.")
    ] = None

    @property
    def asked(self) -> object:
        """The schema of the reply; None where none is given."""
        return self.json_schema.get("schema") if isinstance(self.json_schema, dict) else None


class ChatRequest(_Given):
    """A conversation whose last question is to be answered."""

    model: Annotated[str, Field(max_length=200, description="A model of `GET /v1/models`.")]
    messages: Annotated[
        list[MessageIn],
        Field(
            min_length=1,
            description="The last `user` message is the question, earlier ones are its history, "
            "as far as they are text. All other messages are accepted and not read.",
        ),
    ]
    stream: Annotated[
        bool | None, Field(description="Whether to answer as server-sent events.")
    ] = False
    stream_options: StreamOptionsIn | None = None
    n: Annotated[int | None, Field(description="1; a question gets one answer.")] = 1
    tools: Annotated[Any, Field(description="Accepted; none is called.")] = None
    tool_choice: Annotated[
        Any, Field(description="`none` or `auto`; a tool that has to be called is refused.")
    ] = None
    functions: Annotated[Any, Field(description="As `tools`.")] = None
    function_call: Annotated[Any, Field(description="As `tool_choice`.")] = None
    response_format: Annotated[
        FormatIn | None,
        Field(description="`text`, or none; of a title or the like, any."),
    ] = None


class UrlCitation(_Made):
    """A quote behind a marker of the answer."""

    start_index: Annotated[int, Field(description="First character of `[1]`, inclusive.")]
    end_index: Annotated[int, Field(description="Last character of `[1]`, exclusive.")]
    url: Annotated[str, Field(description="Whole address of the passage on the page.")]
    title: Annotated[str, Field(description="Date of the meeting – section.")]


class AnnotationOut(_Made):
    """A note on a span of the answer, counted in Unicode characters."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class MessageOut(_Made):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[AnnotationOut]


class ChoiceOut(_Made):
    """The one choice."""

    index: Literal[0] = 0
    message: MessageOut
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class UsageOut(_Made):
    """How long the exchange was, in words: there is no token to pay for."""

    prompt_tokens: Annotated[int, Field(description="Words of the `user` messages.")]
    completion_tokens: Annotated[int, Field(description="Words of the answer.")]
    total_tokens: int


class NoteOut(_Made):
    """What was passed over of a request that is answered all the same."""

    field: Annotated[str, Field(description="`tools`, `functions` or `messages`.")]
    text: Annotated[dict[Language, str], Field(description="In words.")]


class ChatCompletion(_Made):
    """An answer in the form of OpenAI."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: Annotated[int, Field(description="Seconds since 1970.")]
    model: str
    choices: list[ChoiceOut]
    usage: UsageOut
    system_fingerprint: Annotated[str, Field(description="Id of the index that was searched.")]
    ccs_qa: Annotated[
        AskResponse | None,
        Field(
            description="The whole answer, as of `/api/v1/ask`; null where a program asked for a "
            "title, for tags or the like of its conversation."
        ),
    ]
    ccs_qa_notes: Annotated[list[NoteOut], Field(description="What was passed over.")]


class ModelOut(_Made):
    """A model."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


def describe(name: str) -> ModelOut:
    """Describe a model."""
    return ModelOut(id=name, created=CREATED, owned_by="ccs-qa")


class ModelsOut(_Made):
    """Every model there is."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


class ErrorOut(_Made):
    """Why there is no answer."""

    message: Annotated[str, Field(description="In French, then in English.")]
    type: Literal["invalid_request_error", "server_error"]
    param: Annotated[str | None, Field(description="The field refused.")] = None
    code: str
    ccs_qa: Annotated[ProblemOut, Field(description="The same, in parts, by language.")]


class ErrorBody(_Made):
    """An error in the form of OpenAI."""

    error: ErrorOut
