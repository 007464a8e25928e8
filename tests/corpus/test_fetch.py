"""A page is taken from its address within limits, and from nowhere that is not listed."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ccs_qa.corpus import fetch
from ccs_qa.corpus.fetch import MOST_BYTES, fetch_page
from ccs_qa.errors import PageAddressError

HERE = ("127.0.0.1",)
PAGE = "<main><p>Résumé</p></main>".encode()


class Pages(BaseHTTPRequestHandler):
    """Serves a page, and what is none."""

    def do_GET(self) -> None:
        """Answer by the path."""
        where = {
            "/moved": "/page",
            "/loop": "/loop",
            "/out": "http://elsewhere.example/page",
            "/inside": "http://10.0.0.1/page",
            "/file": "file:///etc/hostname",
        }.get(self.path)
        self.send_response(302 if where else 404 if self.path == "/none" else 200)
        if where:
            self.send_header("Location", where)
        kind = "image/png" if self.path == "/picture" else "text/html; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.end_headers()
        try:
            if self.path == "/slow":
                for _ in range(100):
                    self.wfile.write(b".")
                    time.sleep(0.1)
            elif self.path == "/large":
                for _ in range(MOST_BYTES // 50_000 + 2):
                    self.wfile.write(b"." * 50_000)
            else:
                self.wfile.write(PAGE)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A site on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def test_a_page_is_taken_where_it_leads(site: str) -> None:
    """As it is, with the address at which it was in the end."""
    for path in ("/page", "/moved"):
        found = fetch_page(f"{site}{path}", HERE)
        assert (found.url, found.suffix, found.data) == (f"{site}/page", ".html", PAGE)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/none", "status"),
        ("/picture", "kind"),
        ("/large", "size"),
        ("/loop", "redirect"),
        ("/out", "host"),
        ("/inside", "host"),
        ("/file", "form"),
    ],
)
def test_what_is_no_page_or_leads_astray_is_refused(site: str, path: str, problem: str) -> None:
    """Each for its reason, whatever a redirection says."""
    with pytest.raises(PageAddressError) as caught:
        fetch_page(f"{site}{path}", HERE)
    assert caught.value.details["problem"] == problem


def test_a_page_that_trickles_is_given_up(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is that of the whole page, not of its next byte."""
    monkeypatch.setattr(fetch, "SECONDS", 0.5)
    with pytest.raises(PageAddressError) as caught:
        fetch_page(f"{site}/slow", HERE)
    assert caught.value.details["problem"] == "slow"


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"]
)
def test_a_listed_name_leads_to_no_private_address(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Unless the address itself is listed."""

    def resolve(_host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(PageAddressError) as caught:
        fetch_page("https://www.canada.ca/page", ["www.canada.ca"])
    assert caught.value.details["problem"] == "private"


@pytest.mark.parametrize(
    "address", ["https://a@www.canada.ca/", "ftp://www.canada.ca/", "https:///x"]
)
def test_an_address_of_another_form_is_refused(address: str) -> None:
    """No name of a person, no other protocol."""
    with pytest.raises(PageAddressError) as caught:
        fetch_page(address, ["www.canada.ca"])
    assert caught.value.details["problem"] == "form"
