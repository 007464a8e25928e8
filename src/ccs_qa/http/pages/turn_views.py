"""What the page shows of a question of a conversation and its answer."""

import re
from dataclasses import dataclass, replace

from ccs_qa.answer.compose import searched
from ccs_qa.answer.coverage import coverage_of
from ccs_qa.http.pages.addresses import Asked, Chip, everywhere, limits
from ccs_qa.http.pages.answer_views import PartView, form_of, found_by, view_parts
from ccs_qa.http.pages.downloads import TakeView, today, view_take
from ccs_qa.http.pages.feedback_views import FeedbackIn, blank_form
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, TextView, Viewer
from ccs_qa.present.export.content import dated
from ccs_qa.records import Answer, AnswerKind, Language, Query
from ccs_qa.text.strings import detect_language

# Letters of a question that fills its heading.
_LONG = 240


@dataclass(frozen=True, slots=True)
class UnderstoodView:
    """What was understood of a question, each part of it to be undone.

    Attributes:
        asked_in: Its language, in words, where that is not the page's; else empty.
        invisible: How many invisible characters were removed, in words; empty for none.
        as_typed: Address that takes them as they are; empty where none was read otherwise.
        everywhere: Address that searches every meeting instead; empty where nothing limits.
        freed: Address that keeps to what the question names again; empty where it does.
        standalone: The wording searched for a follow-up, when it is not the question's own.
        whole: The question, where it is too long for a heading; else None.
        said: Whether it asks nothing of the summaries, so that nothing of this is shown.
    """

    invisible: str
    read_as: tuple[tuple[str, str], ...]
    as_typed: str
    asked_in: str
    searched: str
    words: TextView | None
    chips: tuple[Chip, ...]
    everywhere: str
    freed: str
    standalone: TextView | None
    alone: str
    whole: TextView | None
    said: bool


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and its answer, and the questions before it, newest first.

    Attributes:
        found: What was found, on one line.
        form: How the quotes are laid out.
        switched: Whether the languages of the quotes can be chosen.
    """

    question: TextView
    understood: UnderstoodView
    answer: AnswerView
    found: str
    form: AnswerKind
    switched: bool
    parts: tuple[PartView, ...]
    announcement: str
    dated: str
    take: tuple[TakeView, ...]
    feedback: FeedbackIn
    earlier: tuple[tuple[TextView, str], ...]
    more: str


def view_understood(turn: Asked, query: Query, viewer: Viewer) -> UnderstoodView:
    """View what was understood."""
    words, language = viewer.words, viewer.words.language
    whole = everywhere(turn, viewer.corpus)
    scope = query.scope
    named = {day.isoformat() for day in scope.meetings} if scope else set(whole.meetings)
    limited = named != set(whole.meetings)
    coverage = coverage_of(query, viewer.corpus)
    return UnderstoodView(
        invisible=words.count("page.understood.invisible", turn.invisible)
        if turn.invisible
        else "",
        read_as=query.read_as,
        as_typed=replace(turn, question=_quoting(query, words)).address(language)
        if query.read_as
        else "",
        asked_in=words.text(f"page.understood.{query.asked_in}")
        if query.asked_in != language
        else "",
        searched=searched(coverage, words)
        if coverage.meetings
        else words.text("page.understood.nowhere"),
        words=TextView(scope.text, query.asked_in) if scope and scope.text else None,
        chips=limits(turn, scope, viewer.corpus, words) if scope and limited else (),
        everywhere=whole.address(language) if limited else "",
        freed=replace(turn, meetings=()).address(language) if turn.meetings else "",
        standalone=TextView(query.standalone, query.asked_in) if query.alone else None,
        alone=replace(turn, history=()).address(language),
        whole=TextView(turn.question, query.asked_in)
        if sum(map(str.isalnum, turn.question)) > _LONG
        else None,
        said=query.intent == "chat",
    )


def view_turn(turn: Asked, answer: Answer, viewer: Viewer) -> TurnView:
    """View a question and its answer."""
    words, language = viewer.words, viewer.words.language
    view = viewer.answer(answer)
    form, found = form_of(answer), found_by(answer, view, words)
    return TurnView(
        question=TextView(turn.question, answer.query.asked_in),
        understood=view_understood(turn, answer.query, viewer),
        answer=view,
        found=found,
        form=form,
        switched=form != "comparison"
        and any(item.counterpart for meeting in view.groups for item in meeting.passages),
        parts=view_parts(answer, view, form, words),
        announcement=_announcement(found, view, words),
        dated=dated(today(), viewer.corpus.edition, words),
        take=view_take(turn, words),
        feedback=blank_form(answer),
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
        question = whole.sub(words.quote(typed), question, count=1)
    return question


def _announcement(found: str, view: AnswerView, words: Catalogue) -> str:
    done = words.text("page.ask.done", status=view.status_text, found=found or view.lead)
    return f"{done} {view.notice}".strip()
