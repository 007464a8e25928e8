"""Compares two editions of the corpus: which passages came, went or read otherwise."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, get_args

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import LANGUAGES, Passage

# Two passages of which so large a share is the same are one that was corrected.
SAME_FROM = 0.6


@dataclass(frozen=True, slots=True)
class Change:
    """A passage that is not as it was.

    Attributes:
        before: None for one that was added.
        after: None for one that was removed.
    """

    before: Passage | None
    after: Passage | None

    @property
    def passage(self) -> Passage:
        """The passage as it is now, or as it last was."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of the two is there
        return found


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row, of one fate."""

    fate: Literal["kept", "removed", "added"]
    text: str


# Of a meeting: it is gone, passages of it are, or one language of them is; passages that are no
# longer, or now, official text; hints that were written for other words.
NoticeKind = Literal[
    "meeting-gone", "fr-gone", "en-gone", "passages-gone", "unofficial", "hints-stale", "official"
]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a change does to passages of one meeting that a person should know.

    Attributes:
        meeting: None for what is of no meeting.
    """

    kind: NoticeKind
    meeting: dt.date | None
    passages: tuple[Passage, ...]


def compare(before: Corpus, after: Corpus) -> tuple[Change, ...]:
    """List what changed, in the order of the pages: what is there now, then what is gone.

    A passage whose name is gone and a new one of the same kind are the same, corrected, where most
    of their words are: a name follows the words, unless an import has kept it.
    """
    old = {item.id: item for item in before.passages}
    new = {item.id: item for item in after.passages}
    gone = [item for name, item in old.items() if name not in new]
    origins = _origins(gone, [item for name, item in new.items() if name not in old])
    found = []
    for name, item in new.items():
        origin = old.get(name) or origins.get(name)
        if origin is None or _read(origin) != _read(item):
            found.append(Change(origin, item))
    corrected = {item.id for item in origins.values()}
    return (*found, *(Change(item, None) for item in gone if item.id not in corrected))


def notice(before: Corpus, after: Corpus, changes: Sequence[Change]) -> tuple[Notice, ...]:
    """List what a change does beside changing words, the worst first."""
    days = {meeting.date for meeting in after.meetings}
    found: dict[tuple[NoticeKind, dt.date | None], list[Passage]] = defaultdict(list)
    for change in changes:
        was, now = change.before, change.after
        place = change.passage.meeting
        if was and not now:
            found["passages-gone" if place in days else "meeting-gone", place].append(was)
        for language in LANGUAGES if was and now else ():
            old, new = (item and item.renditions.get(language) for item in (was, now))
            if old and not new:
                found["fr-gone" if language == "fr" else "en-gone", place].append(change.passage)
            elif old and new and old.status != new.status:
                kind: NoticeKind = "official" if new.status == "official" else "unofficial"
                found[kind, place].append(change.passage)
        if was and _outdated(was, now, before, after):
            found["hints-stale", place].append(change.passage)
    return tuple(
        Notice(kind, place, tuple(found[kind, place]))
        for kind in get_args(NoticeKind)
        for place in sorted({day for named, day in found if named == kind}, key=str, reverse=True)
    )


def _outdated(was: Passage, now: Passage | None, before: Corpus, after: Corpus) -> bool:
    """Tell whether hints were written for other words than they stand beside."""
    hints = after.known.hints.get(was.id)
    if hints is None or hints != before.known.hints.get(was.id):
        return False
    return now is None or any(
        old is not None and new is not None and old.text != new.text
        for old, new in ((was.renditions.get(key), now.renditions.get(key)) for key in LANGUAGES)
    )


def word_runs(before: str, after: str) -> Iterator[Run]:
    """Tell word by word what became of a text."""
    old, new = before.split(), after.split()
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for fate, start, end, first, last in matcher.get_opcodes():
        if fate == "equal":
            yield Run("kept", " ".join(old[start:end]))
            continue
        if start < end:
            yield Run("removed", " ".join(old[start:end]))
        if first < last:
            yield Run("added", " ".join(new[first:last]))


def _read(passage: Passage) -> tuple[object, ...]:
    """What a reader sees of a passage."""
    shown = [passage.renditions.get(language) for language in LANGUAGES]
    section = passage.section and tuple(passage.section.get(language) for language in LANGUAGES)
    return (
        tuple(item and (item.text, item.status) for item in shown),
        section and tuple(item and item.text for item in section),
    )


def _origins(gone: Sequence[Passage], come: Sequence[Passage]) -> dict[str, Passage]:
    """Find of each new passage the one it was, the likeliest pairs first."""
    of_kind: dict[str, list[Passage]] = defaultdict(list)
    for item in gone:
        of_kind[item.kind].append(item)
    pairs = sorted(
        (
            (likeness, item.id, old)
            for item in come
            for old in of_kind[item.kind]
            if (likeness := _likeness(old, item)) >= SAME_FROM
        ),
        # The meeting decides between equals: the same words may stand in two.
        key=lambda pair: (-pair[0], pair[1][:10] != str(pair[2].meeting)),
    )
    found: dict[str, Passage] = {}
    for _, name, old in pairs:
        if name not in found and old not in found.values():
            found[name] = old
    return found


def _likeness(old: Passage, new: Passage) -> float:
    for language in LANGUAGES:
        was, now = old.renditions.get(language), new.renditions.get(language)
        if was and now and was.document == now.document:
            matcher = SequenceMatcher(a=was.text.split(), b=now.text.split(), autojunk=False)
            # A bound that costs little comes first: most pairs have hardly a word in common. The
            # counterpart says nothing: it may stand beside other words than it translates.
            return matcher.ratio() if matcher.quick_ratio() >= SAME_FROM else 0.0
    return 0.0
