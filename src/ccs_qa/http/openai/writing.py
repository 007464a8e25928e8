"""From an answer to a completion, whole or in chunks."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.openai.schemas import (
    AnnotationOut,
    ChatCompletion,
    ChoiceOut,
    MessageOut,
    NoteOut,
    UrlCitation,
    UsageOut,
)
from ccs_qa.http.sse import deltas
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.contexts import PassageView, Viewer, place_of
from ccs_qa.present.presenter import Presenter
from ccs_qa.present.schemas import AskResponse, CitationOut
from ccs_qa.records import Answer, Language
from ccs_qa.text.strings import words

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one answer.

    Attributes:
        origin: Address of the service, without a slash at its end.
        notes: What was passed over of the request.
        counting: Whether a stream ends with the usage.
        created: When it was begun, in seconds since 1970.
    """

    corpus: Corpus
    index_id: str
    origin: str
    asked: int
    model: str
    notes: tuple[NoteOut, ...] = ()
    counting: bool = False
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer | str) -> ChatCompletion:
        """Write an answer, or what is told instead of one."""
        if isinstance(answer, str):
            return self._completion(answer, [], None)
        body = Presenter(self.corpus).answer(answer)
        before, after = self._around(answer)
        found = annotations(body, self.origin, len(before))
        return self._completion(before + answer.text + after, found, body)

    def opening(self) -> Json:
        """Write the first chunk."""
        return self._chunk({"role": "assistant", "content": ""})

    def pieces(self, answer: Answer | str) -> Iterator[Json]:
        """Write the same in chunks, the one with the usage last where it is asked for."""
        if isinstance(answer, str):
            yield self._chunk({"content": answer})
        else:
            before, after = self._around(answer)
            for number, delta in enumerate(deltas(answer)):
                yield self._chunk({"content": ("\n" if number else before) + delta.text})
            yield self._chunk({"content": after})
        whole = self.whole(answer).model_dump(mode="json")
        found = whole["choices"][0]["message"]["annotations"]
        last = self._chunk({"annotations": found}, finish_reason="stop")
        yield last | {key: whole[key] for key in ("ccs_qa", "ccs_qa_notes")}
        if self.counting:
            yield self._chunk({}) | {"choices": [], "usage": whole["usage"]}

    def _completion(
        self, content: str, found: list[AnnotationOut], body: AskResponse | None
    ) -> ChatCompletion:
        given = len(words(content))
        return ChatCompletion(
            id=self.id,
            created=self.created,
            model=self.model,
            choices=[ChoiceOut(message=MessageOut(content=content, annotations=found))],
            usage=UsageOut(
                prompt_tokens=self.asked, completion_tokens=given, total_tokens=self.asked + given
            ),
            system_fingerprint=self.index_id,
            ccs_qa=body,
            ccs_qa_notes=list(self.notes),
        )

    def _chunk(self, delta: Json, finish_reason: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk = {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [choice],
            "system_fingerprint": self.index_id,
        }
        # Null in all but the last one, and in none where nobody asks for it.
        return chunk | {"usage": None} if self.counting else chunk

    def _around(self, answer: Answer) -> tuple[str, str]:
        """Say before an answer how it was understood, and after it what else the page shows."""
        if answer.status == "conversation":
            return "", ""
        view = Viewer(self.corpus, catalogue(answer.language)).answer(answer)
        near = [
            _listed(item, place_of(item, meeting), self.origin)
            for meeting in view.groups
            for item in meeting.passages
            if not view.answered
        ]
        said = view.disclaimer.text if view.disclaimer else ""
        rest = (*near, *view.notes, view.searched, view.notice, said)
        after = [item for item in rest if item and item not in answer.text]
        return "\n".join((view.status_text, *view.reading)) + "\n\n", "\n\n" + "\n\n".join(after)


def annotations(body: AskResponse, origin: str, shift: int) -> list[AnnotationOut]:
    """Say what stands behind every marker of an answer, before which `shift` characters stand.

    Only what follows a statement is a marker: a quote may hold brackets of its own.
    """
    cited = {citation.number: citation for citation in body.citations}
    found = []
    at = 0
    for statement in body.statements:
        at = body.answer.index(statement.text, at) + len(statement.text)
        for number in statement.citations:
            marker = f"[{number}]"
            start = at + body.answer.startswith(" ", at)
            if not body.answer.startswith(marker, start):
                break  # a lead announces quotes that carry their own
            at = start + len(marker)
            found.append(
                AnnotationOut(
                    url_citation=UrlCitation(
                        start_index=shift + start,
                        end_index=shift + at,
                        url=origin + cited[number].url,
                        title=_title(cited[number], body.language),
                    )
                )
            )
    return found


def _title(citation: CitationOut, language: Language) -> str:
    if citation.meeting is None:
        return citation.section
    words = catalogue(language)
    date = words.date(citation.meeting.date)
    told = f" – {words.text(f'attribution.{citation.attribution}')}" if citation.attribution else ""
    name = citation.section or citation.meeting.title or citation.meeting.objective
    return f"{date} – {name}{told}"


def _listed(passage: PassageView, place: str, origin: str) -> str:
    """List a passage that is near, with what stands with it in its list."""
    view = passage.text
    block = (*view.lead_ins, view, *view.items)
    lines = [catalogue(item.language).quote(item.exact) for item in block]
    return "- " + "\n  ".join((*lines, place, origin + passage.url))
