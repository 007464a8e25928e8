"""Limits a question to the meetings it names: periods, selectors and the words between them."""

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ccs_qa.records import SAID, Intent, Meeting, Scope
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.meetings.periods import find_periods
from ccs_qa.search.meetings.relative import Relative, find_relatives
from ccs_qa.search.meetings.selectors import MEETING, Selection, Selectors
from ccs_qa.search.meetings.spans import Period, number

_DETERMINER = (
    r"(?:the |its |their |our |la |le |les |l'|sa |son |ses |leurs? |notre |nos |early |late "
    r"|(?:the )?(?:end|start|beginning) of "
    r"|(?:la )?fin (?:de |d')?|(?:le )?debut (?:de |d'|du )?|celui |celle |that )*"
)
# "After the meeting of June": the noun stands between the word of time and the period.
_WHO = (
    r"(?:(?:it|they|(?:the )?(?:committee|members|group)|il|ils|(?:le )?comite|(?:les )?membres)"
    r" (?:ne )?(?:se |s')?)?"
)
_NAMED = rf"{_WHO}(?:{_DETERMINER}{MEETING} (?:of |in |on |held |de |du |d'|en )?)?{_DETERMINER}"
_BEFORE = (
    r"(?:before|prior to|earlier than|ahead of|avant|anterieur\w* a"
    r"|(?:precede|precedent|preceded|precedait)\w*)"
)
_AFTER = r"(?:after|following|later than|apres|suivant|posterieur\w* a|suivi|suit|suivait|followed)"
_SINCE = r"(?:since|as of|as from|starting(?: in| from)?|from|depuis|a partir (?:de |du |d')?)"
_UNTIL = r"(?:until|till|up to(?: and including)?|through|as late as|jusqu'(?:a|en|au))"
_EXCEPT = (
    r"(?:leaving out|except(?: for)?|excluding|other than|apart from|sauf|excepte|hormis"
    r"|a l'exception (?:de |du )?|a part)"
)
_NEAR = (
    r"(?:(?P<n>\w+) )?(?P<noun>meetings?|reunions?|rencontres?|seances?|sessions?|celle|one)"
    r"(?: (?:that|which|held|came|was|were|is|qui|a|ont|avait|avaient|s'est|tenue?s?|en|eu|lieu"
    r"|est|venue?s?|next|suivante?s?))*"
    r"(?: (?:right|just|immediately|directly|immediatement|juste|tout|de suite))*"
)
# What may stand between "the last meeting" and the period it is counted in.
_WITHIN = r" ?(?:of|in|de|du|en|d'|on|sur|held in|tenue en)?(?: the| la| les)? ?(?:l')?"


@dataclass(frozen=True, slots=True)
class _Atom:
    """Something named: a period or a selection, with the meetings it holds.

    Attributes:
        begin: First character.
        end: End, exclusive.
        first: First day meant.
        last: Last day meant.
        meetings: The meetings it holds.
        source: The period or the selection.
    """

    begin: int
    end: int
    first: dt.date
    last: dt.date
    meetings: frozenset[dt.date]
    source: Period | Selection


def _both_periods(left: _Atom, right: _Atom) -> bool:
    return isinstance(left.source, Period) and isinstance(right.source, Period)


def _plain(text: str) -> str:
    """Fold a text letter by letter, so that places stay the same."""
    folded = []
    for letter in text:
        base = unicodedata.normalize("NFKD", letter.casefold())[:1] or " "
        folded.append("'" if base in "\u2019\u2018`\u00b4" else " " if base.isspace() else base)
    return "".join(folded)


# What leads to a limit and says nothing without it.
_LEADING = re.compile(
    r"(?:(?:(?<![-\w])(?:in|during|at|on|from|of|since|before|after|until|till|to|between|and|the|en|au"
    r"|aux|a|de|du|des|la|le|les|depuis|avant|apres|entre|et|lors|pendant|durant|cours|within"
    r"|summary|summaries|resumes?|meetings?|reunions?|rencontres?|seances?)|\b[ld]'|jusqu'(?:a|en)?)"
    r" *)+$"
)
_TRAILING = re.compile(rf" {MEETING}\b")
# What stands between a meeting and the period that it is said to lie in.
_QUALIFIES = r" ?(?:(?:in|of|from|en|de|du) )?"


def _limits(text: str, atoms: Sequence[_Atom]) -> tuple[tuple[int, int], ...]:
    """Find the words that limit a question, with what leads to them."""
    found, at = [], 0
    for atom in atoms:
        lead = _LEADING.search(text, at, atom.begin)
        trail = _TRAILING.match(text, atom.end)
        begin = lead.start() if lead else atom.begin
        at = trail.end() if trail else atom.end
        found.append((begin, at))
    return tuple(found)


def _overlaps(item: _Atom | Selection | Relative, others: Sequence[_Atom]) -> bool:
    return any(item.begin < other.end and other.begin < item.end for other in others)


