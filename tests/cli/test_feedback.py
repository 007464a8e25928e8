"""`ccs-qa feedback`: what it prints, exports and erases."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ccs_qa.cli.main import app
from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import StoreError
from ccs_qa.messages.wording import word_error
from ccs_qa.store.store import open_store
from eval.gold import load_gold
from tests.store.test_store import PASSAGE, kept


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database with feedback of 1 (useful) and 3 November 2026 (not)."""
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    store = open_store(url)
    for day, useful in ((1, True), (3, False)):
        made = kept(
            useful=useful,
            reason=None if useful else "unclear",
            comment=f"day {day}",
            question=f"Question {day}?",
        )
        time = dt.datetime(2026, 11, day, 23, 30, tzinfo=dt.UTC)
        store.save_feedback(replace(made, time=time))
    store.close()
    return url


def run(database: str, *arguments: str) -> Result:
    """Run a command of feedback in an English terminal."""
    env = {"LC_ALL": "en_CA.UTF-8", "CCS_QA_DATABASE": database}
    return CliRunner().invoke(app, ["feedback", *arguments], env=env)


def test_list_prints_the_newest_first(database: str) -> None:
    """Time, verdict, status, reason, question, comment, passages; then how many there are."""
    lines = run(database, "list").stdout.splitlines()
    assert lines == [
        "2026-11-03 23:30 · Not useful · answered · unclear",
        "    Question 3?",
        "    > day 3",
        f"    {PASSAGE}",
        "2026-11-01 23:30 · Useful · answered",
        "    Question 1?",
        "    > day 1",
        f"    {PASSAGE}",
        "2 pieces of feedback are kept.",
    ]
    assert run(database, "list", "--since", "2026-11-02", "-n", "5").stdout.endswith(
        "1 piece of feedback is kept.\n"
    )


def test_export_writes_rows_that_the_gold_reader_takes(
    database: str, corpus: Corpus, tmp_path: Path
) -> None:
    """On the terminal or in a file; a person gives the types first."""
    rows = [json.loads(line) for line in run(database, "export").stdout.splitlines()]
    assert [row["question"] for row in rows] == ["Question 3?", "Question 1?"]
    assert {row["type"] for row in rows} == {"candidate"}
    file = tmp_path / "rows.jsonl"
    result = run(database, "export", "--since", "2026-11-01", "--out", str(file))
    assert result.stdout == f"2 candidate questions written to {file}.\n"
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == rows
    typed = [{**row, "type": "factual" if row["answerable"] else "unanswerable"} for row in rows]
    file.write_text("".join(json.dumps(row) + "\n" for row in typed), "utf-8")
    assert [row.answerable for row in load_gold([file], corpus)] == [False, True]


def test_purge_erases_what_was_received_before_a_day(database: str) -> None:
    """The day named stays."""
    result = run(database, "purge", "--before", "2026-11-03")
    assert result.stdout == "1 piece of feedback erased.\n"
    assert "Question 1?" not in run(database, "list").stdout
    assert run(database, "purge", "--before", "2026-11-03").stdout == (
        "0 pieces of feedback erased.\n"
    )


@pytest.mark.parametrize("arguments", [("list", "--since", "x"), ("purge", "--before", "1")])
def test_a_day_that_is_none_is_a_usage_error(database: str, arguments: tuple[str, ...]) -> None:
    """Status 2."""
    assert run(database, *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("nonsense", "url"),
        ("postgresql://me:hunter2@127.0.0.1:1/none", "unreachable"),  # pragma: allowlist secret
    ],
)
def test_a_database_that_cannot_be_used_is_worded_on_stderr(url: str, problem: str) -> None:
    """Status 1, in both languages, with the next step and without the password."""
    result = run(url, "list")
    assert (result.exit_code, result.stdout) == (1, "")
    for wording in word_error(StoreError(problem=problem, where="")).values():
        assert wording.next in result.stderr
    assert "hunter2" not in result.output
