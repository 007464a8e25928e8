"""The commands that answer: ask, search, explain, doctor; and the check of an answer saved."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ccs_qa.cli.store import recorded
from ccs_qa.cli.terminal import ERR, OUT, as_typed, own_words, print_runs, write_json
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.records import Language, Question
from ccs_qa.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ccs_qa.answer.explain import Explanation
    from ccs_qa.corpus.library import Corpus
    from ccs_qa.present.saved import Checked, Saved
    from ccs_qa.service import QAService

answer_app = typer.Typer(help="Answers that were saved.", no_args_is_help=True)
# So many signs are shown: those that are nearest to turning the verdict.
_SIGNS = 8

QuestionArgument = Annotated[
    str,
    typer.Argument(parser=as_typed, metavar="QUESTION", help="The question, in French or English."),
]
LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help="Language of the answer: fr or en.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the API body.")]


def open_told(settings: Settings) -> "QAService":
    """Open the service; where the pages are not those of the edition in use, say so on stderr."""
    from ccs_qa.index.build import is_published
    from ccs_qa.opening import open_service

    service = open_service(settings)
    if settings.corpus.is_dir() and not is_published(settings):
        ERR.print(own_words().text("cli.unpublished"), style="yellow")
    return service


def ask(
    question: QuestionArgument,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question in verified quotes."""
    from ccs_qa.cli.views import print_answer
    from ccs_qa.present.contexts import Viewer
    from ccs_qa.present.presenter import Presenter

    settings = load_settings()
    service = open_told(settings)
    with recorded(service, settings, "cli") as observed:
        answer = observed.ask(Question(question, lang))
    if as_json:
        write_json(Presenter(service.corpus).answer(answer).model_dump_json(indent=2))
    else:
        words = catalogue(answer.language)
        print_answer(OUT, Viewer(service.corpus, words).answer(answer), words)


def search(
    question: QuestionArgument,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Most passages.")] = 10,
    lang: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the passages nearest to a question."""
    from ccs_qa.cli.views import print_hits
    from ccs_qa.present.contexts import Viewer
    from ccs_qa.present.presenter import Presenter

    service = open_told(load_settings())
    result = service.search(Question(question, lang, k=k))
    if as_json:
        write_json(Presenter(service.corpus).search(result).model_dump_json(indent=2))
    else:
        print_hits(OUT, result, Viewer(service.corpus, catalogue(result.query.language)))


def doctor() -> None:
    """Check settings, corpus, model and index, and ask one question."""
    from ccs_qa.answer.conversation import sample_questions

    settings = load_settings()
    service = open_told(settings)
    words = own_words()
    service.ask(Question(sample_questions(service.corpus, words)[0]))
    table = Table(show_header=False)
    for name, value in (
        ("corpus", str(settings.corpus)),
        ("index", f"{settings.index} ({service.index_id})"),
        ("cache", str(settings.cache)),
        ("model", service.model),
    ):
        table.add_row(name, value)
    OUT.print(table)
    OUT.print(words.text("cli.ok"))


def explain(
    question: QuestionArgument,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Most passages.")] = 5,
) -> None:
    """Show why: what was understood, what the judge looks at, what each leg adds."""
    found = open_told(load_settings()).explain(Question(question, k=k))
    words = own_words()
    for part in found:
        for line in _read(part, words):
            OUT.print(line)
        for table in (_signs(part, words), _legs(part, words)):
            if table.row_count:
                OUT.print(table)


def _read(part: "Explanation", words: Catalogue) -> list[str]:
    query = part.query
    days = query.scope.meetings if query.scope else ()
    said = {
        "explain.searched": query.searched,
        "explain.intent": query.intent,
        "explain.topic": query.topic,
        "explain.meetings": words.join([words.date(day) for day in days]),
        "explain.status": part.verdict.status,
        "explain.judged" if part.judged else "explain.read": words.decimal(part.verdict.confidence),
    }
    least = words.decimal(part.answered)
    return [
        words.text(f"cli.{name}", value=value, least=least) for name, value in said.items() if value
    ]


def _signs(part: "Explanation", words: Catalogue) -> Table:
    columns = ("explain.sign", "explain.value", "explain.adds", "explain.turns")
    table = _table("explain.signs", columns, words)
    for sign in part.signs[:_SIGNS] if part.judged else ():
        table.add_row(sign.name, *map(words.decimal, (sign.value, sign.adds, sign.turns_at)))
    return table


def _legs(part: "Explanation", words: Catalogue) -> Table:
    legs = list(part.placed[0].added) if part.placed else []
    table = _table("explain.legs", ("explain.passage", "explain.score"), words)
    for leg in legs:
        table.add_column(leg, justify="right")
    table.add_column(words.text("cli.explain.needed", least=words.decimal(part.quoted)))
    for item in part.placed:
        added = (words.decimal(item.added[leg]) for leg in legs)
        needed = "" if item.needed is None else words.decimal(item.needed)
        table.add_row(item.hit.passage.id, words.decimal(item.hit.score), *added, needed)
    return table


def _table(name: str, columns: tuple[str, ...], words: Catalogue) -> Table:
    table = Table(title=words.text(f"cli.{name}"), title_justify="left")
    for column in columns:
        first = column == columns[0]
        table.add_column(words.text(f"cli.{column}"), justify="left" if first else "right")
    return table


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
