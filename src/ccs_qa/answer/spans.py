"""How long it was from one meeting to another, counted in months and days."""

import calendar
import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from ccs_qa.answer.matter import Matter, Record
from ccs_qa.messages.catalogue import Catalogue, Unit
from ccs_qa.records import Meeting

_AVERAGE = r"average|on average|mean|moyenn?e?s?|how often|how frequently|frequen\w+|a quel rythme"
_LONGEST = r"longest|greatest|biggest|largest|furthest|farthest|plus (?:long|grand|gros|eloigne)\w*"
_SHORTEST = r"shortest|smallest|closest|plus (?:court|petit|bref|breve|rapproche)\w*"
# Said of meetings in general, it means from each to the next.
_EACH = (
    r"between (?:the |their |its |two |consecutive )*(?:meetings|sessions)"
    r"|entre (?:les |deux |leurs |ses |des |chaque )*(?:reunions?|rencontres?|seances?)"
)
_BETWEEN = r"between|entre"
_SINCE = r"since|ago|elapsed|not met|cela fait|fait-il|depuis|il y a|ca fait|ecoulee?s?|remonte\w*"
_NEXT = r"next|again|following|after|until|before|suivante?|prochaine|apres|avant|revoir|revus?"
_WEEK = 7
Gap = tuple[Meeting, Meeting]


def length(start: dt.date, end: dt.date, words: Catalogue, *, weeks: bool = False) -> str:
    """Write the time between two days, as `5 months and 8 days (160 days)`."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if _later(start, months) > end:
        months -= 1
    total = (end - start).days
    counted = words.span(total, "day")
    if weeks and total >= _WEEK:
        sevens = _join([(total // _WEEK, "week"), (total % _WEEK, "day")], words)
        counted = words.text("record.span.weeks", days=counted, weeks=sevens)
    if not months:
        return counted
    rest = (end - _later(start, months)).days
    parts = _join([(months // 12, "year"), (months % 12, "month"), (rest, "day")], words)
    return words.text("record.span.days", span=parts, days=counted)


def _join(parts: Sequence[tuple[int, Unit]], words: Catalogue) -> str:
    return words.join([words.span(number, unit) for number, unit in parts if number])


def _later(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def read_duration(matter: Matter) -> Record | None:
    """Say how long it was between meetings, or since one.

    Returns:
        The record; since the last meeting where that is asked; None where it is not and there is
        a single meeting, or no day to count to.
    """
    gap = _sides(matter)
    several = gap is None and len(matter.meetings) > 2
    if several and matter.says(rf"{_AVERAGE}|{_LONGEST}|{_SHORTEST}|{_EACH}"):
        return _read_gaps(matter)
    first, last = gap or (matter.meetings[0], matter.meetings[-1])
    if gap is None and first is last and (following := _following(matter, first)):
        return matter.record(
            [_span(matter, "record.span", first.date, following.date)], (first, following)
        )
    since = gap is None and matter.says(_SINCE) and not matter.says(_BETWEEN)
    if since or first.date == last.date:
        # "Since the passport meeting" is from that one on, not from the last.
        return _read_since(matter, first if matter.ground == "fit" else last)
    # Of some of the meetings, the first and the last are not those of all.
    key = "record.span.ends" if several and matter.ground == "all" else "record.span"
    return matter.record([_span(matter, key, first.date, last.date)], (first, last))


def _sides(matter: Matter) -> Gap | None:
    sides = matter.query.scope.sides if matter.query.scope else ()
    kept = [[item for item in matter.meetings if item.date in side] for side in sides]
    if len(kept) != 2 or not all(kept):
        return None
    before, after = sorted(kept, key=lambda side: side[0].date)
    gap = before[-1], after[0]
    return gap if gap[0].date < gap[1].date else None


def _following(matter: Matter, meeting: Meeting) -> Meeting | None:
    """Find the meeting after one, where the question counts to it."""
    if not matter.says(_NEXT) or matter.says(_SINCE):
        return None
    return next((item for item in matter.every if item.date > meeting.date), None)


def _span(matter: Matter, key: str, start: dt.date, end: dt.date) -> str:
    words = matter.words
    span = length(start, end, words, weeks=matter.says(r"weeks?|semaines?"))
    return words.text(key, start=words.date(start), end=words.date(end), span=span)


def _read_since(matter: Matter, meeting: Meeting) -> Record | None:
    if matter.today is None or matter.today < meeting.date or not matter.says(_SINCE):
        return None
    return matter.record(
        [_span(matter, "record.span.since", meeting.date, matter.today)], (meeting,)
    )


def _read_gaps(matter: Matter) -> Record:
    words = matter.words
    gaps = list(pairwise(matter.meetings))
    days = [(after.date - before.date).days for before, after in gaps]
    lead = []
    # The meetings at the ends of what is asked for are the first of the lines found.
    first: list[Meeting] = []
    for pattern, key, extreme in (
        (_LONGEST, "record.longest", max(days)),
        (_SHORTEST, "record.shortest", min(days)),
    ):
        if matter.says(pattern):
            tied = [gap for gap, between in zip(gaps, days, strict=True) if between == extreme]
            lead.append(words.count(key, len(tied), spans=_list(matter, tied)))
            first += [meeting for gap in tied for meeting in gap]
    if matter.says(_AVERAGE):
        exact = sum(days) % len(days) == 0
        lead.append(
            words.text(
                "record.average" if exact else "record.average.about",
                days=words.span(sum(days), "day"),
                intervals=len(days),
                average=words.span(round(sum(days) / len(days)), "day"),
            )
        )
    lead.append(words.text("record.span.all", spans=_list(matter, gaps)))
    return matter.record(lead, tuple(dict.fromkeys((*first, *matter.meetings))))


def _list(matter: Matter, gaps: list[Gap]) -> str:
    spans = [
        _span(matter, "record.span.between", before.date, after.date) for before, after in gaps
    ]
    return "; ".join(spans)
