"""Turns records into what the API gives."""

import datetime as dt
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
)


def passage_url(name: str, language: Language) -> str:
    """Address a passage on the page."""
    return f"/{language}/passages/{name}"


def texts(value: Bilingual | None) -> dict[Language, str]:
    """Present the texts of a bilingual value."""
    return {item.language: item.text for item in value.spoken} if value else {}


def in_order(value: Bilingual, language: Language) -> list[Rendition]:
    """List the renditions there are, that in a language first."""
    return sorted(value.spoken, key=lambda item: item.language != language)


def query_out(query: Query) -> out.QueryOut:
    """Present a query."""
    scope = query.scope
    return out.QueryOut.of(
        query,
        limited=scope is not None,
        limit=scope.text if scope else "",
        meetings=scope.meetings if scope else (),
        start=scope.start if scope else None,
        end=scope.end if scope else None,
        read_as=[out.ReadAs(typed=typed, read=read) for typed, read in query.read_as],
    )


def generation_out(generation: Generation, language: Language) -> out.GenerationOut:
    """Present what became of generating an answer."""
    return out.GenerationOut.of(
        generation,
        notice=catalogue(language).text(f"generation.{generation.outcome}"),
        dropped=Counter(generation.dropped),
    )


class Presenter:
    """Presents records of one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        """Bind the corpus."""
        self._corpus = corpus
        self._blocks = Blocks(corpus)

    def _parts(self, passages: Iterable[Passage], language: Language) -> list[out.ListPartOut]:
        return [
            out.ListPartOut.of(
                passage, passage_id=passage.id, renditions=in_order(passage.renditions, language)
            )
            for passage in passages
        ]

    def _meeting_ref(self, day: dt.date, language: Language) -> out.MeetingRef:
        meeting = self._corpus.meeting(day)

        def said(*passages: Passage | None) -> str:
            first = passages[0] if passages else None
            return first.renditions.best(language).text if first else ""

        return out.MeetingRef(
            date=day,
            title=said(meeting.title),
            format=said(meeting.format),
            objective=said(*meeting.objective),
        )

    def hit(self, hit: Hit, language: Language) -> out.HitOut:
        """Present a hit."""
        passage = hit.passage
        shown, *others = in_order(passage.renditions, language)
        day = passage.meeting
        return out.HitOut.of(
            shown,
            passage_id=passage.id,
            meeting=self._meeting_ref(day, shown.language) if day else None,
            section=passage.section.best(shown.language).text if passage.section else "",
            attribution=passage.attribution,
            lead_ins=self._parts(self._blocks.lead_ins(passage), shown.language),
            items=self._parts(self._blocks.items(passage), shown.language),
            counterpart=others[0] if others else None,
            published=self._corpus.published(passage, language) or None,
            score=hit.score,
            reasons=hit.reasons,
        )

    def citation(self, citation: Citation, language: Language) -> out.CitationOut:
        """Present a citation."""
        passage = citation.hit.passage
        return out.CitationOut.of(
            self.hit(citation.hit, language),
            number=citation.number,
            marks=[x for x in citation.marks if passage.renditions.get(x.language)],
            verified=True,
            url=passage_url(passage.id, language),
        )

    def search(self, result: SearchResult) -> out.SearchResponse:
        """Present what a search found."""
        language = result.query.language
        return out.SearchResponse.of(
            result,
            query=query_out(result.query),
            hits=[self.hit(hit, language) for hit in result.hits],
        )

    def answer(self, answer: Answer) -> out.AskResponse:
        """Present an answer."""
        told = answer.generation
        return out.AskResponse.of(
            answer,
            question=answer.query.question,
            query=query_out(answer.query),
            answer=answer.text,
            citations=[self.citation(item, answer.language) for item in answer.citations],
            nearest=[self.hit(item, answer.language) for item in answer.nearest],
            disclaimer=self.passage(answer.disclaimer) if answer.disclaimer else None,
            generation=generation_out(told, answer.language) if told else None,
        )

    def timeline(
        self, query: Query, status: AnswerStatus, timeline: Timeline, index_id: str
    ) -> out.TimelineResponse:
        """Present a timeline."""
        return out.TimelineResponse.of(
            timeline,
            query=query_out(query),
            status=status,
            entries=[self.hit(hit, query.language) for hit in timeline.entries],
            index_id=index_id,
        )

    def passage(self, passage: Passage) -> out.PassageOut:
        """Present a passage with the renditions that match their documents."""
        return out.PassageOut.of(
            passage,
            passage_id=passage.id,
            section=texts(passage.section),
            renditions=[item for item in passage.renditions.spoken if self._corpus.verify(item)],
            lead_ins=self._parts(self._blocks.lead_ins(passage), "fr"),
            items=self._parts(self._blocks.items(passage), "fr"),
            url={language: passage_url(passage.id, language) for language in LANGUAGES},
            published={name: self._corpus.published(passage, name) or None for name in LANGUAGES},
        )

    def disclaimer(self) -> out.PassageOut | None:
        """Present the disclaimer of the page; None when the page gives none."""
        found = self._corpus.disclaimer
        return self.passage(found) if found is not None else None

    def meeting_summary(self, meeting: Meeting) -> out.MeetingSummary:
        """Present a meeting for a list."""
        return out.MeetingSummary(
            date=meeting.date,
            title=texts(meeting.title.renditions if meeting.title else None),
            format=texts(meeting.format.renditions if meeting.format else None),
            objective=texts(meeting.objective[0].renditions if meeting.objective else None),
            passages=len(meeting.passages),
            url={language: f"/{language}/meetings/{meeting.date}" for language in LANGUAGES},
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

        def shown(passages: Iterable[Passage | None]) -> list[out.PassageOut]:
            return [self.passage(item) for item in passages if item is not None]

        return out.MeetingOut.of(
            self.meeting_summary(meeting),
            head=shown((meeting.title, meeting.format, *meeting.objective)),
            sections=[
                out.SectionOut(heading=texts(part.heading), passages=shown(part.passages))
                for part in meeting.sections
            ],
            disclaimer=self.disclaimer(),
        )
