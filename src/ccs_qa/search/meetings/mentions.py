"""Finds what points at meetings in a question: a period, an order, a form, a place, a title.

A topic alone ("what was said about passports") points at no meeting; "the passport meeting"
does. Works on folded text.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from ccs_qa.records import Bilingual, Meeting
from ccs_qa.search.meetings.lexicon import pattern
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.meetings.periods import Period, find_periods
from ccs_qa.text.numbers import small_number
from ccs_qa.text.strings import STOPS, fold, words

Days = frozenset[dt.date]
Kind = Literal["period", "order", "topic", "form", "place", "beside"]

# How meetings are counted: pattern, side (1 from the first, -1 from the last), how many to skip;
# None where the pattern says which. What is read first is not read again by those after it.
_ORDERS = tuple(
    (pattern(rf"\b(?:{template})(?!\w)"), side, skip)
    for template, side, skip in (
        (r"(?:(?:second|next)[- ]to[- ]last|penultimate|avant-derniere) {noun}", -1, 1),
        (r"(?:antepenultimate|antepenultieme) {noun}", -1, 2),
        *(
            (template.replace("END", f"{{{end}}}"), side, 0)
            for end, side in (("last", -1), ("first", 1))
            for template in (
                r"(?:{n:n} )?END (?:{n:m} )?{noun}",
                r"(?:{n:n} )?{noun} (?:la|les|the) END",
                r"END (?:time|fois)(?=(?: that| que| qu')? ?{who}{met})",
                r"END {met}|{met} END(?=\W*$)",
                (
                    r"(?:^|(?<=\bthe )|(?<=\bla )|(?<=, )|(?<=\bto ))END"
                    r"(?: one\b|(?=\W*$|\s*[,;:]| {of}{digits}|{joined}))"
                ),
            )
        ),
        (r"{last} (?:time|fois)(?=\W*$|[,;])", -1, 0),
        (r"{nth:nth} {noun}", 1, None),
    )
)
# What is counted may be named by more than the noun: "the first virtual meeting".
_COUNTED = pattern(r"\b(?:{last:last}|{first}|{nth:nth}) $")
_FORMS = (pattern(r"{in_person}"), pattern(r"{virtual}"))
_OF_FORM = pattern(
    r"\b(?:{form:form} (?:{noun}|{one})|{noun} (?:(?:tenues?|held) )?{form:after})\b"
)
_ANY_FORM = pattern(
    r"\b(?:(?:held|tenues?) )?{form:form}(?: day\b|(?= only|\s*[,;.?!]|\s*$"
    r"| (?:in|en|since|depuis|combien|how)\b))"
)
_IN_PLACE = pattern(r"\b(?:{noun}|{one}|{met}) (?:{held} )*(?:in|at|a|de) $")
_IN = re.compile(r"\b(?:in|at|a|de) $")
_ELSEWHERE = pattern(r"\b{noun} (?:{held} )*?(?:held|tenues?) (?:in|at|a) (?P<place>[^\W\d_]+)")
_PARTS = pattern(
    r"\b(?:parts?|parties?|volets?|instal?lments?) {n:n}(?:(?: and| et|,) {n:m})?\b"
    r"|\b{nth:nth} (?:part|partie|volet|instal?lment)\b"
)
_PART_OF = pattern(rf"(?:{_PARTS.pattern})(?: (?:of|de))? (?:the )?$")
_OF = re.compile(r" (?:of|du|de|des) ")
_TITLED = pattern(r"\b(?:{noun}|{called})[ :«\"“']+(?:the |l')?$")
# Words of titles that say nothing of what is talked about.
_EMPTY = pattern(r"\d+|{noun}|{matter}|{before}|{after}")
# Title words that touch a meeting, in classes of words: before it, or after a preposition.
_KINDS = tuple(
    (kind, pattern(template))
    for kind, template in (
        ("n", "{noun}"),
        ("1", "ones?"),
        ("c", "celles?"),
        ("a", "{about}"),
        ("j", "and|et|at|to|{before}|{after}"),
    )
)
_RUNS = (re.compile("[n1c][la]*a[laj]*t(?:[lajt]*t)?"), re.compile("t(?:[lt]*t)?[n1]"))
_NO_PLACE = pattern(r"\b(?:{form}|{noun}|format|lieu|location|place)\b")
_AFTER = pattern(r" (?:{noun}|{one})\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that point at meetings, where they stand in the folded question, and the days meant.

    Without such a meeting the first day is after the last. An order tells how they are counted:
    the side (1 from the first, -1 from the last), how many to skip, how many to take. Where it
    excludes, the meetings are all but those named.
    """

    kind: Kind
    begin: int
    end: int
    meetings: Days
    first: dt.date
    last: dt.date
    order: tuple[int, int, int] | None = None
    excludes: bool = False


