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
from ccs_qa.answer.timeline import FoundBy
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
# Meetings singled out by a topic are told of in words of their own.
_BY_TOPIC: Mapping[Ground, str] = {
    "speak": ".speak",
    "near": ".near",
    "subject": ".speak",
    "silent": ".silent",
}
_SEASONS = ("record.winter", "record.spring", "record.summer", "record.fall")


class _Unit(NamedTuple):
    """A unit of time to count meetings by: what asks for it, that of a day, how it is written."""

    key: str
    asked: str
    of: Callable[[dt.date], int]
    write: Callable[[int, Catalogue], str]


_MONTH = _Unit(
    "record.unit.month",
    r"months?|mois|mensuel\w*|monthly",
    lambda day: day.month,
    lambda at, words: words.month_name(at),
)
_SEASON = _Unit(
    "record.unit.season",
    r"seasons?|saisons?",
    lambda day: day.month % 12 // 3,
    lambda at, words: words.text(_SEASONS[at]),
)
_QUARTER = _Unit(
    "record.unit.quarter",
    r"quarters?|trimestres?",
    lambda day: (day.month + 2) // 3,
    lambda at, words: words.text("record.quarter", number=at),
)
_YEAR = _Unit("record.unit.year", "", lambda day: day.year, lambda at, _words: str(at))


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
    by: FoundBy = "speak",
    today: dt.date | None = None,
    nearest: Sequence[Passage] = (),
) -> Record | None:
    """Answer a question of record.

    Args:
        speakers: The meetings that speak of the topic, each with its best passage; None when the
            question names no topic beyond its limits.
        by: By what these were found.
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
        by=by,
        today=today,
        nearest=nearest,
    )
    if query.intent in _OF_THERE and query.scope and not (query.scope.meetings or matter.meetings):
        return _read_none(matter)
    coming = matter.ground == "all" and matter.says(_AHEAD)
    return read(matter) if read and matter.meetings and not coming else None


def _key(matter: Matter, key: str) -> str:
    return key + _BY_TOPIC.get(matter.ground, "")


def _read_list(matter: Matter, key: str) -> Record:
    words = matter.words
    names = [
        words.text(key, date=words.date(item.date), title=words.quote(item.title.renditions))
        if item.title
        else matter.of([item])
        for item in matter.meetings
    ]
    total = len(matter.searched)
    # "In 8 of the 8" would say it awkwardly.
    whole = ".all" if matter.ground in {"speak", "near", "silent"} and len(names) == total else ""
    lead = words.count(
        f"record.{matter.ground}{whole}", len(names), total=total, meetings=words.join(names)
    )
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
    key = "record.when.subject" if matter.ground == "subject" else _key(matter, "record.when")
    lead = words.count(key, len(dates), dates=words.join(dates))
    return matter.record([lead], matter.meetings)


def _read_most(matter: Matter) -> Record | None:
    if matter.says(_GAP):
        return read_duration(matter)
    unit = next((item for item in (_MONTH, _SEASON, _QUARTER) if matter.says(item.asked)), _YEAR)
    counts = dict.fromkeys(_units(matter, unit), 0)
    for item in matter.meetings:
        counts[unit.of(item.date)] += 1
    words, few = matter.words, matter.says(_FEWEST)
    extreme = min(counts.values()) if few else max(counts.values())
    found = [unit.write(at, words) for at, number in sorted(counts.items()) if number == extreme]
    listed = [
        words.text("record.counted", unit=unit.write(at, words), number=number)
        for at, number in sorted(counts.items())
        if number or few or unit is _YEAR
    ]
    lead = [
        words.count(
            "record.fewest" if few else "record.most",
            len(found),
            units=words.join(found),
            meetings=words.count("record.meetings", extreme),
        ),
        words.text(_key(matter, "record.by"), unit=words.text(unit.key), counts=words.join(listed)),
    ]
    if unit is _SEASON:
        lead.append(words.text("record.seasons"))
    return matter.record(lead, matter.meetings)


def _units(matter: Matter, unit: _Unit) -> list[int]:
    """List the years, months and so on from the first meeting searched to the last."""
    first, last = matter.searched[0].date, matter.searched[-1].date
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [unit.of(dt.date(at // 12, at % 12 + 1, 1)) for at in months]


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
    return [_Form(matter.words.quote(text), held) for text, held in ordered]


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
            title = words.quote(item.title.renditions)
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
    meetings, latest = matter.meetings, matter.says(_LATEST)
    ends = [("record.first", meetings[0]), ("record.last", meetings[-1])]
    if len(meetings) == 1:
        ends = [("record.only", meetings[0])]
    elif not (latest and matter.says(_EARLIEST)):
        ends = ends[latest:][:1]
    lead = [
        matter.words.text(_key(matter, key), n=len(meetings), meetings=matter.of([item]))
        for key, item in ends
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
    lead = [words.text("record.none", limits=words.quote(scope.text))]
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
