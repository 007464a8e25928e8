"""Answers to questions of record: read from the records, computed and complete.

Which meetings there were, when and where, how many, what they were about, their parts, the time
between them: none of it is judged by likeness, and every meeting named has a line to show.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from ccs_qa.answer.matter import TITLE, Ground, Matter, Record, read_matter, show
from ccs_qa.answer.parts import read_part
from ccs_qa.answer.spans import read_duration
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import Intent, Language, Meeting, Passage, Query, other

__all__ = ["RECORD_INTENTS", "Record", "read_record"]

_MOST_WHOLE = 3
# A meeting to come is in no record.
_AHEAD = (
    r"(?:next|upcoming|prochaine?s?) (?:meetings?|sessions?|reunions?|rencontres?|seances?|one)"
)
_GAP = (
    r"gaps?|intervals?|breaks?|longest|shortest|apart|closest|ecarts?|intervalles?|delais?|pauses?"
    r"|plus (?:long|court)\w*|rapproche\w*|eloigne\w*|holes?|trous?"
)
_ON_AVERAGE = r"average|moyenn?e?s?"
_LATEST = (
    r"last|latest|most recent(?:ly)?|newest|final|finally|(?:la |le |les )?plus recen\w+"
    r"|derniere?s?|dernierement|lately|recently|recemment|stopped|cesse\w*|arrete\w*"
)
_EARLIEST = r"first|earliest|oldest|premiere?s?|plus ancien\w*|debute?\w*"
_FEWEST = (
    r"fewest|(?<!at )least|lowest|smallest|quietest|leanest|slowest|hardly ever"
    r"|(?<!au )moins|presque jamais"
    r"|plus petit|plus faible|plus tranquille"
)
_LISTED: dict[Ground, tuple[str, str]] = {
    "all": ("record.all", "record.all"),
    "fit": ("record.fit", "record.fit"),
    "speak": ("record.speak", "record.speak.all"),
    "subject": ("record.subject", "record.subject"),
    "silent": ("record.silent", "record.silent.all"),
}
_DATED: dict[Ground, str] = {
    "all": "record.when",
    "fit": "record.when",
    "speak": "record.when.speak",
    "subject": "record.when.subject",
    "silent": "record.when.silent",
}
_COUNTED: dict[Ground, str] = {
    "all": "record.by",
    "fit": "record.by",
    "speak": "record.by.speak",
    "subject": "record.by.speak",
    "silent": "record.by.silent",
}
_ENDS: dict[Ground, tuple[str, str, str]] = {
    "all": ("record.first.fit", "record.last.fit", "record.only.fit"),
    "fit": ("record.first.fit", "record.last.fit", "record.only.fit"),
    "speak": ("record.first.speak", "record.last.speak", "record.only.speak"),
    "subject": ("record.first.speak", "record.last.speak", "record.only.speak"),
    "silent": ("record.first.silent", "record.last.silent", "record.only.silent"),
}
_SEASONS = ("record.winter", "record.spring", "record.summer", "record.fall")
_UNITS = (
    ("record.unit.month", r"months?|mois|mensuel\w*|monthly"),
    ("record.unit.season", r"seasons?|saisons?"),
    ("record.unit.quarter", r"quarters?|trimestres?"),
)
_YEAR = "record.unit.year"


# These are answered by there having been no meeting.
_OF_THERE: frozenset[Intent] = frozenset(
    {"which_meeting", "count", "when", "summary", "list", "quotes", "themes", "draft"}
)


class _Form(NamedTuple):
    """A form or place as the records write it, and the meetings held so."""

    text: str
    meetings: list[Meeting]


def read_record(
    query: Query,
    meetings: Sequence[Meeting],
    speakers: Mapping[dt.date, Passage] | None,
    words: Catalogue,
    *,
    about: AbstractSet[dt.date] = frozenset(),
    described: bool = False,
    today: dt.date | None = None,
    nearest: Sequence[Passage] = (),
) -> Record | None:
    """Answer a question of record.

    Args:
        speakers: The meetings that speak of the topic, each with its best passage; None when the
            question names no topic beyond its limits.
        described: Whether it is told by its subject, and others hold the words of the topic.
        nearest: Passages by how near they come to the question.

    Returns:
        The record; None when the records hold nothing that fits, or the question is of no record.
    """
    read = _READERS.get(query.intent)
    matter = read_matter(
        query,
        meetings,
        speakers,
        words,
        about=about,
        described=described,
        today=today,
        nearest=nearest,
    )
    if query.intent in _OF_THERE and query.scope and not (query.scope.meetings or matter.meetings):
        return _read_none(matter)
    coming = matter.ground == "all" and matter.says(_AHEAD)
    return read(matter) if read and matter.meetings and not coming else None


def _read_list(matter: Matter, key: str) -> Record:
    words, (some, every) = matter.words, _LISTED[matter.ground]
    names = [
        words.text(key, date=words.date(item.date), title=matter.quoted(item.title))
        if item.title
        else matter.of([item])
        for item in matter.meetings
    ]
    total = len(matter.searched)
    stem = every if len(names) == total else some
    lead = words.count(stem, len(names), total=total, meetings=words.join(names))
    return matter.record([lead], matter.meetings)


def _read_which(matter: Matter) -> Record:
    return _read_list(matter, "record.of_titled")


def _read_count(matter: Matter) -> Record:
    if len(matter.meetings) > 1 and matter.says(_ON_AVERAGE):
        return read_duration(matter) or _read_list(matter, "answer.of_date")
    return _read_list(matter, "answer.of_date")


def _read_when(matter: Matter) -> Record:
    words = matter.words
    dates = [words.text("record.on", date=words.date(item.date)) for item in matter.meetings]
    lead = words.count(_DATED[matter.ground], len(dates), dates=words.join(dates))
    return matter.record([lead], matter.meetings)


def _read_most(matter: Matter) -> Record | None:
    if matter.says(_GAP):
        return read_duration(matter)
    unit = next((key for key, pattern in _UNITS if matter.says(pattern)), _YEAR)
    counts = dict.fromkeys(_units(matter, unit), 0)
    for item in matter.meetings:
        counts[_unit(item.date, unit)] += 1
    words, few = matter.words, matter.says(_FEWEST)
    extreme = min(counts.values()) if few else max(counts.values())
    found = [_write(at, unit, words) for at, number in sorted(counts.items()) if number == extreme]
    listed = [
        words.text("record.counted", unit=_write(at, unit, words), number=number)
        for at, number in sorted(counts.items())
        if number or few or unit == _YEAR
    ]
    lead = [
        words.count(
            "record.fewest" if few else "record.most",
            len(found),
            units=words.join(found),
            meetings=words.count("record.meetings", extreme),
        ),
        words.text(_COUNTED[matter.ground], unit=words.text(unit), counts=words.join(listed)),
    ]
    if unit == "record.unit.season":
        lead.append(words.text("record.seasons"))
    return matter.record(lead, matter.meetings)


def _units(matter: Matter, unit: str) -> list[int]:
    """List the years, months and so on from the first meeting searched to the last."""
    first, last = matter.searched[0].date, matter.searched[-1].date
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [_unit(dt.date(at // 12, at % 12 + 1, 1), unit) for at in months]


def _unit(day: dt.date, unit: str) -> int:
    if unit == "record.unit.month":
        return day.month
    if unit == "record.unit.season":
        return day.month % 12 // 3
    return (day.month + 2) // 3 if unit == "record.unit.quarter" else day.year


def _write(at: int, unit: str, words: Catalogue) -> str:
    if unit == "record.unit.month":
        return words.month_name(at)
    if unit == "record.unit.season":
        return words.text(_SEASONS[at])
    return words.text("record.quarter", number=at) if unit == "record.unit.quarter" else str(at)


def _read_place(matter: Matter) -> Record:
    words, forms = matter.words, _forms(matter)
    lead = []
    if len(matter.meetings) == 1 and forms:
        lead.append(
            words.text("record.place.of", meetings=matter.of(matter.meetings), form=forms[0].text)
        )
    elif forms:
        written = [
            words.count(
                "record.place.form",
                len(held),
                form=text,
                dates=words.join([words.date(item.date) for item in held]),
            )
            for text, held in forms
        ]
        lead.append(words.text("record.place", forms=words.join(written)))
    silent = [item for item in matter.meetings if item.format is None]
    if silent:
        lead.append(words.count("record.placeless", len(silent), meetings=matter.of(silent)))
    lines: list[Passage] = []
    for item in matter.meetings:
        form = (item.format,) if item.format else ()
        lines += (*form, *item.objective[:1]) or item.passages[:1]
    return show(lead, matter.meetings, lines)


def _forms(matter: Matter) -> list[_Form]:
    """Group meetings by form and place as written, the most frequent first."""
    language = matter.words.language
    held = [(item, item.format) for item in matter.meetings if item.format]
    # What one meeting writes in both languages is known of one that writes it in the other only.
    known = {
        theirs: ours
        for _, line in held
        if (theirs := _value(line, other(language))) and (ours := _value(line, language))
    }
    groups: dict[str, list[Meeting]] = {}
    for item, line in held:
        theirs = _value(line, other(language)) or ""
        groups.setdefault(_value(line, language) or known.get(theirs, theirs), []).append(item)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [_Form(matter.words.text("answer.quote", text=text), held) for text, held in ordered]


def _value(line: Passage, language: Language) -> str | None:
    """Read what a line says after its label."""
    rendition = line.renditions.get(language)
    if rendition is None:
        return None
    label = re.match(r"[^:]*:\s*(?=\S)", rendition.text)
    return rendition.text[label.end() if label else 0 :].strip()


def _read_about(matter: Matter) -> Record:
    words = matter.words
    lead: list[str] = []
    lines: list[Passage] = []
    for item in matter.meetings:
        if item.title:
            title = matter.quoted(item.title)
            lead.append(words.text("record.titled", meetings=matter.of([item]), title=title))
        else:
            lead.append(words.text("record.untitled", meetings=matter.of([item])))
        named = (item.title,) if item.title else ()
        shown = (*item.objective[:1], *named, *item.objective[1:])
        if matter.says(TITLE):
            shown = (*named, *item.objective)
        most = len(shown) if len(matter.meetings) <= _MOST_WHOLE else 1
        lines += shown[:most] or item.passages[:1]
    silent = [item for item in matter.meetings if not item.objective]
    if silent:
        lead.append(words.count("record.aimless", len(silent), meetings=matter.of(silent)))
    if len(silent) < len(matter.meetings):
        lead.append(words.count("record.objective", len(matter.meetings) - len(silent)))
    return show(lead, matter.meetings, lines)


def _read_ends(matter: Matter) -> Record:
    first, last, only = _ENDS[matter.ground]
    meetings, latest = matter.meetings, matter.says(_LATEST)
    ends = [(first, meetings[0]), (last, meetings[-1])]
    if len(meetings) == 1:
        ends = [(only, meetings[0])]
    elif not (latest and matter.says(_EARLIEST)):
        ends = ends[latest:][:1]
    lead = [
        matter.words.text(key, n=len(meetings), meetings=matter.of([item])) for key, item in ends
    ]
    lines = (line for _, item in ends for line in matter.lines(item))
    return show(lead, [item for _, item in ends], lines)


def _read_none(matter: Matter) -> Record | None:
    """Say that no meeting falls within the limits, and which are nearest to them."""
    scope = matter.query.scope
    if scope is None or scope.start is None or scope.end is None:
        return None
    words, start, end = matter.words, scope.start, scope.end
    before = [item for item in matter.every if item.date < start][-1:]
    after = [item for item in matter.every if item.date > end][:1]
    lead = [words.text("record.none", limits=words.text("answer.quote", text=scope.text))]
    lead += [words.text("record.none.before", date=words.date(item.date)) for item in before]
    lead += [words.text("record.none.after", date=words.date(item.date)) for item in after]
    return matter.record(lead, [*before, *after])


_READERS: dict[Intent, Callable[[Matter], Record | None]] = {
    "which_meeting": _read_which,
    "when": _read_when,
    "place_format": _read_place,
    "count": _read_count,
    "most": _read_most,
    "about": _read_about,
    "part": read_part,
    "duration": read_duration,
    "first_last_mention": _read_ends,
}
RECORD_INTENTS: frozenset[Intent] = frozenset(_READERS)
