"""What the pages about feedback are given, and what they read from a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from pydantic import BaseModel, ConfigDict, Field

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import TextView
from ccs_qa.present.schemas import MOST_CHARACTERS, MOST_CITATIONS, MOST_HISTORY
from ccs_qa.records import MOST_COMMENT, Answer, AnswerStatus, Language
from ccs_qa.store.records import Feedback, Reason, Remark
from ccs_qa.text.redact import Kind
from ccs_qa.text.strings import detect_language

REASON_KEYS: Mapping[Reason, str] = {
    "wrong-passage": "feedback.reason.wrong-passage",
    "missing-passage": "feedback.reason.missing-passage",
    "wrong-refusal": "feedback.reason.wrong-refusal",
    "wrong-language": "feedback.reason.wrong-language",
    "unclear": "feedback.reason.unclear",
    "other": "feedback.reason.another",
}
KIND_KEYS: Mapping[Kind, str] = {
    "sin": "feedback.kind.sin",
    "email": "feedback.kind.email",
    "telephone": "feedback.kind.telephone",
}


class FeedbackIn(BaseModel):
    """The fields of the form as the browser sends them, empty where nothing was chosen."""

    model_config = ConfigDict(frozen=True)

    useful: str = ""
    reason: str = ""
    comment: str = ""
    question: str = Field(min_length=1, max_length=MOST_CHARACTERS)
    earlier: list[str] = Field(default=[], max_length=MOST_HISTORY)
    status: AnswerStatus
    answer: str = ""
    index: str = ""
    citation: list[str] = Field(default=[], max_length=MOST_CITATIONS)

    def remark(self, language: Language) -> Remark:
        """Read the form, once `problems` finds none."""
        return Remark(
            useful=self.useful == "yes",
            reason=cast("Reason", self.reason) if self.reason else None,
            comment=self.comment,
            question=self.question,
            history=tuple(self.earlier),
            language=language,
            status=self.status,
            answer_id=self.answer,
            index_id=self.index,
            citations=tuple(self.citation),
        )

    def problems(self, words: Catalogue) -> dict[str, str]:
        """Find what a person has to correct, by field; nothing for a good form."""
        found = {}
        if self.useful not in {"yes", "no"}:
            found["useful"] = words.text("feedback.error.useful")
        if self.reason and self.reason not in REASON_KEYS:
            found["reason"] = words.text("feedback.error.reason")
        # Browsers send two characters for the end of a line.
        if len(self.comment.replace("\r\n", "\n").strip()) > MOST_COMMENT:
            found["comment"] = words.text("feedback.error.comment")
        return found


@dataclass(frozen=True, slots=True)
class FeedbackForm:
    """The form under an answer, with what has to be corrected, by field."""

    action: str
    sent: FeedbackIn
    reasons: tuple[tuple[str, str], ...]
    problems: Mapping[str, str]
    asked_in: Language


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """A feedback that was kept, in words; empty is what was not said or taken out."""

    iso: str
    date: str
    useful: str
    status: str
    reason: str
    comment: tuple[str, ...]
    comment_language: Language
    question: TextView
    removed: str
    citations: tuple[tuple[str, str], ...]


def form_view(
    sent: FeedbackIn, words: Catalogue, problems: Mapping[str, str] | None = None
) -> FeedbackForm:
    """View the form."""
    return FeedbackForm(
        f"/{words.language}/feedback",
        sent,
        tuple((code, words.text(key)) for code, key in REASON_KEYS.items()),
        {"useful": "", "reason": "", "comment": "", **(problems or {})},
        detect_language(sent.question),
    )


def blank_form(answer: Answer, words: Catalogue) -> FeedbackForm:
    """View the form about an answer."""
    sent = FeedbackIn(
        question=answer.query.question,
        earlier=list(answer.query.history),
        status=answer.status,
        answer=answer.id,
        index=answer.index_id,
        citation=[item.hit.passage.id for item in answer.citations][:MOST_CITATIONS],
    )
    return form_view(sent, words)


def feedback_view(feedback: Feedback, words: Catalogue) -> FeedbackView:
    """View a feedback that was kept."""
    remark = feedback.remark
    kinds = [words.text(KIND_KEYS[kind]) for kind in feedback.removed]
    return FeedbackView(
        iso=feedback.time.isoformat(timespec="seconds"),
        date=words.date(feedback.time.date()),
        useful=words.text("feedback.useful" if remark.useful else "feedback.not-useful"),
        status=words.text(f"status.{remark.status}"),
        reason=words.text(REASON_KEYS[remark.reason]) if remark.reason else "",
        comment=tuple(remark.comment.splitlines()),
        comment_language=detect_language(remark.comment) if remark.comment else remark.language,
        question=TextView(remark.question, detect_language(remark.question)),
        removed=words.join(kinds),
        citations=tuple((name, f"/{words.language}/passages/{name}") for name in remark.citations),
    )


def from_our_pages(site: str | None, origin: str | None, host: str) -> bool:
    """Tell by two headers whether a form was sent from a page of this service, or by no browser."""
    # `Sec-Fetch-Site`, which browsers send over a safe connection.
    if site is not None:
        return site in {"same-origin", "none"}
    # The scheme is left aside: a proxy in front may have taken the encryption off.
    return origin is None or origin.partition("://")[2] == host
