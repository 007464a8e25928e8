"""What the page shows of a question of a conversation and its answer."""

import re
from dataclasses import dataclass, replace

from ccs_qa.answer.coverage import searched_by
from ccs_qa.http.pages.addresses import Asked, Chip, everywhere, limits
from ccs_qa.http.pages.downloads import TakeView, today, view_take
from ccs_qa.http.pages.feedback_views import FeedbackForm, blank_form
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, TextView, Viewer
from ccs_qa.present.export.content import dated
from ccs_qa.records import Answer, Language, Query, other
from ccs_qa.text.strings import detect_language


@dataclass(frozen=True, slots=True)
class UnderstoodView:
    """What was understood of a question, each part of it to be undone.

    Attributes:
        invisible: How many invisible characters were removed, in words; empty for none.
        as_typed: Address that takes them as they are; empty where none was read otherwise.
        everywhere: Address that searches every meeting instead; empty where nothing limits.
        freed: Address that keeps to what the question names again; empty where it does.
        standalone: The wording searched for a follow-up, when it is not the question's own.
        said: Whether it asks nothing of the summaries, so that nothing of this is shown.
    """

    invisible: str
    read_as: tuple[tuple[str, str], ...]
    as_typed: str
    asked_in: str
    searching: str
    words: TextView | None
    chips: tuple[Chip, ...]
    everywhere: str
    freed: str
    standalone: TextView | None
    alone: str
    other: str
    said: bool


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and its answer, and the questions before it, newest first."""

    question: TextView
    understood: UnderstoodView
    answer: AnswerView
    announcement: str
    dated: str
    take: tuple[TakeView, ...]
    feedback: FeedbackForm
    earlier: tuple[tuple[TextView, str], ...]
    more: str


def view_understood(turn: Asked, query: Query, viewer: Viewer) -> UnderstoodView:
    """View what was understood."""
    words, language = viewer.words, viewer.words.language
    whole = everywhere(turn, viewer.corpus)
    scope = query.scope
    named = {day.isoformat() for day in scope.meetings} if scope else set(whole.meetings)
    limited = named != set(whole.meetings)
    searched = len(searched_by(query, viewer.corpus))
    return UnderstoodView(
        invisible=words.count("page.understood.invisible", turn.invisible)
        if turn.invisible
        else "",
        read_as=query.read_as,
        as_typed=replace(turn, question=_quoting(query, words)).address(language)
        if query.read_as
        else "",
        asked_in=words.text(f"page.understood.{query.asked_in}"),
        searching=words.count("page.ask.searching", searched)
        if searched
        else words.text("page.understood.nowhere"),
        words=TextView(scope.text, query.asked_in) if scope and scope.text else None,
        chips=limits(turn, scope, viewer.corpus, words) if scope and limited else (),
        everywhere=whole.address(language) if limited else "",
        freed=replace(turn, meetings=()).address(language) if turn.meetings else "",
        standalone=TextView(query.standalone, query.asked_in) if query.alone else None,
        alone=replace(turn, history=()).address(language),
        other=turn.address(other(language)),
        said=query.intent == "chat",
    )


def view_turn(turn: Asked, answer: Answer, viewer: Viewer) -> TurnView:
    """View a question and its answer."""
    words, language = viewer.words, viewer.words.language
    view = viewer.answer(answer)
    return TurnView(
        question=TextView(turn.question, answer.query.asked_in),
        understood=view_understood(turn, answer.query, viewer),
        answer=view,
        announcement=_announcement(view, words),
        dated=dated(today(), viewer.corpus.edition, words),
        take=view_take(turn, words),
        feedback=blank_form(answer, words),
        earlier=tuple(
            (
                TextView(question, detect_language(question)),
                replace(turn, question=question, history=turn.history[:place], meetings=()).address(
                    language
                ),
            )
            for place, question in reversed(list(enumerate(turn.history)))
        ),
        more=_further(turn, answer, view, language),
    )


def _further(turn: Asked, answer: Answer, view: AnswerView, language: Language) -> str:
    if answer.kind == "digest":
        return view.groups[0].url if len(view.groups) == 1 else f"/{language}/meetings"
    alone = replace(turn, question=answer.query.standalone, history=(), generated=False)
    return alone.address(language, "search")


def _quoting(query: Query, words: Catalogue) -> str:
    """Put the words read otherwise between quotation marks, where they are taken as they are."""
    question = query.question
    for typed, _ in query.read_as:
        whole = re.compile(rf"(?<!\w){re.escape(typed)}(?!\w)")
        question = whole.sub(words.text("answer.quote", text=typed), question, count=1)
    return question


def _announcement(view: AnswerView, words: Catalogue) -> str:
    quotes = sum(len(meeting.passages) for meeting in view.groups)
    if view.status != "answered":
        return words.text("page.ask.done", status=view.status_text, found=view.lead)
    found = words.text(
        "page.ask.quotes",
        quotes=words.count("page.ask.quote", quotes),
        meetings=words.count("page.ask.meeting", len({meeting.iso for meeting in view.groups})),
    )
    done = words.text("page.ask.done", status=view.status_text, found=found)
    return f"{done} {view.notice}".strip()
