"""What each tool takes: the fields of the API, side by side instead of nested.

Tools are called by models, and those fill flat arguments more reliably. What they leave empty, they
leave out; a language may be told as a locale or by its name.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from babel import Locale
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ccs_qa.errors import ArgumentsError, Said
from ccs_qa.present.schemas import MOST_CHARACTERS, MOST_HISTORY, FiltersIn
from ccs_qa.records import LANGUAGES, Language

_MOST_NAME = 200
# Each language by its name in each: « anglais », "French" …
_NAMES = {
    Locale(told).languages[named].casefold(): named for told in LANGUAGES for named in LANGUAGES
}


def _language(value: object) -> object:
    """Read a locale (`fr-CA`, `EN_us`) or a name as its language."""
    if not isinstance(value, str):
        return value
    told = value.strip().casefold()
    return _NAMES.get(told, told.replace("_", "-").partition("-")[0])


AnyLanguage = Annotated[Language | None, BeforeValidator(_language)]
_LANGUAGE = "Language of the answer, fr or en; that of the question when left out."


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out(cls, given: Mapping[str, object]) -> Mapping[str, object]:
        """Take null and an empty text for nothing, in a list as well; not where one is needed."""
        needed = {name for name, field in cls.model_fields.items() if field.is_required()}
        return {
            name: [item for item in value if not _blank(item)] if isinstance(value, list) else value
            for name, value in given.items()
            if name in needed or not _blank(value)
        }


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


class AskArguments(_Arguments, FiltersIn):
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
    language: Annotated[AnyLanguage, Field(description=_LANGUAGE)] = None
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
        AnyLanguage,
        Field(description="Language of the texts, fr or en; that of the topic when left out."),
    ] = None


class QuoteArguments(_Arguments):
    """What the prompt for quoting is filled with."""

    question: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
    language: AnyLanguage = None


Json = dict[str, Any]
_Model = TypeVar("_Model", bound=BaseModel)


def read_arguments(model: type[_Model], given: Mapping[str, Any]) -> _Model:
    """Read arguments; an `ArgumentsError` says of each that cannot be used what it may be."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        fields: Json = model.model_json_schema(by_alias=True).get("properties", {})
        found = error.errors(include_url=False, include_input=False, include_context=False)
        refused = [_allowed(item["loc"], str(item["type"]), fields) for item in found]
        raise ArgumentsError(fields=tuple(refused)) from None


def _allowed(place: tuple[int | str, ...], problem: str, fields: Json) -> Said:
    name = ".".join(map(str, place))
    if problem == "missing":
        return Said("argument.missing", {"name": name})
    if problem == "extra_forbidden":
        known = ", ".join(fields)
        key = "argument.unknown" if known else "argument.none"
        return Said(key, {"name": name, "known": known})
    schema: Json = fields[str(place[0])]
    schema = schema["items"] if len(place) > 1 else schema.get("anyOf", [schema])[0]
    key, values = _form(schema)
    return Said(key, {"name": name, **values})


def _form(schema: Json) -> tuple[str, Json]:
    """Find the words for what a schema asks for, and its bounds."""
    if "enum" in schema:
        return "argument.choice", {"choices": " | ".join(schema["enum"])}
    if schema.get("format") == "date":
        return "argument.day", {}
    if schema["type"] == "integer":
        return "argument.number", {"least": schema["minimum"], "most": schema["maximum"]}
    if schema["type"] == "array":
        return "argument.list", {"most": schema["maxItems"]}
    return "argument.text", {"most": schema["maxLength"]}
