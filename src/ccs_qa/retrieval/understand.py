"""From the words typed to a query: language, standalone wording, period."""

from collections.abc import Callable

from ccs_qa.errors import FilterError, QuestionError
from ccs_qa.records import Filters, Language, Meeting, Passage, Query
from ccs_qa.text import clean, detect_language, words

# A follow-up that opens like this, or is this short, leans on the question before it.
_OPENERS = {
    "fr": ("et ", "et,", "aussi ", "sinon ", "mais "),
    "en": ("and ", "what about ", "how about ", "also ", "but "),
}
_SHORT = 3


def understand(
    question: str,
    *,
    meetings: tuple[Meeting, ...],
    language: Language | None,
    history: tuple[str, ...],
    filters: Filters,
    longest: int,
) -> Query:
    """Understand a question.

    Args:
        question: The words typed.
        meetings: The meetings there are.
        language: Language wanted for the answer; that of the question when None.
        history: Earlier questions, oldest first.
        filters: Limits that the caller sets.
        longest: Most characters a question may have.

    Returns:
        The query.

    Raises:
        QuestionError: The question is empty or too long.
        FilterError: The period is reversed, or a meeting does not exist.
    """
    text = clean(question)
    if not any(character.isalnum() for character in text):
        raise QuestionError(problem="empty", longest=longest)
    if len(text) > longest:
        raise QuestionError(problem="long", longest=longest)
    known = {meeting.date for meeting in meetings}
    for date in filters.meetings:
        if date not in known:
            raise FilterError(problem="meeting", value=date.isoformat())
    if filters.start and filters.end and filters.start > filters.end:
        raise FilterError(problem="period", value=f"{filters.start}..{filters.end}")
    earlier = tuple(kept for kept in (clean(item)[:longest] for item in history) if kept)
    asked_in = detect_language(text)
    return Query(
        question=text,
        standalone=standalone(text, earlier),
        language=language or asked_in,
        asked_in=asked_in,
        meetings=filters.meetings,
        start=filters.start,
        end=filters.end,
        history=earlier,
    )


def standalone(question: str, history: tuple[str, ...]) -> str:
    """Word a follow-up so that it can be searched without its conversation.

    Args:
        question: The question.
        history: Earlier questions, oldest first.

    Returns:
        The question, after the one before it when it leans on that.
    """
    if not history or not _leans(question):
        return question
    return f"{history[-1]} {question}"


def _leans(question: str) -> bool:
    lowered = question.casefold()
    opened = any(lowered.startswith(opener) for both in _OPENERS.values() for opener in both)
    return opened or len(words(question)) <= _SHORT


def allowed(query: Query) -> Callable[[Passage], bool] | None:
    """Say which passages a query may find.

    Args:
        query: What was understood.

    Returns:
        A test of a passage; None when every passage may be found.
    """
    if not query.meetings and query.start is None and query.end is None:
        return None

    def test(passage: Passage) -> bool:
        date = passage.meeting
        if date is None or (query.meetings and date not in query.meetings):
            return False
        return not (query.start and date < query.start) and not (query.end and date > query.end)

    return test
