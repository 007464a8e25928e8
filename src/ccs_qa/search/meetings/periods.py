"""Finds the periods that a question names: days, months, seasons, years, spans.

Works on folded text (lower case, no accents), French and English at once, since people mix
them. A period may repeat every year: `in June` is every June.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from ccs_qa.search.meetings.grammar import GRAMMAR, Scan
from ccs_qa.search.meetings.spans import Period, month_end

# What stands between a period and one inside it.
_TOUCHING = re.compile(r",? ?(?:in |en |a |au |aux |during )?(?:the |l')?")


def find_periods(text: str, today: dt.date) -> list[Period]:
    """Find the periods that a folded question names.

    Args:
        text: The folded question.
        today: The day that `last year` counts from.

    Returns:
        The periods, in order of place, none overlapping another.
    """
    scan = Scan(text, today)
    found: list[Period] = []
    for pattern, read in GRAMMAR:
        for match in pattern.finditer(text):
            if any(match.start() < item.end and item.begin < match.end() for item in found):
                continue
            span = read(scan, match)
            if span is not None:
                first, last, yearly = span
                found.append(Period(match.start(), match.end(), first, last, yearly))
    marked = [_mark_newest(text, item) for item in sorted(found, key=lambda item: item.begin)]
    return _narrowest(text, list(_share_years(text, marked)))


def _narrowest(text: str, periods: list[Period]) -> list[Period]:
    """`Two years ago, in 2024, in the fall of 2024`: of those that touch, the inmost counts."""
    kept: list[Period] = []
    for period in periods:
        begin = period.begin
        if kept and _leads_to(text, kept[-1], period):
            begin = kept.pop().begin
        kept.append(replace(period, begin=begin))
    return kept


def _leads_to(text: str, left: Period, right: Period) -> bool:
    """Tell whether a period is only said to lead to one inside it, side by side."""
    return (
        not left.yearly
        and not right.yearly
        and left.first <= right.first
        and right.last <= left.last
        and _TOUCHING.fullmatch(text, left.end, right.begin) is not None
    )


def _mark_newest(text: str, period: Period) -> Period:
    """`last June` and `juin dernier` mean the newest June that has a meeting."""
    before, after = text[: period.begin], text[period.end :]
    if not period.yearly or not (
        re.search(r"\b(?:last|past) $", before) or re.match(r" (?:dernier|passe)\b", after)
    ):
        return period
    return replace(period, newest=True)


def _share_years(text: str, periods: list[Period]) -> Iterator[Period]:
    """`April and October 2023`: a yearly period takes the year of the one it is joined to."""
    for at, period in enumerate(periods):
        following = periods[at + 1] if at + 1 < len(periods) else None
        if period.yearly and not period.newest and following and not following.yearly:
            between = text[period.end : following.begin]
            same_kind = (period.last - period.first).days <= 31 and (
                following.last - following.first
            ).days <= 31
            leap_day = (
                (period.last.month, period.last.day)
                == (2, 29)
                == (
                    period.first.month,
                    period.first.day,
                )
            )
            # February 29 has no place in most years: it stays as it was said.
            if (
                same_kind
                and not leap_day
                and re.fullmatch(
                    r",? ?(?:and|or|et|ou|to|a|vs\.?|versus|contre|with|avec|jusqu'en)? ?"
                    r"(?:in |en |le |the |de |d'|celle de |celle d')?",
                    between,
                )
            ):
                year = following.first.year
                first = period.first.replace(year=year)
                last = (
                    month_end(year, period.last.month)
                    if period.first.day == 1 and (period.last - period.first).days > 20
                    else period.last.replace(year=year)
                )
                yield replace(period, first=first, last=last, yearly=False)
                continue
        yield period
