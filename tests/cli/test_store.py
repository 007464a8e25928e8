"""`ccs-qa store`, `pause` and `resume`: what they do to the store, and what they say."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ccs_qa.cli.main import app
from ccs_qa.store.store import open_store
from tests.store.test_audit import record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with a record."""
    found = tmp_path / "kept.sqlite3"
    store = open_store(f"sqlite:///{found}")
    store.audit.save(record(1))
    store.close()
    return found


def run(url: Path | str, *arguments: str, language: str = "en") -> Result:
    """Run a command."""
    database = f"sqlite:///{url}" if isinstance(url, Path) else url
    env = {"LC_ALL": f"{language}_CA.UTF-8", "CCS_QA_DATABASE": database}
    return CliRunner().invoke(app, arguments, env=env)


def test_a_store_is_copied_lost_put_back_and_checked(path: Path, tmp_path: Path) -> None:
    """Each says what there is; a check of what is gone fails with the command to run."""
    copy = tmp_path / "kept.copy"
    held = "feedback 0, keys 0, records 1.\n"
    assert run(path, "store", "backup", str(copy)).stdout == f"Copy written to {copy}: {held}"
    path.unlink()
    lost = run(path, "store", "check")
    assert (lost.exit_code, lost.stdout) == (1, "")
    assert "ccs-qa store restore" in lost.stderr
    assert run(path, "store", "restore", str(copy)).stdout == f"The copy {copy} is in place: {held}"
    assert run(path, "store", "check").stdout == f"The database is intact: {held}"
    again = run(path, "store", "restore", str(copy))
    assert again.exit_code == 1
    assert "--replace" in again.stderr
    assert run(path, "store", "restore", str(copy), "--replace").exit_code == 0


@pytest.mark.parametrize("command", [("backup", "copy"), ("restore", "copy"), ("check",)])
def test_postgresql_is_sent_to_its_own_tools(command: tuple[str, ...]) -> None:
    """In both languages, without being asked."""
    result = run("postgresql://me@127.0.0.1:1/kept", "store", *command)
    assert result.exit_code == 1
    assert result.stderr.count("pg_dump") == result.stderr.count("pg_restore") == 2


def test_asking_is_paused_and_resumed(path: Path) -> None:
    """One reason for both languages, or one for each."""
    assert run(path, "pause", " Works ").exit_code == 0
    store = open_store(f"sqlite:///{path}")
    pause = store.notes.pause()
    assert pause is not None
    assert pause.reason == {"fr": "Works", "en": "Works"}
    run(path, "pause", "Works", "--fr", "Travaux", language="fr")
    pause = store.notes.pause()
    assert pause is not None
    assert pause.reason == {"fr": "Travaux", "en": "Works"}
    assert run(path, "resume").stdout.startswith("People may ask again")
    assert store.notes.pause() is None
    assert run(path, "resume").stdout == "Questions were not paused.\n"
    store.close()


@pytest.mark.parametrize("reason", ["", " ", "a" * 501])
def test_a_pause_has_a_reason(path: Path, reason: str) -> None:
    """Without one, or with a book, it is a mistake of usage."""
    assert run(path, "pause", reason).exit_code == 2
    store = open_store(f"sqlite:///{path}")
    assert store.notes.pause() is None
    store.close()
