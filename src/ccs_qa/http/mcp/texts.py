"""The results of tools as plain text that can be read without the structured content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ccs_qa.answer.compose import followed, silent
from ccs_qa.answer.timeline import Timeline
from ccs_qa.answer.verify import verify_passage
from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import CcsQaError
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.present.contexts import MeetingView, PassageView, TextView, Viewer, place_of
from ccs_qa.present.presenter import Presenter
from ccs_qa.present.schemas import MeetingsResponse, MeetingSummary, PassageOut
from ccs_qa.records import (
    LANGUAGES,
    Answer,
    AnswerStatus,
    Hit,
    Language,
    Meeting,
    Passage,
    Query,
    SearchResult,
)

_INDENT = "    "
_DASH = " – "


@dataclass(frozen=True, slots=True)
class Texts:
    """Words results with the exact text of quotes; addresses are absolute given an origin."""

    corpus: Corpus
    origin: str = ""

    def answer(self, answer: Answer) -> str:
        """Word an answer."""
        viewer = self._viewer(answer.language)
        view = viewer.answer(answer)
        status = f"{view.status_text} ({view.status})"
        first = (status, *view.reading, view.lead, view.notice)
        told = ["\n".join(line for line in first if line)]
        if view.near:
            told.append(viewer.words.text("mcp.nearest"))
        for meeting in view.groups:
            told += meeting.leads
            told.append(meeting.theme if meeting.begins else "")
            told += [
                self._passage(f"[{item.number}]" if item.number else "-", item, meeting)
                for item in meeting.passages
            ]
        said = view.disclaimer.text if view.disclaimer else ""
        return _joined([*told, *view.notes, view.searched, said])

    def hits(self, result: SearchResult) -> str:
        """Word what a search found."""
        viewer = self._viewer(result.query.language)
        reading = "\n".join(viewer.reading(result.query))
        key = "mcp.found" if result.hits else "answer.not_found"
        return _joined([reading, viewer.words.text(key), *self._ranked(result.hits, viewer)])

    def timeline(self, query: Query, status: AnswerStatus, timeline: Timeline) -> str:
        """Word a timeline."""
        viewer = self._viewer(query.language)
        lead = followed(timeline, viewer.words)
        if status != "answered":
            lead = viewer.words.text("answer.not_found")
        reading = "\n".join(viewer.reading(query))
        entries = self._ranked(timeline.entries, viewer)
        return _joined([reading, lead, *entries, silent(timeline.absent, viewer.words)])

    def passage(self, passage: Passage) -> str:
        """Word a passage."""
        found, _ = verify_passage(passage, self.corpus.verify)
        told = [passage.id]
        for language in LANGUAGES:
            if found is None or found.renditions.get(language) is None:
                continue
            viewer = self._viewer(language)
            view = viewer.passage(found)
            meeting = self._meeting(found, viewer)
            lines = [
                f"{language.upper()}  {_quoted(view.text)}",
                *([_INDENT + place_of(view, meeting)] if meeting else []),
                *(_INDENT + line for line in _sources(view.text)),
                *self._addresses(view),
            ]
            told.append("\n".join(lines))
        return _joined(told)

    def meetings(self, body: MeetingsResponse) -> str:
        """Word the list of meetings."""
        return _joined([*map(self._listed, body.meetings), *_said(body.disclaimer)])

    def meeting(self, meeting: Meeting) -> str:
        """Word a whole meeting, passage by passage."""
        present = Presenter(self.corpus)
        told = [
            self._listed(present.meeting_summary(meeting)),
            *map(self.passage, meeting.objective),
        ]
        for section in meeting.sections:
            headings = section.heading.spoken if section.heading else ()
            told.append(" / ".join(item.text for item in headings))
            told += map(self.passage, section.passages)
        return _joined([*told, *_said(present.disclaimer())])

    def _listed(self, meeting: MeetingSummary) -> str:
        lines = [meeting.date.isoformat()]
        for language in LANGUAGES:
            words = catalogue(language)
            name = meeting.title.get(language) or meeting.objective.get(language)
            told = [words.date(meeting.date), name, meeting.format.get(language)]
            written = _DASH.join(part for part in told if part)
            lines += [
                f"{_INDENT}{language.upper()}  {written}",
                f"{_INDENT * 2}{self.origin}{meeting.url[language]}",
            ]
        return "\n".join(lines)

    def _viewer(self, language: Language) -> Viewer:
        return Viewer(self.corpus, catalogue(language))

    def _meeting(self, passage: Passage, viewer: Viewer) -> MeetingView | None:
        day = passage.meeting
        return viewer.meeting(self.corpus.meeting(day)) if day is not None else None

    def _ranked(self, hits: Sequence[Hit], viewer: Viewer) -> list[str]:
        return [
            self._passage(
                f"{rank}.", viewer.passage(hit.passage), self._meeting(hit.passage, viewer)
            )
            for rank, hit in enumerate(hits, 1)
        ]

    def _passage(self, mark: str, view: PassageView, meeting: MeetingView | None) -> str:
        first, *rest = view.spoken
        lines = [
            f"{mark} {_quoted(first)}",
            *([_INDENT + place_of(view, meeting)] if meeting else []),
        ]
        lines += [f"{_INDENT}{first.language.upper()}  {item}" for item in _sources(first)]
        for text in rest:
            lines.append(f"{_INDENT}{text.language.upper()}  {_quoted(text)}")
            lines += [_INDENT * 2 + item for item in _sources(text)]
        return "\n".join([*lines, *self._addresses(view)])

    def _addresses(self, view: PassageView) -> list[str]:
        """Give the address of a passage here, and of the page that published it."""
        found = (f"{self.origin}{view.url}", view.published)
        return [_INDENT + address for address in found if address]


def both(key: str, between: str) -> str:
    """Give a text in both languages, as assistants read it."""
    return between.join(catalogue(language).raw(key) for language in ("en", "fr"))


def refusal(error: CcsQaError) -> str:
    """Word an error in both languages."""
    return _joined(
        f"{item.title}\n{item.detail}\n→ {item.next}" for item in word_error(error).values()
    )


def _quoted(view: TextView) -> str:
    """Quote a text and what stands with it in its list, a line each."""
    block = (*view.lead_ins, view, *view.items)
    words = [catalogue(item.language).quote(item.exact) for item in block]
    return f"\n{_INDENT}".join(words)


def _sources(view: TextView) -> list[str]:
    """Say where a text and what stands with it are, in the same order."""
    return [
        f"{item.status}{_DASH}{item.source.document} [{item.source.start}:{item.source.end}]"
        for item in (*view.lead_ins, view, *view.items)
        if item.source is not None
    ]


def _said(disclaimer: PassageOut | None) -> list[str]:
    return [item.text for item in disclaimer.renditions] if disclaimer else []


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)
