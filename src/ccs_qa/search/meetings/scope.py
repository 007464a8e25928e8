"""Limits a question to the meetings it names: what points at them, and the words between."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ccs_qa.records import SAID, Intent, Meeting, Scope
from ccs_qa.search.meetings.lexicon import pattern
from ccs_qa.search.meetings.mentions import Days, Mention, Mentions, pick, point
from ccs_qa.search.meetings.names import Names
from ccs_qa.text import fold_in_place
from ccs_qa.text.numbers import small_number

# Words of time before what they limit by, and the meeting counted from there:
# "the two meetings right before …".
_OPERATOR = pattern(
    r"(?:(?:(?P<n>\w+) )?(?P<noun>{noun}|{one}) (?:{held} )*)?(?<!\w)"
    r"(?:{before:before}|{after:after}|{since:since}|{until:until}|{except:but})"
    r"(?: ?(?:a|to) | |(?<=d'))(?:a )?{named}$"
)
_FROM, _ONWARDS = pattern(r"\bfrom {named}$"), re.compile(r",? (?:on|onwards?|forward)\b")
# What opens a span and what joins its ends.
_BETWEEN = (pattern(r"\b(?:between|entre) {named}$"), pattern(r",? (?:and|et) {named}"))
_THROUGH = (
    pattern(r"(?<!\w)(?:from|{since}|de|du|d') ?{named}$"),
    pattern(r",? (?:to|a|au|{until}) {named}"),
)
_DASH = pattern(r"(?: (?:to|a|au|{until}) | ?[-–] ?){named}")
# What stands between a meeting and what it is counted or found among.
_AMONG = pattern(r" ?(?:{held} )*(?:{of})?(?:{the})*")
# Meetings named by where they stand beside others.
_ALONE = r"(?! (?:{the}|{one}|{noun}|it\b|\d|{month}))"
_BESIDE = pattern(
    r"\b(?:(?:the|its|la) (?:(?P<next>next|following|subsequent)|previous|preceding|prior) "
    r"(?:{noun}|one)|(?:(?:the|la) (?:{noun}|{one}|)|celle) ?(?:right |just |qui |d'|a )*"
    rf"(?:(?P<after>{{after}}|suivante|prochaine)|{{before}})(?: that)?{_ALONE}"
    rf"|the (?P<then>next)(?=\W*$))\b"
)
_SAME = pattern(
    r"\b(?:(?:same|meme) (?:{noun}|one)|(?:at|in|from|of|during) that {noun}"
    r"|that {noun}(?=\W*$)|cette {noun}(?:-la)?|(?P<year>that (?:same )?year|same year"
    r"|cette (?:meme )?annee-la|la meme annee))\b"
)
# What leads to a limit, or follows it, and says nothing without it.
_LEADING = pattern(
    r"(?:(?<![-\w])(?:(?:{when}|{of}|{the}|{noun}|between|and|to|et|lors|au|cours|within|resumes?)"
    r" *))+$"
)
_TRAILING = pattern(r" (?:{noun}|{one})\b")


class ScopeFinder:
    """Finds the meetings that questions about one corpus limit themselves to."""

    def __init__(self, meetings: Sequence[Meeting], names: Names | None = None) -> None:
        """Take over the meetings.

        Args:
            meetings: The meetings.
            names: What things are called besides; what the meetings spell out when None.
        """
        self._mentions = Mentions(meetings, names or Names.read(meetings))
        self._all = self._mentions.dates

    def find(
        self,
        question: str,
        today: dt.date,
        *,
        intent: Intent = "topic",
        before: Callable[[], Days] = frozenset,
    ) -> Scope | None:
        """Find the limits that a question names.

        Args:
            question: The question, on one line.
            today: The day that `last year` counts from.
            intent: What the question asks for: how meetings were held, how long it was between
                two, and when a topic came up first change what its words mean.
            before: Tells the meetings that the question before was about.

        Returns:
            The limits; None when the question names none. A period without meetings gives
            limits without meetings.
        """
        text = fold_in_place(question)
        found = [
            item
            for item in self._mentions.find(text, question, today, of_record=intent not in SAID)
            # "The last meeting where seniors came up" is not the last meeting.
            if not (intent == "first_last_mention" and item.kind == "order")
        ]
        found, anchors = self._beside(text, found, before)
        if not found:
            return None
        groups = self._limited(text, self._spans(text, self._joined(text, found)))
        if intent != "duration":
            groups = [item for item in groups if item not in anchors]
        meetings = _combine(groups)
        sides = tuple(
            tuple(sorted(item.meetings & meetings)) for item in groups if item.meetings & meetings
        )
        return Scope(
            text=question[found[0].begin : found[-1].end].strip(),
            meetings=tuple(sorted(meetings)),
            start=min(meetings, default=None),
            end=max(meetings, default=None),
            sides=sides if len(set(sides)) > 1 else (),
            held=any(item.kind in {"form", "place"} for item in found),
            limits=_limits(text, found),
        )

    def _beside(
        self, text: str, found: list[Mention], before: Callable[[], Days]
    ) -> tuple[list[Mention], list[Mention]]:
        """Read `the next one`, `celle d'avant`, `that year`, and what they lean on in the text."""
        beside: list[Mention] = []
        anchors: list[Mention] = []
        for match in sorted((*_BESIDE.finditer(text), *_SAME.finditer(text)), key=re.Match.start):
            leans = match.re is _BESIDE
            named = [item for item in found if item.end <= match.start() and item.meetings]
            from_ = named[-1].meetings if leans and named else before()
            if not from_:
                continue
            anchors += named[-1:] if leans else []
            days = from_
            if leans and any(match.group("next", "after", "then")):
                days = pick(frozenset(day for day in self._all if day > max(from_)), (1, 0, 1))
            elif leans:
                days = pick(frozenset(day for day in self._all if day < min(from_)), (-1, 0, 1))
            elif match["year"]:
                years = {day.year for day in from_}
                days = frozenset(day for day in self._all if day.year in years)
            beside.append(point("beside", match.start(), match.end(), days))
        kept = [
            item
            for item in found
            if not any(item.begin < other.end and other.begin < item.end for other in beside)
        ]
        return sorted([*kept, *beside], key=lambda item: item.begin), anchors

    def _joined(self, text: str, found: Sequence[Mention]) -> list[Mention]:
        """Read what qualifies each other as one: `the last virtual meeting of 2024`."""
        groups: list[Mention] = []
        for item in reversed(found):
            right = groups[-1] if groups else None
            if (
                right
                and not _stands_alone(item, right)
                and _AMONG.fullmatch(text, item.end, right.begin)
            ):
                days = (
                    pick(right.meetings, item.order)
                    if item.order
                    else item.meetings & right.meetings
                )
                kinds = {item.kind, right.kind}
                if days or kinds & {"order", "form"} or (len(kinds) > 1 and "period" in kinds):
                    kind = item.kind if item.kind != "period" else right.kind
                    groups[-1] = point(kind, item.begin, right.end, days)
                    continue
            groups.append(item)
        return groups[::-1]

    def _spans(self, text: str, groups: Sequence[Mention]) -> list[tuple[Mention, bool]]:
        """Read `between A and B`, `from A to B`, `A to B`; tell which groups are such spans."""
        spans: list[tuple[Mention, bool]] = []
        at = 0
        while at < len(groups):
            left, right = groups[at], groups[at + 1] if at + 1 < len(groups) else None
            edge = groups[at - 1].end if at else 0
            periods = right is not None and left.kind == right.kind == "period"
            if right and (
                any(
                    opening.search(text, edge, left.begin)
                    and joint.fullmatch(text, left.end, right.begin)
                    for opening, joint in (_BETWEEN, _THROUGH)
                )
                or (periods and _DASH.fullmatch(text, left.end, right.begin))
            ):
                ends = sorted((left.first, left.last, right.first, right.last))
                days = frozenset(day for day in self._all if ends[0] <= day <= ends[-1])
                days = frozenset() if dt.date.max in ends else days
                spans.append((replace(left, end=right.end, meetings=days, order=None), True))
                at += 2
            else:
                spans.append((left, False))
                at += 1
        return spans

    def _limited(self, text: str, groups: Sequence[tuple[Mention, bool]]) -> list[Mention]:
        """Read the words of time before each: before, after, since, until, except."""
        limited: list[Mention] = []
        skipped = False
        for at in reversed(range(len(groups))):
            item, is_span = groups[at]
            if skipped:
                skipped = False
                continue
            left = groups[at - 1][0] if at else None
            edge = left.end if left else 0
            operator = None if is_span else _OPERATOR.search(text, edge, item.begin)
            if operator:
                days = self._apply(operator, item)
                # "The last meeting before …" is counted from there.
                if left and left.order and _AMONG.fullmatch(text, edge, operator.start()):
                    days, skipped = pick(self._operated(operator, item), left.order), True
                item = replace(item, meetings=days, order=None)
            elif _FROM.search(text, edge, item.begin) and _ONWARDS.match(text, item.end):
                later = frozenset(day for day in self._all if day >= item.first)
                item = replace(item, meetings=later, order=None)
            limited.append(item)
        return limited[::-1]

    def _operated(self, operator: re.Match[str], item: Mention) -> Days:
        if operator["but"]:
            return self._all - item.meetings
        return frozenset(
            day
            for day in self._all
            if (operator["before"] and day < item.first)
            or (operator["after"] and day > item.last)
            or (operator["since"] and day >= item.first)
            or (operator["until"] and day <= item.last)
        )

    def _apply(self, operator: re.Match[str], item: Mention) -> Days:
        """Read `the meeting before X`, `les deux réunions qui ont précédé X` as the nearest."""
        days = self._operated(operator, item)
        count = small_number(operator["n"] or "")
        many = operator["n"] == "any" or (not count and str(operator["noun"]).endswith("s"))
        if operator["noun"] and not many and (operator["before"] or operator["after"]):
            return pick(days, (-1 if operator["before"] else 1, 0, count or 1))
        return days


def _stands_alone(left: Mention, right: Mention) -> bool:
    """Tell whether a mention says nothing of the one before: `was the passport meeting virtual`."""
    return right.kind == "order" if left.order else right.kind == "form"


def _combine(groups: Sequence[Mention]) -> Days:
    """Join what is listed, and narrow what is qualified."""
    when = frozenset().union(*(item.meetings for item in groups if item.kind == "period"))
    others = [item for item in groups if item.kind != "period"]
    if len(others) == len(groups):
        forms = frozenset().union(*(item.meetings for item in others if item.kind == "form"))
        rest = frozenset().union(*(item.meetings for item in others if item.kind != "form"))
        return rest & forms or rest or forms
    if not others:
        return when
    # "In 2024, what was the last meeting about?"
    which = frozenset().union(
        *(pick(when, item.order) if item.order else item.meetings for item in others)
    )
    strict = any(item.kind in {"form", "order"} for item in others)
    return when & which if when & which or strict else when | which


def _limits(text: str, found: Sequence[Mention]) -> tuple[tuple[int, int], ...]:
    """Find the words that limit a question, with what leads to them."""
    limits, at = [], 0
    for item in found:
        lead = _LEADING.search(text, at, item.begin)
        trail = _TRAILING.match(text, item.end)
        begin = lead.start() if lead else item.begin
        at = trail.end() if trail else item.end
        limits.append((begin, at))
    return tuple(limits)
