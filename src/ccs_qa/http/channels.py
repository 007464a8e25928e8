"""The channels, in one table: where each lies, what it is called, whose keys open it, its errors.

A new channel is a module with its routes and a row here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import APIRouter, Response

from ccs_qa.corpus.fetch import MOST_BYTES
from ccs_qa.http.api import health, router
from ccs_qa.http.metrics import metrics_router
from ccs_qa.http.middleware import OTHER
from ccs_qa.http.openai.errors import error_response
from ccs_qa.http.openai.routes import openai_router
from ccs_qa.http.pages.api_docs import docs_page
from ccs_qa.http.pages.ask import ask_pages
from ccs_qa.http.pages.desk import desk_pages
from ccs_qa.http.pages.downloads import download_pages
from ccs_qa.http.pages.explore import explore_pages
from ccs_qa.http.pages.feedback import feedback_pages
from ccs_qa.http.pages.meetings import meeting_pages
from ccs_qa.http.pages.plain import plain_pages
from ccs_qa.http.pages.routes import pages
from ccs_qa.http.problems import MOST_BODY_BYTES, problem_response
from ccs_qa.http.sse import stream
from ccs_qa.store.keys import KeyScope


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in.

    Attributes:
        scope: The scope that a key needs; None where it is open to all.
        errors: Words an error as a response; None where the error is a page.
        asks: Where below it questions are answered; by pages those that an address holds.
        most: Most bytes that are sent there at once.
    """

    place: str
    name: str
    scope: KeyScope | None
    errors: Callable[..., Response] | None = problem_response
    routers: tuple[APIRouter, ...] = ()
    asks: tuple[str, ...] = ()
    most: int = MOST_BODY_BYTES


_PAGES = (
    pages,
    ask_pages,
    download_pages,
    meeting_pages,
    explore_pages,
    plain_pages,
    feedback_pages,
    desk_pages,
)
_API = ("v1/ask", "v1/search", "v1/timeline")
_ASKING = ("", "stream", "search", "timeline", "download")
# The first row that fits counts.
CHANNELS = (
    Channel("api/v1/audit", "api", "admin"),
    Channel("api/v1/feedback", "api", "admin"),
    Channel("api", "api", "read", routers=(router, stream), asks=_API),
    Channel("health", OTHER, None, routers=(health,)),
    Channel("metrics", OTHER, "admin", routers=(metrics_router,)),
    Channel("v1", "chat", "read", error_response, (openai_router,), ("chat",)),
    Channel("mcp", "mcp", "read", asks=("",)),
    Channel("fr/desk", "page", "admin", None, asks=("try",), most=MOST_BYTES),
    Channel("en/desk", "page", "admin", None, asks=("try",), most=MOST_BYTES),
    Channel("fr", "page", None, None, _PAGES, _ASKING),  # in both languages
    Channel("en", "page", None, None, asks=_ASKING),
    Channel("docs", OTHER, None, routers=(docs_page,)),
    Channel("openapi.json", OTHER, None),
)
_NONE = Channel("", OTHER, None)


def channel_at(path: str) -> Channel:
    """Find the channel of an address; one that is open and without a name where it is of none."""
    place = path.strip("/")
    return next((row for row in CHANNELS if f"{place}/".startswith(f"{row.place}/")), _NONE)


def channel_of(path: str) -> str:
    """Name the channel of an address; `other` where it is of none, never the address."""
    found = channel_at(path)
    # Answers that are taken away are counted apart from those that are read.
    taken = found.name == "page" and path.removeprefix(f"/{found.place}").startswith("/download.")
    return "download" if taken else found.name


def makes_answer(path: str, query: str) -> bool:
    """Tell whether a request takes the work of an answer."""
    found = channel_at(path)
    below = path.strip("/").removeprefix(found.place).strip("/")
    # A form that nobody has filled in takes none.
    empty = found.errors is None and not {"q", "topic"} & parse_qs(query).keys()
    return not empty and any(re.fullmatch(rf"(?s:{name}([./].*)?)", below) for name in found.asks)


def scope_needed(method: str, path: str) -> KeyScope | None:
    """Tell which scope an address asks for; None where it is open to all."""
    if path.strip("/") == "api/v1/feedback" and method == "POST":
        return "feedback"
    return channel_at(path).scope


def is_page(path: str, accept: str) -> bool:
    """Tell whether a person looks at an address: a page, or of no channel and asked for as HTML."""
    found = channel_at(path)
    return found.errors is None or (found is _NONE and "text/html" in accept.lower())


def error_form(path: str) -> Callable[..., Response]:
    """Choose the form of an error that a program reads."""
    return channel_at(path).errors or problem_response
