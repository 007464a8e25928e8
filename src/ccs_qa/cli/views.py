"""Prints answers and passages on a terminal."""

from collections.abc import Iterable

from rich.console import Console

from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import AnswerView, MeetingView, PassageView, Viewer, place_of
from ccs_qa.records import SearchResult


def print_answer(console: Console, view: AnswerView, words: Catalogue) -> None:
    """Print an answer."""
    _print_lines(console, view.reading)
    console.print(view.status_text, style="bold")
    _print_lines(console, (view.lead, view.notice))
    if view.near:
        console.print(f"\n{words.text('page.nearest')}", style="bold")
    for meeting in view.groups:
        _print_lines(console, (*meeting.leads, meeting.theme if meeting.begins else ""), "bold")
        for item in meeting.passages:
            _print_passage(console, f"[{item.number}]" if item.number else "-", item, meeting)
    said = view.disclaimer.text if view.disclaimer else ""
    console.print()
    _print_lines(console, (*view.notes, view.searched, said))


def print_hits(console: Console, result: SearchResult, viewer: Viewer) -> None:
    """Print what was understood, and passages in order."""
    _print_lines(console, viewer.reading(result.query))
    for rank, hit in enumerate(result.hits, 1):
        day = hit.passage.meeting
        if day is not None:
            meeting = viewer.meeting(viewer.corpus.meeting(day))
            _print_passage(console, f"{rank}.", viewer.passage(hit.passage), meeting)


def _print_lines(console: Console, lines: Iterable[str], style: str | None = None) -> None:
    for line in lines:
        if line:
            console.print(line, style=style)


def _print_passage(console: Console, mark: str, passage: PassageView, meeting: MeetingView) -> None:
    console.print(f"\n{mark} {place_of(passage, meeting)}", style="bold")
    for view in passage.spoken:
        for part in (*view.lead_ins, view, *view.items):
            console.print(f"    {part.language.upper()}  {part.text}")
        console.print(f"        {view.status}", style="dim")
    for name in filter(None, (passage.id, passage.published)):
        console.print(f"        {name}", style="dim")
