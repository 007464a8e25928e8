"""What the pages of the desk are given: the draft beside the edition in use, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ccs_qa.corpus.compare import Change, Run, word_runs
from ccs_qa.corpus.library import Finding
from ccs_qa.corpus.pairing import PairedMeeting
from ccs_qa.index.publish import Work
from ccs_qa.index.storage import IndexManifest
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition of the history."""

    name: str
    made: str
    meetings: int
    passages: int
    used: bool


@dataclass(frozen=True, slots=True)
class WorkView:
    """What is or was built, in words; a problem is its title, detail and next step."""

    running: bool
    text: str
    problem: tuple[str, str, str] | None


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


@dataclass(frozen=True, slots=True)
class ChangesView:
    """What changes in one meeting."""

    meeting: str
    changes: tuple[ChangeView, ...]


@dataclass(frozen=True, slots=True)
class PairView:
    """Lines of a meeting beside their counterparts, and what there is to see in them."""

    said: str
    sides: tuple[tuple[Language, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class PairsView:
    """The pairs of a meeting that a person should look at."""

    iso: str
    date: str
    pairs: tuple[PairView, ...]


def view_editions(
    found: Sequence[tuple[str, IndexManifest]], used: str | None
) -> tuple[EditionRow, ...]:
    """View the history, the edition made last first."""
    return tuple(
        EditionRow(
            name,
            manifest.made.astimezone().strftime("%Y-%m-%d %H:%M"),
            manifest.counts["meetings"],
            manifest.counts["passages"],
            name == used,
        )
        for name, manifest in found
    )


def view_work(work: Work | None, words: Catalogue) -> WorkView | None:
    """View what is or was built for the desk."""
    if work is None:
        return None
    name = words.text("desk.work.publish" if work.task == "publish" else "desk.work.try")
    step = words.text(f"cli.{work.step}") if work.step.startswith("index.") else ""
    said = {
        "running": words.text("desk.work.running", name=name, step=step, n=work.done, of=work.total)
        if step
        else words.text("desk.work.begun", name=name),
        "done": words.text("desk.work.done", name=name),
        "stopped": words.text("desk.work.stopped", name=name),
        "failed": words.text("desk.work.failed", name=name),
    }
    problem = work.problem.get(words.language)
    return WorkView(work.state == "running", said[work.state], problem)


def view_findings(
    found: Sequence[Finding], words: Catalogue
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """View what the check found by kind: how many, and each with the address of its hints."""
    return tuple(
        (
            words.count(f"desk.finding.{kind}", len(items)),
            tuple(
                (
                    words.text(f"cli.finding.{kind}", subject=item.subject, detail=item.detail),
                    f"/{words.language}/desk/hints?passage={item.subject}"
                    if kind == "hints-missing"
                    else "",
                )
                for item in items
            ),
        )
        for kind, group in groupby(found, key=lambda item: item.kind)
        if (items := tuple(group))
    )


def view_changes(changes: Sequence[Change], words: Catalogue) -> tuple[ChangesView, ...]:
    """View what changes, by meeting, the latest first."""
    ordered = sorted(changes, key=lambda item: str(item.passage.meeting or ""), reverse=True)
    return tuple(
        ChangesView(
            words.date(day) if day else words.text("desk.outside"),
            tuple(_change(item, words) for item in group),
        )
        for day, group in groupby(ordered, key=lambda item: item.passage.meeting)
    )


def _change(change: Change, words: Catalogue) -> ChangeView:
    was, now = change.before, change.after
    key = "desk.changed" if was and now else "desk.added" if now else "desk.gone"
    texts = tuple(_texts(change, words))
    reworded = any(run.fate != "kept" for text in texts for run in text.runs)
    kept = was is not None and now is not None and was.id == now.id and reworded
    return ChangeView(words.text(key, id=change.passage.id), kept, texts)


def _texts(change: Change, words: Catalogue) -> Iterator[ChangedText]:
    for language in LANGUAGES:
        was, now = (
            item and item.renditions.get(language) for item in (change.before, change.after)
        )
        if was or now:
            runs = tuple(word_runs(was.text if was else "", now.text if now else ""))
            flipped = was and now and was.status != now.status
            names = [words.text(f"rendition.{item.status}") for item in (was, now) if item]
            yield ChangedText(language, runs, " → ".join(names) if flipped else "")


def view_pairs(found: Sequence[PairedMeeting], words: Catalogue) -> tuple[PairsView, ...]:
    """View the pairs that a person should look at, side by side."""
    return tuple(
        PairsView(
            item.meeting.isoformat(),
            words.date(item.meeting),
            tuple(
                PairView(
                    words.text(f"cli.align.{row.kind}", meeting=words.date(item.meeting)),
                    tuple(zip(item.languages, (row.ours, row.theirs), strict=True)),
                )
                for row in item.findings
            ),
        )
        for item in found
    )
