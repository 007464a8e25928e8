"""Finds the meetings that a question points at by topic, place, form or order.

A topic alone ("what was said about passports") points at no meeting; "the passport meeting"
does. Works on folded text.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ccs_qa.records import LANGUAGES, Meeting
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.meetings.spans import NUMBERS, number
from ccs_qa.text import fold, words

MEETING = r"(?:meetings?|sessions?|summary|summaries|reunions?|rencontres?|seances?|one|celles?)"
_NOUN = r"(?:meetings?|sessions?|reunions?|rencontres?|seances?|summary|summaries)"
_COUNT = r"(?:\d{1,2}|" + "|".join(word for word in NUMBERS if word.isalpha()) + r")"
_LAST = r"(?:last|latest|most recent|newest|derniere?s?|plus recente?s?)"
_FIRST = r"(?:first|oldest|earliest|premieres?|plus anciennes?|toute premiere|very first)"
_ABOUT = (
    r"(?:on|about|titled|called|named|entitled|concerning|regarding|sur|intitulee?s?|portant sur"
    r"|concernant|consacree?s? a|au sujet (?:de|du|des)|de|du|des)"
)
# Words of place lines that name no place.
_NO_PLACE = frozenset(
    "format lieu location place virtual virtuelle meeting reunion personne person".split()
)
_AT = r"(?:in|at|a|de)"
_MEET = r"(?:met|meet|gathered|reunie?s?|rencontree?s?)"
_NTH = r"(?:second|third|fourth|fifth|2nd|3rd|4th|deuxieme|seconde|troisieme|quatrieme|2e|3e)"
# "The last time it met" is the last meeting, without the noun.
_WHO = (
    r"(?:it|they|(?:the |this )?(?:ccs|sac|committee|group|members)|il|ils|on|elle"
    r"|(?:le |ce )?(?:ccs|comite|groupe)|(?:les )?membres)"
)
_MET = (
    r"(?:(?:has |have )?(?:met|gathered|convened|got together|sat)"
    r"|(?:s'est|se sont|s'etait|s'etaient) (?:reunie?s?|rencontree?s?)|a siege|ont siege)"
)
_TIME = rf"(?:time|fois)(?: that| que| qu')? ?{_WHO} {_MET}"
_WITH = r"(?:and|with|to|against|versus|vs\.?|et|avec|a)"
_BOTH_ENDS = (
    rf"\b(?:(?:{_LAST}|{_FIRST})(?: {_NOUN})? {_WITH}(?: the| la)? (?:{_LAST}|{_FIRST}) {_NOUN}"
    rf"|{_FIRST} {_NOUN} {_WITH} (?:the |la ){_LAST}(?: one)?"
    rf"|{_LAST} {_NOUN} {_WITH} (?:the |la ){_FIRST}(?: one)?)(?!\w)"
)
_IN_PERSON = r"(?:in[- ]person|face[- ]to[- ]face|en personne|en presentiel|en presence)"
_VIRTUAL = r"(?:virtual|online|virtuelles?|en ligne|a distance)"
# How meetings are counted: pattern, side (1 from the first, -1 from the last), how many to
# skip. The more a pattern says, the earlier it stands.
_ORDERS: tuple[tuple[str, int, int], ...] = (
    (rf"(?P<n>{_COUNT}) {_LAST} {_NOUN}", -1, 0),
    (rf"{_LAST} (?P<n>{_COUNT}) {_NOUN}", -1, 0),
    (rf"(?P<n>{_COUNT}) {_NOUN} (?:les |the )?{_LAST}", -1, 0),
    (rf"{_NOUN} (?:la |les |the )?{_LAST}", -1, 0),
    (rf"(?P<n>{_COUNT}) {_FIRST} {_NOUN}", 1, 0),
    (rf"{_FIRST} (?P<n>{_COUNT}) {_NOUN}", 1, 0),
    (rf"{_NOUN} (?:la |les |the )?plus anciennes?", 1, 0),
    (rf"(?:(?:second|next)[- ]to[- ]last|penultimate|avant-derniere) {_NOUN}", -1, 1),
    (rf"(?:antepenultieme|antepenultimate) {_NOUN}", -1, 2),
    (rf"{_LAST} {_NOUN}", -1, 0),
    (rf"{_FIRST} {_NOUN}", 1, 0),
    (rf"{_LAST} (?:meet|met|gather(?:ed)?|convened?)|(?:meet|met) {_LAST}(?=\W*$)", -1, 0),
    (rf"{_LAST} {_TIME}", -1, 0),
    (rf"{_FIRST} {_TIME}", 1, 0),
    # What is counted among the virtual ones, or those in person.
    (rf"{_LAST}(?= (?:{_IN_PERSON}|{_VIRTUAL}) {_NOUN})", -1, 0),
    (rf"{_FIRST}(?= (?:{_IN_PERSON}|{_VIRTUAL}) {_NOUN})", 1, 0),
    (rf"{_LAST} (?:time|fois)(?= ?(?:[?.!,;]|$))", -1, 0),
    # "The first one of 2025", "the very first meeting and the most recent".
    (rf"(?:the|la|le) {_FIRST}(?: one)?(?= (?:of|in|de|en) (?:19|20)\d\d)", 1, 0),
    (rf"(?:the|la|le) {_LAST}(?: one)?(?= (?:of|in|de|en) (?:19|20)\d\d)", -1, 0),
    (rf"(?:and|to|et|a) (?:the |la )?{_LAST}(?: one)?(?=\W*$)", -1, 0),
)
# "Which meeting was the last?", "the meeting before the last one": the noun stands before.
_ENDS: tuple[tuple[str, int, int], ...] = (
    (rf"(?<=the |.la ){_LAST}(?: one)?(?=\W*$)", -1, 0),
    (rf"(?<=the |.la ){_FIRST}(?: one)?(?=\W*$)", 1, 0),
)
_CALLED = r"(?:titled|called|named|entitled|title|titre|intitulee?s?|intitulent?|nommee?s?)"
_PART = rf"\b(?:parts?|parties?) (\d)(?:(?: and| et|,) (\d))?|\b({_COUNT}) (?:part|partie)\b"
_LITTLE = frozenset(
    "the a an of on in to and for dans le la les l de du des d un une et en sur pour au aux this "
    "that ce cette ces s what which quelle quel subject topic sujet two deux both".split()
)
# Title words that many questions hold and that point at no meeting by themselves.
_COMMON = frozenset(
    "service services canada client clients use utilisation learned lessons lecons apprises "
    "partie part session process processus personnes application demande other autres key cles "
    "themes principaux morning afternoon midi".split()
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Meetings that a question points at, and where.

    Attributes:
        kind: How it points: `topic`, `place`, `form` or `order`.
        begin: First character in the folded question.
        end: End in the folded question, exclusive.
        meetings: The meetings; none when there is no such meeting.
        rank: For `order`, whether from the first (`1`), the last (`-1`), how many to skip.
        count: For `order`, how many.
    """

    kind: str
    begin: int
    end: int
    meetings: frozenset[dt.date]
    rank: tuple[int, int] = (0, 0)
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Names:
    """What a meeting can be called.

    Attributes:
        date: Its day.
        words: Stems of its title, or of its headings where it has none.
        titles: Its whole titles, folded.
        short: The same without a bracket at their end, where parts of one subject differ.
        place: Its place line, folded.
        part: Number of its part; 0 for none.
    """

    date: dt.date
    words: frozenset[str]
    titles: tuple[str, ...]
    short: tuple[str, ...]
    place: str
    part: int


