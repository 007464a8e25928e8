"""The interactive documentation of the API, from files of our own.

FastAPI's own page loads its scripts from another site and starts them inline; this one asks
nobody else and runs under a policy that forbids both.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from ccs_qa.http.middleware import root_of
from ccs_qa.http.pages.routes import render
from ccs_qa.messages.catalogue import catalogue

docs_page = APIRouter(include_in_schema=False)
# The icons of Swagger UI are images written into its style sheet.
_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@docs_page.get("/docs")
def api_docs(request: Request) -> Response:
    """Show the documentation (English only), or without JavaScript where the document is."""
    root = root_of(request.scope)
    page = render("docs.html", catalogue("en"), root, french=catalogue("fr").text)
    return HTMLResponse(page, headers={"Content-Security-Policy": _CSP})
