"""How an answer is laid out: its parts, and the quotes of each in the form of its kind."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, TextView
from ccs_qa.records import Answer, AnswerKind, Query

# Their leads say how many quotes there are, or what is shown of how much.
_TOLD: frozenset[AnswerKind] = frozenset({"list", "timeline", "digest", "themes"})
_OF_MEETINGS: frozenset[AnswerKind] = frozenset({"list", "timeline", "digest"})


@dataclass(frozen=True, slots=True)
class FoldView:
    """Quotes of one section of a meeting; without heading, what stands before any."""

    heading: TextView | None
    count: str
    passages: tuple[PassageView, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class BlockView:
    """Quotes that stand together.

    Attributes:
        heading: The theme, or the side of a comparison, in words; empty for none.
        count: How many quotes, in words.
        folds: The same quotes by section, in an outline; else none.
    """

    heading: str
    meetings: tuple[MeetingView, ...]
    count: str
    folds: tuple[FoldView, ...] = ()


@dataclass(frozen=True, slots=True)
class PartView:
    """The answer to one question.

    Attributes:
        question: None where it is the only one.
        lead: What stands above the quotes; empty where nothing more needs saying.
    """

    question: TextView | None
    lead: str
    blocks: tuple[BlockView, ...]


def form_of(answer: Answer) -> AnswerKind:
    """Choose how the quotes are laid out; what is near, or a model worded, has no form."""
    plain = answer.status != "answered" or answer.mode == "generative"
    return "quotes" if plain else answer.kind


def found_by(answer: Answer, view: AnswerView, words: Catalogue) -> str:
    """Say on one line what was found; empty where the answer itself says it."""
    form, several = form_of(answer), bool(answer.query.parts)
    if view.replies or (not view.answered and several) or (form == "record" and not several):
        return ""
    if not several and (not view.answered or form in _TOLD):
        return view.lead
    # What was not asked for by a topic has no rank.
    plain = form == "quotes" and answer.mode == "extractive" and not several
    ranked = plain and any(item.hit.reasons for item in answer.citations)
    return _tally(view.groups, words, ranked=ranked)


def view_parts(
    answer: Answer, view: AnswerView, form: AnswerKind, words: Catalogue
) -> tuple[PartView, ...]:
    """View the answer to each question, in order; what is near stands below them."""
    asked = answer.query.parts
    close = _blocks(view.groups, form, answer.query, words) if view.near else ()
    label = words.text("page.nearest") if view.status == "not_found" else ""
    near = (PartView(None, label, close),) if close else ()
    if not asked or answer.mode == "generative":
        lead = view.lead if form == "record" else ""
        return near or (PartView(None, lead, _blocks(view.groups, form, answer.query, words)),)
    leads, runs = [view.lead], [list[MeetingView]()]
    for meeting in view.groups:
        for line in meeting.leads:
            leads.append(line)
            runs.append([])
        runs[-1] += [meeting] * (not view.near)
    leads += view.after
    runs += [[] for _ in view.after]
    parts = (
        PartView(
            TextView(query.question, query.asked_in),
            _lead(lead.removesuffix(view.searched).rstrip(), run, form, words),
            _blocks(run, form, query, words),
        )
        for query, lead, run in zip(asked, leads, runs, strict=True)
    )
    return (*parts, *near)


def _lead(lead: str, run: Sequence[MeetingView], form: AnswerKind, words: Catalogue) -> str:
    """Leave out a lead that only names the meetings, which each quote does."""
    named = form not in _TOLD and lead.endswith(":") and run
    return _tally(run, words) if named else lead


def _tally(run: Sequence[MeetingView], words: Catalogue, *, ranked: bool = False) -> str:
    meetings = {meeting.iso for meeting in run}
    told = {
        "quotes": _count(run, words),
        "meetings": words.count("page.ask.meeting", len(meetings)),
    }
    if ranked and len(meetings) > 1:
        return words.text("page.ask.ranked", **told)
    return words.count("page.ask.quotes", len(meetings), **told)


def _blocks(
    run: Sequence[MeetingView], form: AnswerKind, query: Query, words: Catalogue
) -> tuple[BlockView, ...]:
    if not run:
        return ()
    if form == "themes":
        themes = groupby(run, lambda item: item.theme)
        return tuple(_block(words, theme, tuple(meetings)) for theme, meetings in themes)
    if form == "comparison" and query.scope:
        sides = [(_side(days, words), {str(day) for day in days}) for days in query.scope.sides]
        found = [(name, [item for item in run if item.iso in days]) for name, days in sides]
        return tuple(_block(words, name, meetings) for name, meetings in found if meetings)
    if form in _OF_MEETINGS:
        return tuple(_of_meeting(item, form, words) for item in run)
    return (_block(words, "", run),)


def _block(words: Catalogue, heading: str, meetings: Sequence[MeetingView]) -> BlockView:
    return BlockView(heading, tuple(meetings), _count(meetings, words))


def _of_meeting(meeting: MeetingView, form: AnswerKind, words: Catalogue) -> BlockView:
    digest = meeting.passages if form == "digest" else ()
    folds = [(name, tuple(those)) for name, those in groupby(digest, lambda item: item.section)]
    first = next((name for name, _ in folds if name), None)
    return BlockView(
        "",
        (meeting,),
        _count([meeting], words),
        tuple(
            FoldView(name, words.count("page.ask.quote", len(those)), those, open=name == first)
            for name, those in folds
        ),
    )


def _side(days: Sequence[dt.date], words: Catalogue) -> str:
    """Name the meetings of a side: the one, their year, or the months that they span."""
    first, last = min(days), max(days)
    if first == last:
        return words.text("answer.meeting", date=words.date(first))
    if first.year == last.year:
        return str(first.year)
    return words.text("page.side", start=words.month(first), end=words.month(last))


def _count(meetings: Sequence[MeetingView], words: Catalogue) -> str:
    return words.count("page.ask.quote", sum(len(item.passages) for item in meetings))