class ScopeFinder:
    """Finds the meetings that questions about one corpus limit themselves to."""

    def __init__(self, meetings: Sequence[Meeting], names: Names | None = None) -> None:
        """Take over the meetings.

        Args:
            meetings: The meetings.
            names: What things are called besides; what the meetings spell out when None.
        """
        self._selectors = Selectors(meetings, names or Names.read(meetings))
        self._all = frozenset(self._selectors.dates)

    def find(
        self,
        question: str,
        today: dt.date,
        *,
        intent: Intent = "topic",
        before: Callable[[], frozenset[dt.date]] = frozenset,
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
        text = _plain(question)
        periods = [self._period(item) for item in find_periods(text, today)]
        selections = [
            self._selection(item)
            for item in self._selectors.find(text, question, of_record=intent not in SAID)
            if not _overlaps(item, periods)
            # "The last meeting where seniors came up" is not the last meeting.
            and not (intent == "first_last_mention" and item.kind == "order")
        ]
        atoms = sorted([*periods, *selections], key=lambda item: item.begin)
        beside, anchors = self._relatives(text, atoms, before)
        atoms = sorted(
            [atom for atom in atoms if not _overlaps(atom, beside)] + beside,
            key=lambda item: item.begin,
        )
        if not atoms:
            return None
        groups, consumed = self._ranges(text, atoms)
        if intent != "duration":
            consumed += anchors
        for atom in atoms:
            if atom not in consumed:
                groups.append((atom, self._apply(text, atom, atoms)))
        groups.sort(key=lambda pair: pair[0].begin)
        meetings = self._combine(text, groups)
        begin = min(atom.begin for atom in atoms)
        end = max(atom.end for atom in atoms)
        sides = tuple(tuple(sorted(found & meetings)) for _, found in groups if found & meetings)
        return Scope(
            text=question[begin:end].strip(),
            meetings=tuple(sorted(meetings)),
            start=min(meetings, default=None),
            end=max(meetings, default=None),
            sides=sides if len(set(sides)) > 1 else (),
            held=any(
                isinstance(atom.source, Selection) and atom.source.kind in {"form", "place"}
                for atom in atoms
            ),
            limits=_limits(text, atoms),
        )

    def _relatives(
        self,
        text: str,
        atoms: Sequence[_Atom],
        before: Callable[[], frozenset[dt.date]],
    ) -> tuple[list[_Atom], list[_Atom]]:
        """Read `the next one`, `celle d'avant`, `that year`, and what they lean on in the text."""
        found: list[_Atom] = []
        anchors: list[_Atom] = []
        for item in find_relatives(text):
            named = [atom for atom in atoms if atom.end <= item.begin and atom.meetings]
            leans = item.kind in {"next", "previous"} and bool(named)
            beside = named[-1].meetings if leans else before()
            if not beside or _overlaps(item, found):
                continue
            anchors += named[-1:] if leans else []
            held = self._beside(item, beside)
            first, last = (min(held), max(held)) if held else (dt.date.max, dt.date.min)
            source = Selection("relative", item.begin, item.end, held)
            found.append(_Atom(item.begin, item.end, first, last, held, source))
        return found, anchors

    def _beside(self, item: Relative, meetings: frozenset[dt.date]) -> frozenset[dt.date]:
        if item.kind == "same":
            return meetings
        if item.kind == "year":
            years = {day.year for day in meetings}
            return frozenset(day for day in self._all if day.year in years)
        if item.kind == "next":
            return frozenset(sorted(day for day in self._all if day > max(meetings))[:1])
        return frozenset(sorted(day for day in self._all if day < min(meetings))[-1:])

    def _period(self, period: Period) -> _Atom:
        held = frozenset(day for day in self._all if period.holds(day))
        if period.newest and held:
            newest = max(held).year
            held = frozenset(day for day in held if day.year == newest)
        first, last = (
            (min(held), max(held)) if period.yearly and held else (period.first, period.last)
        )
        return _Atom(period.begin, period.end, first, last, held, period)

    def _selection(self, selection: Selection) -> _Atom:
        held = selection.meetings
        first, last = (min(held), max(held)) if held else (dt.date.max, dt.date.min)
        return _Atom(selection.begin, selection.end, first, last, held, selection)

    def _ranges(
        self, text: str, atoms: Sequence[_Atom]
    ) -> tuple[list[tuple[_Atom, frozenset[dt.date]]], list[_Atom]]:
        """Read `between A and B`, `from A to B`, `de A à B`."""
        groups: list[tuple[_Atom, frozenset[dt.date]]] = []
        consumed: list[_Atom] = []
        for left, right in itertools.pairwise(atoms):
            if left in consumed:
                continue
            before, between = text[: left.begin], text[left.end : right.begin]
            spans = (
                (r"\b(?:between|entre)(?: \w+')? ?(?:the |la |le )?$", r",? (?:and|et) "),
                (
                    r"\b(?:from|de|du|d') ?(?:the |la |le |l')?$",
                    r",? (?:to|through|until|till|a|au|jusqu'(?:a|en|au)) ",
                ),
                # "Summer 2023 through winter 2024" opens with the period itself.
                (r"", r"(?: (?:to|through|until|till|a|au|jusqu'(?:a|en|au))| ?[-–]) "),
            )
            for opening, joint in spans:
                if not opening and not _both_periods(left, right):
                    continue
                if re.search(opening, before) and re.fullmatch(
                    joint + r"?(?:(?:the|la|le) |l' ?)?", between.rstrip() + " "
                ):
                    first, last = left.first, right.last
                    held = frozenset(day for day in self._all if first <= day <= last)
                    groups.append((left, held))
                    consumed += [left, right]
                    break
        return groups, consumed

    def _apply(self, text: str, atom: _Atom, atoms: Sequence[_Atom]) -> frozenset[dt.date]:
        """Read the word of time before an atom: before, after, since, until, except."""
        before = text[: atom.begin]
        held = self._scoped(text, atom, atoms)
        near = self._near(before, atom)
        if near is not None:
            return near
        rules: tuple[tuple[str, Callable[[dt.date], bool]], ...] = (
            (_EXCEPT, lambda day: day not in held),
            (_BEFORE, lambda day: day < atom.first),
            (_AFTER, lambda day: day > atom.last),
            (_SINCE, lambda day: day >= atom.first),
            (_UNTIL, lambda day: day <= atom.last),
        )
        for sign, test in rules:
            tail = r"(?: a)? " if sign is not _UNTIL else r" ?"
            if sign in {_SINCE, _EXCEPT}:
                tail = r" ?"
            if re.search(rf"\b{sign}{tail}(?:a )?{_NAMED}$", before):
                if sign is _SINCE and re.search(rf"\bfrom {_DETERMINER}$", before):
                    # "the meeting from June" limits to June; "from June" alone opens a span.
                    if re.search(rf"{MEETING} from {_DETERMINER}$", before) or isinstance(
                        atom.source, Selection
                    ):
                        break
                    if not re.match(r",? (?:on|onwards?|forward)\b", text[atom.end :]):
                        break
                return frozenset(day for day in self._all if test(day))
        return held

    def _near(self, before: str, atom: _Atom) -> frozenset[dt.date] | None:
        """Read `the meeting before X`, `les deux réunions qui ont précédé X`."""
        for sign, side in ((_BEFORE, -1), (_AFTER, 1)):
            match = re.search(rf"\b{_NEAR} {sign}(?: a| to)? ?{_NAMED}$", before)
            if match is None or not atom.meetings:
                continue
            count = number(match["n"] or "")
            if not count and match["noun"].endswith("s"):
                return None
            if re.search(r"\b(?:have|has|had|been|any)\b", match.group()):
                return None
            line = sorted(
                (day for day in self._all if (day < atom.first if side < 0 else day > atom.last)),
                reverse=side < 0,
            )
            return frozenset(line[: count or 1])
        return None

    def _scoped(self, text: str, atom: _Atom, atoms: Sequence[_Atom]) -> frozenset[dt.date]:
        """Count `the last meeting of 2024` within 2024."""
        source = atom.source
        if not isinstance(source, Selection) or not source.count:
            return atom.meetings
        for other in atoms:
            between = text[atom.end : other.begin]
            if other.begin < atom.end:
                continue
            if re.fullmatch(_WITHIN, between):
                return Selectors.ordered(other.meetings, source.rank, source.count)
            if re.fullmatch(rf" (?:{_BEFORE}|{_AFTER}|{_SINCE})(?: a)? ?{_NAMED}", between):
                among = self._apply(text, other, atoms)
                return Selectors.ordered(among, source.rank, source.count)
        return atom.meetings

    def _combine(
        self, text: str, groups: Sequence[tuple[_Atom, frozenset[dt.date]]]
    ) -> frozenset[dt.date]:
        """Join what is listed, and narrow what is qualified."""
        periods = [pair for pair in groups if isinstance(pair[0].source, Period)]
        selections = [pair for pair in groups if isinstance(pair[0].source, Selection)]
        when = frozenset().union(*(held for _, held in periods))
        which = frozenset().union(*(held for _, held in selections))
        if not selections:
            return when
        if not periods:
            return self._qualified(text, selections) or which
        strict = any(
            isinstance(atom.source, Selection) and atom.source.kind in {"form", "order"}
            for atom, _ in selections
        )
        both = when & which
        if both or strict:
            return both
        # `the 2021 meeting on AI`: there was none, and that of another year is not meant.
        if not when and any(
            re.fullmatch(_QUALIFIES, text[first.end : second.begin])
            for first, second in itertools.pairwise(
                sorted((atom for atom, _ in groups), key=lambda atom: atom.begin)
            )
        ):
            return both
        return when | which

    @staticmethod
    def _qualified(
        text: str, selections: Sequence[tuple[_Atom, frozenset[dt.date]]]
    ) -> frozenset[dt.date]:
        """`the second meeting on the future of …` is one meeting, not two lists."""
        for (left, one), (right, two) in itertools.pairwise(selections):
            touching = not text[left.end : right.begin].strip()
            if touching and one & two:
                return one & two
        return frozenset()
