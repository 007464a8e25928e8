"""Drafts of a machine for meetings that no person has translated, and the page that they make.

A draft is a page like any other, with its own document and the status `machine_draft`. Each of its
lines notes the digest of the line it was made from: it stands only as long as that line does, so a
draft is never shown beside words that it was not made from, however many lines are missing.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ccs_qa.corpus.editing import changing
from ccs_qa.corpus.library import Family, families, load_corpus
from ccs_qa.corpus.manifest import (
    Manifest,
    ManifestEntry,
    read_entry,
    read_manifest,
    sha256_bytes,
    write_manifest,
)
from ccs_qa.corpus.merge import line_digest, lines_of
from ccs_qa.corpus.reader import Block, PageMeeting, is_marked
from ccs_qa.errors import CorpusError, NotFoundError
from ccs_qa.records import Language, other

# What stands before the words of these lines, in the languages of the pages.
_LABELS: dict[Language, dict[str, str]] = {
    "en": {"format": "Format:", "lieu": "Location:", "objectif": "Objective:"},
    "fr": {"format": "Format\u00a0:", "location": "Lieu\u00a0:", "objective": "Objectif\u00a0:"},
}
_ALIKE = {"place": "location", "objectifs": "objectif", "objectives": "objective"}
_ABSENT = "…"


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of a source and what is known of it in the other language.

    Attributes:
        label: The label to put before the draft, as `Objective:`; empty for none.
        draft: The draft that was made before, without its label; empty for none.
    """

    digest: str
    role: str
    label: str
    text: str
    draft: str = ""


