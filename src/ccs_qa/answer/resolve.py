"""What a query resolves to beside quotes: a record, a form of answer, a topic's timeline."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from ccs_qa.answer.coverage import searched_by
from ccs_qa.answer.expansion import read_name
from ccs_qa.answer.expectations import asks_beyond_records, expectations
from ccs_qa.answer.findings import WIDE, Findings, verdict_on
from ccs_qa.answer.forms import FORMS, Former, of_topic
from ccs_qa.answer.judge import Judge
from ccs_qa.answer.matter import Record
from ccs_qa.answer.record import RECORD_INTENTS, read_record
from ccs_qa.answer.select import extent_of
from ccs_qa.answer.timeline import OF_ONE, Spoken, TopicResolver
from ccs_qa.answer.verify import verify_hits
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Hit, Passage, Query
from ccs_qa.search.meetings.names import Names

# A question of record asks for the date or the place of nothing where the odds that it leans on
# one that nobody asked are e to this.
_VAGUE = 0.5
_OF_SOME = OF_ONE | {"when"}


def follows_topic(query: Query) -> bool:
    """Tell whether a query is answered by where its topic comes up."""
    # Of a meeting that is named, the record says where it was; its topic is no matter then.
    singled = query.scope is not None and query.intent in OF_ONE
    return (
        (query.intent == "evolution" and extent_of(query) != "sides")
        or of_topic(query)
        or (bool(query.topic) and query.intent in RECORD_INTENTS and not singled)
    )


def depth(query: Query, k: int) -> int:
    """Say how many passages are looked at for a query; many where its topic is followed."""
    return max(k, WIDE) if follows_topic(query) else k


class Resolver:
    """Resolves what was found."""

    def __init__(
        self, corpus: Corpus, names: Names, topics: TopicResolver, former: Former, judge: Judge
    ) -> None:
        """Bind the parts."""
        self._corpus = corpus
        self._names = names
        self.topics = topics
        self._former = former
        self.judge = judge

    def resolve(self, found: Findings) -> Findings:
        """Add what answers the query beside quotes; a record's lines come before other hits."""
        query, topic = found.query, None
        if follows_topic(query):
            days = searched_by(query, self._corpus)
            topic = self.topics.resolve(query, found.hits, days)
        if query.intent in RECORD_INTENTS or query.intent == "stands_for":
            return self._with_record(found, topic)
        named = topic is not None and topic.held
        if query.intent in FORMS:
            formed = self._former.form(query, found.hits, topic, found.evidence)
            return replace(found, formed=formed, named=named)
        if query.intent == "topic" and found.hits:
            # "Who is X?" asks for more than what is said of X.
            around = query.standalone.replace(query.topic, "")
            best = found.hits[0].passage
            named = self.topics.spelled(query, found.asking, best) and not any(expectations(around))
        return replace(found, timeline=topic.timeline if topic else None, named=named)

    def _with_record(self, found: Findings, topic: Spoken | None) -> Findings:
        query = found.query
        vague = query.scope is None and topic is None and found.evidence.needs_more > _VAGUE
        if asks_beyond_records(query.standalone) or (vague and query.intent in _OF_SOME):
            return found
        part = query.intent == "part"
        if topic is not None and not (topic.held or part):
            # Nobody speaks of it by name: the judge says whether anybody does at all.
            verdict = verdict_on(found, self.judge)
            if verdict.status != "answered":
                return found
        # A part is named by its heading: no matter which meetings speak of it elsewhere.
        record = self._record(query, None if part else topic, [hit.passage for hit in found.hits])
        if record is None:
            return found
        if record.within:
            inside = {passage.id for passage in record.passages}
            return replace(found, hits=tuple(hit for hit in found.hits if hit.passage.id in inside))
        ranked = {hit.passage.id: hit for hit in found.hits}
        lines = [ranked.get(item.id, Hit(item)) for item in record.passages]
        first, dropped = verify_hits(lines, self._corpus.verify)
        shown = {hit.passage.id for hit in first}
        return replace(
            found,
            hits=(*first, *(hit for hit in found.hits if hit.passage.id not in shown)),
            dropped=found.dropped + dropped,
            record=record,
            recorded=len(first),
        )

    def _record(
        self, query: Query, topic: Spoken | None, nearest: Sequence[Passage]
    ) -> Record | None:
        words = catalogue(query.language)
        if query.intent == "stands_for":
            names = self._names.stands_for(query.question, query.asked_in)
            return read_name(names, self._corpus, searched_by(query, self._corpus), words)
        return read_record(
            query,
            self._corpus.meetings,
            topic.speakers if topic else None,
            words,
            about=topic.about if topic else frozenset(),
            by=topic.by if topic else "speak",
            today=dt.date.today(),  # noqa: DTZ011 - the asker's own day is meant
            nearest=nearest,
        )
