"""Command: why a question is answered as it is, for whoever keeps the corpus or the code."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ccs_qa.cli.editions import open_told
from ccs_qa.cli.terminal import OUT, QuestionArgument, own_words
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import Question
from ccs_qa.settings import load_settings

if TYPE_CHECKING:
    from ccs_qa.answer.explain import Explanation

# So many signs are shown: those that are nearest to turning the verdict.
_SIGNS = 8


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
