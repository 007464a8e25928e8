"""The command that has a language model draft what no person has translated."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from ccs_qa.cli.terminal import OUT, day_option, language_option, own_words
from ccs_qa.errors import ModeError
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.records import Language
from ccs_qa.settings import load_settings
from ccs_qa.text.strings import visible

if TYPE_CHECKING:
    from ccs_qa.generate.draft import Drafted


def corpus_draft(
    into: Annotated[Language, language_option("--into", "Language of the drafts: fr or en.")],
    meeting: Annotated[
        dt.datetime | None, day_option("--meeting", "Only this meeting, drafted anew (ISO day).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the drafts and write nothing.")
    ] = False,
) -> None:
    """Have the language model of the settings draft meetings that nobody has translated."""
    from ccs_qa.corpus.drafts import find_missing, write_page
    from ccs_qa.encoder.opening import open_encoder
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
    support = embedding_support(open_encoder(settings.model, settings.cache, settings.threads))
    for missing in found:
        made = []
        for drafted in draft_lines(missing, endpoint, support, day):
            made.append(drafted)
            _print(drafted, words)
        page = compose_drafts(
            missing, made, endpoint.model, catalogue(into), dt.datetime.now().date()
        )
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


def _print(drafted: "Drafted", words: Catalogue) -> None:
    OUT.print(f"{visible(drafted.line.text)}\n  → {visible(drafted.draft) or '…'}")
    if drafted.refused is not None:
        OUT.print(f"  ✗ {words.text(f'cli.draft.refused.{drafted.refused}')}")
