"""Composes the application: settings, service, API, pages, errors, limits, headers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from anyio import to_thread
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccs_qa import __version__
from ccs_qa.answer.recent import Recent
from ccs_qa.errors import CcsQaError
from ccs_qa.http import openapi
from ccs_qa.http.access import Admission, Gate, choose_mode, known_hosts
from ccs_qa.http.admission import Admit, Answers
from ccs_qa.http.audit import Recorder, open_spool
from ccs_qa.http.channels import (
    CHANNELS,
    channel_at,
    channel_of,
    error_form,
    is_page,
    makes_answer,
)
from ccs_qa.http.connections import Connections
from ccs_qa.http.drain import draining
from ccs_qa.http.editions import Editions
from ccs_qa.http.limits import open_limiter
from ccs_qa.http.mcp.transports import McpRoute
from ccs_qa.http.metrics import Metrics
from ccs_qa.http.middleware import HEADER, REQUEST_ID, Requests, path_below, read_body
from ccs_qa.http.pages.assets import AssetFiles, load_assets, page_caching
from ccs_qa.http.pages.routes import error_page
from ccs_qa.http.problems import BodySizeError, HostError, Identified, identify
from ccs_qa.http.watch import Watch
from ccs_qa.opening import open_service
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.store import LazyStore

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def build_app(
    settings: Settings, opener: Callable[[Settings], QAService] = open_service
) -> FastAPI:
    """Compose the application; it refuses to start on an index that cannot be trusted.

    Raises:
        AssetsMissingError: The style sheet and the client were not built.
        SettingsError: Other machines could call and nobody said that they may, or requests
            cannot be counted where that was asked for.
    """
    hosts = known_hosts(settings)
    assistants = McpRoute(hosts)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
        # Neither answers nor those who wait for a model take the threads of the rest.
        more = settings.answers_at_once + settings.llm_at_once
        to_thread.current_default_thread_limiter().total_tokens += more
        service = opener(settings)
        app.state.store = lazy = LazyStore(settings.database.get_secret_value())
        metrics.watch(service.endpoint)
        # It runs with records off as well: what was kept before is forgotten in its time.
        app.state.recorder = recorder = Recorder(
            lazy,
            open_spool(settings),
            service.model,
            settings.audit_days,
            required=settings.audit == "required",
            dropped=metrics.audit_dropped,
        )
        # An answer that is refused for its record's sake was not given.
        observers = (*[recorder.answered] * (settings.audit != "off"), metrics.answered)

        def adopt(opened: QAService) -> None:
            metrics.describe(opened.model, opened.index_id)
            # The breaker of the language model knows what it knows, whatever is answered from.
            app.state.service = replace(
                opened,
                observers=observers,
                generator=service.generator,
                endpoint=service.endpoint,
                recent=Recent(settings.recent) if settings.recent else None,
                guards=(watch.refuse_paused,),
            )

        adopt(service)
        app.state.editions = editions = Editions(settings, service.edition, adopt)
        ended = watch.start(lazy)
        watching = asyncio.create_task(editions.watch(service))
        with draining(answers, connections, settings):
            async with assistants.open(lambda: app.state.service):
                yield {"connections": connections}
        watching.cancel()
        ended.set()
        recorder.close()
        lazy.close()
        if limiter is not None:
            await limiter.close()

    app = openapi.DescribedApi(
        title="ccs_qa",
        version=__version__,
        servers=openapi.servers(settings.public_path),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        **openapi.told()["service"],
    )
    app.state.public_url = settings.public_url.removesuffix(settings.public_path)
    app.state.settings = settings
    app.state.metrics = metrics = Metrics()
    app.state.watch = watch = Watch(settings.reload)
    for channel in CHANNELS:
        for router in channel.routers:
            app.include_router(router)
    app.router.routes.extend(assistants.routes)
    app.mount("/static", AssetFiles(load_assets()), name="static")
    for kind in (RequestValidationError, CcsQaError, HTTPException, Exception):
        app.add_exception_handler(kind, _on_error)
    mode = choose_mode(settings)
    limiter = open_limiter(settings, mode)
    gate = Gate(settings, mode, hosts, limiter, watch.find_key)
    answers, connections = _bound(app, settings, metrics)
    app.add_middleware(_Guard, gate=gate)
    # No page holds a secret beside what its reader sent, so compressing gives nothing away.
    app.add_middleware(GZipMiddleware, compresslevel=6)
    app.add_middleware(
        Requests, channel_of=channel_of, ended=metrics.requested, site=app.state.public_url
    )
    return app


def _bound(app: FastAPI, settings: Settings, metrics: Metrics) -> tuple[Answers, Connections]:
    """Bound what is answered at once, and what is connected."""
    app.state.answers = answers = Answers(
        settings.answers_at_once, settings.answers_waiting, settings.answer_budget
    )
    connections = Connections(settings)
    for name, told, value in (
        ("ccs_qa_connections", "Open connections.", lambda: len(connections)),
        ("ccs_qa_answers_in_work", "Answers worked on.", lambda: answers.in_work),
        ("ccs_qa_answers_waiting", "Answers that wait for their turn.", lambda: answers.in_wait),
    ):
        metrics.gauge(name, told, value)
    app.add_middleware(
        Admit,
        answers=answers,
        asks=lambda scope: makes_answer(path_below(scope), scope["query_string"].decode("latin-1")),
        refuse=_on_error,
        refused=metrics.refused,
    )
    return answers, connections


async def _on_error(request: Request, error: Exception) -> Response:
    response = _worded(request, identify(error, request.method))
    # What is answered to a fault of ours does not pass through the guard, nor is it named.
    _secure(response.headers, request.scope)
    response.headers.setdefault(HEADER, REQUEST_ID.get())
    return response


def _worded(request: Request, named: Identified) -> Response:
    path = path_below(request.scope)
    if not is_page(path, request.headers.get("accept", "")):
        # What is refused names the address as it was asked for.
        given = request.scope["path"]
        return error_form(path)(named.error, given, errors=named.fields, headers=named.headers)
    response = error_page(request, named.error)
    response.headers.update(named.headers or {})
    return response


def _secure(headers: MutableHeaders, scope: Scope) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", _CSP)
    kept = page_caching(
        scope["method"], scope["query_string"].decode("latin-1"), headers.get("content-type", "")
    )
    if kept:
        headers.setdefault("Cache-Control", kept)


@dataclass(frozen=True, slots=True)
class _Guard:
    """Refuses oversized bodies and who may not ask; adds the security headers."""

    app: ASGIApp
    gate: Gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = channel_at(path_below(scope)).most
        error, receive = await _check(scope, receive, most)
        found = Admission(error, {}, receive)
        if error is None:
            found = await self.gate.admit(scope, receive)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(found.headers)
                _secure(headers, scope)
            await send(message)

        app = self.app
        if found.error is not None:
            app = _worded(Request(scope), identify(found.error, scope["method"]))
        await app(scope, found.receive, send_guarded)


async def _check(scope: Scope, receive: Receive, most: int) -> tuple[CcsQaError | None, Receive]:
    """Find what no channel takes; a body that comes in chunks is counted while it is read."""
    headers = Headers(scope=scope)
    # By which of two names a request came, a proxy and we might tell apart.
    if len(headers.getlist("host")) != 1 and scope["http_version"] != "1.0":
        return HostError(), receive
    length = headers.get("content-length", "0")
    large = length.isdigit() and int(length) > most
    if not large and "transfer-encoding" in headers:
        body, receive = await read_body(receive, most)
        large = len(body) > most
    return (BodySizeError(most=most // 1024) if large else None), receive
