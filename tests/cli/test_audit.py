"""`ccs-qa audit`: what it exports and erases."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ccs_qa.cli.main import app
from ccs_qa.store.store import open_store
from tests.store.test_audit import record


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database with records of 1 and 3 November 2026."""
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    store = open_store(url)
    for day in (1, 3):
        time = dt.datetime(2026, 11, day, 23, 30, tzinfo=dt.UTC)
        store.audit.save(replace(record(day), time=time, question="Et l'été ?"))
    store.close()
    return url


def run(database: str, *arguments: str) -> Result:
    """Run a command about records in an English terminal."""
    env = {"LC_ALL": "en_CA.UTF-8", "CCS_QA_DATABASE": database}
    return CliRunner().invoke(app, ["audit", *arguments], env=env)


def test_export_writes_one_line_a_record(database: str, tmp_path: Path) -> None:
    """On the terminal, or from a day on in a file, accents as they are."""
    lines = run(database, "export").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["answer-1", "answer-3"]
    assert "Et l'été ?" in lines[0]
    file = tmp_path / "records.jsonl"
    result = run(database, "export", "--since", "2026-11-02", "--out", str(file))
    assert result.stdout == f"1 record written to {file}.\n"
    assert file.read_text("utf-8").splitlines() == lines[1:]


def test_purge_erases_what_is_older(database: str) -> None:
    """The day named is kept."""
    assert run(database, "purge", "--before", "2026-11-03").stdout == "1 record erased.\n"
    assert run(database, "purge", "--before", "2026-11-03").stdout == "0 records erased.\n"
    assert len(run(database, "export").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [("purge",), ("purge", "--before", "soon"), ("export", "--since", "1")]
)
def test_what_is_no_day_is_a_mistake_of_usage(database: str, arguments: tuple[str, ...]) -> None:
    """Status 2, and nothing is erased."""
    assert run(database, *arguments).exit_code == 2
    assert len(run(database, "export").stdout.splitlines()) == 2
