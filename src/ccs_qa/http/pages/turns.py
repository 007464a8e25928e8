"""A question of a conversation, as its address names it."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from ccs_qa.http.pages.addresses import Asked
from ccs_qa.records import AnswerMode, Filters, Language, Question
from ccs_qa.service import QAService
from ccs_qa.text.strings import clean, count_invisible

# Earlier questions that an address carries; the oldest go first.
MOST_EARLIER = 6
# What an address says where a language model is to phrase the answer.
BY_MODEL = "model"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and where it stands in a conversation.

    Attributes:
        history: Earlier questions, oldest first.
        meetings: Days of the only meetings to search, ISO; empty for what the question names.
    """

    question: str
    history: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    generated: bool = False
    invisible: int = 0

    @property
    def parameters(self) -> str:
        """The query string that asks the same again."""
        pairs = [("q", self.question)] * bool(self.question)
        pairs += [("h", item) for item in self.history]
        pairs += [("meeting", day) for day in self.meetings]
        return urlencode(pairs + [("wording", BY_MODEL)] * self.generated)

    def address(self, language: Language, page: str = "") -> str:
        """Say where the same is asked."""
        return f"/{language}/{page}?{self.parameters}".removesuffix("?")

    def without(self, day: str) -> "Turn":
        """Give up one meeting."""
        return replace(self, meetings=tuple(item for item in self.meetings if item != day))

    def filters(self) -> Filters:
        """Read the limits; none where none are named; `FilterError` for a day that is none."""
        return Asked(meetings=self.meetings).filters()

    def mode(self, service: QAService) -> AnswerMode:
        """Choose how the answer is worded: by a model only where one is set up by now."""
        return "generative" if self.generated and service.generative else "extractive"

    def asked(self, language: Language, service: QAService) -> Question:
        """Ask it, to be answered in a language."""
        mode = self.mode(service)
        return Question(self.question, language, self.history, self.filters(), mode=mode)

    @property
    def following(self) -> tuple[str, ...]:
        """The history that a follow-up carries."""
        return (*self.history, self.question)[-MOST_EARLIER:]


def read_turn(
    q: Annotated[str, Query()] = "",
    h: Annotated[list[str] | None, Query()] = None,
    meeting: Annotated[list[str] | None, Query()] = None,
    wording: Annotated[str, Query()] = "",
) -> Turn:
    """Read the parameters of an address, free of what cannot be seen.

    Args:
        wording: `model` where a language model is to phrase the answer.
    """
    earlier = tuple(item for item in map(clean, h or ()) if item)
    days = tuple(map(clean, meeting or ()))
    generated, invisible = wording == BY_MODEL, count_invisible(q)
    return Turn(clean(q), earlier[-MOST_EARLIER:], days, generated, invisible)


AskedTurn = Annotated[Turn, Depends(read_turn)]
