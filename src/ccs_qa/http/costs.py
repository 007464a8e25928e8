"""What a request costs, by what it makes the service compute."""

import re
from urllib.parse import parse_qs

from ccs_qa.http.channels import channel_of, makes_answer
from ccs_qa.http.pages.addresses import MOST_EARLIER

# An answer, a search or a timeline: the question is understood and passages are ranked.
ANSWER = 5
PAGE = 1
# What is asked for beside what a person asked for: parts of a page, and whether the service runs.
_FREE = re.compile(r"/+(static|health)(/.*)?", re.DOTALL)
_FEEDBACK = re.compile(r"/(api/v1|fr|en)/feedback/?")


def is_free(path: str) -> bool:
    """Tell whether an address costs nothing."""
    return _FREE.fullmatch(path) is not None


def cost_of(path: str, query: str) -> int:
    """Tell the units of a request; its body is not looked at."""
    if not makes_answer(path, query):
        return 0 if is_free(path) else PAGE
    given = parse_qs(query)
    # A file of a conversation answers each of its questions anew.
    whole = channel_of(path) == "download" and "all" in given
    return ANSWER * (1 + (len(given.get("h", ())[-MOST_EARLIER:]) if whole else 0))


def brings_feedback(method: str, path: str) -> bool:
    """Tell whether a request brings something to be kept."""
    return method == "POST" and _FEEDBACK.fullmatch(path) is not None
