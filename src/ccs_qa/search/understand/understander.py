"""From the words typed to a query: language, slips, follow-ups, meetings, intent, topic."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ccs_qa.encoder import Encoder, Vectors
from ccs_qa.errors import FilterError, QuestionError
from ccs_qa.index import stop_words
from ccs_qa.records import SAID, Filters, Intent, Language, Meeting, Passage, Query, Scope
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.meetings.scope import ScopeFinder
from ccs_qa.search.understand.followups import asks_again, denies, says_nothing, standalone
from ccs_qa.search.understand.followups import points_back as leans_on
from ccs_qa.search.understand.heads import Heads, split_words
from ccs_qa.search.understand.parts import asked_in, split_questions
from ccs_qa.search.understand.slips import Reading, Speller
from ccs_qa.search.understand.wording import Range, Text, Wording, encode_texts
from ccs_qa.text import clean, count_invisible, detect_language, words

# Questions that may ask where something was mentioned; one whose topic is missed is answered with
# every meeting.
_MENTIONED: frozenset[Intent] = frozenset({"which_meeting", "count", "first_last_mention"})


_STOPS = stop_words("fr") | stop_words("en")
_QUOTED = re.compile(r"[«“\"]\s*(?P<words>[^«»“”\"]*\w[^«»“”\"]*?)\s*[»”\"]")


@dataclass(frozen=True, slots=True)
class Understanding:
    """A query, and what is searched for it.

    Attributes:
        query: What was understood.
        wordings: The topic; then a follow-up's own words, or what a long text asks.
        pooled: (dimension,) float32 vector of the whole question.
        parts: The same of each question, where several stand in one.
    """

    query: Query
    wordings: tuple[Wording, ...]
    pooled: Vectors
    parts: tuple["Understanding", ...] = ()


# Which meetings a question is about, given those before it.
Locate = Callable[[str, tuple[str, ...]], frozenset[dt.date]]


@dataclass(frozen=True, slots=True)
class _Topic:
    """What is searched, and the words that name it; empty where none does."""

    wording: Wording
    named: str


class Understander:
    """Understands questions about the meetings of one corpus."""

    def __init__(
        self,
        meetings: Sequence[Meeting],
        longest: int,
        encoder: Encoder,
        heads: Heads | None,
        *,
        names: Names | None = None,
        locate: Locate | None = None,
        today: Callable[[], dt.date] = dt.date.today,
        speller: Speller | None = None,
    ) -> None:
        """Take over the meetings.

        Args:
            meetings: The meetings there are.
            longest: Most characters a question may have.
            encoder: The model.
            heads: Tell intents and topics apart; every question is its own topic when None.
            names: What things are called besides; what the meetings spell out when None.
            locate: Tells which meetings a question of the conversation is about; none when None.
            today: Tells the day that `last year` counts from.
            speller: Reads slips of the keyboard; they stand as typed when None.
        """
        self._dates = tuple(sorted(meeting.date for meeting in meetings))
        self._finder = ScopeFinder(meetings, names)
        self._longest = longest
        self._encoder = encoder
        self._heads = heads
        self._today = today
        self._locate = locate or (lambda _question, _history: frozenset())
        self._speller = speller

    def understand(
        self,
        question: str,
        *,
        language: Language | None,
        history: Sequence[str],
        filters: Filters,
    ) -> Understanding:
        """Understand a question.

        Args:
            question: The words typed.
            language: Language wanted for the answer; that of the question when None.
            history: Earlier questions, oldest first.
            filters: Limits that the caller sets; they replace those that the question names.

        Returns:
            The query and its wordings.

        Raises:
            QuestionError: The question is empty or too long.
            FilterError: The period is reversed, or a meeting does not exist.
        """
        text = clean(question)
        if not any(character.isalnum() for character in text):
            raise QuestionError(problem="empty", longest=self._longest)
        if len(text) > self._longest:
            raise QuestionError(problem="long", longest=self._longest)
        limits = self._limits(filters)
        earlier = tuple(kept for kept in (clean(item)[: self._longest] for item in history) if kept)
        again = asks_again(text)
        asked, before = (earlier[-1], earlier[:-1]) if again and earlier else (text, earlier)
        spoken = self._spoken(asked, before)
        parts = split_questions(asked)
        found = self._one(asked, before, spoken, limits)
        query = replace(
            found.query,
            question=text,
            language=language or again or spoken,
            history=earlier,
            invisible=count_invisible(question),
        )
        if len(parts) == 1:
            return replace(found, query=query)
        each: list[Understanding] = []
        for at, part in enumerate(parts):
            one = self._one(part, (*before, *parts[:at]), spoken, limits)
            each.append(replace(one, query=replace(one.query, language=query.language)))
        query = replace(query, parts=tuple(one.query for one in each))
        return replace(found, query=query, parts=tuple(each))

    def _spoken(self, text: str, history: Sequence[str]) -> Language:
        """Tell the language of a text; where nothing in it tells, that of the conversation."""
        return detect_language(text, history[-1] if history else "")

    def _one(
        self, text: str, history: Sequence[str], language: Language, limits: Scope | None
    ) -> Understanding:
        read = self._read(text, language)
        begin, end = asked_in(read.text, language)
        asked = read.text[begin:end]
        earlier = [self._read(item, self._spoken(item, ())).text for item in history]
        whole = standalone(asked, earlier) if asked == read.text else asked
        leans = whole != asked
        texts = encode_texts(list(dict.fromkeys((whole, asked, read.text))), self._encoder)
        own = next(item for item in texts if item.text == asked)
        intent = self._intent(own)
        before = self._before(history)
        scope = self._finder.find(asked, self._today(), intent=intent, before=before)
        bare = leans and says_nothing(_outside_text(asked, scope))
        if bare:
            # "And in 2024?" asks what the question before it asked.
            intent = self._intent(encode_texts([_last_whole(earlier)], self._encoder)[0])
            scope = self._finder.find(asked, self._today(), intent=intent, before=before)
        lenient = intent in _MENTIONED
        told = self._topic(own, scope, lenient=lenient)
        if asked != read.text and intent not in SAID and scope is None and not told.named:
            # A question out of a long story that names no meeting and no topic leans on the story.
            intent = "topic"
        if intent not in SAID and words(told.named) == words(asked):
            # A bare name asks for what was said of it.
            intent = "topic"
        of_whole, first = scope, told
        if leans:
            of_whole = self._finder.find(whole, self._today(), intent=intent, before=before)
            first = self._topic(texts[0], of_whole, lenient=lenient)
        second = told.wording if leans else texts[-1].whole
        return Understanding(
            Query(
                question=text,
                standalone=whole,
                topic=("" if bare else told.named) or first.named,
                alone=second.text if leans else "",
                searched=first.wording.text,
                language=language,
                asked_in=language,
                scope=limits or scope or of_whole,
                intent=intent,
                negated=denies(asked) if intent not in SAID else False,
                history=tuple(history),
                read_as=read.changes,
            ),
            (first.wording, second) if len(texts) > 1 else (first.wording,),
            texts[0].pooled,
        )

    def _before(self, history: Sequence[str]) -> Callable[[], frozenset[dt.date]]:
        """Tell the meetings that the question before was about, when that is wanted."""

        def located() -> frozenset[dt.date]:
            if not history:
                return frozenset()
            return self._locate(history[-1], tuple(history[:-1]))

        return located

    def _intent(self, text: Text) -> Intent:
        if self._heads is None or not text.words:
            return "topic"
        return self._heads.intent(text.words, text.pooled)

    def _topic(self, text: Text, scope: Scope | None, *, lenient: bool = False) -> _Topic:
        """Keep the words that name the topic, and those that may."""
        free = _outside(len(text.text), scope.limits if scope else ())
        if self._heads is None or not len(text.spans):
            return _Topic(text.only(free), text.only(free).text)
        vectors = text.word_vectors
        quoted = _QUOTED.search(text.text)
        # What stands in quotation marks is the topic as it stands.
        run = (
            quoted.span("words")
            if quoted
            else _range(text, self._heads.topic(text.words, vectors, lenient=lenient))
        )
        named = _within(free, run)
        frame = _range(text, self._heads.frame(text.words, vectors))
        kept = named if quoted else _within(free, frame)
        wide = text.only(free) if _telling(text.text, free) else text.whole
        return _Topic(
            text.only(kept) if _telling(text.text, kept) else wide,
            text.only(named).text if _telling(text.text, named) else "",
        )

    def _read(self, text: str, language: Language) -> Reading:
        return self._speller.read(text, language) if self._speller else Reading(text)

    def _limits(self, filters: Filters) -> Scope | None:
        for date in filters.meetings:
            if date not in self._dates:
                raise FilterError(problem="meeting", value=date.isoformat())
        if filters.start and filters.end and filters.start > filters.end:
            raise FilterError(problem="period", value=f"{filters.start}..{filters.end}")
        if not (filters.meetings or filters.start or filters.end):
            return None
        return Scope(
            text="",
            meetings=tuple(
                date
                for date in self._dates
                if (not filters.meetings or date in filters.meetings)
                and (filters.start is None or date >= filters.start)
                and (filters.end is None or date <= filters.end)
            ),
            start=filters.start,
            end=filters.end,
        )


def _outside(length: int, limits: Sequence[Range]) -> list[Range]:
    """List what lies between ranges."""
    found, at = [], 0
    for begin, end in (*limits, (length, length)):
        if at < begin:
            found.append((at, begin))
        at = max(at, end)
    return found


def _range(text: Text, run: tuple[int, int]) -> Range:
    """Turn positions of words into places."""
    begin, end = run
    return (text.words[begin].start, text.words[end - 1].end) if end else (0, 0)


def _within(ranges: Sequence[Range], among: Range) -> list[Range]:
    """Keep what of some ranges lies in another."""
    cut = [(max(begin, among[0]), min(end, among[1])) for begin, end in ranges]
    return [(begin, end) for begin, end in cut if begin < end]


def _outside_text(text: str, scope: Scope | None) -> str:
    """Leave the words out that limit a text."""
    free = _outside(len(text), scope.limits if scope else ())
    return " ".join(text[begin:end] for begin, end in free)


def _last_whole(history: Sequence[str]) -> str:
    """Take the last question that was more than a follow-up."""
    return next((item for item in reversed(history) if not leans_on(item)), history[0])


def _telling(text: str, ranges: Sequence[Range]) -> bool:
    """Tell whether any word there may name something; "AI" does, "ai" is French grammar."""
    return any(
        word.end - word.start > 1
        and (word.folded not in _STOPS or text[begin:end][word.start : word.end].isupper())
        for begin, end in ranges
        for word in split_words(text[begin:end])
    )


def allowed(query: Query) -> Callable[[Passage], bool] | None:
    """Say which passages a query may find.

    Args:
        query: What was understood.

    Returns:
        A test of a passage; None when every passage may be found.
    """
    if query.scope is None:
        return None
    dates = frozenset(query.scope.meetings)
    return lambda passage: passage.meeting in dates
