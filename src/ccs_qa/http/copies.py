"""Tells a caller that the copy it holds is as the corpus is now (`ETag`, RFC 9110)."""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from ccs_qa import __version__

# The tags of an `If-None-Match`; a weak one matches as well where nothing is written.
_TAGS = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')
UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The copy named by `If-None-Match` is as it is now."}
}


@dataclass(frozen=True, slots=True)
class Held:
    """A request, and the copies that its caller holds.

    Attributes:
        tags: The tags of the copies, or `*` for any.
    """

    request: Request
    response: Response
    tags: frozenset[str]

    def unchanged(self, digest: str) -> Response | None:
        """Compare the copies with what would be answered, and tag that.

        Call it once the thing asked for is known to be there.

        Returns:
            The answer where nothing changed; None where the whole has to be given.
        """
        tag = make_tag(self.request, digest)
        # Not `no-store`: a copy may be kept, and is asked about before it is used.
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if self.tags & {tag, "*"}:
            # A cache between must not give packed bytes to whoever cannot unpack them.
            return Response(status_code=304, headers={**headers, "Vary": "Accept-Encoding"})
        self.response.headers.update(headers)
        return None


def make_tag(request: Request, digest: str) -> str:
    """Tag what is answered to a request, strongly: two answers of one tag are the same bytes."""
    # Compressed bytes are other bytes.
    coding = "gzip" if "gzip" in request.headers.get("accept-encoding", "") else ""
    # The version too: another release may write the same corpus otherwise.
    parts = (__version__, digest, request.url.path, request.url.query, coding)
    named = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f'"{named[:32]}"'


def get_held(
    request: Request,
    response: Response,
    if_none_match: Annotated[
        str | None, Header(description="`ETag` of a copy held: 304 where it is as it is now.")
    ] = None,
) -> Held:
    """Read which copies the caller holds.

    Args:
        if_none_match: Tags, or `*`.
    """
    given = if_none_match or ""
    tags = {"*"} if given.strip() == "*" else set(_TAGS.findall(given))
    return Held(request, response, frozenset(tags))


Copy = Annotated[Held, Depends(get_held)]
