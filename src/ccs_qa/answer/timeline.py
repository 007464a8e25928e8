"""A topic from meeting to meeting: which speak of it, by its words, or by what they mean."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import Hit, Intent, Language, Passage, Query, Rendition
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.meetings.topics import TopicWords
from ccs_qa.text.strings import words

# A meeting speaks of the topic when its best statement comes this near to the best of all, in
# deviations of the legs summed; where meetings hold the very words, these alone speak of it.
NEAR_ENOUGH = 2.0
# Only beyond this is it said to be silent.
FAR = 3.5
# By what a topic was found: by its words; by what they mean, where no meeting searched holds them;
# by the subject of one meeting, where others hold them.
FoundBy = Literal["speak", "near", "subject"]
# These ask for the meeting on a topic, not for every meeting that mentions it.
OF_ONE: frozenset[Intent] = frozenset({"about", "place_format", "part", "duration"})
# Of these the subject of one meeting may be described.
_OF_SUBJECT = OF_ONE | {"which_meeting", "when"}
# A question that says so many words more than its topic describes what it means; a meeting is meant
# when its title or objective comes first, so much before that of any other. Chosen on the
# development questions: of those it picks, all but one mean that meeting.
_DESCRIBES = 6
_SUBJECT_LEADS = 1.7


@dataclass(frozen=True, slots=True)
class Timeline:
    """A topic from meeting to meeting; of some of the meetings searched it may be unsure.

    Attributes:
        near: The best statement of each meeting that neither speaks of it nor is silent.
        held: Whether the entries hold its words, and do not only come near in meaning.
    """

    entries: tuple[Hit, ...] = ()
    absent: tuple[dt.date, ...] = ()
    total: int = 0
    near: tuple[Hit, ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where a topic comes up, and by what that was found."""

    timeline: Timeline
    about: frozenset[dt.date] = frozenset()
    holding: frozenset[str] = frozenset()
    by: FoundBy = "speak"

    @property
    def held(self) -> bool:
        """Whether its very words are held, and do not only come near in meaning."""
        return self.timeline.held

    @property
    def speakers(self) -> Mapping[dt.date, Passage]:
        """The meetings that speak of it, each with its best passage."""
        return {
            hit.passage.meeting: hit.passage
            for hit in self.timeline.entries
            if hit.passage.meeting is not None
        }


