"""The client for programs that wait for each answer."""

import datetime as dt
from collections.abc import Iterator
from types import TracebackType
from typing import Self, TypeVar, Unpack

import httpx2
from pydantic import BaseModel

from ccs_qa.client import calls
from ccs_qa.client.events import DoneEvent, Event, read_event
from ccs_qa.client.wire import DEFAULT_SECONDS, DEFAULT_URL, cut_short, headers_for
from ccs_qa.present.schemas import (
    AskResponse,
    FeedbackResponse,
    MeetingOut,
    MeetingsResponse,
    PassageOut,
    ReadyResponse,
    SearchResponse,
    TimelineResponse,
)
from ccs_qa.records import Language

_Model = TypeVar("_Model", bound=BaseModel)


class Client:
    """Calls the API and gives typed values; close it, or use it in a `with` block.

    What the service refuses is an `ApiError`. What does not reach it in time is an
    `httpx2.TransportError`; nothing is tried twice. It may be used from several threads.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout: float = DEFAULT_SECONDS,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Say where the service is; nothing is sent yet.

        Args:
            api_key: A key to send along, for a service that asks for one (`ccs-qa keys`).
            timeout: Seconds to wait for a connection and for each piece of a response; longer
                than the heartbeat of the service, so that streams stay open.
            transport: What carries the requests, for tests; the network when None.
        """
        self._http = httpx2.Client(
            base_url=base_url, headers=headers_for(api_key), timeout=timeout, transport=transport
        )

    def __enter__(self) -> Self:
        """Open the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, question: str, **options: Unpack[calls.AskOptions]) -> AskResponse:
        """Answer a question, or say that the summaries do not.

        Args:
            **options: `k`, `language`, `history`, `filters`, `mode`.
        """
        return self._send(calls.ask(question, options))

    def stream(self, question: str, **options: Unpack[calls.AskOptions]) -> Iterator[Event]:
        """Answer a question step by step; leaving the loop early stops the work.

        Yields:
            The events, the last one with the whole answer.
        """
        call = calls.stream(question, options)
        with self._http.stream(
            call.method, call.path, content=call.body, headers=call.headers
        ) as response:
            if not response.is_success:
                response.read()
                raise calls.refusal(response)
            for sent in httpx2.EventSource(response):
                event = read_event(sent.event, sent.data)
                if event is not None:
                    yield event
                if isinstance(event, DoneEvent):
                    return
            raise cut_short(response)

    def search(self, question: str, **options: Unpack[calls.SearchOptions]) -> SearchResponse:
        """Find the passages nearest to a question.

        Args:
            **options: `k`, `language`, `history`, `filters`.
        """
        return self._send(calls.search(question, options))

    def meetings(self) -> MeetingsResponse:
        """List every meeting, newest first."""
        return self._send(calls.meetings())

    def meeting(self, date: dt.date | str) -> MeetingOut:
        """Read one meeting."""
        return self._send(calls.meeting(date))

    def passage(self, passage_id: str) -> PassageOut:
        """Read one passage.

        Raises:
            ApiError: There is none of that name, or the service failed.
        """
        return self._send(calls.passage(passage_id))

    def timeline(self, topic: str, *, language: Language | None = None) -> TimelineResponse:
        """Follow a topic through the meetings.

        Args:
            language: Language of the texts; that of the topic when None.
        """
        return self._send(calls.timeline(topic, language))

    def feedback(
        self, answer: AskResponse, *, useful: bool, **options: Unpack[calls.FeedbackOptions]
    ) -> FeedbackResponse:
        """Say whether an answer helped.

        Args:
            **options: `reason`, `comment`, `history`.
        """
        return self._send(calls.feedback(answer, options, useful=useful))

    def ready(self) -> ReadyResponse:
        """Tell what the service has loaded."""
        return self._send(calls.ready())

    def _send(self, call: calls.Call[_Model]) -> _Model:
        response = self._http.request(
            call.method, call.path, content=call.body, params=call.params, headers=call.headers
        )
        return calls.read(call, response)
