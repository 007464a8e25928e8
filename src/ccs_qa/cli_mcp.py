"""The command that an assistant starts: the Model Context Protocol on stdin and stdout."""

import asyncio
import sys
from contextlib import redirect_stdout, suppress

from ccs_qa.cli_store import recorded
from ccs_qa.cli_words import worded_errors
from ccs_qa.settings import load_settings


def mcp() -> None:
    """Answer an assistant over the Model Context Protocol, on stdin and stdout."""
    from ccs_qa.mcp_door import serve_stdio
    from ccs_qa.service import open_service

    # Nothing but the protocol may be written to stdout, whatever a library has to say.
    with worded_errors(), redirect_stdout(sys.stderr):
        settings = load_settings()
        service = open_service(settings)
    with suppress(KeyboardInterrupt), recorded(service, settings, "mcp") as observed:
        asyncio.run(serve_stdio(observed))
