"""What both clients send and expect, whatever the call."""

import httpx2

from ccs_qa import __version__

DEFAULT_URL = "http://127.0.0.1:8000"
DEFAULT_SECONDS = 30.0


def headers_for(api_key: str | None) -> dict[str, str]:
    """Give the headers of every request, with a key where there is one."""
    headers = {"User-Agent": f"ccs-qa/{__version__}"}
    return headers | {"Authorization": f"Bearer {api_key}"} if api_key else headers


def cut_short(response: httpx2.Response) -> httpx2.RemoteProtocolError:
    """Name a stream that ended without the answer."""
    return httpx2.RemoteProtocolError(
        "The stream ended before the answer.", request=response.request
    )
