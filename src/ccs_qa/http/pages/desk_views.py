"""What the pages of the desk say of a change, word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ccs_qa.corpus.compare import Change, Run, word_runs
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class ChangedText:
    """A passage in one language, word by word; a status in words where it is another now."""

    language: Language
    runs: tuple[Run, ...]
    status: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A passage that was added, changed or removed.

    Attributes:
        kept: Whether it keeps its name, though its words are others.
    """

    said: str
    kept: bool
    texts: tuple[ChangedText, ...]

    @property
    def plain(self) -> bool:
        """Whether its status alone is another."""
        same = all(run.fate == "kept" for text in self.texts for run in text.runs)
        return same and any(text.status for text in self.texts)


def view_changes(
    changes: Sequence[Change], words: Catalogue
) -> Iterator[tuple[str, tuple[ChangeView, ...]]]:
    """View by meeting, the latest first, what reads otherwise."""
    ordered = sorted(changes, key=lambda item: str(item.passage.meeting or ""), reverse=True)
    for day, group in groupby(ordered, key=lambda item: item.passage.meeting):
        views = (_change(item, words) for item in group)
        if shown := tuple(view for view in views if not view.plain):
            yield words.date(day) if day else words.text("desk.outside"), shown


def _change(change: Change, words: Catalogue) -> ChangeView:
    was, now = change.before, change.after
    key = "desk.changed" if was and now else "desk.added" if now else "desk.gone"
    kept = was is not None and now is not None and was.id == now.id
    return ChangeView(words.text(key, id=change.passage.id), kept, tuple(_texts(change, words)))


def _texts(change: Change, words: Catalogue) -> Iterator[ChangedText]:
    for language in LANGUAGES:
        both = (item and item.renditions.get(language) for item in (change.before, change.after))
        was, now = both
        if was or now:
            runs = tuple(word_runs(was.text if was else "", now.text if now else ""))
            names = [words.text(f"rendition.{item.status}") for item in (was, now) if item]
            flipped = len(set(names)) > 1
            yield ChangedText(language, runs, " → ".join(names) if flipped else "")
