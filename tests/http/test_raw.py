"""Requests as they come: in chunks, without a name or with two, for a part of a file."""

import gzip
import itertools
import socket
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from ccs_qa.http.pages.assets import load_assets
from ccs_qa.http.problems import MOST_BODY_BYTES

ASK, CHAT, MCP = "/api/v1/ask", "/v1/chat/completions", "/mcp"
QUESTION = b'{"question": "trust", "k": 1}'
PING = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'


def sent(origin: str, raw: bytes) -> tuple[int, bytes]:
    """Send bytes, and take status and body of the first answer."""
    place = urlsplit(origin)
    with socket.create_connection((place.hostname, place.port), timeout=60) as line:
        line.sendall(raw)
        found = b""
        while chunk := line.recv(65536):
            found += chunk
    head, _, body = found.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def head(method: str, path: str, *lines: str, version: str = "1.1") -> bytes:
    """Write the head of a request."""
    told = (f"{method} {path} HTTP/{version}", *lines, "Connection: close", "", "")
    return "\r\n".join(told).encode()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (ASK, QUESTION, 200),
        (ASK, b"{}", 422),
        (CHAT, b'{"model": "none", "messages": [{}]}', 404),
        (MCP, PING, 200),
        (f"{MCP}/", PING, 200),
        (ASK, QUESTION.ljust(MOST_BODY_BYTES), 200),
        (ASK, QUESTION.ljust(MOST_BODY_BYTES + 1), 413),
        (CHAT, b"x" * (MOST_BODY_BYTES + 1), 413),
        (MCP, PING.ljust(MOST_BODY_BYTES + 1), 413),
    ],
)
@pytest.mark.parametrize("size", [7919, 1 << 20])
def test_a_body_in_chunks_is_read_up_to_the_limit(
    origin: str, path: str, body: bytes, status: int, size: int
) -> None:
    """As one whose length is announced; nobody is asked to announce one."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    for content in (iter(chunks), body):
        found = httpx2.post(origin + path, content=content, headers=headers)
        assert found.status_code == status
        assert ("content-length" in found.request.headers) is (content is body)


def test_a_body_in_chunks_without_an_end_is_left_at_the_limit(origin: str) -> None:
    """What goes on for ever is answered while it does."""
    lines = ("Host: localhost", "Content-Type: application/json", "Transfer-Encoding: chunked")
    place = urlsplit(origin)
    with socket.create_connection((place.hostname, place.port), timeout=60) as line:
        line.sendall("\r\n".join((f"POST {ASK} HTTP/1.1", *lines, "", "")).encode())
        for _ in range(MOST_BODY_BYTES // 4096 + 1):
            line.sendall(b"1000\r\n%s\r\n" % (b"x" * 4096))
        found = b""
        while b"/problems/body-size" not in found:
            found += line.recv(65536)
    assert found.startswith(b"HTTP/1.1 413 ")


@given(cuts=st.lists(st.integers(0, len(QUESTION)), max_size=8))
@limits(max_examples=20)
def test_where_a_body_is_cut_does_not_matter(client: TestClient, cuts: list[int]) -> None:
    """Even into no bytes at all."""
    ends = [0, *sorted(cuts), len(QUESTION)]
    parts = [QUESTION[begin:end] for begin, end in itertools.pairwise(ends)]
    found = client.post(
        "/api/v1/search", content=iter(parts), headers={"Content-Type": "application/json"}
    )
    assert found.request.headers["transfer-encoding"] == "chunked"
    assert found.status_code == 200


@pytest.mark.parametrize("path", ["/health/live", "/en/about", "/v1/models", "/static/icon.svg"])
@pytest.mark.parametrize(
    ("lines", "version", "status"),
    [
        (("Host: localhost",), "1.1", 200),
        ((), "1.1", 400),
        (("Host: localhost", "Host: localhost"), "1.1", 400),
        (("Host: localhost", "Host: evil.example"), "1.1", 400),
        ((), "1.0", 200),
    ],
)
def test_a_request_says_by_which_one_name_it_came(
    origin: str, path: str, lines: tuple[str, ...], version: str, status: int
) -> None:
    """Before HTTP/1.1 it did not have to."""
    assert sent(origin, head("GET", path, *lines, version=version))[0] == status


@pytest.fixture(scope="module")
def style() -> str:
    """Address of a file that is kept for a year."""
    return load_assets().address("main.css")


def test_a_file_that_is_known_already_is_not_sent_again(client: TestClient, style: str) -> None:
    """By its tag or by its time; what is known of another version does not count."""
    whole = client.get(style)
    tag, time = whole.headers["etag"], whole.headers["last-modified"]
    for told in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", {tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": time},
    ):
        found = client.get(style, headers=told)
        assert (found.status_code, found.content) == (304, b""), told
        assert found.headers["etag"] == tag
        assert found.headers["cache-control"] == whole.headers["cache-control"]
    for told in ({"If-None-Match": '"other"'}, {"If-Modified-Since": "yesterday"}):
        assert client.get(style, headers=told).content == whole.content


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_part_of_a_file_is_that_part(client: TestClient, style: str, encoding: str) -> None:
    """Of its bytes as they lie on the disk, never of what was compressed."""
    whole = client.get(style, headers={"Accept-Encoding": "identity"}).content
    size = len(whole)
    for told, begin, end in (
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=10-{size * 2}", 10, size),
    ):
        found = client.get(style, headers={"Range": told, "Accept-Encoding": encoding})
        assert found.status_code == 206, told
        assert found.headers["content-range"] == f"bytes {begin}-{end - 1}/{size}"
        assert found.content == whole[begin:end]
    beyond = client.get(style, headers={"Range": f"bytes={size}-", "Accept-Encoding": encoding})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize("told", ["lines=1-2", "bytes", "bytes=", "bytes=a-b", "bytes=9-1", "x"])
def test_a_range_that_is_none_is_passed_over(client: TestClient, style: str, told: str) -> None:
    """As RFC 9110 has it: the whole is given."""
    found = client.get(style, headers={"Range": told})
    assert (found.status_code, found.content) == (200, client.get(style).content)


def test_a_part_of_another_version_is_not_given(client: TestClient, style: str) -> None:
    """`If-Range` with a tag that is not that of the file: the whole."""
    told = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert client.get(style, headers=told).status_code == 200
    told["If-Range"] = client.get(style).headers["etag"]
    assert client.get(style, headers=told).status_code == 206


@pytest.mark.parametrize("path", ["/en/about", "/api/v1/meetings", "/en/download.txt?q=trust"])
def test_what_is_made_anew_has_no_parts(client: TestClient, path: str) -> None:
    """A page, an answer of the API, a file that is written when it is asked for."""
    plain = client.get(path)
    found = client.get(path, headers={"Range": "bytes=0-9", "If-None-Match": '"x"'})
    assert (found.status_code, found.content) == (200, plain.content)
    assert "content-range" not in found.headers


def test_what_is_compressed_is_the_same(origin: str) -> None:
    """A style sheet, read over a socket as it is sent."""
    path = load_assets().address("main.css")
    asked = head("GET", path, "Host: localhost", "Accept-Encoding: gzip", version="1.0")
    plain = head("GET", path, "Host: localhost", version="1.0")
    assert gzip.decompress(sent(origin, asked)[1]) == sent(origin, plain)[1]
