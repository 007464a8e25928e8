"""What is found for a query: passages ranked and verified, with the evidence that they answer."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ccs_qa.answer.forms import Formed
from ccs_qa.answer.judge import Judge, Verdict
from ccs_qa.answer.matter import Record
from ccs_qa.answer.select import Selector, extent_of
from ccs_qa.answer.timeline import Timeline
from ccs_qa.answer.verify import verify_hits
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Vectors
from ccs_qa.records import Evidence, Hit, Query
from ccs_qa.search.legs import HYBRID, Fusion
from ccs_qa.search.rank import Ranked, Retriever
from ccs_qa.search.understand.understander import Understanding, allowed

# So many passages the judge looks at.
JUDGED = 10
# So many are looked at where more than an answer is asked for, or a topic is followed.
WIDE = 200


@dataclass(frozen=True, slots=True)
class Findings:
    """A query, what was ranked for it, and what else it resolves to.

    Attributes:
        asking: The words that are judged.
        ranked: The ranking that the hits were taken from; None where nothing was ranked.
        tokens: (tokens, dimension) vectors of what was searched; None where nothing was read.
        record: What the records answer; its lines are the first `recorded` hits.
        formed: The answer in the form that was asked for, where that is any but quotes.
        named: Whether a summary holds the very words of the topic, and nothing else is asked.
    """

    query: Query
    hits: tuple[Hit, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    dropped: int = 0
    asking: str = ""
    ranked: Ranked | None = None
    tokens: Vectors | None = None
    record: Record | None = None
    recorded: int = 0
    timeline: Timeline | None = None
    named: bool = False
    formed: Formed | None = None


class Finder:
    """Finds passages for a query; what does not match its document is dropped and counted."""

    def __init__(
        self, corpus: Corpus, retriever: Retriever, judge: Judge, selector: Selector
    ) -> None:
        """Bind the parts; judge and selection add what they read off the question's vector."""
        self._corpus = corpus
        self._retriever = retriever
        self._judge = judge
        self._selector = selector

    def find(self, asked: Understanding, k: int, fusion: Fusion = HYBRID) -> Findings:
        """Find at most `k` passages; more where more than an answer is asked for."""
        query = asked.query
        ranked = self._retriever.rank(
            query,
            k=k if extent_of(query) == "answer" else max(k, WIDE),
            wordings=asked.wordings,
            pooled=asked.pooled,
            fusion=fusion,
            allowed=allowed(query) if fusion.understood else None,
        )
        hits, dropped = verify_hits(ranked.hits, self._corpus.verify)
        evidence = replace(
            ranked.evidence,
            asks=self._judge.asks(asked.asking, asked.pooled),
            needs_more=asked.needs_more,
            breadth=self._selector.breadth(asked.pooled),
        )
        tokens = asked.wordings[0].tokens if asked.wordings else None
        return Findings(query, hits, evidence, dropped, asked.asking, ranked, tokens)


def verdict_on(found: Findings, judge: Judge) -> Verdict:
    """Judge what was found; a topic whose words a summary holds comes up, whoever judges."""
    if found.named:
        return Verdict("answered", 1.0)
    return judge.decide(found.query, found.hits[:JUDGED], found.evidence)


def hits_in_turn(found: Sequence[Findings]) -> tuple[Hit, ...]:
    """Take the best passage found for each question in turn."""
    best: dict[str, Hit] = {}
    for row in itertools.zip_longest(*(item.hits for item in found)):
        for hit in row:
            if hit is not None:
                best.setdefault(hit.passage.id, hit)
    return tuple(best.values())


def time_spent(found: Sequence[Findings]) -> dict[str, float]:
    """Add up the milliseconds spent in each stage for each question."""
    spent = Counter[str]()
    for item in found:
        spent.update(item.ranked.timings_ms if item.ranked else {})
    return dict(spent)


def answered_from(found: Sequence[Findings]) -> frozenset[dt.date]:
    """Name the meetings that a question is answered from: of a record, else of the first hit."""
    record = found[0].record if len(found) == 1 else None
    if record is not None:
        return frozenset(record.meetings)
    days = [hit.passage.meeting for hit in hits_in_turn(found)[:1]]
    return frozenset(day for day in days if day is not None)