def pick(among: Days, order: tuple[int, int, int]) -> Days:
    """Take some meetings as an order says."""
    side, skip, count = order
    return frozenset(sorted(among, reverse=side < 0)[skip : skip + count])


def point(kind: Kind, begin: int, end: int, meetings: Days) -> Mention:
    """Make a mention whose days are those of its meetings."""
    first, last = min(meetings, default=dt.date.max), max(meetings, default=dt.date.min)
    return Mention(kind, begin, end, meetings, first, last)


class _Called(NamedTuple):
    """What a meeting can be called, folded.

    Attributes:
        words: Stems of its title, or of its headings where it has none.
        titles: Its titles; those of parts (numbered; 0 for none) also without the number.
    """

    date: dt.date
    words: frozenset[str]
    said: frozenset[str]
    titles: tuple[str, ...]
    held: str
    part: int


class Mentions:
    """Knows what the meetings of one corpus can be called."""

    def __init__(self, meetings: Sequence[Meeting], names: Names) -> None:
        """Take the titles, forms and places from the records."""
        self._called = tuple(_called(meeting) for meeting in meetings)
        self.dates = frozenset(item.date for item in self._called)
        self._vocabulary = frozenset().union(*(item.words for item in self._called))
        # A word that most meetings hold points at none of them.
        self._common = frozenset(
            word
            for word in self._vocabulary
            if 2 * sum(word in item.said for item in self._called) > len(self._called)
        )
        titles = {title for item in self._called for title in item.titles}
        self._titles = sorted(titles, key=len, reverse=True)
        self._forms = [
            (form, frozenset(item.date for item in self._called if form.search(item.held)))
            for form in _FORMS
        ]
        # More than the words that questions are asked in.
        self._readings = lru_cache(maxsize=4096)(names.readings)
        # Towns that nobody speaks of; what follows them is as wide as a province.
        lines = [line for item in meetings for line in item.passages if line.kind != "format"]
        spoken = {
            word for line in lines for text in _texts(line.renditions) for word in words(text)
        }
        self._towns = {place for item in self._called for place in _places(item.held)[:1]} - spoken
        self._places: dict[str, Days] = {}
        for item in self._called:
            for place in _places(item.held):
                self._places[place] = self._places.get(place, frozenset()) | {item.date}

    def find(self, text: str, original: str, today: dt.date, *, of_record: bool) -> list[Mention]:
        """Find what points at meetings, in order of place, none overlapping another.

        Args:
            original: The question as typed, of the same length.
            of_record: Whether the question is one of record: then a form and a place say which
                meetings are meant wherever they stand.
        """
        found: list[Mention] = []
        # In order of trust: what a period or a title has taken is not read again.
        for candidates in (
            (self._period(item) for item in find_periods(text, today)),
            self._named(text),
            self._orders(text),
            self._of_form(text, bare=of_record),
            self._in_places(text, original, bare=of_record),
            self._topics(text),
        ):
            for item in candidates:
                found += _free(item, found)
        for item in tuple(found):
            counted = _COUNTED.search(text, 0, item.begin)
            if counted and (item.kind != "period" or _AFTER.match(text, item.end)):
                order = self._order(counted, -1 if counted["last"] else 1, None)
                found += _free(replace(order, end=item.begin), found)
        return sorted(found, key=lambda item: item.begin)

    def _period(self, period: Period) -> Mention:
        held = frozenset(day for day in self.dates if period.holds(day))
        if period.newest and held:
            newest = max(held).year
            held = frozenset(day for day in held if day.year == newest)
        found = point("period", period.begin, period.end, held)
        return found if period.yearly else replace(found, first=period.first, last=period.last)

    def _named(self, text: str) -> Iterator[Mention]:
        """Read titles; a short one is also an everyday phrase."""
        parts = _parts(text)
        for title in self._titles:
            at = text.find(title)
            if at >= 0 and (len(title.split()) >= 3 or _TITLED.search(text, 0, at)):
                called = [item for item in self._called if title in item.titles]
                # Parts share their title: a number in the question tells them apart.
                meant = [item.date for item in called if item.part in parts]
                led = _PART_OF.search(text, 0, at)
                begin = led.start() if led else at
                days = frozenset(meant or [item.date for item in called])
                yield point("topic", begin, at + len(title), days)

    def described(self, text: str) -> Days:
        """Find the meeting whose title shares most with words that are known to describe one."""
        stems = frozenset().union(*map(self._meant, words(text))) - self._common
        shared = {item.date: len(stems & item.words) for item in self._called}
        most = max(shared.values(), default=0)
        best = [day for day, number in shared.items() if number == most]
        return frozenset(best if most and len(best) == 1 else ())

    def parts(self, text: str, before: Callable[[], Days]) -> Iterator[Mention]:
        """Read `the second part` of the subject of the meetings before, or of the only such one."""
        for match in _PARTS.finditer(text):
            # The part of something else than of a subject of meetings.
            if _OF.match(text, match.end()):
                continue
            among, numbers = before(), _parts(match.group())
            meant = [
                item for item in self._called if item.part and item.date in (among or self.dates)
            ]
            subjects = {item.titles[-1] for item in meant}
            days = frozenset(
                item.date
                for item in self._called
                if item.part in numbers and item.titles[-1] in subjects
            )
            if len(subjects) == 1 and days:
                yield point("topic", *match.span(), days)

    def _orders(self, text: str) -> Iterator[Mention]:
        for rule, side, skip in _ORDERS:
            for match in rule.finditer(text):
                yield self._order(match, side, skip)

    def _order(self, match: re.Match[str], side: int, skip: int | None) -> Mention:
        named = match.groupdict()
        count = small_number(named.get("n") or named.get("m") or "") or 1
        if skip is None:
            skip = max(small_number(named.get("nth") or "") - 1, 0)
        order = (side, skip, count)
        found = point("order", match.start(), match.end(), pick(self.dates, order))
        return replace(found, order=order)

    def _of_form(self, text: str, *, bare: bool) -> Iterator[Mention]:
        # "Virtual or in person?" asks for the form; it singles no meeting out.
        if bare and all(form.search(text) for form in _FORMS):
            return
        for rule in (_OF_FORM, _ANY_FORM)[: 1 + bare]:
            for match in rule.finditer(text):
                days = next(days for form, days in self._forms if form.search(match.group()))
                yield point("form", *match.span(), days)

    def _in_places(self, text: str, original: str, *, bare: bool) -> Iterator[Mention]:
        for match in re.finditer(r"[^\W\d_]+", text):
            if match.group() not in self._places:
                continue
            begin, end = match.span()
            led, after = _IN_PLACE.search(text, 0, begin), _AFTER.match(text, end)
            into = _IN.search(text, 0, begin)
            named = bare and (original[begin].isupper() or into)
            # "In Gatineau, what was said": where nobody speaks of the town, there is meant.
            named = named or (into and not into.start() and match.group() in self._towns)
            if led or after or named:
                begin, end = led.start() if led else begin, after.end() if after else end
                yield point("place", begin, end, self._places[match.group()])
        for match in _ELSEWHERE.finditer(text):
            if original[match.start("place")].isupper():
                yield point("place", *match.span("place"), frozenset())

    def _topics(self, text: str) -> Iterator[Mention]:
        """Read the title words that touch a meeting: `the passport meeting`, `celle sur l'IA`."""
        tokens = list(re.finditer(r"[a-z0-9]+|[,.?!;:()…]", text))
        stems = [self._meant(token.group()) for token in tokens]
        kinds = "".join(map(self._kind, (token.group() for token in tokens), stems))
        for run in _RUNS:
            for match in run.finditer(kinds):
                begin, end = match.span()
                seen = frozenset().union(
                    *(stems[at] for at in range(begin, end) if kinds[at] == "t")
                )
                days = frozenset(item.date for item in self._called if seen <= item.words)
                # "The AI one" is a meeting where one was named before.
                alone = kinds[end - 1] == "1" and "n" not in kinds[:begin]
                if days and not alone and (len(seen) > 1 or seen - self._common):
                    yield point("topic", tokens[begin].start(), tokens[end - 1].end(), days)

    def _kind(self, word: str, stems: frozenset[str]) -> str:
        """Class a word as `_KINDS` does, else as one of titles, a little one, or none of these."""
        for kind, words_of in _KINDS:
            if words_of.fullmatch(word):
                return kind
        if stems and stems <= self._vocabulary:
            return "t"
        return "l" if word in STOPS or small_number(word) else " "

    def _meant(self, token: str) -> frozenset[str]:
        """Give the stems of a word, or of what it stands for where titles spell that out."""
        spelled = (_stems(reading) for reading in self._readings(token))
        return next((stems for stems in spelled if stems <= self._vocabulary), _stems([token]))


