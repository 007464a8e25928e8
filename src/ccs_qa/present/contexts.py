"""What the templates are given: everything decided, nothing left to compute."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ccs_qa.answer.blocks import Around, Blocks
from ccs_qa.answer.compose import say_more, searched, silent
from ccs_qa.answer.conversation import propose, replies, sample_questions
from ccs_qa.answer.coverage import searched_by
from ccs_qa.answer.verify import verify_passage
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import (
    Answer,
    Bilingual,
    Citation,
    Language,
    Line,
    Meeting,
    Passage,
    Query,
    Rendition,
    Section,
    other,
)
from ccs_qa.text.strings import visible


@dataclass(frozen=True, slots=True)
class TextView:
    """A text with its language.

    Attributes:
        source: The exact words and where they stand; None for text of the site itself.
        mark: First character and end of what is marked in the exact words; None for nothing.
    """

    text: str
    language: Language
    status: str = ""
    source: Rendition | None = None
    mark: tuple[int, int] | None = None
    lead_ins: tuple["TextView", ...] = ()
    items: tuple["TextView", ...] = ()

    @property
    def exact(self) -> str:
        """The words, whatever of them cannot be seen."""
        return self.source.text if self.source else self.text

    @property
    def official(self) -> bool:
        """Whether they are the published text."""
        return self.source is not None and self.source.status == "official"

    @property
    def parts(self) -> tuple[str, ...]:
        """The words before, in and after what is marked, made visible; none where nothing is."""
        if self.source is None or self.mark is None:
            return ()
        return tuple(map(visible, cut(self.source.text, self.mark)))


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage.

    Attributes:
        number: Its citation number; 0 for none.
        headed: Whether the heading is shown here, and not above a passage before it.
        attribution: Who says it, in words; empty where the page does not make it plain.
        translated: Its address in the other language.
        published: Address of the page that published it; empty where that is not known.
    """

    id: str
    number: int
    url: str
    section: TextView | None
    headed: bool
    attribution: str
    text: TextView
    counterpart: TextView | None
    introduction: str
    translated: str = ""
    published: str = ""
    above: tuple["PassageView", ...] = ()
    below: tuple["PassageView", ...] = ()

    @property
    def spoken(self) -> tuple[TextView, ...]:
        """Its renditions, that in the reader's language first."""
        return (self.text, *([self.counterpart] if self.counterpart else []))

    @property
    def shown(self) -> tuple[TextView, ...]:
        """In each language the lead-ins, the passage and the items, one below the other."""
        return tuple(part for view in self.spoken for part in (*view.lead_ins, view, *view.items))


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting and passages of it.

    Attributes:
        title: Its title; for want of one its objective, or its date line.
        titled: Whether it is its own title.
        form: Where it was held, as the page prints it; None when not said.
        leads: What stands above it of a further question, where several stand in one.
        theme: The theme that its passages stand under, in words; empty for none.
    """

    iso: str
    date: str
    title: TextView
    url: str
    form: TextView | None
    passages: tuple[PassageView, ...]
    count: str
    titled: bool = True
    leads: tuple[str, ...] = ()
    theme: str = ""
    begins: bool = False


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of a meeting page."""

    heading: TextView | None
    passages: tuple[PassageView, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """A page that a passage stands on.

    Attributes:
        label: What its text is, and in which language, in words.
        publisher: Who published it; None where it was not published.
        accessed: When it was taken over as published, in words; empty where it was not.
        url: Its address; empty where that is not known.
    """

    label: str
    title: TextView
    publisher: TextView | None
    accessed: str
    url: str


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence that a language model wrote and that was checked."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply to a line of conversation, in one language."""

    text: TextView
    proposed: str
    label: str
    samples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer in the reader's language: the one presentation, which every writer reads.

    Attributes:
        lead: What stands above the quotes; of a generated answer, all its sentences.
        sentences: The sentences of a language model; empty where the answer is in quotes alone.
        notice: What became of generating it, in words; empty where that was not asked for.
        groups: Quotes in order, by meeting; the nearest passages when nothing is quoted.
        after: What is said of the last questions, where several stand in one and these have no
            quotes.
        dropped: A note on quotes left out; empty when none was.
        silent: The meetings that do not speak of the topic, in words; empty for none.
        more: How many further passages there are, in words; empty for none.
    """

    question: str
    asked_in: Language
    reading: tuple[str, ...]
    status: str
    status_text: str
    lead: str
    sentences: tuple[SentenceView, ...]
    notice: str
    groups: tuple[MeetingView, ...]
    after: tuple[str, ...]
    searched: str
    dropped: str
    silent: str
    more: str
    replies: tuple[ReplyView, ...]
    disclaimer: TextView | None
    index_id: str

    @property
    def answered(self) -> bool:
        """Whether the summaries answer."""
        return self.status == "answered"

    @property
    def near(self) -> bool:
        """Whether its passages are only the nearest: nothing is quoted."""
        numbers = [item.number for meeting in self.groups for item in meeting.passages]
        return bool(numbers) and not any(numbers)

    @property
    def parted(self) -> bool:
        """Whether lines stand above some of its meetings."""
        return any(item.theme or item.leads for item in self.groups)

    @property
    def themed(self) -> bool:
        """Whether its meetings stand under themes."""
        return any(item.begins for item in self.groups)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said below the quotes, but for what was searched."""
        proposed = (item.proposed for item in self.replies)
        found = (*self.after, self.silent, self.more, self.dropped, *proposed)
        return tuple(note for note in found if note)


_ALONE = Around((), ())
_SPOKEN: dict[Language, str] = {"fr": "cite.in-fr", "en": "cite.in-en"}


class Viewer:
    """Makes views of one corpus in one language."""

    def __init__(self, corpus: Corpus, words: Catalogue) -> None:
        """Bind corpus and words."""
        self.corpus = corpus
        self.words = words
        self.blocks = Blocks(corpus)

    def text(self, rendition: Rendition) -> TextView:
        """View a rendition."""
        return TextView(
            visible(rendition.text),
            rendition.language,
            self.words.text(f"rendition.{rendition.status}"),
            rendition,
        )

    def heading(self, value: Bilingual | None) -> TextView | None:
        """View a heading; None for no heading."""
        return _bare(value.best(self.words.language)) if value else None

    def attribution(self, passage: Passage) -> str:
        """Word who says a passage; empty where the page does not make it plain."""
        told = passage.attribution
        return self.words.text(f"attribution.{told}") if told else ""

    def quote(
        self, rendition: Rendition, around: Around, cited: Citation | None = None
    ) -> TextView:
        """View a rendition of a passage in its list."""
        above, below = (
            tuple(self.text(item.renditions.best(rendition.language)) for item in items)
            for items in around
        )
        mark = cited.mark(rendition.language) if cited else None
        return replace(self.text(rendition), lead_ins=above, items=below, mark=mark)

    def passage(
        self, passage: Passage, cited: Citation | None = None, around: Around | None = None
    ) -> PassageView:
        """View a passage, with the whole list that it belongs to unless told what is around."""
        (whole,) = self.blocks.around([passage])
        around = whole if around is None else around
        shown = passage.renditions.best(self.words.language)
        counterpart = passage.renditions.get(other(shown.language))
        above = (item.renditions.best(shown.language) for item in whole.lead_ins)
        return PassageView(
            id=passage.id,
            number=cited.number if cited else 0,
            url=f"/{self.words.language}/passages/{passage.id}",
            section=self.heading(passage.section),
            headed=True,
            attribution=self.attribution(passage),
            text=self.quote(shown, around, cited),
            counterpart=self.quote(counterpart, around, cited) if counterpart else None,
            introduction=" ".join(visible(item.text) for item in above),
            translated=f"/{other(self.words.language)}/passages/{passage.id}",
            published=self.corpus.published(passage, self.words.language),
            above=tuple(map(self._part, around.lead_ins)),
            below=tuple(map(self._part, around.items)),
        )

    def _part(self, passage: Passage) -> PassageView:
        return self.passage(passage, None, _ALONE)

    def passages(self, passages: Sequence[Passage]) -> tuple[PassageView, ...]:
        """View the passages that match their documents, one below the other; others go."""
        found = (verify_passage(passage, self.corpus.verify)[0] for passage in passages)
        checked = [passage for passage in found if passage is not None]
        return tuple(
            self.passage(passage, None, around)
            for passage, around in zip(checked, self.blocks.around(checked), strict=True)
        )

    def meeting(self, meeting: Meeting, passages: Sequence[PassageView] = ()) -> MeetingView:
        """View a meeting."""
        return MeetingView(
            iso=meeting.date.isoformat(),
            date=self.words.date(meeting.date),
            title=_bare(meeting.name.best(self.words.language)),
            url=f"/{self.words.language}/meetings/{meeting.date.isoformat()}",
            form=self.heading(meeting.format.renditions if meeting.format else None),
            passages=tuple(passages),
            count=self.words.count("page.passages", len(meeting.passages)),
            titled=meeting.title is not None,
        )

    def sources(self, passage: Passage) -> tuple[SourceView, ...]:
        """View the pages that a passage stands on."""
        return tuple(map(self._source, passage.renditions.spoken))

    def _source(self, rendition: Rendition) -> SourceView:
        document = self.corpus.documents[rendition.document]
        title, publisher = (
            TextView(visible(text), document.language)
            for text in (document.title, document.publisher)
        )
        accessed = self.words.text("cite.accessed", date=self.words.date(document.retrieved))
        official = document.status == "official"
        return SourceView(
            label=spoken(self.text(rendition), self.words),
            title=title,
            publisher=publisher if official else None,
            accessed=accessed if official else "",
            url=document.source_url or "",
        )

    def section(self, section: Section) -> SectionView:
        """View a section."""
        return SectionView(self.heading(section.heading), self.passages(section.passages))

    def answer(self, answer: Answer) -> AnswerView:
        """View an answer."""
        query, answered = answer.query, answer.status == "answered"
        said = self._replies(query.line) if answer.status == "conversation" and query.line else ()
        generated = answer.mode == "generative"
        told = answer.generation if answered else None
        where = searched(answer.coverage, self.words)
        lead = answer.text if generated else answer.lead.removesuffix(where).rstrip()
        groups, after = self._groups(answer)
        return AnswerView(
            question=query.question,
            asked_in=query.asked_in,
            reading=self.reading(query),
            status=answer.status,
            status_text=self.words.text(f"status.{answer.status}"),
            lead=" ".join(item.text.text for item in said) or visible(lead),
            sentences=tuple(
                SentenceView(visible(item.text), item.citations)
                for item in (answer.statements if generated else ())
            ),
            notice=self.words.text(f"generation.{told.outcome}") if told else "",
            groups=groups,
            after=after,
            searched=self.words.text("conversation.unquoted") if said else where,
            dropped=self.words.count("page.dropped", answer.dropped) if answer.dropped else "",
            silent=silent(answer.absent, self.words),
            more=say_more(answer.more, answer.kind, self.words) if answered else "",
            replies=said,
            disclaimer=self.disclaimer(),
            index_id=answer.index_id,
        )

    def disclaimer(self) -> TextView | None:
        """View whose views the summaries give.

        Returns:
            The view; None where the page does not say it, or no longer does.
        """
        said = self.corpus.disclaimer
        found = self.passages([said]) if said is not None else ()
        return found[0].text if found else None

    def reading(self, query: Query) -> tuple[str, ...]:
        """Say what was understood of a question; none where it asks nothing of the summaries."""
        if query.intent == "chat":
            return ()
        text, scope = self.words.text, query.scope
        told = [
            text("page.understood.read", typed=typed, read=read) for typed, read in query.read_as
        ]
        if query.alone:
            searched = text("answer.quote", text=query.standalone)
            told.append(f"{text('page.understood.standalone')} {searched}")
        if query.invisible:
            told.append(self.words.count("page.understood.invisible", query.invisible))
        if scope is None or {item.date for item in self.corpus.meetings} == set(scope.meetings):
            return tuple(map(visible, told))
        if scope.text:
            quoted = text("answer.quote", text=scope.text)
            told.append(f"{text('page.understood.limited')} {quoted}.")
        meetings = [text("answer.meeting", date=self.words.date(day)) for day in scope.meetings]
        name = text("export.named", name=text("page.search.limits"))
        if meetings:
            told.append(f"{name} {self.words.join(meetings)}")
        elif not searched_by(query, self.corpus):
            told.append(text("page.understood.nowhere"))
        return tuple(map(visible, told))

    def samples(self, words: Catalogue | None = None) -> tuple[tuple[str, str], ...]:
        """View the sample questions.

        Args:
            words: The words of their language; those of the reader when None.
        """
        spoken = words or self.words
        return tuple(
            (text, f"/{spoken.language}/?{urlencode({'q': text})}")
            for text in sample_questions(self.corpus, spoken)
        )

    def _replies(self, line: Line) -> tuple[ReplyView, ...]:
        return tuple(
            ReplyView(
                TextView(text, words.language),
                propose(self.corpus, words),
                words.text("page.examples"),
                self.samples(words),
            )
            for words, text in replies(line, self.corpus, self.words)
        )

    def _groups(self, answer: Answer) -> tuple[tuple[MeetingView, ...], tuple[str, ...]]:
        """View the quotes by meeting, in order, and tell what stands after all of them.

        The lines above a meeting that name it, or its sections, are its own heading and theirs.
        """
        theme: dict[int, str] = {}
        leads: dict[int, tuple[str, ...]] = {}
        begins: set[int] = set()
        waiting: tuple[str, ...] = ()
        for group in answer.groups:
            if group.kind == "theme":
                theme |= dict.fromkeys(group.citations, visible(group.heading))
                begins.update(group.citations[:1])
            elif group.kind == "question":
                waiting += (visible(group.heading),)
                if group.citations:
                    leads[group.citations[0]], waiting = waiting, ()
        runs: list[list[Citation]] = []
        near = [] if answer.status == "answered" else answer.nearest
        for item in (*answer.citations, *(Citation(0, hit) for hit in near)):
            before = runs[-1][-1].hit.passage.meeting if runs else None
            if before != item.hit.passage.meeting or item.number in leads or item.number in begins:
                runs.append([])
            runs[-1].append(item)
        return tuple(
            replace(
                self.meeting(self.corpus.meeting(day), tuple(self._quotes(run))),
                leads=leads.get(run[0].number, ()),
                theme=theme.get(run[0].number, ""),
                begins=run[0].number in begins,
            )
            for run in runs
            if (day := run[0].hit.passage.meeting) is not None
        ), waiting

    def _quotes(self, run: Sequence[Citation]) -> Iterator[PassageView]:
        """View quotes of one meeting; a heading stands once, above the first under it.

        What is near has the number 0, and stands alone: each with the whole of its list.
        """
        passages = [item.hit.passage for item in run]
        before = [None, *(passage.section for passage in passages)]
        for item, around, above in zip(run, self.blocks.around(passages), before, strict=False):
            view = self.passage(item.hit.passage, item, around if item.number else None)
            yield replace(view, headed=not item.number or item.hit.passage.section != above)


def _bare(said: Rendition) -> TextView:
    return TextView(visible(said.text), said.language)


def cut(text: str, mark: tuple[int, int]) -> tuple[str, str, str]:
    """Cut a text before and after what is marked."""
    start, end = mark
    return text[:start], text[start:end], text[end:]


def spoken(view: TextView, words: Catalogue) -> str:
    """Say what a text is and in which language, as `Official text, in French`."""
    return words.text(_SPOKEN[view.language], status=view.status)


def place_of(passage: PassageView, meeting: MeetingView) -> str:
    """Say on one line where a passage stands, and who says it."""
    section = passage.section.text if passage.section else ""
    parts = (meeting.date, meeting.title.text, section, passage.attribution)
    return " – ".join(part for part in parts if part)
