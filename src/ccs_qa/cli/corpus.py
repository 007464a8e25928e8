"""The commands about the pages: list, check, import, pair, draft, compare with an edition."""

import datetime as dt
import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccs_qa.cli.terminal import ERR, OUT, day_option, make_table, own_words, print_runs
from ccs_qa.errors import ModeError, ModelError
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language, RenditionStatus
from ccs_qa.settings import Settings, load_settings
from ccs_qa.text.strings import visible

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ccs_qa.corpus.compare import Change
    from ccs_qa.corpus.pairing import PairedMeeting
    from ccs_qa.encoder.encoder import Encoder
    from ccs_qa.generate.draft import Drafted

corpus_app = typer.Typer(help="The pages and their hints.", no_args_is_help=True)


def _open_encoder(settings: Settings) -> "Encoder":
    from ccs_qa.encoder.opening import open_encoder

    return open_encoder(settings.model, settings.cache, settings.threads)


@corpus_app.command("list")
def corpus_list() -> None:
    """List the meetings with their titles and numbers of passages."""
    from ccs_qa.corpus.library import load_corpus

    corpus = load_corpus(load_settings().corpus)
    table = make_table("cli.date", "cli.title.fr", "cli.title.en", "cli.passages")
    for meeting in corpus.meetings:
        title = meeting.title.renditions if meeting.title else None
        table.add_row(
            meeting.date.isoformat(),
            *(title.best(language).text if title else "" for language in LANGUAGES),
            str(len(meeting.passages)),
        )
    OUT.print(table, soft_wrap=False)


@corpus_app.command("check")
def corpus_check(
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Note the digests of the reviewed pages.")
    ] = False,
) -> None:
    """List what a maintainer should look at."""
    from ccs_qa.corpus.importer import refresh_manifest
    from ccs_qa.corpus.library import check_corpus

    words = own_words()
    folder = load_settings().corpus
    if refresh:
        refresh_manifest(folder)
    findings = check_corpus(folder)
    for item in findings:
        OUT.print(words.text(f"cli.finding.{item.kind}", subject=item.subject, detail=item.detail))
    if findings:
        raise typer.Exit(1)
    OUT.print(words.text("cli.ok"))


@corpus_app.command("import")
def corpus_import(  # noqa: PLR0917 - Typer takes options as parameters
    page: Annotated[str, typer.Argument(help="A .html, .docx, .md or .txt page, or its address.")],
    document_id: Annotated[str, typer.Option("--id", help="Name of the document.")],
    lang: Annotated[Language, typer.Option(help="fr or en.")],
    publisher: Annotated[str, typer.Option(help="Who published or made it.")],
    status: Annotated[
        RenditionStatus,
        typer.Option(metavar="<str>", help="official, unofficial_translation or machine_draft."),
    ] = "official",
    source_url: Annotated[
        str | None,
        typer.Option(help="Address of the page as published; the one known if left out."),
    ] = None,
    retrieved: Annotated[
        dt.datetime | None, day_option("--retrieved", "Day it was taken, ISO.")
    ] = None,
    translation_of: Annotated[
        str | None, typer.Option(help="Name of the document it translates.")
    ] = None,
) -> None:
    """Import a page; on any error the corpus stays as it was."""
    from ccs_qa.corpus.fetch import fetched
    from ccs_qa.corpus.importer import PageSource, import_page
    from ccs_qa.corpus.library import load_corpus
    from ccs_qa.corpus.manifest import WEB_ADDRESS

    if Path(document_id).name != document_id:
        raise typer.BadParameter("a name, not a path", param_hint="--id")
    if source_url and not re.match(WEB_ADDRESS, source_url):
        raise typer.BadParameter("https://…", param_hint="--source-url")
    settings = load_settings()
    source = PageSource(
        document_id=document_id,
        language=lang,
        status=status,
        publisher=publisher,
        source_url=source_url,
        retrieved=(retrieved or dt.datetime.now()).date(),
        translation_of=translation_of,
    )
    remote = re.match(r"https?://", page)
    taken = fetched(page, settings.import_hosts) if remote else nullcontext((Path(page), ""))
    with taken as (file, address):
        # A translation of ours is published nowhere.
        if address and status == "official" and source_url is None:
            source = replace(source, source_url=address)
        document = import_page(settings.corpus, file, source)
    _tell_pairs(settings, only_doubtful=True)
    meetings = len(load_corpus(settings.corpus).meetings)
    OUT.print(own_words().text("cli.imported", id=document.id, meetings=meetings))


@corpus_app.command("align")
def corpus_align() -> None:
    """Pair the lines of both languages by what they mean; name those to look at."""
    _tell_pairs(load_settings())


