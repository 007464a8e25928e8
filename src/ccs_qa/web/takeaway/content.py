"""What every file says, decided once, whatever the format."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from ccs_qa.answer import Around, group_by_meeting
from ccs_qa.records import Answer, Citation, Hit, Language, Passage, Rendition, other
from ccs_qa.web.contexts import AnswerView, TextView, Viewer

Listed = tuple[Passage, Around]


@dataclass(frozen=True, slots=True)
class Source:
    """A rendition and where it stands.

    Attributes:
        text: The exact words.
        language: Their language.
        status: Their status in words.
        document: Id of the document.
        start: First character, inclusive.
        end: Last character, exclusive.
        mark: First character and end of what is marked in the text; None for nothing.
    """

    text: str
    language: Language
    status: str
    document: str
    start: int
    end: int
    mark: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage quoted, or one of the nearest when nothing is quoted.

    Attributes:
        number: Its citation number; 0 for none.
        passage: Its id.
        date: The day of its meeting, in words.
        meeting: The name of its meeting.
        section: Heading above it, if any.
        introduction: Every lead-in of the list that it is an item of, in the reader's language.
        sources: The rendition in the reader's language, then the other; at least one.
        address: Address of its page, absolute.
        theme: The theme that it stands under, with its meetings; empty for none.
        attribution: Who says it, in words; empty where the page does not make it plain.
        lead_ins: The lead-ins to show above it, outermost first.
        items: The items to show below it, which it introduces.
    """

    number: int
    passage: str
    date: str
    meeting: TextView
    section: TextView | None
    introduction: str
    sources: tuple[Source, ...]
    address: str
    theme: str = ""
    attribution: str = ""
    lead_ins: tuple["Quote", ...] = ()
    items: tuple["Quote", ...] = ()

    @property
    def shown(self) -> tuple[Source, ...]:
        """In each language the lead-ins, the quote and the items, in another where it must be."""
        return tuple(
            next((part for part in item.sources if part.language == source.language), None)
            or item.sources[0]
            for source in self.sources
            for item in (*self.lead_ins, self, *self.items)
        )


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer.

    Attributes:
        question: The question.
        asked_in: Its language.
        answered: Whether the summaries answer it.
        status: The status in words.
        confidence: How sure, in words; empty unless answered.
        lead: The fixed wording of the answer, or the sentences of a language model.
        notice: What became of having it phrased; empty where that was not asked for.
        quotes: Its quotes; the nearest passages when it is not answered.
        searched: What was searched, in words.
        notes: What else the page says: how a follow-up was understood, limits, silent meetings,
            quotes left out.
        index_id: Identifier of the index that was searched.
    """

    question: str
    asked_in: Language
    answered: bool
    status: str
    confidence: str
    lead: str
    notice: str
    quotes: tuple[Quote, ...]
    searched: str
    notes: tuple[str, ...]
    index_id: str


@dataclass(frozen=True, slots=True)
class Takeaway:
    """Everything that a file says.

    Attributes:
        language: Language of its words.
        exchanges: Questions and answers, oldest first, at least one.
        disclaimer: Whose views the summaries give, as the page says it, if it does.
        day: The day of the download.
    """

    language: Language
    exchanges: tuple[Exchange, ...]
    disclaimer: TextView | None
    day: dt.date


def gather(answers: Sequence[Answer], viewer: Viewer, origin: str, day: dt.date) -> Takeaway:
    """Gather what a file says.

    Args:
        answers: The answers, oldest first, at least one, all in the language of the viewer.
        viewer: Makes views of the corpus.
        origin: Where the site is, e.g. `https://example.ca`.
        day: The day of the download.

    Returns:
        The content; quotes in the order and with the numbers of the page.
    """
    said = viewer.corpus.disclaimer
    found = next(iter(viewer.passages([said])), None) if said is not None else None
    safe = _safe(origin)
    return Takeaway(
        language=viewer.words.language,
        exchanges=tuple(_exchange(answer, viewer, safe) for answer in answers),
        disclaimer=found.text if found else None,
        day=day,
    )


def cite(passage: Passage, viewer: Viewer, origin: str) -> Quote:
    """Gather what a citation of one passage says.

    Args:
        passage: The passage of a meeting, verified.
        viewer: Makes views of the corpus.
        origin: Where the site is.

    Returns:
        The quote, without a number.
    """
    (around,) = viewer.blocks.around([passage])
    return _quoted((passage, around), None, viewer, _safe(origin))


def _safe(origin: str) -> str:
    # Where no setting says it, the request does: nothing but an address passes.
    return quote(origin.rstrip("/"), safe=":/[]%")


def _exchange(answer: Answer, viewer: Viewer, origin: str) -> Exchange:
    view = viewer.answer(answer)
    answered = answer.status == "answered"
    cited = {item.hit.passage.id: item for item in answer.citations}
    hits = [item.hit for item in answer.citations] if answered else list(answer.nearest)
    return Exchange(
        question=answer.query.question,
        asked_in=answer.query.asked_in,
        answered=answered,
        status=view.status_text,
        confidence=view.confidence,
        lead=view.lead,
        notice=view.notice,
        quotes=tuple(
            replace(_quoted(listed, cited.get(listed[0].id), viewer, origin), theme=theme)
            for theme, found in _themed(answer, hits)
            for date, group in group_by_meeting(found)
            if date is not None
            for listed in _arranged(group, viewer, alone=not answered)
        ),
        searched=view.searched,
        notes=tuple(
            note
            for note in (
                _searched_as(view, viewer),
                *view.understood,
                view.silent,
                view.more,
                view.dropped,
                *(item.proposed for item in view.replies),
            )
            if note
        ),
        index_id=answer.index_id,
    )


def _themed(answer: Answer, hits: Sequence[Hit]) -> list[tuple[str, Sequence[Hit]]]:
    """List the quotes by theme; all of them under none for any other form of answer."""
    if answer.kind != "themes":
        return [("", hits)]
    numbered = {item.number: item.hit for item in answer.citations}
    return [
        (group.heading, [numbered[number] for number in group.citations]) for group in answer.groups
    ]


def _searched_as(view: AnswerView, viewer: Viewer) -> str:
    if view.standalone is None:
        return ""
    return f"{viewer.words.text('page.understood.standalone')} {view.standalone.text}"


def _arranged(group: Sequence[Hit], viewer: Viewer, *, alone: bool) -> Iterator[Listed]:
    """Choose what is shown with each passage: its whole list where it is alone, else the rest."""
    passages = [hit.passage for hit in group]
    if alone:
        yield from ((item, viewer.blocks.around([item])[0]) for item in passages)
    else:
        yield from zip(passages, viewer.blocks.around(passages), strict=True)


def _quoted(listed: Listed, cited: Citation | None, viewer: Viewer, origin: str) -> Quote:
    passage, around = listed
    above, below = (tuple(_quote(item, None, viewer, origin) for item in items) for items in around)
    return replace(_quote(passage, cited, viewer, origin), lead_ins=above, items=below)


def _quote(passage: Passage, cited: Citation | None, viewer: Viewer, origin: str) -> Quote:
    view = viewer.passage(passage, cited)
    # Only what belongs to a meeting is quoted.
    meeting = viewer.meeting(viewer.corpus.meeting(passage.meeting or dt.date.min))
    shown = passage.renditions.best(viewer.words.language)
    counterpart = passage.renditions.get(other(shown.language))
    return Quote(
        number=view.number,
        passage=passage.id,
        date=meeting.date,
        meeting=meeting.title,
        section=view.section,
        introduction=" ".join(line.text for line in view.text.lead_ins),
        sources=tuple(
            _source(rendition, viewer, cited) for rendition in (shown, counterpart) if rendition
        ),
        address=origin + view.url,
        attribution=view.attribution,
    )


def _source(rendition: Rendition, viewer: Viewer, cited: Citation | None) -> Source:
    return Source(
        text=rendition.text,
        language=rendition.language,
        status=viewer.text(rendition).status,
        document=rendition.document,
        start=rendition.start,
        end=rendition.end,
        mark=cited.mark(rendition.language) if cited else None,
    )
