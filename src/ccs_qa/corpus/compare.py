"""Compares two editions of the corpus: which passages came, went or read otherwise."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

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
