"""From the words typed to a query: language, standalone wording, meetings, intent."""

import datetime as dt
from collections.abc import Callable, Sequence

from ccs_qa.errors import FilterError, QuestionError
from ccs_qa.records import Filters, Language, Meeting, Passage, Query, Scope
from ccs_qa.search.meetings.scope import ScopeFinder
from ccs_qa.search.understand.followups import standalone
from ccs_qa.search.understand.intents import find_intent
from ccs_qa.search.understand.slips import Reading, Speller
from ccs_qa.text import clean, count_invisible, detect_language


class Understander:
    """Understands questions about the meetings of one corpus."""

    def __init__(
        self,
        meetings: Sequence[Meeting],
        longest: int,
        today: Callable[[], dt.date] = dt.date.today,
        speller: Speller | None = None,
    ) -> None:
        """Take over the meetings.

        Args:
            meetings: The meetings there are.
            longest: Most characters a question may have.
            today: Tells the day that `last year` counts from.
            speller: Reads slips of the keyboard; they stand as typed when None.
        """
        self._dates = tuple(sorted(meeting.date for meeting in meetings))
        self._finder = ScopeFinder(meetings)
        self._longest = longest
        self._today = today
        self._speller = speller

    def understand(
        self,
        question: str,
        *,
        language: Language | None,
        history: Sequence[str],
        filters: Filters,
    ) -> Query:
        """Understand a question.

        Args:
            question: The words typed.
            language: Language wanted for the answer; that of the question when None.
            history: Earlier questions, oldest first.
            filters: Limits that the caller sets; they replace those that the question names.

        Returns:
            The query.

        Raises:
            QuestionError: The question is empty or too long.
            FilterError: The period is reversed, or a meeting does not exist.
        """
        text = clean(question)
        if not any(character.isalnum() for character in text):
            raise QuestionError(problem="empty", longest=self._longest)
        if len(text) > self._longest:
            raise QuestionError(problem="long", longest=self._longest)
        limits = self._limits(filters)
        earlier = tuple(kept for kept in (clean(item)[: self._longest] for item in history) if kept)
        asked_in = detect_language(text)
        read = self._read(text, asked_in)
        whole = standalone(
            read.text, [self._read(item, detect_language(item)).text for item in earlier]
        )
        of_whole = self._finder.find(whole, self._today())
        of_text = self._finder.find(read.text, self._today()) if whole != read.text else of_whole
        scope = of_text or of_whole
        return Query(
            question=text,
            standalone=whole,
            topic=of_whole.rest if of_whole and not limits else whole,
            alone=(of_text.rest if of_text and not limits else read.text)
            if whole != read.text
            else "",
            language=language or asked_in,
            asked_in=asked_in,
            scope=limits or scope,
            intent=find_intent(read.text, scope),
            history=earlier,
            read_as=read.changes,
            invisible=count_invisible(question),
        )

    def _read(self, text: str, language: Language) -> Reading:
        return self._speller.read(text, language) if self._speller else Reading(text)

    def _limits(self, filters: Filters) -> Scope | None:
        for date in filters.meetings:
            if date not in self._dates:
                raise FilterError(problem="meeting", value=date.isoformat())
        if filters.start and filters.end and filters.start > filters.end:
            raise FilterError(problem="period", value=f"{filters.start}..{filters.end}")
        if not (filters.meetings or filters.start or filters.end):
            return None
        return Scope(
            text="",
            meetings=tuple(
                date
                for date in self._dates
                if (not filters.meetings or date in filters.meetings)
                and (filters.start is None or date >= filters.start)
                and (filters.end is None or date <= filters.end)
            ),
            start=filters.start,
            end=filters.end,
        )


def allowed(query: Query) -> Callable[[Passage], bool] | None:
    """Say which passages a query may find.

    Args:
        query: What was understood.

    Returns:
        A test of a passage; None when every passage may be found.
    """
    if query.scope is None:
        return None
    dates = frozenset(query.scope.meetings)
    return lambda passage: passage.meeting in dates
