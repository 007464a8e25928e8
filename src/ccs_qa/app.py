"""Composes the application: settings, service, API, pages, errors, limits, headers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from ccs_qa import __version__
from ccs_qa.api import BodySizeError, health, identify, problem_response, router
from ccs_qa.errors import CcsQaError
from ccs_qa.service import QAService, open_service
from ccs_qa.settings import Settings, data_folder
from ccs_qa.web import error_page, pages

MOST_BODY_BYTES = 512 * 1024
_API = ("/api/", "/health/", "/docs", "/openapi.json")
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
Next = Callable[[Request], Awaitable[Response]]


def build_app(
    settings: Settings, opener: Callable[[Settings], QAService] = open_service
) -> FastAPI:
    """Compose the application.

    Args:
        settings: Where things are and how far they may go.
        opener: Opens the service when the application starts.

    Returns:
        The application; it refuses to start on an index that cannot be trusted.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.service = opener(settings)
        yield

    app = FastAPI(
        title="ccs_qa",
        version=__version__,
        summary="Answers about the Service Advisory Committee summaries, in verified quotes.",
        lifespan=lifespan,
        redoc_url=None,
    )
    app.include_router(router)
    app.include_router(health)
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=data_folder("web") / "static"), name="static")
    for kind in (RequestValidationError, CcsQaError, HTTPException, Exception):
        app.add_exception_handler(kind, _on_error)
    app.middleware("http")(_guard)
    return app


async def _on_error(request: Request, error: Exception) -> Response:
    named = identify(error, request.method)
    if request.url.path.startswith(_API):
        return problem_response(
            named.error, request.url.path, errors=named.fields, headers=named.headers
        )
    return error_page(request, named.error)


async def _guard(request: Request, call_next: Next) -> Response:
    """Refuse oversized bodies and add the security headers."""
    length = request.headers.get("content-length", "0")
    chunked = "transfer-encoding" in request.headers
    if chunked or (length.isdigit() and int(length) > MOST_BODY_BYTES):
        response: Response = problem_response(
            BodySizeError(most=MOST_BODY_BYTES // 1024), request.url.path
        )
    else:
        response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # The interactive documentation brings its own scripts from elsewhere and inline.
    if not request.url.path.startswith("/docs"):
        response.headers.setdefault("Content-Security-Policy", _CSP)
    return response