def _free(item: Mention, taken: Sequence[Mention]) -> list[Mention]:
    """Leave to a mention what others have not taken: `the second meeting on …` shares its noun."""
    for other in taken:
        if other.begin <= item.begin < other.end < item.end:
            item = replace(item, begin=other.end)
        elif item.begin < other.begin < item.end <= other.end:
            item = replace(item, end=other.begin)
        elif item.begin < other.end and other.begin < item.end:
            return []
    return [item] if item.begin < item.end else []


def _parts(text: str) -> set[int]:
    """Read the numbers of the parts that a text names."""
    found = _PARTS.finditer(text)
    return {small_number(part) for match in found for part in match.groups() if part}


def _stems(tokens: Iterable[str]) -> frozenset[str]:
    """Cut endings roughly, alike in both languages: enough to match words of titles."""
    return frozenset(
        re.sub(r"(?:ies|es|s|e|y)$", "", word) if len(word) > 3 else word
        for word in tokens
        if word not in STOPS and not _EMPTY.fullmatch(word)
    )


def _places(held: str) -> list[str]:
    """List the words of a form that name a place: `Lieu : En personne, Gatineau, Québec`."""
    parts = [part for part in re.split("[,:]", held) if not _NO_PLACE.search(part)]
    return [word for part in parts for word in words(part) if len(word) > 3]


def _texts(source: Bilingual | None) -> list[str]:
    return [fold(rendition.text) for rendition in source.spoken] if source is not None else []


def _called(meeting: Meeting) -> _Called:
    titles = _texts(meeting.title.renditions if meeting.title else None)
    headings = [text for section in meeting.sections for text in _texts(section.heading)]
    said = [text for item in meeting.passages for text in _texts(item.renditions)]
    parts = [part for title in titles for part in _parts(title)]
    # Parts of one subject share its title without the bracket that tells them apart.
    shared = [re.sub(r" \([^()]*\)$", "", title) for title in titles]
    return _Called(
        date=meeting.date,
        words=_stems(words(" ".join(shared or headings))),
        said=_stems(words(" ".join(said))),
        titles=tuple(dict.fromkeys((*titles, *shared))),
        held=", ".join(_texts(meeting.format.renditions if meeting.format else None)),
        part=parts[0] if parts else 0,
    )
