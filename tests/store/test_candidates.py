"""Candidate gold rows: snippets that stand once, and rows that the gold reader takes."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.store.candidates import candidate, unique_snippet
from ccs_qa.store.records import Feedback, Remark, make_feedback
from eval.gold import GoldError, load_gold, relevance
from tests.conftest import page_text

PAGE = page_text("ccs-resumes.fr.txt")


def feedback(corpus: Corpus, **changes: object) -> Feedback:
    """A feedback about an answer that cites two passages."""
    names = tuple(item.id for item in corpus.passages if item.kind == "statement")
    remark = Remark(
        useful=True,
        reason="unclear",
        comment="un mot",
        question="How?",
        history=("Before?",),
        language="en",
        status="answered",
        answer_id="",
        index_id="",
        citations=names[:2],
    )
    made = make_feedback(replace(remark, **changes), names)  # type: ignore[arg-type] # names of fields
    return replace(made, time=dt.datetime(2026, 11, 24, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("text", "pages", "expected"),
    [
        ("le chat dort", ["le chat dort et le chien dort"], "le chat"),
        ("le chat dort", ["le chat mange; le chat dort"], "le chat dort"),
        ("a b", ["a b, a b"], None),
        ("a b", ["a b", "a b"], None),
        ("seul", ["seul"], "seul"),
    ],
)
def test_a_snippet_is_the_shortest_unique_beginning(
    text: str, pages: list[str], expected: str | None
) -> None:
    """In whole words; none when even the whole text stands twice."""
    assert unique_snippet(text, pages) == expected


def test_every_passage_has_a_snippet_that_stands_once_in_the_page(corpus: Corpus) -> None:
    """Counted here on the file itself."""
    for passage in corpus.passages:
        if passage.kind == "statement" and passage.renditions.fr:
            snippet = unique_snippet(passage.renditions.fr.text, [PAGE])
            assert snippet is not None, passage.id
            assert PAGE.count(snippet) == 1
            assert passage.renditions.fr.text.startswith(snippet)


def test_a_useful_answer_becomes_relevant_rows(corpus: Corpus, tmp_path: Path) -> None:
    """A person gives the type; then the reader takes the row and finds the passages cited."""
    made = feedback(corpus)
    row = candidate(made, corpus)
    assert row["type"] == "candidate"
    assert row["note"] == (
        f"feedback of 2026-11-24: useful; status answered; reason unclear; "
        f"cited {', '.join(made.remark.citations)}; comment: un mot"
    )
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row), "utf-8")
    with pytest.raises(GoldError, match="type"):
        load_gold([file], corpus)
    file.write_text(json.dumps({**row, "type": "factual"}), "utf-8")
    (gold,) = load_gold([file], corpus)
    assert relevance(gold, corpus) == dict.fromkeys(made.remark.citations, 1)
    assert (gold.lang, gold.question, gold.history) == ("en", "How?", ("Before?",))


def test_what_was_not_useful_names_nothing_relevant(corpus: Corpus, tmp_path: Path) -> None:
    """What would have answered is for a person to find."""
    row = candidate(feedback(corpus, useful=False, history=()), corpus)
    assert (row["relevant"], row["answerable"]) == ([], False)
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({**row, "type": "unanswerable"}), "utf-8")
    assert len(load_gold([file], corpus)) == 1


def test_a_passage_that_is_no_more_is_left_out(corpus: Corpus) -> None:
    """The page may have changed since: the note still names it."""
    made = feedback(corpus)
    gone = replace(made, remark=replace(made.remark, citations=("2020-01-01-s-00000000",)))
    row = candidate(gone, corpus)
    assert row["relevant"] == []
    assert "2020-01-01-s-00000000" in str(row["note"])
