"""Turns records into what the API gives."""

from collections import Counter
from collections.abc import Iterable

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.timeline import Timeline
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present import schemas as out
from ccs_qa.records import (
    LANGUAGES,
    Answer,
    AnswerStatus,
    Bilingual,
    Citation,
    Generation,
    Hit,
    Language,
    Meeting,
    Passage,
    Query,
    Rendition,
    SearchResult,
    other,
)


def passage_url(name: str, language: Language) -> str:
    """Address a passage on the page."""
    return f"/{language}/passages/{name}"


def meeting_url(date: str, language: Language) -> str:
    """Address a meeting on the page.

    Args:
        date: Its day, ISO.
    """
    return f"/{language}/meetings/{date}"


def rendition_out(rendition: Rendition) -> out.RenditionOut:
    """Present a rendition."""
    return out.RenditionOut(
        language=rendition.language,
        text=rendition.text,
        status=rendition.status,
        document=rendition.document,
        start=rendition.start,
        end=rendition.end,
    )


def texts(value: Bilingual | None) -> dict[Language, str]:
    """Present the texts of a bilingual value."""
    if value is None:
        return {}
    found = {language: value.get(language) for language in LANGUAGES}
    return {language: item.text for language, item in found.items() if item is not None}


def query_out(query: Query) -> out.QueryOut:
    """Present a query."""
    return out.QueryOut(
        question=query.question,
        standalone=query.standalone,
        language=query.language,
        limited=query.scope is not None,
        limit=query.scope.text if query.scope else "",
        meetings=list(query.scope.meetings) if query.scope else [],
        start=query.scope.start if query.scope else None,
        end=query.scope.end if query.scope else None,
        intent=query.intent,
        invisible=query.invisible,
        read_as=[out.ReadAs(typed=typed, read=read) for typed, read in query.read_as],
    )


def generation_out(generation: Generation, language: Language) -> out.GenerationOut:
    """Present what became of generating an answer."""
    return out.GenerationOut(
        outcome=generation.outcome,
        notice=catalogue(language).text(f"generation.{generation.outcome}"),
        model=generation.model,
        kept=generation.kept,
        dropped=dict(Counter(generation.dropped)),
        fault=generation.fault,
    )


