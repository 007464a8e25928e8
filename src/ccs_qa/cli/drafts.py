"""The command that has a language model draft what no person has translated."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ccs_qa.cli.store import read_day
from ccs_qa.cli.words import own_words, worded_errors
from ccs_qa.errors import ModeError
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.records import LANGUAGES
from ccs_qa.settings import load_settings
from ccs_qa.text.strings import visible

if TYPE_CHECKING:
    from ccs_qa.generate.draft import Refusal

_REFUSED: dict["Refusal", str] = {
    "form": "cli.draft.refused.form",
    "language": "cli.draft.refused.language",
    "number": "cli.draft.refused.number",
    "date": "cli.draft.refused.date",
    "name": "cli.draft.refused.name",
    "negation": "cli.draft.refused.negation",
    "support": "cli.draft.refused.support",
}
_OUT = Console(soft_wrap=True, highlight=False, markup=False)


def corpus_draft(
    into: Annotated[str, typer.Option("--into", help="Language of the drafts: fr or en.")],
    meeting: Annotated[
        str | None, typer.Option("--meeting", help="Only this meeting, drafted anew (ISO day).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the drafts and write nothing.")
    ] = False,
) -> None:
    """Have the language model of the settings draft meetings that nobody has translated."""
    from ccs_qa.corpus.drafts import find_missing, write_page
    from ccs_qa.encoder.encoder import open_encoder
    from ccs_qa.generate.draft import compose_drafts, draft_lines
    from ccs_qa.generate.opening import open_endpoint
    from ccs_qa.generate.support import embedding_support

    language = next((item for item in LANGUAGES if item == into), None)
    if language is None:
        raise typer.BadParameter("fr | en", param_hint="--into")
    day = read_day(meeting, "--meeting").date() if meeting else None
    words = own_words()
    with worded_errors():
        settings = load_settings()
        endpoint = open_endpoint(settings)
        if endpoint is None:
            raise ModeError
        found = find_missing(settings.corpus, language, day)
        if not found:
            _OUT.print(words.text("cli.draft.none"))
            return
        support = embedding_support(open_encoder(settings.model, settings.cache, settings.threads))
        for missing in found:
            made = []
            for drafted in draft_lines(missing, endpoint, support, day):
                made.append(drafted)
                _print(drafted.line.text, drafted.draft, drafted.refused, words)
            page = compose_drafts(
                missing, made, endpoint.model, catalogue(language), dt.datetime.now().date()
            )
            kept = sum(item.refused is None for item in made)
            _OUT.print(words.text("cli.draft.counts", kept=kept, refused=len(made) - kept))
            if page is None:
                _OUT.print(words.text("cli.draft.nothing"))
            elif dry_run:
                _OUT.print(words.text("cli.draft.dry", file=page.entry.file))
                _OUT.print(page.text)
            else:
                write_page(settings.corpus, page)
                _OUT.print(words.text("cli.draft.written", file=page.entry.file))


def _print(text: str, draft: str, refused: "Refusal | None", words: Catalogue) -> None:
    _OUT.print(f"{visible(text)}\n  → {visible(draft) or '…'}")
    if refused is not None:
        _OUT.print(f"  ✗ {words.text(_REFUSED[refused])}")
