"""The headed parts of a meeting: all of them, or the one that a question names."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ccs_qa.answer.matter import Matter, Record, show
from ccs_qa.index.lexical import terms
from ccs_qa.records import LANGUAGES, Bilingual, Language, Meeting, Passage, Section
from ccs_qa.search.meetings.lexicon import DAY, pattern
from ccs_qa.text.numbers import small_number
from ccs_qa.text.strings import STOPS, fold, words

# Which of several, counted from the first: "the closing point".
_WHICH = r"(?P<last>last|final|closing|derniere?)|opening|{nth:nth}"
_NTH = pattern(rf"\b(?:{_WHICH})[- ](?:{{halves:half}}|{{section}}|{{theme}})\b")
_NTH_POINTS = (
    pattern(rf"\b(?:{_WHICH})(?: \w+)?? {{point}}\b"),
    pattern(
        rf"\b{{point}} (?:was |is |est |du |de la |d'|en )*(?:{_WHICH}"
        r"|ouverture|depart|debut|(?P<ends>fermeture|cloture|fin|conclusion))\b"
    ),
)
_OPENS, _ENDS = pattern("{opens}"), pattern("{ends}")
_BESIDE = re.compile(
    r"(?<![\w-])(?:(?P<after>after|following|follow(?:s|ed)|apres|suit|suivait|suivai(?:en)?t"
    r"|suivi\w*|suivant\w*|next to)|(?P<before>before|preced\w+|prior to|ahead of|avant))"
    r"(?![\w-]| (?:le |la )?(?:lunch|diner|midi))"
)
_NAMED = pattern(
    r"\b(?:{section}|{theme}|one|celle|celui) {upon}(?!\w)|\b{section} ?[«\"“:]"
    r"|(?<!what )(?<!which )\b(?:under|sous)\b(?! (?:what|which|quel))"
)
_UNDER = pattern(r"\b(?:under|sous|in|dans)(?: \w+)? {section}\b")
_OTHER_HALF = pattern(r"\b(?:the other|l'autre) {halves}\b")
_CALLED = pattern(r"([\w-]+) {section}\b")
_POINT = pattern(r"{point}\b")
_OF_PARTS = pattern(r"\b(?:{section}|{theme}|{halves}|{point})\b")
# Words for meetings and parts, which name none.
_PLAIN = (
    "part parts portion portions section sections segment segments heading headings partie parties "
    "volet volets bloc blocs rubrique rubriques titre titres session sessions seance seances "
    "meeting meetings reunion reunions rencontre rencontres theme themes key other autres"
)
_COMMON: dict[Language, frozenset[str]] = {
    language: frozenset(terms(_PLAIN, language)) for language in LANGUAGES
}
_ENOUGH = 0.5
Part = tuple[Meeting, Section, Bilingual]


def read_part(matter: Matter) -> Record | None:
    """Show the part or the point that a question names, or name all parts.

    Returns:
        The record; `within` where more than the whole part is asked for; None where no meeting has
        such a part.
    """
    parts = [
        (meeting, section, section.heading)
        for meeting in matter.meetings
        for section in meeting.sections
        if section.heading is not None and section.passages
    ]
    named = _find(matter, parts)
    beside = _BESIDE.search(matter.said)
    if beside is not None:
        step = 1 if beside["after"] else -1
        of_points = _POINT.search(matter.said) or not named
        found = [] if of_points else _parts_beside(named or [], step)
        return _point_beside(matter, step) if of_points else _show_parts(matter, found)
    if (which := _point_asked(matter.said)) is not None:
        return _nth_points(matter, named or [], which)
    if named is None:
        listed = parts and not _content(matter.query.topic)
        return _list(matter, parts) if listed else None
    record = _show_parts(matter, named)
    if record is not None and _sought(matter.query.topic, named, fold(matter.query.question)):
        return replace(record, within=True)
    return record


def _sought(topic: str, named: Sequence[Part], whole: str) -> bool:
    """Tell whether a topic is sought in parts, rather than naming them."""
    held = any(_shared(heading, topic)[0] for _, _, heading in named)
    plain = _OF_PARTS.sub(" ", fold(topic))
    for part_of_day in DAY:
        plain = part_of_day.sub(" ", plain)
    return bool(_content(plain)) and not held and fold(topic) in whole


def _content(text: str) -> set[str]:
    plain = " ".join(word for word in words(text) if word not in STOPS)
    return set().union(*(set(terms(plain, item)) - _COMMON[item] for item in LANGUAGES))


def _show_parts(matter: Matter, named: Sequence[Part]) -> Record | None:
    if not named:
        return None
    lead = [
        matter.words.count(
            "record.part",
            len(section.passages),
            heading=matter.words.quote(heading),
            meetings=matter.of([meeting]),
        )
        for meeting, section, heading in named
    ]
    meetings = list({meeting.date: meeting for meeting, _, _ in named}.values())
    return show(lead, meetings, (line for _, section, _ in named for line in section.passages))


def _parts_beside(named: Sequence[Part], step: int) -> list[Part]:
    """Find the parts next to some, in page order."""
    found = []
    for meeting, section, _ in named:
        parts = [item for item in meeting.sections if item.heading and item.passages]
        at = parts.index(section) + step
        if 0 <= at < len(parts) and (heading := parts[at].heading):
            found.append((meeting, parts[at], heading))
    return found


def _points(meeting: Meeting) -> list[Passage]:
    return [line for line in meeting.body if line.kind == "statement"]


def _point_asked(said: str) -> int | None:
    """Tell which point is asked for, from 0 on, -1 for the last; None for none."""
    for rule in _NTH_POINTS:
        if found := rule.search(said):
            return _which(found)
    opens, ends = _OPENS.search(said), _ENDS.search(said)
    if (opens is None) == (ends is None):
        return None
    return 0 if opens else -1


def _which(found: re.Match[str]) -> int:
    named = found.groupdict()
    if named["last"] or named.get("ends"):
        return -1
    return small_number(named["nth"]) - 1 if named["nth"] else 0


def _nth_points(matter: Matter, named: Sequence[Part], which: int) -> Record | None:
    """Show the nth point of each part named, else of each meeting."""
    among: list[tuple[Meeting, Bilingual | None, list[Passage]]] = [
        (meeting, heading, [line for line in section.passages if line.kind == "statement"])
        for meeting, section, heading in named
    ] or [(meeting, None, _points(meeting)) for meeting in matter.meetings]
    lead, lines, meetings = [], [], []
    for meeting, heading, points in among:
        if points and which < len(points):
            at = which % len(points)
            lead.append(_position(matter, meeting, heading, at, len(points)))
            lines.append(points[at])
            meetings.append(meeting)
    return show(lead, meetings, lines) if lines else None


def _point_beside(matter: Matter, step: int) -> Record | None:
    """Show the point next to the nearest one to the question, in page order."""
    for anchor in matter.nearest:
        for meeting in matter.meetings:
            points = _points(meeting)
            if anchor in points:
                at = points.index(anchor) + step
                if not 0 <= at < len(points):
                    return None
                lead = [_position(matter, meeting, None, at, len(points))]
                return show(lead, [meeting], [points[at], anchor])
    return None


def _position(
    matter: Matter, meeting: Meeting, heading: Bilingual | None, at: int, total: int
) -> str:
    values = {"at": at + 1, "total": total, "meetings": matter.of([meeting])}
    if heading is None:
        return matter.words.text("record.point", **values)
    return matter.words.text("record.point.of", heading=matter.words.quote(heading), **values)


def _list(matter: Matter, parts: Sequence[Part]) -> Record:
    lead = []
    meetings = list({meeting.date: meeting for meeting, _, _ in parts}.values())
    for meeting in meetings:
        headings = [matter.words.quote(heading) for held, _, heading in parts if held is meeting]
        lead.append(
            matter.words.count(
                "record.parts",
                len(headings),
                meetings=matter.of([meeting]),
                headings=matter.words.join(headings),
            )
        )
    return show(lead, meetings, (section.passages[0] for _, section, _ in parts))


def _find(matter: Matter, parts: Sequence[Part]) -> list[Part] | None:
    """Find the parts that a question names; None when it names none."""
    # "The morning session in Gatineau" limits and names at once.
    asked = _times(fold(matter.query.question))
    if _OTHER_HALF.search(matter.said) and matter.query.history:
        asked = {0, 1} - _times(fold(matter.query.history[-1]))
    if asked:
        return [part for part in parts if asked & _times_of(part[2])]
    nth = _NTH.search(matter.said)
    if nth:
        return _nth(parts, _which(nth), half=nth["half"] is not None)
    return _by_heading(matter, parts)


def _times(text: str) -> set[int]:
    return {at for at, part in enumerate(DAY) if part.search(text)}


def _times_of(heading: Bilingual) -> set[int]:
    return {at for item in (heading.fr, heading.en) if item for at in _times(fold(item.text))}


def _nth(parts: Sequence[Part], which: int, *, half: bool) -> list[Part]:
    """Find the nth part of each meeting; halves are those of the day, or two parts."""
    found = []
    for date in dict.fromkeys(meeting.date for meeting, _, _ in parts):
        held = [part for part in parts if part[0].date == date]
        if half:
            halves = [[part for part in held if at in _times_of(part[2])] for at in (0, 1)]
            if all(halves):
                found += halves[which != 0]
                continue
            held = held if len(held) == 2 else []
        found += held[which:][:1]
    return found


def _by_heading(matter: Matter, parts: Sequence[Part]) -> list[Part] | None:
    """Find the part whose heading a question gives; in doubt, the one that comes nearest to it."""
    cue = _NAMED.search(matter.said)
    called = [word for word in _CALLED.findall(matter.said) if _content(word)]
    name = re.split(r"[,;?!»”]", matter.said[cue.end() :])[0] if cue else " ".join(called)
    if not _content(name):
        enough = 0.0 if _UNDER.search(matter.said) else _ENOUGH
        scored = [(_shared(heading, matter.said), part) for part in parts for heading in part[2:]]
        return [part for (count, share), part in scored if count and share >= enough] or None
    shares = [_shared(heading, name) for _, _, heading in parts]
    if not any(count for count, _ in shares):
        return []
    best = [part for part, share in zip(parts, shares, strict=True) if share == max(shares)]
    order = {passage.id: at for at, passage in enumerate(matter.nearest)}

    def place(part: Part) -> int:
        return min(order.get(line.id, len(order)) for line in part[1].passages)

    # Ties are told apart by what comes nearest to the question.
    return sorted(best, key=place)[:1]


def _shared(heading: Bilingual, said: str) -> tuple[int, float]:
    """Count the words of a heading that a question has, and tell their share of the heading."""
    best = (0, 0.0)
    for item in (heading.fr, heading.en):
        if item:
            common = _COMMON[item.language]
            whole = set(terms(item.text, item.language)) - common
            shared = whole & set(terms(said, item.language)) - common
            best = max(best, (len(shared), len(shared) / max(len(whole), 1)))
    return best