@dataclass(frozen=True, slots=True)
class DraftMeeting:
    """A meeting that no person has translated."""

    date: dt.date
    lines: tuple[DraftLine, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a source says that no person has said in the other language."""

    source: ManifestEntry
    into: Language
    title: str
    meetings: tuple[DraftMeeting, ...]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A page of drafts, ready to be written."""

    entry: ManifestEntry
    text: str


def find_missing(
    folder: Path, into: Language, meeting: dt.date | None = None
) -> tuple[Missing, ...]:
    """Find the meetings that no person has translated, with the drafts that there are.

    Args:
        meeting: The only meeting whose drafts are made anew; None keeps every draft there is.

    Raises:
        NotFoundError: The meeting named is not missing.
    """
    found = [
        missing
        for family in families(read_manifest(folder))
        if family.source.language == other(into)
        and (missing := _missing(folder, family, into, meeting)).meetings
    ]
    if meeting and not any(item.date == meeting for part in found for item in part.meetings):
        raise NotFoundError(what="draft", name=meeting.isoformat())
    return tuple(found)


def _missing(folder: Path, family: Family, into: Language, meeting: dt.date | None) -> Missing:
    page = read_entry(folder, family.source)
    title, translated = page.title.text, frozenset[dt.date]()
    if family.translation is not None:
        there = read_entry(folder, family.translation)
        title, translated = there.title.text, frozenset(item.date for item in there.meetings)
    before = _drafts_of(folder, family)
    return Missing(
        source=family.source,
        into=into,
        title=title,
        meetings=tuple(
            DraftMeeting(item.date, _lines(item, into, {} if item.date == meeting else before))
            for item in page.meetings
            if item.date not in translated
        ),
    )


def _drafts_of(folder: Path, family: Family) -> dict[str, str]:
    if family.drafts is None:
        return {}
    blocks, names = read_entry(folder, family.drafts).blocks, family.drafts.made_from
    if len(blocks) != len(names):  # edited by hand: no line can be told from another
        return {}
    return {name: block.text for block, name in zip(blocks, names, strict=True) if name}


def _lines(
    meeting: PageMeeting, into: Language, before: Mapping[str, str]
) -> tuple[DraftLine, ...]:
    lines = []
    for block in lines_of(meeting)[1:]:
        label, text = _unlabelled(block, into)
        digest = line_digest(block.text)
        draft = before.get(digest, "").removeprefix(label).strip()
        lines.append(DraftLine(digest, block.role, label, text, draft))
    return tuple(lines)


def _unlabelled(block: Block, into: Language) -> tuple[str, str]:
    head, colon, rest = block.text.partition(":")
    word = head.strip().casefold()
    label = _LABELS[into].get(_ALIKE.get(word, word), "")
    if block.role not in ("format", "objective") or not colon or not label:
        return "", block.text
    return label, rest.strip()


def compose_page(
    missing: Missing,
    drafts: Mapping[str, str],
    dates: Mapping[dt.date, str],
    publisher: str,
    made: dt.date,
) -> DraftPage | None:
    """Set drafts as a page that the reader of pages reads.

    Args:
        drafts: Draft of each line by its digest, without label; a line without one stays missing.

    Returns:
        The page; None when no meeting has a statement left.
    """
    rows: list[tuple[str, str]] = [(missing.title, "")]
    for meeting in missing.meetings:
        body = _body(meeting.lines, drafts, missing.into)
        if body:
            rows += [(dates[meeting.date], ""), *body]
    if len(rows) == 1:
        return None
    text = "".join(f"{line}\n" for line, _ in rows)
    name = f"{missing.source.id}.{missing.into}-drafts"
    entry = ManifestEntry(
        id=name,
        language=missing.into,
        status="machine_draft",
        title=missing.title,
        publisher=publisher,
        source_url=None,
        retrieved=made,
        file=f"{name}.txt",
        sha256=sha256_bytes(text.encode()),
        translation_of=missing.source.id,
        made_from=tuple(digest for _, digest in rows),
    )
    return DraftPage(entry, text)


def _body(
    lines: Sequence[DraftLine], drafts: Mapping[str, str], into: Language
) -> list[tuple[str, str]]:
    """List lines with their digests; none without a statement, which no page may lack."""
    rows: list[tuple[str, str]] = []
    heading: tuple[str, str] | None = None
    stated = False
    for line in lines:
        draft = drafts.get(line.digest, "")
        if line.role == "objective" and not draft:
            # The reader asks for one; it is paired with nothing.
            label = line.label or _LABELS[into]["objectif" if into == "en" else "objective"]
            rows.append((f"{label} {_ABSENT}", ""))
        elif line.role == "heading":
            heading = (draft, line.digest) if draft else None
        elif draft and line.role in ("statement", "objective_item"):
            if heading is not None and line.role == "statement":
                rows.append(heading)
                heading = None
            stated = stated or line.role == "statement"
            rows.append((f"- {draft}", line.digest))
        elif draft and (line.label or line.role != "format"):
            rows.append((f"{line.label} {draft}".strip(), line.digest))
    return rows if stated else []


def can_stand(draft: str) -> bool:
    """Tell whether the reader would take a draft for one line of plain words."""
    return bool(draft) and len(draft.splitlines()) == 1 and not is_marked(draft)


def write_page(folder: Path, page: DraftPage) -> None:
    """Put a page of drafts into the corpus; over a text of people it raises `CorpusError`."""
    with changing(folder) as copy:
        manifest = read_manifest(copy)
        replaced = [item for item in manifest.documents if item.id == page.entry.id]
        target = copy / page.entry.file
        if any(not item.made_from for item in replaced) or (target.exists() and not replaced):
            raise CorpusError(problem="reviewed", file=page.entry.file)
        target.write_bytes(page.text.encode())
        write_manifest(copy, manifest.put(page.entry))
        load_corpus(copy)


def drop_covered(folder: Path) -> None:
    """Take out the drafts of meetings that a person has translated by now, of a copy to change."""
    manifest = read_manifest(folder)
    for family in families(manifest):
        entry = family.drafts
        if entry is None:
            continue
        missing = _missing(folder, family, entry.language, None)
        page = read_entry(folder, entry)
        dates = {item.date: item.heading.text for item in page.meetings}
        if dates.keys() <= {item.date for item in missing.meetings}:
            continue
        left = tuple(item for item in missing.meetings if item.date in dates)
        drafts = {line.digest: line.draft for item in left for line in item.lines}
        made = compose_page(
            replace(missing, meetings=left), drafts, dates, entry.publisher, entry.retrieved
        )
        if made is None:
            others = tuple(item for item in manifest.documents if item.id != entry.id)
            manifest = Manifest(documents=others)
            (folder / entry.file).unlink(missing_ok=True)
        else:
            manifest = manifest.put(made.entry)
            (folder / entry.file).write_bytes(made.text.encode())
    write_manifest(folder, manifest)
