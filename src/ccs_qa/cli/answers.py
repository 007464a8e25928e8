"""The command that checks the quotes of a saved answer, then and now."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ccs_qa.cli.editions import print_runs
from ccs_qa.cli.terminal import OUT, own_words
from ccs_qa.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccs_qa.corpus.library import Corpus
    from ccs_qa.present.saved import Checked, Saved

answer_app = typer.Typer(help="Answers that were saved.", no_args_is_help=True)


@answer_app.command("verify")
def answer_verify(
    file: Annotated[Path, typer.Argument(help="What /ask gave (.json), or a .docx or .md.")],
) -> None:
    """Check the quotes of a saved answer against its own edition and today's."""
    from ccs_qa.corpus.library import load_corpus
    from ccs_qa.index.storage import CORPUS, current_edition
    from ccs_qa.present.saved import check_quotes, follow_quotes, read_saved

    words, index = own_words(), load_settings().index
    saved = read_saved(file)
    current = current_edition(index)
    today = load_corpus(current / CORPUS)
    name, own = _own_edition(index, saved)
    whole = True
    if own is None:
        OUT.print(words.text("cli.verify.unknown", index=saved.index_id), style="yellow")
    else:
        OUT.print(words.text("cli.verify.own", edition=name), style="bold")
        whole = _tell(check_quotes(saved, own))
    OUT.print(words.text("cli.verify.today", edition=current.name), style="bold")
    # Of an edition that is gone, today's is all there is to compare with.
    whole &= _tell(follow_quotes(saved, own or today, today))
    if not whole:
        raise typer.Exit(1)


def _own_edition(index: Path, saved: "Saved") -> tuple[str, "Corpus | None"]:
    """Find the edition of an answer by its id, else the last made that holds most quotes of it."""
    from ccs_qa.corpus.library import load_corpus
    from ccs_qa.index.storage import CORPUS, editions
    from ccs_qa.present.saved import held

    names = [
        name
        for name, manifest in editions(index)
        if not saved.index_id or manifest.index_id == saved.index_id
    ]
    kept = [(name, load_corpus(index / name / CORPUS)) for name in names]
    # Two builds of one id hold the same.
    return max(kept, key=lambda item: held(saved, item[1]), default=("", None))


def _tell(checked: "Sequence[Checked]") -> bool:
    """Print what became of each quote that does not stand, and how many do."""
    words = own_words()
    stands = sum(item.fate == "stands" for item in checked)
    for item in checked:
        if item.fate != "stands":
            passage = item.passage.id if item.passage else "—"
            OUT.print(f"  {words.text(f'cli.verify.{item.fate}', id=passage)}")
            print_runs("    ", item.quote, item.now)
    OUT.print(f"  {words.text('cli.verify.stands', stands=stands, all=len(checked))}")
    return stands == len(checked)
