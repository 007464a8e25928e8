"""The proof of each sentence of the product's own.

What a sentence claims is counted anew here, over the records, and never asked of what wrote it.
"""

import datetime as dt
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import Meeting, Rendition
from tests.own_words import Heard, Records, Told, folded, parts_of

_UNITS = {
    "year": r"years?|ans?",
    "month": r"months?|mois",
    "week": r"weeks?|semaines?",
    "day": r"days?|jours?",
}
_SEASONS = ("winter", "spring", "summer", "fall")
_DAY = dt.timedelta(days=1)
Proof = Callable[[Told], bool]


def _quoted_by_relevance(told: Told) -> bool:
    best = dict.fromkeys(told.days, -math.inf)
    for item in told.part.citations:
        day = item.hit.passage.meeting
        # What a lead-in brings was not ranked itself.
        if day is not None and item.hit.reasons:
            best[day] = max(best[day], item.hit.score)
    scores = list(best.values())
    return -math.inf not in scores and scores == sorted(scores, reverse=True)


def _tallied(told: Told) -> bool:
    """All quotes of the answer to a question, of a meeting, of a section of it or of a theme."""
    if told.number() in {len(group.citations) for group in told.answer.groups}:
        return True
    for part in parts_of(told.answer):
        passages = [item.hit.passage for item in part.citations]
        meetings = Counter(item.meeting for item in passages)
        sections = Counter((item.meeting, item.section) for item in passages)
        if told.number() in {len(passages), *meetings.values(), *sections.values()}:
            return True
    return False


def _quoted(told: Told) -> set[int]:
    """How many meetings the answer to each question quotes."""
    cited = (part.citations for part in parts_of(told.answer))
    return {len({it.hit.passage.meeting for it in those}) for those in cited}


def _by_date(told: Told) -> bool:
    return len(told.days) > 1 and told.days == sorted(told.days)


def _found(told: Told, days: Iterable[dt.date]) -> bool:
    """The topic is found in these meetings: in all that hold its words, and only in some searched.

    Where none holds them, that is said. Which others come near in meaning is measured on gold;
    each of them has its quote.
    """
    found = not told.holding if ".near" in told.said.key else told.holding <= {*days}
    return found and {*days} <= {*told.searched}


def _not_found(told: Told, days: Iterable[dt.date]) -> bool:
    return not told.holding & {*days} and {*days} <= {*told.searched}


def _singled(told: Told, days: Iterable[dt.date]) -> bool:
    """These are the meetings that a sentence says they are: of the limits, or of the topic."""
    if ".subject" in told.said.key:
        # One meeting, by the passage that tells its subject; others hold the words.
        kinds = {item.hit.passage.kind for item in told.part.citations}
        return kinds <= {"objective", "title"} and not told.holding <= {*days}
    if any(key in told.said.key for key in (".speak", ".near")):
        return _found(told, days)
    if ".silent" in told.said.key:
        return _not_found(told, days)
    return [*days] == told.meant


def _counted(told: Told) -> bool:
    """A list of meetings: as many as it names, of as many as were searched, each with a line."""
    days, total = told.named("meetings"), len(told.searched)
    return (
        told.number() == len(days)
        and sorted(told.days) == days
        and told.number("total") == total
        and (".all" not in told.said.key or len(days) == total)
        and _singled(told, days)
    )


def _dated(told: Told) -> bool:
    days = sorted(told.days)
    return told.lists(days, "dates") and told.number() == len(days) and _singled(told, days)


def _timeline(told: Told) -> bool:
    return (
        told.number() == len(told.part.citations) == len(told.days)
        and told.number("total") == len(told.searched)
        and told.days == sorted(told.days)
        and _found(told, told.days)
    )


def _silent(told: Told) -> bool:
    days = told.named("meetings")
    quoted = {item.hit.passage.meeting for item in told.part.citations}
    return told.lists(days) and not {*days} & quoted and _not_found(told, days)


def _coverage(told: Told) -> bool:
    days, words = told.searched, told.said.words
    ends = (words.month(days[0]), words.month(days[-1]))
    within = {*told.days} <= {*days}
    return within and told.number() == len(days) and (told["start"], told["end"]) == ends


