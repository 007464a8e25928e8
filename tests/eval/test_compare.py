"""What others would build: chunks of the page, and reciprocal rank fusion."""

import datetime as dt
from itertools import pairwise
from types import SimpleNamespace
from typing import cast

import pytest

from ccs_qa.records import Bilingual, Hit, Passage, Rendition
from ccs_qa.search import ABLATION, Recipe
from ccs_qa.service import QAService
from eval.compare import default_chunks, default_stack, reciprocal_rank
from eval.gold import GoldRow, Relevant
from tests.conftest import page_text

DAY = dt.date(2024, 5, 2)


def row(name: str, snippet: str, day: dt.date = DAY, question: str = "Quoi?") -> GoldRow:
    """Make a question with one relevant line."""
    return GoldRow(
        id=name,
        lang="fr",
        question=question,
        type="factual",
        answerable=True,
        relevant=(Relevant(meeting=day, snippet=snippet, grade=2),),
    )


def passage(name: str) -> Passage:
    """Make a passage whose text is its name."""
    text = Rendition("fr", name, "f", 0, len(name), "official")
    return Passage(name, "statement", DAY, None, None, Bilingual(text, None))


def french(item: Passage) -> str:
    """Give the French text of a passage."""
    return item.renditions.best("fr").text


@pytest.mark.parametrize(
    "page",
    [
        page_text("ccs-resumes.fr.txt"),
        "mot " * 1500,
        "Une ligne.\n" * 400,
        "a" * 2500,
        ("Un paragraphe. " * 50 + "\n\n") * 5,
        "court",
    ],
    ids=["page", "words", "lines", "one word", "paragraphs", "short"],
)
def test_chunks_are_slices_of_the_page(page: str) -> None:
    """At most 1,000 characters each, in order, and what lies between them is white space."""
    chunks = default_chunks(page)
    seen = 0
    for chunk in chunks:
        assert page[chunk.start : chunk.start + len(chunk.text)] == chunk.text
        assert len(chunk.text) <= 1000
        assert not page[seen : chunk.start].strip()
        seen = chunk.start + len(chunk.text)
    assert not page[seen:].strip()


def test_consecutive_chunks_share_at_most_200_characters() -> None:
    """The page has chunks that overlap, none by more than the tutorials ask for."""
    chunks = default_chunks(page_text("ccs-resumes.fr.txt"))
    shared = [before.start + len(before.text) - after.start for before, after in pairwise(chunks)]
    assert 0 < max(shared) <= 200


def test_the_default_stack_ranks_the_passages_of_its_chunks(service: QAService) -> None:
    """Asked in the words of a chunk, that chunk comes first, and with it the line it holds."""
    chunk = default_chunks(page_text("ccs-resumes.fr.txt"))[4]
    held = [item for item in service.corpus.passages if french(item) in chunk.text]
    line = next(item for item in held if item.kind == "statement" and item.meeting)
    assert line.meeting is not None
    asked = row("a-fr", french(line), line.meeting, chunk.text)
    scores, recall = default_stack(service, [asked])
    assert recall == 1.0
    assert scores.values("success@5") == [1.0]


class TwoRankings:
    """Ranks a, b, c by BM25 and c, b, d by vectors, whatever is asked."""

    corpus = SimpleNamespace(passages=[passage(name) for name in "abcd"])

    def search(self, _question: str, *, k: int, recipe: Recipe) -> SimpleNamespace:
        """Give the ranking of a recipe."""
        names = {ABLATION[0].name: "abc", ABLATION[1].name: "cbd"}[recipe.name]
        return SimpleNamespace(hits=[Hit(passage(name), 0.0, {}) for name in names[:k]])


def test_reciprocal_ranks_are_added() -> None:
    """With k = 60 the order is c, b, a, d.

    c: 1/63 + 1/61 = .03227; b: 2/62 = .03226; a: 1/61 = .01639; d: 1/63 = .01587.
    """
    scores = reciprocal_rank(
        cast("QAService", TwoRankings()), [row(f"{name}-fr", name) for name in "cbad"]
    )
    assert scores.values("rr@10") == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
