"""An endpoint that speaks the protocol of OpenAI, held to its limits whatever it does.

A thread reads; whoever asked waits for it no longer than the limits say, then cuts the
connection. So an endpoint that sends a byte a second, or comments for ever, costs no more time
than one that is silent.
"""

import queue
import ssl
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field

import httpx2
from openai import APIConnectionError, APIError, OpenAI
from pydantic import SecretStr

from ccs_qa.errors import EndpointError
from ccs_qa.generate.chunks import Style, messages, read_chunk, text_to_go_on
from ccs_qa.generate.connection import Wire
from ccs_qa.records import EndpointFault, Prompt

# How long whoever waits is kept before it may stop.
_TICK_SECONDS = 0.1
# A piece comes in an envelope of some hundred bytes, even where it is one character.
_ENVELOPE_BYTES = 1024
_SPARE_BYTES = 64 * 1024
# The protocol takes four at most.
_MOST_STOPS = 4
_Item = str | EndpointError | None


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an endpoint may go.

    Attributes:
        connect: Seconds to wait for a connection.
        silence: Seconds to wait for the next piece.
        budget: Seconds for the whole reply.
        most_characters: Most characters of a reply.
    """

    connect: float
    silence: float
    budget: float
    most_characters: int


@dataclass(frozen=True)
class Endpoint:
    """A model behind an address; may be used from several threads.

    Attributes:
        url: Base address, as `https://host/v1`.
        tokens: Most tokens of a reply, of which it is told.
        key: Key to show; empty for none.
        style: `chat` for messages, `completion` for one text that the model goes on with.
    """

    url: str
    model: str
    limits: Limits
    tokens: int
    key: SecretStr = SecretStr("")  # noqa: RUF009 - it never changes
    style: Style = "chat"
    trusted: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def stream(self, prompt: Prompt) -> Generator[str, None, None]:
        """Have the model write within its limits, else `EndpointError`; closing cuts it off."""
        most_bytes = _SPARE_BYTES + self.limits.most_characters * _ENVELOPE_BYTES
        wire = Wire(self.trusted, self.key, most_bytes)
        came: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        # A name that takes minutes to look up must not keep the process from ending.
        reader = threading.Thread(
            target=self._read, args=(prompt, wire, came), name="endpoint", daemon=True
        )
        begun = last = time.monotonic()
        reader.start()
        try:
            while True:
                now = time.monotonic()
                left = begun + self.limits.budget - now
                patience = last + self.limits.silence - now
                if left <= 0:
                    raise EndpointError(fault="slow")
                try:
                    item = came.get(timeout=max(0.0, min(left, patience, _TICK_SECONDS)))
                except queue.Empty:
                    if patience <= 0:
                        raise EndpointError(fault="slow") from None
                    # An empty piece lets whoever reads notice that its own client has left.
                    item = ""
                else:
                    last = time.monotonic()
                if item is None:
                    return
                if isinstance(item, EndpointError):
                    raise item
                yield item
        finally:
            wire.cut()  # the reader then ends by itself

    def _read(self, prompt: Prompt, wire: Wire, came: "queue.SimpleQueue[_Item]") -> None:
        try:
            for piece in self._pieces(prompt, wire):
                came.put(piece)
            came.put(None)
        except EndpointError as error:
            came.put(error)
        except APIConnectionError as error:
            came.put(EndpointError(fault=_connection_fault(error, answered=wire.answered)))
        except APIError:  # told of in the midst of the stream
            came.put(EndpointError(fault="refused"))
        except Exception:  # noqa: BLE001 - what an endpoint sends can fail in any way in its parser
            came.put(EndpointError(fault="malformed"))

    def _pieces(self, prompt: Prompt, wire: Wire) -> Iterator[str]:
        """Read until the model says that it is done."""
        written = 0
        with httpx2.Client(transport=wire, trust_env=False, follow_redirects=False) as http:
            # The wire shows the key; this object never holds it.
            client = OpenAI(
                api_key="none",
                base_url=self.url,
                timeout=httpx2.Timeout(self.limits.silence, connect=self.limits.connect),
                http_client=http,
                max_retries=0,
            )
            for sent in self._ask(client, prompt):
                chunk = read_chunk(sent, self.style, self.model)
                written += len(chunk.text)
                if written > self.limits.most_characters:
                    raise EndpointError(fault="endless")
                yield chunk.text
                if chunk.finish == "stop":
                    return
                if chunk.finish:  # it was cut at its length, or by a filter
                    break
        raise EndpointError(fault="cut")

    def _ask(self, client: OpenAI, prompt: Prompt) -> Iterable[object]:
        stop = list(prompt.stop[:_MOST_STOPS]) or None
        if self.style == "chat":
            return client.chat.completions.create(
                model=self.model,
                messages=messages(prompt),
                max_tokens=self.tokens,
                temperature=0,
                stop=stop,
                stream=True,
            )
        return client.completions.create(
            model=self.model,
            prompt=text_to_go_on(prompt),
            max_tokens=self.tokens,
            temperature=0,
            stop=stop,
            stream=True,
        )


def _connection_fault(error: APIConnectionError, *, answered: bool) -> EndpointFault:
    cause = error.__cause__
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
        return "down"
    if isinstance(cause, httpx2.TimeoutException):
        return "slow"
    if answered:
        return "cut"
    # What came in place of a reply is none of HTTP; or nothing came at all.
    return "malformed" if isinstance(cause, httpx2.RemoteProtocolError) else "down"
