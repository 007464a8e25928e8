"""The one error of the client: what the service answered instead of what was asked."""

from collections.abc import Mapping

from ccs_qa.present.schemas import ProblemOut
from ccs_qa.records import Language

UNNAMED = "about:blank"  # the type of a problem without words of its own (RFC 9457)


class ApiError(Exception):
    """The service refused or failed, and said why in both languages."""

    def __init__(self, problem: ProblemOut) -> None:
        """Take over the problem; it is without words when what answered was no service."""
        self.problem = problem
        words = (part.get("en", "") for part in (problem.title, problem.detail, problem.next))
        told = ". ".join(text.rstrip(".") for text in words if text)
        super().__init__(f"{problem.status} {problem.type}{f': {told}.' if told else ''}")

    @property
    def type(self) -> str:
        """Its stable name, e.g. `/problems/question`; `about:blank` when there is none."""
        return self.problem.type

    @property
    def status(self) -> int:
        """The HTTP status; that of the problem when a stream was cut short by it."""
        return self.problem.status

    @property
    def title(self) -> Mapping[Language, str]:
        """What kind of thing went wrong, by language."""
        return self.problem.title

    @property
    def detail(self) -> Mapping[Language, str]:
        """What exactly, by language."""
        return self.problem.detail

    @property
    def next(self) -> Mapping[Language, str]:
        """What to do about it, by language."""
        return self.problem.next