def _tell_pairs(settings: Settings, *, only_doubtful: bool = False) -> None:
    """Pair the corpus and tell how; where the model is not prepared, say what to do."""
    from ccs_qa.corpus.pairing import pair_corpus

    # Only where there is something to pair: to load the model takes a while.
    encoder = cache(lambda: _open_encoder(settings))

    def embed(texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        return encoder().encode(texts, "passage").pooled

    words = own_words()
    try:
        found = pair_corpus(settings.corpus, embed)
    except ModelError:
        if not only_doubtful:
            raise
        ERR.print(words.text("cli.align.unread"), style="yellow")
        return
    if not only_doubtful:
        table = make_table("cli.date", "cli.align.pairs", "cli.align.unpaired", "cli.align.weakest")
        for row in found:
            alone = sum(item.kind in {"missing", "added"} for item in row.findings)
            sure = words.text("cli.align.reviewed") if row.weakest is None else f"{row.weakest:.2f}"
            table.add_row(row.meeting.isoformat(), str(len(row.links)), str(alone), sure)
        OUT.print(table, soft_wrap=False)
    for row in found:
        _print_findings(row)


def _print_findings(row: "PairedMeeting") -> None:
    words = own_words()
    for item in row.findings:
        text = words.text(f"cli.align.{item.kind}", meeting=words.date(row.meeting))
        OUT.print(text, style="bold")
        for language, lines in zip(row.languages, (item.ours, item.theirs), strict=True):
            for line in lines or ("—",):
                OUT.print(f"  {language.upper()}  {line}")


@corpus_app.command("draft")
def corpus_draft(
    into: Annotated[Language, typer.Option("--into", help="Language of the drafts: fr or en.")],
    meeting: Annotated[
        dt.datetime | None, day_option("--meeting", "Only this meeting, drafted anew (ISO day).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the drafts and write nothing.")
    ] = False,
) -> None:
    """Have the language model of the settings draft meetings that nobody has translated."""
    from ccs_qa.corpus.drafts import find_missing, write_page
    from ccs_qa.generate.draft import compose_drafts, draft_lines
    from ccs_qa.generate.opening import open_endpoint
    from ccs_qa.generate.support import embedding_support

    day = meeting.date() if meeting else None
    words = own_words()
    settings = load_settings()
    endpoint = open_endpoint(settings)
    if endpoint is None:
        raise ModeError
    found = find_missing(settings.corpus, into, day)
    if not found:
        OUT.print(words.text("cli.draft.none"))
        return
    support = embedding_support(_open_encoder(settings))
    today = dt.datetime.now().date()
    for missing in found:
        made = []
        for drafted in draft_lines(missing, endpoint, support, day):
            made.append(drafted)
            _print_draft(drafted)
        page = compose_drafts(missing, made, endpoint.model, catalogue(into), today)
        kept = sum(item.refused is None for item in made)
        OUT.print(words.text("cli.draft.counts", kept=kept, refused=len(made) - kept))
        if page is None:
            OUT.print(words.text("cli.draft.nothing"))
        elif dry_run:
            OUT.print(words.text("cli.draft.dry", file=page.entry.file))
            OUT.print(page.text)
        else:
            write_page(settings.corpus, page)
            OUT.print(words.text("cli.draft.written", file=page.entry.file))


def _print_draft(drafted: "Drafted") -> None:
    OUT.print(f"{visible(drafted.line.text)}\n  → {visible(drafted.draft) or '…'}")
    if drafted.refused is not None:
        OUT.print(f"  ✗ {own_words().text(f'cli.draft.refused.{drafted.refused}')}")


@corpus_app.command("diff")
def corpus_diff(
    edition: Annotated[
        str | None, typer.Argument(help="An edition as listed; the one in use if left out.")
    ] = None,
) -> None:
    """Show what the pages say otherwise than an edition does, word by word."""
    from ccs_qa.corpus.compare import compare, notice
    from ccs_qa.corpus.library import load_corpus
    from ccs_qa.index.storage import CORPUS, current_edition, find_edition

    settings = load_settings()
    index = settings.index
    folder = current_edition(index) if edition is None else find_edition(index, edition)
    before, after = load_corpus(folder / CORPUS), load_corpus(settings.corpus)
    changes, words = compare(before, after), own_words()
    for item in notice(before, after, changes):
        OUT.print(words.notice(item.kind, item.meeting, len(item.passages)), style="yellow")
    for change in changes:
        _print_change(change)
    OUT.print(words.count("cli.diff", len(changes)))


def _print_change(change: "Change") -> None:
    words, item = own_words(), change.passage
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
