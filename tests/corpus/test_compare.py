"""What changed between two editions: added, corrected, gone, word by word."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.corpus.compare import compare, word_runs
from ccs_qa.corpus.library import Corpus, load_corpus
from tests.conftest import ROOT

FRENCH, ENGLISH = "ccs-resumes.fr.txt", "sac-summaries.en.txt"
WORDS = st.lists(st.sampled_from(["un", "deux", "trois"]), max_size=8).map(" ".join)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the corpus."""
    return Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus"))


def edit(folder: Path, file: str, old: str, new: str) -> Corpus:
    """Read the corpus with one place of a page changed."""
    page = folder / file
    text = page.read_text("utf-8")
    assert text.count(old) == 1
    page.write_text(text.replace(old, new), "utf-8")
    return load_corpus(folder)


def test_the_same_pages_differ_in_nothing(corpus: Corpus) -> None:
    """Nothing is listed."""
    assert compare(corpus, corpus) == ()


def test_a_corrected_word_is_one_change(corpus: Corpus, folder: Path) -> None:
    """The passage is told as what it was and what it is, though its name follows its words."""
    statement = next(item for item in corpus.passages if item.kind == "statement")
    text = statement.renditions.best("fr").text
    word = max(text.split(), key=len)
    after = edit(folder, FRENCH, text, text.replace(word, "mot", 1))
    (change,) = compare(corpus, after)
    assert change.before == statement
    assert change.after is not None
    assert change.after.id != statement.id
    runs = [
        (run.fate, run.text)
        for run in word_runs(text, change.after.renditions.best("fr").text)
        if run.fate != "kept"
    ]
    assert runs == [("removed", word), ("added", "mot")]


def test_a_translation_put_right_is_a_change_of_the_same_passage(
    corpus: Corpus, folder: Path
) -> None:
    """The name stays."""
    statement = next(item for item in corpus.passages if item.kind == "statement")
    text = statement.renditions.best("en").text
    (change,) = compare(corpus, edit(folder, ENGLISH, text, f"{text} Indeed."))
    assert change.before is not None
    assert change.after is not None
    assert change.before.id == change.after.id == statement.id


def test_a_withdrawn_line_and_a_new_one(corpus: Corpus, folder: Path) -> None:
    """Neither is taken for the other."""
    statement = next(item for item in corpus.passages if item.kind == "statement")
    text = statement.renditions.best("fr").text
    after = edit(folder, FRENCH, text, "Un phare éclaire la côte.")
    changes = compare(corpus, after)
    assert [item.id for change in changes if (item := change.before)] == [statement.id]
    assert [item.renditions.best("fr").text for change in changes if (item := change.after)] == [
        "Un phare éclaire la côte."
    ]


@given(WORDS, WORDS)
def test_the_words_of_both_texts_are_all_there(before: str, after: str) -> None:
    """What is kept and removed is the one, what is kept and added the other."""
    runs = list(word_runs(before, after))
    for text, fate in ((before, "removed"), (after, "added")):
        assert " ".join(run.text for run in runs if run.fate in {"kept", fate}) == text
