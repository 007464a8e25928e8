"""Limits a question to the meetings it names: what points at them, and the words between."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ccs_qa.records import SAID, Intent, Meeting, Scope
from ccs_qa.search.meetings.lexicon import pattern
from ccs_qa.search.meetings.mentions import Days, Kind, Mention, Mentions, pick, point
from ccs_qa.search.meetings.names import Names
from ccs_qa.text.numbers import small_number
from ccs_qa.text.strings import STOPS, fold_in_place, words

# What the word before a mention makes of it.
_LIMITS: Mapping[str, Callable[[dt.date, Mention], bool]] = {
    "before": lambda day, item: day < item.first,
    "after": lambda day, item: day > item.last,
    "since": lambda day, item: day >= item.first,
    "until": lambda day, item: day <= item.last,
    "except": lambda day, item: day not in item.meetings,
}
# That word, after the meeting counted from there: "the two meetings right before …".
_LIMITED = pattern(
    r"(?:(?:(?P<n>\w+) )?(?P<noun>{noun}|{one}) (?:{held} )*)?(?<!\w)"
    r"(?:{before:before}|{after:after}|{since:since}|{until:until}|{except:except})"
    r"(?: ?(?:a|to) | |(?<=d'))(?:{just} )?(?:a )?{named}$"
)
# What opens a span, and what joins its ends.
_SPANS = (
    (
        pattern(r"\b(?:between|entre) (?:new year'?s(?: day)? |le jour de l'an )?{named}$"),
        pattern(r",? (?:and|et|puis|pis) {named}"),
    ),
    (pattern(r"(?<!\w)(?:from|{since}|de|du|d') ?{named}$"), pattern(r",? {through} {named}")),
)
# The ends of a time that two meetings lie apart, each described in any words.
_APART = re.compile(
    r"\b(?:between|entre|from|depuis|separ\w+|spanned?|split) (?P<ends>[^?.!;:]{5,}?)(?=[?.!;:]|$)"
)
_JOINT = pattern(r",? (?:and|et|puis|pis|from|{through}|de|du|d'avec) ")
_DASH = pattern(r"(?: {through} | ?[-–] ?){named}")
# Kinds that leave nothing where they hold nothing.
_STRICT = {"form", "order"}
# What stands between a meeting and what it is counted or found among.
_AMONG = pattern(r" ?(?:{held} )*(?:{of})?(?:{the})*")
# Meetings named by where they stand beside others, which are not named again behind.
_ALONE = r"(?! (?:{the}|{one}|{noun}|it\b|\d|{month}))"
_BESIDE = pattern(
    r"\b(?:(?:the|its|la) (?:next|following|subsequent|previous|preceding|prior) (?:{noun}|one)"
    r"|(?:the next|la (?:suivante|prochaine|precedente))(?=\W*$)"
    r"|(?:(?:the|la) (?:{noun}|{one})|la|celle) "
    r"(?:{just} |qui |d'|a )*(?:{after}|suivante|prochaine|{before})"
    rf"(?: (?:that|this)(?: one| {{noun}})?| (?:ca|cela|celle-la))?{_ALONE})\b"
)
_LATER = pattern(r"next|subsequent|prochaine|{after}")
_SAME = pattern(
    r"\b(?:(?:same|meme) (?:{noun}|one)|(?:at|in|from|of|during) that {noun}"
    r"|that {noun}(?=\W*$)|cette {noun}(?:-la)?|(?P<year>that (?:same )?year|same year"
    r"|cette (?:meme )?annee-la|la meme annee)|(?P<next>(?:the )?(?:following|next) year"
    r"|(?:the )?year after(?: that)?|(?:a|one) year later|l'annee (?:suivante|d'apres)"
    r"|un an (?:plus tard|apres))"
    r"|(?P<before>(?:the )?(?:previous|preceding) year|the year before(?: that)?"
    r"|l'annee (?:precedente|d'avant)))\b"
)
# How many years the words of `_SAME` lie from the year that was spoken of.
_YEARS = {"year": 0, "next": 1, "before": -1}
# What leads to a limit, or follows it, and says nothing without it.
_LEADING = pattern(
    r"(?:(?<![-\w])(?>{of}|{the}|{when}|{noun}|between|and|to|et|lors|au|cours|within|resumes?)"
    r" *+)++$"
)
_TRAILING = pattern(r" (?:{noun}|{one})\b")
# All meetings; and what says of meetings that they are asked for, or what they were about.
_EVERY = pattern(r"\b{every} (?:{of})?(?:{the})*{meeting}\b")
_ASKED = pattern(r"{meeting}|{every}|{show}")
_TREATS = pattern(r"{treats}")
_MEETING = pattern(r"\b{meeting}\b")
_END_THAT = pattern(
    r"\b(?:(?:{last}|{first}) {noun}|{noun} (?:la |the )?(?:{last}|{first})) "
    r"(?:that|which|where|in which|qui|ou|dont|(?:au cours de|lors de) laquelle)"
    r"(?! (?:was|were|took|had been|is|a ete|s'est|etait|eut) )"
)


class ScopeFinder:
    """Finds the meetings that questions about one corpus limit themselves to."""

    def __init__(self, meetings: Sequence[Meeting], names: Names | None = None) -> None:
        """Take over the meetings, and the names of things or those that they spell out."""
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
        """Find the limits that a question names; without meetings where it means none of ours.

        What the question asks for changes what its words mean; `last year` counts from today.
        """
        text = fold_in_place(question)
        found = self._mentions.find(text, question, today, of_record=intent not in SAID)
        if intent == "first_last_mention":
            # "The last meeting where seniors came up" is not the last meeting.
            found = [item for item in found if item.kind != "order"]
        found, anchors = self._beside(text, found, before)
        if intent == "duration" and sum(len(item.meetings) == 1 for item in found) < 2:
            found = self._apart(text, question, today) or found
        found = found or list(self._mentions.parts(text, before))
        if not found:
            return None
        groups = self._grouped(text, found, spans=intent == "duration")
        # What `the next one` leans on is named, not meant, unless time is counted from it.
        if intent != "duration":
            groups = [item for item in groups if item not in anchors]
        meetings = _combine(groups)
        each = (item.meetings & meetings for item in groups)
        sides = tuple(tuple(sorted(days)) for days in each if days)
        periods = [item for item in found if item.kind == "period" and item.first <= item.last]
        return Scope(
            text=question[found[0].begin : found[-1].end].strip(),
            meetings=tuple(sorted(meetings)),
            start=min(meetings or {item.first for item in periods}, default=None),
            end=max(meetings or {item.last for item in periods}, default=None),
            sides=sides if len(set(sides)) > 1 else (),
            excludes=any(item.excludes for item in groups),
            by_form=any(
                item.kind in {"form", "place"} and item.meetings & meetings for item in found
            ),
            limits=_limits(text, found),
        )

    def _apart(self, text: str, question: str, today: dt.date) -> list[Mention]:
        """Read `between A and B` where either is a meeting described by more than its title."""
        for match in _APART.finditer(text):
            edge = match.start("ends")
            for joint in _JOINT.finditer(match["ends"]):
                cuts = ((edge, edge + joint.start()), (edge + joint.end(), match.end()))
                ends = [self._one(text[a:b], question[a:b], today) for a, b in cuts]
                if all(len(days) == 1 for days in ends) and ends[0] != ends[1]:
                    return [
                        point("topic", *cut, days) for cut, days in zip(cuts, ends, strict=True)
                    ]
        return []

    def _one(self, text: str, question: str, today: dt.date) -> Days:
        """Find the meeting that a piece of a question points at or describes."""
        found = self._mentions.find(text, question, today, of_record=True)
        found = found or list(self._mentions.parts(text, frozenset))
        days = _combine(self._grouped(text, found, spans=False)) if found else frozenset()
        return days if len(days) == 1 else self._mentions.described(text)

    def _beside(
        self, text: str, found: list[Mention], before: Callable[[], Days]
    ) -> tuple[list[Mention], list[Mention]]:
        """Read `the next one`, `celle d'avant`, `that year`, and what they lean on in the text."""
        beside: list[Mention] = []
        anchors: list[Mention] = []
        for match in (*_BESIDE.finditer(text), *_SAME.finditer(text)):
            named = [item for item in found if item.end <= match.start() and item.meetings]
            # `The next one` leans on the last meeting named, `that year` on the question before.
            leans = named[-1:] if match.re is _BESIDE else []
            origin = point("beside", *match.span(), leans[0].meetings if leans else before())
            if not origin.meetings:
                continue
            days = origin.meetings
            if match.re is _BESIDE:
                later = _LATER.search(match.group())
                days = self._nearest("after" if later else "before", origin, 1)
            elif match.lastgroup in _YEARS:
                years = {day.year + _YEARS[match.lastgroup] for day in origin.meetings}
                days = frozenset(day for day in self._all if day.year in years)
            beside.append(point("beside", *match.span(), days))
            anchors += leans
        kept = [
            item
            for item in found
            if not any(item.begin < other.end and other.begin < item.end for other in beside)
        ]
        return sorted([*kept, *beside], key=lambda item: item.begin), anchors

    def _grouped(self, text: str, found: Sequence[Mention], *, spans: bool) -> list[Mention]:
        """Read from the end: spans, what limits each, and what qualifies each other as one.

        Two single meetings are the ends of a span of time: "how long after A was B"; of one, the
        other end is the meeting next to it: "after A, how long until the next".
        """
        single = [len(item.meetings) for item in found] == [1, 1]
        if spans and single and not self._span(text, 0, *found):
            return list(found)
        groups = [found[-1]]
        for at in reversed(range(len(found) - 1)):
            item, edge = found[at], found[at - 1].end if at else 0
            right = groups.pop()
            one = self._span(text, edge, item, right)
            if one is None:
                right = self._limited(text, item.end, right, spans=spans)
                one = _join(text, item, right)
            groups += [one] if one else [right, item]
        return [self._limited(text, 0, groups.pop(), spans=spans), *reversed(groups)]

    def _span(self, text: str, edge: int, left: Mention, right: Mention) -> Mention | None:
        """Read `between A and B`, `from A to B`, and of periods `A to B`, as all from A to B."""
        begin = None
        for opening, joint in _SPANS:
            opened = opening.search(text, edge, left.begin)
            if opened and joint.fullmatch(text, left.end, right.begin):
                begin = opened.start()
        if left.kind == right.kind == "period" and _DASH.fullmatch(text, left.end, right.begin):
            begin = left.begin if begin is None else begin
        if begin is None:
            return None
        first, last = min(left.first, right.first), max(left.last, right.last)
        days = frozenset(day for day in self._all if first <= day <= last)
        # An end that no meeting bears leaves the span open: it holds nothing.
        none = dt.date.max in {left.first, right.first}
        return Mention(left.kind, begin, right.end, frozenset() if none else days, first, last)

    def _limited(self, text: str, edge: int, item: Mention, *, spans: bool) -> Mention:
        """Read the word of time before a mention, and the meeting counted from there."""
        limit = _LIMITED.search(text, edge, item.begin)
        # "D'après la réunion de mars" is what it said, not what came after it.
        told = limit and limit["after"] and text.endswith("d'", 0, limit.start("after"))
        if limit is None or told:
            return item
        kind, noun = str(limit.lastgroup), limit["noun"]
        count = small_number(limit["n"] or "")
        # "The meetings before …" are all of them; "the meeting before …" is the nearest.
        many = limit["n"] == "any" or (not count and str(noun).endswith("s"))
        if noun and not many and kind in {"before", "after"}:
            days = self._nearest(kind, item, count or 1)
        elif spans and kind in {"before", "after"} and len(item.meetings) == 1:
            days = item.meetings | self._nearest(kind, item, 1)
        else:
            days = self._by(kind, item)
        begin = limit.start()
        return replace(item, begin=begin, meetings=days, order=None, excludes=kind == "except")

    def _by(self, kind: str, item: Mention) -> Days:
        # Nothing lies before or after no meeting; all lie outside it.
        if item.first > item.last and kind != "except":
            return frozenset()
        return frozenset(day for day in self._all if _LIMITS[kind](day, item))

    def _nearest(self, kind: str, item: Mention, count: int) -> Days:
        return pick(self._by(kind, item), (-1 if kind == "before" else 1, 0, count))


def names_end(question: str) -> bool:
    """Tell whether a question asks for the first or the last meeting that does something."""
    return _END_THAT.search(fold_in_place(question)) is not None


def asked_of_meetings(question: str, scope: Scope | None) -> Intent | None:
    """Tell what a question asks that names meetings and nothing else; None for all others.

    `about` when it says that they treat of something, else `which_meeting`.
    """
    text = fold_in_place(question)
    named = scope.text if scope else ""
    rest = text.replace(fold_in_place(named), " ", 1) if named else text
    if not (_MEETING.search(text) if named else _EVERY.search(text)):
        return None
    others = [word for word in words(rest) if word not in STOPS and not _ASKED.fullmatch(word)]
    if not all(map(_TREATS.fullmatch, others)):
        return None
    return "about" if others else "which_meeting"


def _join(text: str, left: Mention, right: Mention) -> Mention | None:
    """Read what qualifies each other as one: `the last virtual meeting of 2024`."""
    # "Was the passport meeting virtual": a form at the end is asked for.
    alone = right.kind == "order" if left.order else right.kind == "form"
    if alone or not _AMONG.fullmatch(text, left.end, right.begin):
        return None
    qualified = left.meetings & right.meetings
    days = pick(right.meetings, left.order) if left.order else qualified
    kinds = {left.kind, right.kind}
    if not (days or kinds & _STRICT or kinds > {"period"}):
        return None
    return point(left.kind if left.kind != "period" else right.kind, left.begin, right.end, days)


def _combine(groups: Sequence[Mention]) -> Days:
    """Join what is listed, and narrow what is qualified."""
    kinds = {item.kind for item in groups}

    def union(*among: Kind) -> Days:
        return frozenset().union(*(item.meetings for item in groups if item.kind in among))

    if "period" not in kinds:
        # "Was the passport meeting virtual?"
        named, form = union("topic", "place", "beside"), union("form")
        return (named & form or named) if named and form else union(*kinds)
    # "In 2024, what was the last meeting about?"
    when = union("period")
    which = frozenset().union(
        *(
            pick(when, item.order) if item.order else item.meetings
            for item in groups
            if item.kind != "period"
        )
    )
    if kinds == {"period"} or not (when & which or kinds & _STRICT):
        return when | which
    return when & which


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
