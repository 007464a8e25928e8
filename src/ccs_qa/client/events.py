"""The events of a streamed answer, each with the value that it carries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from ccs_qa.client.calls import ApiError
from ccs_qa.present.schemas import (
    AskResponse,
    CitationOut,
    DeltaOut,
    HitOut,
    ProblemOut,
    QueryOut,
    StatusOut,
)


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """What is being done."""

    status: StatusOut


@dataclass(frozen=True, slots=True)
class QueryEvent:
    """The question is understood."""

    query: QueryOut


@dataclass(frozen=True, slots=True)
class SourcesEvent:
    """Passages are found."""

    hits: tuple[HitOut, ...]


@dataclass(frozen=True, slots=True)
class CitationEvent:
    """A quote, before the first lines that name it."""

    citation: CitationOut


@dataclass(frozen=True, slots=True)
class DeltaEvent:
    """The next lines of the answer."""

    delta: DeltaOut


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The whole answer; no event follows."""

    answer: AskResponse


Event = StatusEvent | QueryEvent | SourcesEvent | CitationEvent | DeltaEvent | DoneEvent

_HITS = TypeAdapter(tuple[HitOut, ...])
_READERS: Mapping[str, Callable[[str], Event]] = {
    "status": lambda data: StatusEvent(StatusOut.model_validate_json(data)),
    "query": lambda data: QueryEvent(QueryOut.model_validate_json(data)),
    "sources": lambda data: SourcesEvent(_HITS.validate_json(data)),
    "citation": lambda data: CitationEvent(CitationOut.model_validate_json(data)),
    "delta": lambda data: DeltaEvent(DeltaOut.model_validate_json(data)),
    "done": lambda data: DoneEvent(AskResponse.model_validate_json(data)),
}


def read_event(name: str, data: str) -> Event | None:
    """Read an event; None for a name that a later service may have added.

    Raises:
        ApiError: The event says that the answer failed.
        ValidationError: The data are not those of such an event.
    """
    if name == "error":
        raise ApiError(ProblemOut.model_validate_json(data))
    reader = _READERS.get(name)
    return reader(data) if reader else None
