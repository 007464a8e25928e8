"""`python -m eval attribution`: labels beside what a person read."""

import pytest
from typer.testing import CliRunner

import eval.__main__ as cli
from ccs_qa.corpus import Corpus, load_corpus
from eval.attribution import attribution_rows, label_set
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """The real pages."""
    return load_corpus(ROOT / "corpus")


@pytest.mark.parametrize(
    ("name", "wrong", "least"), [("summaries", 0, 48), ("fictional", 0, 63), ("unseen", 1, 23)]
)
def test_labels_are_those_of_a_person(corpus: Corpus, name: str, wrong: int, least: int) -> None:
    """So many are right, and no more than so many wrong; unseen text keeps its one mistake."""
    told = [item for item in label_set(name, corpus) if item.told["both"] is not None]
    right = [item for item in told if item.told["both"] == item.gold]

    assert len(told) - len(right) <= wrong
    assert len(right) >= least


def test_every_statement_and_objective_is_read(corpus: Corpus) -> None:
    """The set of the pages leaves none out."""
    kinds = [item for item in corpus.passages if item.kind in {"statement", "objective"}]
    assert len(label_set("summaries", corpus)) == len(kinds)


def test_precision_has_the_labels_given_below_and_coverage_those_of_a_person(
    corpus: Corpus,
) -> None:
    """One label in 24 is wrong; none of the 23 that a person gave is missed."""
    rows = {tuple(row[:3]): row[3:] for row in attribution_rows(corpus)}
    labels, precision, _, coverage, _ = rows["unseen", "all", "both"]

    assert (labels, precision, coverage) == ("24", "23/24 = 0.96", "23/23 = 1.00")
    assert rows["summaries", "presented", "both"] == ["0", "0/0", "", "0/0", ""]


def test_the_command_prints_the_table() -> None:
    """No index is opened for it."""
    result = CliRunner().invoke(cli.app, ["attribution"])

    assert result.exit_code == 0
    assert "unseen" in result.output
