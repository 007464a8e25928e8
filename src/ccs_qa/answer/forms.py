"""Which form an answer takes, by what is asked for: an outline, everything, some quotes, themes."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.compose import (
    Composed,
    Part,
    by_date,
    compose_record,
    lead_over,
    meeting_parts,
    quote_parts,
)
from ccs_qa.answer.digest import Outliner
from ccs_qa.answer.record import read_record
from ccs_qa.answer.select import Selection, Selector, extent_of
from ccs_qa.answer.themes import Theme, find_themes
from ccs_qa.answer.timeline import Spoken
from ccs_qa.answer.verify import verify_hits
from ccs_qa.corpus.library import Corpus
from ccs_qa.index.search import SearchIndex
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.records import AnswerKind, AnswerStatus, Evidence, Hit, Intent, Meeting, Query
from ccs_qa.text.numbers import SMALL_CARDINALS, small_number
from ccs_qa.text.strings import fold, words

# More than this are no help.
_MOST_LISTED = 40
_MOST_THEMES = 10
# So many quotes of meetings where no number is named.
_SOME = 5
# A question that leans on one that nobody asked is of no meeting, where the odds are e to this.
_NEEDS_MORE = 0.5
_TWENTY = 20


class Form(NamedTuple):
    """The kinds of answer to one intent.

    Attributes:
        nothing: Where neither is; None where the question itself is then the topic.
    """

    topic: AnswerKind
    meetings: AnswerKind
    nothing: AnswerKind | None


FORMS: Mapping[Intent, Form] = {
    "summary": Form("list", "digest", "digest"),
    "list": Form("list", "digest", None),
    "draft": Form("list", "digest", None),
    "quotes": Form("quotes", "quotes", None),
    "themes": Form("themes", "themes", "themes"),
}


def of_topic(query: Query) -> bool:
    """Tell whether a question asks for a form of answer on a topic, which it names or needs."""
    form = FORMS.get(query.intent)
    return form is not None and bool(query.topic or (query.scope is None and not form.nothing))


@dataclass(frozen=True, slots=True)
class Formed:
    """An answer in the form asked for; without status where that is for the judge to say."""

    kind: AnswerKind
    composed: Composed
    status: AnswerStatus | None


class _Asked(NamedTuple):
    """The meetings that a form is of, oldest first, and what was chosen on its topic.

    Attributes:
        held: Whether any meeting holds the words of the topic.
    """

    query: Query
    meetings: Sequence[Meeting]
    found: Selection
    held: bool
    words: Catalogue


class _Draft(NamedTuple):
    """What is said above the quotes, these, and how many passages are left out."""

    lead: str
    parts: Sequence[Part]
    left: int


def number_asked(query: Query) -> int:
    """Read how many quotes a question asks for, up to twenty; 0 where it names no number."""
    said = fold(query.question)
    for words_of_it in (query.topic, query.scope.text if query.scope else ""):
        said = said.replace(fold(words_of_it), " ") if words_of_it else said
    numbers = [
        small_number(word) for word in words(said) if word.isdigit() or word in SMALL_CARDINALS
    ]
    return max((number for number in numbers if number <= _TWENTY), default=0)


class Former:
    """Gives answers the form that was asked for."""

    def __init__(
        self, corpus: Corpus, index: SearchIndex, blocks: Blocks, selector: Selector
    ) -> None:
        """Bind the parts."""
        self._corpus = corpus
        self._index = index
        self._blocks = blocks
        self._selector = selector
        self._outliner = Outliner(corpus, index, blocks)
        self._positions = {name: at for at, name in enumerate(index.passages)}
        self._drafts: Mapping[AnswerKind, Callable[[_Asked], _Draft | None]] = {
            "digest": self._digest,
            "themes": self._themes,
            "quotes": self._quotes,
            "list": self._list,
        }

    def form(
        self, query: Query, hits: Sequence[Hit], topic: Spoken | None, evidence: Evidence
    ) -> Formed | None:
        """Answer in the form that was asked for; None where it is answered as any question is.

        Args:
            topic: Where its topic comes up; None when it names none.
        """
        form = FORMS.get(query.intent)
        meetings = self._meetings(query)
        if form is None or not meetings:
            return None if topic else self._none(query)
        if topic is not None and query.intent == "summary" and query.scope and not topic.held:
            # What was taken for a topic is none of the summaries': the meetings are asked for.
            topic = None
        kind = form.topic if topic else form.meetings if query.scope else form.nothing
        if kind is None or (
            not topic and query.scope is None and evidence.needs_more > _NEEDS_MORE
        ):
            return None
        held = topic is None or topic.held
        asked = _Asked(query, meetings, Selection((), 0), held, catalogue(query.language))
        if topic is not None:
            chosen = self._selector.choose(hits, evidence.breadth, extent_of(query))
            asked = asked._replace(found=_voiced(chosen, hits, topic))
            if not asked.found.quotes:
                return None
        draft = self._drafts[kind](asked)
        if draft is None and kind == "themes" and topic is not None:
            # What does not come back is listed all the same.
            kind, draft = "list", self._list(asked)
        if draft is None:
            return None
        return Formed(kind, self._quoted(draft, asked), None if topic else "answered")

    def _none(self, query: Query) -> Formed | None:
        """Say that no meeting falls within the limits, as the records do."""
        words_of = catalogue(query.language)
        record = read_record(query, self._corpus.meetings, None, words_of)
        if record is None:
            return None
        lines, _ = verify_hits(tuple(map(Hit, record.passages)), self._corpus.verify)
        composed = compose_record(record.lead, lines, words_of, self._blocks)
        return Formed("record", composed, "not_found")

    def _meetings(self, query: Query) -> list[Meeting]:
        limits = None if query.scope is None else set(query.scope.meetings)
        found = [item for item in self._corpus.meetings if limits is None or item.date in limits]
        return sorted(found, key=lambda item: item.date)

    def _digest(self, asked: _Asked) -> _Draft:
        words_of, meetings = asked.words, asked.meetings
        parts, left = self._outliner.outline(meetings, words_of)
        if len(meetings) > 1:
            return _Draft(words_of.text("digest.several", n=len(meetings)), parts, left)
        day = words_of.of_dates([meetings[0].date])
        title = meetings[0].title
        if title is None:
            return _Draft(words_of.text("digest.untitled", meetings=day), parts, left)
        quoted = words_of.quote(title.renditions)
        return _Draft(words_of.text("digest.titled", meetings=day, title=quoted), parts, left)

    def _list(self, asked: _Asked) -> _Draft:
        words_of, quotes = asked.words, asked.found.quotes
        whole, _ = self._blocks.whole(quotes[:_MOST_LISTED])
        groups = by_date(self._blocks.ordered(whole))
        named = asked.query.topic
        topic = words_of.quote(named) if named else words_of.text("list.asked")
        lead = words_of.count(
            "list.lead" if asked.held else "list.lead.near",
            len(whole),
            topic=topic,
            meetings=words_of.count("record.meetings", len(groups)),
            total=len(asked.meetings),
        )
        left = asked.found.more + _unshown(quotes, whole)
        return _Draft(lead, meeting_parts(groups, words_of), left)

    def _quotes(self, asked: _Asked) -> _Draft | None:
        number, quotable, words_of = number_asked(asked.query), asked.found.quotes, asked.words
        # Without a topic there is nothing that they could be relevant to.
        relevant = bool(quotable)
        if relevant and not number:
            return None
        if not relevant:
            passages = [item for meeting in asked.meetings for item in meeting.body]
            told = self._outliner.told(passages)
            quotable = tuple(map(Hit, sorted(passages, key=lambda item: -told[item.id])))
        chosen = self._so_many(quotable, number or _SOME)
        groups = self._blocks.ordered(chosen)
        if not relevant:
            groups = by_date(groups)
        lead = lead_over(groups, words_of, dated=not relevant)
        if len(chosen) < number:
            lead = f"{words_of.count('quotes.fewer', len(chosen), asked=number)} {lead}"
        left = asked.found.more + _unshown(quotable, chosen)
        return _Draft(lead, meeting_parts(groups, words_of), left)

    def _so_many(self, quotable: Sequence[Hit], number: int) -> tuple[Hit, ...]:
        """Take the best that make so many quotes, with the items that lead-ins bring.

        A lead-in that would bring too many is left out, unless nothing else is there.
        """
        taken: list[Hit] = []
        for hit in quotable:
            if len(self._blocks.whole([*taken, hit])[0]) <= number:
                taken.append(hit)
            if len(taken) == number:
                break
        return self._blocks.whole(taken or quotable[:1])[0]

    def _themes(self, asked: _Asked) -> _Draft | None:
        words_of, found = asked.words, {hit.passage.id for hit in asked.found.quotes}
        passages = [
            item
            for meeting in asked.meetings
            for item in meeting.body
            if not found or item.id in found
        ]
        at = np.asarray([self._positions[item.id] for item in passages], np.int64)
        if not len(at):
            return None
        themes = find_themes(passages, self._index.likeness(at), words_of.language)
        shown = themes[:_MOST_THEMES]
        if not shown:
            return None
        total = len(asked.meetings)
        parts = [
            Part(_theme_line(theme, total, words_of), tuple(map(Hit, theme.passages)), kind="theme")
            for theme in shown
        ]
        left = sum(len(item.passages) for item in themes[_MOST_THEMES:])
        inside = {item.id for theme in themes for item in theme.passages}
        # What was found on a topic is quoted, whether it comes back or not.
        alone = [Hit(item) for item in passages if found and item.id not in inside]
        if alone:
            heading = words_of.count("themes.alone", len(alone))
            parts.append(Part(heading, alone, kind="theme"))
        key = "themes.lead" if len(shown) == len(themes) else "themes.lead.some"
        lead = words_of.count(key, len(shown), total=len(themes))
        return _Draft(f"{lead} {words_of.count('themes.named', len(shown))}", parts, left)

    def _quoted(self, draft: _Draft, asked: _Asked) -> Composed:
        """Quote what matches its document, and count what is left out."""
        dropped = 0
        checked = []
        for part in draft.parts:
            hits, lost = verify_hits(part.hits, self._corpus.verify)
            dropped += lost
            checked.append(part._replace(hits=hits))
        lead = draft.lead
        if asked.query.intent == "draft":
            lead = f"{asked.words.text('draft.note')} {lead}"
        composed = quote_parts(lead, checked, asked.words, self._blocks)
        return replace(composed, dropped=dropped, more=draft.left)


def _voiced(chosen: Selection, hits: Sequence[Hit], topic: Spoken) -> Selection:
    """Add the best passage of every meeting that holds the topic's very words and is not chosen."""
    heard = {hit.passage.meeting for hit in chosen.quotes}
    missed: dict[dt.date | None, Hit] = {}
    for hit in hits:
        if hit.passage.id in topic.holding and hit.passage.meeting not in heard:
            missed.setdefault(hit.passage.meeting, hit)
    further = max(0, chosen.more - len(missed))
    return Selection((*chosen.quotes, *missed.values()), further)


def _unshown(found: Sequence[Hit], shown: Sequence[Hit]) -> int:
    return len({hit.passage.id for hit in found} - {hit.passage.id for hit in shown})


def _theme_line(theme: Theme, total: int, words_of: Catalogue) -> str:
    shared = words_of.join([words_of.quote(word) for word in theme.shared])
    held = words_of.count("themes.meetings", len(theme.meetings), total=total)
    if not (theme.heading or shared):
        return words_of.text("themes.line.none", held=held)
    if theme.heading:
        key = "themes.line" if shared else "themes.line.heading"
        return words_of.text(key, heading=words_of.quote(theme.heading), shared=shared, held=held)
    return words_of.text("themes.line.words", shared=shared, held=held)
