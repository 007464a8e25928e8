"""What the templates are given: everything decided, nothing left to compute."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ccs_qa.answer import (
    Around,
    Blocks,
    group_by_meeting,
    lines_above,
    propose,
    replies,
    sample_questions,
    say_more,
    searched,
    silent,
    verify_passage,
)
from ccs_qa.corpus import Corpus
from ccs_qa.messages import Catalogue
from ccs_qa.records import (
    Answer,
    Bilingual,
    Citation,
    Hit,
    Language,
    Line,
    Meeting,
    Passage,
    Rendition,
    Section,
    other,
)
from ccs_qa.text import visible
from ccs_qa.wording import word_generation


@dataclass(frozen=True, slots=True)
class TextView:
    """A text with its language.

    Attributes:
        text: The words.
        language: Their language, for the `lang` attribute.
        status: Their status in words; empty for text of the site itself.
        official: Whether they are the published text.
        lead_ins: What introduces them in their list, outermost first.
        items: What they introduce.
        parts: The words before, in and after what is marked; none where nothing is.
    """

    text: str
    language: Language
    status: str = ""
    official: bool = False
    lead_ins: tuple["TextView", ...] = ()
    items: tuple["TextView", ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage.

    Attributes:
        id: Its name.
        number: Its citation number; 0 for none.
        url: Its address.
        section: Heading above it, if any.
        attribution: Who says it, in words; empty where the page does not make it plain.
        text: The rendition in the reader's language, else the other.
        counterpart: The other rendition, if any.
    """

    id: str
    number: int
    url: str
    section: TextView | None
    attribution: str
    text: TextView
    counterpart: TextView | None


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting and passages of it.

    Attributes:
        iso: Its day, ISO.
        date: Its day in words.
        title: Its title; for want of one its objective, or its date line.
        url: Its address.
        form: Where it was held, as the page prints it; None when not said.
        passages: The passages shown.
        count: How many passages it has, in words.
        theme: The theme that begins with it, in words; empty for none.
    """

    iso: str
    date: str
    title: TextView
    url: str
    form: TextView | None
    passages: tuple[PassageView, ...]
    count: str
    theme: str = ""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of a meeting page.

    Attributes:
        heading: Its heading, if any.
        passages: Its passages.
    """

    heading: TextView | None
    passages: tuple[PassageView, ...]


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence that a language model wrote and that was checked.

    Attributes:
        text: The sentence.
        numbers: The citations behind it.
    """

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply to a line of conversation, in one language.

    Attributes:
        text: The reply.
        proposed: The sample questions, in a sentence.
        label: What stands above them in a list.
        samples: The questions, each with its address.
    """

    text: TextView
    proposed: str
    label: str
    samples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer.

    Attributes:
        status: Machine name of the status.
        status_text: The status in words.
        confidence: How sure, in words; empty unless answered.
        lead: The first sentence; of an answer that a model phrased, all of them.
        sentences: The sentences of a language model; empty where the answer is in quotes alone.
        notice: What became of having it phrased, in words; empty where that was not asked for.
        groups: Quotes by meeting; the nearest passages when nothing is quoted.
        understood: The meetings that it was limited to, in words.
        standalone: The wording searched, when it is not the question's own; else None.
        searched: What was searched, in words.
        dropped: A note on quotes left out; empty when none was.
        silent: The meetings that do not speak of the topic, in words; empty for none.
        replies: The reply to a line of conversation, in each language that it is given in.
        more: How many further passages there are, in words; empty for none.
        themed: Whether its quotes stand under themes.
    """

    status: str
    status_text: str
    confidence: str
    lead: str
    sentences: tuple[SentenceView, ...]
    notice: str
    groups: tuple[MeetingView, ...]
    understood: tuple[str, ...]
    standalone: TextView | None
    searched: str
    dropped: str
    silent: str
    replies: tuple[ReplyView, ...]
    more: str
    themed: bool


class Viewer:
    """Makes views of one corpus in one language."""

    def __init__(self, corpus: Corpus, words: Catalogue) -> None:
        """Bind corpus and words.

        Args:
            corpus: Where meetings and documents are looked up.
            words: The words of the reader's language.
        """
        self.corpus = corpus
        self.words = words
        self.blocks = Blocks(corpus)

    def text(self, rendition: Rendition) -> TextView:
        """View a rendition.

        Args:
            rendition: The rendition.

        Returns:
            The view.
        """
        return TextView(
            visible(rendition.text),
            rendition.language,
            self.words.text(f"rendition.{rendition.status}"),
            rendition.status == "official",
        )

    def heading(self, value: Bilingual | None) -> TextView | None:
        """View a heading.

        Args:
            value: The heading.

        Returns:
            The view in the reader's language if there is one; None for no heading.
        """
        if value is None:
            return None
        found = value.best(self.words.language)
        return TextView(visible(found.text), found.language)

    def attribution(self, passage: Passage) -> str:
        """Word who says a passage.

        Args:
            passage: The passage.

        Returns:
            The label; empty where the page does not make it plain.
        """
        told = passage.attribution
        return self.words.text(f"attribution.{told}") if told else ""

    def quote(
        self, rendition: Rendition, around: Around, cited: Citation | None = None
    ) -> TextView:
        """View a rendition of a passage in its list.

        Args:
            rendition: The rendition.
            around: What is shown with it.
            cited: The citation of it, if it is quoted: what is marked in it.

        Returns:
            The view; what is shown with it is in the same language where it can be.
        """
        above, below = (
            tuple(self.text(item.renditions.best(rendition.language)) for item in items)
            for items in around
        )
        mark = cited.mark(rendition.language) if cited else None
        parts = tuple(map(visible, cut(rendition.text, mark))) if mark else ()
        return replace(self.text(rendition), lead_ins=above, items=below, parts=parts)

    def passage(
        self, passage: Passage, cited: Citation | None = None, around: Around | None = None
    ) -> PassageView:
        """View a passage.

        Args:
            passage: The passage, verified.
            cited: The citation of it, if it is quoted.
            around: What is shown with it; the whole list that it belongs to when None.

        Returns:
            The view.
        """
        if around is None:
            (around,) = self.blocks.around([passage])
        shown = passage.renditions.best(self.words.language)
        counterpart = passage.renditions.get(other(shown.language))
        return PassageView(
            id=passage.id,
            number=cited.number if cited else 0,
            url=f"/{self.words.language}/passages/{passage.id}",
            section=self.heading(passage.section),
            attribution=self.attribution(passage),
            text=self.quote(shown, around, cited),
            counterpart=self.quote(counterpart, around, cited) if counterpart else None,
        )

    def passages(self, passages: Sequence[Passage]) -> tuple[PassageView, ...]:
        """View the passages that match their documents, one below the other.

        Args:
            passages: The passages, in page order.

        Returns:
            The views; what does not match is left out.
        """
        found = (verify_passage(passage, self.corpus.verify)[0] for passage in passages)
        checked = [passage for passage in found if passage is not None]
        return tuple(
            self.passage(passage, None, around)
            for passage, around in zip(checked, self.blocks.around(checked), strict=True)
        )

    def meeting(self, meeting: Meeting, passages: Sequence[PassageView] = ()) -> MeetingView:
        """View a meeting.

        Args:
            meeting: The meeting.
            passages: The passages to show under it.

        Returns:
            The view.
        """
        title = meeting.name.best(self.words.language)
        form = meeting.format.renditions if meeting.format else None
        return MeetingView(
            iso=meeting.date.isoformat(),
            date=self.words.date(meeting.date),
            title=TextView(visible(title.text), title.language),
            url=f"/{self.words.language}/meetings/{meeting.date.isoformat()}",
            form=self.heading(form),
            passages=tuple(passages),
            count=self.words.count("page.passages", len(meeting.passages)),
        )

    def section(self, section: Section) -> SectionView:
        """View a section.

        Args:
            section: The section.

        Returns:
            The view.
        """
        return SectionView(self.heading(section.heading), self.passages(section.passages))

    def answer(self, answer: Answer) -> AnswerView:
        """View an answer.

        Args:
            answer: The answer.

        Returns:
            The view.
        """
        query, answered = answer.query, answer.status == "answered"
        said = self._replies(query.line) if answer.status == "conversation" and query.line else ()
        cited = {item.hit.passage.id: item for item in answer.citations}
        hits = [item.hit for item in answer.citations] if answered else list(answer.nearest)
        generated = answer.mode == "generative"
        lead = answer.statements[0].text if answered else ""
        told = answer.generation if answered else None
        return AnswerView(
            status=answer.status,
            status_text=self.words.text(f"status.{answer.status}"),
            confidence=self.words.text(confidence_key(answer.confidence)) if answered else "",
            lead=" ".join(item.text.text for item in said)
            or visible(answer.text if generated else lead)
            or self.words.text(f"answer.{answer.status}"),
            sentences=tuple(
                SentenceView(visible(item.text), item.citations)
                for item in (answer.statements if generated else ())
            ),
            notice=word_generation(told, self.words) if told else "",
            groups=self._themed(answer, cited)
            if answer.kind == "themes"
            else self._groups(hits, cited),
            understood=self._understood(answer),
            standalone=None
            if query.standalone == query.question
            else TextView(query.standalone, query.asked_in),
            searched=self.words.text("conversation.unquoted")
            if said
            else searched(answer.coverage, self.words),
            dropped=self.words.count("page.dropped", answer.dropped) if answer.dropped else "",
            silent=silent(answer.absent, self.words),
            more=say_more(answer.more, answer.kind, self.words) if answered else "",
            themed=answer.kind == "themes",
            replies=said,
        )

    def samples(self, words: Catalogue | None = None) -> tuple[tuple[str, str], ...]:
        """View the sample questions.

        Args:
            words: The words of their language; those of the reader when None.

        Returns:
            Each with the address that asks it.
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

    def _groups(self, hits: Sequence[Hit], cited: dict[str, Citation]) -> tuple[MeetingView, ...]:
        return tuple(
            self.meeting(self.corpus.meeting(date), self._quotes(group, cited))
            for date, group in group_by_meeting(hits)
            if date is not None
        )

    def _themed(self, answer: Answer, cited: dict[str, Citation]) -> tuple[MeetingView, ...]:
        """View the quotes by theme, the line of each above its first meeting."""
        hits = {item.number: item.hit for item in answer.citations}
        lines = lines_above(answer.groups)
        return tuple(
            replace(view, theme=" ".join(lines.get(view.passages[0].number, ())))
            for group in answer.groups
            for view in self._groups([hits[number] for number in group.citations], cited)
        )

    def _quotes(self, group: Sequence[Hit], cited: dict[str, Citation]) -> list[PassageView]:
        passages = [hit.passage for hit in group]
        if not cited:
            return [self.passage(passage) for passage in passages]
        shown = zip(passages, self.blocks.around(passages), strict=True)
        views = [self.passage(passage, cited[passage.id], around) for passage, around in shown]
        # A heading stands once, above the first of its quotes.
        before = [None, *(passage.section for passage in passages)]
        return [
            replace(view, section=None) if passage.section == above else view
            for view, passage, above in zip(views, passages, before, strict=False)
        ]

    def _understood(self, answer: Answer) -> tuple[str, ...]:
        scope = answer.query.scope
        return tuple(
            self.words.text("answer.meeting", date=self.words.date(date))
            for date in (scope.meetings if scope else ())
        )


def cut(text: str, mark: tuple[int, int]) -> tuple[str, str, str]:
    """Cut a text before and after what is marked.

    Args:
        text: The text.
        mark: First character and end.

    Returns:
        What stands before, in and after it.
    """
    start, end = mark
    return text[:start], text[start:end], text[end:]


def confidence_key(confidence: float) -> str:
    """Put a probability into words.

    Args:
        confidence: 0 to 1.

    Returns:
        Key of the words.
    """
    if confidence >= 0.9:
        return "confidence.high"
    return "confidence.medium" if confidence >= 0.75 else "confidence.low"
