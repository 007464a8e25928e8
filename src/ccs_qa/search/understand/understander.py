"""From the words typed to a query: language, slips, follow-ups, meetings, intent, topic."""

import copy
import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from ccs_qa.encoder.encoder import Encoder, Vectors
from ccs_qa.errors import FilterError, QuestionError
from ccs_qa.records import (
    FORMED,
    NO_FILTERS,
    SAID,
    Filters,
    Intent,
    Language,
    Line,
    Meeting,
    Passage,
    Query,
    Question,
    Scope,
)
from ccs_qa.search.meetings.lexicon import may_name_section, names_section
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.meetings.scope import ScopeFinder, asked_of_meetings, names_end
from ccs_qa.search.understand.heads import Heads, Leaning
from ccs_qa.search.understand.parts import asked_in, asks_again, split_questions
from ccs_qa.search.understand.slips import Reading, Speller
from ccs_qa.search.understand.topic import MENTIONED, Topic, is_bare, names_something, read_topic
from ccs_qa.search.understand.wording import Text, Texts, Wording, encode_texts
from ccs_qa.text.strings import clean, count_invisible, detect_language, in_neither_language, words

# These are counted over meetings, whatever part of a subject they name.
_COMPUTED: frozenset[Intent] = frozenset({"count", "most", "duration", "when", "place_format"})
# Where no head tells, a question of so many words leans on the one before it.
_SHORT = 6


@dataclass(frozen=True, slots=True)
class Understanding:
    """A query, and what is searched for it.

    Attributes:
        wordings: What is searched first; beside it, the question without its frame left out, a
            follow-up's own words, or the whole of a long text.
        pooled: (dimension,) float32 vector of the whole question.
        asking: The words that are judged: the standalone wording, less a mere frame.
        needs_more: Log odds that the question has to be told its subject by another; 0 within a
            conversation.
    """

    query: Query
    wordings: tuple[Wording, ...]
    pooled: Vectors
    asking: str
    parts: tuple["Understanding", ...] = ()
    needs_more: float = 0.0


# Which meetings a question was answered from, given those before it.
Locate = Callable[[str, tuple[str, ...]], frozenset[dt.date]]


