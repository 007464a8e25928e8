"""A typed client of the HTTP API; importing it loads neither a model nor an index."""

from ccs_qa.client.calls import ApiError
from ccs_qa.client.clients import AsyncClient, Client
from ccs_qa.client.events import (
    CitationEvent,
    DeltaEvent,
    DoneEvent,
    Event,
    QueryEvent,
    SourcesEvent,
    StatusEvent,
)
from ccs_qa.present.schemas import FiltersIn

__all__ = [
    "ApiError",
    "AsyncClient",
    "CitationEvent",
    "Client",
    "DeltaEvent",
    "DoneEvent",
    "Event",
    "FiltersIn",
    "QueryEvent",
    "SourcesEvent",
    "StatusEvent",
]