def _end(told: Told) -> bool:
    """The first or the last of the meetings singled out, or the only one."""
    days, last = told.named("meetings"), ".last" in told.said.key
    meant = told.meant
    if ".speak" in told.said.key:
        meant = sorted(told.holding)
    elif any(key in told.said.key for key in (".silent", ".near")):
        meant = []
    beyond = [day for day in meant if day > days[0]] if last else []
    before = [day for day in meant if day < days[0]] if not last else []
    if ".only" in told.said.key:
        return {*meant} <= {*days} == {*told.days} and _singled(told, days)
    most = len(told.searched if told.query.topic else told.meant)
    exact = ".fit" in told.said.key and not told.query.topic
    enough = told.number() == most if exact else len(meant) <= told.number() <= most
    some = days[0] in told.days and days[0] in (told.meant if exact else told.searched)
    silent = ".silent" not in told.said.key or _not_found(told, days)
    silent = silent and (".near" not in told.said.key or _found(told, days))
    return some and enough and silent and not beyond and not before


def _names(day: dt.date, words: Catalogue) -> dict[str, str]:
    """What the year, month, season and quarter of a day are called."""
    return {
        "year": str(day.year),
        "month": words.month_name(day.month),
        "season": words.raw(f"record.{_SEASONS[day.month % 12 // 3]}"),
        "quarter": words.raw("record.quarter").format(number=(day.month + 2) // 3),
    }


def _tally(told: Told, unit: str) -> dict[str, int]:
    """Count the meetings quoted by unit, in the order of the year, over all that is searched."""
    start, end = told.searched[0], told.searched[-1]
    span = _days(dt.date(start.year, 1, 1), dt.date(end.year, 12, 31))
    counted = Counter(_names(day, told.said.words)[unit] for day in told.days)
    inside = {_names(day, told.said.words)[unit] for day in _days(start, end)}
    order = dict.fromkeys(_names(day, told.said.words)[unit] for day in span)
    return {name: counted[name] for name in order if name in inside}


def _days(start: dt.date, end: dt.date) -> Iterable[dt.date]:
    return (start + at * _DAY for at in range((end - start).days + 1))


def _extreme(told: Told) -> bool:
    choose = min if ".fewest" in told.said.key else max
    words = told.said.words
    for unit in ("year", "month", "season", "quarter"):
        tally = _tally(told, unit)
        most = choose(tally.values())
        units = words.join([name for name, number in tally.items() if number == most])
        if (told["units"], told["meetings"]) == (units, words.count("record.meetings", most)):
            return True
    return False


def _one_counted(told: Told) -> bool:
    return any(
        _tally(told, unit).get(told["unit"]) == told.number("number")
        for unit in ("year", "month", "season", "quarter")
    )


def _all_counted(told: Told) -> bool:
    numbers = map(int, re.findall(r"\((\d+)\)", told["counts"]))
    return sum(numbers) == len(told.days) and _singled(told, sorted(told.days))


def _form_of(meeting: Meeting) -> list[str]:
    form = meeting.format.renditions.spoken if meeting.format else ()
    return [item.text for item in form]


def _held_so(told: Told) -> bool:
    days = told.named("dates")
    form = told.bare("form")
    held = [day for day in told.days if any(form in text for text in _form_of_day(told, day))]
    return told.number() == len(days) and days == sorted(held)


def _form_of_day(told: Told, day: dt.date) -> list[str]:
    return _form_of(told.corpus.meeting(day))


def _title(told: Told, meeting: Meeting) -> str:
    title = meeting.title.renditions if meeting.title else None
    return title.best(told.said.words.language).text if title else ""


def _titled(told: Told) -> bool:
    name = "meetings" if "meetings" in told.said.values else "date"
    (meeting,) = told.meetings(told.named(name))
    return meeting.title is not None and told.bare("title") == _title(told, meeting)


def _without(told: Told, part: str) -> bool:
    return all(not getattr(item, part) for item in told.meetings(told.named("meetings")))


def _headings(told: Told, meeting: Meeting) -> list[Rendition]:
    language = told.said.words.language
    return [item.heading.best(language) for item in meeting.sections if item.heading]


def _parts(told: Told) -> bool:
    (meeting,) = told.meetings(told.named("meetings"))
    texts = [item.text for item in _headings(told, meeting)]
    places = [told["headings"].find(text) for text in texts]
    return told.number() == len(texts) and -1 not in places and places == sorted(places)


def _part(told: Told) -> bool:
    (meeting,) = told.meetings(told.named("meetings"))
    language = told.said.words.language
    return told.number() in {
        len(item.passages)
        for item in meeting.sections
        if item.heading and item.heading.best(language).text == told.bare("heading")
    }


def _point(told: Told) -> bool:
    """As many points as the meeting or the part has, and the one that stands there is quoted."""
    (meeting,) = told.meetings(told.named("meetings"))
    language = told.said.words.language
    sections = [
        item
        for item in meeting.sections
        if ".of" not in told.said.key
        or (item.heading and item.heading.best(language).text == told.bare("heading"))
    ]
    points = [line for item in sections for line in item.passages if line.kind == "statement"]
    quoted = {item.hit.passage.id for item in told.part.citations}
    return told.number("total") == len(points) and points[told.number("at") - 1].id in quoted


def _apart(start: dt.date, end: dt.date, text: str) -> bool:
    """Each way in which a text writes a length of time leads from one day to the other."""
    for way in re.split(r"\(|, (?:or|soit) ", text):
        found = {
            unit: int(re.sub(r"\D", "", number[1]))
            for unit, shape in _UNITS.items()
            if (number := re.search(rf"(\d[\d\s]*(?:,\d+)?)\s(?:{shape})\b", way))
        }
        months = start.year * 12 + start.month - 1
        months += found.get("year", 0) * 12 + found.get("month", 0)
        # A month that is too short ends on its last day.
        day = next(
            date
            for late in range(4)
            if (date := _date(months // 12, months % 12 + 1, start.day - late))
        )
        if day + (found.get("week", 0) * 7 + found.get("day", 0)) * _DAY != end:
            return False
    return True


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _span(told: Told) -> bool:
    (start,), (end,) = told.named("start"), told.named("end")
    return start < end and _apart(start, end, told["span"])


def _since(told: Told) -> bool:
    (start,), today = told.named("start"), dt.date.today()  # noqa: DTZ011 - as the asker's
    return told["end"] == told.said.words.date(today) and _apart(start, today, told["span"])


def _ends(told: Told) -> bool:
    ends = [told.every[0]], [told.every[-1]]
    return (told.named("start"), told.named("end")) == ends and _span(told)


def _between(told: Told) -> bool:
    (start,), (end,) = told.named("start"), told.named("end")
    return (start, end) in pairwise(sorted(told.days)) and _span(told)


def _gaps(told: Told) -> bool:
    days = sorted(told.days)
    gaps = list(pairwise(days))
    if ".span.all" not in told.said.key:
        lengths = [after - before for before, after in gaps]
        wanted = (max if ".longest" in told.said.key else min)(lengths)
        gaps = [gap for gap, length in zip(gaps, lengths, strict=True) if length == wanted]
    pieces = told["spans"].split("; ")
    names = [tuple(map(told.said.words.date, gap)) for gap in gaps]
    return len(pieces) == len(gaps) and all(
        first in piece and last in piece for (first, last), piece in zip(names, pieces, strict=True)
    )


def _average(told: Told) -> bool:
    days = sorted(told.days)
    total, intervals = (days[-1] - days[0]).days, len(days) - 1
    numbers = [int(re.sub(r"\D", "", told[name])) for name in ("days", "intervals", "average")]
    exact = told.said.key == "record.average"
    return (
        numbers[:2] == [total, intervals]
        and abs(numbers[2] - total / intervals) <= 0.5
        and exact == (total % intervals == 0)
    )


def _none(told: Told) -> bool:
    scope = told.query.scope
    if scope is None or scope.start is None or scope.end is None:
        return False
    return folded(told.bare("limits")) in _asked(told) and not any(
        scope.start <= day <= scope.end for day in told.every
    )


def _nearest_to(told: Told) -> bool:
    scope = told.query.scope
    if scope is None or scope.start is None or scope.end is None:
        return False
    if told.said.key.endswith("before"):
        return told.named("date") == [max(day for day in told.every if day < scope.start)]
    return told.named("date") == [min(day for day in told.every if day > scope.end)]


def _stands_for(told: Told) -> bool:
    return any(
        folded(told["name"]) in folded(rendition.text)
        for item in told.part.citations
        for rendition in item.hit.passage.renditions.spoken
    ) and folded(told["short"]) in folded(told.heard.asked.text)


def _outline(told: Told) -> bool:
    if told.said.key == "digest.several":
        return told.number() == len(told.days) and _by_date(told) and told.days == told.searched
    return told.named("meetings") == told.days == told.searched


def _left_out(told: Told) -> bool:
    shown = {item.id for item in told.passages}
    return told.number() == sum(
        item.id not in shown
        for meeting in told.meetings(told.searched)
        for item in meeting.passages
        if item.kind != "title"
    )


def _list(told: Told) -> bool:
    topic = told.query.topic
    named = told.bare("topic") == topic.strip() and folded(topic) in _asked(told)
    several = told.said.key.endswith("other")
    return (
        (named if topic else told["topic"] == told.said.words.raw("list.asked"))
        and told.number() == len(told.part.citations)
        and told["meetings"] == told.said.words.count("record.meetings", len(told.days))
        and told.number("total") == len(told.searched)
        and told.days == sorted(told.days)
        and (".near" not in told.said.key or _found(told, told.days))
        and (told.spelling <= {*told.days} or bool(told.answer.more))
        and several == (len(told.part.citations) > 1)
    )


def _asked(told: Told) -> str:
    """What was typed, and the question as it was read without slips, which the page shows."""
    typed = (*told.heard.asked.history, told.heard.asked.text, told.answer.query.standalone)
    return folded(" ".join(typed))


def _more(told: Told) -> bool:
    """There are so many other passages within the limits, at least."""
    searched = sum(len(item.passages) for item in told.meetings(told.searched))
    return 0 < told.number() <= searched - len(told.part.citations)


def _groups(told: Told) -> list[tuple[str, list[dt.date]]]:
    hits = {item.number: item.hit.passage.meeting for item in told.answer.citations}
    return [
        (group.heading, [day for number in group.citations if (day := hits[number])])
        for group in told.answer.groups
        # Of several questions each has a group of its own, which its lead heads.
        if not (told.answer.query.parts and told.part.text.startswith(group.heading))
    ]


def _themes(told: Told) -> bool:
    alone, words = "themes.alone", told.said.words
    named = [days for heading, days in _groups(told) if heading != words.count(alone, len(days))]
    sizes = [len(set(days)) for days in named]
    total = told.number("total") if ".some" in told.said.key else told.number()
    return (
        told.number() == len(sizes) <= total
        and all(size > 1 for size in sizes)
        and sizes == sorted(sizes, reverse=True)
    )


def _theme(told: Told) -> bool:
    """Its heading is one of the summaries, its words stand in most of what is quoted for it."""
    hits = {item.number: item.hit.passage for item in told.answer.citations}
    language = told.said.words.language
    headings = {item.text for meeting in told.corpus.meetings for item in _headings(told, meeting)}
    for group in told.answer.groups:
        if group.heading != told.said.text:
            continue
        texts = [folded(hits[at].renditions.best(language).text) for at in group.citations]
        shared = re.findall(r"[“«]\s?([^”»]+?)\s?[”»]", str(told.said.values.get("shared", "")))
        # "Used" is shared by what says "use" and "using" as well, "data" by "database".
        stems = [re.sub(r"(?:ing|ed|es|e|s)$", "", folded(word).split()[-1]) for word in shared]
        shapes = [rf" {it[:4]}" if len(it) > 3 else rf" {it}(?:ing|e?d|e?s|e)?\b" for it in stems]
        held = [sum(bool(re.search(it, f" {text}")) for text in texts) for it in shapes]
        heading = told.bare("heading") if told.said.values.get("heading") else ""
        return (not heading or heading in headings) and all(2 * n >= len(texts) for n in held)
    return False


def _theme_alone(told: Told) -> bool:
    """What stands last, under the line that says so, and in no theme."""
    last, *_ = reversed(told.answer.groups)
    return last.heading == told.said.text and told.number() == len(last.citations)


def _theme_meetings(told: Told) -> bool:
    return told.number("total") == len(told.searched) and any(
        told.said.text in heading and told.number() == len(set(days))
        for heading, days in _groups(told)
    )


def _recognised(told: Told) -> bool:
    """The status is that of what is shown."""
    answer = told.answer
    return {
        "answered": bool(answer.citations) and not answer.nearest,
        "related": not answer.citations and bool(answer.nearest),
        "not_found": not {*told.days} & {*told.searched},
        "conversation": not answer.citations and not answer.nearest,
    }[answer.status] and told.said.key == f"status.{answer.status}"


def _verbatim(told: Told) -> bool:
    """What stands in quotation marks stands so on a page, in the question or in a sample."""
    text = told["text"]
    samples = [item.get(told.said.words.language) for item in told.corpus.samples]
    pages = [item.text for item in told.corpus.documents.values()]
    return (
        any(text in page for page in pages)
        or folded(text) in _asked(told)
        or text in samples
        or any(text.lower() in page.lower() for page in pages)
        or text == _latest(told)
    )


def _latest(told: Told) -> str:
    words = told.said.words
    return words.raw("sample.latest").format(date=words.date(told.every[-1]))


def _not_recognised(told: Told) -> bool:
    # Where no meeting falls within the limits, the record quotes those around them.
    return not {*told.days} & {*told.searched}


def _date_of_meeting(told: Told) -> bool:
    return told["date"] in {told.said.words.date(day) for day in told.every}


def _read(told: Told) -> bool:
    standalone = folded(told.answer.query.standalone)
    return folded(told["typed"]) in _asked(told) and folded(told["read"]) in standalone


def _invisible(told: Told) -> bool:
    hidden = sum(unicodedata.category(sign) == "Cf" for sign in told.heard.asked.text)
    return told.number() == hidden


def _statuses(told: Told) -> bool:
    """A status of a text, or who says a passage, is that of something shown."""
    kind, _, value = told.said.key.partition(".")
    if kind == "attribution":
        return value in {item.attribution for item in told.passages}
    named = {"official": "fr", "unofficial_translation": "en"}
    languages = {
        rendition.language
        for item in [*told.passages, *filter(None, [told.answer.disclaimer])]
        for rendition in item.renditions.spoken
    }
    return named[value] in languages


PROOFS: dict[str, Proof] = {
    "answer.lead": lambda told: told.lists(told.days),
    "answer.lead.other": lambda told: told.lists(told.days) and _quoted_by_relevance(told),
    "answer.lead.by_date.other": lambda told: told.lists(told.days) and _by_date(told),
    "answer.by_date": _by_date,
    "answer.timeline": _timeline,
    "answer.silent": _silent,
    "answer.of_date": _date_of_meeting,
    "answer.meeting": _date_of_meeting,
    "answer.quote": _verbatim,
    "answer.related": lambda told: _not_recognised(told) and bool(told.answer.nearest),
    "answer.not_found": _not_recognised,
    "answer.coverage": _coverage,
    "answer.coverage.none": lambda told: not told.searched,
    "answer.more": _more,
    "attribution": _statuses,
    "cite.meeting": _date_of_meeting,
    "cite.section": lambda told: (
        told["heading"].strip("“”«»\u00a0")
        in {
            item.text
            for passage in told.passages
            if passage.section
            for item in passage.section.spoken
        }
    ),
    "conversation.searched": lambda told: (
        told.number() == len(told.every)
        and told["start"] == told.said.words.month(told.every[0])
        and told["end"] == told.said.words.month(told.every[-1])
    ),
    "conversation.samples": lambda told: _latest(told) in told["questions"],
    "conversation.unquoted": lambda told: not told.answer.citations and not told.answer.nearest,
    "digest": _outline,
    "digest.titled": lambda told: _outline(told) and _titled(told),
    "digest.untitled": lambda told: _outline(told) and _without(told, "title"),
    "digest.meeting": _titled,
    "digest.more": _left_out,
    "draft.note": lambda told: told.query.intent == "draft" and bool(told.part.citations),
    "export.dated": lambda told: (
        told["edition"] == told.said.words.date(told.corpus.documents["ccs-resumes.fr"].retrieved)
    ),
    "list.lead": _list,
    "mcp.nearest": lambda told: not told.answer.citations and bool(told.answer.nearest),
    "page.ask.meeting": lambda told: told.number() in _quoted(told),
    "page.ask.quotes.one": lambda told: 1 in _quoted(told),
    "page.ask.ranked": _quoted_by_relevance,
    "page.ask.quote": _tallied,
    "page.nearest": lambda told: not told.answer.citations and bool(told.answer.nearest),
    "page.understood.en": lambda told: told.answer.query.asked_in == "en",
    "page.understood.fr": lambda told: told.answer.query.asked_in == "fr",
    "page.understood.invisible": _invisible,
    "page.understood.limited": lambda told: (
        folded(told.answer.query.scope.text) in _asked(told) if told.answer.query.scope else False
    ),
    "page.understood.nowhere": lambda told: not told.searched and not told.answer.nearest,
    "page.understood.read": _read,
    "quotes.fewer": lambda told: told.number() == len(told.part.citations) < told.number("asked"),
    "record.aimless": lambda told: _without(told, "objective"),
    "record.all": lambda told: _counted(told) and told.days == told.every,
    "record.average": _average,
    "record.by": _all_counted,
    "record.counted": _one_counted,
    "record.fewest": _extreme,
    "record.first": _end,
    "record.fit": _counted,
    "record.last": _end,
    "record.longest": _gaps,
    "record.most": _extreme,
    "record.near": _counted,
    "record.none": _none,
    "record.none.after": _nearest_to,
    "record.none.before": _nearest_to,
    "record.objective": lambda told: (
        told.number() == sum(bool(item.objective) for item in told.meetings(told.days))
    ),
    "record.of_titled": _titled,
    "record.on": _date_of_meeting,
    "record.only": _end,
    "record.part": _part,
    "record.parts": _parts,
    "record.point": _point,
    "record.point.of": _point,
    "record.place": lambda told: (
        {*told.named("forms")} == {day for day in told.days if _form_of_day(told, day)}
    ),
    "record.place.form": _held_so,
    "record.place.of": lambda told: (
        told.bare("form") in " ".join(_form_of_day(told, told.named("meetings")[0]))
    ),
    "record.placeless": lambda told: _without(told, "format"),
    "record.shortest": _gaps,
    "record.silent": _counted,
    "record.span": _span,
    "record.span.all": _gaps,
    "record.span.between": _between,
    "record.span.ends": _ends,
    "record.span.since": _since,
    "record.speak": _counted,
    "record.subject": _counted,
    "record.stands_for": _stands_for,
    "record.titled": _titled,
    "record.untitled": lambda told: _without(told, "title"),
    "record.when": _dated,
    "rendition": _statuses,
    "sample.latest": lambda told: told["date"] == told.said.words.date(told.every[-1]),
    "status": _recognised,
    "themes.alone": _theme_alone,
    "themes.lead": _themes,
    "themes.line": _theme,
    "themes.meetings": _theme_meetings,
    "themes.more": _more,
    "themes.named": _themes,
}
# What claims nothing, or nothing that the data of an answer could belie, and why.
CLAIMLESS: dict[str, str] = {
    "cite": "names, and labels of addresses and of texts",
    "conversation": "a fixed reply, which says what the service is for",
    "feedback": "labels of the form for feedback",
    "list.asked": "stands in for a topic in `list.lead`",
    "page.ask.done": "joins the status and the lead",
    "page.ask.quotes.other": "joins two counts",
    "page.ask.whole": "a label",
    "page.ask.earlier": "a heading",
    "page.citation": "a label",
    "page.examples": "a heading",
    "page.folds": "labels of a button",
    "page.footer.licence": "of the pages, whatever is asked",
    "page.language": "a label",
    "page.passage": "labels of links",
    "page.quotes": "labels of the languages of the quotes",
    "page.passages": "stands in the list of meetings only",
    "page.search.limits": "a label",
    "page.search.freed": "a label of a link",
    "page.search.remove": "a label of a link",
    "page.search.unlimited": "a label of a link",
    "page.understood.alone": "a label of a link",
    "page.understood.as_typed": "a label of a link",
    "page.understood.standalone": "a label",
    "page.side": "a heading: the days of a side",
    "plain.privacy.title": "a label of a link",
    "record.meetings": "a count, proved in the sentence that holds it",
    "record.quarter": "a name",
    "record.unit": "a name",
    "record.seasons": "a definition, by which seasons are counted here too",
    "record.span.days": "a length of time, proved in the sentence that holds it",
    "record.span.weeks": "a length of time, proved in the sentence that holds it",
    **{f"record.{name}": "a name" for name in _SEASONS},
    "export": "labels of files and links",
    "take": "labels of links",
}


def unproved(heard: Heard, records: Records) -> list[str]:
    """List what an answer says of its own that nothing proves."""
    found = [f"not in the catalogue: {heard.rest}"] if heard.rest else []
    parts = parts_of(heard.answer)
    for said in heard.said:
        rule = rule_of(said.key)
        if rule is None:
            found.append(f"{said.key} has no proof")
        if rule not in PROOFS:
            continue
        told = [Told(said, part, heard, records) for part in parts]
        # Of several questions in one, it is the one whose answer it stands in.
        own = [item for item in told[:-1] if said.text in item.part.text]
        if not any(PROOFS[rule](item) for item in (*own, told[-1])):
            found.append(f"{said.key}: {said.text}")
    return found


def rule_of(key: str) -> str | None:
    """Find what a key is proved or excused by: itself, else what it begins with."""
    names = [key.rsplit(".", at)[0] for at in range(key.count(".") + 1)]
    return next((name for name in names if name in PROOFS or name in CLAIMLESS), None)
