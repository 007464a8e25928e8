"""What the address of a page asks, word for word: question, history, limits, language of texts."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import FilterError
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import LANGUAGES, AnswerMode, Filters, Language, Question, Scope
from ccs_qa.service import QAService
from ccs_qa.text.strings import clean, count_invisible

# Earlier questions that an address carries; the oldest go first.
MOST_EARLIER = 6
# What an address says where a language model is to phrase the answer.
BY_MODEL = "model"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a conversation, or a search, as its address names it.

    Attributes:
        history: Earlier questions, oldest first.
        meetings: Days of the only meetings to search, ISO; empty for what the question names.
        year: The only year to search; empty likewise.
        text: Language of the texts shown; empty for that of the page.
        invisible: How many characters that cannot be seen were removed.
        by: How a search finds: `words` by these very words; empty by what they mean.
    """

    question: str = ""
    history: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    year: str = ""
    text: str = ""
    generated: bool = False
    invisible: int = 0
    by: str = ""

    @property
    def parameters(self) -> str:
        """The query string that asks the same again."""
        pairs = [("q", self.question)] * bool(self.question)
        pairs += [("h", item) for item in self.history]
        pairs += [("meeting", day) for day in self.meetings]
        pairs += [("year", self.year)] * bool(self.year)
        pairs += [("text", self.text)] * bool(self.text)
        pairs += [("by", self.by)] * bool(self.by)
        return urlencode(pairs + [("wording", BY_MODEL)] * self.generated)

    def address(self, language: Language, page: str = "") -> str:
        """Say where the same is asked."""
        return f"/{language}/{page}?{self.parameters}".removesuffix("?")

    def without(self, day: str) -> "Asked":
        """Give up one meeting."""
        return replace(self, meetings=tuple(item for item in self.meetings if item != day))

    def filters(self) -> Filters:
        """Read the limits; none where none are named.

        Raises:
            FilterError: A day or a year is none.
        """
        start, end = None, None
        if self.year:
            # Four plain digits: what `int` takes beside them is not a year on this page.
            if not (len(self.year) == 4 and self.year.isascii() and self.year.isdecimal()):
                raise FilterError(problem="form", value=self.year)
            start, end = (_day(f"{self.year}-{day}", self.year) for day in ("01-01", "12-31"))
        return Filters(start, end, tuple(_day(day, day) for day in self.meetings))

    def shown(self, language: Language) -> Language:
        """Tell the language of the texts: the one asked for, else that of the page.

        Raises:
            FilterError: It is neither French nor English.
        """
        if not self.text:
            return language
        for known in LANGUAGES:
            if known == self.text:
                return known
        raise FilterError(problem="form", value=self.text)

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
    q: str = "",
    h: Annotated[list[str] | None, Query()] = None,
    meeting: Annotated[list[str] | None, Query()] = None,
    wording: str = "",
) -> Asked:
    """Read a question of a conversation from its address, free of what cannot be seen."""
    return Asked(
        clean(q),
        tuple(item for item in map(clean, h or ()) if item)[-MOST_EARLIER:],
        tuple(map(clean, meeting or ())),
        generated=wording == BY_MODEL,
        invisible=count_invisible(q),
    )


AskedTurn = Annotated[Asked, Depends(read_turn)]


@dataclass(frozen=True, slots=True)
class Chip:
    """A limit that a link removes."""

    label: str
    url: str


def everywhere(asked: Asked, corpus: Corpus) -> Asked:
    """Ask the same of every meeting."""
    days = sorted(meeting.date.isoformat() for meeting in corpus.meetings)
    return replace(asked, meetings=tuple(days))


def limits(
    asked: Asked, scope: Scope, corpus: Corpus, words: Catalogue, page: str = ""
) -> tuple[Chip, ...]:
    """View the meetings to which a question limits itself.

    Filters replace what the question names, so the meetings that remain are named; a question
    limited to one meeting is freed by naming them all.
    """
    days = [day.isoformat() for day in scope.meetings]
    named = replace(asked, meetings=tuple(days))
    fewer = [named.without(day) if len(days) > 1 else everywhere(asked, corpus) for day in days]
    return tuple(
        Chip(words.text("answer.meeting", date=words.date(day)), less.address(words.language, page))
        for day, less in zip(scope.meetings, fewer, strict=True)
    )


def _day(iso: str, typed: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(iso)
    except ValueError:
        raise FilterError(problem="form", value=typed) from None
    # Other ways of writing a day would leave its box in the form unticked.
    if day.isoformat() != iso:
        raise FilterError(problem="form", value=typed)
    return day
