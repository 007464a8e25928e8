"""Prints answers and passages on a terminal."""

from collections.abc import Sequence

from rich.console import Console

from ccs_qa.answer import lines_above, say_more, silent
from ccs_qa.api.present import meeting_name, once, parts
from ccs_qa.contract.schemas import AskResponse, CitationOut, HitOut, QueryOut
from ccs_qa.messages import Catalogue
from ccs_qa.records import LANGUAGES, Language


def print_answer(console: Console, answer: AskResponse, words: Catalogue) -> None:
    """Print an answer.

    Args:
        console: Where to.
        answer: The answer.
        words: The words of its language.
    """
    print_reading(console, answer.query, words)
    console.print(words.text(f"status.{answer.status}"), style="bold")
    lead = answer.statements[0].text if answer.statements else answer.answer
    console.print(lead)
    lines = lines_above(answer.groups)
    for citation in once(answer.citations):
        console.print()
        for line in lines.get(citation.number, []):
            console.print(line, style="bold")
        _print_passage(console, f"[{citation.number}]", citation, words)
    if answer.absent:
        console.print(f"\n{silent(answer.absent, words)}")
    if answer.more:
        console.print(f"\n{say_more(answer.more, answer.kind, words)}")
    if answer.nearest:
        console.print(f"\n{words.text('cli.nearest')}", style="bold")
        print_hits(console, answer.nearest, words)
    if answer.citations and answer.coverage.start and answer.coverage.end:
        console.print(
            "\n"
            + words.count(
                "answer.coverage",
                answer.coverage.meetings,
                start=words.month(answer.coverage.start),
                end=words.month(answer.coverage.end),
            )
        )
    if answer.disclaimer is not None:
        by_language = {item.language: item.text for item in answer.disclaimer.renditions}
        wanted: tuple[Language, ...] = (words.language, *LANGUAGES)
        console.print(next((by_language[item] for item in wanted if item in by_language), ""))


def print_reading(console: Console, query: QueryOut, words: Catalogue) -> None:
    """Print which words were read as others, if any were.

    Args:
        console: Where to.
        query: What was understood.
        words: The words of the reader's language.
    """
    for item in query.read_as:
        console.print(words.text("page.understood.read", typed=item.typed, read=item.read))


def print_hits(console: Console, hits: Sequence[HitOut], words: Catalogue) -> None:
    """Print passages in order.

    Args:
        console: Where to.
        hits: The passages.
        words: The words of the reader's language.
    """
    for rank, hit in enumerate(hits, 1):
        console.print()
        _print_passage(console, f"{rank}.", hit, words)


def _print_passage(
    console: Console, mark: str, hit: HitOut | CitationOut, words: Catalogue
) -> None:
    date = words.date(hit.meeting.date) if hit.meeting else ""
    place = " – ".join(part for part in (date, meeting_name(hit), hit.section) if part)
    console.print(f"{mark} {place}", style="bold")
    if hit.attribution:
        console.print(f"    {words.text(f'attribution.{hit.attribution}')}", style="dim")
    for view in (hit, hit.counterpart):
        if view is not None:
            for part in parts(hit, view):
                console.print(f"    {part.language.upper()}  {part.text}")
            console.print(f"        {words.text(f'rendition.{view.status}')}", style="dim")
    console.print(f"        {hit.passage_id}", style="dim")