class Selectors:
    """Knows the names of the meetings."""

    def __init__(self, meetings: Sequence[Meeting], names: Names) -> None:
        """Take the names from the records.

        Args:
            meetings: The meetings.
            names: What things are called besides.
        """
        self._other = names
        self.dates = tuple(sorted(meeting.date for meeting in meetings))
        self._names = tuple(_names(meeting) for meeting in meetings)
        self._vocabulary = frozenset().union(*(item.words for item in self._names))

    def find(self, text: str, original: str, *, of_record: bool = False) -> list[Selection]:
        """Find what points at meetings.

        Args:
            text: The folded question.
            original: The question as typed, of the same length.
            of_record: Whether the question is one of record: then a form says how meetings were
                held, wherever it stands.

        Returns:
            The selections, in order of place, none overlapping another.
        """
        found: list[Selection] = []
        for candidate in (
            *self._titles(text, bare=of_record),
            *self._parts(text),
            *self._orders(text, bare=of_record),
            *self._forms(text, bare=of_record),
            *self._places(text, original, bare=of_record),
            *self._topics(text),
        ):
            selection = _beside_orders(candidate, found)
            if selection.begin < selection.end and not any(
                selection.begin < item.end and item.begin < selection.end for item in found
            ):
                found.append(selection)
        if not any(item.kind == "topic" for item in found):
            found += [
                item
                for item in self._subjects(text)
                if not any(item.begin < other.end and other.begin < item.end for other in found)
            ]
        return sorted(found, key=lambda item: item.begin)

    def _titles(self, text: str, *, bare: bool) -> Iterator[Selection]:
        for item in self._names:
            for title in item.titles:
                if _names_meeting(text, title, long=True):
                    at = text.find(title)
                    yield Selection("topic", at, at + len(title), frozenset({item.date}))
        # Meetings in several parts share a title.
        shared: dict[str, set[dt.date]] = {}
        for item in self._names:
            for title in item.titles:
                shared.setdefault(re.sub(r" \([^()]*\)$", "", title), set()).add(item.date)
        for title, dates in shared.items():
            if _names_meeting(text, title, long=bare):
                at = text.find(title)
                parted = {item.date for item in self._names if item.part in _parts_of(text)}
                yield Selection(
                    "topic", at, at + len(title), frozenset(dates & parted) or frozenset(dates)
                )

    def _subjects(self, text: str) -> Iterator[Selection]:
        """Read a title without its bracket as every meeting that shares it."""
        for short in {short for item in self._names for short in item.short}:
            at = text.find(short)
            if at >= 0 and len(short.split()) >= 3:
                dates = frozenset(item.date for item in self._names if short in item.short)
                yield Selection("topic", at, at + len(short), dates)

    def _parts(self, text: str) -> Iterator[Selection]:
        if not re.search(r"future of service canada|avenir de service canada", text):
            return
        for match in re.finditer(_PART, text):
            wanted = _parts_of(match.group())
            dates = frozenset(item.date for item in self._names if item.part in wanted)
            yield Selection("topic", match.start(), match.end(), dates)

    def _orders(self, text: str, *, bare: bool) -> Iterator[Selection]:
        for match in re.finditer(_BOTH_ENDS, text):
            ends = frozenset({self.dates[0], self.dates[-1]}) if self.dates else frozenset()
            yield Selection("order", match.start(), match.end(), ends)
        for pattern, side, skip in (*_ORDERS, *(_ENDS if bare else ())):
            for match in re.finditer(rf"\b{pattern}(?!\w)", text):
                count = number(match.groupdict().get("n") or "") or 1
                yield self._order(match, side, skip, count)
        for match in re.finditer(rf"\b(?P<nth>{_NTH}) {_NOUN}\b", text):
            yield self._order(match, 1, number(match["nth"]) - 1, 1)

    def _order(self, match: re.Match[str], side: int, skip: int, count: int) -> Selection:
        return Selection(
            "order",
            match.start(),
            match.end(),
            self.ordered(frozenset(self.dates), (side, skip), count),
            (side, skip),
            count,
        )

    @staticmethod
    def ordered(among: frozenset[dt.date], rank: tuple[int, int], count: int) -> frozenset[dt.date]:
        """Take some of the meetings from one end.

        Args:
            among: The meetings.
            rank: Side (1 from the first, -1 from the last) and how many to skip.
            count: How many to take.

        Returns:
            Those taken.
        """
        side, skip = rank
        line = sorted(among, reverse=side < 0)
        return frozenset(line[skip : skip + count])

    def _forms(self, text: str, *, bare: bool) -> Iterator[Selection]:
        # "Virtual or in person?" asks for the form; it singles no meeting out.
        if bare and re.search(_IN_PERSON, text) and re.search(_VIRTUAL, text):
            return
        for form, virtual in ((_IN_PERSON, False), (_VIRTUAL, True)):
            pattern = rf"\b(?:{form} {_NOUN}|{_NOUN} (?:tenues? |held )?{form})\b"
            if bare:
                pattern += (
                    rf"|\b(?:(?:held|tenues?) )?{form}"
                    r"(?= only|\s*[,;.?!]|\s*$| (?:in|en|since|depuis)\b)"
                )
            for match in re.finditer(pattern, text):
                dates = frozenset(
                    item.date
                    for item in self._names
                    if bool(re.search(r"virtu", item.place)) == virtual
                )
                yield Selection("form", match.start(), match.end(), dates)

    def _places(self, text: str, original: str, *, bare: bool) -> Iterator[Selection]:
        if bare:
            for match in re.finditer(r"[^\W\d_]{4,}", text):
                dates = frozenset(
                    item.date for item in self._names if match[0] in words(item.place)
                )
                if dates and match[0] not in _NO_PLACE and original[match.start()].isupper():
                    yield Selection("place", match.start(), match.end(), dates)
        patterns = (
            *((rf"\b{_AT} (?P<place>[a-z][a-z-]+)",) if bare else ()),
            rf"\b{_NOUN} (?:was |held |tenues? |qui s'est tenue )*{_AT} (?P<place>[a-z][a-z-]+)",
            rf"\b{_MEET} (?:\w+ )?{_AT} (?P<place>[a-z][a-z-]+)",
            rf"\b(?P<place>[a-z][a-z-]+) {MEETING}\b",
            r"\bcelles? de (?P<place>[a-z][a-z-]+)",
            r"\bseance de l'(?:avant|apres)-midi a (?P<place>[a-z][a-z-]+)",
        )
        for pattern in patterns:
            for match in re.finditer(pattern, text):
                place = match["place"]
                dates = frozenset(item.date for item in self._names if place in words(item.place))
                named = original[match.start("place")].isupper()
                held = re.search(r"\b(?:held|tenue)", match.group())
                if dates and place not in _NO_PLACE and len(place) > 3:
                    yield Selection("place", match.start(), match.end(), dates)
                elif named and held:
                    yield Selection("place", match.start(), match.end(), frozenset())

    def _topics(self, text: str) -> Iterator[Selection]:
        tokens = [
            (match.start(), match.end(), match.group()) for match in re.finditer(r"[a-z0-9]+", text)
        ]
        for at, (begin, end, token) in enumerate(tokens):
            if not re.fullmatch(MEETING, token):
                continue
            lone = token in {"one", "celle", "celles"}
            ahead = self._run(text, tokens, at, 1)
            if ahead is not None:
                yield Selection("topic", begin, ahead[0], ahead[1])
            behind = self._run(text, tokens, at, -1) if token not in {"celle", "celles"} else None
            if behind is not None and not (lone and not re.search(_NOUN, text[:begin])):
                yield Selection("topic", behind[0], end, behind[1])

    def _run(
        self, text: str, tokens: Sequence[tuple[int, int, str]], at: int, step: int
    ) -> tuple[int, frozenset[dt.date]] | None:
        """Read the title words that touch a meeting noun on one side."""
        if step > 0:
            led = re.match(rf"[ «\"“]+(?:that was |qui portait )?{_ABOUT}\b", text[tokens[at][1] :])
            if led is None:
                return None
        seen: set[str] = set()
        edge = tokens[at][0] if step < 0 else tokens[at][1]
        place = at + step
        while 0 <= place < len(tokens) and abs(place - at) <= 14:
            begin, end, token = tokens[place]
            gap = text[edge:begin] if step > 0 else text[end:edge]
            stems = self._meant(token)
            if re.search(r"[,.?!;]", gap) and seen:
                break
            # "Avant la réunion" is a word of time, "l'avant-midi" a part of titles.
            if token in {"avant", "apres"} and not text.startswith("-midi", end):
                break
            if stems and stems <= self._vocabulary:
                seen |= stems
                edge = end if step > 0 else begin
            elif not _little(token, step):
                break
            place += step
        if not seen - _stems(" ".join(_COMMON)) and len(seen) < 3:
            return None
        scores = {item.date: len(seen & item.words) for item in self._names}
        best = max(scores.values(), default=0)
        if best < len(seen):
            return None
        return edge, frozenset(day for day, score in scores.items() if score == best)

    def _meant(self, token: str) -> frozenset[str]:
        """Give the stems of a word, or of what it stands for where titles spell that out."""
        spelled = (_stems(" ".join(reading)) for reading in self._other.readings(token))
        return next((stems for stems in spelled if stems <= self._vocabulary), _stems(token))


