"""The commands about what is kept, on each kind of database."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ccs_qa.cli.main import app
from ccs_qa.corpus.library import Corpus
from ccs_qa.store.store import open_store
from eval.gold import load_gold
from tests.store.test_audit import record
from tests.store.test_store import PASSAGE, kept


def run(url: str, *arguments: str) -> Result:
    """Run a command that must succeed."""
    env = {"LC_ALL": "en_CA.UTF-8", "CCS_QA_DATABASE": url, "COLUMNS": "200"}
    result = CliRunner().invoke(app, arguments, env=env)
    assert result.exit_code == 0, result.output
    return result


def rows(path: Path) -> list[dict[str, object]]:
    """Read a file of rows."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_key_lives_and_is_revoked(url: str) -> None:
    """Made, listed, revoked; its text stands in no list."""
    text = run(url, "keys", "create", "tool", "--scope", "read").stdout.strip()
    assert "valid" in run(url, "keys", "list").stdout
    run(url, "keys", "revoke", "tool")
    listed = run(url, "keys", "list").stdout
    assert "revoked" in listed
    assert text[19:] not in listed


def test_feedback_is_taken_out_as_candidates_and_forgotten(
    url: str, corpus: Corpus, tmp_path: Path
) -> None:
    """The row that comes out is gold once a person gave it a type; then nothing is left."""
    store = open_store(url)
    store.save_feedback(kept())
    store.close()
    file = tmp_path / "rows.jsonl"
    run(url, "feedback", "export", "--out", str(file))
    (row,) = rows(file)
    assert (row["type"], row["question"]) == ("candidate", "How could AI help?")
    file.write_text(json.dumps({**row, "type": "factual"}), "utf-8")
    (gold,) = load_gold([file], corpus)
    assert [item.meeting.isoformat() for item in gold.relevant] == [PASSAGE[:10]]
    run(url, "feedback", "purge", "--before", "2026-11-02")
    assert run(url, "feedback", "list").stdout.startswith("0 pieces")


def test_records_are_taken_out_and_forgotten(url: str, tmp_path: Path) -> None:
    """Oldest first, from a day on; what is purged does not come out again."""
    store = open_store(url)
    for day in (2, 1, 3):
        store.audit.save(replace(record(day), question=f"é {day}"))
    store.close()
    file = tmp_path / "records.jsonl"
    run(url, "audit", "export", "--since", "2026-11-02", "--out", str(file))
    assert [row["question"] for row in rows(file)] == ["é 2", "é 3"]
    run(url, "audit", "purge", "--before", "2026-11-03")
    run(url, "audit", "export", "--out", str(file))
    assert rows(file) == [json.loads(json.dumps(replace(record(3), question="é 3").row()))]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_database_that_is_gone_is_worded(language: str) -> None:
    """Status 1 and the next step, without the password."""
    url = "postgresql://me:hunter2@127.0.0.1:1/none"  # pragma: allowlist secret
    env = {"LC_ALL": f"{language}_CA.UTF-8", "CCS_QA_DATABASE": url}
    result = CliRunner().invoke(app, ["keys", "list"], env=env)
    assert result.exit_code == 1
    assert "CCS_QA_DATABASE" in result.stderr
    assert "hunter2" not in result.output
