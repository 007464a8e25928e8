"""Takes a page from its address: from hosts that are listed, within limits, wherever it leads."""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import SplitResult, urljoin, urlsplit

from ccs_qa.errors import PageAddressError

MOST_BYTES, SECONDS, MOST_REDIRECTS = 5_000_000, 20.0, 5
_PORTS = {"http": 80, "https": 443}
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as its address gave it.

    Attributes:
        url: Where it was in the end.
        suffix: What a file of its kind ends with.
    """

    url: str
    suffix: str
    data: bytes


@contextmanager
def fetched(address: str, hosts: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Take a page as `fetch_page` does; give it as a file, with the address where it was."""
    found = fetch_page(address, hosts)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"page{found.suffix}"
        file.write_bytes(found.data)
        yield file, found.url


def fetch_page(address: str, hosts: Collection[str]) -> Fetched:
    """Take a page.

    Args:
        hosts: Names, and addresses of machines that are not public, that may be asked.

    Raises:
        PageAddressError: It leads elsewhere, is too large or too slow, or gives no page.
    """
    deadline = time.monotonic() + SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(address)
        try:
            connection = _connect(parts, hosts, deadline)
            try:
                found = _ask(connection, parts, deadline)
            finally:
                connection.close()
        except TimeoutError:
            raise PageAddressError(problem="slow", address=address, most=SECONDS) from None
        except (OSError, http.client.HTTPException):
            raise PageAddressError(problem="unreachable", address=address) from None
        if isinstance(found, Fetched):
            return found
        address = urljoin(address, found)
        if parts.scheme == "https" and not address.startswith("https://"):
            break
    raise PageAddressError(problem="redirect", address=address)


def _connect(
    parts: SplitResult, hosts: Collection[str], deadline: float
) -> http.client.HTTPConnection:
    """Connect to the very address that was checked: a name might lead elsewhere the next time."""
    host, whole = parts.hostname or "", parts.geturl()
    if parts.scheme not in _PORTS or not host or parts.username is not None:
        raise PageAddressError(problem="form", address=whole)
    if host not in {name.casefold() for name in hosts}:
        raise PageAddressError(problem="host", address=whole, host=host)
    port = parts.port or _PORTS[parts.scheme]
    found = [item[4][0] for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for name in found:
        if not _is_public(str(name)) and name not in hosts:
            raise PageAddressError(problem="private", address=whole, host=str(name))
    opened = socket.create_connection((str(found[0]), port), timeout=_left(deadline))
    if parts.scheme == "https":
        opened = ssl.create_default_context().wrap_socket(opened, server_hostname=host)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = opened
    return connection


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_global and not found.is_multicast


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _ask(
    connection: http.client.HTTPConnection, parts: SplitResult, deadline: float
) -> Fetched | str:
    """Ask for a page; where it is elsewhere, give the address told."""
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    headers = {"Host": parts.netloc, "Accept": ", ".join(_SUFFIXES), "Accept-Encoding": "identity"}
    connection.request("GET", target, headers=headers)
    with connection.getresponse() as response:
        if response.status in {301, 302, 303, 307, 308}:
            return response.headers.get("Location", "")
        if response.status != 200:
            raise PageAddressError(problem="status", address=parts.geturl(), status=response.status)
        kind = response.headers.get_content_type()
        if kind not in _SUFFIXES:
            raise PageAddressError(problem="kind", address=parts.geturl(), kind=kind)
        data = b""
        while piece := response.read1(65536):
            data += piece
            if len(data) > MOST_BYTES:
                most = MOST_BYTES // 1_000_000
                raise PageAddressError(problem="size", address=parts.geturl(), most=most)
            # Each piece may take as long as the whole: what trickles is given up all the same.
            _left(deadline)
    return Fetched(parts.geturl(), _SUFFIXES[kind], data)
