"""The frozen values that flow through the rooms, in the words of the product.

Offsets are in characters (Unicode code points), `start` inclusive and `end` exclusive,
into the text of the document they name: `document[start:end] == text`, always.
"""

import datetime as dt
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Literal

# Why a sentence is left out: no sentence at all (empty, cut, a list mark, markup), or steered by a
# quote that gives orders; no citation, or one of a quote that it does not need; anything in it that
# its quotes do not say so.
DropReason = Literal["form", "citation", "unsupported"]
DROP_REASONS: tuple[DropReason, ...] = ("form", "citation", "unsupported")
# `used`: the model's sentences are the answer. `unneeded`: nothing to phrase (a list, a timeline,
# no answer). `unavailable`: the endpoint failed. `unsupported`: too little passed the checks.
GenerationOutcome = Literal["used", "unneeded", "unavailable", "unsupported"]
# Why an endpoint gave no text that can be used; `paused` and `busy` when it was not asked.
EndpointFault = Literal[
    "down", "slow", "refused", "malformed", "cut", "endless", "model", "paused", "busy"
]
BreakerState = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: instructions of ours, never of a person or page, then data."""

    instructions: str
    examples: tuple[tuple[str, str], ...]
    request: str
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """What became of the attempt to generate an answer.

    Attributes:
        model: The model asked; empty when none was.
        fault: Why the endpoint gave nothing, when it is unavailable.
    """

    outcome: GenerationOutcome
    model: str = ""
    kept: int = 0
    dropped: tuple[DropReason, ...] = ()
    fault: EndpointFault | None = None


Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, Language] = ("fr", "en")

RenditionStatus = Literal["official", "unofficial_translation", "machine_draft"]
PassageKind = Literal["title", "format", "objective", "statement", "disclaimer"]
# A title is read with every passage of its meeting, and the disclaimer goes with every
# answer: neither is found by a search of its own.
SEARCHED_KINDS: tuple[PassageKind, ...] = ("format", "objective", "statement")
# Who says what a passage says, where the page makes it plain: the department presents, members
# tell what they see, members advise.
Attribution = Literal["presented", "observed", "advised"]
AnswerStatus = Literal["answered", "related", "not_found", "conversation"]
# What a question asks for. Of records: which meetings and when, where and in what form, how many,
# which year had most, what a meeting was about, its parts, how long between two, when a topic came
# up first or last, what a name stands for. Of what was said: a topic, how it evolved, a comparison,
# a summary, all of it, some quotes, recurring themes, a text to be written. Or nothing: chat.
Intent = Literal[
    "topic",
    "which_meeting",
    "when",
    "place_format",
    "count",
    "most",
    "about",
    "part",
    "duration",
    "first_last_mention",
    "stands_for",
    "evolution",
    "compare",
    "summary",
    "list",
    "quotes",
    "themes",
    "draft",
    "chat",
]
# How a text is meant that is said to the service and not asked of the summaries.
# Thanks may agree or take leave; who asks what the service is; help, what can be asked; language is
# another than French and English, or asks for one; outside, for what no summary holds.
Line = Literal["greeting", "thanks", "who", "help", "complaint", "language", "outside"]
# What asks for a form of answer: an outline, everything, some quotes, themes, a text to be written.
FORMED: frozenset[Intent] = frozenset({"summary", "list", "quotes", "themes", "draft"})
# What a question asks for that is answered by what was said, not by a record.
SAID: frozenset[Intent] = frozenset(
    {"topic", "evolution", "compare", "summary", "list", "quotes", "themes", "draft", "chat"}
)
AnswerMode = Literal["extractive", "generative"]
# What was said; what the records hold; a topic from meeting to meeting; two sides; an outline of
# meetings; everything on a topic; what comes back from meeting to meeting.
AnswerKind = Literal["quotes", "record", "timeline", "comparison", "digest", "list", "themes"]
# What a line above quotes names; a question that is not the first of several opens with its lead.
GroupKind = Literal["meeting", "section", "theme", "question"]
# Why an answer helped or did not, and what is taken out of what is said of it.
FeedbackReason = Literal[
    "wrong-passage", "missing-passage", "wrong-refusal", "wrong-language", "unclear", "other"
]
PersonalKind = Literal["sin", "email", "telephone"]
MOST_COMMENT = 2000


def other(language: Language) -> Language:
    """Return the other official language."""
    return "en" if language == "fr" else "fr"


@dataclass(frozen=True, slots=True)
class Document:
    """One page file, in one language, kept verbatim.

    Attributes:
        id: Its name in the manifest, stable across editions, e.g. `ccs-resumes.fr`.
        sha256: Hex digest of the file's bytes.
        text: The decoded text (UTF-8), the space that offsets count in.
    """

    id: str
    language: Language
    status: RenditionStatus
    title: str
    publisher: str
    source_url: str | None
    retrieved: dt.date
    file: str
    sha256: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rendition:
    """A piece of text in one language, and where it stands.

    Attributes:
        text: The exact slice of the document.
        start: First character, inclusive.
        end: Last character, exclusive.
    """

    language: Language
    text: str
    document: str
    start: int
    end: int
    status: RenditionStatus


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One thing said in one or both languages."""

    fr: Rendition | None
    en: Rendition | None

    def get(self, language: Language) -> Rendition | None:
        """Return the rendition in a language, if there is one."""
        return self.fr if language == "fr" else self.en

    @property
    def spoken(self) -> tuple[Rendition, ...]:
        """The renditions there are, French first."""
        return tuple(item for item in (self.fr, self.en) if item is not None)

    def best(self, language: Language) -> Rendition:
        """Return the rendition in a language, else the other one, else raise `ValueError`."""
        rendition = self.get(language) or self.get(other(language))
        if rendition is None:
            raise ValueError("a bilingual value without any rendition")
        return rendition


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest citable unit: one bullet or paragraph.

    Attributes:
        id: Stable identifier, the same for both renditions.
        meeting: Date of its meeting; None for the disclaimer of the page.
        attribution: Who says it, where the page makes it plain; None where it does not.
    """

    id: str
    kind: PassageKind
    meeting: dt.date | None
    section: Bilingual | None
    lead_in: Bilingual | None
    renditions: Bilingual
    attribution: Attribution | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a meeting; without heading, what stands before any."""

    heading: Bilingual | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One dated entry of the page, with or without a title."""

    date: dt.date
    heading: Bilingual
    title: Passage | None
    format: Passage | None
    objective: tuple[Passage, ...]
    sections: tuple[Section, ...]

    @property
    def name(self) -> Bilingual:
        """What tells the meeting from others: its title, else its objective, else its date line."""
        named = (*((self.title,) if self.title else ()), *self.objective[:1])
        return named[0].renditions if named else self.heading

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage of the meeting: title, format, objective, then statements."""
        head = tuple(passage for passage in (self.title, self.format) if passage is not None)
        return head + self.objective + self.body

    @property
    def body(self) -> tuple[Passage, ...]:
        """What stands in its sections, in page order."""
        return tuple(passage for section in self.sections for passage in section.passages)


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits that the caller sets on the meetings to search.

    Attributes:
        start: First day, inclusive; None for no limit.
        end: Last day, inclusive; None for no limit.
        meetings: Dates of the only meetings to search; empty for all.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    meetings: tuple[dt.date, ...] = ()


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks.

    Attributes:
        language: Language wanted for the answer and its texts; that of the question when None.
        history: Earlier questions of the conversation, oldest first.
        k: How many of the passages found are told of, 1 to 100.
    """

    text: str
    language: Language | None = None
    history: tuple[str, ...] = ()
    filters: Filters = NO_FILTERS
    k: int = 10
    mode: AnswerMode = "extractive"


@dataclass(frozen=True, slots=True)
class Scope:
    """The meetings that a question limits itself to.

    Attributes:
        text: The words that say so, as typed; empty when the caller set the limits.
        meetings: The meetings, oldest first; none when no meeting falls in what is named.
        start: First day: as the caller set it, else the first of the meetings.
        end: Last day, likewise.
        sides: The meetings of each thing compared or listed; empty when there is one only.
        by_form: Whether the form or the place in which meetings were held is what singles them out.
        excludes: Whether they are all but those that it names.
        limits: Where the words that say so stand, with what leads to them: first character and
            end of each piece of the wording that was read.
    """

    text: str
    meetings: tuple[dt.date, ...]
    start: dt.date | None = None
    end: dt.date | None = None
    sides: tuple[tuple[dt.date, ...], ...] = ()
    by_form: bool = False
    excludes: bool = False
    limits: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What was understood of a question.

    Attributes:
        question: The words as typed, cleaned of invisible characters.
        standalone: The wording, readable without the history and without slips.
        topic: The words that name the topic, beyond those that limit it; empty for none.
        scope: The meetings that the search is limited to; None for all.
        language: That of the answer.
        asked_in: That of the question, in which it is searched.
        alone: The topic without the history, for a question that leans on it; else empty.
        searched: The wording that is searched: the topic with the words that may belong to it.
        read_as: Words of the question read as others: as typed, as read.
        line: How it is meant, where it is said to the service (intent `chat`) or may be; else None.
    """

    question: str
    standalone: str
    topic: str
    language: Language
    asked_in: Language
    scope: Scope | None = None
    intent: Intent = "topic"
    negated: bool = False
    parts: tuple["Query", ...] = ()
    history: tuple[str, ...] = ()
    alone: str = ""
    searched: str = ""
    read_as: tuple[tuple[str, str], ...] = ()
    invisible: int = 0
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with its score and the reasons for it; neither where it was not ranked.

    Attributes:
        score: Fused score; higher is better, comparable within one question only.
        reasons: What the ranking and the judge read of it, raw: `late`, `hint`, `dense`, `lexical`,
            `shared_hints`; what has no score is missing.
    """

    passage: Passage
    score: float = 0.0
    reasons: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well the passages found cover the words of a question.

    Attributes:
        covered: Mean over the question's tokens of the best cosine in the first passages, -1 to 1.
        strange: Share of the question's index terms that no passage and no hint holds, 0 to 1.
        precedent: Share of answered ones among the known questions nearest to this one, 0 to 1.
        support: Each word searched for, folded, and its mean best cosine in the first passages.
        asks: Log odds that the question asks for what summaries hold.
        needs_more: Log odds that it has to be told its subject by a question that nobody asked.
        breadth: Natural logarithm of the number of passages that it needs, by its vector.
    """

    covered: float = 0.0
    strange: float = 1.0
    precedent: float = 0.5
    support: tuple[tuple[str, float], ...] = ()
    hinted: bool = True
    asks: float = 0.0
    needs_more: float = 0.0
    breadth: float = 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """The sentence of a long quote that comes nearest to the question.

    Attributes:
        start: First character in the text of the rendition, inclusive.
        end: Last character, exclusive.
    """

    language: Language
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote, checked against its document when it was served.

    Attributes:
        number: The number shown to the reader, from 1.
        marks: At most one a rendition.
    """

    number: int
    hit: Hit
    marks: tuple[Mark, ...] = ()

    def mark(self, language: Language) -> tuple[int, int] | None:
        """Find the first character and end of what is marked in a rendition, if anything is."""
        found = (item for item in self.marks if item.language == language)
        return next(((item.start, item.end) for item in found), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the citations behind it.

    Attributes:
        text: The sentence; of a quote in a list, a line for each lead-in above it and each item.
        citations: Numbers of the citations; none where a lead has no quote under it.
    """

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Quotes of an answer that stand under one line.

    Attributes:
        level: From 1; what stands within a group follows it, one level below.
        citations: Their numbers; none of a question without an answer.
    """

    heading: str
    level: int
    citations: tuple[int, ...]
    kind: GroupKind = "meeting"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was searched."""

    meetings: int
    start: dt.date | None
    end: dt.date | None
    passages: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search gives back.

    Attributes:
        hits: The passages, best first.
        timings_ms: Milliseconds spent in each stage.
    """

    query: Query
    hits: tuple[Hit, ...]
    index_id: str
    timings_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gives back.

    Attributes:
        status: Whether the summaries answer the question; `conversation` where it asks nothing of
            them.
        confidence: Calibrated probability that the summaries answer, 0 to 1; 0 in conversation.
        nearest: The nearest passages when the summaries do not answer; none in conversation.
        coverage: What was searched; nothing for intent `chat`.
        timings_ms: Milliseconds spent in each stage.
        absent: For a timeline, the meetings that certainly do not speak of the topic, oldest first.
        groups: Its quotes by the line that they stand under, where there is more than one line.
        more: How many further passages there are: left out of a digest or of themes, else likely.
    """

    id: str
    query: Query
    status: AnswerStatus
    language: Language
    confidence: float
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Hit, ...]
    coverage: Coverage
    disclaimer: Passage | None
    mode: AnswerMode
    index_id: str
    timings_ms: dict[str, float]
    dropped: int = 0
    absent: tuple[dt.date, ...] = ()
    generation: Generation | None = None
    kind: AnswerKind = "quotes"
    groups: tuple[Group, ...] = ()
    more: int = 0

    @property
    def lead(self) -> str:
        """What stands above the quotes; all of it where there are none."""
        return self.statements[0].text if self.statements else self.text


@dataclass(frozen=True, slots=True)
class Understood:
    """The question is understood; nothing was searched yet."""

    query: Query


@dataclass(frozen=True, slots=True)
class Found:
    """Passages are ranked and verified; nothing was judged yet."""

    query: Query
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Generating:
    """A model writes; this comes again and again, so that it can be stopped."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is there; no step follows."""

    answer: Answer


Step = Understood | Found | Generating | Answered
Steps = Generator[Step, None, None]