class Presenter:
    """Presents records of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        """Bind the corpus."""
        self._corpus = corpus
        self._blocks = Blocks(corpus)

    def _parts(self, passages: Iterable[Passage], language: Language) -> list[out.ListPartOut]:
        found = []
        for passage in passages:
            shown = passage.renditions.best(language)
            spoken = (shown, passage.renditions.get(other(shown.language)))
            renditions = [rendition_out(item) for item in spoken if item is not None]
            found.append(out.ListPartOut(passage_id=passage.id, renditions=renditions))
        return found

    def _meeting_ref(self, passage: Passage, language: Language) -> out.MeetingRef | None:
        if passage.meeting is None:
            return None
        meeting = self._corpus.meeting(passage.meeting)
        form = meeting.format.renditions.best(language).text if meeting.format else ""
        title = meeting.title.renditions.best(language).text if meeting.title else ""
        aim = meeting.objective[0].renditions.best(language).text if meeting.objective else ""
        return out.MeetingRef(date=meeting.date, title=title, format=form, objective=aim)

    def hit(self, hit: Hit, language: Language) -> out.HitOut:
        """Present a hit."""
        passage = hit.passage
        shown = passage.renditions.best(language)
        counterpart = passage.renditions.get(other(shown.language))
        section = passage.section.best(shown.language).text if passage.section else ""
        return out.HitOut(
            **rendition_out(shown).model_dump(),
            passage_id=passage.id,
            meeting=self._meeting_ref(passage, shown.language),
            section=section,
            attribution=passage.attribution,
            lead_ins=self._parts(self._blocks.lead_ins(passage), shown.language),
            items=self._parts(self._blocks.items(passage), shown.language),
            counterpart=rendition_out(counterpart) if counterpart else None,
            published=self._corpus.published(passage, language) or None,
            score=hit.score,
            reasons=hit.reasons,
        )

    def citation(self, citation: Citation, language: Language) -> out.CitationOut:
        """Present a citation."""
        hit = self.hit(citation.hit, language)
        return out.CitationOut(
            **{name: getattr(hit, name) for name in out.HitOut.model_fields},
            number=citation.number,
            marks=[
                out.MarkOut(language=item.language, start=item.start, end=item.end)
                for item in citation.marks
                if citation.hit.passage.renditions.get(item.language) is not None
            ],
            verified=True,
            url=passage_url(citation.hit.passage.id, language),
        )

    def search(self, result: SearchResult) -> out.SearchResponse:
        """Present what a search found."""
        return out.SearchResponse(
            query=query_out(result.query),
            hits=[self.hit(hit, result.query.language) for hit in result.hits],
            index_id=result.index_id,
            timings_ms=result.timings_ms,
        )

    def answer(self, answer: Answer) -> out.AskResponse:
        """Present an answer."""
        coverage = answer.coverage
        return out.AskResponse(
            id=answer.id,
            question=answer.query.question,
            query=query_out(answer.query),
            status=answer.status,
            language=answer.language,
            confidence=answer.confidence,
            answer=answer.text,
            statements=[
                out.StatementOut(text=item.text, citations=list(item.citations))
                for item in answer.statements
            ],
            citations=[self.citation(item, answer.language) for item in answer.citations],
            nearest=[self.hit(item, answer.language) for item in answer.nearest],
            coverage=out.CoverageOut(
                meetings=coverage.meetings,
                start=coverage.start,
                end=coverage.end,
                passages=coverage.passages,
            ),
            disclaimer=self.passage(answer.disclaimer) if answer.disclaimer else None,
            mode=answer.mode,
            index_id=answer.index_id,
            timings_ms=answer.timings_ms,
            dropped=answer.dropped,
            absent=list(answer.absent),
            kind=answer.kind,
            groups=[
                out.GroupOut(heading=item.heading, level=item.level, citations=[*item.citations])
                for item in answer.groups
            ],
            more=answer.more,
            generation=(
                generation_out(answer.generation, answer.language) if answer.generation else None
            ),
        )

    def timeline(
        self, query: Query, status: AnswerStatus, timeline: Timeline, index_id: str
    ) -> out.TimelineResponse:
        """Present a timeline."""
        return out.TimelineResponse(
            query=query_out(query),
            status=status,
            entries=[self.hit(hit, query.language) for hit in timeline.entries],
            absent=list(timeline.absent),
            total=timeline.total,
            index_id=index_id,
        )

    def passage(self, passage: Passage) -> out.PassageOut:
        """Present a passage with the renditions that match their documents."""
        both = (passage.renditions.get(language) for language in LANGUAGES)
        return out.PassageOut(
            passage_id=passage.id,
            kind=passage.kind,
            meeting=passage.meeting,
            section=texts(passage.section),
            attribution=passage.attribution,
            renditions=[
                rendition_out(item)
                for item in both
                if item is not None and self._corpus.verify(item)
            ],
            lead_ins=self._parts(self._blocks.lead_ins(passage), "fr"),
            items=self._parts(self._blocks.items(passage), "fr"),
            url={language: passage_url(passage.id, language) for language in LANGUAGES},
            published={
                language: self._corpus.published(passage, language) or None
                for language in LANGUAGES
            },
        )

    def disclaimer(self) -> out.PassageOut | None:
        """Present the disclaimer of the page; None when the page gives none."""
        found = self._corpus.disclaimer
        return self.passage(found) if found is not None else None

    def meeting_summary(self, meeting: Meeting) -> out.MeetingSummary:
        """Present a meeting for a list."""
        day = meeting.date.isoformat()
        return out.MeetingSummary(
            date=meeting.date,
            title=texts(meeting.title.renditions if meeting.title else None),
            format=texts(meeting.format.renditions if meeting.format else None),
            objective=texts(meeting.objective[0].renditions if meeting.objective else None),
            passages=len(meeting.passages),
            url={language: meeting_url(day, language) for language in LANGUAGES},
        )

    def meetings(self, offset: int = 0, limit: int | None = None) -> out.MeetingsResponse:
        """Present the list of meetings, newest first: all after `offset`, or so many of them."""
        every = self._corpus.meetings
        shown = every[offset : None if limit is None else offset + limit]
        return out.MeetingsResponse(
            meetings=[self.meeting_summary(meeting) for meeting in shown],
            total=len(every),
            disclaimer=self.disclaimer(),
        )

    def meeting(self, meeting: Meeting) -> out.MeetingOut:
        """Present a meeting in full."""
        summary = self.meeting_summary(meeting)
        head = [item for item in (meeting.title, meeting.format) if item is not None]
        return out.MeetingOut(
            **{name: getattr(summary, name) for name in out.MeetingSummary.model_fields},
            head=[self.passage(item) for item in (*head, *meeting.objective)],
            sections=[
                out.SectionOut(
                    heading=texts(section.heading),
                    passages=[self.passage(item) for item in section.passages],
                )
                for section in meeting.sections
            ],
            disclaimer=self.disclaimer(),
        )
