"""The client for programs that wait for each answer, and the one for those that do not."""

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from typing import Self, TypeVar, Unpack

import httpx2
from pydantic import BaseModel

from ccs_qa.client import calls
from ccs_qa.client.events import DoneEvent, Event, read_event
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
        base_url: str = calls.DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout: float = calls.DEFAULT_SECONDS,
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
            base_url=base_url,
            headers=calls.headers_for(api_key),
            timeout=timeout,
            transport=transport,
        )

    def __enter__(self) -> Self:
        """Open the block."""
        return self

    def __exit__(self, *_: object) -> None:
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
        call = calls.ask(question, options, "/api/v1/ask/stream")
        with self._http.stream(call.method, call.path, json=call.json) as response:
            if not response.is_success:
                response.read()
                raise calls.refusal(response)
            for sent in httpx2.EventSource(response):
                event = read_event(sent.event, sent.data)
                if event is not None:
                    yield event
                if isinstance(event, DoneEvent):
                    return
            raise calls.cut_short(response)

    def search(self, question: str, **options: Unpack[calls.SearchOptions]) -> SearchResponse:
        """Find the passages nearest to a question.

        Args:
            **options: `k`, `language`, `history`, `filters`.
        """
        return self._send(calls.search(question, options))

    def meetings(self) -> MeetingsResponse:
        """List every meeting, newest first."""
        return self._send(calls.MEETINGS)

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
        return self._send(calls.READY)

    def _send(self, call: calls.Call[_Model]) -> _Model:
        sent = self._http.request(call.method, call.path, json=call.json, params=call.params)
        return calls.read(call, sent)


class AsyncClient:
    """Calls the API and gives typed values; close it, or use it in an `async with` block.

    Arguments, values and errors are those of `Client`.
    """

    def __init__(
        self,
        base_url: str = calls.DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout: float = calls.DEFAULT_SECONDS,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Say where the service is; nothing is sent yet.

        Args:
            api_key: A key to send along, for a service that asks for one (`ccs-qa keys`).
            timeout: Seconds to wait for a connection and for each piece of a response.
            transport: What carries the requests, for tests; the network when None.
        """
        self._http = httpx2.AsyncClient(
            base_url=base_url,
            headers=calls.headers_for(api_key),
            timeout=timeout,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        """Open the block."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(self, question: str, **options: Unpack[calls.AskOptions]) -> AskResponse:
        """Answer a question, or say that the summaries do not; see `Client.ask`."""
        return await self._send(calls.ask(question, options))

    async def stream(
        self, question: str, **options: Unpack[calls.AskOptions]
    ) -> AsyncIterator[Event]:
        """Answer a question step by step; see `Client.stream`."""
        call = calls.ask(question, options, "/api/v1/ask/stream")
        async with self._http.stream(call.method, call.path, json=call.json) as response:
            if not response.is_success:
                await response.aread()
                raise calls.refusal(response)
            async for sent in httpx2.EventSource(response):
                event = read_event(sent.event, sent.data)
                if event is not None:
                    yield event
                if isinstance(event, DoneEvent):
                    return
            raise calls.cut_short(response)

    async def search(self, question: str, **options: Unpack[calls.SearchOptions]) -> SearchResponse:
        """Find the passages nearest to a question; see `Client.search`."""
        return await self._send(calls.search(question, options))

    async def meetings(self) -> MeetingsResponse:
        """List every meeting, newest first; see `Client.meetings`."""
        return await self._send(calls.MEETINGS)

    async def meeting(self, date: dt.date | str) -> MeetingOut:
        """Read one meeting; see `Client.meeting`."""
        return await self._send(calls.meeting(date))

    async def passage(self, passage_id: str) -> PassageOut:
        """Read one passage; see `Client.passage`."""
        return await self._send(calls.passage(passage_id))

    async def timeline(self, topic: str, *, language: Language | None = None) -> TimelineResponse:
        """Follow a topic through the meetings; see `Client.timeline`."""
        return await self._send(calls.timeline(topic, language))

    async def feedback(
        self, answer: AskResponse, *, useful: bool, **options: Unpack[calls.FeedbackOptions]
    ) -> FeedbackResponse:
        """Say whether an answer helped; see `Client.feedback`."""
        return await self._send(calls.feedback(answer, options, useful=useful))

    async def ready(self) -> ReadyResponse:
        """Tell what the service has loaded; see `Client.ready`."""
        return await self._send(calls.READY)

    async def _send(self, call: calls.Call[_Model]) -> _Model:
        sent = self._http.request(call.method, call.path, json=call.json, params=call.params)
        return calls.read(call, await sent)
