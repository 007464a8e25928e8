"""What a query searches: which meetings, and how many passages of them."""

import datetime as dt

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import SEARCHED_KINDS, Coverage, Query

NOTHING_SEARCHED = Coverage(0, None, None, 0)


def searched_by(query: Query, corpus: Corpus) -> tuple[dt.date, ...]:
    """Name the meetings that a query searches.

    Returns:
        Their dates, oldest first: of several questions, those of any; all, where the meetings
        beyond the limits are asked for.
    """
    every = sorted(meeting.date for meeting in corpus.meetings)
    if query.parts:
        found = {day for part in query.parts for day in searched_by(part, corpus)}
        return tuple(day for day in every if day in found)
    if query.scope is None or (query.negated and not query.topic):
        return tuple(every)
    return query.scope.meetings


def coverage_of(query: Query, corpus: Corpus) -> Coverage:
    """Say what a query searches; nothing where it is only said to the service."""
    if query.intent == "chat":
        return NOTHING_SEARCHED
    days = {*searched_by(query, corpus)}
    passages = [
        passage
        for passage in corpus.passages
        if passage.kind in SEARCHED_KINDS and passage.meeting in days
    ]
    dates = sorted({passage.meeting for passage in passages if passage.meeting})
    return Coverage(
        meetings=len(dates),
        start=dates[0] if dates else None,
        end=dates[-1] if dates else None,
        passages=len(passages),
    )
