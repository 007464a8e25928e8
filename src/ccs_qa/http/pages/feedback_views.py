"""What the pages about feedback are given, and what they read from a form."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, cast, get_args
from urllib.parse import urlencode

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import TextView
from ccs_qa.present.schemas import MOST_CHARACTERS, MOST_CITATIONS, MOST_HISTORY
from ccs_qa.records import MOST_COMMENT, Answer, AnswerStatus, FeedbackReason, Language
from ccs_qa.store.records import Feedback, Remark
from ccs_qa.store.store import Limits, Tally
from ccs_qa.text.redact import Kind
from ccs_qa.text.strings import detect_language

REASON_KEYS: Mapping[FeedbackReason, str] = {
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

# What the list may be limited to: the name of its words, and those of each value.
FILTERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "useful": ("feedback.question", {"yes": "feedback.useful", "no": "feedback.not-useful"}),
    "reason": ("feedback.reason.kept", {str(reason): key for reason, key in REASON_KEYS.items()}),
    "status": ("feedback.status", {name: f"status.{name}" for name in get_args(AnswerStatus)}),
}


class FeedbackIn(BaseModel):
    """The fields under an answer as the browser sends them, with the button that was pressed."""

    model_config = ConfigDict(frozen=True, validate_by_name=True)

    useful: bool
    question: str = Field(min_length=1, max_length=MOST_CHARACTERS)
    history: tuple[str, ...] = Field(default=(), alias="earlier", max_length=MOST_HISTORY)
    status: AnswerStatus
    answer_id: str = Field(default="", alias="answer")
    index_id: str = Field(default="", alias="index")
    citations: tuple[str, ...] = Field(default=(), alias="citation", max_length=MOST_CITATIONS)

    def remark(self, language: Language) -> Remark:
        """Read the form."""
        return Remark(**dict(self), language=language, reason=None, comment="")


class WordsIn(BaseModel):
    """What a person adds to it afterwards, empty where nothing was chosen."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(max_length=64)
    reason: str = ""
    comment: str = ""

    @property
    def reason_given(self) -> FeedbackReason | None:
        """The reason, once `problems` finds none."""
        return cast("FeedbackReason", self.reason) if self.reason else None

    def problems(self, words: Catalogue) -> dict[str, str]:
        """Find what a person has to correct, by field; nothing for a good form."""
        found = {}
        if self.reason and self.reason not in REASON_KEYS:
            found["reason"] = words.text("feedback.error.reason")
        # Browsers send two characters for the end of a line.
        if len(self.comment.replace("\r\n", "\n").strip()) > MOST_COMMENT:
            found["comment"] = words.text("feedback.error.comment")
        return found


@dataclass(frozen=True, slots=True)
class WordsForm:
    """The form that follows, with what has to be corrected, by field.

    Attributes:
        reasons: None are offered to who found the answer useful.
    """

    sent: WordsIn
    reasons: tuple[tuple[str, str], ...]
    problems: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """A feedback that was kept, in words; empty is what was not said or taken out.

    Attributes:
        again: The address that asks the question again.
    """

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
    again: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is limited to, as the address names it; empty for no limit."""

    useful: str = ""
    reason: str = ""
    status: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        """The limits that are set."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @property
    def limits(self) -> Limits:
        """The same for the store."""
        found: Limits = {}
        if self.useful:
            found["useful"] = self.useful == "yes"
        if self.reason:
            found["reason"] = cast("FeedbackReason", self.reason)
        if self.status:
            found["status"] = cast("AnswerStatus", self.status)
        return found

    def count(self, tally: Tally) -> int:
        """Count what is within the limits."""
        return sum(
            number
            for (useful, reason, status), number in tally.items()
            if self.useful in {"", "yes" if useful else "no"}
            and self.reason in {"", reason}
            and self.status in {"", status}
        )


def read_wanted(useful: str = "", reason: str = "", status: str = "") -> Wanted:
    """Read the limits from an address; what names none is passed over."""
    given = {"useful": useful, "reason": reason, "status": status}
    return Wanted(
        **{name: value if value in FILTERS[name][1] else "" for name, value in given.items()}
    )


Filtered = Annotated[Wanted, Depends(read_wanted)]


@dataclass(frozen=True, slots=True)
class FilterView:
    """One way to limit the list: each choice with its count, its address, whether it is made."""

    label: str
    choices: tuple[tuple[str, int, str, bool], ...]


def filter_views(
    name: str, wanted: Wanted, tally: Tally, here: str, words: Catalogue
) -> FilterView:
    """View the choices that hold anything beside the other limits, "all" first."""
    label, values = FILTERS[name]
    made = getattr(wanted, name)
    choices = []
    for value, key in {"": "feedback.filter.all", **values}.items():
        other = replace(wanted, **{name: value})
        address = f"{here}?{urlencode(other.chosen)}".removesuffix("?")
        number = other.count(tally)
        if number or value in {"", made}:
            choices.append((words.text(key), number, address, value == made))
    return FilterView(words.text(label), tuple(choices))


def blank_form(answer: Answer) -> FeedbackIn:
    """Fill in what the two buttons under an answer send along."""
    return FeedbackIn(
        useful=True,
        question=answer.query.question,
        history=answer.query.history,
        status=answer.status,
        answer_id=answer.id,
        index_id=answer.index_id,
        citations=tuple(item.hit.passage.id for item in answer.citations)[:MOST_CITATIONS],
    )


def words_view(
    kept: Feedback,
    words: Catalogue,
    sent: WordsIn | None = None,
    problems: Mapping[str, str] | None = None,
) -> WordsForm:
    """View the form that adds a reason and a comment."""
    offered = () if kept.remark.useful else REASON_KEYS.items()
    return WordsForm(
        sent or WordsIn(id=kept.id),
        tuple((code, words.text(key)) for code, key in offered),
        {"reason": "", "comment": "", **(problems or {})},
    )


def feedback_view(feedback: Feedback, words: Catalogue) -> FeedbackView:
    """View a feedback that was kept."""
    remark = feedback.remark
    kinds = [words.text(KIND_KEYS[kind]) for kind in feedback.removed]
    pairs = [("q", remark.question), *(("h", item) for item in remark.history)]
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
        again=f"/{words.language}/?{urlencode(pairs)}",
    )


def from_our_pages(site: str | None, origin: str, hosts: Collection[str]) -> bool:
    """Tell by two headers of browsers whether a form was sent from a page of this service."""
    # `Sec-Fetch-Site`, which browsers send over a safe connection.
    if site is not None:
        return site in {"same-origin", "none"}
    # The scheme is left aside: a proxy in front may have taken the encryption off.
    place = origin.partition("://")[2]
    return place != "" and place in hosts