def nowhere(_question: str, _history: tuple[str, ...]) -> frozenset[dt.date]:
    """Locate no question anywhere."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class _Searched:
    """What is searched, the words that name the topic, and what is asked, with its vector."""

    wordings: tuple[Wording, ...]
    named: str
    asked: Text
    pooled: Vectors


class Understander:
    """Understands questions about the meetings of one corpus, of so many characters at most.

    Without heads every question is its own topic; without a speller slips stand as typed;
    `last year` counts from today.
    """

    def __init__(
        self,
        meetings: Sequence[Meeting],
        longest: int,
        encoder: Encoder,
        heads: Heads | None,
        *,
        names: Names | None = None,
        today: Callable[[], dt.date] = dt.date.today,
        speller: Speller | None = None,
    ) -> None:
        """Take over the meetings, and the names of things or those that they spell out."""
        self._dates = tuple(sorted(meeting.date for meeting in meetings))
        self._finder = ScopeFinder(meetings, names)
        self.longest = longest
        self._encoder = encoder
        self._texts: Callable[[Sequence[str]], tuple[Text, ...]] = partial(
            encode_texts, encoder=encoder
        )
        self._heads = heads
        self._today = today
        self._speller = speller

    def of_one_conversation(self) -> Self:
        """The same, for one conversation: each text of it is encoded once."""
        reader = copy.copy(self)
        reader._texts = Texts(self._encoder)  # noqa: SLF001 - a copy of our own
        return reader

    def understand(self, question: Question, locate: Locate = nowhere) -> Understanding:
        """Understand a question; limits that the caller sets replace those that it names.

        Args:
            locate: Asked only where a question leans on the meetings of the one before it.

        Raises:
            QuestionError: The question is empty or too long.
            FilterError: The period is reversed, or a meeting does not exist.
        """
        text = clean(question.text)
        if not _says_something(text):
            raise QuestionError(problem="empty", longest=self.longest)
        if len(text) > self.longest:
            raise QuestionError(problem="long", longest=self.longest)
        limits = self._limits(question.filters)
        cut = (clean(item)[: self.longest] for item in question.history)
        earlier = tuple(filter(_says_something, cut))
        again = asks_again(text)
        before = self._questions(earlier)
        asked, before = (before[-1], before[:-1]) if again and before else (text, before)
        spoken = _spoken(asked, before)
        parts = split_questions(asked)
        if len(parts) > 1:
            # Beside a question, what is only said needs no reply.
            parts = self._questions(parts) or (asked,)
            asked = parts[0] if len(parts) == 1 else asked
        found = self._one(asked, before, spoken, limits, locate)
        query = replace(
            found.query,
            question=text,
            language=question.language or again or spoken,
            history=earlier,
            invisible=count_invisible(question.text),
        )
        if len(parts) == 1:
            return replace(found, query=query)
        each: list[Understanding] = []
        for at, part in enumerate(parts):
            one = self._one(part, (*before, *parts[:at]), spoken, limits, locate)
            query_of = replace(one.query, language=query.language, line=None)
            each.append(replace(one, query=query_of))
        query = replace(query, parts=tuple(one.query for one in each), line=None)
        return replace(found, query=query, parts=tuple(each))

    def _one(
        self,
        text: str,
        history: Sequence[str],
        language: Language,
        limits: Scope | None,
        locate: Locate,
    ) -> Understanding:
        """Understand a question that asks one thing, or what is said to the service."""
        read = self._speller.read(text, language) if self._speller else Reading(text)
        question, asked = asked_in(read.text, self._needs_subject)
        own, *story = self._texts(list(dict.fromkeys((asked, read.text))))
        intent = self._intent(own)
        if intent == "chat" and history and may_name_section(asked):
            # "Now the morning" asks for it, where a meeting was spoken of.
            intent = "part"
        neither = in_neither_language(read.text)
        line: Line | None = "language" if neither else None
        if intent == "chat" and line is None:
            line = self._line(own) or "outside"
            if line == "outside" and is_bare(asked):
                # Nothing but a name, if one that nobody has heard of.
                intent, line = "topic", None
        query = Query(
            question=text,
            standalone=text,
            topic="",
            searched=text,
            language=language,
            asked_in=language,
            scope=limits,
            intent=intent,
            history=tuple(history),
            # What was read in a story around the question was not asked.
            read_as=tuple(change for change in read.changes if change[1] in asked),
        )
        if line is not None:
            query = replace(query, intent="chat", line=line, read_as=())
            return Understanding(query, (own.whole,), own.pooled, own.text)
        return self._question(query, question, own, tuple(story), locate)

    def _question(
        self, query: Query, limiting: str, own: Text, story: tuple[Text, ...], locate: Locate
    ) -> Understanding:
        """Understand what is asked: alone, or by the question before it that it leans on."""
        intent, history = query.intent, query.history
        leaning = self._leaning(own) if history and not story else Leaning()
        before = self._before(history, locate) if leaning.any else None
        if before and leaning.ask:
            intent = before.query.intent
        if intent in MENTIONED | {"topic"} and names_end(own.text):
            # "The last meeting that mentions X" is the last of those that do.
            intent = "first_last_mention"
        located = _located(history, locate)
        scope = self._finder.find(limiting, self._today(), intent=intent, before=located)
        told = read_topic(own, self._heads, scope.limits if scope else (), intent)
        # What it denies by name is its own.
        leaning = replace(leaning, names=leaning.names or bool(told.denied and told.named))
        if history and scope and not (story or names_something(told.free)):
            # "And the one before?" names meetings, and asks what was asked.
            leaning = Leaning(topic=True, names=False, ask=True)
            before = before or self._before(history, locate)
            intent = before.query.intent
        if not leaning.names:
            told = replace(told, named="")
        alone = not (before or story)
        # Nothing was asked before where that was only said.
        intent = "topic" if intent == "chat" else intent
        intent = _settled(intent, own.text, told, scope, alone=alone)
        if before and leaning.meetings:
            # What is denied of a topic is not sought where that comes up.
            among = located if told.named or not told.denied else frozenset
            scope = _narrowed(scope, before.query.scope, intent, among)
        searched = self._searched(own, told, intent, *story)
        if before:
            searched = self._leant(searched, before, leaning, intent)
            if intent in MENTIONED and not (scope or searched.named):
                # Of what is leant on, it is asked what was said.
                intent = "topic"
        query = replace(
            query,
            standalone=f"{before.query.standalone} {own.text}" if before else own.text,
            topic=searched.named,
            alone=told.wording.text if before else "",
            searched=searched.wordings[0].text,
            scope=query.scope or scope,
            intent=intent,
            negated=told.denied and intent not in SAID and not (scope and scope.excludes),
            # Whatever a frame asks of, it asks the summaries.
            line=None if before or scope or told.framed or is_bare(own.text) else self._line(own),
        )
        heads, asking = None if history else self._heads, searched.asked
        return Understanding(
            query,
            searched.wordings,
            searched.pooled,
            query.standalone if before else asking.text,
            needs_more=heads.needs_more(asking.words, asking.pooled) if heads else 0.0,
        )

    def _searched(self, own: Text, told: Topic, intent: Intent, *story: Text) -> _Searched:
        """Search for the topic; beside it for the whole, where that says more."""
        # A topic is followed as the timeline follows it, however the question goes on.
        framed = intent == "evolution" or (told.framed and intent in SAID)
        if framed and told.named and not story:
            # What is asked about "X" is the same however it is framed.
            topic = own if told.named == own.text else self._texts([told.named])[0]
            asked = topic if told.framed else own
            return _Searched((topic.whole,), told.named, asked, topic.pooled)
        whole = story[0] if story else own
        alone = told.wording.text == whole.text
        wordings = (whole.whole,) if alone else (told.wording, whole.whole)
        return _Searched(wordings, told.named, own, whole.pooled)

    def _leant(
        self, own: _Searched, before: Understanding, leaning: Leaning, intent: Intent
    ) -> _Searched:
        """Search for the topic of the question before as well; first, where that is meant."""
        words_of_own, subject = own.wordings[0], before.wordings[0]
        (joined,) = self._texts([f"{subject.text} {words_of_own.text}"])
        # "And in 2024?" has no other subject.
        if not (leaning.topic or (not leaning.names and intent in SAID)):
            return replace(own, wordings=(words_of_own, joined.whole))
        first, second = (joined.whole, words_of_own) if leaning.names else (subject, joined.whole)
        named = own.named or before.query.topic
        return _Searched((first, second), named, own.asked, joined.pooled)

    def _before(self, history: Sequence[str], locate: Locate) -> Understanding:
        *earlier, last = history
        return self._one(last, earlier, _spoken(last, earlier), None, locate)

    def _questions(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Leave out what is only said to the service."""
        if not texts or self._heads is None:
            return tuple(texts)
        read = zip(texts, self._texts(texts), strict=True)
        return tuple(typed for typed, text in read if self._intent(text) != "chat")

    def _line(self, text: Text) -> Line | None:
        return self._heads.line(text.words, text.pooled) if self._heads else None

    def _leaning(self, text: Text) -> Leaning:
        if self._heads is None:
            short = len(text.words) <= _SHORT
            return Leaning(topic=short, meetings=short)
        return self._heads.leaning(text.words, text.pooled)

    def _needs_subject(self, question: str) -> bool:
        leaning = self._leaning(self._texts([question])[0])
        return leaning.topic or not leaning.names

    def _intent(self, text: Text) -> Intent:
        if self._heads is None or not text.words:
            return "topic"
        return self._heads.intent(text.words, text.pooled)

    def _limits(self, filters: Filters) -> Scope | None:
        for date in filters.meetings:
            if date not in self._dates:
                raise FilterError(problem="meeting", value=date.isoformat())
        first, last = filters.start or dt.date.min, filters.end or dt.date.max
        if first > last:
            raise FilterError(problem="period", value=f"{filters.start}..{filters.end}")
        if filters == NO_FILTERS:
            return None
        among = filters.meetings or self._dates
        days = tuple(day for day in self._dates if day in among and first <= day <= last)
        return Scope(text="", meetings=days, start=filters.start, end=filters.end)


