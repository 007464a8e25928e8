"""Pairs a corpus folder by meaning, keeps what the order of lines does not tell, and says it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ccs_qa.corpus.alignment import (
    UNSURE,
    Embed,
    Link,
    align,
    alone,
    crossings,
    meaning_distance,
)
from ccs_qa.corpus.editing import changing
from ccs_qa.corpus.library import families, load_corpus
from ccs_qa.corpus.manifest import PairsRow, read_entry, read_manifest, read_pairs, write_pairs
from ccs_qa.corpus.merge import digest_lines, lines_of
from ccs_qa.corpus.reader import Block, Page
from ccs_qa.errors import NotFoundError
from ccs_qa.records import Language

# Two lines that exchanged places; one that stands elsewhere; two that are one in the other
# language; one that is in one language alone; a pair that may be none.
PairKind = Literal["swapped", "moved", "merged", "missing", "added", "unsure"]


@dataclass(frozen=True, slots=True)
class PairFinding:
    """Lines of a meeting that a person should look at, in both languages' words.

    Attributes:
        ours: Lines of the source; none for what was `added` by the translation.
        theirs: Lines of the translation; none for what is `missing` there.
    """

    kind: PairKind
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairedMeeting:
    """How one meeting is paired.

    Attributes:
        languages: That of the source, then that of the translation.
        lines: Digest of the lines of both.
        weakest: Lowest confidence among its pairs, 0 to 1; None where a person has seen to them.
    """

    meeting: dt.date
    languages: tuple[Language, Language]
    lines: str
    links: tuple[Link, ...]
    weakest: float | None
    findings: tuple[PairFinding, ...]


def pair_corpus(folder: Path, embed: Embed) -> tuple[PairedMeeting, ...]:
    """Pair every meeting that stands in both languages, and keep what their lines do not tell.

    Raises:
        CorpusError: The manifest, a page or the pairs cannot be read.
    """
    with changing(folder) as copy:
        stored = read_pairs(copy)
        rows = tuple(_read(copy, embed, stored))
        kept = [row for row, _ in rows if row]
        if kept or stored:
            write_pairs(copy, kept)
            load_corpus(copy)
    return tuple(paired for _, paired in rows)


def doubtful_pairs(folder: Path, embed: Embed) -> tuple[PairedMeeting, ...]:
    """List the meetings in whose pairs a person should look at something, and has not yet."""
    stored = read_pairs(folder)
    seen = {row.lines for row in stored.values() if row.reviewed}
    found = (item for _, item in _read(folder, embed, stored))
    return tuple(item for item in found if item.findings and item.lines not in seen)


def approve_pairs(folder: Path, embed: Embed, meeting: dt.date) -> None:
    """Keep the pairs of a meeting as they are, as seen by a person; else `NotFoundError`."""
    with changing(folder) as copy:
        stored = read_pairs(copy)
        found = [item for _, item in _read(copy, embed, stored) if item.meeting == meeting]
        if not found:
            raise NotFoundError(what="meeting", name=meeting.isoformat())
        for item in found:
            pairs = tuple((link.source, link.target) for link in item.links)
            stored[item.lines] = PairsRow(
                meeting=meeting, lines=item.lines, pairs=pairs, reviewed=True
            )
        write_pairs(copy, tuple(stored.values()))
        load_corpus(copy)


def _read(
    folder: Path, embed: Embed, stored: dict[str, PairsRow]
) -> Iterator[tuple[PairsRow | None, PairedMeeting]]:
    for family in families(read_manifest(folder)):
        if family.translation is None:
            continue
        ours, theirs = family.source, family.translation
        pages = read_entry(folder, ours), read_entry(folder, theirs)
        yield from _pair_pages(*pages, (ours.language, theirs.language), embed, stored)


def _pair_pages(
    ours: Page,
    theirs: Page,
    languages: tuple[Language, Language],
    embed: Embed,
    stored: dict[str, PairsRow],
) -> Iterator[tuple[PairsRow | None, PairedMeeting]]:
    distance = meaning_distance(
        embed, [block.text for block in ours.blocks], [block.text for block in theirs.blocks]
    )
    translated = {meeting.date: lines_of(meeting) for meeting in theirs.meetings}
    for meeting in ours.meetings:
        source, target = lines_of(meeting), translated.get(meeting.date)
        if target is None:
            continue
        digest = digest_lines(source, target)
        row = stored.get(digest)
        if row is None or not row.reviewed:
            links = align(source, target, distance)
            pairs, unread = (
                tuple((link.source, link.target) for link in found)
                for found in (links, align(source, target))
            )
            kept = PairsRow(meeting=meeting.date, lines=digest, pairs=pairs)
            row = kept if pairs != unread else None
        else:
            links = row.links
        sure = [link.confidence for link in links if link.confidence is not None]
        weakest = min(sure, default=None)
        findings = tuple(find_pairs(links, source, target))
        yield row, PairedMeeting(meeting.date, languages, digest, links, weakest, findings)


def find_pairs(
    links: Sequence[Link], source: Sequence[Block], target: Sequence[Block]
) -> Iterator[PairFinding]:
    """List what a person should look at among the pairs of a meeting."""

    def said(kind: PairKind, *found: Link) -> PairFinding:
        ours = tuple(source[at].text for link in found for at in link.source)
        return PairFinding(
            kind, ours, tuple(target[at].text for link in found for at in link.target)
        )

    for crossing in crossings(links):
        yield said(crossing.kind, *crossing.links)
    for link in links:
        if len(link.source) + len(link.target) > 2:
            yield said("merged", link)
        elif link.confidence is not None and link.confidence < UNSURE:
            yield said("unsure", link)
    missing, added = alone(links, len(source), len(target))
    for at in missing:
        yield said("missing", Link((at,), ()))
    for at in added:
        yield said("added", Link((), (at,)))
