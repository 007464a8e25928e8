"""Writes the summary of a meeting, whole: once as lines, which each format sets in its own way."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import PassageView, TextView, Viewer, spoken
from ccs_qa.present.export.content import copied, said, summary_named
from ccs_qa.present.export.inert import one_line
from ccs_qa.present.export.markdown import escaped
from ccs_qa.records import LANGUAGES, Language, Meeting, Passage

# Languages of a summary that are read: one, or both.
Shown = Literal["fr", "en", "both"]
Role = Literal["title", "whose", "heading", "text", "point", "deep", "beside", "source"]
# Lines of one kind stand together.
_TOGETHER: dict[Role, int] = {"point": 1, "deep": 1, "beside": 1, "source": 2, "whose": 3}
_PLAIN: dict[Role, str] = {"point": "– ", "deep": "  – ", "beside": "  "}
_MARKDOWN: dict[Role, str] = {
    "title": "# ",
    "heading": "## ",
    "point": "- ",
    "deep": "  - ",
    "beside": "  ",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document, what it is there, and the language that it is in."""

    role: Role
    text: str
    language: Language


def usual_statuses(passages: Sequence[Passage], viewer: Viewer) -> dict[Language, TextView]:
    """Find for each language a text of the status that most have."""
    texts = [viewer.text(said) for item in passages for said in item.renditions.spoken]
    counts = Counter((text.language, text.status) for text in texts)
    usual = {language: status for (language, status), _ in reversed(counts.most_common())}
    return {text.language: text for text in reversed(texts) if text.status == usual[text.language]}


def in_order(shown: Shown, first: Language) -> tuple[Language, ...]:
    """List the languages that are read, the reader's own before the other."""
    return tuple(
        sorted(
            (name for name in LANGUAGES if shown in {name, "both"}), key=lambda name: name != first
        )
    )


def of_summary(meeting: Meeting, viewer: Viewer, shown: Shown, origin: str) -> tuple[Line, ...]:
    """Cite a summary: whose, of which meeting, which text, where it stands, whose views."""
    words, view = viewer.words, viewer.meeting(meeting)
    usual = usual_statuses(meeting.passages, viewer)
    texts = [usual[name] for name in in_order(shown, words.language) if name in usual]
    own = words.language
    told = [item.status if item.language == own else spoken(item, words) for item in texts]
    first = " ".join(f"{part}." for part in (summary_named(view, words), *told))
    published = viewer.corpus.published(meeting.passages[0], words.language)
    found = (("cite.summary", origin + view.url), ("cite.published", published))
    names = [(words.text("export.named", name=words.text(key)), url) for key, url in found if url]
    lines = [Line("source", text, own) for text in (first, *map(" ".join, names))]
    disclaimer = viewer.disclaimer()
    if disclaimer:
        lines.append(Line("text", said(disclaimer), disclaimer.language))
    return tuple(lines)


def write_summary(
    meeting: Meeting, viewer: Viewer, shown: Shown, origin: str, day: dt.date
) -> tuple[Line, ...]:
    """Write a summary as the page shows it; only what matches its document is in it."""
    words, view = viewer.words, viewer.meeting(meeting)
    named = [words.text("answer.meeting", date=view.date), view.title.text * view.titled]
    lines = [
        Line("title", " – ".join(filter(None, named)), words.language),
        Line("whose", words.text("cite.body"), words.language),
        Line("whose", copied(day, viewer.corpus.edition, words), words.language),
    ]
    usual = {name: text.status for name, text in usual_statuses(meeting.passages, viewer).items()}
    head = tuple(item for item in (meeting.format, *meeting.objective) if item)
    for item in viewer.passages(head):
        lines += _texts(item, shown, usual, ("text", "text"))
    for section in meeting.sections:
        heading = viewer.heading(section.heading)
        if heading:
            lines.append(Line("heading", heading.text, heading.language))
        for item in viewer.passages(section.passages):
            role: Role = "deep" if item.introduction else "point"
            lines += _texts(item, shown, usual, (role, "beside"))
    lines.append(Line("heading", words.text("export.about-summary"), words.language))
    lines += of_summary(meeting, viewer, shown, origin)
    lines.append(Line("text", words.text("page.footer.licence"), words.language))
    return tuple(lines)


def _texts(
    view: PassageView, shown: Shown, usual: dict[Language, str], roles: tuple[Role, Role]
) -> Iterator[Line]:
    # What has no text in the language asked for is given in the other.
    wanted = [item for item in view.spoken if shown in {item.language, "both"}] or view.spoken
    for role, item in zip(roles, wanted, strict=False):
        told = "" if item.status == usual.get(item.language) else f" ({item.status})"
        yield Line(role, item.text + told, item.language)


def summary_to_plain(lines: Sequence[Line]) -> str:
    """Write the lines as plain text; the points of a list stand together."""
    return _joined([(line.role, _PLAIN.get(line.role, "") + one_line(line.text)) for line in lines])


def summary_to_markdown(lines: Sequence[Line]) -> str:
    """Write the lines as CommonMark in which no text is anything but text."""
    found = [(line.role, _MARKDOWN.get(line.role, "") + escaped(line.text)) for line in lines]
    # Lines that stand together would run on, but for items of a list.
    return _joined([(role if role in {"point", "deep"} else "text", text) for role, text in found])


def _joined(lines: Sequence[tuple[Role, str]]) -> str:
    groups = groupby(enumerate(lines), lambda item: _TOGETHER.get(item[1][0], -item[0]))
    return "\n\n".join("\n".join(text for _, (_, text) in those) for _, those in groups) + "\n"


def named_file(meeting: Meeting, words: Catalogue) -> str:
    """Say what the file of a summary is named after."""
    return words.text("answer.meeting", date=words.date(meeting.date))