def _settled(
    intent: Intent, asked: str, told: Topic, scope: Scope | None, *, alone: bool
) -> Intent:
    """Correct what a question seems to ask for by what it names; alone, meetings as well."""
    bare = scope is not None and not words(told.free)
    if alone and not told.named and (intent == "topic" or intent in FORMED or bare):
        # Meetings named by themselves ask for their record.
        intent = asked_of_meetings(asked, scope) or intent
    if names_section(asked) and intent not in _COMPUTED:
        return "part"
    # "The second part" of a subject may be a meeting.
    if intent == "part" and not may_name_section(told.free):
        intent = "topic" if told.named else "about"
    single = scope is not None and len(scope.meetings) == 1
    if intent == "which_meeting" and told.named and single and not told.denied:
        # Of one meeting it is asked what it says.
        return "topic"
    return intent


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _spoken(text: str, history: Sequence[str]) -> Language:
    """Tell the language of a text; where nothing in it tells, that of the conversation."""
    return detect_language(text, history[-1] if history else "")


def _located(history: Sequence[str], locate: Locate) -> Callable[[], frozenset[dt.date]]:
    """Tell the meetings that the question before was answered from, when that is wanted."""
    return lambda: locate(history[-1], tuple(history[:-1])) if history else frozenset()


def _narrowed(
    own: Scope | None,
    before: Scope | None,
    intent: Intent,
    located: Callable[[], frozenset[dt.date]],
) -> Scope | None:
    """Limit a question to the meetings of the one before it, or to what both limit it to."""
    if own is not None:
        years = {day.year for day in before.meetings} if before else {}
        same = tuple(day for day in own.meetings if day.year in years)
        # "And in June?" is June of the year that was spoken of.
        return replace(own, meetings=same) if same and not re.search(r"\d{4}", own.text) else own
    if before is not None:
        # Its words stand in another text.
        return replace(before, limits=())
    # "Where was it held?" asks of the meetings that were answered.
    days = tuple(sorted(located())) if intent not in SAID else ()
    return Scope(text="", meetings=days) if days else None


def allowed(query: Query) -> Callable[[Passage], bool] | None:
    """Say which passages a query may find; None when every passage may be found."""
    if query.scope is None:
        return None
    dates = frozenset(query.scope.meetings)
    return lambda passage: passage.meeting in dates