class TopicResolver:
    """Resolves topics for every question and channel alike."""

    def __init__(self, corpus: Corpus, names: Names) -> None:
        """Learn the words of the meetings."""
        self._words = TopicWords(corpus.meetings, names)
        self._names = names
        self._passages = {passage.id: passage for passage in corpus.passages}
        self._subjects = frozenset(
            item.id
            for meeting in corpus.meetings
            for item in (meeting.title, *meeting.objective)
            if item is not None
        )

    def resolve(self, query: Query, hits: Sequence[Hit], meetings: Sequence[dt.date]) -> Spoken:
        """Say which meetings hold the words of a query's topic, and which come near in meaning."""
        held: dict[dt.date, tuple[str, ...]] = {}
        # What may belong to the topic narrows it, where a passage holds that as well.
        # Beside "first" or "last" the rest of the wording is how it is asked.
        ordered = query.intent == "first_last_mention"
        wider = bool(query.topic) and query.topic in query.searched and not ordered
        for topic in (query.searched, query.topic) if wider else (query.topic, query.searched):
            if not held and self._named(topic, query.asked_in):
                found = self._words.holding(topic, query.asked_in)
                held = {day: names for day, names in found.items() if day in meetings}
        if query.intent in OF_ONE:
            subjects = {day: found for day, found in held.items() if self._subjects & {*found}}
            held = subjects or held
        ranked = {hit.passage.id: hit for hit in hits}
        best: dict[dt.date, Hit] = {}
        for hit in hits:
            if hit.passage.meeting is not None and hit.passage.kind == "statement":
                best.setdefault(hit.passage.meeting, hit)
        about = self._about(hits, held)
        top = max((hit.score for hit in best.values()), default=0.0)
        entries = {day: self._best_of(names, ranked) for day, names in held.items()}
        beyond = len(self._words.content(query.standalone)) - len(self._words.content(query.topic))
        if query.intent in _OF_SUBJECT and not query.negated and (not held or beyond >= _DESCRIBES):
            entries = self._subject(hits) or entries
        by: FoundBy = "near"
        if held:
            by = "speak" if held.keys() <= entries.keys() else "subject"
        if not entries:
            entries = {day: hit for day, hit in best.items() if hit.score >= top - NEAR_ENOUGH}
            # Of what comes near, that counts which holds the rarer words, where some meeting does.
            telling = self._words.telling(query.topic)
            rare = self._words.holding(telling, query.asked_in) if telling else {}
            named = {day: self._best_of(names, ranked) for day, names in rare.items()}
            entries = {day: hit for day, hit in named.items() if day in meetings} or entries
        far = [day for day, hit in best.items() if hit.score < top - FAR]
        silent = {*far, *(day for day in meetings if day not in best)} - {*entries}
        near = {*best} - {*entries} - silent
        return Spoken(
            Timeline(
                tuple(entries[day] for day in sorted(entries)),
                tuple(sorted(silent & {*meetings})),
                len(meetings),
                tuple(best[day] for day in sorted(near)),
                bool(held),
            ),
            about,
            frozenset(name for names in held.values() for name in names),
            by,
        )

    def saying(self, query: Query, meetings: Sequence[dt.date]) -> tuple[str, tuple[Passage, ...]]:
        """Find the passages that themselves hold the words of a query.

        Returns:
            The words, those of the topic where the rest of the wording is held nowhere, and the
            passages, oldest meeting first.
        """
        for topic in dict.fromkeys((query.searched, query.topic or query.searched)):
            found = self._words.saying(topic, query.asked_in)
            within = tuple(item for item in found if item.meeting in meetings)
            if within:
                return topic, within
        return query.topic or query.searched, ()

    def spelled(self, query: Query, asking: str, passage: Passage) -> bool:
        """Tell whether a passage holds the topic word for word, and nothing else is asked."""
        named = self._words.content(query.topic)
        # What begins with grammar, as "Who is the chief", is a question.
        return (
            named == self._words.content(asking)
            and named[:1] == tuple(words(query.topic)[:1])
            and self._words.spells(passage, query.topic, query.asked_in)
        )

    def marks(self, topic: str, rendition: Rendition) -> tuple[tuple[int, int], ...]:
        """Find the words of a topic in a text."""
        return self._words.marks(topic, rendition)

    def _subject(self, hits: Sequence[Hit]) -> dict[dt.date, Hit]:
        """Find the meeting whose title or objective comes first, well before that of any other."""
        best: dict[dt.date, Hit] = {}
        for hit in hits:
            if hit.passage.meeting is not None and hit.passage.id in self._subjects:
                best.setdefault(hit.passage.meeting, hit)
        if not best or hits[0].passage.id not in self._subjects:
            return {}
        first, *others = sorted(best.items(), key=lambda item: -item[1].score)
        if others and first[1].score - others[0][1].score < _SUBJECT_LEADS:
            return {}
        return dict([first])

    def _about(
        self, hits: Sequence[Hit], held: Mapping[dt.date, tuple[str, ...]]
    ) -> frozenset[dt.date]:
        """Name the meetings whose title or objective holds the topic, or comes nearest to it."""
        if held:
            return frozenset(day for day, names in held.items() if self._subjects & {*names})
        nearest: dict[dt.date, Hit] = {}
        for hit in sorted(hits, key=lambda item: -item.reasons.get("late", 0.0)):
            if hit.passage.meeting is not None:
                nearest.setdefault(hit.passage.meeting, hit)
        return frozenset(day for day, hit in nearest.items() if hit.passage.id in self._subjects)

    def _named(self, topic: str, language: Language) -> bool:
        """Tell whether a topic holds any word that names something."""
        return bool(self._words.content(topic) or self._names.find(topic, language))

    def _best_of(self, found: Sequence[str], ranked: Mapping[str, Hit]) -> Hit:
        """Of the passages that hold the words, take the best ranked."""
        known = [ranked[name] for name in found if name in ranked]
        spoken = [hit for hit in known if hit.passage.kind == "statement"]
        if spoken or known:
            return max(spoken or known, key=lambda hit: hit.score)
        # It holds the words and was not ranked: quoted all the same.
        return Hit(self._passages[found[0]])
