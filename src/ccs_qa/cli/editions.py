"""The commands about editions: list them, put another in use, see what a build would change."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from ccs_qa.cli.terminal import ERR, OUT, make_table, own_words
from ccs_qa.settings import Settings, load_settings

if TYPE_CHECKING:
    from ccs_qa.service import QAService

edition_app = typer.Typer(help="The editions that were built.", no_args_is_help=True)
_STYLES = {"kept": "", "removed": "red strike", "added": "green underline"}
# Read without colours as well.
_MARKS = {"kept": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}


@edition_app.command("list")
def edition_list() -> None:
    """List the editions, the one made last first; a star marks the one in use."""
    from ccs_qa.index.storage import clear_leftovers, current_edition, editions

    folder = load_settings().index
    clear_leftovers(folder)
    used = current_edition(folder).name
    table = make_table("cli.edition", "cli.edition.made", "cli.edition.meetings", "cli.passages")
    for name, manifest in editions(folder):
        table.add_row(
            f"{name} *" if name == used else name,
            manifest.made.astimezone().strftime("%Y-%m-%d %H:%M"),
            str(manifest.counts["meetings"]),
            str(manifest.counts["passages"]),
        )
    OUT.print(table, soft_wrap=False)


@edition_app.command("use")
def edition_use(name: Annotated[str, typer.Argument(help="Which, as listed.")]) -> None:
    """Put another edition in use; a running service takes it some seconds later."""
    from ccs_qa.index.storage import use_edition

    manifest = use_edition(load_settings().index, name)
    OUT.print(own_words().text("cli.edition.used", name=name, **manifest.counts))


def corpus_diff(
    edition: Annotated[
        str | None, typer.Argument(help="An edition as listed; the one in use if left out.")
    ] = None,
) -> None:
    """Show what the pages say otherwise than an edition does, word by word."""
    from ccs_qa.corpus.compare import compare, notice
    from ccs_qa.corpus.library import load_corpus
    from ccs_qa.index.storage import CORPUS, current_edition, find_edition
    from ccs_qa.records import LANGUAGES

    settings, words = load_settings(), own_words()
    index = settings.index
    folder = current_edition(index) if edition is None else find_edition(index, edition)
    before, after = load_corpus(folder / CORPUS), load_corpus(settings.corpus)
    changes = compare(before, after)
    for told in notice(before, after, changes):
        OUT.print(words.notice(told.kind, told.meeting, len(told.passages)), style="yellow")
    for change in changes:
        item = change.passage
        kind = "cli.diff.changed" if change.before else "cli.diff.added"
        kind = kind if change.after else "cli.diff.gone"
        day = words.date(item.meeting) if item.meeting else ""
        OUT.print(words.text(kind, id=item.id, meeting=day), style="bold")
        for language in LANGUAGES:
            was = change.before and change.before.renditions.get(language)
            now = change.after and change.after.renditions.get(language)
            print_runs(f"  {language.upper()}  ", was.text if was else "", now.text if now else "")
            if was and now and was.status != now.status:
                names = {
                    "was": words.text(f"rendition.{was.status}"),
                    "now": words.text(f"rendition.{now.status}"),
                }
                OUT.print(f"      {words.text('cli.diff.status', **names)}")
    OUT.print(words.count("cli.diff", len(changes)))


def print_runs(margin: str, before: str, after: str) -> None:
    """Print word by word what became of a text."""
    from ccs_qa.corpus.compare import word_runs

    line = Text(margin)
    for run in word_runs(before, after):
        start, end = _MARKS[run.fate]
        line.append(f"{start}{run.text}{end}", _STYLES[run.fate]).append(" ")
    OUT.print(line)


def open_told(settings: Settings) -> "QAService":
    """Open the service; where the pages are not those of the edition in use, say so on stderr."""
    from ccs_qa.index.build import is_published
    from ccs_qa.opening import open_service

    service = open_service(settings)
    if settings.corpus.is_dir() and not is_published(settings):
        ERR.print(own_words().text("cli.unpublished"), style="yellow")
    return service
