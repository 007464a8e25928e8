"""The headed parts of a meeting: all of them, or the one that a question names."""

import re
from collections.abc import Sequence

from ccs_qa.answer.matter import Matter, Record, show
from ccs_qa.index.lexical import terms
from ccs_qa.records import LANGUAGES, Bilingual, Language, Meeting, Section
from ccs_qa.text.strings import fold

# Parts of a day as headings and questions name them, in the order of the day.
_DAY = tuple(
    re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])")
    for pattern in (
        (
            r"mornings?|forenoon|matin|matinees?|avant[- ]midi|before lunch"
            r"|avant (?:le )?diner|a\.m\.|am (?=portion|part|half|session)"
        ),
        (
            r"afternoons?|apres[- ]midi|after lunch|apres (?:le )?diner"
            r"|p\.m\.|pm (?=portion|part|half|session)"
        ),
        r"evenings?|soir|soirees?",
    )
)
_ORDINALS = (
    r"first|1st|opening|premiere?|1ere?|1re",
    r"second|2nd|seconde|deuxieme|2e|2eme",
    r"third|3rd|troisieme|3e|3eme",
    r"fourth|4th|quatrieme|4e|4eme",
    r"fifth|5th|cinquieme|5e|5eme",
    r"sixth|6th|sixieme|6e|6eme",
    r"last|final|closing|derniere?",
)
_LAST = len(_ORDINALS) - 1
_NOUN = r"(?:parts?|portions?|sections?|segments?|headings?|parties?|volets?|blocs?|rubriques?)"
_THEME = r"(?:themes?|topics?|subjects?|sujets?)"
_HALF = r"(?:half|moitie|demie)"
_NTH = re.compile(
    rf"\b(?:{'|'.join(f'(?P<o{at}>{which})' for at, which in enumerate(_ORDINALS))})"
    rf"[- ](?:(?P<half>{_HALF})|{_NOUN}|{_THEME})\b"
)
_NAMED = re.compile(
    rf"\b(?:{_NOUN}|{_THEME}) (?:on|about|titled|entitled|called|named|regarding|concerning|sur"
    r"|intitulee?s?|concernant|(?:qui )?port(?:ant|e) sur|traitant d[eu]"
    r"|consacree?s? a|nommee?s?)\b"
)
_UNDER = re.compile(rf"\b(?:under|sous) (?:what|which|quel\w*) (?:sub|sous-)?{_NOUN}\b")
_CALLED = re.compile(rf"(\w+) {_NOUN}\b")
# Words for meetings and parts, which name none.
_PLAIN = (
    "part parts portion portions section sections segment segments heading headings partie parties "
    "volet volets bloc blocs rubrique rubriques session sessions seance seances meeting meetings "
    "reunion reunions rencontre rencontres"
)
_COMMON: dict[Language, frozenset[str]] = {
    language: frozenset(terms(_PLAIN, language)) for language in LANGUAGES
}
_ENOUGH = 0.5
Part = tuple[Meeting, Section, Bilingual]


def read_part(matter: Matter) -> Record | None:
    """Show the part that a question names, or name all; None where no meeting has such a part."""
    parts = [
        (meeting, section, section.heading)
        for meeting in matter.meetings
        for section in meeting.sections
        if section.heading is not None and section.passages
    ]
    named = _find(parts, matter.said, fold(matter.query.question))
    chosen = parts if named is None else named
    if not chosen:
        return None
    meetings = list({meeting.date: meeting for meeting, _, _ in chosen}.values())
    if named is None:
        return _list(matter, parts, meetings)
    lead = [
        matter.words.count(
            "record.part",
            len(section.passages),
            heading=_quoted(matter, heading),
            meetings=matter.of([meeting]),
        )
        for meeting, section, heading in named
    ]
    return show(lead, meetings, (line for _, section, _ in named for line in section.passages))


def _list(matter: Matter, parts: Sequence[Part], meetings: Sequence[Meeting]) -> Record:
    lead = []
    for meeting in meetings:
        headings = [_quoted(matter, heading) for held, _, heading in parts if held is meeting]
        lead.append(
            matter.words.count(
                "record.parts",
                len(headings),
                meetings=matter.of([meeting]),
                headings=matter.words.join(headings),
            )
        )
    return show(lead, meetings, (section.passages[0] for _, section, _ in parts))


def _quoted(matter: Matter, heading: Bilingual) -> str:
    text = heading.best(matter.words.language).text
    return matter.words.text("answer.quote", text=text)


def _find(parts: Sequence[Part], said: str, whole: str) -> list[Part] | None:
    """Find the parts that a question names; None when it names none."""
    # "The morning session in Gatineau" limits and names at once.
    asked = _times(whole)
    if asked:
        return [part for part in parts if asked & _times_of(part[2])]
    nth = _NTH.search(said)
    if nth:
        which = next(at for at in range(len(_ORDINALS)) if nth[f"o{at}"])
        return _nth(parts, which, half=nth["half"] is not None)
    return _by_heading(parts, said)


def _times(text: str) -> set[int]:
    return {at for at, pattern in enumerate(_DAY) if pattern.search(text)}


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
                found += halves[min(which, 1)]
                continue
            held = held if len(held) == 2 else []
        at = len(held) - 1 if which == _LAST else which
        found += held[at : at + 1] if held else []
    return found


def _by_heading(parts: Sequence[Part], said: str) -> list[Part] | None:
    """Find the parts whose heading a question gives."""
    cue = _NAMED.search(said)
    scored = [(_shared(part[2], said[cue.end() :] if cue else said), part) for part in parts]
    called = cue is not None or any(
        _shared(part[2], word)[0] for word in _CALLED.findall(said) for part in parts
    )
    if called:
        most = max((count for (count, _), _ in scored), default=0)
        return [part for (count, _), part in scored if count == most and most]
    enough = 0.0 if _UNDER.search(said) else _ENOUGH
    return [part for (count, share), part in scored if count and share >= enough] or None


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
