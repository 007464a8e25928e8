"""The connection of one request: what it sends, what it takes, and how it is cut off."""

import socket
import ssl
from collections.abc import Iterator

import httpx2
from pydantic import SecretStr

from ccs_qa import __version__
from ccs_qa.errors import EndpointError
from ccs_qa.records import EndpointFault

_STREAM = "text/event-stream"
_PLAIN = frozenset({"", "identity"})
# Whatever else the client or its environment would add stays here.
_SENT = ("host", "content-type", "content-length", "accept")
_CONNECTED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Wire(httpx2.HTTPTransport):
    """One connection to an endpoint; another thread may cut it."""

    def __init__(self, verify: ssl.SSLContext, key: SecretStr, most_bytes: int) -> None:
        """Prepare the connection; nothing is sent yet.

        Args:
            key: The key to show; empty for none.
            most_bytes: Most bytes of a reply.
        """
        # Neither proxies nor certificates named by the environment, no second try, and no
        # connection kept for another request.
        super().__init__(
            verify=verify, trust_env=False, retries=0, limits=httpx2.Limits(max_connections=1)
        )
        self._key = key
        self._most_bytes = most_bytes
        self._socket: socket.socket | None = None
        self._cut = False
        self.answered = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; a reply that is no stream of events is an `EndpointError`."""
        headers = {name: request.headers[name] for name in _SENT if name in request.headers}
        headers["User-Agent"] = f"ccs-qa/{__version__}"
        headers["Accept-Encoding"] = "identity"  # what is packed could unpack to anything
        if secret := self._key.get_secret_value():
            headers["Authorization"] = f"Bearer {secret}"
        request.headers = httpx2.Headers(headers)
        request.extensions = {**request.extensions, "trace": self._trace}
        reply = super().handle_request(request)
        self.answered = True
        fault = _refused(reply)
        if fault is not None:
            reply.close()
            raise EndpointError(fault=fault)
        assert isinstance(reply.stream, httpx2.SyncByteStream)  # noqa: S101 - what a transport gives
        reply.stream = _Counted(reply.stream, self._most_bytes)
        return reply

    def cut(self) -> None:
        """Cut the connection, whatever waits for it."""
        self._cut = True
        if self._socket is not None:
            try:
                # Unlike closing, this wakes the thread that reads.
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the other side has left already

    def _trace(self, event: str, info: dict[str, object]) -> None:
        if event in _CONNECTED:
            stream = info["return_value"]
            assert hasattr(stream, "get_extra_info")  # noqa: S101 - what httpcore documents
            self._socket = stream.get_extra_info("socket")
            if self._cut:
                self.cut()


def _refused(reply: httpx2.Response) -> EndpointFault | None:
    # Redirections are among them: a request is for the address of the settings and no other.
    if reply.status_code != 200:
        return "refused"
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    packed = reply.headers.get("content-encoding", "").strip().lower()
    return None if kind == _STREAM and packed in _PLAIN else "malformed"


class _Counted(httpx2.SyncByteStream):
    """The body of a reply, up to so many bytes."""

    def __init__(self, inner: httpx2.SyncByteStream, most: int) -> None:
        self._inner = inner
        self._left = most

    def __iter__(self) -> Iterator[bytes]:
        for part in self._inner:
            self._left -= len(part)
            if self._left < 0:
                raise EndpointError(fault="endless")
            yield part

    def close(self) -> None:
        self._inner.close()