def _parts_of(text: str) -> set[int]:
    """Read the numbers of the parts that a text names."""
    return {number(part) for match in re.finditer(_PART, text) for part in match.groups() if part}


def _names_meeting(text: str, title: str, *, long: bool) -> bool:
    """Tell whether a title stands in a question as one; a short one is also an everyday phrase."""
    at = text.find(title)
    if at < 0:
        return False
    led = re.search(rf"\b(?:{_NOUN}|{_CALLED})[ :«\"“']+(?:the |l')?$", text[:at])
    return led is not None or (long and len(title.split()) >= 3)


def _little(token: str, step: int) -> bool:
    """Tell whether a word may stand between the words of a title, read in a direction."""
    if step < 0 and token in {"on", "about", "sur", "and", "et", "at", "to"}:
        return False
    return token in _LITTLE or re.fullmatch(_ABOUT, token) is not None


def _beside_orders(selection: Selection, orders: Sequence[Selection]) -> Selection:
    """Share the noun in `the second meeting on the future …`, which belongs to both."""
    begin = max(
        [selection.begin]
        + [
            item.end
            for item in orders
            if item.kind == "order" and item.begin <= selection.begin < item.end
        ]
    )
    return replace(selection, begin=min(begin, selection.end))


def _stems(text: str) -> frozenset[str]:
    """Cut endings roughly, alike in both languages: enough to match words of titles."""
    return frozenset(
        re.sub(r"(?:ies|es|s|e|y)$", "", word) if len(word) > 3 else word
        for word in words(text)
        if word not in _LITTLE
    )


def _names(meeting: Meeting) -> _Names:
    sources = (
        [meeting.title.renditions]
        if meeting.title is not None
        else [section.heading for section in meeting.sections if section.heading is not None]
    )
    texts = [
        found.text
        for source in sources
        for language in LANGUAGES
        if (found := source.get(language)) is not None
    ]
    whole = [fold(text) for text in texts] if meeting.title is not None else []
    # Parts of one subject share its title without the bracket that tells them apart.
    short = [text.partition(" (")[0] for text in whole if text.endswith(")")]
    part = re.search(r"\(part(?:ie)? (\d)\)", " ".join(whole))
    form = meeting.format.renditions if meeting.format is not None else None
    lines = [found.text for language in LANGUAGES if form and (found := form.get(language))]
    return _Names(
        date=meeting.date,
        words=_stems(" ".join(texts)),
        titles=tuple(whole),
        short=tuple(short),
        place=fold(" ".join(lines)),
        part=int(part.group(1)) if part else 0,
    )
